"""What the product brings."""

from __future__ import annotations

from pathlib import Path

PLUGINS = sorted(path.parent.name for path in (Path(__file__).parents[1] / "plugins").glob("*/__init__.py"))
"""Every plug-in, by its name."""

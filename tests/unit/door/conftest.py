"""Plug-ins of strangers: made in a temporary folder, with the metadata that an installer leaves."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from textwrap import dedent

import pytest

Install = Callable[..., None]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    """`install(name, source)` makes a plug-in importable; `package` and `module` may differ from its name."""
    monkeypatch.syspath_prepend(str(tmp_path))
    before = set(sys.modules)

    def make(name: str, source: str, *, package: str = "", module: str = "") -> None:
        package, module = package or name, module or f"stranger_{name}"
        (tmp_path / f"{module}.py").write_text(dedent(source), encoding="utf-8")
        info = tmp_path / f"feedhub_{package}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: feedhub-{package}\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text(f"[feedhub]\n{name} = {module}\n")

    yield make
    for added in set(sys.modules) - before:
        if added.startswith("stranger_"):
            del sys.modules[added]

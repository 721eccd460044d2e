"""The configuration as it was read: what stands in the files, without the remarks."""

from __future__ import annotations

from typing import Any

import yaml

from hub.config.document import read_document
from hub.config.load import ENDPOINTS, Config
from hub.config.routes import Route


def as_read(config: Config, route: Route) -> str:
    """The entry of a route in its file."""
    stem, _, key = route.id.partition(".")
    return _entry(config, f"routes/{stem}.yaml", "routes", key)


def endpoint_as_read(config: Config, name: str) -> str:
    """The entry of an endpoint; secrets are named there, never written."""
    return _entry(config, ENDPOINTS, "endpoints", name)


def _entry(config: Config, file: str, below: str, key: str) -> str:
    text = config.files.get(file, b"").decode("utf-8", errors="replace")
    written: Any = read_document(file, text).value
    found = written.get(below, {}).get(key) if isinstance(written, dict) else None
    if found is None:
        return ""
    return yaml.safe_dump({key: found}, sort_keys=False, allow_unicode=True, width=100)

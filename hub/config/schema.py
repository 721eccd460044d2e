"""The JSON Schema of each file, for editors: which keys there are and what may stand there.

Every value is read as text, so that wherever a number may stand, text may too (30s, 200MB, "08:00"), and
wherever a list of plain values may, one may alone. So an editor knows the keys; whether a value is right,
`feedhub check` says.
"""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from hub.config.endpoints import EndpointFile
from hub.config.routes import RouteFile
from hub.config.settings import HubSettings

FILES: dict[str, type[BaseModel]] = {
    "hub.yaml": HubSettings,
    "endpoints.yaml": EndpointFile,
    "routes": RouteFile,
}


def schema_of(file: str) -> dict[str, Any]:
    """The schema of `hub.yaml`, `endpoints.yaml`, or of each file in `routes/`."""
    written: dict[str, Any] = _as_text(FILES[file].model_json_schema(by_alias=True))
    defs = written.get("$defs", {})
    _either_feed_or_feeds(defs.get("RouteSettings"))
    defs |= {"Cron": {"type": "string"}} if "Cron" in defs else {}  # it is written as five fields
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **written}


def _either_feed_or_feeds(route: dict[str, Any] | None) -> None:
    """Pydantic tells of one name of a key only."""
    if route is not None:
        route["properties"]["feed"] = route["properties"]["feeds"]
        route["required"] = [key for key in route["required"] if key != "feeds"]


def _as_text(node: Any) -> Any:
    if isinstance(node, list):
        return [_as_text(one) for one in node]
    if not isinstance(node, dict):
        return node
    said = {key: _as_text(value) for key, value in node.items() if key != "format" or isinstance(value, dict)}
    if said.get("type") in ("integer", "number"):
        said["type"] = [said["type"], "string"]
    if said.get("type") == "array" and _is_plain(said.get("items", {})):
        said["type"] = ["array", "string", "integer"]  # a list of one may be written without brackets
    return said


def _is_plain(items: dict[str, Any]) -> bool:
    kinds = items.get("type", "object")
    return "object" not in ([kinds] if isinstance(kinds, str) else kinds)

"""A checker of the few words of JSON Schema that our own schemas use, written from what each means."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_KINDS = {"object": dict, "array": list, "string": str, "null": type(None)}


def mistakes(
    value: Any, schema: Mapping[str, Any], root: Mapping[str, Any] | None = None, at: str = ""
) -> list[str]:
    """Where a value breaks its schema, and by which word."""
    root = root or schema
    if "$ref" in schema:
        found: Any = root
        for part in schema["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        return mistakes(value, found, root, at)
    if "anyOf" in schema:
        return [] if any(not mistakes(value, one, root, at) for one in schema["anyOf"]) else [f"{at}: anyOf"]
    said = [
        f"{at}: {word}" for word, breaks in _WORDS.items() if word in schema and breaks(value, schema[word])
    ]
    if isinstance(value, dict):
        known = schema.get("properties", {})
        said += [f"{at}.{name}: missing" for name in schema.get("required", ()) if name not in value]
        if schema.get("additionalProperties") is False:
            said += [f"{at}.{name}: unknown" for name in value.keys() - known.keys()]
        for name in value.keys() & known.keys():
            said += mistakes(value[name], known[name], root, f"{at}.{name}")
    if isinstance(value, list) and "items" in schema:
        for number, one in enumerate(value):
            said += mistakes(one, schema["items"], root, f"{at}[{number}]")
    return said


def _is_not(value: Any, kind: str) -> bool:
    if kind == "integer":
        return not isinstance(value, int) or isinstance(value, bool)
    return not isinstance(value, _KINDS[kind])


_WORDS: Mapping[str, Any] = {
    "type": _is_not,
    "const": lambda value, one: value != one,
    "enum": lambda value, some: value not in some,
    "pattern": lambda value, pattern: isinstance(value, str) and re.search(pattern, value) is None,
    "minLength": lambda value, least: isinstance(value, str) and len(value) < least,
    "maxLength": lambda value, most: isinstance(value, str) and len(value) > most,
    "minItems": lambda value, least: isinstance(value, list) and len(value) < least,
    "minimum": lambda value, least: isinstance(value, int) and value < least,
    "maximum": lambda value, most: isinstance(value, int) and value > most,
}

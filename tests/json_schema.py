"""A checker of the few words of JSON Schema that our own schemas use, written from what each means."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_KINDS = {
    "object": dict,
    "array": list,
    "string": str,
    "null": type(None),
    "boolean": bool,
    "integer": int,
    "number": (int, float),
}


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
    for word in ("anyOf", "oneOf"):
        if word in schema:
            fits = [one for one in schema[word] if not mistakes(value, one, root, at)]
            return [] if fits and (word == "anyOf" or len(fits) == 1) else [f"{at}: {word}"]
    said = [
        f"{at}: {word}" for word, breaks in _WORDS.items() if word in schema and breaks(value, schema[word])
    ]
    return said + _inside(value, schema, root, at)


def _inside(value: Any, schema: Mapping[str, Any], root: Mapping[str, Any], at: str) -> list[str]:
    said = []
    if isinstance(value, dict):
        known, others = schema.get("properties", {}), schema.get("additionalProperties")
        said += [f"{at}.{name}: missing" for name in schema.get("required", ()) if name not in value]
        if others is False:
            said += [f"{at}.{name}: unknown" for name in value.keys() - known.keys()]
        for name, one in value.items():
            fits = known.get(name, others)
            said += mistakes(one, fits, root, f"{at}.{name}") if isinstance(fits, dict) else []
    if isinstance(value, list) and "items" in schema:
        for number, one in enumerate(value):
            said += mistakes(one, schema["items"], root, f"{at}[{number}]")
    return said


def _is_not(value: Any, kinds: str | list[str]) -> bool:
    return not any(
        isinstance(value, _KINDS[kind]) and (kind == "boolean" or not isinstance(value, bool))
        for kind in ([kinds] if isinstance(kinds, str) else kinds)
    )


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

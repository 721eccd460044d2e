"""What pydantic found, said so that an administrator can act on it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any, get_args

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from hub.config.document import Path

_EXPECTED = {
    "string_type": "text",
    "int_parsing": "a whole number",
    "int_type": "a whole number",
    "decimal_parsing": "a number",
    "bool_parsing": "true or false",
    "bool_type": "true or false",
    "literal_error": "{expected}",
    "enum": "{expected}",
    "tuple_type": "a list",
    "list_type": "a list",
    "dict_type": "keys with values, indented below it",
    "model_type": "keys with values, indented below it",
    "model_attributes_type": "keys with values, indented below it",
    "greater_than": "more than {gt}",
    "greater_than_equal": "{ge} or more",
    "less_than": "less than {lt}",
    "less_than_equal": "{le} or less",
    "string_too_short": "text that is not empty",
    "string_too_long": "at most {max_length} characters",
    "too_short": "a list with at least {min_length}",
    "string_pattern_mismatch": "the form {pattern}",
    "byte_size": "a size such as 200MB",
    "byte_size_unit": "a size such as 200MB",
    "date_parsing": "a date such as 2026-12-31",
    "date_from_datetime_parsing": "a date such as 2026-12-31",
    "path_type": "a path",
}
# Values under such names are never repeated in a message.
_SECRET = re.compile("pass|secret|key|token|credential")


_SHOWN = 12
"""Names that somebody still reads in one sentence."""


def near(word: str, known: Iterable[str]) -> str:
    """“; did you mean …?” or what there is to choose from; empty when there is nothing."""
    choices = sorted(known)
    close = get_close_matches(word, choices, n=1, cutoff=0.6)
    if close:
        return f"; did you mean “{close[0]}”?"
    more = f" and {len(choices) - _SHOWN} more" if len(choices) > _SHOWN else ""
    return f"; there is {', '.join(choices[:_SHOWN])}{more}" if choices else ""


def sentence(error: ErrorDetails, model: type[BaseModel]) -> str:
    """One of pydantic's errors for `model`, without its place."""
    path = error["loc"]
    name = _name(_walk(model, path)[1])
    kind, value = error["type"], error["input"]
    if kind == "missing":
        return f"“{name}” is missing; add it"
    if kind == "extra_forbidden":
        return f"“{name}” is not known here{near(name, known_keys(model, path[:-1]))}"
    if kind == "value_error":
        text = str(error["ctx"]["error"])
        return f"{name}: {text}" if name else text
    if kind == "union_tag_not_found":
        return f"{name}: “type” is missing; add it"
    if kind == "union_tag_invalid":
        return f"{name}: there is no type “{error['ctx']['tag']}”{near(error['ctx']['tag'], _choices(error))}"
    return f"{name or 'the file'} is {_shown(name, value)}; expected {_expected(error)}{_close(error)}"


def known_keys(model: type[BaseModel], path: Path = ()) -> set[str]:
    """The keys that a mapping at `path` inside a model may have."""
    return {str(key) for m in _walk(model, path)[0] for key in _keys(m)}


def _walk(model: type[BaseModel], path: Path) -> tuple[set[type[BaseModel]], list[str | int]]:
    """The models that may stand at `path`, and the path as it is written: without pydantic's type tags."""
    models, written = {model}, []
    for part in path:
        inside = [_inner(keys[part].annotation) for m in models if part in (keys := _keys(m))]
        tagged = set() if inside else _of_type(models, part)
        models = set().union(*inside) if inside else tagged or models
        if not tagged:
            written.append(part)
    return models, written


def _keys(model: type[BaseModel]) -> Mapping[str | int, FieldInfo]:
    return {field.alias or name: field for name, field in model.model_fields.items()}


def _of_type(models: set[type[BaseModel]], tag: str | int) -> set[type[BaseModel]]:
    """Of several models, the one of this tag: its `type`, or its own name."""
    if len(models) == 1:
        return set()
    named = {m for m in models if m.__name__ == tag}
    return named or {
        m for m in models if "type" in m.model_fields and tag in get_args(_keys(m)["type"].annotation)
    }


def _inner(annotation: Any) -> set[type[BaseModel]]:
    """Every model that an annotation speaks of."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return {annotation}
    return set().union(*(_inner(part) for part in get_args(annotation)))


def _name(path: Path) -> str:
    """The last key; for an entry of a list, with its place in it: `host_keys[2]`."""
    words = [part for part in path if isinstance(part, str) and part != "[key]"]
    index = f"[{path[-1] + 1}]" if path and isinstance(path[-1], int) else ""
    return words[-1] + index if words else ""


def _shown(name: str, value: Any) -> str:
    if value is None or value == "":
        return "empty"
    if isinstance(value, list):
        return "a list"
    if isinstance(value, Mapping):
        return "a mapping"
    return "not right" if _SECRET.search(name) else f"“{value}”"


def _expected(error: ErrorDetails) -> str:
    ctx = error.get("ctx", {})
    if error["type"] in _EXPECTED:
        return _EXPECTED[error["type"]].format(**ctx).replace("'", "")
    return error["msg"].removeprefix("Input should be ").removeprefix("Value should be ")


def _close(error: ErrorDetails) -> str:
    """For a choice: the one that was probably meant."""
    close = get_close_matches(str(error["input"]), _choices(error), n=1)
    return f"; did you mean “{close[0]}”?" if close else ""


def _choices(error: ErrorDetails) -> list[str]:
    ctx = error.get("ctx", {})
    return re.findall("'([^']+)'", ctx.get("expected", "") or ctx.get("expected_tags", ""))

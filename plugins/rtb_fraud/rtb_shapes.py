"""What is wrong with a JSON value beside the shape that it must have, said so that its sender can act on it.

Values are never told: they are of people.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel, ValidationError


def faults(shape: type[BaseModel], value: Any) -> Iterator[tuple[str, str]]:
    """Where, and a sentence; nothing for a value that has the shape."""
    try:
        shape.model_validate(value)
    except ValidationError as wrong:
        for error in wrong.errors(include_input=False, include_url=False):
            yield ".".join(map(_place, error["loc"])), _sentence(error["type"], error["msg"])


def _place(part: str | int) -> str:
    return str(part + 1) if isinstance(part, int) else part


_SAID: dict[str, str] = {
    "missing": "is missing",
    "extra_forbidden": "is no name that is known here",
    "model_type": "is no object",
    "model_attributes_type": "is no object",
    "tuple_type": "is no list",
    "date_from_datetime_parsing": "is no day such as 2026-03-02",
    "date_parsing": "is no day such as 2026-03-02",
    "date_type": "is no day such as 2026-03-02",
    "string_type": "is no text",
    "bool_type": "is neither true nor false",
    "bool_parsing": "is neither true nor false",
}


def _sentence(kind: str, message: str) -> str:
    said = _SAID.get(kind)
    if said is not None:
        return said
    text = message.removeprefix("Value error, ")
    return text[:1].lower() + text[1:]

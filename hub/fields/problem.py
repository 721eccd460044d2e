"""What the verbs of every field share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hub.errors import DataError


class FieldProblem(DataError):
    """A text is not of the kind that it should be. `reason` never repeats it; `code` tells faults apart that
    a partner's codes tell apart, else it is empty."""

    def __init__(self, reason: str, code: str = "") -> None:
        super().__init__(reason)
        self.code = code

    @property
    def reason(self) -> str:
        return str(self)


def without(text: str, characters: str) -> str:
    """The text in capitals, without the characters. A letter that is not ASCII stays what it is.

    >>> without("ab 12-34", " -")
    'AB1234'
    """
    left = text.translate(dict.fromkeys(map(ord, characters)))
    return left.upper() if left.isascii() else left


def passes(validate: Callable[..., Any], *parts: Any) -> bool:
    """Whether a validation finds nothing."""
    try:
        validate(*parts)
    except FieldProblem:
        return False
    return True


def expect_digits(text: str, what: str) -> None:
    """Raises FieldProblem for anything but ASCII digits."""
    if not (text.isascii() and text.isdigit()):
        raise FieldProblem(f"{what} holds nothing but digits")

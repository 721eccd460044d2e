"""What the console says: states and instants as people read them, sentences of the hub without commands."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime

from hub.clock.now import LONDON

_COMMANDS: tuple[tuple[str, str], ...] = (
    (r"feedhub transfers retry \S+?(?=[,.;]?(?:\s|$))", "use “Try again” on the transfer’s page"),
)
"""Commands that sentences of the hub name, and what does the same on a page."""


def on_screen(sentence: str) -> str:
    """A sentence of the hub for people at a browser."""
    for command, words in _COMMANDS:
        sentence = re.sub(command, words, sentence)
    return sentence


def moment(instant: datetime | None) -> str:
    """As clocks in Europe/London show it: 3 Nov 2026, 14:05."""
    if instant is None:
        return ""
    local = instant.astimezone(LONDON)
    return f"{local.day} {local:%b %Y, %H:%M}"


def day(one: date | None) -> str:
    return "" if one is None else f"{one.day} {one:%b %Y}"


def clock(instant: datetime | None) -> str:
    """Only the time of day."""
    return "" if instant is None else f"{instant.astimezone(LONDON):%H:%M}"


def count(number: int, one: str, many: str | None = None) -> str:
    """1 item, 2 items."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def pounds(pence: int) -> str:
    """£1,234.50, with a minus before it where it is below zero."""
    sign = "−" if pence < 0 else ""
    return f"{sign}£{abs(pence) // 100:,}.{abs(pence) % 100:02d}"


def size(count_: int | None) -> str:
    """Of a file, in bytes."""
    if count_ is None:
        return ""
    for unit, step in (("MB", 1_000_000), ("KB", 1_000)):
        if count_ >= step:
            return f"{count_ / step:.1f} {unit}"
    return count(count_, "byte")


FILTERS: dict[str, Callable[..., str]] = {
    "moment": moment,
    "day": day,
    "clock": clock,
    "count": count,
    "pounds": pounds,
    "size": size,
    "on_screen": on_screen,
}
"""For templates."""

"""What is told of records that people work through: what their life cycle lists (`Lifecycle.listed`)."""

from __future__ import annotations

from datetime import date
from typing import Any

from hub.console.marks import lines, small
from hub.console.wording import count, day, name_words, pounds
from hub.door.lifecycle import Lifecycle, Listed
from hub.model import Record

SHOWN = 3
"""Of a list of reasons, in a row of a table."""


def titles(life: Lifecycle) -> list[str]:
    """Of the columns; those of figures begin with ">"."""
    return [f">{one.title}" if one.fact in life.money else one.title for one in life.listed]


def cells(life: Lifecycle, record: Record) -> list[object]:
    """In the same order."""
    return [_shown(life, one, fact(record, one.fact), SHOWN) for one in life.listed]


def facts(life: Lifecycle, record: Record) -> list[tuple[str, object]]:
    """The same whole, for the page of one record."""
    return [(one.title, _shown(life, one, fact(record, one.fact), None)) for one in life.listed]


def last_day(life: Lifecycle, record: Record) -> date | None:
    """The date that runs: the last of those listed which the record has."""
    days = [fact(record, one.fact) for one in life.listed if one.due]
    return next((date.fromisoformat(str(one)) for one in reversed(days) if one), None)


def fact(record: Record, name: str) -> Any:
    """By its name, or the part of one after a dot."""
    found: Any = record.data
    for part in name.split("."):
        found = found.get(part) if isinstance(found, dict) else None
    return found


def _shown(life: Lifecycle, one: Listed, value: Any, most: int | None) -> object:
    if value is None or value == "" or value == []:
        return ""
    if one.fact in life.money:
        return pounds(int(value))
    if one.due:
        return day(date.fromisoformat(str(value)))
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, list):
        rest = len(value) - most if most is not None and len(value) > most else 0
        return lines([*map(str, value[:most]), *([small(f"and {count(rest, 'other')}")] if rest else [])])
    return name_words(value) if one.word else str(value)

"""`schedule:` of a route: the words in which an administrator says when it runs (hub/docs/schedules.md)."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import date, time, timedelta
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from hub.clock.calendar import read_date
from hub.clock.schedule import Cron
from hub.config.values import Duration, TimeOfDay

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_KINDS_OF_DAY = ("all", "working", "bacs")
LAST = -1
"""What `last` stands for among numbers: of a month's days, of its working days, of a year's rent weeks."""

LAST_INPUT_DAY = -2
_BEFORE_COLLECTION = {"last_input_day": LAST_INPUT_DAY, "processing_day": -1, "collection_day": 0}
_COUNTED = re.compile(r"(?:([1-9]|[12]\d|30) (before|after) )?(\w+)")
_NUMBER = re.compile(r"-?\d{1,2}")
_A_YEAR = timedelta(days=366)


def _listed(value: Any) -> Any:
    return value if isinstance(value, list | tuple | frozenset) else [value]


def _numbers(expected: str, allowed: Collection[int]) -> BeforeValidator:
    """Whole numbers, one or many; `last` is one of them."""

    def read(value: Any) -> Any:
        return tuple(sorted({number(str(word)) for word in _listed(value) or [""]}))

    def number(word: str) -> int:
        found = LAST if word == "last" else int(word) if _NUMBER.fullmatch(word) else 0
        if found not in allowed:
            raise ValueError(f"“{word}” is not understood; expected {expected}")
        return found

    return BeforeValidator(read)


def _read_days(value: Any) -> Any:
    words = tuple(_listed(value)) or ("",)
    if len(words) > 1 or words[0] not in _KINDS_OF_DAY:
        for word in words:
            if word not in WEEKDAYS:
                raise ValueError(
                    f"“{word}” is not understood; expected all, working or bacs, or days of the week: mon "
                    "or [mon, thu]"
                )
    return words


def _read_on(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    found = _COUNTED.fullmatch(value)
    if found is None or found[3] not in _BEFORE_COLLECTION:
        raise ValueError(
            f"“{value}” is not understood; expected last_input_day, processing_day or collection_day, or up "
            "to 30 working days of Bacs before or after one of them: 5 before last_input_day"
        )
    days = int(found[1] or 0)
    return _BEFORE_COLLECTION[found[3]] + (-days if found[2] == "before" else days)


def _read_dates(value: Any) -> Any:
    if isinstance(value, frozenset):
        return value
    return frozenset().union(*(_read_span(str(span)) for span in _listed(value)))


def _read_span(written: str) -> frozenset[date]:
    first, _, last = written.partition(" to ")
    start, end = read_date(first), read_date(last or first)
    if start is None or end is None or not timedelta(0) <= end - start <= _A_YEAR:
        raise ValueError(
            f"“{written}” is not understood; expected a date such as 2026-12-24, or two that are at most a "
            "year apart: 2026-12-24 to 2027-01-01"
        )
    return frozenset(start + timedelta(days=n) for n in range((end - start).days + 1))


def _check_every(seconds: int) -> int:
    if seconds % 60 or not 60 <= seconds <= 12 * 3600:
        raise ValueError("expected whole minutes from 1m to 12h; for once a day write at")
    return seconds


def check_window(window: tuple[time, ...]) -> tuple[time, ...]:
    """Two times of day. Raises ValueError."""
    if len(window) != 2 or window[0] == window[1]:
        raise ValueError('expected two times of day: ["06:00", "19:00"]')
    return window


DaysOfMonth = Annotated[
    tuple[int, ...], _numbers("days from 1 to 28 (every month has those) or last", {LAST, *range(1, 29)})
]


class Schedule(BaseModel):
    """When a route runs. Times of day, exactly one of:

    at:      one or more
    every:   seconds between runs, counted anew each day from its first; `between`: the first and last time
             of day, past midnight when the last is the earlier; without it, the whole day
    cron:    five fields, which name the days too

    Days, at most one of:

    days:    all (default); the council's working days; those of Bacs; or days of the week
    dates:   days of each month, LAST for its last
    nth_working_day: of each month, from its end when negative
    collections: days of each month on which Direct Debits are collected; `on`: so many working days of Bacs
             after that (-2: the last input day)

    And:

    rent_weeks: only days in these weeks of a rent year, LAST for its 52nd or 53rd
    excluded: days on which it never runs, written `except`
    moved:   when a day is no working day of the council: whether the run stays, moves, or is left out
    """

    model_config = ConfigDict(extra="forbid", frozen=True, validate_by_name=True, validate_by_alias=True)

    at: Annotated[tuple[TimeOfDay, ...], BeforeValidator(_listed), Field(min_length=1)] | None = None
    every: Annotated[Duration, AfterValidator(_check_every)] | None = None
    between: Annotated[tuple[TimeOfDay, ...], AfterValidator(check_window)] | None = None
    cron: Annotated[Cron, BeforeValidator(lambda text: Cron.read(str(text)))] | None = None
    days: Annotated[tuple[str, ...], BeforeValidator(_read_days)] = ("all",)
    dates: DaysOfMonth = ()
    nth_working_day: Annotated[
        tuple[int, ...],
        _numbers("1 to 15, or from the end of the month -1 (or last) to -15", {*range(-15, 16)} - {0}),
    ] = ()
    collections: DaysOfMonth = ()
    on: Annotated[int, BeforeValidator(_read_on)] = LAST_INPUT_DAY
    rent_weeks: Annotated[tuple[int, ...], _numbers("weeks from 1 to 53 or last", {LAST, *range(1, 54)})] = ()
    excluded: Annotated[frozenset[date], BeforeValidator(_read_dates)] = Field(
        default=frozenset(), alias="except"
    )
    moved: Literal["stays", "earlier", "later", "skip"] = "stays"

    @property
    def weekdays(self) -> frozenset[int]:
        """The days of the week that `days` speaks of; Monday is 0."""
        if self.days == ("all",):
            return frozenset(range(7))
        if self.days[0] in _KINDS_OF_DAY:
            return frozenset(range(5))
        return frozenset(map(WEEKDAYS.index, self.days))

    @property
    def may_move(self) -> bool:
        """Whether a run may come to lie on another day than the named one."""
        return self.moved in ("earlier", "later")

    @model_validator(mode="after")
    def _one_kind_of_time(self) -> Self:
        if sum(way is not None for way in (self.at, self.every, self.cron)) != 1:
            raise ValueError("needs exactly one of at, every or cron")
        if self.between is not None and self.every is None:
            raise ValueError("has between, which goes with every only")
        return self

    @model_validator(mode="after")
    def _one_kind_of_day(self) -> Self:
        written = self.model_fields_set
        kinds = [
            kind for kind in ("cron", "days", "dates", "nth_working_day", "collections") if kind in written
        ]
        if len(kinds) > 1:
            raise ValueError(f"names its days twice, by {' and by '.join(kinds)}; keep one")
        if "on" in written and not self.collections:
            raise ValueError("has on, which goes with collections only")
        if self.moved != "stays" and kinds in ([], ["days"]) and self.days[0] in _KINDS_OF_DAY:
            raise ValueError("has moved, which needs days that are named, such as days: mon or dates: 15")
        return self

"""APScheduler, which is imported here alone: what a cron line means as days and times of day."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from apscheduler.triggers.cron import CronTrigger  # type: ignore[import-untyped]  # it ships no types

_NUMBERS = re.compile(r"(\*(/\d+)?|\d+(-\d+(/\d+)?)?)(,(\*(/\d+)?|\d+(-\d+(/\d+)?)?))*")
_NAMES = re.compile(r"\*|[a-z]{3}(-[a-z]{3})?(,[a-z]{3}(-[a-z]{3})?)*")
_FIELDS = ("minute", "hour", "day", "month", "day_of_week")
_CALLED = ("minute", "hour", "day of the month", "month", "day of the week")
# Ten years hold a 29 February, so what does not ring in them never does.
_SOME_YEAR, _TEN_YEARS_ON = date(2024, 1, 1), date(2033, 12, 31)
_MIDNIGHT = time(tzinfo=UTC)


@dataclass(frozen=True)
class Cron:
    """A line of five fields: minute, hour, day of the month, month, day of the week.

    It is read as what clocks on the wall show, which knows no change of the clocks; that is for
    `hub.clock.due`, as with every other time of day."""

    text: str

    @classmethod
    def read(cls, text: str) -> Cron:
        """Raises ValueError with a sentence. What systems read in different ways is refused."""
        fields = text.lower().split()
        if len(fields) != len(_FIELDS):
            raise ValueError(f"has {len(fields)} fields; expected five: {', '.join(_CALLED)}")
        for name, field in zip(_CALLED, fields, strict=True):
            _refuse_what_is_read_in_two_ways(name, field)
        if fields[2] != "*" and fields[4] != "*":
            raise ValueError(
                "names days of the month and of the week, which some systems read as “or” and some as “and”; "
                "write one of them as *"
            )
        cron = cls(" ".join(fields))
        if not cron.times:
            raise ValueError("names a day that no year has; it would never run")
        return cron

    @cached_property
    def times(self) -> tuple[time, ...]:
        """The times of day at which it rings, on each day on which it rings."""
        first = next(self.days(_SOME_YEAR, _TEN_YEARS_ON), None)
        return () if first is None else tuple(ring.time() for ring in self._rings(first, first))

    def days(self, first: date, last: date) -> Iterator[date]:
        """The days on which it rings."""
        while (ring := next(self._rings(first, last), None)) is not None:
            yield ring.date()
            first = ring.date() + timedelta(days=1)

    def _rings(self, first: date, last: date) -> Iterator[datetime]:
        """As if the wall hung in a land without summer time."""
        end = datetime.combine(last, _MIDNIGHT) + timedelta(hours=23, minutes=59)
        fields = dict(zip(_FIELDS, self.text.split(), strict=True))
        trigger = _trigger(fields, end)
        ring = trigger.get_next_fire_time(None, datetime.combine(first, _MIDNIGHT))
        while ring is not None:
            yield ring
            ring = trigger.get_next_fire_time(None, ring + timedelta(minutes=1))


def _refuse_what_is_read_in_two_ways(name: str, field: str) -> None:
    """Also whatever APScheduler would take without a word for less than it says, such as mon#2."""
    if name == "day of the week":
        if not _NAMES.fullmatch(field):
            raise ValueError(
                f"the {name} is “{field}”; expected *, or names: mon-fri or mon,thu (0 is Sunday in some "
                "systems and Monday in others)"
            )
    elif not (_NUMBERS.fullmatch(field) or (name == "month" and _NAMES.fullmatch(field))):
        raise ValueError(f"the {name} is “{field}”; expected *, */5, 7, 1-5 or 1,15")
    try:
        _trigger({_FIELDS[_CALLED.index(name)]: field})
    except ValueError:
        raise ValueError(f"the {name} is “{field}”: there is no such {name}, or it runs backwards") from None


def _trigger(fields: Mapping[str, str], end: datetime | None = None) -> CronTrigger:
    # Most councils write no cron line, and no command should wait for what it doesn't use.
    from apscheduler.triggers.cron import CronTrigger

    return CronTrigger(**fields, timezone=UTC, end_date=end)

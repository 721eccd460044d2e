"""The one clock and the one source of ids. Everything else is handed a `Clock`; ruff bans the rest."""

from __future__ import annotations

import secrets
from datetime import UTC, date, datetime, time, timedelta
from threading import Lock
from typing import Protocol
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base 32: no letter that a person misreads
_LENGTH = 26


class Clock(Protocol):
    """Where the time and new ids come from."""

    def now(self) -> datetime:
        """The instant, aware, in UTC."""
        ...

    def new_id(self) -> str:
        """A new id: 26 characters, sortable by the time it was made."""
        ...


class SystemClock:
    """The real clock. Its ids follow one another even within a millisecond."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._last = 0

    def now(self) -> datetime:
        return datetime.now(UTC)

    def follow(self, id: str | None) -> None:
        """Every new id comes after this one, also when the clock was set back since it was made."""
        if id is not None and len(id) == _LENGTH and set(id) <= set(_ALPHABET):
            with self._lock:
                self._last = max(self._last, _read(id))

    def new_id(self) -> str:
        number = _number(self.now(), secrets.randbits(79))
        with self._lock:
            self._last = max(number, self._last + 1)
            return _written(self._last)


def make_id(now: datetime, chance: int) -> str:
    """48 bits of milliseconds and 80 bits of chance, as a ULID is written, in lower case."""
    return _written(_number(now, chance))


def _number(now: datetime, chance: int) -> int:
    return (int(now.timestamp() * 1000) << 80) | chance


def _written(number: int) -> str:
    return "".join(_ALPHABET[(number >> shift) & 31] for shift in range(125, -1, -5))


def _read(id: str) -> int:
    number = 0
    for letter in id:
        number = number << 5 | _ALPHABET.index(letter)
    return number


def local_date(instant: datetime) -> date:
    """The date in Europe/London at an instant."""
    return instant.astimezone(LONDON).date()


def local_instant(day: date, at: time) -> datetime:
    """The instant, in UTC, at which clocks in Europe/London show that time on that day.

    A time that the clocks show twice is the first of the two; one that they leave out is as long after
    midnight as on any day."""
    return datetime.combine(day, at, LONDON).astimezone(UTC)


def end_of_day(day: date) -> datetime:
    """The instant, in UTC, at which a day in Europe/London is over."""
    return local_instant(day + timedelta(days=1), time())

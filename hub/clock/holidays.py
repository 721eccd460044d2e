"""The bank holidays of a year by rule, as they come when nobody announces another day.

Rules: the Banking and Financial Dealings Act 1971, schedule 1, and the days that are proclaimed each year. A
holiday that falls on a weekend is taken on the next weekday that is none already. Days that are proclaimed
once (a coronation, a jubilee) follow no rule: the official list is on gov.uk.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import count

from hub.clock.calendar import BY_RULE, Day

_MONDAY, _SATURDAY = 0, 5
_DAY = timedelta(days=1)


def bank_holidays(nation: str, year: int) -> list[Day]:
    """In order; all on weekdays. nation: england-and-wales, scotland or northern-ireland."""
    taken: dict[date, str] = {}
    rest: list[tuple[date, str]] = []
    for day, name in _days_of(nation, year):
        if day.weekday() < _SATURDAY:
            taken[day] = name
        else:
            rest.append((day, name))
    for day, name in rest:
        after = (day + n * _DAY for n in count(1))
        free = next(other for other in after if other.weekday() < _SATURDAY and other not in taken)
        taken[free] = f"{name} (substitute day)"
    return [Day(day, name, BY_RULE) for day, name in sorted(taken.items())]


def _days_of(nation: str, year: int) -> Iterator[tuple[date, str]]:
    scotland = nation == "scotland"
    easter = easter_sunday(year)
    yield date(year, 1, 1), "New Year's Day"
    if scotland:
        yield date(year, 1, 2), "2nd January"
    if nation == "northern-ireland":
        yield date(year, 3, 17), "St Patrick's Day"
        yield date(year, 7, 12), "Battle of the Boyne (Orangemen's Day)"
    yield easter - 2 * _DAY, "Good Friday"
    if not scotland:
        yield easter + _DAY, "Easter Monday"
    yield _first_monday(year, 5), "Early May bank holiday"
    yield _last_monday(year, 5), "Spring bank holiday"
    yield _first_monday(year, 8) if scotland else _last_monday(year, 8), "Summer bank holiday"
    if scotland:
        yield date(year, 11, 30), "St Andrew's Day"
    yield date(year, 12, 25), "Christmas Day"
    yield date(year, 12, 26), "Boxing Day"


def _first_monday(year: int, month: int) -> date:
    first = date(year, month, 1)
    return first + (_MONDAY - first.weekday()) % 7 * _DAY


def _last_monday(year: int, month: int) -> date:
    """Of a month with 31 days."""
    last = date(year, month, 31)
    return last - last.weekday() * _DAY


def easter_sunday(year: int) -> date:
    """Of the Gregorian calendar: the Sunday after the first full moon, by the church's tables, of spring.

    >>> easter_sunday(2027)
    datetime.date(2027, 3, 28)
    """
    century, golden = year // 100, year % 19
    # Days from 21 March to the full moon: eleven fewer each year, put right for the centuries.
    moon = (19 * golden + century - century // 4 - (8 * century + 13) // 25 + 15) % 30
    if moon == 29 or (moon == 28 and golden > 10):
        moon -= 1
    full = date(year, 3, 21) + moon * _DAY
    return full + (6 - full.weekday() or 7) * _DAY

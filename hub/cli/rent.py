"""`feedhub rent calendar`: the weeks or months of a rent year, and in which of them rent is charged."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from hub.cli import show
from hub.cli.exits import Exit
from hub.cli.place import Place, Verbs, pass_place
from hub.cli.values import Pounds
from hub.errors import UsageError

if TYPE_CHECKING:
    from hub.model import RentPeriod
    from hub.rent.calendar import RentCalendar, RentGroup

CHARGE, FREE = "charge", "free"


class RentYear(click.ParamType[int]):
    """A rent year by the calendar year in which it ends: 2027, or 2026/27."""

    name = "year"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        from hub.rent.calendar_files import year_of

        try:
            return value if isinstance(value, int) else year_of(value)
        except ValueError as mistake:
            self.fail(str(mistake), param, ctx)


@click.group(cls=Verbs)
def rent() -> None:
    """Look at the rent calendar."""


@rent.command()
@click.argument("year", type=RentYear())
@click.option("--group", "code", metavar="CODE", help="A rent group; without it, the plain rent weeks.")
@click.option("--weekly", type=Pounds(), help="A weekly rent, to tell what it is by the month.")
@show.JSON
@pass_place
def calendar(place: Place, year: int, code: str | None, weekly: int | None, as_json: bool) -> Exit:
    """List the periods of rent YEAR: number, first and last day, charge or free.

    A rent year is called by the calendar year in which it ends: 2027 is 2026/27, and may be written so, too.
    Rent groups and their free weeks stand in config/calendars/rent-groups.csv and rent-free-weeks.csv.
    """
    from hub.model import format_pounds
    from hub.rent.calendar import monthly_amount

    found = place.readable_config.calendars.rent
    group = _group(found, code)
    periods = found.periods(group, year)
    monthly = None if weekly is None else monthly_amount(weekly, found.charged_weeks(group, year))
    if as_json:
        amounts = {} if monthly is None else {"monthly_amount": format_pounds(monthly)}
        show.print_json(_as_json(found, group, year, periods) | amounts)
        return Exit.OK
    show.console().print(_title(found, group, year, periods))
    show.console().print()
    show.print_table(["month", ">no", "from", "to", "rent"], _rows(periods))
    if weekly is not None and monthly is not None:
        show.console().print(f"{format_pounds(weekly)} a week is {format_pounds(monthly)} a month.")
    if not group.is_decided(year):
        show.console().print(_undecided(group, year))
    return Exit.OK


def _group(found: RentCalendar, code: str | None) -> RentGroup:
    from hub.rent.calendar import RentGroup

    if code is not None and code not in found.groups:
        known = ", ".join(found.groups) or "none; list them in config/calendars/rent-groups.csv"
        raise UsageError(f"There is no rent group “{code}”. Known: {known}.")
    return RentGroup("") if code is None else found.groups[code]


def _title(found: RentCalendar, group: RentGroup, year: int, periods: Sequence[RentPeriod]) -> str:
    from hub.rent.calendar import MONTHLY, year_name

    whose = f" of {group.code} ({group.name})" if group.code else ""
    if group.periods == MONTHLY:
        counted = f"{len(periods)} months"
    else:
        charged = found.charged_weeks(group, year)
        counted = f"{len(periods)} weeks, {charged} with a charge, {len(periods) - charged} free"
    return f"Rent year {year_name(year)} ({year}){whose}: {counted}, {_span(periods)}"


def _span(periods: Sequence[RentPeriod]) -> str:
    first, last = periods[0].start, periods[-1].end
    return f"from {first:%a} {first.day} {first:%B %Y} to {last:%a} {last.day} {last:%B %Y}"


def _rows(periods: Sequence[RentPeriod]) -> list[tuple[str, int, str, str, str]]:
    """A month is named beside the first period that starts in it."""
    months = [f"{period.start:%B %Y}" for period in periods]
    return [
        (
            "" if at and months[at - 1] == months[at] else months[at],
            period.number,
            f"{period.start:%a} {period.start}",
            f"{period.end:%a} {period.end}",
            _rent(period),
        )
        for at, period in enumerate(periods)
    ]


def _rent(period: RentPeriod) -> str:
    return FREE if period.free else CHARGE


def _undecided(group: RentGroup, year: int) -> str:
    from hub.rent.calendar import year_name

    return (
        f"Which weeks of {year_name(year)} are free for {group.code} is not known yet. Add a row for {year} "
        "to config/calendars/rent-free-weeks.csv."
    )


def _as_json(
    found: RentCalendar, group: RentGroup, year: int, periods: Sequence[RentPeriod]
) -> dict[str, Any]:
    from hub.rent.calendar import year_name

    return {
        "year": year,
        "name": year_name(year),
        "group": group.code or None,
        "by": group.periods,
        "weeks": found.years.weeks_in(year),
        "free_weeks_known": group.is_decided(year),
        "charged": sum(not period.free for period in periods),
        "periods": [
            {
                "number": period.number,
                "start": period.start.isoformat(),
                "end": period.end.isoformat(),
                "rent": _rent(period),
            }
            for period in periods
        ],
    }

"""`feedhub calendar`: the days on which nobody works, and proposing those of the years ahead."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import click

from hub.cli import show
from hub.cli.exits import Exit
from hub.cli.place import Place, Verbs, pass_place
from hub.cli.values import Day

if TYPE_CHECKING:
    from hub.clock.calendar import Calendars

AHEAD = 5
"""Years that `feedhub timetable` may be asked for."""


@click.group(cls=Verbs)
def calendar() -> None:
    """List the days on which nobody works, and propose bank holidays ahead."""


@calendar.command("list")
@click.option("--from", "first", type=Day(), help="The first day; else this year's first.")
@show.JSON
@pass_place
def list_(place: Place, first: date | None, as_json: bool) -> Exit:
    """List bank holidays and the council's closed days, and who rests on them."""
    calendars = place.config.calendars
    found = _days(calendars, first or _today().replace(month=1, day=1))
    known = max(calendars.nation.known, default=None)
    if as_json:
        show.print_json({"days": found, "known_to": known})
        return Exit.OK
    rows = [
        (day["date"], day["day"], day["name"], day["status"], " and ".join(day["rests"])) for day in found
    ]
    show.print_table(["date", "day", "name", "status", "who rests"], rows, "No such day is known.")
    show.console().print(f"Bank holidays are known to the end of {known}; past that, only weekends are sure.")
    return Exit.OK


@calendar.command("update")
@click.option("--write", is_flag=True, help="Write them into the files.")
@show.JSON
@pass_place
def update(place: Place, write: bool, as_json: bool) -> Exit:
    """Propose bank holidays of the years ahead that the files don't know yet, computed by rule.

    Compare them with the official list on gov.uk: days that are proclaimed once follow no rule.
    """
    from hub.config.holidays import propose

    proposals = propose(place.config_folder, _today().year, AHEAD)
    for proposal in proposals if write else ():
        proposal.write()
    if as_json:
        told = [{"file": one.place, "rows": one.rows, "written": write} for one in proposals]
        show.print_json(told)
        return Exit.OK
    for proposal in proposals:
        click.echo(proposal.difference())
    show.console().print(_outcome(len(proposals), write))
    return Exit.OK


def _outcome(files: int, written: bool) -> str:
    if not files:
        return f"Nothing to propose: the files know this year and the {AHEAD} after it."
    if written:
        return "Written. Compare them with the official list on gov.uk (Bank holidays)."
    return "Nothing is written. To write it: feedhub calendar update --write"


def _today() -> date:
    from hub.clock.now import SystemClock, local_date

    return local_date(SystemClock().now())


def _days(calendars: Calendars, first: date) -> list[dict[str, Any]]:
    resting = {"the council": calendars.council.holidays, "Bacs": calendars.bacs.holidays}
    rows = {day: row for holidays in resting.values() for day, row in holidays.items() if day >= first}
    return [
        {
            "date": day.isoformat(),
            "day": f"{day:%a}",
            "name": row.name,
            "status": row.status,
            "rests": [who for who, holidays in resting.items() if day in holidays],
        }
        for day, row in sorted(rows.items())
    ]

"""`feedhub timetable`: every run to come, and why one is moved or left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import nullcontext
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import TYPE_CHECKING, Any

import click

from hub.cli import show
from hub.cli.exits import Exit
from hub.cli.place import Place, Verb, pass_place
from hub.cli.values import Day
from hub.errors import UsageError

if TYPE_CHECKING:
    from hub.cli.progress import Told
    from hub.clock.days import DueDay
    from hub.clock.due import Slot
    from hub.clock.timetable import Timetable
    from hub.clock.words import Schedule
    from hub.config.routes import Route

USUAL = timedelta(days=13)
LONGEST = timedelta(days=3660)


@click.command(cls=Verb)
@click.option("--from", "first", type=Day(), help="The first day; else from now on.")
@click.option("--to", "last", type=Day(), help="The last day, at most ten years on; else two weeks.")
@click.option("--route", "name", help="Of this route only.")
@show.JSON
@pass_place
def timetable(place: Place, first: date | None, last: date | None, name: str | None, as_json: bool) -> Exit:
    """List every run to come, with what moves it or leaves it out.

    A run that is due on several days at once is told as double, and days past the bank holidays that are
    known as assumed. `every` is one line a day. Only of routes that whoever asks may know of.
    """
    from hub.cli.progress import progress
    from hub.clock.timetable import timetable as draw

    config = place.config
    routes = [place.known.route(name)] if name else list(place.known.routes.values())
    schedules = {route.id: route.schedule for route in routes if route.schedule and route.mode != "off"}
    start, end = _span(first, last)
    with progress("timetable") as told:
        drawn = draw(schedules, config.calendars, start, end, told)
    resting = {route.id: _why_never(route) for route in routes if route.id not in schedules}
    if as_json:
        _print_json(drawn, resting)
    else:
        _print(drawn, schedules, resting)
    return Exit.OK


def _span(first: date | None, last: date | None) -> tuple[datetime, datetime]:
    """Raises UsageError when no day, or too many, lie between the two."""
    from hub.clock.now import SystemClock, end_of_day, local_date, local_instant

    now = SystemClock().now()
    begins = first or local_date(now)
    ends = last or begins + USUAL
    if not timedelta() <= ends - begins <= LONGEST:
        raise UsageError(
            f"From {begins} to {ends} there is no timetable; name up to ten years, first to last."
        )
    return local_instant(first, datetime.min.time()) if first else now, end_of_day(ends)


def _why_never(route: Route) -> str:
    return "is off" if route.mode == "off" else "has no schedule; it runs when somebody runs it"


def _print_json(drawn: Timetable, resting: Mapping[str, str]) -> None:
    """Five years may be millions of runs."""
    from hub.cli.progress import progress

    with nullcontext(_unseen) if show.console().is_terminal else progress("Writing") as told:
        show.print_json_in_pieces({"runs": _runs(drawn, told), "left_out": _gaps(drawn), "never": resting})


def _unseen(name: str, done: int, total: int) -> None:
    """What is written onto a terminal shows itself how far it is."""


def _runs(drawn: Timetable, told: Told) -> Iterator[dict[str, Any]]:
    total, done = sum(map(len, drawn.runs.values())), 0
    for at, due in groupby(drawn.in_order(), key=lambda run: run[1].at):
        shown = at.isoformat()
        told(shown[:10], done, total)
        for route, slot in due:
            done += 1
            yield _run(route, slot, shown)


def _gaps(drawn: Timetable) -> list[dict[str, Any]]:
    left_out = [(due.named, route, due) for route, days in drawn.left_out.items() for due in days]
    return [
        {"route": route, "date": day.isoformat(), "why": due.why, "assumed": due.assumed}
        for day, route, due in sorted(left_out, key=lambda gap: gap[:2])
    ]


def _run(route: str, slot: Slot, at: str) -> dict[str, Any]:
    return {
        "route": route,
        "key": slot.key,
        "at": at,
        "business_date": slot.business_date.isoformat(),
        "notes": [{"mark": note.mark.value, "says": note.says} for note in slot.notes] if slot.notes else [],
    }


def _print(drawn: Timetable, schedules: Mapping[str, Schedule], resting: Mapping[str, str]) -> None:
    rows = []
    for route, schedule in schedules.items():
        lines = (*_lines(drawn.runs[route], schedule), *map(_gap, drawn.left_out[route]))
        rows += [(at, route, *cells) for at, *cells in lines]
    rows.sort()
    table = [(when, route, runs, notes) for _, route, when, runs, notes in rows]
    show.print_table(["when", "route", "runs", "notes"], table, "No route runs then by itself.")
    show.console().print(_sum(drawn))
    for route, why in resting.items():
        show.console().print(f"{route} {why}.")


Line = tuple[datetime, str, str, str]
"""Its instant, when as people read it, the runs and the notes."""


def _lines(slots: list[Slot], schedule: Schedule) -> Iterator[Line]:
    """One a run; of a route that runs often, one a day."""
    for _, same in groupby(slots, key=lambda slot: (slot.business_date, slot.notes)):
        runs = list(same)
        for some in [[slot] for slot in runs] if schedule.at else [runs]:
            yield _line(some)


def _line(slots: list[Slot]) -> Line:
    first, last = slots[0], slots[-1]
    when = _clock_face(first.at)
    if len(slots) > 1:
        when += f" to {show.clock_face(last.at)[-5:]}"
    return first.at, when, str(len(slots)), "; ".join(f"{note.mark}: {note.says}" for note in first.notes)


def _gap(due: DueDay) -> Line:
    from hub.clock.due import on_paper
    from hub.clock.now import local_instant

    assumed = "; assumed" if due.assumed else ""
    return local_instant(due.named, datetime.min.time()), on_paper(due.named), "none", f"{due.why}{assumed}"


def _clock_face(instant: datetime) -> str:
    from hub.clock.now import LONDON

    return f"{instant.astimezone(LONDON):%a} {show.clock_face(instant)}"


def _sum(drawn: Timetable) -> str:
    """How many runs there are, and how many of them have each mark worth a look."""
    from hub.clock.due import Mark

    runs = [slot for slots in drawn.runs.values() for slot in slots]
    marks = Counter(mark.value for slot in runs for mark in slot.marks if mark is not Mark.FOR)
    marks["left out"] = sum(len(days) for days in drawn.left_out.values())
    told = [f"{len(runs)} run{'' if len(runs) == 1 else 's'}"]
    return ", ".join([*told, *(f"{number} {mark}" for mark, number in marks.items() if number)]) + "."

"""`feedhub milestone`: facts of a business date that routes wait for, and setting one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

import click

from hub.cli import show
from hub.cli.exits import Exit
from hub.cli.place import Place, Verbs, pass_place
from hub.cli.values import REASON, Day

if TYPE_CHECKING:
    from hub.store.look import Look
    from hub.store.rows import RecordMoveRow


@click.group(cls=Verbs)
def milestone() -> None:
    """Look at the milestones that routes wait for, and set one."""


@milestone.command("set")
@click.argument("name")
@click.option("--date", "day", type=Day(), help="The business date that it is true of; else today.")
@REASON
@pass_place
def set_(place: Place, name: str, day: date | None, reason: str) -> Exit:
    """Say that the milestone NAME is reached; the next run works what waited for it."""
    from hub.engine.milestones import set_milestone

    with place.open_hub() as hub:
        day = day or hub.services.local(hub.services.clock.now())
        new = set_milestone(hub.services, name, day, reason)
    told = "is reached" if new else "was reached already"
    show.console().print(f"{name} {told} for {day.isoformat()}.")
    return Exit.OK


@milestone.command("list")
@click.option("--from", "first", type=Day(), help="The first business date; else all.")
@click.option("--to", "last", type=Day(), help="The last business date; else all.")
@show.JSON
@pass_place
def list_(place: Place, first: date | None, last: date | None, as_json: bool) -> Exit:
    """List what is reached, by business date, and what reached it."""
    with place.open_hub() as hub, hub.look() as look:
        moves = _reached(look, first or date.min, last or date.max)
    if as_json:
        show.print_json([{**_facts(move), "reached": move.at.isoformat()} for move in moves])
    else:
        rows = [tuple({**_facts(move), "reached": show.clock_face(move.at)}.values()) for move in moves]
        show.print_table(["milestone", "date", "by", "reason", "reached"], rows, "No milestone is reached.")
    return Exit.OK


def _reached(look: Look, first: date, last: date) -> Sequence[RecordMoveRow]:
    """The move that made each milestone's record."""
    from hub.door.milestone import KIND

    records = [
        record
        for record in look.records(KIND, limit=None)
        if first <= date.fromisoformat(record.data["on"]) <= last
    ]
    records.sort(key=lambda record: (record.data["on"], record.data["name"]))
    return [look.moves(KIND, record.key)[0] for record in records]


def _facts(move: RecordMoveRow) -> dict[str, str | None]:
    """By whom or by which transfer it was reached, and why a person said so."""
    data, by = move.data, move.transfer_id or move.who
    return {"milestone": data["name"], "date": data["on"], "by": by, "reason": move.reason}

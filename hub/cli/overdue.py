"""`feedhub overdue`: what is late, and what is due today."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from hub.cli import show
from hub.cli.exits import Exit
from hub.cli.place import Place, Verb, pass_place

if TYPE_CHECKING:
    from hub.engine.overdue import Due


@click.command(cls=Verb)
@show.JSON
@pass_place
def overdue(place: Place, as_json: bool) -> Exit:
    """List what is late and what is due before today is over, with its owner and what to do next."""
    from hub.engine.overdue import overdue as find

    with place.open_hub() as hub, hub.look() as look:
        found = find(hub.services, look)
    if as_json:
        show.print_json([due.as_json() for due in found])
    else:
        columns = ["when", "since or by", "what", "owner", "about", "next"]
        show.print_table(columns, [_row(due) for due in found], "Nothing is late, and nothing is due today.")
    return Exit.NOT_SO if any(due.late for due in found) else Exit.OK


def _row(due: Due) -> tuple[object, ...]:
    when = "late" if due.late else "due today"
    about = f"{due.subject} {due.subject_id}"
    return when, show.clock_face(due.due_at), due.what, due.owner, about, due.next

"""`feedhub approvals`: what a second person must let go, with the control totals to agree."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from hub.cli import show
from hub.cli.decide import COUNT, VALUE, decide, release_of
from hub.cli.exits import Exit
from hub.cli.place import Place, Verbs, pass_place
from hub.cli.values import REASON
from hub.cli.work_view import print_approvals, work_json
from hub.cli.worklist import MOST
from hub.model import WorkKind

if TYPE_CHECKING:
    from hub.engine.local import Hub


@click.group(cls=Verbs)
def approvals() -> None:
    """Look at what is held, and let it go or not; never what one handed in oneself."""


@approvals.command("list")
@show.JSON
@pass_place
def list_(place: Place, as_json: bool) -> Exit:
    """List what is held, the oldest first, with the control totals to agree."""
    with place.open_hub() as hub, hub.look() as look:
        found = look.worklist(kinds=(WorkKind.RELEASE,), limit=MOST)
    if as_json:
        show.print_json([work_json(row) for row in found])
    else:
        print_approvals(found)
    return Exit.OK


@approvals.command()
@click.argument("id")
@REASON
@COUNT
@VALUE
@show.JSON
@pass_place
def release(place: Place, id: str, reason: str, count: int | None, value: int | None, as_json: bool) -> Exit:
    """Let go what entry ID holds, after its control totals were agreed."""
    return decide(place, as_json, lambda hub: release_of(hub, _held(hub, id), reason, count, value))


@approvals.command()
@click.argument("id")
@REASON
@show.JSON
@pass_place
def refuse(place: Place, id: str, reason: str, as_json: bool) -> Exit:
    """Do not let go what entry ID holds: its transfer is withdrawn."""
    return decide(place, as_json, lambda hub: hub.acts.refuse(_held(hub, id), reason))


def _held(hub: Hub, id: str) -> str:
    """The transfer that an entry holds."""
    return hub.worklist.entry(id, WorkKind.RELEASE).subject_id

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
    from hub.store.rows import WorkRow


@click.group(cls=Verbs)
def approvals() -> None:
    """Look at what is held or proposed, and let it go, agree, or not; never to what was one's own."""


@approvals.command("list")
@show.JSON
@pass_place
def list_(place: Place, as_json: bool) -> Exit:
    """List what is held or proposed, the oldest first, with the control totals to agree."""
    with place.open_hub() as hub, hub.look() as look:
        found = look.worklist(kinds=(WorkKind.RELEASE, WorkKind.AGREE), limit=MOST)
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
def agree(place: Place, id: str, reason: str, as_json: bool) -> Exit:
    """Say yes to what entry ID proposes; never to what one has proposed oneself."""
    with place.open_hub() as hub:
        entry = hub.agreements.agree(id, reason)
    return _tell(entry, as_json, f"{entry.title}: agreed. The next run of {entry.answer['route']} does it.")


@approvals.command()
@click.argument("id")
@REASON
@show.JSON
@pass_place
def refuse(place: Place, id: str, reason: str, as_json: bool) -> Exit:
    """Do not let go what entry ID holds, so that its transfer is withdrawn; or do not agree to it."""
    with place.open_hub() as hub, hub.look() as look:
        if look.work(id).kind is WorkKind.AGREE:
            entry = hub.agreements.refuse(id, reason)
            return _tell(entry, as_json, f"{entry.title}: not agreed; nothing was done.")
    return decide(place, as_json, lambda hub: hub.acts.refuse(_held(hub, id), reason))


def _tell(entry: WorkRow, as_json: bool, said: str) -> Exit:
    if as_json:
        show.print_json(work_json(entry))
    else:
        show.console().print(said)
    return Exit.OK


def _held(hub: Hub, id: str) -> str:
    """The transfer that an entry holds."""
    return hub.worklist.entry(id, WorkKind.RELEASE).subject_id

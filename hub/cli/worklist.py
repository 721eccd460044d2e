"""`feedhub worklist`: what there is for people to do, and how they say that it is done."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hub.cli import show
from hub.cli.decide import print_outcome
from hub.cli.exits import Exit
from hub.cli.place import Place, Verbs, pass_place
from hub.cli.values import FILE, Day, Words
from hub.cli.work_view import print_work, totals, work_json
from hub.model import WorkKind

if TYPE_CHECKING:
    from hub.engine.local import Hub
    from hub.engine.worklist import InHand
    from hub.store.rows import TransferRow, WorkRow

MOST = 10_000
"""Entries that are looked at: nobody has more to do."""


@click.group(cls=Verbs)
def worklist() -> None:
    """See what there is for people to do, and say what came of it."""


@worklist.command("list")
@click.option("--mine", is_flag=True, help="Only what you may do, and nobody else is doing.")
@click.option("--kind", type=click.Choice([kind.value for kind in WorkKind]), help="Only of this kind.")
@show.JSON
@pass_place
def list_(place: Place, mine: bool, kind: str | None, as_json: bool) -> Exit:
    """List what there is to do, the oldest first."""
    from hub.engine.worklist import may_do

    kinds = tuple(WorkKind) if kind is None else (WorkKind(kind),)
    with place.open_hub() as hub, hub.look() as look:
        found = [
            row for row in look.worklist(kinds=kinds, limit=MOST) if not mine or may_do(hub.services, row)
        ]
    if as_json:
        show.print_json([work_json(row) for row in found])
    else:
        print_work(found)
    return Exit.OK


@worklist.command()
@click.argument("id")
@click.option(
    "--out",
    required=True,
    type=click.Path(exists=True, file_okay=False, writable=True, path_type=Path),
    help="The folder to write the file to.",
)
@show.JSON
@pass_place
def take(place: Place, id: str, out: Path, as_json: bool) -> Exit:
    """Take the file of entry ID, to hand it over to the partner. From then on it counts as being sent."""
    with place.open_hub() as hub:
        taken = hub.worklist.take(id, out)
        if taken.stopped:
            return _tell_stopped(hub, taken, as_json)
    path = out / taken.delivery.name
    if as_json:
        show.print_json({**work_json(taken.entry), "file": str(path)})
    else:
        _print_taken(taken, path)
    return Exit.OK


def _tell_stopped(hub: Hub, taken: InHand, as_json: bool) -> Exit:
    """A check at the door said no: the transfer is worked again, unless a part of it has left."""
    from hub.engine.carrying import carry_on

    outcome, _ = carry_on(hub, taken.transfer)
    if as_json:
        show.print_json(outcome.as_json())
    else:
        reason = taken.delivery.reason or taken.transfer.reason
        show.console().print(f"{taken.delivery.name} may not leave: {reason}")
        print_outcome(outcome)
    return Exit.NOT_SO


def _print_taken(taken: InHand, path: Path) -> None:
    entry = taken.entry
    show.print_facts(
        {
            "file": path,
            "do": entry.proposal["what"],
            "totals": totals(entry.proposal),
            "then enter": entry.proposal["asks"],
            "with": f"feedhub worklist answer {entry.id} --reference …{_confirms(entry)}",
            "or": f"feedhub worklist answer {entry.id} --not-done --reason …",
        }
    )


def _confirms(entry: WorkRow) -> str:
    """What else is entered."""
    return "".join(f" --{name} …" for name in entry.proposal.get("confirms", ()))


@worklist.command()
@click.argument("id")
@click.option("--reference", type=Words(), help="The file was handed over: what the partner gave for it.")
@click.option("--on", type=Day(), help="With --reference: the day that the partner took the file.")
@click.option("--count", type=click.IntRange(min=0), help="With --reference: the records that it counted.")
@click.option("--file", type=FILE, help="With --reference: a file that the partner gave back.")
@click.option("--not-done", is_flag=True, help="The file was not handed over; with --reason.")
@click.option("--reason", type=Words(), help="With --not-done or --answer: why; it is kept in the history.")
@click.option("--answer", "text", type=Words(), help="What you found out or decided about a task.")
@show.JSON
@pass_place
def answer(
    place: Place,
    id: str,
    reference: str | None,
    on: date | None,
    count: int | None,
    file: Path | None,
    not_done: bool,
    reason: str | None,
    text: str | None,
    as_json: bool,
) -> Exit:
    """Say what came of entry ID: --reference or --not-done for a file to hand over, --answer for a task."""
    if sum((reference is not None, not_done, text is not None)) != 1:
        raise click.UsageError("Say one of --reference, --not-done or --answer.")
    if (not_done and reason is None) or (reference is not None and reason is not None):
        raise click.UsageError("--reason belongs to --not-done, which needs it, and to --answer.")
    if reference is None and (file, on, count) != (None, None, None):
        raise click.UsageError("--file, --on and --count belong to --reference.")
    with place.open_hub() as hub:
        if text is not None:
            return _tell_entry(hub, hub.worklist.answer(id, text, reason).id, as_json)
        if reason is not None:
            hub.worklist.not_done(id, reason)
            return _tell_entry(hub, id, as_json)
        handed = hub.worklist.handed_over(id, reference or "", file, on=on, count=count)
        return _tell_transfers(hub, handed, as_json)


def _tell_entry(hub: Hub, id: str, as_json: bool) -> Exit:
    with hub.look() as look:
        entry = look.work(id)
    if as_json:
        show.print_json(work_json(entry))
    else:
        show.console().print(f"{entry.title} ({id}) is {entry.state}")
    return Exit.OK


def _tell_transfers(hub: Hub, rows: Sequence[TransferRow], as_json: bool) -> Exit:
    """The transfer of the file that was handed over, and what came back for it, each as far as it goes."""
    from hub.engine.carrying import carry_on

    carried = [carry_on(hub, row) for row in rows]
    if as_json:
        show.print_json([{**outcome.as_json(), "trouble": trouble} for outcome, trouble in carried])
    for outcome, trouble in carried:
        if not as_json:
            print_outcome(outcome)
        if trouble:
            click.echo(f"feedhub: {trouble}", err=True)
    if any(trouble for _, trouble in carried):
        return Exit.TROUBLE
    return Exit.NOT_SO if any(outcome.needs_person for outcome, _ in carried) else Exit.OK

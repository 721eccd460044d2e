"""`feedhub transfers`: what became of each file, and what a person decides about it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING

import click

from hub.cli import show
from hub.cli.decide import COUNT, VALUE, decide, release_of
from hub.cli.exits import Exit
from hub.cli.place import Place, Verbs, pass_place
from hub.cli.transfer_view import print_view, told_state, transfer_json, view_json
from hub.cli.values import REASON
from hub.model import DeliveryState, TransferState, format_pounds

if TYPE_CHECKING:
    from hub.store.look import Look
    from hub.store.rows import TransferRow

STATES = list(dict.fromkeys([*TransferState, *DeliveryState]))
"""What a person may be told: a transfer's own states, and after ACCEPTED those of its deliveries."""

PAGE = 100


@click.group(cls=Verbs)
def transfers() -> None:
    """Look at transfers, and decide about those that wait."""


@transfers.command("list")
@click.option("--route", help="Only of this route.")
@click.option("--state", type=click.Choice(STATES, case_sensitive=False), help="Only in this state.")
@click.option("--limit", type=click.IntRange(min=1), default=50, show_default=True)
@show.JSON
@pass_place
def list_(place: Place, route: str | None, state: str | None, limit: int, as_json: bool) -> Exit:
    """List transfers, the newest first."""
    with place.open_hub() as hub, hub.look() as look:
        found = _newest(look, _route_id(place, look, route), state, limit)
    if as_json:
        show.print_json([transfer_json(row, state) for row, state in found])
    else:
        _print_list(found)
    return Exit.OK


def _route_id(place: Place, look: Look, name: str | None) -> str | None:
    """The route that a person means; one that is configured no more may still have transfers."""
    if name is None or look.transfers(route=name, limit=1):
        return name
    return place.known.route(name).id


def _newest(
    look: Look, route: str | None, state: str | None, limit: int
) -> Sequence[tuple[TransferRow, str]]:
    """Transfers, each with the state that a person is told."""
    told = _told(look, route, _stored(state) if state else None)
    return list(islice((pair for pair in told if state in (None, pair[1])), limit))


def _stored(state: str) -> TransferState:
    """The state in which the store has what a person is told to be in `state`."""
    return TransferState(state) if state in set(TransferState) else TransferState.ACCEPTED


def _told(look: Look, route: str | None, stored: TransferState | None) -> Iterator[tuple[TransferRow, str]]:
    """Read page by page, because what a person is told stands in no column."""
    from hub.transfer.states import derived_state

    before = None
    while rows := look.transfers(route=route, state=stored, before=before, limit=PAGE):
        for row in rows:
            deliveries = look.deliveries(row.id)
            yield row, derived_state(row.state, [delivery.state for delivery in deliveries])
        before = rows[-1].id


def _print_list(found: Sequence[tuple[TransferRow, str]]) -> None:
    columns = ["transfer", "found", "state", "route", "file", ">records", ">value"]
    show.print_table(columns, [_list_row(row, state) for row, state in found], "No transfers.")
    for row, _ in found:
        if row.reason:
            show.console().print(f"{row.id}: {row.reason}")


def _list_row(row: TransferRow, state: str) -> Sequence[object]:
    found, value = show.clock_face(row.found_at), format_pounds(row.value)
    state = told_state(state, rehearsed=row.rehearsed)
    return row.id, found, state, row.route, row.name, row.records, value


@transfers.command("show")
@click.argument("id")
@show.JSON
@pass_place
def show_(place: Place, id: str, as_json: bool) -> Exit:
    """Show all that is known of transfer ID: money by state, deliveries, findings, history."""
    with place.open_hub() as hub, hub.look() as look:
        view = look.transfer(id)
    if as_json:
        show.print_json(view_json(view))
    else:
        print_view(view)
    return Exit.OK


@transfers.command()
@click.argument("id")
@REASON
@show.JSON
@pass_place
def retry(place: Place, id: str, reason: str, as_json: bool) -> Exit:
    """Try transfer ID again now, from its stored bytes or at the endpoint that stopped it."""
    return decide(place, as_json, lambda hub: hub.acts.retry(id, reason))


@transfers.command()
@click.argument("id")
@REASON
@COUNT
@VALUE
@show.JSON
@pass_place
def release(place: Place, id: str, reason: str, count: int | None, value: int | None, as_json: bool) -> Exit:
    """Let the held transfer ID go, after its control totals were agreed; never what one handed in oneself."""
    return decide(place, as_json, lambda hub: release_of(hub, id, reason, count, value))


@transfers.command()
@click.argument("id")
@click.option(
    "--undone", is_flag=True, help="What a stalled conversation began was undone at the partner; ask them."
)
@REASON
@show.JSON
@pass_place
def withdraw(place: Place, id: str, undone: bool, reason: str, as_json: bool) -> Exit:
    """Give transfer ID up or, once a part of it has left, the rest; of a report, take back what it did.

    What has left is not taken back."""
    return decide(place, as_json, lambda hub: hub.acts.withdraw(id, reason, undone=undone))


@transfers.command()
@click.argument("id")
@click.option(
    "--line", "lines", type=click.IntRange(min=1), multiple=True, help="Only of this line; repeatable."
)
@REASON
@show.JSON
@pass_place
def reverse(place: Place, id: str, lines: tuple[int, ...], reason: str, as_json: bool) -> Exit:
    """Propose that what transfer ID posted is taken back by contra postings; a second person agrees."""
    from hub.cli.work_view import work_json

    with place.open_hub() as hub:
        entry = hub.agreements.propose_reversal(id, reason, lines)
    if as_json:
        show.print_json(work_json(entry))
    else:
        agree = f"feedhub approvals agree {entry.id} --reason …"
        show.console().print(f"{entry.title}. Somebody else agrees: {agree}")
    return Exit.OK


@transfers.command()
@click.argument("id")
@click.option("--sent/--not-sent", default=None, help="Whether the partner has it; one of the two.")
@REASON
@show.JSON
@pass_place
def settle(place: Place, id: str, sent: bool | None, reason: str, as_json: bool) -> Exit:
    """Say what became of the deliveries of transfer ID that are IN_DOUBT, or of a conversation that has
    stalled, having asked the partner."""
    if sent is None:
        raise click.UsageError("Say --sent or --not-sent: whether the partner has it.")
    return decide(place, as_json, lambda hub: hub.acts.settle(id, sent=sent, reason=reason))


@transfers.command()
@click.argument("id")
@REASON
@show.JSON
@pass_place
def passphrase(place: Place, id: str, reason: str, as_json: bool) -> Exit:
    """Tell the passphrase of each file of transfer ID that has one of its own, so that you can tell the
    partner by another way. That you looked, and why, is kept."""
    from hub.engine.passphrases import passphrases

    with place.open_hub() as hub:
        told = passphrases(hub.services, id, reason)
    if as_json:
        show.print_json(dict(told))
    else:
        show.print_facts(told)
    return Exit.OK

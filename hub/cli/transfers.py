"""`feedhub transfers`: what became of each file, and what a person decides about it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING

import click

from hub.cli import show
from hub.cli.exits import Exit
from hub.cli.place import Place, Verbs, pass_place
from hub.cli.transfer_view import print_view, transfer_json, view_json
from hub.cli.who import REASON, WHO
from hub.errors import FeedHubError
from hub.model import DeliveryState, TransferState, format_pounds

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from hub.engine.acts import Acts
    from hub.engine.local import Hub
    from hub.engine.report import Outcome
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
    with place.open_hub() as hub, hub.store.read() as conn:
        found = _newest(conn, _route_id(place, conn, route), state, limit)
    if as_json:
        show.print_json([transfer_json(row, state) for row, state in found])
    else:
        _print_list(found)
    return Exit.OK


def _route_id(place: Place, conn: Connection, name: str | None) -> str | None:
    """The route that a person means; one that is configured no more may still have transfers."""
    from hub.store import queries

    if name is None or queries.list_transfers(conn, route=name, limit=1):
        return name
    return place.config.named(name).id


def _newest(
    conn: Connection, route: str | None, state: str | None, limit: int
) -> Sequence[tuple[TransferRow, str]]:
    """Transfers, each with the state that a person is told."""
    told = _told(conn, route, _stored(state) if state else None)
    return list(islice((pair for pair in told if state in (None, pair[1])), limit))


def _stored(state: str) -> TransferState:
    """The state in which the store has what a person is told to be in `state`."""
    return TransferState(state) if state in set(TransferState) else TransferState.ACCEPTED


def _told(
    conn: Connection, route: str | None, stored: TransferState | None
) -> Iterator[tuple[TransferRow, str]]:
    """Read page by page, because what a person is told stands in no column."""
    from hub.store import queries
    from hub.transfer.states import derived_state

    before = None
    while rows := queries.list_transfers(conn, route=route, state=stored, before=before, limit=PAGE):
        for row in rows:
            deliveries = queries.deliveries_of(conn, row.id)
            yield row, derived_state(row.state, [delivery.state for delivery in deliveries])
        before = rows[-1].id


def _print_list(found: Sequence[tuple[TransferRow, str]]) -> None:
    columns = ["transfer", "found", "route", "file", "state", ">records", ">value"]
    show.print_table(columns, [_list_row(row, state) for row, state in found], "No transfers.")
    for row, _ in found:
        if row.reason:
            show.console().print(f"{row.id}: {row.reason}")


def _list_row(row: TransferRow, state: str) -> Sequence[object]:
    found, value = f"{row.found_at:%Y-%m-%d %H:%M}", format_pounds(row.value)
    return row.id, found, row.route, row.name, state, row.records, value


@transfers.command("show")
@click.argument("id")
@show.JSON
@pass_place
def show_(place: Place, id: str, as_json: bool) -> Exit:
    """Show all that is known of transfer ID: money by state, deliveries, findings, history."""
    from hub.store import queries

    with place.open_hub() as hub, hub.store.read() as conn:
        view = queries.show_transfer(conn, hub.store.keys, id)
    if as_json:
        show.print_json(view_json(view))
    else:
        print_view(view)
    return Exit.OK


@transfers.command()
@click.argument("id")
@REASON
@WHO
@show.JSON
@pass_place
def retry(place: Place, id: str, reason: str, who: str, as_json: bool) -> Exit:
    """Try transfer ID again now, from its stored bytes or at the endpoint that stopped it."""
    return _act(place, id, who, as_json, lambda acts: acts.retry(id, reason))


@transfers.command()
@click.argument("id")
@REASON
@WHO
@show.JSON
@pass_place
def release(place: Place, id: str, reason: str, who: str, as_json: bool) -> Exit:
    """Let the held transfer ID go, after its control totals were agreed."""
    return _act(place, id, who, as_json, lambda acts: acts.release(id, reason))


@transfers.command()
@click.argument("id")
@REASON
@WHO
@show.JSON
@pass_place
def withdraw(place: Place, id: str, reason: str, who: str, as_json: bool) -> Exit:
    """Give transfer ID up; only possible while nothing of it has left."""
    return _act(place, id, who, as_json, lambda acts: acts.withdraw(id, reason))


@transfers.command()
@click.argument("id")
@click.option("--sent/--not-sent", default=None, help="Whether the partner has it; one of the two.")
@REASON
@WHO
@show.JSON
@pass_place
def settle(place: Place, id: str, sent: bool | None, reason: str, who: str, as_json: bool) -> Exit:
    """Say what became of the deliveries of transfer ID that are IN_DOUBT, having asked the partner."""
    if sent is None:
        raise click.UsageError("Say --sent or --not-sent: whether the partner has it.")
    return _act(place, id, who, as_json, lambda acts: acts.settle(id, sent=sent, reason=reason))


def _act(place: Place, id: str, who: str, as_json: bool, act: Callable[[Acts], TransferRow]) -> Exit:
    """Commit the decision, then carry the transfer as far as it goes now.

    What fails after the commit undoes nothing of it, so it is told beside what was done."""
    with place.open_hub(who) as hub:
        row = act(hub.acts)
        outcome, trouble = _carry_on(hub, row)
    if as_json:
        show.print_json({**outcome.as_json(), "trouble": trouble})
    else:
        _print_outcome(outcome)
    if trouble:
        click.echo(f"feedhub: {trouble}", err=True)
        return Exit.TROUBLE
    return Exit.NOT_SO if outcome.needs_person else Exit.OK


def _carry_on(hub: Hub, row: TransferRow) -> tuple[Outcome, str | None]:
    """What the transfer came to, and a sentence about what could not be done for it yet."""
    from hub.engine.report import outcome_of

    try:
        outcome = hub.advance(row.id)
    except FeedHubError as error:
        outcome = outcome_of(hub.store, row)
        return outcome, f"{row.name} is {outcome.state}; what follows could not be done yet: {error}"
    untidied = _not_tidied(hub, row.id)
    if untidied is None:
        return outcome, None
    return outcome, f"{row.name} is {outcome.state}; its source could not be tidied yet: {untidied}"


def _not_tidied(hub: Hub, id: str) -> str | None:
    """Why the source of a transfer lies there still, if that is the last that was noted."""
    from hub.store import queries

    with hub.store.read() as conn:
        newest = queries.events_of(conn, "transfer", id)[-1]
    return str(newest.data["reason"]) if newest.kind == "not_tidied" else None


def _print_outcome(outcome: Outcome) -> None:
    reason = f": {outcome.reason}" if outcome.reason else ""
    show.console().print(f"{outcome.name} ({outcome.id}) is {outcome.state}{reason}")

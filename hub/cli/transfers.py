"""`feedhub transfers`: what became of each file, and what a person decides about it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from hub.cli import show
from hub.cli.exits import Exit
from hub.cli.place import Place, Verbs, pass_place
from hub.cli.who import WHO
from hub.model import TransferState, format_pounds

if TYPE_CHECKING:
    from hub.engine.acts import Acts
    from hub.engine.report import Outcome
    from hub.store.rows import DeliveryRow, EventRow, TransferRow, TransferView

REASON = click.option("--reason", required=True, help="Why; it is kept in the history.")


@click.group(cls=Verbs)
def transfers() -> None:
    """Look at transfers, and decide about those that wait."""


@transfers.command("list")
@click.option("--route", help="Only of this route.")
@click.option("--state", type=click.Choice([state.value for state in TransferState], case_sensitive=False))
@click.option("--limit", type=click.IntRange(min=1), default=50, show_default=True)
@show.JSON
@pass_place
def list_(place: Place, route: str | None, state: str | None, limit: int, as_json: bool) -> Exit:
    """List transfers, the newest first."""
    from hub.store import queries

    wanted = TransferState(state.upper()) if state else None
    with place.open_hub() as hub, hub.store.read() as conn:
        rows = queries.list_transfers(conn, route=route, state=wanted, limit=limit)
    if as_json:
        show.print_json([transfer_json(row) for row in rows])
    else:
        show.print_table(
            ["transfer", "found", "route", "file", "feed", "state", ">records", ">value", "reason"],
            [_list_row(row) for row in rows],
            "No transfers.",
        )
    return Exit.OK


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
    """Commit the decision, then carry the transfer as far as it goes now."""
    with place.open_hub(who) as hub:
        act(hub.acts)
        outcome = hub.advance(id)
    if as_json:
        show.print_json(outcome.as_json())
    else:
        print_outcome(outcome)
    return Exit.NOT_SO if outcome.needs_person else Exit.OK


def print_outcome(outcome: Outcome) -> None:
    reason = f": {outcome.reason}" if outcome.reason else ""
    show.console().print(f"{outcome.name} ({outcome.id}) is {outcome.state}{reason}")


def transfer_json(row: TransferRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "route": row.route,
        "partner": row.partner,
        "feed": row.feed,
        "format": row.format,
        "name": row.name,
        "state": row.state.value,
        "found_at": row.found_at.isoformat(),
        "business_date": row.business_date and row.business_date.isoformat(),
        "identity": row.identity,
        "sha256": row.blob,
        "size": row.size,
        "records": row.records,
        "value": format_pounds(row.value),
        "reason": row.reason,
    }


def view_json(view: TransferView) -> dict[str, Any]:
    from hub.engine.report import money_json
    from hub.transfer.inspect import finding_json, item_json
    from hub.transfer.states import derived_state

    state = derived_state(view.transfer.state, [delivery.state for delivery in view.deliveries])
    return {
        **transfer_json(view.transfer),
        "derived_state": state,
        "money": money_json(view.money),
        "numbers": dict(view.numbers),
        "deliveries": [delivery_json(delivery) for delivery in view.deliveries],
        "findings": [finding_json(finding) for finding in view.findings],
        "items": [item_json(item.taken()) | {"id": item.id, "answers": item.answers} for item in view.items],
        "events": [event_json(event) for event in view.events],
    }


def delivery_json(row: DeliveryRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "output": row.output,
        "endpoint": row.endpoint,
        "folder": row.folder,
        "name": row.name,
        "sha256": row.blob,
        "size": row.size,
        "state": row.state.value,
        "attempts": row.attempts,
        "reason": row.reason,
        "seen_there": dict(row.remote),
    }


def event_json(row: EventRow) -> dict[str, Any]:
    return {
        "at": row.at.isoformat(),
        "subject": row.subject,
        "id": row.subject_id,
        "event": row.kind,
        "who": row.who,
        "data": dict(row.data),
    }


def print_view(view: TransferView) -> None:
    told = view_json(view)
    facts = (
        "id",
        "route",
        "feed",
        "format",
        "name",
        "derived_state",
        "business_date",
        "identity",
        "records",
        "value",
    )
    show.print_facts({name: told[name] for name in (*facts, "reason") if told[name] is not None})
    money = [(state, sums["count"], sums["value"]) for state, sums in told["money"].items()]
    show.print_table(["items", ">count", ">pounds"], money, "No items.")
    show.print_findings(view.findings, {})
    show.print_table(
        ["delivery", "to", "file", "state", ">attempts", "reason"],
        [
            (d.output, f"{d.endpoint}:{d.folder}", d.name, d.state, d.attempts, d.reason)
            for d in view.deliveries
        ],
        "No deliveries.",
    )
    show.print_table(
        ["when", "what", "event", "who"],
        [(f"{event.at:%Y-%m-%d %H:%M:%S}", event.subject, event.kind, event.who) for event in view.events],
    )


def _list_row(row: TransferRow) -> tuple[object, ...]:
    found = f"{row.found_at:%Y-%m-%d %H:%M}"
    value = format_pounds(row.value)
    return row.id, found, row.route, row.name, row.feed, row.state, row.records, value, row.reason

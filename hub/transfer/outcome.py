"""What working a transfer came to, and the one commit that writes it: everything of it, or nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import Connection

from hub.checks.base import BATCH
from hub.door.feed import RegisterChange
from hub.door.lifecycle import Waiting
from hub.errors import LostRace
from hub.model import Finding, TransferState
from hub.store import queries
from hub.store.rows import BlobRef, DeliveryRow, ItemRow, RecordChange, SameTransfer, TransferRow
from hub.store.schema import DEAD
from hub.transfer import awaiting, departing, move, over, refusal, tasks
from hub.transfer.answers import Answering, give, take_back
from hub.transfer.effects import write_steps
from hub.transfer.release import ask_release
from hub.transfer.services import Services


@dataclass(frozen=True, slots=True)
class Outcome:
    """What working a transfer came to, ready to be committed in one go.

    called: what the files that would leave call their items, by the item's id
    waits_again, refused: of a batch, the ids of items that it does not keep; of the refused, why
    asks: what an administrator is asked to deal with, if anything
    follows: what starts inside the hub because the file is refused
    still_so: whether what was seen of other transfers' numbers and items still stands"""

    row: TransferRow
    state: TransferState
    reason: str | None
    findings: Sequence[Finding] = ()
    values: Mapping[str, Any] = field(default_factory=dict)
    items: Sequence[ItemRow] = ()
    waits_again: Sequence[str] = ()
    refused: Mapping[str, str] = field(default_factory=dict)
    used: Mapping[str, frozenset[str]] = field(default_factory=dict)
    answering: Answering | None = None
    deliveries: Sequence[tuple[DeliveryRow, BlobRef]] = ()
    called: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    register: RegisterChange | None = None
    steps: Sequence[RecordChange] = ()
    asks: str | None = None
    follows: Sequence[Waiting] = ()
    still_so: Callable[[Connection], bool] = lambda conn: True


def commit(conn: Connection, services: Services, outcome: Outcome) -> TransferRow:
    """Everything that working the transfer did, or nothing. The moves of its items come before its answers:
    what follows from these moves records as they stand by then."""
    row, keys = outcome.row, services.store.keys
    event = "waits" if outcome.state is TransferState.STAGED else outcome.state.value.lower()
    _refuse_twin(conn, outcome)
    _keep_items(conn, services, outcome)
    if outcome.findings or row.feed is not None:
        queries.replace_findings(conn, row.id, outcome.findings)
    queries.use_values(conn, row.id, outcome.used)
    if outcome.state in (TransferState.ACCEPTED, TransferState.APPLIED):
        write_steps(conn, services, outcome.steps)
        if outcome.register is not None:
            queries.apply_register(conn, keys, outcome.register, row.id)
    if outcome.answering is not None and outcome.answering.counts_when(outcome.state):
        give(conn, services, row, outcome.answering)
    given = {target.name for target in services.route(row.route).ways}
    for delivery, blob in outcome.deliveries:
        queries.keep_blob(conn, blob)
        name = delivery.name if delivery.name in given else queries.free_name(conn, delivery)
        queries.insert_delivery(conn, replace(delivery, name=name))
    if outcome.state in (TransferState.REJECTED, TransferState.DUPLICATE):
        awaiting.void(conn, services, row)
    moved = move.transfer(
        conn,
        services,
        row,
        outcome.state,
        is_asked=outcome.asks is not None,
        event=event,
        reason=outcome.reason,
        **outcome.values,
    )
    departing.call(conn, services, moved, outcome.called, row.id)
    refusal.write(conn, services, moved, outcome.follows)
    if moved.state is TransferState.HELD and not moved.rehearsed:
        ask_release(conn, services, moved)
    if outcome.asks is not None and not moved.rehearsed:
        tasks.ask_administrator(conn, services, moved, outcome.asks)
    if moved.state is TransferState.APPLIED:
        over.is_over(conn, services, moved)
    return moved


def same_as(conn: Connection, row: TransferRow, feed: str, identity: str | None) -> SameTransfer | None:
    """An earlier transfer of the feed on this route with these bytes, or this identity."""
    return queries.find_same(
        conn, route=row.route, feed=feed, sha256=row.blob or "", identity=identity, other_than=row.id
    )


def _refuse_twin(conn: Connection, outcome: Outcome) -> None:
    """Raises LostRace when the same file, number or item went in between this one's look and its commit."""
    feed = outcome.values.get("feed")
    if outcome.state in DEAD or feed is None:
        return
    same = same_as(conn, outcome.row, feed, outcome.values.get("identity"))
    if same is not None or not outcome.still_so(conn):
        raise LostRace(f"transfer {outcome.row.id} has a twin that went first")


def _keep_items(conn: Connection, services: Services, outcome: Outcome) -> None:
    """A file's items are written. A batch's are there: what it does not keep waits again, or is refused."""
    row = outcome.row
    if row.format == BATCH:
        refused = outcome.state is TransferState.REJECTED
        queries.give_back_items(conn, row.id, None if refused else outcome.waits_again)
        queries.refuse_gathered(conn, row.id, outcome.refused)
    elif row.feed is None:  # never worked before
        queries.insert_items(conn, services.store.keys, outcome.items)
    else:
        take_back(conn, services, row, "is worked again")
        queries.replace_items(conn, services.store.keys, row.id, outcome.items)

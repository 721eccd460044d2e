"""Money files that await the bank's lines: whether one may go on, wholly or partly, and what waits of it.

What a file tells of is made a record for each part (`hub.bank.dues`), once, in a commit of its own; lines and
dues find each other in whatever commit brings either (`hub.bank.matching`). Here the pipeline asks how they
stand. The dues are no transfer's own moves, so that working a transfer again does not undo them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from hub.bank.awaits import Awaits
from hub.bank.dues import AWAITS, PARTS, due_moves, keep_back, parts_of, sentence, void_moves
from hub.bank.matching import AWAITED, COVERED, DUE, RELEASED, VOID
from hub.checks.base import BATCH, Context
from hub.config.people import HUB_LOGIN
from hub.config.routes import Route
from hub.door.feed import Feed
from hub.model import Finding, Item, Move, Record, Severity, Taken
from hub.store import queries
from hub.store.rows import ItemRow, TransferRow
from hub.transfer.effects import apply_moves
from hub.transfer.examine import Examined
from hub.transfer.outputs import forwards_any
from hub.transfer.services import Services

CHECK = "BANK"
"""The id of the finding of a rehearsal, which awaits nothing."""


@dataclass(frozen=True, slots=True)
class Gate:
    """What may go on. `reason`: why nothing of the file does yet, in words."""

    taken: Sequence[Taken]
    reason: str | None = None


def still_awaits(services: Services, row: TransferRow, route: Route) -> str | None:
    """Why a transfer that was looked at before has nothing to go on with still; None when it may have."""
    awaits = route.awaits
    if awaits is None or awaits.lets_go == "at_once" or row.feed is None or _is_free(row):
        return None
    with services.store.read() as conn:
        dues = dues_of(conn, row.id)
    waiting = [due for due in dues if due.state == AWAITED]
    blocked = waiting and (awaits.lets_go == "whole" or len(waiting) == len(dues))
    return sentence(waiting, len(dues)) if blocked else None


def gate(
    services: Services,
    row: TransferRow,
    route: Route,
    examined: Examined,
    ctx: Context[Any],
    taken: Sequence[Taken],
) -> Gate:
    """What of a transfer's items may go on now. Its dues are made first, in a commit of their own."""
    awaits, feed = route.awaits, examined.feed
    if _is_free(row):
        return Gate(taken)
    if awaits is None:
        if row.feed is not None:
            services.commit(lambda conn: void(conn, services, row))
        return Gate(taken)
    if row.rehearsed:
        told = "outside a rehearsal the file would await the bank"
        examined.reading.findings.add(Finding(CHECK, Severity.NOTE, told))
        return Gate(taken)
    part_of = part_of_each(feed, awaits)
    dues = _made(services, row, route, feed, awaits, [one.item for one in taken])
    waiting = [due for due in dues if due.state == AWAITED]
    if not waiting or awaits.lets_go == "at_once":
        return Gate(taken)
    whole = awaits.lets_go == "whole" or forwards_any(feed, route.to, ctx)
    if whole or len(waiting) == len(dues):
        return Gate(taken, sentence(waiting, len(dues)))
    return Gate(keep_back(taken, part_of, row.id, {due.key for due in waiting}))


def part_of_each(feed: Feed, awaits: Awaits) -> Callable[[Item], str]:
    return {**PARTS, **feed.parts}[awaits.each]


def _is_free(row: TransferRow) -> bool:
    """What is gathered was looked at when it came in."""
    return row.format == BATCH


def _made(
    services: Services, row: TransferRow, route: Route, feed: Feed, awaits: Awaits, items: Sequence[Item]
) -> Sequence[Record]:
    """The dues of the transfer as they stand, made where they were not."""
    of = {"transfer": row.id, "file": row.name, "route": route.id, "owner": route.owner}
    parts = parts_of(items, part_of_each(feed, awaits))

    def missing(conn: Connection) -> list[Move]:
        standing = {due.key: due for due in dues_of(conn, row.id, void=True)}
        return list(due_moves(of, parts, feed.banked, awaits, standing))

    with services.store.read() as conn:
        are_made = not missing(conn)
    if not are_made:
        services.commit(lambda conn: apply_moves(conn, services, missing(conn), who=HUB_LOGIN))
        services.boundary("awaited")
    with services.store.read() as conn:
        return dues_of(conn, row.id)


def dues_of(conn: Connection, transfer_id: str, *, void: bool = False) -> list[Record]:
    """The dues of a transfer, those that are void only if asked for."""
    dues = queries.records_below(conn, DUE, transfer_id)
    return [due for due in dues if void or due.state != VOID]


def void(conn: Connection, services: Services, row: TransferRow) -> None:
    """The transfer is given up: nobody awaits its money any more; lines that covered it are free again."""
    moves = list(void_moves(dues_of(conn, row.id)))
    apply_moves(conn, services, moves, who=services.who)


def money_is_there(conn: Connection, rows: Sequence[ItemRow]) -> Mapping[str, Record | None]:
    """Of items that may be gathered, by their id: the due that lets them go, None where there is none to ask.
    An item whose due still waits is left out."""
    keys = {str(row.data[AWAITS]) for row in rows if AWAITS in row.data}
    dues = {due.key: due for due in queries.records_of(conn, None, DUE, keys)} if keys else {}
    here: dict[str, Record | None] = {}
    for row in rows:
        due = dues.get(str(row.data.get(AWAITS)))
        if AWAITS not in row.data or (due is not None and due.state in (COVERED, RELEASED)):
            here[row.id] = due
    return here

"""The moves that a transfer's items ask for: legal ones as steps, illegal ones as findings. Nothing is
written here (`hub.transfer.effects` does)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection

from hub.bank.dues import WAITS_AS
from hub.checks.base import Context
from hub.config.people import HUB_LOGIN
from hub.door.feed import Feed, moves_nothing, no_moves
from hub.errors import IllegalMove
from hub.model import Finding, ItemState, Move, Severity, Taken
from hub.store import queries
from hub.store.rows import RecordChange, TransferRow
from hub.transfer.records import Cause, Moving, Standing, look_up, refuse_moves, standing
from hub.transfer.services import Services

MOVE = "MOVE"
"""The check id of a finding about an illegal move."""


_MOVE_NOTHING = (ItemState.HELD, ItemState.SUSPENDED, ItemState.REJECTED, ItemState.DUPLICATE)
"""Items that nothing is known to be true of yet."""


@dataclass(frozen=True, slots=True)
class Judged:
    """Items with the moves they ask for: legal ones as steps; illegal ones as findings that hold the item."""

    taken: Sequence[Taken]
    steps: Sequence[RecordChange] = ()
    findings: Sequence[Finding] = ()


def may_move(feed: Feed) -> bool:
    """Whether items of a feed move records at all."""
    return feed.moves is not no_moves or feed.unnamed is not moves_nothing


def judge_moves(
    conn: Connection,
    services: Services,
    row: TransferRow,
    feed: Feed,
    taken: Sequence[Taken],
    ctx: Context[Any],
) -> Judged:
    """The moves of a transfer's items against the records as they stand, and those before them in the file,
    which `moves` sees in `facts.records`: it is asked item by item.

    An item moves all of its records or none. What it moved when its transfer was worked before stays."""
    if not may_move(feed):
        return Judged(taken)
    if any(lookup.accounts for lookup in feed.looks_up):  # the items have their accounts by now
        ctx = replace(
            ctx, facts=replace(ctx.facts, records=look_up(conn, services, feed, taken, feed.compartment))
        )
    done = queries.moved_by(conn, row.id) if row.feed is not None else frozenset()
    first = [move for one in taken for move in _asked(services, feed, one, ctx, done)]
    records = standing(conn, services, first)
    if ctx.facts.records is not None:
        ctx = replace(ctx, facts=replace(ctx.facts, records=Moving(ctx.facts.records, records.made)))
    kept: list[Taken] = []
    findings: list[Finding] = []
    for one in taken:
        some = _asked(services, feed, one, ctx, done)
        records.read(conn, some)
        try:
            records.make(some, Cause(HUB_LOGIN, row.id, one.id))
            kept.append(one)
        except IllegalMove as error:
            findings.append(Finding(MOVE, Severity.HOLD_ITEM, str(error), one.item.line))
            kept.append(_held(one, str(error)))
    findings += _unnamed(conn, services, feed, kept, ctx, records, row, done)
    return Judged(kept, records.steps, findings)


def _unnamed(
    conn: Connection,
    services: Services,
    feed: Feed,
    kept: Sequence[Taken],
    ctx: Context[Any],
    records: Standing,
    row: TransferRow,
    done: frozenset[tuple[str, str, str | None]],
) -> list[Finding]:
    """The moves of records that a complete list does not name any more: all of them or none."""
    moves = [move for move in feed.unnamed(kept, ctx) if (move.kind, move.key, None) not in done]
    refuse_moves(services, feed, (move.kind for move in moves))
    records.read(conn, moves)
    try:
        records.make(moves, Cause(HUB_LOGIN, row.id))
    except IllegalMove as error:
        return [Finding(MOVE, Severity.HOLD, str(error))]
    return []


def _asked(
    services: Services,
    feed: Feed,
    one: Taken,
    ctx: Context[Any],
    done: frozenset[tuple[str, str, str | None]],
) -> Sequence[Move]:
    if one.disposition.state in _MOVE_NOTHING or one.disposition.waits_as == WAITS_AS:
        return ()
    moves = [move for move in feed.moves(one, ctx) if (move.kind, move.key, one.id) not in done]
    refuse_moves(services, feed, (move.kind for move in moves))
    return moves


def _held(one: Taken, why: str) -> Taken:
    held = replace(one.disposition, state=ItemState.HELD, reason=f"{why} ({MOVE})")
    return replace(one, disposition=held)

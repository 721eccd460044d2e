"""What a transfer did to records, and started inside the hub, is undone when the transfer is taken back: by
the door, by a person, or to be worked again.

Each record comes back to where it stood, by one move of its own chained history. It bears the transfer, as
the moves do that it takes back, and those that followed from them. Where somebody else has moved the record
since, or an item that started has gone on, nobody can tell what is right now: that becomes a task.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from hub.config.people import HUB_LOGIN
from hub.model import Compartment, Record, WorkKind
from hub.store import queries
from hub.store.queries.undoing import StandingMove
from hub.store.rows import RecordChange, TransferRow
from hub.store.schema import UNMADE
from hub.transfer import promises, worklist
from hub.transfer.effects import RECORD, subject_id_of
from hub.transfer.records import Name
from hub.transfer.services import Services

UNDO = "undo"
"""Begins the names of the tasks about what could not be undone."""


@dataclass(frozen=True, slots=True)
class Undone:
    """A record that comes back. `at`: the instant of the first move that is taken back."""

    change: RecordChange
    at: datetime


def undo(conn: Connection, services: Services, row: TransferRow, why: str, *, who: str = HUB_LOGIN) -> bool:
    """Undo what stands of what a transfer moved and started, in the commit that takes it back. Whether
    nothing of it stands now; may be repeated.

    why: completes "a.txt …": "was withdrawn"; who: the login of whoever wanted it"""
    undone = _undo(conn, services, row, _by_record(conn, row), why, who)
    return _refuse_started(conn, services, row, why, who) and undone


def obstacle(conn: Connection, services: Services, row: TransferRow) -> str | None:
    """Why not all that a transfer moved and started can be undone, in words; None when it can."""
    by_record = _by_record(conn, row)
    for (kind, key), record in _current(conn, services, by_record).items():
        first, remains = _first_to_undo(by_record[kind, key])
        if remains or first is None or _before(services, record, first) is None:
            return f"the {kind} {key} has moved on since"
    gone = queries.started_and_gone(conn, row.id)
    return f"item {gone[0]}, which the hub made because of it, is under way or gone" if gone else None


def undo_of(
    conn: Connection, services: Services, row: TransferRow, items: Collection[str], why: str, *, who: str
) -> None:
    """The same of what these items of the transfer moved. Its other moves stand, as somebody else's do."""
    moved = {name: _only(moves, items) for name, moves in _by_record(conn, row).items()}
    _undo(conn, services, row, {name: moves for name, moves in moved.items() if moves}, why, who)


def _by_record(conn: Connection, row: TransferRow) -> dict[Name, list[StandingMove]]:
    by_record: dict[Name, list[StandingMove]] = defaultdict(list)
    for move in queries.standing_moves(conn, row.id):
        by_record[move.kind, move.key].append(move)
    return by_record


def _only(moves: Sequence[StandingMove], items: Collection[str]) -> list[StandingMove]:
    last_to_stand = max((move.number for move in moves if move.item_id not in items), default=0)
    return [move._replace(others=max(move.others, last_to_stand)) for move in moves if move.item_id in items]


def _undo(
    conn: Connection,
    services: Services,
    row: TransferRow,
    by_record: dict[Name, list[StandingMove]],
    why: str,
    who: str,
) -> bool:
    reason = f"undone: {row.name} {why}"
    stuck: list[StandingMove] = []
    undone: list[Undone] = []
    for name, record in _current(conn, services, by_record).items():
        first, remains = _first_to_undo(by_record[name])
        before = _before(services, record, first) if first else None
        if first and before:
            change = RecordChange(
                old=record,
                new=before,
                who=who,
                compartment=first.compartment,
                transfer_id=row.id,
                item_id=first.item_id,
                reason=reason,
                undoes=first.number,
            )
            undone.append(Undone(change, first.at))
        if remains or before is None:
            stuck.append(by_record[name][0])
    queries.write_records(conn, services.store.keys, [one.change for one in undone])
    for one in undone:
        _follow(conn, services, one)
    for move in stuck:
        _ask_about(conn, services, row, move, why, who)
    return not stuck


def _current(
    conn: Connection, services: Services, names: dict[Name, list[StandingMove]]
) -> dict[Name, Record]:
    by_kind: dict[str, list[str]] = defaultdict(list)
    for kind, key in names:
        by_kind[kind].append(key)
    keys = services.store.keys
    found = (one for kind, some in by_kind.items() for one in queries.records_of(conn, keys, kind, some))
    return {(record.kind, record.key): record for record in found}


def _first_to_undo(moves: Sequence[StandingMove]) -> tuple[StandingMove | None, bool]:
    """The first of the moves that nobody else's follows, and whether there are others."""
    free = [move for move in moves if move.number > move.others]
    return (free[0] if free else None), len(free) < len(moves)


def _before(services: Services, record: Record, first: StandingMove) -> Record | None:
    """The record as it stood, one move further; None when what it was is not kept any more."""
    if first.from_state is None:
        gone = Record(kind=record.kind, key=record.key, state=UNMADE, since=services.clock.now())
        return replace(gone, version=record.version + 1)
    before = queries.before_it(first, services.store.keys)
    return before and replace(before, version=record.version + 1)


def _follow(conn: Connection, services: Services, undone: Undone) -> None:
    """Deadlines: what being in the state promised is over, what leaving the one before kept stands again. And
    what a record's end made void is asked again."""
    old, new = undone.change.old, undone.change.new
    lifecycle = services.catalogue.lifecycles.get(new.kind)
    if old is None or lifecycle is None or old.state == new.state:
        return
    subject_id = subject_id_of(new)
    for deadline in lifecycle.deadlines:
        if deadline.state == old.state:
            promises.void(conn, RECORD, subject_id, deadline.name)
        if deadline.state == new.state:
            promises.stand_again(conn, RECORD, subject_id, deadline.name, undone.at)
    if new.state == UNMADE:
        worklist.void(conn, RECORD, subject_id, who=undone.change.who)
    elif lifecycle.has_ended(old.state):
        worklist.ask_again(conn, RECORD, subject_id, undone.at, who=undone.change.who)


def _refuse_started(conn: Connection, services: Services, row: TransferRow, why: str, who: str) -> bool:
    """Refuse what started inside because of the transfer and still waits; whether that was all of it."""
    queries.refuse_started(conn, row.id, f"{row.name} {why}")
    gone = queries.started_by(conn, row.id)
    if gone:
        title = (
            f"{row.name} {why}, but {len(gone)} items that the hub made because of it are under way or gone. "
            f"The first is {gone[0]}; tell whoever has them."
        )
        _ask(conn, services, row, "item", gone[0], title, who)
    return not gone


def _ask_about(
    conn: Connection, services: Services, row: TransferRow, move: StandingMove, why: str, who: str
) -> None:
    title = (
        f"{row.name} {why}, but the {move.kind} {move.key} has moved on since it moved that, so that its "
        f"move {move.number} stands. Look whether that is still right."
    )
    lifecycle = services.catalogue.lifecycles.get(move.kind)
    inside = lifecycle.compartment if lifecycle else Compartment.OPEN
    owner = lifecycle.owner if lifecycle else ""
    _ask(conn, services, row, RECORD, f"{move.kind}:{move.key}", title, who, owner, inside)


def _ask(
    conn: Connection,
    services: Services,
    row: TransferRow,
    subject: str,
    subject_id: str,
    title: str,
    who: str,
    owner: str = "",
    inside: Compartment = Compartment.OPEN,
) -> None:
    """`inside`: of the record."""
    route = services.config.routes.get(row.route)
    worklist.ask(
        conn,
        services,
        kind=WorkKind.TASK,
        name=f"{UNDO} {row.id}",
        subject=subject,
        subject_id=subject_id,
        title=title,
        owner=owner or (route.owner if route else ""),
        proposed_by=who,
        compartment=worklist.closer(row.compartment, inside),
    )

"""What a person is told who asks who looked at them: every record that is found by a number of theirs, also
once what it held is let go, with all who moved it or looked at it. Being told of is a move of it, too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from hub.config.people import Right
from hub.door.lifecycle import Lifecycle, digest_name
from hub.engine.rights import demand
from hub.engine.unmask import UNMASKED
from hub.errors import UsageError
from hub.model import Move, Record
from hub.store.look import Look
from hub.store.rows import EventRow, RecordMoveRow
from hub.transfer.effects import apply_moves
from hub.transfer.records import personal_digest
from hub.transfer.services import Services

TOLD = "told_of"
"""How often somebody had the record told, among its facts."""


@dataclass(frozen=True, slots=True)
class Told:
    """One record about the person. `looked`: who had the personal values of its files shown."""

    record: Record
    moves: Sequence[RecordMoveRow]
    looked: Sequence[EventRow]


def about(services: Services, name: str, value: str, reason: str) -> list[Told]:
    """Of all kinds of record that are found by `name` (`Lifecycle.found_by`), those of this value.

    Raises UsageError when the person may not, or knows of no such kind."""
    demand(services, Right.AUDIT)
    kinds = _kinds(services, name)
    keys = services.store.keys

    def commit(conn: Connection) -> list[Told]:
        look = Look(conn, keys, services.viewer)
        found = [
            record
            for kind in kinds
            for record in look.found_by(
                kind.kind, digest_name(name), personal_digest(kind, name, value, keys)
            )
        ]
        apply_moves(conn, services, [_told(record, reason) for record in found], who=services.who)
        return [_with_history(look, record) for record in found]

    return services.commit(commit)


def _kinds(services: Services, name: str) -> Sequence[Lifecycle]:
    known = [one for one in services.catalogue.lifecycles.values() if services.viewer.sees(one.compartment)]
    found = [one for one in known if name in one.found_by]
    if not found:
        names = ", ".join(sorted({each for one in known for each in one.found_by})) or "nothing"
        raise UsageError(f"No record that you may know of is found by “{name}”. They are by: {names}.")
    return found


def _told(record: Record, reason: str) -> Move:
    times = int(record.data.get(TOLD, 0)) + 1
    return Move(kind=record.kind, key=record.key, data={TOLD: times}, reason=reason)


def _with_history(look: Look, record: Record) -> Told:
    moves = look.moves(record.kind, record.key)
    transfers = sorted({move.transfer_id for move in moves if move.transfer_id})
    events = [event for id in transfers for event in look.transfer_events(id) if event.kind == UNMASKED]
    return Told(record, moves, events)

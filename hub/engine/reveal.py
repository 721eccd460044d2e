"""Showing what is sealed in a record of a closed compartment: to whoever may know of it, with a reason, and
as a move of its chained history."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection

from hub.config.people import Right
from hub.engine.rights import demand
from hub.errors import UsageError
from hub.model import Compartment, Move
from hub.store.look import Look
from hub.transfer.effects import apply_moves
from hub.transfer.records import lifecycle_of
from hub.transfer.services import Services

SEEN = "seen"
"""How often somebody looked, among the facts of the record."""


def reveal(services: Services, kind: str, key: str, reason: str) -> Mapping[str, str]:
    """The personal values of a record, once it is written down that they were looked at, and why.

    Raises UsageError when there is no such record for them, or it lies in no closed compartment."""
    demand(services, Right.TASK)

    def commit(conn: Connection) -> Mapping[str, str]:
        record = Look(conn, services.store.keys, services.viewer).record(kind, key)
        if lifecycle_of(services, kind).compartment is Compartment.OPEN:
            raise UsageError(
                f"What is sealed of a {kind} stands in the system that it came from; look there."
            )
        times = int(record.data.get(SEEN, 0)) + 1
        looked = Move(kind=kind, key=key, data={SEEN: times}, reason=reason)
        apply_moves(conn, services, [looked], who=services.who)
        return record.personal

    return services.commit(commit)

"""What a person says of a line of the bank that no file explains."""

from __future__ import annotations

from sqlalchemy import Connection

from hub.bank.matching import CLOSED, LINE, OPEN
from hub.config.people import Right
from hub.engine.rights import demand
from hub.errors import IllegalMove, UsageError
from hub.model import Move, Record
from hub.store import queries
from hub.store.look.seen import unknown
from hub.transfer.effects import apply_moves
from hub.transfer.services import Services


def close_line(services: Services, key: str, reason: str) -> Record:
    """The line is explained: no file is awaited for it any more, and what is left of it covers none."""
    return _move(services, key, CLOSED, reason)


def reopen_line(services: Services, key: str, reason: str) -> Record:
    """It was not: a file is awaited for it again."""
    return _move(services, key, OPEN, reason)


def _move(services: Services, key: str, to: str, reason: str) -> Record:
    """Raises UsageError when there is no such line, or it cannot become that."""
    demand(services, Right.TASK)

    def commit(conn: Connection) -> Record:
        line = queries.get_record(conn, None, LINE, key)
        if line is None:
            raise unknown(LINE, key, "bank")
        if to == OPEN and (line.state != CLOSED or line.data["money"] is None):
            raise UsageError(f"{key} is {line.state}; only a line that somebody closed is opened again.")
        return apply_moves(
            conn, services, [Move(kind=LINE, key=key, to=to, reason=reason)], who=services.who
        )[0]

    try:
        return services.commit(commit)
    except IllegalMove as error:
        raise UsageError(f"{error}. Nothing was done.") from error

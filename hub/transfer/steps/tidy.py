"""Tidy: what becomes of the source file once its transfer needs it no more. Repeatable."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from sqlalchemy import Connection

from hub.errors import ConfigError, LostRace, TransportError
from hub.model import DeliveryState, TransferState
from hub.store import queries
from hub.store.rows import TransferRow
from hub.transfer import move
from hub.transfer.services import Services, known
from hub.transfer.states import ENDED
from hub.transfer.steps.fetch import source_file

_GONE = (DeliveryState.SENT, DeliveryState.CONFIRMED, DeliveryState.REFUSED, DeliveryState.WITHDRAWN)


@dataclass(frozen=True, slots=True)
class Tidied:
    """`done`: tidied now and to be marked; `trouble`: a sentence when it should be and is not."""

    done: bool
    trouble: str | None = None


def tidy(services: Services, row: TransferRow) -> Tidied:
    """Move or remove the source as the route says, when it is time.

    A source that cannot be tidied is told and tried again, and never stops the transfer."""
    if row.tidied or not _is_time(services, row):
        return Tidied(done=False)
    if row.source_endpoint is not None:
        try:
            _tidy_source(services, row)
        except (TransportError, ConfigError) as error:
            _note_once(services, row, str(error))
            return Tidied(False, f"{row.name} could not be tidied: {error}")
    services.boundary("moved_away")
    return Tidied(done=True)


def _note_once(services: Services, row: TransferRow, reason: str) -> None:
    """An event, unless the newest one of the transfer says the same."""
    with services.store.read() as conn:
        newest = queries.events_of(conn, "transfer", row.id)[-1]
    if newest.data.get("reason") != reason:
        services.note("transfer", row.id, "not_tidied", {"reason": reason})


def mark(services: Services, rows: Sequence[TransferRow]) -> None:
    """Write down, in one commit, whose source is tidied."""
    if rows:

        def commit(conn: Connection) -> None:
            for row in rows:
                _mark(conn, row)

        services.commit(commit)


def _mark(conn: Connection, row: TransferRow) -> None:
    with suppress(LostRace):  # somebody moved the transfer meanwhile: the next run tidies again
        move.transfer(conn, row, row.state, event="tidied", tidied=True)


def is_over(services: Services, row: TransferRow) -> bool:
    """Whether nothing but the tidying is left to do for the transfer."""
    if row.state is not TransferState.ACCEPTED:
        return row.state in ENDED
    with services.store.read() as conn:
        return all(delivery.state in _GONE for delivery in queries.deliveries_of(conn, row.id))


def _is_time(services: Services, row: TransferRow) -> bool:
    early = row.blob is not None and services.route(row.route).tidy == "at_staged"
    return early or is_over(services, row)


def _tidy_source(services: Services, row: TransferRow) -> None:
    source = services.route(row.route).incoming
    if source.then == "keep":
        return
    file = source_file(row)
    with services.session(known(row.source_endpoint, "source")) as session:
        if source.archive is None:
            session.remove(file)
        else:
            session.move(file, source.archive)

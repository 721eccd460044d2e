"""Tidy: what becomes of the source file once its transfer needs it no more. Repeatable."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from sqlalchemy import Connection

from hub.errors import LostRace, TransportError
from hub.model import DeliveryState, TransferState
from hub.store import queries
from hub.store.rows import TransferRow
from hub.transfer import move
from hub.transfer.services import Services, known
from hub.transfer.states import ENDED
from hub.transfer.steps.fetch import source_file

_GONE = (DeliveryState.SENT, DeliveryState.CONFIRMED, DeliveryState.REFUSED, DeliveryState.WITHDRAWN)


def tidy(services: Services, row: TransferRow) -> bool:
    """Move or remove the source as the route says, when it is time; whether it is done now and to be marked.

    A source that cannot be tidied is told and tried again, and never stops the transfer."""
    if row.tidied or not _time(services, row):
        return False
    if row.source_endpoint is not None:
        try:
            _tidy_source(services, row)
        except TransportError as error:
            services.note("transfer", row.id, "not_tidied", {"reason": str(error)})
            return False
    services.boundary("moved_away")
    return True


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


def _time(services: Services, row: TransferRow) -> bool:
    if row.state in ENDED:
        return True
    if row.blob is not None and services.route(row.route).tidy == "at_staged":
        return True
    if row.state is not TransferState.ACCEPTED:
        return False
    with services.store.read() as conn:
        return all(delivery.state in _GONE for delivery in queries.deliveries_of(conn, row.id))


def _tidy_source(services: Services, row: TransferRow) -> None:
    source = services.route(row.route).source
    if source.then == "keep":
        return
    file = source_file(row)
    with services.session(known(row.source_endpoint, "source")) as session:
        if source.archive is None:
            session.remove(file)
        else:
            session.move(file, source.archive)

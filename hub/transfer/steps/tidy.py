"""Tidy: what becomes of the source file once its transfer needs it no more. Repeatable."""

from __future__ import annotations

from hub.errors import TransportError
from hub.model import DeliveryState, TransferState
from hub.store import queries
from hub.store.rows import TransferRow
from hub.transfer import move
from hub.transfer.services import Services, known
from hub.transfer.states import ENDED
from hub.transfer.steps.fetch import source_file

_GONE = (DeliveryState.SENT, DeliveryState.CONFIRMED, DeliveryState.REFUSED, DeliveryState.WITHDRAWN)


def tidy(services: Services, row: TransferRow) -> TransferRow:
    """Move or remove the source as the route says, when it is time; a source that cannot be tidied is told
    and tried again, and never stops the transfer."""
    if row.tidied or not _time(services, row):
        return row
    if row.source_endpoint is not None:
        try:
            _tidy_source(services, row)
        except TransportError as error:
            services.note("transfer", row.id, "not_tidied", {"reason": str(error)})
            return row
    services.boundary("moved_away")
    return services.commit(lambda conn: move.transfer(conn, row, row.state, event="tidied", tidied=True))


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

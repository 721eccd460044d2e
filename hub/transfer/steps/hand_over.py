"""Hand over: a delivery to a person stays READY and is asked for in the worklist. What follows is theirs
(`hub.engine.worklist`)."""

from __future__ import annotations

from hub.config.endpoints import PersonEndpoint
from hub.model import DeliveryState, WorkKind, format_pounds
from hub.store import queries
from hub.store.rows import DeliveryRow, TransferRow
from hub.transfer import worklist
from hub.transfer.services import Services

HAND_OVER = "hand_over"


def is_persons(services: Services, row: TransferRow, delivery: DeliveryRow) -> bool:
    """Whether a person takes the delivery. Nobody is bothered with what a route only rehearses."""
    return isinstance(services.config.endpoints[delivery.endpoint], PersonEndpoint) and not row.rehearsed


def by_hand(services: Services, row: TransferRow, delivery: DeliveryRow) -> bool:
    """Whether a person takes the delivery, so that the hub must not. One that is ready is asked for."""
    person = services.config.endpoints[delivery.endpoint]
    if not isinstance(person, PersonEndpoint) or not is_persons(services, row, delivery):
        return False
    if delivery.state is DeliveryState.READY:
        _ask_once(services, row, delivery, person)
    return True


def _ask_once(services: Services, row: TransferRow, delivery: DeliveryRow, person: PersonEndpoint) -> None:
    with services.store.read() as conn:
        if queries.open_work_about(conn, "delivery", delivery.id):
            return
    proposal = {
        "transfer": row.id,
        "what": person.what,
        "asks": person.asks,
        "confirms": list(person.confirms),
        "to": delivery.endpoint,
        "name": delivery.name,
        "size": delivery.size,
        "count": row.records,
        "value": format_pounds(row.value),
        "business_date": row.business_date and row.business_date.isoformat(),
        "totals": dict(delivery.summary),
    }
    services.commit(
        lambda conn: worklist.ask(
            conn,
            services,
            kind=WorkKind.HAND_OVER,
            name=HAND_OVER,
            subject="delivery",
            subject_id=delivery.id,
            title=f"{delivery.name}: {person.what}",
            owner=services.route(row.route).owner,
            proposed_by="hub",
            proposal=proposal,
            compartment=row.compartment,
        )
    )

"""What is stuck or was long ago, counted for whoever looks after the hub: numbers, no names."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, bindparam, func, select

from hub.model import DeliveryState, TransferState
from hub.store.schema import LIVE, delivery, event, seal, transfer

_LAST = select(func.max(event.c.at, type_=event.c.at.type)).where(
    event.c.subject == "hub", event.c.subject_id == bindparam("of"), event.c.kind == bindparam("called")
)
_LAST_SEAL = select(func.max(seal.c.at, type_=seal.c.at.type))
_STANDING = (
    select(func.count())
    .select_from(transfer)
    .where(
        transfer.c.mode == LIVE, transfer.c.updated_at < bindparam("before", type_=transfer.c.updated_at.type)
    )
    .where(transfer.c.state.in_((TransferState.FOUND, TransferState.STAGED)))
)
_FAILED = (
    select(func.count())
    .select_from(transfer)
    .where(transfer.c.mode == LIVE, transfer.c.state == TransferState.FAILED)
)
_DOUBTFUL = select(func.count()).select_from(delivery).where(delivery.c.state == DeliveryState.IN_DOUBT)
_LEAVING = (
    select(func.count())
    .select_from(delivery.join(transfer))
    .where(transfer.c.mode == LIVE, transfer.c.state == TransferState.ACCEPTED)
    .where(delivery.c.updated_at < bindparam("before", type_=delivery.c.updated_at.type))
    .where(delivery.c.state.in_((DeliveryState.READY, DeliveryState.SENDING)))
)


def last_of_hub(conn: Connection, of: str, kind: str) -> datetime | None:
    """When something was last noted about the hub itself."""
    found: datetime | None = conn.execute(_LAST, {"of": of, "called": kind}).scalar()
    return found


def last_sealed(conn: Connection) -> datetime | None:
    found: datetime | None = conn.execute(_LAST_SEAL).scalar()
    return found


def stuck(conn: Connection, before: datetime) -> dict[str, int]:
    """How many transfers and deliveries only a person, or nobody, has moved since."""
    asked = {"before": before}
    return {
        "failed": conn.execute(_FAILED).scalar_one(),
        "in doubt": conn.execute(_DOUBTFUL).scalar_one(),
        "not worked": conn.execute(_STANDING, asked).scalar_one(),
        "not sent": conn.execute(_LEAVING, asked).scalar_one(),
    }

"""Numbers and the clock value, drawn once and for all; rendered bytes as deliveries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sqlalchemy import Connection

from hub.model import Rendered
from hub.store import queries
from hub.store.rows import BlobRef, DeliveryRow, TransferRow
from hub.transfer import move
from hub.transfer.outputs import Drawing, Plan
from hub.transfer.services import Services

Drawn = list[tuple[Drawing, Mapping[str, int]]]
"""What an output drew: numbers by the item's id."""


def draw(services: Services, row: TransferRow, plans: Sequence[Plan]) -> tuple[TransferRow, Sequence[Drawn]]:
    """The clock value and each output's numbers, drawn once and committed before anything is rendered.

    Without numbers nothing outside depends on the clock value yet, and the step's own commit stores it."""
    now = row.moment or services.clock.now()
    wanted = [(planned.position, planned.numbers()) for planned in plans]
    if not any(drawings for _, drawings in wanted):
        return replace(row, moment=now), [[] for _ in plans]

    def commit(conn: Connection) -> tuple[TransferRow, Sequence[Drawn]]:
        drawn = [[(one, _draw(conn, row, at, one)) for one in drawings] for at, drawings in wanted]
        if row.moment is not None:
            return row, drawn
        return move.transfer(conn, services, row, row.state, event="numbered", moment=now), drawn

    numbered = services.commit(commit)
    services.boundary("numbered")
    return numbered


def _draw(conn: Connection, row: TransferRow, position: int, drawing: Drawing) -> Mapping[str, int]:
    number = drawing.number
    draw = queries.rehearse_numbers if row.rehearsed else queries.draw_numbers
    return draw(
        conn,
        scope=drawing.scope,
        name=number.name if number.shared else f"{position}.{number.name}",
        transfer_id=row.id,
        policy=number.policy,
        first=number.first,
        last=number.last,
        items=drawing.items,
    )


def delivery_of(
    services: Services, row: TransferRow, planned: Plan, rendered: Rendered
) -> tuple[DeliveryRow, BlobRef]:
    blob = services.store.blobs(row.compartment).put(rendered.data)
    delivery = DeliveryRow(
        id=services.clock.new_id(),
        transfer_id=row.id,
        output=planned.output.name,
        endpoint=planned.target.endpoint,
        folder=planned.target.folder,
        name=rendered.name,
        blob=blob.sha256,
        size=blob.size,
        updated_at=services.clock.now(),
        summary=dict(rendered.summary),
        identity=rendered.identity,
        business_date=rendered.business_date,
    )
    return delivery, blob

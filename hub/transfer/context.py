"""What a feed's functions may look at when a transfer's stored items are asked about again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection

from hub.checks.base import Context
from hub.model import Moment, Taken
from hub.store.rows import TransferRow
from hub.transfer.records import look_up
from hub.transfer.services import Services, known


def todays_context(
    conn: Connection,
    services: Services,
    row: TransferRow,
    taken: Sequence[Taken],
    by_hand: str | None = None,
) -> Context[Any]:
    """The facts of this moment, with the records that the items' feed looks up for them."""
    feed, now = services.feed(known(row.feed, "feed")), services.clock.now()
    records = look_up(conn, services, feed, taken, feed.compartment)
    at = services.viewer.at if by_hand else None
    facts = replace(services.facts(conn), records=records, by_hand=by_hand, by_hand_at=at)
    ctx = services.context(services.route(row.route), feed, known(row.format, "format"), facts)
    return replace(ctx, moment=Moment(now, row.business_date or services.local(now), row.id))

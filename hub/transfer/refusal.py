"""What follows when a file is refused whole: what its feed makes waits, such as an answer to its sender."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection

from hub.checks.base import BATCH, Context
from hub.door.feed import RefusedFile
from hub.door.lifecycle import Waiting
from hub.store import queries
from hub.store.rows import TransferRow
from hub.transfer.effects import insert_waiting
from hub.transfer.examine import Examined
from hub.transfer.services import Services


def follows(services: Services, row: TransferRow, examined: Examined, ctx: Context[Any]) -> Sequence[Waiting]:
    """Nothing of a file that is somebody else's, of a batch, or of what no route gathers."""
    if examined.reading.foreign is not None or row.format == BATCH:
        return ()
    on = examined.tally.business_date() or services.local(services.clock.now())
    file = RefusedFile(row.name, examined.tally, examined.reading.findings.kept, on)
    return [one for one in examined.feed.refused_whole(file, ctx) if _is_gathered(services, one)]


def _is_gathered(services: Services, one: Waiting) -> bool:
    routes = services.config.routes.values()
    return any(
        one.feed in route.feeds and route.waiting is not None and route.waiting.items == one.waits_as
        for route in routes
    )


def write(conn: Connection, services: Services, row: TransferRow, waiting: Sequence[Waiting]) -> None:
    """In the commit that refuses the file; once, however often it is tried again."""
    if not waiting or row.rehearsed or queries.started_by(conn, row.id):
        return
    for one in waiting:
        insert_waiting(conn, services, one, f"The feed {row.feed} makes", row.compartment, row.id)

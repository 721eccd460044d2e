"""After a restore: the state knows nothing of what the hub did between the back-up and its loss.

So whatever was there by then, and whatever came of it, is done again only when a person says so (`doubt`).
The first run of each route asks its endpoints what it can (`look`): what lies at a partner was sent; what
was archived at a source and is not known here came meanwhile, and is taken in again.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from hub.checks.base import BATCH
from hub.clock.now import make_id
from hub.config.people import HUB_LOGIN
from hub.config.routes import Route
from hub.connectors.base import Presence
from hub.connectors.place import stamped
from hub.connectors.settled import settled
from hub.errors import ConfigError, InDoubt, TransportError, UsageError
from hub.model import DeliveryState, TransferState, WorkKind
from hub.store import queries
from hub.store.queries.restored import Restored
from hub.store.rows import DeliveryRow, TransferRow
from hub.transfer import departing, move, over, worklist
from hub.transfer.release import let_go, standing_release
from hub.transfer.services import Services
from hub.transfer.steps.fetch import take_up

SLACK = timedelta(hours=1)
"""So far apart the clocks of a partner and of the hub may be."""

MEANWHILE = "gone_meanwhile"


def doubt(conn: Connection, services: Services, row: TransferRow) -> str | None:
    """Why a transfer may have been worked before the state was lost; None when it cannot have been."""
    restored = queries.restored(conn)
    if restored is None or row.rehearsed or not _may_be_old(conn, services, row, restored):
        return None
    return f"{since(restored)}: this may have gone out meanwhile. {ASK}"


ASK = (
    "Ask the partner. If they have it: feedhub transfers settle ID --sent --reason …; if not: feedhub "
    "approvals release ID --reason …; if it shall not go: feedhub transfers withdraw ID --reason …"
)


def since(restored: Restored) -> str:
    taken, put = (f"{at:%Y-%m-%d %H:%M} UTC" for at in (restored.taken_at, restored.restored_at))
    return f"The state was restored at {put} from the back-up of {taken}"


def _may_be_old(conn: Connection, services: Services, row: TransferRow, restored: Restored) -> bool:
    if row.found_at <= restored.restored_at or _lay_there_before(row, restored):
        return True
    if row.format == BATCH and _has_old_items(conn, services, row, restored):
        return True
    parent = queries.get_transfer(conn, row.parent_id) if row.parent_id else None
    return parent is not None and _may_be_old(conn, services, parent, restored)


def _lay_there_before(row: TransferRow, restored: Restored) -> bool:
    """By its own time; where a place tells none, whatever the first run found."""
    if row.source_endpoint is None:
        return False
    try:
        return datetime.fromisoformat(row.source_mtime or "") <= restored.restored_at + SLACK
    except (ValueError, TypeError):
        looked_at = restored.routes.get(row.route)
        return looked_at is None or row.found_at <= looked_at


def _has_old_items(conn: Connection, services: Services, row: TransferRow, restored: Restored) -> bool:
    """What is due only after the restore cannot have been gathered before it."""
    at, waiting = restored.restored_at, services.route(row.route).waiting
    due = services.local(at) if waiting is not None and waiting.when == "due" else None
    return queries.items_from_before(conn, row.id, at, make_id(at, (1 << 80) - 1), due) > 0


def look(services: Services, route: Route, run_id: str) -> list[TransferRow]:
    """In the first run of a route after a restore: what the endpoints know and the hub does not.

    Returns new transfers of files that were archived at the source meanwhile. Raises TransportError when the
    source does not answer: then the next run looks."""
    if not services.store.came_back:
        return []
    with services.store.read() as conn:
        restored = queries.restored(conn)
        doubtful = queries.doubtful_deliveries(conn, route.id)
    if restored is None or route.rehearses or not restored.is_to_be_looked_at(route.id):
        return []
    for row, delivery in doubtful:
        _ask_partner(services, row, delivery)
    return _archived(services, route, run_id) if route.waiting is None else []


def looked(services: Services, route: Route) -> None:
    """Write down that a route was worked once since the restore, when what it found is stored."""

    def commit(conn: Connection) -> None:
        restored = queries.restored(conn)
        if restored is not None and restored.is_to_be_looked_at(route.id):
            queries.keep_restored(conn, restored.looked(route.id, services.clock.now()))
            _ask_for_what_is_removed(conn, services, route, restored)

    if not services.store.came_back:
        return
    with services.store.read() as conn:
        restored = queries.restored(conn)
    if restored is not None and not route.rehearses and restored.is_to_be_looked_at(route.id):
        services.commit(commit)


def _ask_partner(services: Services, row: TransferRow, delivery: DeliveryRow) -> None:
    """SENT when our content lies there under its name; else it stays a person's."""
    if services.config.endpoints[delivery.endpoint].type in ("https", "person"):
        return
    try:
        with services.session(delivery.endpoint) as session:
            there = session.probe(delivery.folder, delivery.name, delivery.size, delivery.blob)
    except (TransportError, ConfigError, InDoubt):
        return
    if there is Presence.THERE:
        remote = {
            "path": f"{delivery.folder}/{delivery.name}",
            "size": delivery.size,
            "sha256": delivery.blob,
            "checked": "found there after a restore",
        }
        services.commit(
            lambda conn: over.has_left(
                conn, services, row, delivery, event="found_sent", remote=remote, reason=None
            )
        )


def _archived(services: Services, route: Route, run_id: str) -> list[TransferRow]:
    """Files that the hub archived and knows nothing of, as new transfers whose source is tidied already."""
    source = route.incoming
    if source.archive is None or services.config.endpoints[source.endpoint].type == "person":
        return []
    with services.session(source.endpoint) as session:
        listing = session.listing(source.archive)
    with services.store.read() as conn:
        known = {(name, size, mtime) for name, size, mtime in queries.sighted_at(conn, source.endpoint)}
    files = settled(listing, listing, pattern=source.pattern)
    named = known | {(stamped(name, mtime), size, mtime) for name, size, mtime in known}
    unknown = [file for file in files if (file.name, file.size, file.mtime) not in named]
    return take_up(services, route, run_id, unknown, is_tidied=True)


def _ask_for_what_is_removed(conn: Connection, services: Services, route: Route, restored: Restored) -> None:
    """Where sources are removed, nothing shows what came meanwhile: a person asks the partner."""
    if route.waiting is not None or route.incoming.then != "remove":
        return
    worklist.ask(
        conn,
        services,
        kind=WorkKind.TASK,
        name=MEANWHILE,
        subject="route",
        subject_id=route.id,
        title=f"{since(restored)}. Files of {route.id} that came between are forgotten and were removed "
        f"at their source. Ask {route.partner} for what they sent since then, and hand it in.",
        owner=route.owner,
        proposed_by=HUB_LOGIN,
        compartment=services.compartment(route),
    )


def had_gone_out(conn: Connection, services: Services, row: TransferRow, reason: str) -> TransferRow:
    """A transfer that is held for doubt was sent before the state was lost: all follows that followed then,
    and not a byte leaves. Raises UsageError when that cannot be told without working it again."""
    entry = standing_release(conn, row)
    to = let_go(conn, services, row)
    if to is TransferState.STAGED:
        raise UsageError(
            f"What followed from {row.name} shows only when it is worked again, and then it would be sent. "
            f"Withdraw it, "
            "and enter by hand what it changed."
        )
    worklist.approve(conn, services, entry, reason)
    how: dict[str, Any] = {"who": services.who, "data": {"reason": reason}, "reason": None}
    moved = move.transfer(conn, services, row, to, event="settled", approved_by=services.who, **how)
    if to is TransferState.APPLIED:
        over.is_over(conn, services, moved)
        return moved
    departing.leaves(conn, services, moved)
    for delivery in queries.deliveries_of(conn, row.id):
        if delivery.state is DeliveryState.READY:
            sending = move.delivery(
                conn, services, delivery, DeliveryState.SENDING, event="had_gone_out", **how
            )
            over.has_left(conn, services, moved, sending, event="settled", **how)
    return moved

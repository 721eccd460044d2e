"""What of a transfer can be taken back at the rent system, and the contras that do it.

What was posted is made again from the stored items, with the moment of their transfer, and held against the
sum that its file had: if the options changed since, nothing is taken back by guess.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from hub.checks.base import Context
from hub.config.routes import Route, Target
from hub.door.feed import Feed, Output
from hub.errors import UsageError
from hub.model import (
    DeliveryState,
    Disposition,
    ItemState,
    Moment,
    RentTransaction,
    Taken,
    TransferState,
    format_pounds,
)
from hub.rent.reversal import REVERSALS, TAKES_BACK, WAITS_AS, Posted, contra
from hub.store import queries
from hub.store.rows import DeliveryRow, ItemRow, TransferRow
from hub.transfer.context import todays_context
from hub.transfer.services import Services, known

_IN_DOUBT = (DeliveryState.SENDING, DeliveryState.IN_DOUBT)
_ARRIVED = (DeliveryState.SENT, DeliveryState.CONFIRMED)
_POSTED = (ItemState.POSTED, ItemState.SENT)
_LEFT = (*_POSTED, ItemState.ANSWERED, ItemState.UNANSWERED)
Way = tuple[str, str, str | None]
"""An endpoint, the folder there, and the profile in which it was told."""


@dataclass(frozen=True, slots=True)
class Reversal:
    """What would be taken back: the postings, and the route that posts their contras.

    elsewhere: by batch, how many items of the transfer it has posted; these are not among them"""

    route: Route
    posted: Sequence[Posted]
    items: Mapping[str, ItemRow]
    elsewhere: Mapping[str, int]

    @property
    def value(self) -> int:
        """Pence of the contras together."""
        return -sum(one.posting.amount for one in self.posted)


def reversal_of(
    conn: Connection, services: Services, row: TransferRow, lines: Collection[int] = ()
) -> Reversal:
    """What can be taken back of a transfer, or of these lines of its file. Raises UsageError with what stands
    in the way: all that is asked for can be taken back, or nothing is."""
    if row.rehearsed or row.state is not TransferState.ACCEPTED:
        what = "a rehearsal" if row.rehearsed else row.state
        raise UsageError(f"Transfer {row.id} is {what}; nothing of it is posted.")
    feed, route = services.feed(known(row.feed, "feed")), services.route(row.route)
    deliveries = _posting_deliveries(conn, row, feed)
    ctx = _context(conn, services, row)
    able, others = _able(conn, row, feed)
    items = {item.id: item for item in able}
    wanted = _wanted(row, able, others, lines)
    ways = {_way(route, delivery) for delivery in deliveries}
    posted = [one for delivery in deliveries for one in _posted(row, feed, delivery, items, wanted, ctx)]
    once = {one.posting.transaction_id: one for one in posted}
    _refuse_reversed(conn, list(once), row)
    elsewhere = Counter(item.batch_id for item in others if item.batch_id and not lines)
    return Reversal(_route_back(services, row, ways), list(once.values()), items, elsewhere)


def insert_contras(conn: Connection, services: Services, reversal: Reversal) -> int:
    """The contras wait to be gathered; how many. The database refuses a posting's second one."""
    today = services.local(services.clock.now())
    rows = []
    for number, posted in enumerate(reversal.posted, start=1):
        original = reversal.items[posted.item_id]
        item = contra(posted, number, today, reversal.route.id)
        waits = Disposition(
            ItemState.WAITING,
            account=posted.posting.payment_ref,
            tenancy=posted.posting.tenancy_ref,
            answers=original.id,
            waits_as=WAITS_AS,
        )
        rows.append(
            ItemRow.of(
                Taken(services.clock.new_id(), item, waits),
                transfer_id=None,
                feed=REVERSALS,
                item_key=posted.posting.transaction_id,
                compartment=original.compartment,
            )
        )
    queries.insert_items(conn, services.store.keys, rows)
    return len(rows)


def _posting_deliveries(conn: Connection, row: TransferRow, feed: Feed) -> list[DeliveryRow]:
    live = [d for d in queries.deliveries_of(conn, row.id) if d.state is not DeliveryState.WITHDRAWN]
    posting = [delivery for delivery in live if _posts(feed.output(delivery.output))]
    for delivery in posting:
        if delivery.state in _IN_DOUBT:
            raise UsageError(
                f"Transfer {row.id} is in doubt: {delivery.name} to {delivery.endpoint} is {delivery.state}. "
                "Settle that first."
            )
    arrived = [delivery for delivery in posting if delivery.state in _ARRIVED]
    if not arrived or len(arrived) < len(posting):
        raise UsageError(
            f"Transfer {row.id} has not been posted whole; nothing of it can be taken back by contras."
        )
    return arrived


def _posts(output: Output) -> bool:
    return output.makes is not None and output.of is RentTransaction


def _context(conn: Connection, services: Services, row: TransferRow) -> Context[object]:
    """As it was when the transfer was rendered, as far as its moment says."""
    items = queries.items_of(conn, services.store.keys, row.id)
    ctx = todays_context(conn, services, row, [item.taken() for item in items])
    day = row.business_date or services.local(known(row.moment, "clock value"))
    return replace(ctx, moment=Moment(known(row.moment, "clock value"), day, row.id))


def _able(conn: Connection, row: TransferRow, feed: Feed) -> tuple[Sequence[ItemRow], Sequence[ItemRow]]:
    """What the transfer itself posts; and what came in with it, and was gathered and posted by a batch."""
    outputs = [output for output in feed.outputs if _posts(output)]
    items = queries.items_of(conn, None, row.id)
    others = [item for item in items if item.batch_id not in (None, row.id) and item.state in _POSTED]
    own = (item for item in items if (item.batch_id or item.transfer_id) == row.id)
    return [item for item in own if any(output.carries(item.kind) for output in outputs)], others


def _wanted(
    row: TransferRow, able: Sequence[ItemRow], others: Sequence[ItemRow], lines: Collection[int]
) -> set[str]:
    """The ids of the items that are to be taken back. Of lines that are named each must be posted."""
    missing = sorted(set(lines) - {item.line for item in able})
    for item in others:
        if item.line in missing:
            raise UsageError(
                f"Line {item.line} of transfer {row.id} was posted by {item.batch_id}: take that one back."
            )
    if missing:
        raise UsageError(f"Transfer {row.id} posted nothing for line {', '.join(map(str, missing))}.")
    asked = [item for item in able if item.line in lines] if lines else able
    for item in asked:
        if item.state not in _POSTED and (lines or item.state in _LEFT):
            raise UsageError(
                f"Line {item.line} of transfer {row.id} is {item.state}, not posted: no contra takes it back."
            )
    wanted = {item.id for item in asked if item.state in _POSTED}
    if not wanted:
        raise UsageError(f"Nothing of transfer {row.id} is posted; there is nothing to take back.")
    return wanted


def _way(route: Route, delivery: DeliveryRow) -> Way:
    return _way_to(_target(route, delivery))


def _way_to(target: Target) -> Way:
    return target.endpoint, target.folder, target.profile


def _target(route: Route, delivery: DeliveryRow) -> Target:
    place = (delivery.output, delivery.endpoint, delivery.folder)
    for target in route.ways:
        if (target.output, target.endpoint, target.folder) == place:
            return target
    raise UsageError(
        f"The route {route.id} no longer sends {delivery.output} to {delivery.endpoint}, so nobody can tell "
        f"how {delivery.name} was posted. Put that back, or post a correction by hand."
    )


def _posted(
    row: TransferRow,
    feed: Feed,
    delivery: DeliveryRow,
    items: Mapping[str, ItemRow],
    wanted: set[str],
    ctx: Context[object],
) -> Iterator[Posted]:
    """The postings of a delivery that are wanted."""
    output = feed.output(delivery.output)
    carried = [item for item in items.values() if output.carries(item.kind) and item.state in _LEFT]
    made = [(item.id, posting) for item in carried for posting in _made(output, item, ctx)]
    _refuse_other(row, delivery, [posting for _, posting in made])
    back = [(id, posting) for id, posting in made if id in wanted and posting.amount]
    whole = delivery.remote.get("reference") if len(back) == len(made) else None
    for id, posting in back:
        yield Posted(id, posting, whole, len(made) if whole else 0)


def _made(output: Output, item: ItemRow, ctx: Context[object]) -> Sequence[RentTransaction]:
    return output.makes(item.taken(), ctx) if output.makes else ()


def _refuse_other(row: TransferRow, delivery: DeliveryRow, postings: Sequence[RentTransaction]) -> None:
    """Raises UsageError when the file's sum is another, or a kind of posting cannot be taken back."""
    net, was = format_pounds(sum(posting.amount for posting in postings)), delivery.summary.get("net")
    if was not in (None, net):
        raise UsageError(
            f"{delivery.name} was posted as {was} and would come to {net} now: the options of {row.route} "
            "were changed since. Put them back, then take it back."
        )
    for posting in postings:
        if posting.kind not in TAKES_BACK:
            raise UsageError(f"A posting of the kind {posting.kind} has no contra; correct it by hand.")


def _refuse_reversed(conn: Connection, transactions: Sequence[str], row: TransferRow) -> None:
    standing = queries.standing_reversals(conn, transactions)
    if standing:
        first = standing[0]
        raise UsageError(
            f"{len(standing)} postings of transfer {row.id} are taken back already; the first is "
            f"{first.item_key}, by item {first.id} ({first.state}). No posting is taken back twice."
        )


def _route_back(services: Services, row: TransferRow, ways: set[Way]) -> Route:
    """The one route that posts contras where, and as, the originals were posted."""
    fitting = [
        route
        for route in services.config.routes.values()
        if route.waiting is not None
        and route.waiting.items == WAITS_AS
        and route.mode != "off"
        and set(map(_way_to, route.to)) == ways
        and services.compartment(route) is row.compartment
    ]
    if len(fitting) != 1:
        told = " and ".join(f"{end}:{folder} in {profile}" for end, folder, profile in sorted(ways, key=str))
        has = "No route posts" if not fitting else "More than one route posts"
        raise UsageError(
            f"{has} reversals to {told}, as transfer {row.id} was posted. A route of {REVERSALS} with these "
            "targets, and no others, is needed, once."
        )
    return fitting[0]

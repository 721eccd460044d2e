"""What a file's checks and matching look back on: earlier transfers, what was sent, records."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import Connection

from hub.checks.base import Context
from hub.door.feed import Feed
from hub.model import RECENT, EarlierItem, Finding, History, Need, Severity
from hub.store import queries
from hub.store.rows import TransferRow
from hub.transfer.answers import CHECK as ANSWERS
from hub.transfer.answers import seek
from hub.transfer.examine import Examined
from hub.transfer.records import look_up
from hub.transfer.services import Services, known


def with_history(services: Services, row: TransferRow, examined: Examined, ctx: Context[Any]) -> Context[Any]:
    """The context with what the store knows of it now."""
    feed = examined.feed
    with services.store.read() as conn:
        back = _how_far_back(services, row, feed)
        recent = queries.recent_transfers(
            conn, route=row.route, feed=feed.name, other_than=row.id, limit=back
        )
        used, posted = _of_others(conn, row, examined)
        history = History(recent[0] if recent else None, recent, used, posted)
        sought = seek(conn, services, row, examined)
        records = look_up(conn, services, feed, examined.gathered or examined.items, feed.compartment)
        left = _left_before(conn, services, examined)
        earlier = _earlier(conn, row, examined)
    if sought.trouble is not None:
        examined.reading.findings.add(Finding(ANSWERS, Severity.HOLD, sought.trouble))
    facts = replace(
        ctx.facts,
        history=history,
        sent=sought.sent,
        about=sought.about,
        earlier=earlier,
        left=left,
        records=records,
    )
    return replace(ctx, facts=facts)


def _how_far_back(services: Services, row: TransferRow, feed: Feed) -> int:
    """Transfers to look back on: the last one, unless something is compared with more of them."""
    checks = (*feed.checks, *services.catalogue.checks(feed))
    compares = services.route(row.route).hold.drift is not None
    return RECENT if compares or any(Need.RECENT_FILES in check.needs for check in checks) else 1


def _of_others(
    conn: Connection, row: TransferRow, examined: Examined
) -> tuple[Mapping[str, frozenset[str]], frozenset[str]]:
    """What other transfers have of what this one brings: numbers used, by scope, and keys of items."""
    feed, own = examined.feed, examined.tally.used()
    keys = {key for item in examined.items if (key := feed.item_key(item)) is not None}
    used = queries.used_values(conn, tuple(own), other_than=row.id)
    drawn = queries.drawn_again(conn, own, other_than=row.id)
    posted = queries.posted_keys(conn, feed.name, keys, other_than=row.id)
    return {scope: values | drawn[scope] for scope, values in used.items()}, posted


def stands(row: TransferRow, examined: Examined, ctx: Context[Any]) -> Callable[[Connection], bool]:
    """Asked in the commit: two files that are worked side by side may bring the same item."""
    history = known(ctx.facts.history, "history")
    seen = history.used, history.posted
    return lambda conn: _of_others(conn, row, examined) == seen


def _earlier(
    conn: Connection, row: TransferRow, examined: Examined
) -> Mapping[str, Sequence[EarlierItem]] | None:
    """What the items may be about, where the feed asks for it."""
    feed = examined.feed
    if feed.recalls is None:
        return None
    references = {found for item in examined.items if (found := feed.recalls(item)) is not None}
    return queries.earlier_items(conn, feed.name, references, other_than=row.id)


def _left_before(conn: Connection, services: Services, examined: Examined) -> Mapping[str, date] | None:
    """When items with the file's references left last; looked for where a check of the feed asks for it."""
    feed = examined.feed
    if not any(Need.LEFT in check.needs for check in (*feed.checks, *services.catalogue.checks(feed))):
        return None
    return queries.last_left(conn, feed.name, {item.reference for item in examined.items})

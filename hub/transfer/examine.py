"""The pure heart: bytes → findings, items and what becomes of each. No I/O beside the stream it is given.

`inspect`, `convert` and the pipeline all come here, so a file is judged alike wherever it is looked at.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, BinaryIO

from hub.checks.base import Check, Context, Tally
from hub.checks.run import Reading, Tolerate
from hub.door.feed import Feed
from hub.model import Item, ItemState, Taken, Verdict
from hub.transfer.pairs import pair_answers

RELEASED = "released"
"""Among an item's facts: who let it go after it was held."""


@dataclass(frozen=True, slots=True)
class Examined:
    """A file that was read once to its end: its items, and the reading with what it found.

    gathered: of a batch: its items with their ids and accounts, which matching settled before they waited
    """

    feed: Feed
    format: str
    reading: Reading
    items: Sequence[Item]
    gathered: Sequence[Taken] | None = None

    @property
    def tally(self) -> Tally:
        return self.reading.tally

    @property
    def verdict(self) -> Verdict:
        return self.reading.verdict


def examine(
    feed: Feed,
    stream: BinaryIO,
    ctx: Context[Any],
    *,
    extra: Sequence[Check] = (),
    tolerate: Tolerate = lambda finding: finding,
    keep: int | None = None,
) -> Examined:
    """Decode and validate all that needs nothing but the file. `keep` bounds the items kept (None = all)."""
    ctx = replace(ctx, options=ctx.options.reading(stream, ctx.facts.today))
    reading = Reading(feed, ctx, extra, tolerate)
    items: list[Item] = []
    for chunk in reading.chunks(feed.formats[ctx.format].decode(stream, ctx.options)):
        if keep is None or len(items) < keep:
            items.extend(feed.items(chunk, reading.tally, ctx))
    reading.finish()
    return Examined(feed, ctx.format, reading, items if keep is None else items[:keep])


def judge(examined: Examined, ctx: Context[Any], transfer_id: str) -> list[Taken]:
    """HISTORY checks, then each item's disposition by the feed's rules, then CROSS checks.

    `ctx` holds the facts that the items asked for. Item ids follow from the transfer's id and the order in
    the file, so that working a transfer again names the same items."""
    feed, reading = examined.feed, examined.reading
    reading.history(ctx)
    taken = examined.gathered
    if taken is None:
        answered = pair_answers(feed.answers, examined.items, ctx.facts.sent)
        taken = [
            Taken(f"{transfer_id}.{number}", item, feed.match(item, ctx, answered.get(number)))
            for number, item in enumerate(examined.items, start=1)
        ]
    reading.cross(taken, ctx)
    return _hold(_refuse(taken, reading.findings.refused), reading.findings.held)


_MAY_BE_HELD = (ItemState.TAKEN, ItemState.NOTED, ItemState.WAITING)


def _refuse(taken: Sequence[Taken], lines: Mapping[int, str]) -> Sequence[Taken]:
    """Items whose line a check refuses go nowhere, whatever matching said."""

    def refused(one: Taken) -> Taken:
        reason = lines.get(one.item.line)
        if reason is None or one.disposition.state is ItemState.DUPLICATE:
            return one
        return replace(
            one, disposition=replace(one.disposition, state=ItemState.REJECTED, reason=reason, waits_as=None)
        )

    return [refused(one) for one in taken] if lines else taken


def _hold(taken: Iterable[Taken], lines: Mapping[int, str]) -> list[Taken]:
    """Items whose line a check wants a person to see wait, whatever matching said; not so those that a person
    has seen and let go."""

    def held(one: Taken) -> Taken:
        reason = lines.get(one.item.line)
        if reason is None or RELEASED in one.item.data or one.disposition.state not in _MAY_BE_HELD:
            return one
        held = replace(one.disposition, state=ItemState.HELD, reason=reason, waits_as=None)
        return replace(one, disposition=held)

    return [held(one) for one in taken] if lines else list(taken)


def money(taken: Iterable[Taken]) -> Mapping[ItemState, tuple[int, int]]:
    """Count and pence of the items in each state: what came in is their sum, always."""
    sums: dict[ItemState, tuple[int, int]] = {}
    for one in taken:
        count, pence = sums.get(one.disposition.state, (0, 0))
        sums[one.disposition.state] = (count + 1, pence + one.item.amount)
    return sums

"""The pure heart: bytes → findings, items and what becomes of each. No I/O beside the stream it is given.

`inspect`, `convert` and the pipeline all come here, so a file is judged alike wherever it is looked at.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, BinaryIO

from hub.checks.base import Check, Context, Tally
from hub.checks.run import Reading, Tolerate
from hub.door.feed import Answers, Feed, On
from hub.model import Item, ItemState, SentItem, Taken, Verdict


@dataclass(frozen=True, slots=True)
class Examined:
    """A file that was read once to its end: its items, and the reading with what it found."""

    feed: Feed
    format: str
    reading: Reading
    items: Sequence[Item]

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
    answered = pair_answers(feed.answers, examined.items, ctx.facts.sent)
    taken = [
        Taken(f"{transfer_id}.{number}", item, feed.match(item, ctx, answered.get(number)))
        for number, item in enumerate(examined.items, start=1)
    ]
    reading.cross(taken, ctx)
    return _hold(taken, reading.findings.held)


def _hold(taken: Iterable[Taken], lines: Mapping[int, str]) -> list[Taken]:
    """Items whose line a check wants a person to see wait, whatever matching said."""

    def held(one: Taken) -> Taken:
        reason = lines.get(one.item.line)
        if reason is None or one.disposition.state is not ItemState.TAKEN:
            return one
        return replace(one, disposition=replace(one.disposition, state=ItemState.HELD, reason=reason))

    return [held(one) for one in taken] if lines else list(taken)


def pair_answers(
    answers: Answers | None, items: Sequence[Item], sent: Sequence[SentItem] | None
) -> Mapping[int, SentItem]:
    """Which sent item each item (by its number from 1) answers, by the first rule that finds one. Each sent
    item is answered once a kind: two equal debits on one day are two sent items, and two answers take one
    each."""
    if answers is None or sent is None:
        return {}
    free = {candidate.id: candidate for candidate in sent if answers.kind not in candidate.answered}
    pairs: dict[int, SentItem] = {}
    for rule in answers.rules:
        for number, found in _by_rule(rule, items, pairs, free):
            pairs[number] = free.pop(found.id)
    return pairs


def _by_rule(
    rule: On, items: Sequence[Item], paired: Collection[int], free: Mapping[str, SentItem]
) -> Iterator[tuple[int, SentItem]]:
    """What one rule finds for the items that have none yet, among the sent items still free."""
    candidates: dict[str | None, list[SentItem]] = defaultdict(list)
    for candidate in free.values():
        candidates[_value(candidate, rule.among)].append(candidate)
    for number, item in enumerate(items, start=1):
        value = None if number in paired else rule.value(item)
        fitting = [c for c in candidates[value] if rule.fits(item, c)] if value is not None else []
        if fitting and not (rule.alone and len(fitting) > 1):
            candidates[value].remove(fitting[0])
            yield number, fitting[0]


def _value(sent: SentItem, among: str) -> str | None:
    if among == "reference":
        return sent.reference
    return sent.account if among == "account" else sent.personal.get(among)


def money(taken: Iterable[Taken]) -> Mapping[ItemState, tuple[int, int]]:
    """Count and pence of the items in each state: what came in is their sum, always."""
    sums: dict[ItemState, tuple[int, int]] = {}
    for one in taken:
        count, pence = sums.get(one.disposition.state, (0, 0))
        sums[one.disposition.state] = (count + 1, pence + one.item.amount)
    return sums

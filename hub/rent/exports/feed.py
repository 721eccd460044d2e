"""From a record type to a feed: what becomes of its items.

What one partner takes, once, waits under a name until a route gathers it. What several partners look at lives
on as a record.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, BinaryIO

from hub.checks.base import Check, Context
from hub.door.feed import Feed, Output, no_moves
from hub.door.lifecycle import Lifecycle, Lookup
from hub.model import Direction, Disposition, Item, ItemState, Move, Register, Rendered, SentItem, Taken
from hub.rent.canonical import drawn
from hub.rent.envelope import GenericOptions
from hub.rent.exports.partner_layout import ExtractOptions, extract_options_for, extracted
from hub.rent.exports.record_type import RecordType

FORMAT = "generic-csv"
WaitsAs = Callable[[Item, Context[Any]], str | None]
"""Under which name an item waits; None = nothing more comes of it, and it is noted."""


@dataclass(frozen=True, kw_only=True)
class Export:
    """A feed of the rent system's exports, and what its documentation tells beside it.

    waits:    the names under which its items may wait, each with the feed that gathers it
    lives_on: the record that its rows make or move
    """

    feed: Feed
    record: RecordType
    waits: dict[str, str]
    lives_on: Lifecycle | None = None


def waiting(
    name: str,
    title: str,
    record: RecordType,
    waits: dict[str, str],
    *,
    options: type[GenericOptions] = GenericOptions,
    waits_as: WaitsAs | None = None,
    checks: tuple[Check, ...] = (),
    looks_up: tuple[Lookup, ...] = (),
    moves: Callable[[Taken, Context[Any]], Iterable[Move]] = no_moves,
) -> Export:
    """A feed whose items wait. `waits_as`: where they don't all wait under the one name of `waits`."""

    def the_one(item: Item, ctx: Context[Any]) -> str | None:
        return next(iter(waits))

    feed = Feed(
        name=name,
        title=title,
        direction=Direction.OUT,
        formats={FORMAT: record.csv},
        tally=record.tally,
        options=options,
        checks=(*record.checks, *checks),
        items=record.items,
        match=_match(record, waits_as or the_one),
        item_key=record.item_key,
        looks_up=looks_up,
        moves=moves,
        personal_data=_personal(record),
    )
    return Export(feed=feed, record=record, waits=waits)


def recorded(
    name: str,
    title: str,
    record: RecordType,
    lifecycle: Lifecycle,
    moves: Callable[[Taken, Context[Any]], Iterable[Move]],
    *,
    options: type[ExtractOptions] = ExtractOptions,
    checks: tuple[Check, ...] = (),
    looks_up: tuple[Lookup, ...] = (),
) -> Export:
    """A feed whose rows are a picture of records, which live on; no items are kept. A partner outside may
    have the same rows."""
    feed = Feed(
        name=name,
        title=title,
        direction=Direction.IN,
        formats={FORMAT: record.csv},
        tally=record.tally,
        options=extract_options_for(record, options),
        checks=(*record.checks, *checks),
        items=record.items,
        looks_up=looks_up,
        moves=moves,
        outputs=(extract(record),),
        keeps_items=False,
        personal_data=_personal(record),
    )
    return Export(feed=feed, record=record, waits={}, lives_on=lifecycle)


def handed_on(name: str, title: str, record: RecordType) -> Export:
    """A feed whose rows a partner outside takes, and the hub does not keep."""
    feed = Feed(
        name=name,
        title=title,
        direction=Direction.OUT,
        formats={FORMAT: record.csv},
        tally=record.tally,
        options=extract_options_for(record, ExtractOptions),
        checks=record.checks,
        items=record.items,
        outputs=(extract(record),),
        keeps_items=False,
        personal_data=_personal(record),
    )
    return Export(feed=feed, record=record, waits={})


def extract(record: RecordType) -> Output:
    """The rows as a partner outside takes them, in the columns that the route says; they are no items."""

    def rewrite(stream: BinaryIO, taken: Sequence[Taken], ctx: Context[Any]) -> Rendered:
        layout, on = ctx.options.extract[record.name], drawn(ctx).business_date
        data, count = extracted(stream, record, layout, on)
        return Rendered(layout.name_of(record.name, on), data, {"count": count, "value": "0.00"})

    return Output("extract", takes=(), rewrite=rewrite, everything=True)


def sent_on(
    name: str,
    title: str,
    record: RecordType,
    outputs: tuple[Output, ...],
    *,
    options: type[GenericOptions] = GenericOptions,
    checks: tuple[Check, ...] = (),
) -> Export:
    """A feed whose items leave with the transfer that brought them."""
    feed = Feed(
        name=name,
        title=title,
        direction=Direction.OUT,
        formats={FORMAT: record.csv},
        tally=record.tally,
        options=options,
        checks=(*record.checks, *checks),
        items=record.items,
        match=_take,
        outputs=outputs,
        personal_data=_personal(record),
    )
    return Export(feed=feed, record=record, waits={})


def _personal(record: RecordType) -> tuple[str, ...]:
    return tuple(field.name for field in record.columns if field.personal)


def _match(record: RecordType, waits_as: WaitsAs) -> Callable[..., Disposition]:
    def match(item: Item, ctx: Context[Any], sent: SentItem | None) -> Disposition:
        history = ctx.facts.history
        if history is not None and record.item_key(item) in history.posted:
            return Disposition(ItemState.DUPLICATE, reason="an earlier file carried it already (E18)")
        account = _named_account(record, item)
        if account is None:
            return _waits(item, ctx, waits_as, Disposition(ItemState.WAITING))
        return _of_account(item, ctx, waits_as, ctx.facts.register, account)

    return match


def _of_account(
    item: Item, ctx: Context[Any], waits_as: WaitsAs, register: Register | None, named: str
) -> Disposition:
    if register is None:
        return Disposition(ItemState.HELD, reason="the rent accounts are not known here (NO_REGISTER)")
    account = register.account(named)
    if account is None:
        reason = "no rent account, or more than one, has this payment reference (E14)"
        return Disposition(ItemState.REJECTED, reason=reason, candidates=tuple(register.candidates(named)))
    found = Disposition(ItemState.WAITING, account.payment_ref, tenancy=account.tenancy_ref)
    return _waits(item, ctx, waits_as, found)


def _waits(item: Item, ctx: Context[Any], waits_as: WaitsAs, found: Disposition) -> Disposition:
    name = waits_as(item, ctx)
    if name is None:
        return replace(found, state=ItemState.NOTED, reason="the rent system sees to it itself")
    return replace(found, waits_as=name)


def _take(item: Item, ctx: Context[Any], sent: SentItem | None) -> Disposition:
    """Whatever account it is of: a partner's contract is the partner's."""
    register, named = ctx.facts.register, item.data.get("payment_ref")
    account = register.account(str(named)) if register and named else None
    return Disposition(ItemState.TAKEN, account.payment_ref if account else None)


def _named_account(record: RecordType, item: Item) -> str | None:
    if record.account is None:
        return None
    return item.reference if record.account == record.reference else str(item.data[record.account])

"""The feed `bacs.advance_notice`: planned collections come in, notices of what is new or changed go out.

The CSV file is this project's own layout, nobody's official one: a route chooses its columns and titles.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, BinaryIO

from hub.api import (
    CannotRender,
    Chunk,
    Context,
    Day,
    Delimited,
    DeliveryState,
    Disposition,
    FieldType,
    Item,
    ItemState,
    Layout,
    Left,
    Mandate,
    Move,
    Pounds,
    Rendered,
    SentItem,
    Taken,
    Text,
    Unreadable,
    column,
    format_pounds,
    normal_reference,
)
from plugins.bacs.days import drawn, local_day
from plugins.bacs.layouts import DDCALL
from plugins.bacs.notices import (
    COLLECTIONS,
    KIND,
    NOTIFIED,
    Change,
    Notice,
    changed,
    kept,
    known_notices,
)
from plugins.bacs.requests import CollectionsTally
from plugins.bacs.settings import AdvanceNoticeOptions, NoticeColumn, named

ADVANCE_NOTICE = "ADVANCE_NOTICE"
LAYOUT = "project.advance_notice.1"
_KINDS: Mapping[str, FieldType] = {"amount": Pounds(), "collection_date": Day("%Y-%m-%d")}
_ENDED = ("CANCELLED", "PENDING_CANCEL", "SUSPENDED", "DORMANT")

Options = Context[AdvanceNoticeOptions]


@dataclass(frozen=True, slots=True)
class Planned:
    """Requests to collect that are planned only, as the route says: their content is that of any others."""

    def recognises(self, head: bytes) -> bool:
        return False

    def decode(self, stream: BinaryIO, options: Any = None) -> Iterator[Chunk | Unreadable]:
        return DDCALL.decode(stream, options)


def planned_items(chunk: Chunk, tally: CollectionsTally, ctx: Options) -> Iterator[Item]:
    """One ADVANCE_NOTICE a planned collection, of the day on which the tenant is to be debited."""
    if chunk.layout.name == "detail":
        for row, pence in zip(chunk.rows(), tally.payments.amounts, strict=True):
            reference, on = normal_reference(row["mandate_ref"]), date.fromisoformat(row["collection_date"])
            yield Item(ADVANCE_NOTICE, row.line, reference, pence, on)


def match_planned(item: Item, ctx: Options, sent: SentItem | None) -> Disposition:
    """Taken where the tenant must be told: of a first collection, of another day or amount."""
    mandate = _mandate(item, ctx)
    if mandate is None:
        return Disposition(ItemState.HELD, reason="no mandate has this reference (NO_MANDATE)")
    account = mandate.payment_ref
    if mandate.status in _ENDED:
        reason = f"the mandate is {mandate.status}, so nothing is collected (NOT_COLLECTED)"
        return Disposition(ItemState.NOTED, account, reason)
    change = _change(item, ctx)
    if change is None:
        return Disposition(ItemState.NOTED, account, "the tenant was told of it (NOTIFIED)")
    return Disposition(ItemState.TAKEN, account, f"{change.what}: {change.sentence}")


def _mandate(item: Item, ctx: Options) -> Mandate | None:
    return ctx.facts.register.mandate(item.reference) if ctx.facts.register else None


def _change(item: Item, ctx: Options) -> Change | None:
    """What the tenant must be told; all of it where the working days are not known."""
    notices, calendar = known_notices(item.reference, ctx), ctx.facts.calendar
    if calendar is None:
        return Change("first", "whether it was notified cannot be checked without a calendar")
    return changed(notices, item.on, item.amount, calendar, ctx.options.notice_repeats)


@cache
def notice_csv(columns: tuple[NoticeColumn, ...], titles: tuple[str, ...]) -> Delimited:
    """The layout that a route asks for; read back it gives the texts that were written."""
    fields = [column(name, _KINDS.get(name, Text()), required=False) for name in columns]
    return Delimited([Layout("notice", tuple(fields))], encoding="utf-8", header=True, titles=titles)


def write_notices(taken: Sequence[Taken], ctx: Options) -> Rendered:
    """One row a collection that the tenant must be told of, by mandate and day. Raises CannotRender."""
    today, options = local_day(drawn(ctx)), ctx.options
    format = notice_csv(options.columns, options.titles)
    ordered = sorted(taken, key=lambda one: (one.item.reference, one.item.on, one.item.line))
    rows = [format.write_row(format.layouts[0], _values(one, ctx, today)) for one in ordered]
    data = format.encode(rows, "\r\n")
    name = named(options.file_name, sun=options.service_user_number, on=today)
    total = sum(one.item.amount for one in taken)
    mandates = len({one.item.reference for one in taken})
    summary: dict[str, str | int] = {
        "layout": LAYOUT,
        "count": len(rows),
        "value": format_pounds(total),
        "mandates": mandates,
    }
    return Rendered(name, data, summary)


def _values(one: Taken, ctx: Options, today: date) -> Mapping[str, object]:
    """What the columns show that the route chose."""
    mandate, change = _mandate(one.item, ctx), _change(one.item, ctx)
    if mandate is None:
        raise CannotRender(f"mandate {one.item.reference} is not known here")
    values: dict[str, object] = {
        "reference": one.item.reference,
        "payment_ref": mandate.payment_ref,
        "account_name": mandate.account_name,
        "account_ending": mandate.account_number[-4:],
        "collection_date": one.item.on,
        "amount": one.item.amount,
        "reason": change.what if change else "",
        "repeats": ctx.options.notice_repeats,
        "service_user_number": ctx.options.service_user_number or "",
        "user_name": ctx.options.user_name or "",
        "notice_date": today.isoformat(),
    }
    return {name: values[name] for name in ctx.options.columns}


def notices_left(carried: Sequence[Taken], left: Left, ctx: Options) -> Iterator[Move]:
    """What was notified is remembered with each mandate, once its notice has left."""
    today = ctx.facts.today
    if left.state is not DeliveryState.SENT or today is None:
        return
    told: dict[str, list[Taken]] = defaultdict(list)
    for one in carried:
        told[one.item.reference].append(one)
    for reference, some in told.items():
        new = [Notice(one.item.on, one.item.amount, today) for one in some]
        yield Move(
            kind=KIND,
            key=normal_reference(reference),
            to=NOTIFIED,
            account=some[0].disposition.account,
            data={COLLECTIONS: kept([*known_notices(reference, ctx), *new], today)},
            reason="its advance notice left",
        )

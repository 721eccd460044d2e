"""The first collection under a mandate leaves as 01, every later one as 17.

Whether the first was taken is known of a mandate whose new instruction (0N) the hub knows of. Source: formats
page bacs.md, sections 3 and 7.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from hub.api import (
    LODGED,
    MANDATE_KIND,
    Context,
    DeliveryState,
    Found,
    ItemState,
    Left,
    Level,
    Lookup,
    Move,
    Need,
    Record,
    Severity,
    Taken,
    check,
    normal_reference,
)
from plugins.bacs.codes import FIRST, REGULAR, code_of
from plugins.bacs.settings import SubmissionOptions
from plugins.bacs.ways import forwards

Options = Context[SubmissionOptions]
FIRST_COLLECTED = "first_collected"
"""The fact of a mandate on which processing day the first collection under it left."""

LOOKS_UP = (Lookup(MANDATE_KIND, keys=lambda item: (normal_reference(item.reference),)),)


def first_taken(reference: str, ctx: Options) -> bool | None:
    """Whether something was collected under the mandate since it was lodged; None where that is not known."""
    record = _mandate(reference, ctx)
    if record is None:
        return None
    collected, lodged = (record.data.get(name) for name in (FIRST_COLLECTED, LODGED))
    if collected and (not lodged or date.fromisoformat(collected) >= date.fromisoformat(lodged)):
        return True
    return False if lodged else None


def _mandate(reference: str, ctx: Options) -> Record | None:
    return ctx.facts.records.get(MANDATE_KIND, normal_reference(reference)) if ctx.facts.records else None


def codes_as_they_leave(taken: Sequence[Taken], ctx: Options) -> Mapping[str, str]:
    """By item, each code that the hub writes in place of the one asked for (`first_collection: choose`)."""
    choosing = ctx.options.first_collection == "choose" and not forwards(ctx)
    return {one.id: FIRST for one in _first_asked_as_regular(taken, ctx)} if choosing else {}


def _first_asked_as_regular(taken: Sequence[Taken], ctx: Options) -> Iterator[Taken]:
    """Of each mandate, the earliest collection that leaves: where it is its first and does not say so."""
    leaving = [one for one in taken if _is_collection(one)]
    earliest: dict[str, Taken] = {}
    for one in sorted(leaving, key=lambda one: (one.item.on, one.item.line)):
        earliest.setdefault(one.item.reference, one)
    for one in earliest.values():
        if code_of(one.item) == REGULAR and first_taken(one.item.reference, ctx) is False:
            yield one


def _is_collection(one: Taken) -> bool:
    return one.item.kind == "COLLECTION" and one.disposition.state is ItemState.TAKEN


@check("S18-026", level=Level.CROSS, severity=Severity.WARNING, needs=(Need.RECORDS,))
def first_collection_says_so(taken: Sequence[Taken], ctx: Options) -> Iterator[Found]:
    """The first collection since the mandate was lodged has code 01, as far as the hub knows.

    In what it writes itself the hub puts 01 in place of 17 and tells so or, with `first_collection: verify`,
    lets such a collection wait. In a file that goes on as it came, it is only told."""
    message = "this is the first collection since the mandate was lodged: expected code 01"
    for one in _first_asked_as_regular(taken, ctx):
        if forwards(ctx):
            yield Found(message, one.item.line, "transaction_code", FIRST)
        elif ctx.options.first_collection == "choose":
            yield Found(
                f"{message}, which is written", one.item.line, "transaction_code", FIRST, Severity.NOTE
            )
        else:
            yield Found(message, one.item.line, "transaction_code", FIRST, Severity.HOLD_ITEM)


@check("S18-026", level=Level.CROSS, severity=Severity.WARNING, needs=(Need.RECORDS,))
def first_collection_comes_once(taken: Sequence[Taken], ctx: Options) -> Iterator[Found]:
    """No collection has code 01 after the first since the mandate was lodged, as far as the hub knows."""
    for one in taken:
        if _is_collection(one) and code_of(one.item) == FIRST and first_taken(one.item.reference, ctx):
            message = "the first collection since the mandate was lodged was taken before: expected code 17"
            yield Found(message, one.item.line, "transaction_code", REGULAR)


def first_collections_left(carried: Sequence[Taken], left: Left, ctx: Options) -> Iterator[Move]:
    """What has left as a mandate's first collection is remembered with it: it is in use. Not so when Bacs
    refused the file."""
    if left.state is DeliveryState.REFUSED:
        yield from _not_collected(carried, ctx)
    if left.state is not DeliveryState.SENT:
        return
    written = codes_as_they_leave(carried, ctx)
    for one in carried:
        code, reference = written.get(one.id, code_of(one.item)), one.item.reference
        unknown, known = first_taken(reference, ctx) is not True, _mandate(reference, ctx)
        if one.item.kind == "COLLECTION" and code == FIRST and unknown and known:
            yield Move(
                kind=MANDATE_KIND,
                key=known.key,
                to="ACTIVE" if known.state == "NEW" and known.data.get(LODGED) else None,
                data={FIRST_COLLECTED: one.item.on.isoformat()},
                reason="its first collection left",
            )


def _not_collected(carried: Sequence[Taken], ctx: Options) -> Iterator[Move]:
    for one in carried:
        known = _mandate(one.item.reference, ctx)
        if known and known.data.get(FIRST_COLLECTED) == one.item.on.isoformat():
            yield Move(
                kind=MANDATE_KIND,
                key=known.key,
                to="NEW" if known.state == "ACTIVE" and known.data.get(LODGED) else None,
                data={FIRST_COLLECTED: None},
                reason="the file with its first collection was refused by Bacs",
            )


FIRST_COLLECTION_CHECKS = (first_collection_says_so, first_collection_comes_once)

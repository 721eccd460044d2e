"""What a row says of an earlier one: an adjustment of the posting that it puts right, an overpayment of the
credit that it takes back.

Source: formats page housing_benefit.md, sections 4.4, 4.7 and 8.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from hub.api import (
    Context,
    EarlierItem,
    Found,
    Item,
    ItemState,
    Level,
    Need,
    Severity,
    Taken,
    check,
    format_pounds,
)

ORIGINAL = re.compile("([0-9]+)-([0-9]+)")
"""`sequence-line` of the posting that is put right."""
HB_ENTRIES = frozenset({"HBE", "HBA", "OPD", "OPR"})


def recalls(item: Item) -> str | None:
    """The reference by which earlier postings are looked for: of an HBA that names one, and of an OPD."""
    entry = item.data["entry_type"]
    return item.reference if entry == "OPD" or (entry == "HBA" and _original(item.data)) else None


def original_of(item: Item, ctx: Context[Any]) -> EarlierItem | None:
    """The earlier posting that an adjustment names, of the same claim and benefits system."""
    named = _original(item.data)
    same = (one for one in _earlier(item, ctx) if _posting(one) == named and _is_akin(one, item))
    return next(same, None) if named else None


def _earlier(item: Item, ctx: Context[Any]) -> Sequence[EarlierItem]:
    return (ctx.facts.earlier or {}).get(item.reference, ())


def _original(data: Any) -> tuple[int, int] | None:
    return _numbers(data.get("original"))


def _posting(one: EarlierItem) -> tuple[int, int] | None:
    return _numbers(one.data.get("posting"))


def _numbers(text: object) -> tuple[int, int] | None:
    found = ORIGINAL.fullmatch(str(text or ""))
    return (int(found[1]), int(found[2])) if found else None


def _is_akin(one: EarlierItem, item: Item) -> bool:
    return all(one.data.get(name) == item.data.get(name) for name in ("claim_ref", "source"))


@check("HB-ADJUSTED", level=Level.CROSS, severity=Severity.HOLD_ITEM, needs=(Need.EARLIER,))
def adjustment_has_its_original(taken: Sequence[Taken], ctx: Context[Any]) -> Iterator[Found]:
    """The posting that an adjustment names was posted to the same reference and claim, was not put right
    before, and had at least what is taken back. Postings below sequence `originals_from`, from before the
    hub's time, are not looked for."""
    named: set[tuple[str, str, tuple[int, int]]] = set()
    for one in taken:
        item, original = one.item, _original(one.item.data)
        looked_for = item.data["entry_type"] == "HBA" and one.disposition.state is ItemState.TAKEN
        if original is None or not looked_for or original[0] < ctx.options.originals_from:
            continue
        key = (item.reference, str(item.data["claim_ref"]), original)
        problem = _problem(item, ctx, again=key in named)
        named.add(key)
        if problem:
            yield Found(f"{item.data['original']} {problem}", item.line, "original")


def _problem(item: Item, ctx: Context[Any], *, again: bool) -> str | None:
    found = original_of(item, ctx)
    if found is None:
        return "was not posted for this reference and claim"
    before = (one for one in _earlier(item, ctx) if _original(one.data) == _original(item.data))
    if again or any(_is_akin(one, item) for one in before):
        return "was put right before"
    if item.amount > -found.amount:
        return f"posted {format_pounds(-found.amount)}, and {format_pounds(item.amount)} is taken back"
    return None


@check("HB-OPD-CREDIT", level=Level.CROSS, severity=Severity.WARNING, needs=(Need.EARLIER,))
def overpayment_was_credited(taken: Sequence[Taken], ctx: Context[Any]) -> Iterator[Found]:
    """An overpayment that is charged was credited before: what was posted of the same claim for periods that
    touch its own is at least as much."""
    for one in taken:
        if one.item.data["entry_type"] != "OPD" or one.disposition.state is not ItemState.TAKEN:
            continue
        credited = -sum(earlier.amount for earlier in _earlier(one.item, ctx) if _touches(earlier, one.item))
        if credited < one.item.amount:
            told = f"{format_pounds(one.item.amount)} is charged, {format_pounds(credited)} was credited"
            yield Found(f"{told} for those dates", one.item.line, "posted")


def _touches(one: EarlierItem, item: Item) -> bool:
    """ISO dates sort as days do."""
    first, last = str(one.data.get("from_date") or ""), str(one.data.get("to_date") or "")
    within = first <= str(item.data["to_date"]) and last >= str(item.data["from_date"])
    return within and one.data.get("entry_type") in HB_ENTRIES and _is_akin(one, item)


EARLIER_CHECKS = (adjustment_has_its_original, overpayment_was_credited)

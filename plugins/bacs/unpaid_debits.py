"""What came back unpaid and may be asked for again: a record for each mandate, of the kind `unpaid_debit`.

    outstanding: debits that are unpaid: amount (pence), first (the processing day of the first presentation,
                 none where it is not known), reason (ARUDD), returned (the day of the report)
    presented:   those that left again with code 18, until they come back

Source: formats page bacs.md, sections 3 and 7.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from hub.api import (
    Context,
    DeliveryState,
    Item,
    ItemState,
    Left,
    Lifecycle,
    Lookup,
    Move,
    Record,
    Taken,
    normal_reference,
)
from plugins.bacs.codes import AGAIN, code_of

KIND, OUTSTANDING, SETTLED = "unpaid_debit", "OUTSTANDING", "SETTLED"
KEPT = 12
"""How many of each are remembered of a mandate, the latest."""

Unpaid = Mapping[str, Any]

UNPAID_LIFE = Lifecycle(
    kind=KIND,
    title="Debits that came back unpaid, by mandate",
    begins=(OUTSTANDING,),
    moves={OUTSTANDING: (SETTLED,), SETTLED: (OUTSTANDING,)},
    owner="rents",
)
LOOKS_UP = (Lookup(KIND, keys=lambda item: (normal_reference(item.reference),)),)


def outstanding(reference: str, ctx: Context[Any]) -> list[Unpaid]:
    """The unpaid debits of a mandate that were not presented again, the oldest first."""
    return _listed(_record(reference, ctx), "outstanding")


def fitting(amount: int, unpaid: Sequence[Unpaid]) -> list[Unpaid]:
    """Those of an amount, the latest first: rents are equal from month to month."""
    return [one for one in reversed(unpaid) if one["amount"] == amount]


def _record(reference: str, ctx: Context[Any]) -> Record | None:
    return ctx.facts.records.get(KIND, normal_reference(reference)) if ctx.facts.records else None


def _listed(record: Record | None, name: str) -> list[Unpaid]:
    return list(record.data.get(name, ())) if record else []


def came_back(one: Taken, ctx: Context[Any]) -> Iterator[Move]:
    """An unpaid debit of a report that was taken, as outstanding. One that was presented again keeps the day
    of its first presentation."""
    item = one.item
    if one.disposition.state is not ItemState.TAKEN:
        return
    record = _record(item.reference, ctx)
    unpaid, presented = _listed(record, "outstanding"), _listed(record, "presented")
    first: str | None = item.on.isoformat()
    if item.data["transaction_code"] == AGAIN:
        before = next(iter(fitting(item.amount, presented)), None)
        first = before["first"] if before else None
        presented = _without(presented, before)
    new = {
        "amount": item.amount,
        "first": first,
        "reason": item.data["reason_code"],
        "returned": item.data["processing_day"],
    }
    yield _move(item.reference, [*unpaid, new][-KEPT:], presented, one.disposition.account)


def presented_again(carried: Sequence[Taken], left: Left, ctx: Context[Any]) -> Iterator[Move]:
    """What left with code 18 is outstanding no more; it is again when Bacs refuses the whole file."""
    if left.state not in (DeliveryState.SENT, DeliveryState.REFUSED):
        return
    names = ("outstanding", "presented")
    source, target = names if left.state is DeliveryState.SENT else reversed(names)
    for reference, items in _by_reference(carried).items():
        record = _record(reference, ctx)
        lists = {name: _listed(record, name) for name in names}
        for item in items:
            for one in fitting(item.amount, lists[source])[:1]:
                lists[source] = _without(lists[source], one)
                lists[target] = [*lists[target], one][-KEPT:]
        if record is not None:
            yield _move(reference, lists["outstanding"], lists["presented"], None)


def _by_reference(carried: Sequence[Taken]) -> Mapping[str, list[Item]]:
    found: dict[str, list[Item]] = {}
    for one in carried:
        if code_of(one.item) == AGAIN:
            found.setdefault(normal_reference(one.item.reference), []).append(one.item)
    return found


def _without(listed: Sequence[Unpaid], one: Unpaid | None) -> list[Unpaid]:
    """The list without one that is equal."""
    if one is None or one not in listed:
        return list(listed)
    at = listed.index(one)
    return [*listed[:at], *listed[at + 1 :]]


def _move(reference: str, unpaid: Sequence[Unpaid], presented: Sequence[Unpaid], account: str | None) -> Move:
    return Move(
        kind=KIND,
        key=normal_reference(reference),
        to=OUTSTANDING if unpaid else SETTLED,
        account=account,
        data={"outstanding": list(unpaid), "presented": list(presented)},
    )


def day_of(unpaid: Unpaid, name: str) -> date | None:
    """A day of an unpaid debit; None where it is not known."""
    return date.fromisoformat(unpaid[name]) if unpaid[name] else None

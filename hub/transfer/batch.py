"""A batch: items that waited in the hub, frozen as canonical JSON lines. Pure.

The first line names the batch, so that no two are the same bytes; each line after it is one item.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import Any, BinaryIO

from hub.checks.base import BATCH, Check, Context, Tally
from hub.checks.run import Reading, Tolerate
from hub.door.feed import Feed
from hub.model import Disposition, Item, ItemState, Level, Taken
from hub.store.rows import ItemRow
from hub.transfer.examine import Examined


@dataclass(frozen=True, slots=True)
class Batch:
    """What was frozen. The line of an item is that of the batch."""

    business_date: date
    taken: Sequence[Taken]

    def only(self, ids: Collection[str]) -> Batch:
        """Without the items that the batch has given back since."""
        return replace(self, taken=[one for one in self.taken if one.id in ids])


class BatchTally(Tally):
    """How many items, and their sum in pence, canonical sign. A batch has no identity of a partner's."""

    def __init__(self, ctx: Context[Any], batch: Batch) -> None:
        super().__init__(ctx)
        self.records = len(batch.taken)
        self.value = sum(one.item.amount for one in batch.taken)
        self._business_date = batch.business_date

    def business_date(self) -> date:
        return self._business_date


def freeze(batch_id: str, business_date: date, rows: Sequence[ItemRow]) -> bytes:
    """The bytes of a batch of these items, in this order."""
    head = {"batch": batch_id, "business_date": business_date.isoformat(), "count": len(rows)}
    return "".join(map(_line, [head, *map(_frozen, rows)])).encode()


def thaw(stream: BinaryIO) -> Batch:
    """What `freeze` wrote."""
    head, *lines = map(json.loads, stream)
    taken = [_thawed(values, line) for line, values in enumerate(lines, start=2)]
    return Batch(date.fromisoformat(head["business_date"]), taken)


def examine_batch(
    feed: Feed, batch: Batch, ctx: Context[Any], *, extra: Iterable[Check], tolerate: Tolerate
) -> Examined:
    """As `examine` for a file: nothing needs decoding, and matching has been. Items that waited for the bank
    are
    of a feed that gathers nothing itself: its checks of files and their history have been, too."""
    checks = feed.checks if feed.gathers else tuple(_of_items(feed.checks))
    counting = replace(feed, tally=partial(BatchTally, batch=batch), checks=checks)
    added = tuple(extra if feed.gathers else _of_items(extra))
    reading = Reading(counting, ctx, added, tolerate)
    return Examined(feed, BATCH, reading, [one.item for one in batch.taken], batch.taken)


def _of_items(checks: Iterable[Check]) -> Iterator[Check]:
    return (check for check in checks if check.level is Level.CROSS)


def _frozen(row: ItemRow) -> Mapping[str, Any]:
    return {
        "id": row.id,
        "kind": row.kind,
        "reference": row.reference,
        "amount": row.amount,
        "on": row.on.isoformat(),
        "expires": row.expires and row.expires.isoformat(),
        "data": dict(row.data),
        "personal": dict(row.personal),
        "account": row.account,
        "tenancy": row.tenancy,
    }


def _thawed(values: Mapping[str, Any], line: int) -> Taken:
    on = date.fromisoformat(values["on"])
    named = {name: values[name] for name in ("kind", "reference", "amount", "data", "personal")}
    disposition = Disposition(ItemState.TAKEN, values["account"], tenancy=values["tenancy"])
    expires = values["expires"] and date.fromisoformat(values["expires"])
    return Taken(values["id"], Item(line=line, on=on, expires=expires, **named), disposition)


def _line(value: Mapping[str, Any]) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False) + "\n"

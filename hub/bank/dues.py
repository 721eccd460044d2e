"""What a money file tells of that the bank must show: its parts, each a record `bank_due`. Pure.

All that came in counts, whatever matching made of it: money that went to suspense is at the bank too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from hub.bank.awaits import FILE, Awaits
from hub.bank.matching import AWAITED, DUE, VOID, window
from hub.model import Item, ItemState, Move, Record, Taken, format_pounds

WAITS_AS = "AWAITING_CASH"
"""What an item of a part waits as while the bank does not show its money, and the rest of its file goes."""

AWAITS = "awaits"
"""Among an item's facts: the key of its due, while the bank does not show that."""

PartOf = Callable[[Item], str]
PARTS: Mapping[str, PartOf] = {
    FILE: lambda item: FILE,
    "date": lambda item: item.on.isoformat(),
    "reference": lambda item: item.reference,
    "item": lambda item: f"line {item.line}",
}
"""The parts that every feed has."""

_ASKED = ("amount", "money", "from", "to", "quote", "tolerance", "shares")
"""What decides whether a due is the same as it was."""


def due_key(transfer_id: str, part: str) -> str:
    return f"{transfer_id}/{part[:100]}"


def parts_of(items: Iterable[Item], part_of: PartOf) -> Mapping[str, list[Item]]:
    parts: dict[str, list[Item]] = defaultdict(list)
    for item in items:
        parts[part_of(item)].append(item)
    return parts


def due_moves(
    of: Mapping[str, str],
    parts: Mapping[str, Sequence[Item]],
    banked: Callable[[Sequence[Item]], int],
    awaits: Awaits,
    standing: Mapping[str, Record],
) -> Iterator[Move]:
    """The moves that make a file's dues what they should be; none where they are.

    of:       the facts of each due: `transfer`, `file`, `route`, `owner`
    banked:   pence that the bank shows for items, positive = money comes in; of a part of 0.00 nothing is due
    standing: the dues that the file has, by key
    """
    wanted = {}
    for part, items in parts.items():
        amount = banked(items)
        if amount:
            wanted[due_key(of["transfer"], part)] = _told(part, items, amount, awaits)
    for key, told in wanted.items():
        stood = standing.get(key)
        same = stood is not None and all(stood.data[name] == told[name] for name in _ASKED)
        if stood is None or stood.state == VOID or not same:
            yield Move(kind=DUE, key=key, to=AWAITED, data={**of, **told, "lines": [], "there": 0})
    yield from void_moves(record for key, record in standing.items() if key not in wanted)


def void_moves(dues: Iterable[Record]) -> Iterator[Move]:
    """Nobody awaits them any more."""
    for due in dues:
        if due.state != VOID:
            yield Move(kind=DUE, key=due.key, to=VOID, reason="its file is given up")


def _told(part: str, items: Sequence[Item], amount: int, awaits: Awaits) -> dict[str, object]:
    days = sorted(item.on for item in items)
    first, last = window(days[0], days[-1], awaits.before, awaits.after)
    return {
        "part": part,
        "items": len(items),
        "amount": amount,
        "money": awaits.money,
        "on": days[-1].isoformat(),
        "from": first,
        "to": last,
        "within": awaits.within,
        "quote": part if awaits.quoted else None,
        "tolerance": awaits.tolerance,
        "shares": awaits.shares,
    }


def keep_back(taken: Iterable[Taken], part_of: PartOf, transfer_id: str, waiting: set[str]) -> list[Taken]:
    """The items, with those of parts that wait: what was to be taken waits, and each knows its due."""

    def kept(one: Taken) -> Taken:
        key = due_key(transfer_id, part_of(one.item))
        if key not in waiting:
            return one
        item = replace(one.item, data={**one.item.data, AWAITS: key})
        if one.disposition.state is not ItemState.TAKEN:
            return replace(one, item=item)
        back = replace(one.disposition, state=ItemState.WAITING, waits_as=WAITS_AS, reason="awaits the bank")
        return Taken(one.id, item, back)

    return [kept(one) for one in taken]


def sentence(waiting: Sequence[Record], all_of_them: int) -> str:
    """Why a file waits, for whoever looks at it."""
    amount = format_pounds(sum(due.data["amount"] for due in waiting))
    there = format_pounds(sum(due.data["there"] for due in waiting))
    first, last = min(due.data["from"] for due in waiting), max(due.data["to"] for due in waiting)
    parts = f", in {len(waiting)} of {all_of_them} parts" if all_of_them > 1 else ""
    return (
        f"awaits the bank: {there} of {amount} is there ({waiting[0].data['money']}, booked from {first} to "
        f"{last}{parts})"
    )

"""Holds on rent accounts: breathing space, a dispute, a death … What a hold stops is for each feed to say.

A hold is a record of its own kind. Persons set and end them (`feedhub holds`); so does the extract of rent
accounts, which ends only what it began. No hold names a person.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date
from itertools import count
from typing import Any, Literal, get_args

from hub.checks.base import Context
from hub.door.lifecycle import Lifecycle
from hub.model import Item, Move, Record, Records, Taken
from hub.rent.canonical import day_or_none

HOLD = "hold"
ACTIVE, ENDED = "ACTIVE", "ENDED"
HoldKind = Literal["BREATHING_SPACE", "DISPUTE", "DECEASED", "VULNERABLE", "LEGAL", "OTHER"]
HOLD_KINDS: tuple[HoldKind, ...] = get_args(HoldKind)
EXTRACT, PERSON = "rent.accounts", "person"
"""Where a hold comes from."""

HOLD_LIFE = Lifecycle(
    kind=HOLD, title="Holds on rent accounts", begins=(ACTIVE,), moves={ACTIVE: (ENDED,)}, owner="rents"
)


def is_effective(hold: Record, today: date) -> bool:
    """Whether it stops anything today: it has not ended, and its last day has not passed."""
    until = day_or_none(hold.data.get("until"))
    return hold.state == ACTIVE and (until is None or today <= until)


def effective_holds(records: Records, account: str, today: date) -> Sequence[Record]:
    """The holds on a rent account that count today, the oldest first."""
    return [hold for hold in records.about(HOLD, account) if is_effective(hold, today)]


def begin(
    account: str,
    kind: str,
    start: date,
    until: date | None,
    *,
    taken: Collection[str],
    reason: str,
    code: str | None = None,
) -> Move:
    """A hold that a person sets. `taken`: the keys that there are; a second one of a day has a number.
    `code`: what partners are told that it is, where its kind does not say so."""
    key = f"{account}/{kind}/{start}"
    free = next(name for n in count(1) if (name := key if n == 1 else f"{key}/{n}") not in taken)
    origin = {"source": PERSON, **({"code": code} if code else {})}
    return _begun(free, account, kind, start, until, origin, reason)


def told(
    source: str, account: str, kind: str, start: date, records: Records | None, reason: str
) -> Iterator[Move]:
    """The hold that a partner's report asks for, unless there is such a one from `start` on."""
    standing = effective_holds(records, account, start) if records else ()
    if all(hold.data["kind"] != kind for hold in standing):
        key = f"{account}/{kind}/{start}/{source}"
        yield _begun(key, account, kind, start, None, {"source": source}, reason)


def end(hold: Record, reason: str) -> Move:
    return Move(kind=HOLD, key=hold.key, to=ENDED, reason=reason)


def extract_moves(taken: Taken, ctx: Context[Any]) -> Iterator[Move]:
    """What a row of the extract of rent accounts says of holds.

    Several tenancies may share an account, so a hold that the extract began belongs to the tenancy of its
    row, and ends when that row names it no more."""
    item, records = taken.item, ctx.facts.records
    if records is None:
        return
    today = ctx.facts.today or item.on
    standing = records.about(HOLD, item.reference)
    for hold in standing:
        if not is_effective(hold, today):
            yield end(hold, "its last day has passed")
        elif _is_of(hold, item) and hold.data["kind"] != item.data["hold_kind"]:
            yield end(hold, "the rent system names it no more")
    yield from _named(item, [hold for hold in standing if is_effective(hold, today)], today)


def _named(item: Item, effective: Sequence[Record], today: date) -> Iterator[Move]:
    """The hold that a row names: begun unless there is such a one, whoever set it; its last day kept up."""
    kind, until = item.data["hold_kind"], day_or_none(item.data["hold_until"])
    if kind is None:
        return
    same = [hold for hold in effective if hold.data["kind"] == kind]
    for hold in same:
        if _is_of(hold, item):
            told = "the rent system names this last day"
            yield Move(kind=HOLD, key=hold.key, data={"until": _text(until)}, reason=told)
    if not same and (until is None or today <= until):
        origin = {"source": EXTRACT, "tenancy": item.data["tenancy_ref"]}
        key = f"{item.reference}/{kind}/{item.on}/{origin['tenancy'] or EXTRACT}"
        yield _begun(key, item.reference, str(kind), item.on, until, origin, "the rent system names it")


def _is_of(hold: Record, item: Item) -> bool:
    """Whether the extract began a hold for the row's tenancy."""
    origin = (hold.data["source"], hold.data.get("tenancy"))
    return origin == (EXTRACT, item.data["tenancy_ref"])


def _begun(
    key: str, account: str, kind: str, start: date, until: date | None, origin: dict[str, Any], reason: str
) -> Move:
    data = {"kind": kind, "from": start.isoformat(), "until": _text(until), **origin}
    return Move(kind=HOLD, key=key, to=ACTIVE, account=account, data=data, reason=reason)


def _text(day: date | None) -> str | None:
    return day.isoformat() if day else None

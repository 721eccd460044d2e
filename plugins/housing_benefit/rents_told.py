"""What benefits was told of the rent of each account: so that it is told again only what changed.

Source: formats page housing_benefit.md, sections 5.1 and 5.4.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from hub.api import (
    Context,
    DeliveryState,
    Effect,
    Facts,
    Item,
    Left,
    Lifecycle,
    Lookup,
    Move,
    Record,
    Taken,
    Task,
)

BENEFIT_RENT = "BENEFIT_RENT"
RENT = "hb_rent"
SENT, ACCEPTED, REJECTED = "SENT", "ACCEPTED", "REJECTED"
INELIGIBLE = ("heating", "hot_water", "lighting", "cooking", "water", "other_ineligible")
FIGURES = ("gross", "eligible", *INELIGIBLE, "bedrooms")
Figures = Mapping[str, Any]
"""Pence by charge, the number of bedrooms, and `from`: the day from which they count."""


def figures(item: Item) -> Figures:
    """What an exported rent says."""
    return {"from": item.on.isoformat(), **{name: item.data.get(name) for name in FIGURES}}


def known_rent(account: str | None, ctx: Context[Any]) -> Figures | None:
    """The last rent of an account that benefits was told and did not reject; None where there is none."""
    records = ctx.facts.records
    told = records.about(RENT, account) if records is not None and account is not None else ()
    return _stands(told[-1]) if told else None


def _stands(record: Record) -> Figures | None:
    found: Figures | None = record.data.get("accepted" if record.state == REJECTED else "told")
    return found


def is_known(item: Item, known: Figures | None) -> bool:
    """Whether benefits has these very figures already, from that day or an earlier one."""
    if known is None or date.fromisoformat(known["from"]) > item.on:
        return False
    told = figures(item)
    return all(told[name] == known.get(name) for name in FIGURES)


def rents_left(carried: Sequence[Taken], left: Left, ctx: Context[Any]) -> Iterator[Move]:
    """What was sent is known to benefits from now on, until it is rejected."""
    to = {DeliveryState.SENT: SENT, DeliveryState.REFUSED: REJECTED}.get(left.state)
    for one in carried:
        account = one.disposition.account
        if to is None or account is None or one.item.kind != BENEFIT_RENT:
            continue
        data = {"told": figures(one.item)} if to == SENT else {}
        yield Move(kind=RENT, key=account, to=to, account=account, data=data, reason=left.reason)


def _when(old: Record | None, new: Record, facts: Facts) -> Iterable[Effect]:
    """What is accepted stands even when something later is rejected; what is rejected asks somebody."""
    if new.state == ACCEPTED and new.data.get("accepted") != new.data["told"]:
        yield Move(kind=RENT, key=new.key, data={"accepted": new.data["told"]})
    if new.state == REJECTED and (old is None or old.state != REJECTED):
        yield Task(
            "rejected",
            f"Benefits rejected the rent of {new.key}. Put it right in the rent system, which then "
            "exports it again, and write down what was wrong.",
        )


RENT_LIFE = Lifecycle(
    kind=RENT,
    title="Rents that benefits was told",
    begins=(SENT,),
    moves={
        SENT: (ACCEPTED, REJECTED),
        ACCEPTED: (SENT, REJECTED),
        REJECTED: (SENT, ACCEPTED),
    },
    when=_when,
    owner="rents",
)
"""By the rent account. Data: `told` and `accepted`, the figures last sent and last accepted."""

LOOKS_UP = Lookup(RENT, accounts=True)

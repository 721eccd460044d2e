"""Checks on what receipts do to the debts that they are for, and what somebody must look at because of them.

Source: formats page debt_agency.md, sections 1.1, 3.7 and 7; the numbers of checks are those of section 7.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from hub.api import Found, Item, ItemState, Level, Need, Record, Severity, Taken, check, format_pounds
from plugins.debt_agency.contract import Pay, placement_of
from plugins.debt_agency.payments import REMITTANCE, over_by, owed


class Difference(NamedTuple):
    """What the agency says and what the hub reckons, in pence."""

    code: str
    says: str
    told: int
    known: int


def differences(one: Taken, placement: Record, owed: int, recognised: int) -> Iterator[Difference]:
    """What of a receipt somebody must look at. `owed`: before it; `recognised`: what the agency said before
    of money that was paid directly, negative."""
    item, said = one.item, one.item.data["balance_after"]
    if one.disposition.state is ItemState.NOTED:
        yield from _untold(item, placement, recognised + item.amount)
        return
    left = owed + item.amount
    if said is not None and said != left:
        told = f"the agency has {format_pounds(said)} left after this, the hub {format_pounds(left)}"
        yield Difference("BALANCE_DIFF", told, said, left)
    if over := over_by(item, owed):
        told = f"{format_pounds(over)} more than is owed was paid; is it to be refunded?"
        yield Difference("OVERPAID", told, -item.amount, max(0, owed))


def _untold(item: Item, placement: Record, recognised: int) -> Iterator[Difference]:
    """Direct payments that the council did not tell the agency of: the account may not have them."""
    known = int(placement.data.get("direct", 0))
    if recognised < known:
        told = (
            f"the agency counts {format_pounds(-recognised)} paid to the council directly, and was told of "
        )
        yield Difference("DIRECT_UNTOLD", told + format_pounds(-known), -recognised, -known)


@check("DA-09", level=Level.CROSS, severity=Severity.WARNING, needs=(Need.RECORDS,))
def debt_was_placed(taken: Sequence[Taken], ctx: Pay) -> Iterator[Found]:
    """A receipt is for a debt that was placed with this agency, whose account may keep it. Else it goes to
    suspense: nothing is guessed by name."""
    for one in taken:
        if one.disposition.state is ItemState.SUSPENDED:
            yield Found(str(one.disposition.reason), one.item.line, "placement_ref")


@check("DA-BALANCE", level=Level.CROSS, severity=Severity.WARNING, needs=(Need.RECORDS,))
def both_sides_reckon_alike(taken: Sequence[Taken], ctx: Pay) -> Iterator[Found]:
    """What is owed after a receipt is, to the penny, what the hub reckons; no more is paid than was owed; and
    of direct payments the agency was told. What differs is taken all the same, and somebody is asked."""
    for one in taken:
        placement = of_a_debt(one, ctx)
        if placement is not None:
            before = int(placement.data.get("recognised", 0)) - int(one.item.data["before"])
            for found in differences(one, placement, owed(one.item, placement), before):
                yield Found(f"{found.code}: {found.says}", one.item.line)


def of_a_debt(one: Taken, ctx: Pay) -> Record | None:
    """The placement of a receipt that is taken or noted."""
    is_known = one.disposition.state in (ItemState.TAKEN, ItemState.NOTED)
    return placement_of(one.item.reference, ctx) if is_known and one.item.kind != REMITTANCE else None


@check("DA-LATE", level=Level.CROSS, severity=Severity.WARNING, needs=(Need.RECORDS,))
def receipt_is_in_time(taken: Sequence[Taken], ctx: Pay) -> Iterator[Found]:
    """What is posted came while the agency had the debt. What came after is posted all the same, and told."""
    for one in taken:
        reason = one.disposition.reason or ""
        if one.disposition.state is ItemState.TAKEN and reason.startswith("LATE"):
            yield Found(reason, one.item.line)


ACCOUNT_CHECKS = (debt_was_placed, both_sides_reckon_alike, receipt_is_in_time)

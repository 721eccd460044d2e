"""Checks on what receipts do to the debts that they are for.

Source: formats page debt_agency.md, sections 1.1, 3.7 and 7; the numbers of checks are those of section 7.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from hub.api import Found, ItemState, Level, Need, Severity, Taken, check, format_pounds
from plugins.debt_agency.contract import Pay, placement_of


@check("DA-09", level=Level.CROSS, severity=Severity.WARNING, needs=(Need.RECORDS,))
def debt_was_placed(taken: Sequence[Taken], ctx: Pay) -> Iterator[Found]:
    """A receipt is for a debt that was placed with this agency, whose account may keep it. Else it goes to
    suspense: nothing is guessed by name."""
    for one in taken:
        if one.disposition.state is ItemState.SUSPENDED:
            yield Found(str(one.disposition.reason), one.item.line, "placement_ref")


@check("DA-BALANCE", level=Level.CROSS, severity=Severity.WARNING, needs=(Need.RECORDS,))
def balances_agree(taken: Sequence[Taken], ctx: Pay) -> Iterator[Found]:
    """Where the agency tells what is owed after a receipt, the hub reckons the same, to the penny."""
    for one in taken:
        item = one.item
        said, placement = item.data.get("balance_after"), placement_of(item.reference, ctx)
        if said is None or placement is None or one.disposition.state is not ItemState.TAKEN:
            continue
        own = placement.data["balance"] - item.data["before"] + item.amount
        if said != own:
            told = f"the agency has {format_pounds(said)} left after this, the hub {format_pounds(own)}"
            yield Found(told, item.line, "balance_after", format_pounds(own))


@check("DA-FLAG", level=Level.CROSS, severity=Severity.WARNING, needs=(Need.RECORDS,))
def receipt_is_as_usual(taken: Sequence[Taken], ctx: Pay) -> Iterator[Found]:
    """What is posted came while the agency had the debt, and is no more than was owed. What is more, or late,
    is posted all the same, and told."""
    for one in taken:
        if one.disposition.state is ItemState.TAKEN and one.disposition.reason:
            yield Found(one.disposition.reason, one.item.line)


ACCOUNT_CHECKS = (debt_was_placed, balances_agree, receipt_is_as_usual)

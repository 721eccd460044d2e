"""Checks on what the payments of a file would do to rent accounts (rent system interface, 2.11, 4.4, 6.5)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from hub.checks.base import Context, Found, check
from hub.model import ItemState, Level, Need, Severity, Taken, format_pounds
from hub.rent.cash.file_checks import FILES
from hub.rent.cash.matching import UNMAPPED, came_before, meant_for, why_unmapped
from hub.rent.cash.options import CashOptions

Options = Context[CashOptions]
REPEATS = {"hold": Severity.HOLD, "tell": Severity.WARNING, "suspend": Severity.WARNING}


@check("REGISTER", level=Level.CROSS)
def accounts_are_known(taken: Sequence[Taken], ctx: Options) -> Iterator[Found]:
    """The rent accounts are there to be matched with: without them all money would end in suspense."""
    if ctx.facts.register is None:
        yield Found(
            "the rent accounts are not known here; load the rent system's extract first (rent.accounts)"
        )


@check("E16", level=Level.CROSS, severity=Severity.WARNING, needs=(Need.CODES,))
def codes_are_mapped(taken: Sequence[Taken], ctx: Options) -> Iterator[Found]:
    """Each code is in the council's maps. Payments whose code is not wait until somebody has added it: the
    route that gathers what waits posts them then."""
    waiting: defaultdict[str, list[Taken]] = defaultdict(list)
    for one in taken:
        if one.disposition.waits_as == UNMAPPED:
            waiting[str(one.disposition.reason)].append(one)
    for reason, some in waiting.items():
        total = format_pounds(-sum(one.item.amount for one in some))
        yield Found(f"{reason}: {len(some)} payments wait, {total}", some[0].item.line, "method")


@check("E16", level=Level.CROSS, severity=Severity.HOLD_ITEM, needs=(Need.CODES,))
def code_is_mapped_by_now(taken: Sequence[Taken], ctx: Options) -> Iterator[Found]:
    """What waited for its code waits on while it has none."""
    for one in taken:
        reason = why_unmapped(one.item, ctx)
        if reason is not None:
            yield Found(reason, one.item.line, "method")


@check("REPEAT", level=Level.CROSS, severity=Severity.HOLD, needs=(Need.HISTORY,))
def payment_did_not_come_before(taken: Sequence[Taken], ctx: Options) -> Iterator[Found]:
    """No earlier file has a payment of the same account, day, amount and method. Two genuine ones are common,
    so nothing is dropped: by the option `repeats` a person looks at the file or the payment, or is told."""
    for one in taken:
        if not one.item.data["external"] and came_before(one.item, ctx):
            message = f"an equal payment of {format_pounds(-one.item.amount)} came in an earlier file"
            yield Found(message, one.item.line, severity=REPEATS[ctx.options.repeats])


@check("OTHER-ACCOUNT", level=Level.CROSS, severity=Severity.WARNING, needs=(Need.REGISTER,))
def payment_is_for_this_account(taken: Sequence[Taken], ctx: Options) -> Iterator[Found]:
    """A leaseholder's payment does not put one of their two accounts (service charge, major works) in credit
    while the other owes as much: the wrong reference was probably quoted, and a transfer is suggested."""
    register = ctx.facts.register
    for one in taken:
        account = register.account(one.disposition.account or "") if register else None
        other = meant_for(one.item, account, ctx) if account else None
        if account and other and one.disposition.state is ItemState.TAKEN:
            owed = format_pounds(other.balance or 0)
            message = f"{account.payment_ref} comes into credit while {other.payment_ref} owes {owed}"
            yield Found(
                f"{message}: ask whether to transfer {format_pounds(-one.item.amount)}", one.item.line
            )


@check("E20", level=Level.CROSS)
def transfers_keep_their_pairs(taken: Sequence[Taken], ctx: Options) -> Iterator[Found]:
    """Both legs of each transfer find their account, or neither is posted: the file is refused."""
    legs = [one for one in taken if one.item.kind == "TRANSFER"]
    net = sum(one.item.amount for one in legs if one.disposition.state is ItemState.TAKEN)
    if net:
        yield Found(f"transfers whose accounts were found net to {format_pounds(net)}", legs[0].item.line)


@check("GROUPS", level=Level.CROSS, severity=Severity.NOTE, needs=(Need.REGISTER,))
def totals_by_rent_group(taken: Sequence[Taken], ctx: Options) -> Iterator[Found]:
    """What the file posts to each rent group, to compare with the rent system's own totals."""
    sums: defaultdict[str, list[int]] = defaultdict(list)
    for one in taken:
        known = ctx.facts.register.account(one.disposition.account or "") if ctx.facts.register else None
        if known and one.disposition.state is ItemState.TAKEN:
            sums[known.rent_group or "(none)"].append(-one.item.amount)
    for group, amounts in sorted(sums.items()):
        yield Found(f"{group}: {len(amounts)} payments, {format_pounds(sum(amounts))}")


ACCOUNT_CHECKS = (
    accounts_are_known.only(*FILES),
    codes_are_mapped.only(*FILES),
    code_is_mapped_by_now.only("batch"),
    payment_did_not_come_before.only(*FILES),
    payment_is_for_this_account.only(*FILES),
    transfers_keep_their_pairs.only(*FILES),
    totals_by_rent_group,
)

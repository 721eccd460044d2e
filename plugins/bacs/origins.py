"""Which of the council's accounts a payment comes to or goes from. It is never guessed: a payment that fits
none, or more than one, waits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from hub.api import Context, Found, ItemState, Level, Severity, Taken, check
from plugins.bacs.settings import OriginatingAccount, SubmissionOptions

Options = Context[SubmissionOptions]
TOLD = ("originating_sort_code", "originating_account_number")
"""Personal values of an item whose own file names the account."""


def origin_of(one: Taken, ctx: Options) -> OriginatingAccount | None:
    """The account that the item's file names or, where that names none, the one for its rent group, or the
    one for what is of no group that is named; None where that is not exactly one of the route's."""
    accounts = ctx.options.originating_accounts
    told = tuple(one.item.personal.get(name) for name in TOLD)
    if any(told):
        fitting = [each for each in accounts if (each.sort_code, each.account_number) == told]
    else:
        carrying = [each for each in accounts if each.carries_kind(one.item.kind)]
        fitting = _for_its_group(one, carrying, ctx)
    return fitting[0] if len(fitting) == 1 else None


def _for_its_group(
    one: Taken, accounts: Sequence[OriginatingAccount], ctx: Options
) -> list[OriginatingAccount]:
    group = _rent_group(one, ctx)
    of_group = [each for each in accounts if group in each.rent_groups]
    return of_group or [each for each in accounts if not each.rent_groups]


def _rent_group(one: Taken, ctx: Options) -> str | None:
    register, reference = ctx.facts.register, one.disposition.account
    account = register.account(reference) if register and reference else None
    return account.rent_group if account else None


@check("S18-012", level=Level.CROSS, severity=Severity.HOLD_ITEM, options=("originating_accounts",))
def origin_is_known(taken: Sequence[Taken], ctx: Options) -> Iterator[Found]:
    """Which of several originating accounts a payment comes to or goes from is said: by its file, or by the
    rent group of its account."""
    for one in taken:
        if one.disposition.state is ItemState.TAKEN and origin_of(one, ctx) is None:
            message = "which of the originating accounts it belongs to is not said; give one its rent group"
            yield Found(message, one.item.line, "originating_account", "exactly one of originating_accounts")

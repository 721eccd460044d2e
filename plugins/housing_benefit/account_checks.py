"""Checks on what the postings would do to rent accounts, once each has found its own.

Source: formats page housing_benefit.md, sections 4.6, 4.7 and 4.9.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from hub.api import Context, Found, ItemState, Level, Need, Severity, Taken, check, format_pounds
from plugins.housing_benefit.mapping import item_key
from plugins.housing_benefit.settings import PostingOptions

Options = Context[PostingOptions]
Matching = Context[Any]
"""With `MatchOptions`, whatever the feed."""
RUN_ON = timedelta(weeks=2)
"""For which Housing Benefit goes on when Universal Credit begins [assumed]."""


@check("HB-REGISTER", level=Level.CROSS)
def accounts_are_known(taken: Sequence[Taken], ctx: Matching) -> Iterator[Found]:
    """The rent accounts are there to be matched with: without them all of the money would end in suspense."""
    if ctx.facts.register is None:
        yield Found(
            "the rent accounts are not known here; load the rent system's extract first (rent.accounts)"
        )


@check("HB-CODE", level=Level.CROSS)
def type_has_a_code(taken: Sequence[Taken], ctx: Matching) -> Iterator[Found]:
    """Each entry type that posts has a transaction code of the rent system: see the option `codes`."""
    for one in _taken(taken):
        entry = str(one.item.data["entry_type"])
        if ctx.options.code_of(entry) is None:
            message = f"no transaction code is set for {entry}: add it to codes in the route's options"
            yield Found(message, one.item.line, "entry_type")


@check("HB-REPEAT", level=Level.CROSS, severity=Severity.HOLD_ITEM, needs=(Need.HISTORY,))
def row_was_not_posted_before(taken: Sequence[Taken], ctx: Matching) -> Iterator[Found]:
    """No earlier file carries the same claim, account, type and dates (`academy-nine`: date, amount)."""
    posted = ctx.facts.history.posted if ctx.facts.history else frozenset()
    for one in taken if posted else ():
        if item_key(one.item) in posted:
            yield Found(
                "REPEAT: the same claim, account, type and dates are in an earlier file", one.item.line
            )


@check("HB-OPD-BALANCE", level=Level.CROSS, severity=Severity.HOLD_ITEM, needs=(Need.REGISTER,))
def overpayment_leaves_no_arrears(taken: Sequence[Taken], ctx: Options) -> Iterator[Found]:
    """Overpayments charged to an account do not turn it from credit to debit; what else is in the file does
    not count. One that would, or whose balance is not known, waits for a person."""
    for account, charged in _overpayments(taken).items():
        known = ctx.facts.register.account(account) if ctx.facts.register else None
        balance = known.balance if known else None
        total = sum(one.item.amount for one in charged)
        if balance is None:
            message = "the balance of the account is not known"
        elif balance <= 0 < balance + total:
            message = (
                f"the account has {format_pounds(balance)} and would owe {format_pounds(balance + total)}"
            )
        else:
            continue
        yield from (Found(message, one.item.line, "posted") for one in charged)


@check(
    "HB-UC-OVERLAP",
    level=Level.CROSS,
    severity=Severity.HOLD_ITEM,
    needs=(Need.CODES, Need.REGISTER),
    options=("uc_accounts",),
)
def tenant_is_not_on_universal_credit(taken: Sequence[Taken], ctx: Options) -> Iterator[Found]:
    """No entitlement for a tenant on Universal Credit, as the code map `uc_accounts` has them by rent account
    and day, but for the two weeks' run-on and for `uc_exempt_groups` (temporary and specified homes)."""
    codes, register = ctx.facts.codes, ctx.facts.register
    for one in _taken(taken):
        account, last = one.disposition.account, one.item.data["to_date"] or one.item.on.isoformat()
        if codes is None or register is None or account is None or one.item.data["entry_type"] != "HBE":
            continue
        known, day = register.account(account), date.fromisoformat(str(last)) - RUN_ON
        if known is not None and known.rent_group in ctx.options.uc_exempt_groups:
            continue
        if codes.value(str(ctx.options.uc_accounts), account, day) is not None:
            yield Found("UC_OVERLAP: the tenant is on Universal Credit", one.item.line, "entry_type")


def _overpayments(taken: Iterable[Taken]) -> Mapping[str, list[Taken]]:
    """What is charged, by account."""
    charged: defaultdict[str, list[Taken]] = defaultdict(list)
    for one in _taken(taken):
        if one.item.data["entry_type"] == "OPD" and one.disposition.account:
            charged[one.disposition.account].append(one)
    return charged


def _taken(taken: Iterable[Taken]) -> Iterator[Taken]:
    return (one for one in taken if one.disposition.state is ItemState.TAKEN)


ACCOUNT_CHECKS = (
    accounts_are_known,
    type_has_a_code,
    row_was_not_posted_before,
    overpayment_leaves_no_arrears,
    tenant_is_not_on_universal_credit,
)

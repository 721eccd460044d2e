"""Checks of the vouchers that the hub makes, before they leave and, where it may have changed, at the door.

Ids are those of the formats page (agresso.md, section 9.1). What a check finds holds a journal whole, because
finance reconciles it to the rent system's total; of documents it holds the one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

from hub.api import (
    Check,
    Codes,
    Found,
    Level,
    Line,
    Need,
    Role,
    Severity,
    Taken,
    check,
    format_pounds,
    tax_on,
)
from hub.api import tax_rate as rate_on
from plugins.agresso.master_checks import (
    against_account_rules,
    copies_are_new,
    unknown_pay_method,
    unknown_to_the_ledger,
    without_an_account,
)
from plugins.agresso.outgoing import Build, Options, Outgoing
from plugins.agresso.parking import Problem, parked, unless_it_is_parked
from plugins.agresso.periods import is_closed, period_of
from plugins.agresso.types import LARGEST


def voucher_check(
    id: str, says: str, problem: Problem, build: Build, *, severity: Severity, at_send: bool = False,
    needs: Sequence[Need] = (),
) -> Check:  # fmt: skip
    """A check of each voucher, said of the lines of its items where only those are held."""

    def run(taken: Sequence[Taken], ctx: Options) -> Iterator[Found]:
        for one in build(taken, ctx):
            for sentence in problem(one, ctx):
                for line in one.lines if severity is Severity.HOLD_ITEM else one.lines[:1]:
                    yield Found(f"{one.name}: {sentence}", line)

    run.__doc__ = says
    return check(id, level=Level.CROSS, severity=severity, at_send=at_send, needs=needs)(run)


def voucher_checks(build: Build, severity: Severity) -> tuple[Check, ...]:
    """Those of every feed that writes vouchers."""

    def declared(id: str, says: str, problem: Problem, **how: bool | Sequence[Need]) -> Check:
        return voucher_check(id, says, problem, build, severity=severity, **how)  # type: ignore[arg-type]

    return (
        declared("AGR04", "A line moves something, and no more than 9,999,999,999.99.", _amounts),
        declared("AGR05", "The lines of a voucher sum to 0.00.", _balance),
        declared(
            "AGR07", "The voucher's date lies within `days_back` and `days_ahead` of today.", _dates,
            needs=(Need.TODAY,),
        ),
        declared(
            "AGR08",
            "The voucher's period is in the calendar and open in each ledger that it goes through. It waits "
            "until finance opens the period; it is never moved to another.",
            _period, at_send=True, needs=(Need.RECORDS,),
        ),
        declared(
            "AGR09",
            "Accounts, values of dimensions, tax codes, voucher types "
            "and suppliers are in the last copy of its lists. Without a copy, or with one older than "
            "`max_age_days`, nothing is said of what it does not hold.",
            unless_it_is_parked(unknown_to_the_ledger), needs=(Need.RECORDS,),
        ),
        declared("AGR09", "Every line of the ledger or of tax has an account.", without_an_account),
        declared(
            "AGR10",
            "A line fills the dimensions that the rule of its account wants, none that it forbids, and has "
            "the tax code that the rule fixes, or none where it forbids one.",
            unless_it_is_parked(against_account_rules), needs=(Need.RECORDS,),
        ),
        declared(
            "AGR16",
            "Tax is that of its base at the rate of the day, to `tax_tolerance`, only where there is a rate; "
            "each meaning has a tax code.",
            _tax, needs=(Need.CODES,),
        ),
        declared(
            "AGR22", "The payment method is in the last copy of the ledger's.",
            unless_it_is_parked(unknown_pay_method), needs=(Need.RECORDS,),
        ),
        voucher_check(
            "PARKED",
            "Where a route sets `park_voucher_type`, what the ledger's lists and rules do not allow goes "
            "under that type, so that it stops in batch input there and somebody decides.",
            parked, build, severity=Severity.WARNING, needs=(Need.RECORDS,),
        ),
        copies_are_new,
    )  # fmt: skip


def _amounts(one: Outgoing, ctx: Options) -> Iterator[str]:
    for line in one.voucher.lines:
        if not line.amount:
            yield "a line moves nothing"
        elif abs(line.amount) > LARGEST:
            yield f"{format_pounds(line.amount)} is more than a ledger line may move"


def _balance(one: Outgoing, ctx: Options) -> Iterator[str]:
    if one.voucher.balance:
        yield f"its lines sum to {format_pounds(one.voucher.balance)}: expected 0.00"


def _dates(one: Outgoing, ctx: Options) -> Iterator[str]:
    today, dated = ctx.facts.today, one.voucher.dated
    if today is None:
        return
    first, last = today - timedelta(ctx.options.days_back), today + timedelta(ctx.options.days_ahead)
    if not first <= dated <= last:
        yield f"its date {dated} is far from today: expected {first} to {last}"


def _period(one: Outgoing, ctx: Options) -> Iterator[str]:
    period = period_of(one.voucher.valued, ctx)
    if period is None:
        yield f"no period is known for {one.voucher.valued}; load the calendar (agresso.master_data)"
    elif is_closed(period, one.ledgers, ctx):
        yield f"period {period} is closed; ask finance to open it, or to date what it is for"


def _tax(one: Outgoing, ctx: Options) -> Iterator[str]:
    codes, options = ctx.facts.codes, ctx.options
    if codes is None:
        return
    for line in one.voucher.lines:
        if (
            line.tax
            and options.tax_codes
            and codes.value(options.tax_codes, line.tax, one.voucher.dated) is None
        ):
            yield f"{line.tax} has no tax code on {one.voucher.dated}; complete the code map"
        account = line.coding.get("account")
        if line.role is Role.LEDGER and account and account == options.tax_account:
            yield "which account the tax is of cannot be told; give each taxed account a journal of its own"
        if line.role is Role.TAX and options.tax_rates:
            yield from _tax_of(line, one, codes, ctx)


def _tax_of(line: Line, one: Outgoing, codes: Codes, ctx: Options) -> Iterator[str]:
    """By how much the tax may differ grows with the lines that were rounded one by one."""
    options = ctx.options
    rate = rate_on(codes, str(options.tax_rates), str(line.tax), one.voucher.dated)
    if not rate:
        yield f"tax of {format_pounds(line.amount)} is charged on {line.tax}, which has no rate"
        return
    due, rounded = tax_on(line.base or 0, rate), max(1, len(one.voucher.lines) - 2)
    if abs(line.amount - due) > int(options.tax_tolerance * 100) * rounded:
        yield f"the tax is {format_pounds(line.amount)}: expected {format_pounds(due)}"

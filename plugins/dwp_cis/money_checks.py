"""Checks on files of Universal Credit money.

Source: formats page dwp_cis.md, sections 8.1, 8.2, 8.5 and 12. Whether the bank shows the money is the
route's `awaits:`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from hub.api import (
    Chunk,
    Found,
    Level,
    Need,
    Record,
    Severity,
    Taken,
    check,
    format_pounds,
)
from plugins.dwp_cis.money_layouts import BOTH, MPTL, POUNDS, RECALL
from plugins.dwp_cis.money_matching import number_of
from plugins.dwp_cis.money_settings import Money, in_pence
from plugins.dwp_cis.money_tally import MoneyTally

ARREARS = "ARREARS"
_WEEKLY = {"WEEKLY": 1, "FORTNIGHTLY": 2, "FOUR_WEEKLY": 4}


@check("DWP-CREDITOR", level=Level.FILE, foreign=True, options=("creditor_refs",))
def creditor_is_ours(tally: MoneyTally, ctx: Money) -> Iterator[Found]:
    """Every line is for one of our creditor reference numbers (`creditor_refs`)."""
    for creditor, line in tally.creditors.items():
        if creditor not in ctx.options.creditor_refs:
            yield Found("the file is for another creditor reference number", line)


@check("DWP-TOTAL", level=Level.FILE, whole=True)
def totals_are_true(tally: MoneyTally, ctx: Money) -> Iterator[Found]:
    """The last row counts the lines and sums their amounts. A file without one is taken where `control: bank`
    leaves it to the bank to agree the sum."""
    if not tally.stated and ctx.options.control == "required":
        yield Found("the file has no #TOTAL row", expected="#TOTAL as the last row")
    if len(tally.stated) > 1:
        yield Found("more than one #TOTAL row", tally.stated[1].line)
    for stated in tally.stated:
        if stated.count != tally.records:
            told = f"the #TOTAL row counts {stated.count} lines, and there are {tally.records}"
            yield Found(told, stated.line, "count", str(tally.records))
        for name, pence in stated.sums.items():
            if pence != tally.sums[name]:
                real = format_pounds(tally.sums[name])
                told = f"the #TOTAL row says {format_pounds(pence)} of {name}, and the lines come to {real}"
                yield Found(told, stated.line, name, real)


@check("DWP-AMOUNTS", level=Level.RECORD, layouts=("payment",))
def amounts_fit(chunk: Chunk, tally: MoneyTally, ctx: Money) -> Iterator[Found]:
    """The total is housing and arrears together and above zero, neither is below zero, and they are those
    of the payment type: MPTL has no arrears, TPD no housing, BOTH has both."""
    for row in chunk.rows():
        housing, arrears, total = (
            POUNDS.read(row[f"{name}_amount"]) for name in ("housing", "arrears", "total")
        )
        if housing + arrears != total or total <= 0 or min(housing, arrears) < 0:
            told = f"{format_pounds(total)} is not {format_pounds(housing)} and {format_pounds(arrears)}"
            yield Found(told, row.line, "total_amount", format_pounds(housing + arrears))
        kind = BOTH if housing and arrears else MPTL if housing else "TPD"
        if row["payment_type"] != kind:
            yield Found(f"these amounts are of the type {kind}", row.line, "payment_type", kind)


@check("DWP-RECALL", level=Level.RECORD, layouts=("deduction",))
def sign_fits_the_line(chunk: Chunk, tally: MoneyTally, ctx: Money) -> Iterator[Found]:
    """A PAYMENT is above zero, a RECALL below: only so does DWP take money back."""
    for row in chunk.rows():
        pence, recall = POUNDS.read(row["amount"]), row["line_type"] == RECALL
        if pence == 0 or (pence < 0) is not recall:
            expected = "below zero" if recall else "above zero"
            yield Found(
                f"{format_pounds(pence)} is no amount of a {row['line_type']}", row.line, "amount", expected
            )


@check("DWP-RECALL-AGREED", level=Level.RECORD, severity=Severity.HOLD, layouts=("deduction",))
def recall_is_agreed(chunk: Chunk, tally: MoneyTally, ctx: Money) -> Iterator[Found]:
    """What DWP takes back is charged to rent accounts only once a second person agrees."""
    for line, kind in zip(chunk.lines, chunk.columns["line_type"], strict=True):
        if kind == RECALL:
            yield Found("DWP takes money back; somebody must agree", line, "line_type")


@check("DWP-MONEY-NINO", level=Level.RECORD, severity=Severity.WARNING)
def number_may_be_one(chunk: Chunk, tally: MoneyTally, ctx: Money) -> Iterator[Found]:
    """What stands as National Insurance number is one by HMRC's rules; else it finds nobody. An O for a
    zero is never corrected."""
    for line, text in zip(chunk.lines, chunk.columns.get("nino", ()), strict=False):
        if text.strip() and not number_of(text, ctx):
            yield Found("NINO_FORMAT: that is no National Insurance number, and finds nobody", line, "nino")


@check("DWP-REPEAT", level=Level.FILE, severity=Severity.HOLD_ITEM)
def line_comes_once(tally: MoneyTally, ctx: Money) -> Iterator[Found]:
    """No line has the person, type, amount and period of an earlier one."""
    for line in tally.repeated:
        yield Found("REPEAT: the same person, type, amount and period stand on an earlier line", line)


@check("DWP-LARGE", level=Level.CROSS, severity=Severity.HOLD_ITEM)
def amount_is_plausible(taken: Sequence[Taken], ctx: Money) -> Iterator[Found]:
    """A line of more than `most_a_line` waits for a person."""
    most = in_pence(ctx.options.most_a_line)
    for one in taken:
        if abs(one.item.amount) > most:
            yield Found(f"more than {format_pounds(most)} in one line", one.item.line)


@check("DWP-RENT", level=Level.CROSS, severity=Severity.WARNING, needs=(Need.RECORDS,))
def housing_fits_the_rent(taken: Sequence[Taken], ctx: Money) -> Iterator[Found]:
    """A housing part is no more than `over_rent_percent` of the account's monthly rent, which is its weekly
    charges times `weeks_a_year` by 12. A warning only: the rule is general knowledge, and tenancies
    change."""
    records, weeks = ctx.facts.records, ctx.options.weeks_a_year
    for one in taken:
        if one.item.kind != "UC_HOUSING" or one.disposition.account is None or records is None:
            continue
        weekly = sum(map(_weekly, records.about("charge", one.disposition.account)))
        monthly = weekly * weeks // 12
        if monthly and -one.item.amount * 100 > monthly * ctx.options.over_rent_percent:
            told = f"{format_pounds(-one.item.amount)} for housing, and the monthly rent is about "
            yield Found(told + format_pounds(monthly), one.item.line)


def _weekly(charge: Record) -> int:
    """Pence a week, rounded down; nothing of a charge that is not of the rent weeks."""
    told: Mapping[str, object] = charge.data
    amount, weeks = told.get("amount"), _WEEKLY.get(str(told.get("frequency")))
    if charge.state != "CURRENT" or weeks is None or not isinstance(amount, int):
        return 0
    return amount // weeks


CHECKS = (
    creditor_is_ours,
    totals_are_true,
    amounts_fit,
    sign_fits_the_line,
    recall_is_agreed,
    number_may_be_one,
    line_comes_once,
    amount_is_plausible,
    housing_fits_the_rent,
)

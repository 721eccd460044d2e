"""Checks of ledger files, by the ids of the formats page (agresso.md, section 9.1).

Those of single fields (AGR01 control characters, AGR04 pence, AGR07 real dates, AGR12 P or R) are the
layouts' own. All refuse the file: it is another system's, and goes on byte for byte or not at all.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

from hub.api import Chunk, Context, Found, Level, Need, Severity, check, format_pounds, tax_on, tax_rate
from plugins.agresso.gl07_layout import AP, AR, CUSTOMER, GL, SUNDRY, SUPPLIER, TX
from plugins.agresso.ledger_tally import LedgerTally, day_of, pence
from plugins.agresso.settings import LedgerFileOptions
from plugins.agresso.types import LARGEST

Options = Context[LedgerFileOptions]
LINES = ("gl07-55", "gl07-55-wcg", "gl07-csv", "line")
"""The layouts whose rows are lines of vouchers."""

REQUIRED = {
    "batch_id": (AP, AR, GL),
    "interface": (AP, AR, GL),
    "voucher_type": (AP, AR, GL),
    "client": (AP, AR, GL),
    "account": (GL,),
    "voucher_date": (AP, AR, GL),
    "currency": (AP, AR, GL, TX),
    "responsible": (AP,),
}
_SIDES = {AP: SUPPLIER, AR: CUSTOMER}


@check("AGR01", level=Level.FILE)
def widths_are_not_mixed(tally: LedgerTally, ctx: Options) -> Iterator[Found]:
    """All records of a file are 2,060 characters long, or all 2,059."""
    if len(tally.layouts) > 1:
        second = max(tally.layouts.values())
        yield Found("the file mixes records of 2060 and 2059 characters", second, expected="one length")


@check("AGR03", level=Level.RECORD, layouts=LINES)
def required_fields_are_filled(chunk: Chunk, tally: LedgerTally, ctx: Options) -> Iterator[Found]:
    """Nothing is blank that the kind of line (GL, AP, AR, TX) needs."""
    kinds = chunk.columns["trans_type"]
    for name, needed in REQUIRED.items():
        for row in _blank(chunk.columns[name]):
            if kinds[row] in needed:
                yield Found(f"{name} is blank, and a line of {kinds[row]} needs it", chunk.lines[row], name)


@check("AGR03", level=Level.RECORD, severity=Severity.WARNING, layouts=LINES)
def tax_code_is_told(chunk: Chunk, tally: LedgerTally, ctx: Options) -> Iterator[Found]:
    """The specification wants a tax code on every line of the ledger. Systems leave it out where the account
    has one of its own, so that it is only told."""
    blank = [row for row in _blank(chunk.columns["tax_code"]) if chunk.columns["trans_type"][row] != TX]
    if blank:
        yield Found(f"{len(blank)} lines have no tax code", chunk.lines[blank[0]], "tax_code")


@check("AGR04", level=Level.RECORD, layouts=LINES)
def amounts_move_something(chunk: Chunk, tally: LedgerTally, ctx: Options) -> Iterator[Found]:
    """A line moves something (`allow_zero`), and no more than 9,999,999,999.99."""
    for name, amounts in (("amount", tally.amounts), ("cur_amount", tally.others)):
        if not ctx.options.allow_zero and 0 in amounts:
            yield Found("the line moves nothing", chunk.lines[amounts.index(0)], name, "not 0")
        if amounts and max(map(abs, amounts)) > LARGEST:
            row = max(range(len(amounts)), key=lambda row: abs(amounts[row]))
            yield Found("the amount is too large", chunk.lines[row], name, format_pounds(LARGEST))


@check("AGR05", level=Level.FILE, whole=True)
def vouchers_balance(tally: LedgerTally, ctx: Options) -> Iterator[Found]:
    """The lines of each voucher sum to 0.00, in the company's currency and in that of the transaction."""
    for key, sums in tally.vouchers.items():
        for name, total in (("amount", sums.amount), ("cur_amount", sums.cur_amount)):
            if total:
                told = f"voucher {key[3].strip() or '(without number)'} of type {key[2].strip()} sums to"
                yield Found(f"{told} {format_pounds(total)}", sums.line, name, "0.00")


@check("AGR06", level=Level.RECORD, layouts=LINES)
def pounds_are_told_alike(chunk: Chunk, tally: LedgerTally, ctx: Options) -> Iterator[Found]:
    """Of a line in pounds both amounts are the same."""
    if tally.amounts == tally.others:
        return
    for row, (amount, other) in enumerate(zip(tally.amounts, tally.others, strict=True)):
        if amount != other and chunk.columns["currency"][row].strip() == "GBP":
            told = f"cur_amount is {format_pounds(other)}, amount {format_pounds(amount)}"
            yield Found(f"{told} in one currency", chunk.lines[row], "cur_amount")


@check("AGR07", level=Level.HISTORY, needs=(Need.TODAY,))
def dates_are_near(tally: LedgerTally, ctx: Options) -> Iterator[Found]:
    """Voucher dates lie within `days_back` and `days_ahead` of today."""
    if (today := ctx.facts.today) is None:
        return
    first = today - timedelta(days=ctx.options.days_back)
    last = today + timedelta(days=ctx.options.days_ahead)
    for text, line in tally.dates.items():
        if not first <= day_of(text) <= last:
            expected = f"{first} to {last}"
            yield Found(f"the voucher date {day_of(text)} is far from today", line, "voucher_date", expected)


@check("AGR11", level=Level.RECORD, layouts=LINES)
def parties_are_told(chunk: Chunk, tally: LedgerTally, ctx: Options) -> Iterator[Found]:
    """A line of a customer or supplier says whose, which invoice and by when. Other lines may name a party,
    then its type, too."""
    for row, kind in _differing(chunk):
        columns = ("apar_type", "apar_id", *_of_invoices(chunk, row, kind, ctx))
        missing = [name for name in columns if not chunk.columns[name][row].strip()]
        if kind in _SIDES and missing:
            yield Found(f"{' and '.join(missing)} missing of a line of {kind}", chunk.lines[row], missing[0])
        elif kind not in _SIDES and len(missing) == 1:
            yield Found("apar_type and apar_id come together", chunk.lines[row], missing[0])


def _of_invoices(chunk: Chunk, row: int, kind: str, ctx: Options) -> tuple[str, ...]:
    if kind not in _SIDES:
        return ()
    waived = chunk.columns["voucher_type"][row].strip() in ctx.options.no_due_date
    return ("ext_inv_ref",) if waived else ("ext_inv_ref", "due_date")


@check("AGR12", level=Level.RECORD, layouts=LINES)
def party_is_on_its_side(chunk: Chunk, tally: LedgerTally, ctx: Options) -> Iterator[Found]:
    """A customer's line (AR) is of a receivable (R), a supplier's (AP) of a payable (P)."""
    for row, kind in _differing(chunk):
        side = chunk.columns["apar_type"][row].strip()
        if kind in _SIDES and side and side != _SIDES[kind]:
            yield Found(
                f"apar_type is {side} on a line of {kind}", chunk.lines[row], "apar_type", _SIDES[kind]
            )


@check("AGR13", level=Level.FILE)
def invoices_come_once(tally: LedgerTally, ctx: Options) -> Iterator[Found]:
    """No two vouchers of a file have the same client, party and invoice number."""
    for (_, _, _, number), places in tally.invoices.items():
        again = next((line for key, line in places if key != places[0][0]), None)
        if again is not None:
            yield Found(f"invoice {number} stands on an earlier voucher already", again, "ext_inv_ref")


@check("AGR16", level=Level.RECORD, layouts=LINES)
def tax_lines_say_what_they_tax(chunk: Chunk, tally: LedgerTally, ctx: Options) -> Iterator[Found]:
    """A TX line names the account that it is the tax of, and the net."""
    for row in _of_kind(chunk, TX):
        missing = [name for name in ("account2", "base_amount") if not chunk.columns[name][row].strip()]
        if missing:
            yield Found(f"{' and '.join(missing)} missing of a line of TX", chunk.lines[row], missing[0])


@check("AGR16", level=Level.RECORD, needs=(Need.CODES,), options=("tax_rates",), layouts=LINES)
def tax_is_right(chunk: Chunk, tally: LedgerTally, ctx: Options) -> Iterator[Found]:
    """The tax of a TX line is its base times the rate of its code on the day, to `tax_tolerance`."""
    codes, name = ctx.facts.codes, ctx.options.tax_rates
    if codes is None or name is None:
        return
    amounts, bases = tally.amounts, pence(chunk, "base_amount")
    tolerance = int(ctx.options.tax_tolerance * 100)
    for row in _of_kind(chunk, TX):
        code = chunk.columns["tax_code"][row].strip()
        rate = tax_rate(codes, name, code, day_of(chunk.columns["voucher_date"][row].strip()))
        due = tax_on(bases[row], rate) if rate else None
        if due is None:
            yield Found(f"tax is charged under {code}, which has no rate", chunk.lines[row], "tax_code")
        elif abs(amounts[row] - due) > tolerance:
            message = f"the tax is {format_pounds(amounts[row])}"
            yield Found(message, chunk.lines[row], "amount", format_pounds(due))


@check("AGR18", level=Level.FILE)
def file_holds_lines(tally: LedgerTally, ctx: Options) -> Iterator[Found]:
    """A file holds at least one line, unless `allow_empty` says otherwise."""
    if not (tally.records or tally.left_out or ctx.options.allow_empty):
        yield Found("the file holds no line")


@check("AGR20", level=Level.FILE)
def batch_is_of_one(tally: LedgerTally, ctx: Options) -> Iterator[Found]:
    """A file is one batch of one client and interface in one currency."""
    for name, values in tally.values.items():
        if len(values) > 1:
            told = ", ".join(sorted(values)[:3])
            yield Found(f"the file mixes values of {name} ({told})", max(values.values()), name, "one")


@check("AGR22", level=Level.RECORD, options=("pay_methods",), layouts=LINES)
def pay_method_is_known(chunk: Chunk, tally: LedgerTally, ctx: Options) -> Iterator[Found]:
    """A payment method is one of those of the financial system (`pay_methods`)."""
    column = chunk.columns["pay_method"]
    for text in set(column):
        if text.strip() and text.strip() not in ctx.options.pay_methods:
            expected = ", ".join(sorted(ctx.options.pay_methods))
            line = chunk.lines[column.index(text)]
            yield Found(f"pay_method {text.strip()} is not known", line, "pay_method", expected)


@check("SUNDRY", level=Level.RECORD, layouts=LINES)
def nobody_is_described(chunk: Chunk, tally: LedgerTally, ctx: Options) -> Iterator[Found]:
    """A file names customers and suppliers by number. Names, addresses and bank accounts of sundry ones pass
    only where `sundry` says so, because payments are diverted by them."""
    for name in SUNDRY & chunk.columns.keys() if not ctx.options.sundry else ():
        filled = next((text for text in set(chunk.columns[name]) if text.strip()), None)
        if filled is not None:
            row = chunk.columns[name].index(filled)
            yield Found(
                f"{name} is filled: expected a customer or supplier by number", chunk.lines[row], name
            )


def _blank(column: Sequence[str]) -> list[int]:
    blank = {text for text in set(column) if not text.strip()}
    return [row for row, text in enumerate(column) if text in blank] if blank else []


def _of_kind(chunk: Chunk, kind: str) -> list[int]:
    kinds = chunk.columns["trans_type"]
    return [row for row, one in enumerate(kinds) if one == kind] if kind in kinds else []


def _differing(chunk: Chunk) -> list[tuple[int, str]]:
    """The rows that could be of a party, with their kind."""
    kinds, sides, parties = (chunk.columns[name] for name in ("trans_type", "apar_type", "apar_id"))
    if not {AP, AR}.intersection(kinds) and not "".join(sides).strip() and not "".join(parties).strip():
        return []
    return list(enumerate(kinds))


LEDGER_CHECKS = (
    widths_are_not_mixed,
    required_fields_are_filled,
    tax_code_is_told,
    amounts_move_something,
    vouchers_balance,
    pounds_are_told_alike,
    dates_are_near,
    parties_are_told,
    party_is_on_its_side,
    invoices_come_once,
    tax_lines_say_what_they_tax,
    tax_is_right,
    file_holds_lines,
    batch_is_of_one,
    pay_method_is_known,
    nobody_is_described,
)

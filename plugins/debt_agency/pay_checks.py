"""Checks of a file of receipts by itself: signs, dates, the arithmetic of lines and remittances.

Source: formats page debt_agency.md, sections 3.7 and 7; the numbers of checks are those of section 7.
"""

from __future__ import annotations

from collections.abc import Iterator

from hub.api import Context, Found, Level, Severity, check, format_pounds
from plugins.debt_agency.commission import passed_on
from plugins.debt_agency.pay_options import PaymentOptions
from plugins.debt_agency.pay_tally import PaymentTally
from plugins.debt_agency.remittance import Remittance

Pay = Context[PaymentOptions]


def bad_money(ctx: Pay) -> Severity:
    """What a money line that cannot stand does: with `all_or_nothing` its file is refused."""
    return Severity.ERROR if ctx.options.all_or_nothing else Severity.HOLD_ITEM


@check("DA-PAY", level=Level.FILE)
def receipts_are_summed_up(tally: PaymentTally, ctx: Pay) -> Iterator[Found]:
    """Every receipt stands above the `M` line of its remittance; a file has one at least. Where an agency's
    own layout has none, receipts are posted, and neither invoice nor money at the bank is known from them."""
    if not tally.sums_up:
        return
    if tally.behind:
        yield Found("no M line sums up the receipts from here on", tally.behind[0].at, "rec_type", "M")
    elif not tally.remittances and not tally.left_out:
        yield Found("the file has no M line", expected="an M line for each bank credit")


@check("DA-07", level=Level.FILE)
def sign_fits_the_type(tally: PaymentTally, ctx: Pay) -> Iterator[Found]:
    """PA, DP and CST are above zero; PAR and DPR below, and they name the receipt that they take back."""
    for one in tally.receipts:
        if one.gross == 0 or (one.gross < 0) is not one.kind.takes_back:
            expected = "below 0.00" if one.kind.takes_back else "above 0.00"
            message = f"{format_pounds(one.gross)} is no amount of a {one.kind}"
            yield Found(message, one.at, "gross", expected, bad_money(ctx))
        if one.kind.takes_back is not (one.reverses is not None):
            told = f"a {one.kind} names the receipt that it takes back, and only that does"
            yield Found(told, one.at, "reverses_txn_id", severity=bad_money(ctx))


@check("DA-PAY", level=Level.FILE)
def receipt_is_not_ahead(tally: PaymentTally, ctx: Pay) -> Iterator[Found]:
    """Nothing was received after the file's business date; where it has none, after today."""
    last = tally.business_date() or ctx.facts.today
    for one in tally.receipts:
        if last is not None and one.received > last:
            message = f"received on {one.received}, which was still to come"
            yield Found(message, one.at, "receipt_date", f"{last} or earlier")


@check("DA-06", level=Level.FILE, severity=Severity.WARNING)
def txn_comes_once(tally: PaymentTally, ctx: Pay) -> Iterator[Found]:
    """A txn_id that comes twice is the same receipt: one that is alike is passed over, one with other content
    refuses the file."""
    for one in tally.receipts:
        first = tally.repeats.get(one.at)
        if first is not None and first.content != one.content:
            told = f"the txn_id of line {first.at} with other content"
            yield Found(told, one.at, "txn_id", severity=Severity.ERROR)
        elif first is not None:
            yield Found(f"line {first.at} again: it is not posted twice", one.at, "txn_id")


@check("DA-08", level=Level.FILE)
def net_follows(tally: PaymentTally, ctx: Pay) -> Iterator[Found]:
    """What a line passes on is its cash less commission and tax on a net basis, its cash on a gross one."""
    for remittance in tally.remittances:
        for one in remittance.receipts:
            net = passed_on(one.amounts.cash, one.commission, one.vat, remittance.basis)
            if one.net is not None and net != one.net:
                expected = format_pounds(net)
                message = f"net_remitted is {format_pounds(one.net)}: expected {expected}"
                yield Found(message, one.at, "net_remitted", expected)


@check("DA-08", level=Level.FILE, whole=True)
def remittance_sums_its_receipts(tally: PaymentTally, ctx: Pay) -> Iterator[Found]:
    """The totals of an `M` line are the sums of its receipts; the bank amount is what the basis makes of
    them, 0.00 where commission and tax are more than the cash."""
    for remittance in tally.remittances:
        yield from _other_sums(remittance)


_NAMED = {
    "gross": "gross_total",
    "cash": "cash_total",
    "commission": "commission_total",
    "vat": "vat_total",
    "bank": "bank_amount",
}


def _other_sums(remittance: Remittance) -> Iterator[Found]:
    stated, summed = remittance.stated, remittance.summed
    for name, column in _NAMED.items():
        said, real = getattr(stated, name), format_pounds(getattr(summed, name))
        if format_pounds(said) != real:
            message = f"{remittance.ref}: {column} is {format_pounds(said)}, the lines come to {real}"
            yield Found(message, remittance.at, column, real)


@check("DA-VAT", level=Level.FILE, severity=Severity.WARNING)
def commission_has_its_invoice(tally: PaymentTally, ctx: Pay) -> Iterator[Found]:
    """A remittance that charges commission names the agency's invoice and its VAT number: without them the
    tax cannot be reclaimed."""
    for one in tally.remittances:
        lacks = [
            column
            for column, value in (("commission_invoice_no", one.invoice), ("agency_vat_no", one.vat_number))
            if value is None and (one.vat or (one.commission and column == "commission_invoice_no"))
        ]
        for column in lacks:
            yield Found(f"{one.ref} charges commission and leaves {column} blank", one.at, column)


PAY_CHECKS = (
    receipts_are_summed_up,
    sign_fits_the_type,
    receipt_is_not_ahead,
    txn_comes_once,
    net_follows,
    remittance_sums_its_receipts,
    commission_has_its_invoice,
)

"""Allpay's file of payments, both ways (rent system interface, 3.3): lines of 43 bytes, and two totals.

The layout is known from a published reader of it; the supplier publishes no specification. That reader tells
no sign: an amount below zero is taken with a leading minus, as there [assumed].
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pydantic import Field as Setting

from hub.checks.base import Context
from hub.door.feed import Options, Profile
from hub.errors import CannotRender
from hub.formats.layout import Layout, at, literal
from hub.formats.types import Code, Day, Matching, Pence, Pounds, Right, Text
from hub.model import Chunk, Rendered, RentTransaction, format_pounds
from hub.rent.canonical import drawn, sound
from hub.rent.receipts import Headless, Quoted, Receipt, reader
from hub.rent.universal_housing import KINDS_CARRIED

CHANNELS = ("P", "T", "Z", "N", "B", "C", "Q")
"""Post Office, PayPoint, Payzone, IVR or desktop, bills online, cash adjustment, returned cheque."""


REFERENCE = Matching("[A-Za-z0-9/-]+ *", expected="a reference of up to 16 letters, digits, / and -")
PAYMENT = Layout(
    "allpay payment",
    (
        at("narrative", 1, 7, Text()),
        at("reference", 8, 23, Quoted(REFERENCE), check="E13"),
        at("amount", 24, 32, Right(Pounds()), check="E12"),
        at("channel", 33, 33, Code(*CHANNELS), check="E16"),
        at("paid_on", 34, 43, Day("%d/%m/%Y"), check="E11"),
    ),
    width=43,
)
GAP = Layout("allpay gap", (), width=0)
AMOUNT_TOTAL = Layout(
    "allpay amount",
    (
        literal(1, 34, "Total Amount Updated onto System: ", check="E01"),
        at("total", 35, 51, Right(Pounds()), check="E03"),
    ),
    tag="Total Amount",
    width=51,
)
COUNT_TOTAL = Layout(
    "allpay count",
    (
        literal(1, 40, "Total Transactions updated onto System: ", check="E01"),
        at("count", 41, 57, Right(Pence()), check="E02"),
    ),
    tag="Total Transactions",
    width=57,
)
ALLPAY = Headless((PAYMENT, GAP, AMOUNT_TOTAL, COUNT_TOTAL), encoding="cp1252", structure="E10")

_amount, _paid_on = reader(PAYMENT, "amount"), reader(PAYMENT, "paid_on")


def receipts(chunk: Chunk) -> Iterator[Receipt]:
    """Of payments; the gap and the totals hold none."""
    if chunk.layout is not PAYMENT:
        return
    for row in chunk.rows():
        yield Receipt(
            row.line,
            row["reference"].strip(),
            _amount(row["amount"]),
            _paid_on(row["paid_on"]),
            row["channel"],
            row["narrative"].strip(),
        )


class AllpayOptions(Options):
    """channels: the code map that turns the council's method of payment into a channel"""

    channels: str = Setting(default="allpay_out")

    def code_maps(self) -> Sequence[str]:
        return (self.channels,)


def write(postings: Sequence[RentTransaction], ctx: Context[AllpayOptions]) -> Rendered:
    """Raises CannotRender for other kinds than receipts and reversals, references over 16 characters, methods
    that have no channel."""
    lines = [_line(number, posting, ctx) for number, posting in enumerate(sound(postings), start=1)]
    total = -sum(posting.amount for posting in postings)
    ends = ["", AMOUNT_TOTAL.write({"total": total}), COUNT_TOTAL.write({"count": len(lines)})]
    moment = drawn(ctx)
    name = f"allpay_{moment.business_date:%Y%m%d}_{moment.transfer_id[-8:]}.txt"
    summary: dict[str, str | int] = {"records": len(lines), "file_total": format_pounds(total)}
    return Rendered(name, ALLPAY.encode([*lines, *ends]), summary)


def _line(number: int, posting: RentTransaction, ctx: Context[AllpayOptions]) -> str:
    where = f"posting {posting.transaction_id}"
    if posting.kind not in KINDS_CARRIED:
        raise CannotRender(f"{where} is a {posting.kind}; Allpay's lines carry RECEIPT and REVERSAL only")
    on, codes = posting.transaction_date, ctx.facts.codes
    channel = codes.value(ctx.options.channels, posting.method_code or "", on) if codes else None
    if channel is None:
        method = posting.method_code or "(none)"
        raise CannotRender(f"{where}: {ctx.options.channels} has no channel for the method {method} (E16)")
    values = {
        "narrative": f"{number:>7}" if number < 1_000_000 else "",
        "reference": posting.payment_ref,
        "amount": -posting.amount,
        "channel": channel,
        "paid_on": on,
    }
    try:
        return PAYMENT.write(values)
    except CannotRender as problem:
        raise CannotRender(f"{where} does not fit a line of Allpay's: {problem}") from problem


ALLPAY_PAYMENTS = Profile(
    name="allpay.payments",
    options=AllpayOptions,
    write=write,
    lossy=(
        "the narrative is a line number: there is no room for words",
        "tenancy, type code and posting date are left out",
        "external reference, VAT and what a reversal reverses are left out",
    ),
)
"""For income systems that take Allpay's file. It counts money received: the canonical sign reversed."""

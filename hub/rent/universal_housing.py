"""Universal Housing's 55-byte cash line, both ways (rent system interface, section 3.1).

The line is known from two independent public readings of it; the supplier publishes no specification.
The file has no header, no total and no number, so what left is known from the hub's own record only. Its one
known loader wants `CashFileYYYYMMDD.dat`, and so one file a day.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal as OneOf

from pydantic import Field as Setting

from hub.checks.base import Context
from hub.door.feed import Options, Profile
from hub.errors import CannotRender
from hub.formats.layout import Layout, at
from hub.formats.types import Day, Matching, Pounds, Text
from hub.model import Chunk, Moment, Rendered, RentTransaction, format_pounds
from hub.rent.canonical import drawn, plain_text, sound
from hub.rent.receipts import Headless, Quoted, Receipt, reader

REFERENCE = Matching(
    "[A-Za-z0-9/-]+ *", expected="a reference of up to 10 letters, digits, slashes and hyphens"
)
METHOD = Matching("[A-Z0-9]{1,3} *", expected="a method of up to three letters")
CASH_LINE = Layout(
    "cash line",
    (
        at("payment_ref", 1, 10, Quoted(REFERENCE), check="E13"),
        at("comment", 11, 30, Text()),
        at("method", 31, 33, METHOD, check="E16"),
        at("amount", 34, 43, Pounds(sign="required"), check="E12"),
        at("date_paid", 44, 53, Day("%d/%m/%Y"), check="E11"),
        at("source_code", 54, 55, Matching("[0-9]{2}", expected="two digits"), check="E16"),
    ),
    width=55,
)
CASH = Headless((CASH_LINE,), encoding="cp1252", structure="E10")
LINE_ENDS = {"lf": "\n", "crlf": "\r\n"}
KINDS_CARRIED = frozenset({"RECEIPT", "REVERSAL"})

_amount, _date_paid = reader(CASH_LINE, "amount"), reader(CASH_LINE, "date_paid")


def receipts(chunk: Chunk) -> Iterator[Receipt]:
    for row in chunk.rows():
        yield Receipt(
            row.line,
            row["payment_ref"].strip(),
            _amount(row["amount"]),
            _date_paid(row["date_paid"]),
            row["method"].strip(),
            row["comment"].strip(),
        )


class CashOptions(Options):
    """source_code: the two digits by which the rent system knows where cash came from
    line_ends:   lf or crlf
    suffix:      `none` gives the name that the known loader takes, of which there can be one a day: while one
                 lies there, the delivery of another stops and says so, and nothing is overwritten. `id` adds
                 the end of the transfer's id, for rent systems that take any name and several files a day
    """

    source_code: str = Setting(default="03", pattern=r"^[0-9]{2}$")
    line_ends: OneOf["lf", "crlf"] = "lf"
    suffix: OneOf["none", "id"] = "none"


def write(postings: Sequence[RentTransaction], ctx: Context[CashOptions]) -> Rendered:
    """Raises CannotRender for other kinds, references over 10 characters, amounts over 999,999.99."""
    options = ctx.options
    lines = [cash_line(posting, options.source_code) for posting in sound(postings)]
    data = CASH.encode(lines, LINE_ENDS[options.line_ends])
    total = -sum(posting.amount for posting in postings)
    summary: dict[str, str | int] = {"records": len(postings), "file_total": format_pounds(total)}
    return Rendered(file_name(drawn(ctx), options.suffix), data, summary)


def cash_line(posting: RentTransaction, source_code: str) -> str:
    """The 55 characters of one posting. Raises CannotRender."""
    where = f"posting {posting.transaction_id}"
    if posting.kind not in KINDS_CARRIED:
        raise CannotRender(f"{where} is a {posting.kind}; a cash line carries RECEIPT and REVERSAL only")
    if not posting.method_code:
        raise CannotRender(f"{where} has no method code; a cash line needs one of up to three letters")
    values = {
        "payment_ref": posting.payment_ref,
        "comment": plain_text(posting.narrative)[:20],
        "method": posting.method_code,
        "amount": -posting.amount,
        "date_paid": posting.transaction_date,
        "source_code": source_code,
    }
    try:
        return CASH_LINE.write(values)
    except CannotRender as problem:
        raise CannotRender(f"{where} does not fit a cash line: {problem}") from problem


def file_name(moment: Moment, suffix: str) -> str:
    """`CashFileYYYYMMDD.dat` of the business date, with the end of the transfer's id where asked for."""
    tail = f"_{moment.transfer_id[-8:]}" if suffix == "id" else ""
    return f"CashFile{moment.business_date:%Y%m%d}{tail}.dat"


UNIVERSAL_HOUSING_CASH = Profile(
    name="universal_housing.cash",
    options=CashOptions,
    write=write,
    lossy=(
        "the narrative is cut to 20 characters",
        "tenancy, type code and posting date are left out",
        "external reference, VAT and what a reversal reverses are left out",
    ),
)
"""Carries receipts and reversals. It counts money received: the sign is the canonical one reversed."""

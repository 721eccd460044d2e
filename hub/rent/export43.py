"""The 43-byte line of an income system's export to its rents, both ways (rent system interface, 3.2).

Known from one published writer; which rent system reads it is not named there. That writer loses the sign of
a reversal, fills short accounts up to other accounts, and gives every receipt of an account one number. Here
what the line cannot carry is refused, and receipts are numbered.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from pydantic import Field as Setting
from pydantic import field_validator

from hub.checks.base import Context
from hub.door.feed import Number, Options, Profile
from hub.errors import CannotRender
from hub.fields.kinds import engine_from
from hub.fields.payment_reference import validate
from hub.fields.problem import FieldProblem
from hub.formats.layout import Layout, at
from hub.formats.types import Day, Digits, Matching, Pence, Right
from hub.model import Chunk, Rendered, RentTransaction, Taken, format_pounds
from hub.rent.canonical import drawn, sound
from hub.rent.receipts import Headless, Quoted, Receipt, reader
from hub.rent.references import Settings, usable

ACCOUNT = Matching("(?!00000000)[0-9]{8}", expected="an account number of eight digits, not all zero")
METHOD = Matching("[A-Z0-9]{1,4} *", expected="a method of up to four letters")
LINE = Layout(
    "export line",
    (
        at("account", 1, 8, Quoted(ACCOUNT), check="E13"),
        at("sub_account", 9, 9, Digits(), check="E10"),
        at("paid_on", 10, 19, Day("%d.%m.%Y"), check="E11"),
        at("method", 20, 23, METHOD, check="E16"),
        at("week", 24, 25, Digits(), check="E10"),
        at("receipt", 26, 33, Digits(), check="E10"),
        at("amount", 34, 43, Right(Pence()), check="E12"),
    ),
    width=43,
)
EXPORT43 = Headless((LINE,), structure="E10")
LARGEST_FILE = 9_999
"""Lines: a receipt's number is four digits of the file's and four of the line's."""

_EIGHT = re.compile("[0-9]{8}")
_paid_on = reader(LINE, "paid_on")


def receipts(chunk: Chunk) -> Iterator[Receipt]:
    """The receipt number is kept as narrative: this layout's own writers do not make it unique."""
    for row in chunk.rows():
        yield Receipt(
            row.line,
            row["account"],
            int(row["amount"]),
            _paid_on(row["paid_on"]),
            row["method"].strip(),
            f"receipt {row['receipt']}",
        )


class ExportOptions(Options):
    """methods: the code map that turns the council's method of payment into the line's; None = as it is
    check:   the landlord's check letter, which the line leaves out; settings of `payment_reference`
    """

    methods: str | None = None
    check: Settings | None = Setting(default=None)

    _usable = field_validator("check")(usable)

    def code_maps(self) -> Sequence[str]:
        return () if self.methods is None else (self.methods,)


def scope(taken: Sequence[Taken], ctx: Context[ExportOptions]) -> str:
    return "export43.receipts"


def write(postings: Sequence[RentTransaction], ctx: Context[ExportOptions]) -> Rendered:
    """Raises CannotRender for anything but receipts, for accounts that are not eight digits, and for more
    than 9,999 lines."""
    moment = drawn(ctx)
    number = moment.numbers.get("export_file")
    if number is None:
        raise CannotRender("the export needs a number, and export_file is not set; give it one")
    if len(postings) > LARGEST_FILE:
        raise CannotRender(f"{len(postings)} receipts do not fit one file; it numbers {LARGEST_FILE}")
    lines = [
        _line(posting, f"{number:04}{at:04}", ctx) for at, posting in enumerate(sound(postings), start=1)
    ]
    total = format_pounds(-sum(posting.amount for posting in postings))
    summary: dict[str, str | int] = {"records": len(lines), "file_total": total, "export_file": number}
    return Rendered(f"rents_{moment.business_date:%Y%m%d}_{number:04}.txt", EXPORT43.encode(lines), summary)


def _line(posting: RentTransaction, receipt: str, ctx: Context[ExportOptions]) -> str:
    where = f"posting {posting.transaction_id}"
    if posting.kind != "RECEIPT":
        why = "it has no sign, so a reversal would leave as a payment"
        raise CannotRender(f"{where} is a {posting.kind}; the 43-byte line carries RECEIPT only: {why}")
    values = {
        "account": _account(posting, ctx.options, where),
        "sub_account": "0",
        "paid_on": posting.transaction_date,
        "method": _method(posting, ctx, where),
        "week": "00",
        "receipt": receipt,
        "amount": -posting.amount,
    }
    try:
        return LINE.write(values)
    except CannotRender as problem:
        raise CannotRender(f"{where} does not fit the 43-byte line: {problem}") from problem


def _account(posting: RentTransaction, options: ExportOptions, where: str) -> str:
    """The reference without its check letter, which must be the right one. A short one is not filled up: it
    would be another account."""
    reference, engine = posting.payment_ref, engine_from(options.check or {})
    if engine is not None:
        try:
            reference = validate(reference, engine)[:-1]
        except FieldProblem as problem:
            raise CannotRender(f"{where}, {posting.payment_ref}: {problem.reason}") from problem
    if not _EIGHT.fullmatch(reference):
        told = "its account number is not eight digits; it is not filled up, for that is another account"
        raise CannotRender(f"{where}, {posting.payment_ref}: {told}")
    return reference


def _method(posting: RentTransaction, ctx: Context[ExportOptions], where: str) -> str | None:
    name, code, codes = ctx.options.methods, posting.method_code, ctx.facts.codes
    if name is None or codes is None:
        return code
    method = codes.value(name, code or "", posting.transaction_date)
    if method is None:
        raise CannotRender(f"{where}: {name} has no method for {code or '(none)'} (E16)")
    return method


EXPORT43_RECEIPTS = Profile(
    name="export43.receipts",
    options=ExportOptions,
    write=write,
    numbers=(Number("export_file", scope, policy="no_gap", last=9_999),),
    lossy=(
        "reversals cannot be carried: the line has no sign",
        "narrative, tenancy, type code and posting date are left out",
        "external reference and VAT are left out",
    ),
)
"""Carries receipts only. Layout as in one council's export [confirmed]; its reader is not known."""

"""Postings as the generic CSV RENTTRAN, both ways (rent system interface, 6.3)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pydantic import Field as Setting

from hub.checks.base import Context
from hub.door.feed import Number, Options, Profile
from hub.formats.layout import column
from hub.formats.types import Code, Day, Pounds
from hub.model import Chunk, Rendered, RentTransaction, Taken, format_pounds
from hub.rent.canonical import CODE, KINDS, REFERENCE, drawn, plain_text, sound, text_up_to
from hub.rent.generic_csv import PARTY, Envelope, generic_csv
from hub.rent.receipts import Quoted, Receipt, RenttranRow, reader

DAY = Day("%Y-%m-%d")

RENTTRAN = generic_csv(
    "RENTTRAN",
    (
        column("payment_ref", Quoted(REFERENCE), required=False, check="E13"),
        column("tenancy_ref", REFERENCE, required=False, check="E13"),
        column("kind", Code(*sorted(KINDS)), check="E16"),
        column("method_code", CODE, required=False, check="E16"),
        column("type_code", CODE, check="E16"),
        column("transaction_date", DAY, check="E11"),
        column("post_date", DAY, check="E11"),
        column("amount", Pounds(), check="E12"),
        column("vat_amount", Pounds(), check="E12"),
        column("external_ref", text_up_to(40), required=False, check="E10"),
        column("narrative", text_up_to(240), required=False, check="E10"),
        column("reverses_id", text_up_to(40), required=False, check="E10"),
        column("original_payment_ref", REFERENCE, required=False, check="E13"),
    ),
    money="amount",
)


_amount, _vat, _posted = (reader(RENTTRAN.detail, name) for name in ("amount", "vat_amount", "post_date"))


def receipts(chunk: Chunk) -> Iterator[Receipt]:
    """Of details: what a receipt is positive as, this layout has negative."""
    for row in chunk.rows() if chunk.layout is RENTTRAN.detail else ():
        yield Receipt(
            row.line,
            row["payment_ref"].strip(),
            -_amount(row["amount"]),
            _posted(row["transaction_date"]),
            row["method_code"].strip(),
            row["narrative"].strip(),
            row["external_ref"].strip() or None,
            RenttranRow(
                row["kind"],
                row["type_code"],
                _posted(row["post_date"]),
                row["original_payment_ref"].strip() or None,
                row["reverses_id"].strip() or None,
                _vat(row["vat_amount"]),
            ),
        )


class RenttranOptions(Options):
    """landlord, source: whose accounts the header says these are, and who wrote the file."""

    landlord: str = Setting(pattern=PARTY)
    source: str = Setting(default="FEEDHUB", pattern=PARTY)


def sequence_scope(taken: Sequence[Taken], ctx: Context[RenttranOptions]) -> str:
    """One row of numbers a landlord."""
    return f"generic.renttran:{ctx.options.landlord}"


def write(postings: Sequence[RentTransaction], ctx: Context[RenttranOptions]) -> Rendered:
    """Raises CannotRender when a posting breaks the canonical rules or is too long for its column."""
    envelope = Envelope.of(
        drawn(ctx), landlord=ctx.options.landlord, source=ctx.options.source, number="file_seq"
    )
    data = RENTTRAN.write([_row(posting) for posting in sound(postings)], envelope)
    net = sum(posting.amount for posting in postings)
    summary: dict[str, str | int] = {
        "records": len(postings),
        "net": format_pounds(net),
        "file_seq": envelope.sequence,
    }
    return Rendered(RENTTRAN.file_name(envelope), data, summary)


def _row(posting: RentTransaction) -> dict[str, object]:
    row = {name: getattr(posting, name) for name in RENTTRAN.columns}
    return {**row, "narrative": plain_text(posting.narrative)}


GENERIC_RENTTRAN = Profile(
    name="generic.renttran",
    options=RenttranOptions,
    write=write,
    numbers=(Number("file_seq", sequence_scope, policy="no_gap"),),
)
"""Carries every posting whole; the sign is the canonical one."""

"""Record types of the posting files. All three are this project's own layouts: no supplier publishes one.

Source: formats page housing_benefit.md, sections 4.3 to 4.5. A council whose benefits system writes other
columns has them written in one of these orders, or adds a layout here.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any, BinaryIO

from hub.api import (
    Chunk,
    Code,
    Day,
    Delimited,
    Digits,
    Fixed,
    Layout,
    Literal,
    Matching,
    Pence,
    Pounds,
    Text,
    Unreadable,
    at,
    column,
    literal,
    spaces,
)

DAY = Day("%Y%m%d")
ISO_DAY = Day("%Y-%m-%d")
SIGNED = Pence(signed=True)
POUNDS = Pounds()
COUNT = Digits()
SEQUENCE = Matching("(?!000000)[0-9]{6}", "six digits, from 000001")
ENTRY_TYPE = Code("HBE", "HBA", "OPD", "OPR", "DHP", "DHR")
INDICATOR = Code("0", "1")
FLAG = Code("L", "T")


def _text(width: int) -> Matching:
    return Matching(rf"[^\x00-\x1f\x7f-\x9f]{{0,{width}}}", f"text of up to {width} characters")


HEADER = Layout(
    "header",
    (
        literal(1, 1, "H"),
        literal(2, 9, "HBPOST01", name="layout_id", check="HB-HEADER"),
        at("authority", 10, 13, Text(), check="HB-HEADER", note="as `authority_code`"),
        at("source", 14, 17, Text(), check="HB-HEADER", note="one of `source_systems`"),
        at("run_date", 18, 25, DAY, check="HB-HEADER", note="not after today + 7"),
        at("period_start", 26, 33, DAY, check="HB-HEADER", note="a Monday"),
        at("period_end", 34, 41, DAY, check="HB-HEADER", note="a Sunday, = start + 7 x weeks - 1"),
        at("weeks", 42, 43, COUNT, check="HB-HEADER", note="one of `allowed_weeks`"),
        at("sequence", 44, 49, SEQUENCE, check="HB-HEADER", note="last accepted + 1"),
        at("live_or_test", 50, 50, FLAG, check="HB-HEADER", note="T never posts"),
        spaces(51, 120, check="HB-HEADER"),
    ),
    tag="H",
)

DETAIL = Layout(
    "detail",
    (
        literal(1, 1, "D"),
        at("claim_ref", 2, 10, Text(), check="HB-ROW"),
        at("ha_code", 11, 12, Text(), check="HB-ROW"),
        at("rent_ref", 13, 36, Text(), check="HB-ROW"),
        at("posting_date", 37, 44, DAY, check="HB-ROW"),
        at("entry_type", 45, 47, ENTRY_TYPE, check="HB-ROW"),
        at("weekly", 48, 57, SIGNED, check="HB-ROW", note="entitlement a week"),
        at("gross", 58, 67, SIGNED, check="HB-ROW", note="for the period"),
        at("recovered", 68, 77, SIGNED, check="HB-ROW", note="zero or more"),
        at("posted", 78, 87, SIGNED, check="HB-ROW", note="= gross - recovered"),
        at("from_date", 88, 95, DAY, check="HB-ROW"),
        at("to_date", 96, 103, DAY, check="HB-ROW", note="not before from"),
        at("adjustment", 104, 104, INDICATOR, check="HB-ROW"),
        at("change", 105, 105, INDICATOR, check="HB-ROW"),
        at("original", 106, 120, Text(), check="HB-ROW", note="`sequence-line` of the posting put right"),
    ),
    tag="D",
)

TRAILER = Layout(
    "trailer",
    (
        literal(1, 1, "T"),
        at("count", 2, 8, COUNT, check="HB-CONTROL", note="details"),
        at("gross", 9, 21, SIGNED, check="HB-CONTROL"),
        at("recovered", 22, 34, SIGNED, check="HB-CONTROL"),
        at("posted", 35, 47, SIGNED, check="HB-CONTROL"),
        at("hash", 48, 56, COUNT, check="HB-CONTROL", note="first 8 digits of every claim, modulo 10^9"),
        spaces(57, 120, check="HB-CONTROL"),
    ),
    tag="T",
)

CSV_DETAIL = Layout(
    "csv detail",
    (
        column("claim_ref", _text(9), check="HB-ROW"),
        column("ha_code", _text(2), required=False, check="HB-ROW"),
        column("rent_ref", _text(24), required=False, check="HB-ROW"),
        column("posting_date", ISO_DAY, check="HB-ROW"),
        column("entry_type", ENTRY_TYPE, check="HB-ROW"),
        column("weekly", POUNDS, check="HB-ROW"),
        column("gross", POUNDS, check="HB-ROW"),
        column("recovered", POUNDS, check="HB-ROW"),
        column("posted", POUNDS, check="HB-ROW"),
        column("from_date", ISO_DAY, check="HB-ROW"),
        column("to_date", ISO_DAY, check="HB-ROW"),
        column("adjustment", INDICATOR, check="HB-ROW"),
        column("change", INDICATOR, check="HB-ROW"),
        column("original", _text(15), required=False, check="HB-ROW"),
    ),
)

CSV_TOTAL = Layout(
    "csv total",
    (
        column("record", Literal("#TOTAL"), check="HB-CONTROL"),
        column("count", COUNT, check="HB-CONTROL"),
        column("gross", POUNDS, check="HB-CONTROL"),
        column("recovered", POUNDS, check="HB-CONTROL"),
        column("posted", POUNDS, check="HB-CONTROL"),
    ),
    tag="#TOTAL",
)

FIXED = Fixed(
    (HEADER, DETAIL, TRAILER),
    encoding="iso-8859-1",
    eof=b"\x1a",  # some systems end every file with it, and nothing can hide behind the trailer
    structure="HB-STRUCTURE",
)
CSV = Delimited((CSV_DETAIL, CSV_TOTAL), header=True, tag_column=0, structure="HB-STRUCTURE")


@lru_cache
def nine(delimiter: str, date_format: str) -> Delimited:
    """The nine columns as one council writes them. Which value is which is said by the route's options."""
    values = tuple(column(f"value{n}", POUNDS, check="HB-ROW") for n in range(1, 6))
    layout = Layout(
        "nine",
        (
            column("claim_ref", _text(9), check="HB-ROW"),
            column("ha_code", _text(2), required=False, check="HB-ROW"),
            column("rent_ref", _text(24), required=False, check="HB-ROW"),
            column("posting_date", Day(date_format), check="HB-ROW"),
            *values,
        ),
    )
    return Delimited((layout,), delimiter=delimiter, skip_blank=True, structure="HB-STRUCTURE")


class Nine:
    """`academy-nine`: without header, so its delimiter and dates are options of the route."""

    delimiters = (",", ";", "|", "\t")
    date_formats = ("%d/%m/%Y", "%Y-%m-%d", "%Y%m%d")

    def recognises(self, head: bytes) -> bool:
        """Whether the first row fits with one of the usual delimiters and dates."""
        return any(
            nine(delimiter, format).recognises(head)
            for delimiter in self.delimiters
            for format in self.date_formats
        )

    def decode(self, stream: BinaryIO, options: Any) -> Iterator[Chunk | Unreadable]:
        return nine(options.delimiter, options.date_format).decode(stream, options)

"""Codecs: what is written reads back equal, and no bytes make a decoder raise."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.formats.delimited import Delimited
from hub.formats.fixed import Fixed
from hub.formats.layout import Layout, at, attr, column, literal, spaces
from hub.formats.types import (
    Blank,
    Code,
    Day,
    Digits,
    Julian,
    Matching,
    Pence,
    Pounds,
    Text,
)
from hub.formats.xml import Xml
from hub.model import Chunk, Unreadable
from tests.properties.carried import records

LABEL = Layout("label", (literal(1, 4, "LAB1"), at("serial", 5, 10, Digits()), spaces(11, 14)), tag="LAB1")
WIDE = Layout(
    "wide",
    (
        literal(1, 1, "D"),
        at("name", 2, 19, Text()),
        at("plain", 20, 29, Text("A-Z0-9 .&/-")),
        at("amount", 30, 40, Pence()),
        at("signed", 41, 50, Pence(signed=True)),
        at("pounds", 51, 60, Pounds("required")),
        at("day", 61, 68, Day("%Y%m%d")),
        at("julian", 69, 74, Julian()),
        at("perhaps", 75, 80, Blank(Julian())),
        at("code", 81, 83, Code("PPT", "DDN")),
        at("three", 84, 86, Matching("[A-C]{3}", expected="three of A, B, C")),
        spaces(87, 90),
    ),
    tag="D",
)
ROW = Layout(
    "row",
    (
        column("name", Text()),
        column("amount", Pounds()),
        column("day", Day("%d/%m/%Y"), required=False),
        column("note", Text(), required=False),
    ),
)
XML_ROW = Layout("row", (attr("name", "@name", Text()), attr("amount", "Amount", Pounds())), path="Row")
FIXED = Fixed([LABEL, WIDE], encoding="utf-8", eof=b"\x1a")
DELIMITED = Delimited([ROW])
XML = Xml("Rows", [XML_ROW])


def read_back(part: Chunk | Unreadable) -> Iterator[dict[str, Any]]:
    assert isinstance(part, Chunk)
    assert part.layout.field_findings(part) == []
    for record in part.rows():
        yield {field.name: field.kind.read(record[field.name]) for field in part.layout.fields}


@given(st.lists(records(WIDE), max_size=20))
def test_a_written_fixed_record_reads_back_equal(wanted: list[dict[str, Any]]) -> None:
    data = FIXED.encode(WIDE.write(values) for values in wanted)
    found = [values for part in FIXED.decode(io.BytesIO(data)) for values in read_back(part)]
    for values in wanted:
        values.update({"1": "D", "87-90": None})
    assert found == wanted


@given(st.lists(records(ROW).filter(lambda values: values["name"].strip()), max_size=20))
def test_a_written_row_reads_back_equal(wanted: list[dict[str, Any]]) -> None:
    wanted = [values | {"note": (values["note"] or "").strip() or None} for values in wanted]
    data = DELIMITED.encode(DELIMITED.write_row(ROW, values) for values in wanted)
    found = [values for part in DELIMITED.decode(io.BytesIO(data)) for values in read_back(part)]
    assert found == wanted


SNIPPETS = [
    b"LAB1000001    \n", b"D" + b" " * 89 + b"\n", b"\r\n", b"\r", b"\0", b"\xff\xfe", b"\x1a", b'"', b",",
    b"R,1.00,,\n", b"<Rows>", b"<Row name='x'/>", b"</Rows>", b"<!DOCTYPE x [", b"&a;", b"\xef\xbb\xbf",
]  # fmt: skip
HOSTILE = st.lists(st.sampled_from(SNIPPETS) | st.binary(max_size=20), max_size=30).map(b"".join)


@pytest.mark.parametrize("format", [FIXED, DELIMITED, XML], ids=["fixed", "delimited", "xml"])
@given(data=HOSTILE)
def test_no_bytes_make_a_decoder_raise(format: Fixed | Delimited | Xml, data: bytes) -> None:
    format.recognises(data)
    for part in format.decode(io.BytesIO(data), None):
        if isinstance(part, Chunk):
            part.layout.field_findings(part)
            assert len({len(column) for column in part.columns.values()}) == 1


@given(data=HOSTILE)
def test_every_line_of_a_fixed_file_is_a_record_or_told(data: bytes) -> None:
    lines = [
        line
        for part in FIXED.decode(io.BytesIO(data))
        for line in (part.lines if isinstance(part, Chunk) else [part.line])
    ]
    ended = data.count(b"\n") + (data.rpartition(b"\n")[2] not in (b"", b"\x1a"))
    assert lines == list(range(1, ended + 1))

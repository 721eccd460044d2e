"""Delimited files: quoting, header row, record types, and lines that are counted as a text editor counts."""

from __future__ import annotations

import pytest

from hub.errors import CannotRender
from hub.formats.delimited import ROWS, Delimited
from hub.formats.layout import Layout, column
from hub.formats.types import Digits, Literal, Pounds, Text
from tests.unit.formats.reading import chunks, decoded, findings, rows, unreadable

ROW = Layout(
    "row", (column("reference", Text()), column("amount", Pounds()), column("note", Text(), required=False))
)
TOTAL = Layout("total", (column("mark", Literal("#TOTAL")), column("count", Digits())), tag="#TOTAL")
OPENING = Layout("H", (column("type", Literal("H")), column("feed", Literal("CASH"))), tag="H")
DETAIL = Layout("D", (column("type", Literal("D")), column("reference", Text())), tag="D")

HEADED = Delimited([ROW, TOTAL], header=True, tag_column=0)
TAGGED = Delimited([OPENING, DETAIL], tag_column=0)
PLAIN = Delimited([ROW], delimiter=";")
FILE = b"reference,amount,note\r\nR1,1.00,\r\nR2,-2.50,late\r\n#TOTAL,2\r\n"


def test_records_are_told_apart_by_tag() -> None:
    assert rows(HEADED, FILE) == [
        ("row", 2, {"reference": "R1", "amount": "1.00", "note": ""}),
        ("row", 3, {"reference": "R2", "amount": "-2.50", "note": "late"}),
        ("total", 4, {"mark": "#TOTAL", "count": "2"}),
    ]


@pytest.mark.parametrize(
    "written",
    [FILE.replace(b"\r\n", b"\n"), b"\xef\xbb\xbf" + FILE, FILE.rstrip(), FILE.replace(b"R1", b'"R1"')],
    ids=["LF", "byte-order mark", "no last line end", "quoted"],
)
def test_harmless_differences(written: bytes) -> None:
    assert rows(HEADED, written) == rows(HEADED, FILE)


def test_quotes_delimiters_and_line_feeds_in_cells() -> None:
    data = b'R1;1.00;"said ""no""; left"\nR2;2.00;"two\nlines"\nR3;3.00;x\n'
    assert [(line, texts["note"]) for _, line, texts in rows(PLAIN, data)] == [
        (1, 'said "no"; left'),
        (2, "two\nlines"),
        (4, "x"),
    ]
    assert [(f.line, f.field) for f in findings(PLAIN, data)] == [(2, "note")]


def test_a_record_over_several_blocks_is_whole() -> None:
    data = b"".join(b"R%06d;1.00;\n" % number for number in range(40_000))
    parts = chunks(PLAIN, data)
    assert max(map(len, parts)) <= ROWS
    assert [line for part in parts for line in part.lines] == list(range(1, 40_001))
    assert parts[-1].columns["reference"][-1] == "R039999"


@pytest.mark.parametrize(
    ("start", "kind"), [(b"PK\x03\x04\x14\x00", "a zip"), (b"\xff\xfeR\x00", "UTF-16 text")]
)
def test_what_is_no_text_at_all_is_named_by_how_it_begins(start: bytes, kind: str) -> None:
    (wrong,) = unreadable(PLAIN, start + b"\n")
    assert wrong.message.endswith(f"; it begins as {kind} does")


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (b"R1;1.00", "line 2 has 2 columns: expected 3 columns"),
        (b"R1;1.00;;", "line 2 has 4 columns: expected 3 columns"),
        (b"", "line 2 is blank"),
        (b'R1;"1.00"x;', "line 2 holds a record that cannot be read as delimited text"),
        (b"R1\x00;1.00;", "line 2 holds a NUL character at byte 3"),
        (b"R1\r;1.00;", "line 2 holds a carriage return without line feed at byte 3"),
        (b"R\xe9;1.00;", "line 2 holds 0xE9 at byte 2, which is not utf-8"),
    ],
)
def test_a_line_that_cannot_be_read_is_told_and_the_rest_is_read(line: bytes, told: str) -> None:
    data = b"R0;1.00;\n" + line + b"\nR2;1.00;\n"
    (wrong,) = unreadable(PLAIN, data)
    assert (wrong.line, wrong.check) == (2, "STRUCTURE")
    assert wrong.message.startswith(told)
    assert [line for _, line, _ in rows(PLAIN, data)] == [1, 3]


def test_a_quote_that_never_ends_is_told_where_it_begins() -> None:
    (wrong,) = unreadable(PLAIN, b'R1;1.00;\nR2;1.00;"oops\nR3;1.00;\n')
    assert wrong.line == 2


def test_an_endless_quote_does_not_swallow_memory() -> None:
    parts = decoded(PLAIN, b'R1;1.00;"' + b"x;y;z\n" * 300_000)
    assert parts[0].line == 1  # type: ignore[union-attr]


def test_blank_lines_are_passed_over_only_where_that_is_set() -> None:
    lenient = Delimited([ROW], skip_blank=True)
    assert [line for _, line, _ in rows(lenient, b"R1,1.00,\n\nR2,1.00,\n\n")] == [1, 3]


@pytest.mark.parametrize(
    "first", [b"", b"R1,1.00,\n", b"amount,reference,note\n", b"reference,amount\n", b"\0\n"]
)
def test_without_the_header_row_nothing_is_read(first: bytes) -> None:
    (wrong,) = decoded(HEADED, first + b"R1,1.00,\n")
    assert (wrong.line, wrong.expected) == (1, "reference,amount,note")  # type: ignore[union-attr]


def test_an_unknown_record_type_is_told() -> None:
    (wrong,) = unreadable(TAGGED, b"H,CASH\nX,1\nD,R1\n")
    assert wrong.message == "line 2 begins like no record of this format: expected “H” or “D”"


@pytest.mark.parametrize(
    ("format", "head", "recognised"),
    [
        (HEADED, FILE, True),
        (HEADED, b"\xef\xbb\xbfReference, Amount ,NOTE\r\n", True),
        (HEADED, b"R1,1.00,\n", False),
        (TAGGED, b"H,CASH\r\nD,R1\r\n", True),
        (TAGGED, b"H,CASH,and,more\n", True),
        (TAGGED, b"H,OTHER\n", False),
        (TAGGED, b"D,R1\n", True),
        (TAGGED, b"", False),
        (PLAIN, b"R1;1.00;\n", True),
        (PLAIN, b"R1;a;\n", False),
        (PLAIN, b"R1\r;1.00;\n", False),
        (PLAIN, b"\xff\xfe\0\0", False),
    ],
)
def test_content_tells_whether_a_file_is_of_the_format(
    format: Delimited, head: bytes, recognised: bool
) -> None:
    assert format.recognises(head) is recognised


def test_rows_are_written_with_the_quotes_they_need() -> None:
    row = PLAIN.write_row(ROW, {"reference": 'R;"1', "amount": -250, "note": None})
    assert PLAIN.encode([row]) == b'"R;""1";-2.50;\r\n'
    assert rows(PLAIN, PLAIN.encode([row]))[0][2]["reference"] == 'R;"1'


def test_the_header_row_is_written_once() -> None:
    lines = [HEADED.write_row(TOTAL, {"count": "0"})]
    assert HEADED.encode(lines, end="\n") == b"reference,amount,note\n#TOTAL,0\n"


def test_a_required_column_is_not_written_blank() -> None:
    with pytest.raises(CannotRender, match="reference"):
        PLAIN.write_row(ROW, {"reference": "", "amount": 1})


def test_layouts_that_cannot_be_told_apart_are_a_mistake() -> None:
    with pytest.raises(ValueError, match="cannot be told"):
        Delimited([DETAIL, DETAIL], tag_column=0)


TITLED = Delimited([ROW], header=True, titles=["Payment Reference", "Amount", "A Note"], headless=True)
LONGER = Delimited([ROW], header=True, longer=True, quote_all=True)


@pytest.mark.parametrize("head", [b"Payment reference,AMOUNT,A note\n", b""], ids=["with titles", "without"])
def test_a_row_of_titles_may_be_missing_where_that_is_set(head: bytes) -> None:
    data = head + b"R1,1.00,\nR2,2.00,\n"
    assert TITLED.recognises(data)
    assert [texts["reference"] for _, _, texts in rows(TITLED, data)] == ["R1", "R2"]
    assert decoded(TITLED, b"") == []


def test_titles_are_written_as_they_are_told() -> None:
    assert TITLED.encode([], end="\n") == b"Payment Reference,Amount,A Note\n"


def test_records_may_go_on_after_their_columns_where_that_is_set() -> None:
    data = b"reference,amount,note,ours\nR1,1.00,,x\nR2,2.00,\nR3\n"
    assert LONGER.recognises(data)
    assert [(line, texts["amount"]) for _, line, texts in rows(LONGER, data)] == [(2, "1.00"), (3, "2.00")]
    assert [wrong.line for wrong in unreadable(LONGER, data)] == [4]


def test_every_cell_is_quoted_where_that_is_set() -> None:
    row = LONGER.write_row(ROW, {"reference": 'R"1', "amount": 100, "note": None})
    assert LONGER.encode([row], end="\n") == b'"reference","amount","note"\n"R""1","1.00",""\n'

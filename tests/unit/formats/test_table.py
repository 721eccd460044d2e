"""Tables in workbooks and CSV files: columns by name, values as people stored them, nothing that runs."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime
from types import SimpleNamespace
from zipfile import ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.formats.layout import Layout, column
from hub.formats.table import Table
from hub.formats.types import Day, Digits, Literal, Pounds, Text
from hub.formats.workbook import Sheet, cells, write
from tests.unit.formats.reading import decoded, findings, rows, unreadable

LINE = Layout(
    "line",
    (
        column("payment_ref", Text()),
        column("amount", Pounds()),
        column("paid_on", Day("%d/%m/%Y"), required=False),
        column("note", Text(), required=False),
    ),
)
TOTAL = Layout("total", (column("mark", Literal("#TOTAL")), column("count", Digits())), tag="#TOTAL")
TABLE = Table(LINE, total=TOTAL)
MADE = datetime(2026, 11, 2, 9, tzinfo=UTC)
ONE = {"payment_ref": "0190001", "amount": -11235, "paid_on": date(2026, 11, 2), "note": "=1+1"}
TWO = {"payment_ref": "0190002", "amount": 500}
TEXTS = [
    ("line", 2, {"payment_ref": "0190001", "amount": "-112.35", "paid_on": "02/11/2026", "note": "=1+1"}),
    ("line", 3, {"payment_ref": "0190002", "amount": "5.00", "paid_on": "", "note": ""}),
]
CSV = b"payment_ref,amount,paid_on,note\n0190001,-112.35,02/11/2026,=1+1\n0190002,5.00,,\n"


def book(*records, layout=LINE, name="Lines"):
    return write([Sheet(name, layout, records)], MADE)


@pytest.mark.parametrize("data", [CSV, book(ONE, TWO)], ids=["CSV", "workbook"])
def test_both_ways_of_storing_say_the_same(data):
    assert TABLE.recognises(data)
    assert rows(TABLE, data) == TEXTS


def test_equal_tables_are_equal_bytes_and_text_stays_text():
    assert book(ONE) == book(ONE)
    assert b"<f>" not in ZipFile(io.BytesIO(book(ONE))).read("xl/worksheets/sheet1.xml")


def test_columns_are_found_by_name_whatever_their_order_and_those_that_nobody_asked_for_are_left():
    data = b"Extra,AMOUNT,Payment  Ref.\nx,5.00,0190002\n"
    expected = {"payment_ref": "0190002", "amount": "5.00", "paid_on": "", "note": ""}
    assert rows(TABLE, data) == [("line", 2, expected)]


def test_a_route_says_what_another_export_calls_them_and_where_its_header_row_is():
    options = SimpleNamespace(columns={"payment_ref": ["Tenant no"], "amount": ["Paid"]}, header_row=3)
    data = b"Report of payments\n\nTenant no,Paid\n0190002,5.00\n"
    assert rows(TABLE, data, options) == [("line", 4, TEXTS[1][2])]
    (fault,) = unreadable(TABLE, data.replace(b"Paid", b"Sum"), options)
    assert fault.message == (
        "line 3 is not the header row, or lacks amount: expected columns payment_ref, amount"
    )


def test_a_sheet_is_asked_for_by_name():
    data = write([Sheet("Notes", TOTAL, []), Sheet("Lines", LINE, [TWO])], MADE)
    assert rows(TABLE, data, SimpleNamespace(sheet="Lines")) == [("line", 2, TEXTS[1][2])]
    (fault,) = unreadable(TABLE, data, SimpleNamespace(sheet="Other"))
    assert fault.message == "the file has no sheet “Other”; it has “Notes”, “Lines”"


def test_a_last_row_of_totals_is_told_by_its_first_cell():
    assert rows(TABLE, CSV + b"#TOTAL,2,,\n")[-1] == ("total", 4, {"mark": "#TOTAL", "count": "2"})


def stored(*values):
    """A workbook in which these values stand below each other as numbers, as somebody typed them."""
    from xlsxwriter import Workbook

    out = io.BytesIO()
    with Workbook(out) as made:
        page = made.add_worksheet()
        page.write_row(0, 0, ["payment_ref", "amount"])
        for row, value in enumerate(values, start=1):
            page.write(row, 0, "R")
            page.write(row, 1, value)
    return out.getvalue()


def test_numbers_are_told_without_the_noise_of_binary_fractions():
    amounts = [texts["amount"] for _, _, texts in rows(TABLE, stored(513.33, 25, -0.1, 1e3))]
    assert amounts == ["513.33", "25.00", "-0.10", "1000.00"]


def test_a_number_that_is_no_whole_pence_is_refused_and_not_rounded():
    (finding,) = findings(TABLE, stored(12.345))
    assert (finding.line, finding.field) == (2, "amount")


@pytest.mark.parametrize(
    ("member", "told"),
    [("xl/vbaProject.bin", "holds macros"), ("Basic/Standard/Module1.xml", "holds macros")],
)
def test_a_workbook_with_macros_is_refused(member, told):
    data = io.BytesIO(book(ONE))
    with ZipFile(data, "a") as made:
        made.writestr(member, b"x")
    (fault,) = unreadable(TABLE, data.getvalue())
    assert told in fault.message


def test_the_old_binary_format_is_refused_with_what_to_do():
    (fault,) = unreadable(TABLE, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512)
    assert "save it as .xlsx" in fault.message


def test_a_workbook_that_unpacks_to_too_much_is_refused(monkeypatch):
    monkeypatch.setattr("hub.formats.workbook.LARGEST", 100)
    (fault,) = unreadable(TABLE, book(ONE))
    assert "once it is unpacked" in fault.message


@pytest.mark.parametrize("data", [b"", b"payment_ref\n", book(layout=TOTAL), b"PK\x03\x04xl/"])
def test_what_has_no_such_columns_is_told_once(data):
    assert len(unreadable(TABLE, data)) == 1


@given(
    st.lists(
        st.fixed_dictionaries(
            {
                "payment_ref": st.text("0123456789/-AZ", min_size=1, max_size=25),
                "amount": st.integers(-999_999_999, 999_999_999),
                "paid_on": st.none() | st.dates(date(1900, 3, 1)),
                "note": st.text(st.characters(exclude_categories=["C", "Z"]), max_size=30),
            }
        ),
        max_size=12,
    )
)
def test_what_is_written_reads_back(records):
    read = [
        {field.name: field.kind.read(texts[field.name]) for field in LINE.fields}
        for _, _, texts in rows(TABLE, book(*records))
    ]
    assert read == [{**one, "note": one["note"] or None} for one in records]


@given(st.binary(max_size=300), st.sampled_from([b"", b"PK\x03\x04", book(ONE)[:900]]))
def test_no_bytes_make_it_raise(junk, head):
    TABLE.recognises(head + junk)
    decoded(TABLE, head + junk)


def test_a_formula_is_read_as_what_it_came_to():
    from xlsxwriter import Workbook

    out = io.BytesIO()
    with Workbook(out) as made:
        made.add_worksheet().write_formula(0, 0, "=1+1", None, 2)
    assert cells(io.BytesIO(out.getvalue())) == [[2.0]]

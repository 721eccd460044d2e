"""One declaration of a record: what is refused at import, what people are told, what is written."""

from __future__ import annotations

from datetime import date

import pytest

from hub.errors import CannotRender
from hub.formats.layout import Field, Layout, at, column, literal, spaces
from hub.formats.types import Day, Digits, Pence, Text
from hub.model import Chunk

PAYMENT = Layout(
    "payment",
    (
        literal(1, 1, "D"),
        at("reference", 2, 7, Text("A-Z0-9 ")),
        at("amount", 8, 12, Pence(), check="AMT"),
        at("name", 13, 20, Text("A-Z "), personal=True),
        at("day", 21, 28, Day("%Y%m%d"), note="when it was paid"),
        spaces(29, 30),
    ),
    width=30,
)
GOOD = "DR1    00123A TENANT20261130  "


def chunk_of(*lines: str) -> Chunk:
    columns = {f.name: [line[f.start - 1 : f.end] for line in lines] for f in PAYMENT.fields}
    return Chunk(PAYMENT, range(5, 5 + len(lines)), columns)


@pytest.mark.parametrize(
    ("fields", "width"),
    [
        ((at("a", 1, 3, Text()), at("b", 5, 6, Text())), None),
        ((at("a", 1, 3, Text()), at("b", 3, 6, Text())), None),
        ((at("a", 2, 3, Text()),), None),
        ((at("a", 1, 3, Text()), at("b", 4, 3, Text())), None),
        ((at("a", 1, 3, Text()),), 4),
        ((at("a", 1, 3, Text()), at("a", 4, 6, Text())), None),
        ((literal(1, 4, "HDR"),), None),
        ((at("a", 1, 3, Text()), column("b", Text())), None),
    ],
    ids=[
        "gap",
        "overlap",
        "starts late",
        "backwards",
        "wrong width",
        "name twice",
        "short constant",
        "mixed",
    ],
)
def test_a_mistake_in_a_declaration_is_an_error_at_import(
    fields: tuple[Field, ...], width: int | None
) -> None:
    with pytest.raises(ValueError, match="layout x"):
        Layout("x", fields, width)


def test_a_good_record_has_no_findings() -> None:
    assert PAYMENT.field_findings(chunk_of(GOOD, GOOD)) == []


def test_every_wrong_field_is_told_with_line_place_and_expectation() -> None:
    bad = "XR1    0012xA tENANT20260230 !"
    found = PAYMENT.field_findings(chunk_of(GOOD, bad))
    assert {row for row, _ in found} == {1}
    assert [(f.check, f.line, f.field) for _, f in found] == [
        ("FIELD", 6, "1"),
        ("AMT", 6, "amount"),
        ("FIELD", 6, "name"),
        ("FIELD", 6, "day"),
        ("FIELD", 6, "29-30"),
    ]
    told = {f.field: f.message for _, f in found}
    shaped = "amount (position 8-12) is of the shape “9999a”: expected pence in digits, without sign."
    assert told["amount"] == shaped
    assert told["29-30"] == "position 29-30 is of the shape “ !”: expected spaces."


def test_a_record_without_personal_fields_tells_the_wrong_value() -> None:
    layout = Layout("total", (at("count", 1, 4, Pence()),))
    chunk = Chunk(layout, [9], {"count": ["00x2"]})
    ((_, found),) = layout.field_findings(chunk)
    assert found.message == "count (position 1-4) is “00x2”: expected pence in digits, without sign."


def test_a_wrong_day_is_told_also_in_a_personal_record() -> None:
    layout = Layout("x", (column("day", Day("%Y-%m-%d")), column("name", Text("A-Z "), personal=True)))
    ((_, found),) = layout.field_findings(Chunk(layout, [9], {"day": ["2026-13-45"], "name": ["A TENANT"]}))
    assert "“2026-13-45”" in found.message


def test_personal_data_stays_out_of_messages_also_when_it_has_slipped_into_another_field() -> None:
    for bad in (GOOD.replace("A TENANT", "a tenant"), "DMr Ann Exa  40154823TENANT    "[:30]):
        told = repr(PAYMENT.field_findings(chunk_of(bad)))
        assert not any(word in told for word in ("tenant", "TENANT", "Ann", "4015"))


def test_findings_come_in_the_order_of_the_rows() -> None:
    found = PAYMENT.field_findings(
        chunk_of(GOOD.replace("20261130", "20261131"), GOOD.replace("00123", "0012x"))
    )
    assert [row for row, _ in found] == [0, 1]


def test_a_wrong_value_cannot_harm_the_screen_it_is_shown_on() -> None:
    field = column("note", Digits())
    assert "\x1b" not in field.finding(1, "\x1b[2J" * 1000).message
    assert len(field.finding(1, "x" * 1000).message) < 200


def test_a_required_column_may_not_be_blank() -> None:
    required, optional = column("a", Text()), column("b", Text(), required=False)
    assert required.bad(["x", "", "  "]) == [1, 2]
    assert optional.bad(["x", "", "  "]) == []
    assert required.finding(3, "  ").message == "a is blank: expected text without control characters."


def test_a_record_is_written_as_the_spec_prints_it() -> None:
    values = {"reference": "R1", "amount": 123, "name": "A TENANT", "day": date(2026, 11, 30)}
    assert PAYMENT.write(values) == GOOD


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"reference": "TOO LONG"}, "reference"),
        ({"amount": 100_000}, "amount"),
        ({"amount": None}, "amount"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_record_that_cannot_be_written_says_which_field(change: dict[str, object], told: str) -> None:
    values = {"reference": "R1", "amount": 123, "name": "A TENANT", "day": date(2026, 11, 30)}
    with pytest.raises(CannotRender, match=told):
        PAYMENT.write(values | change)


def test_a_forgotten_value_is_not_written_as_blank() -> None:
    with pytest.raises(CannotRender, match="name"):
        PAYMENT.write({"reference": "R1", "amount": 123, "day": date(2026, 11, 30)})


def test_the_documentation_is_the_declaration() -> None:
    table = PAYMENT.documentation().splitlines()
    assert table[0] == "| Pos | Len | Field | Content |"
    assert "| 8-12 | 5 | amount | pence in digits, without sign |" in table
    assert "| 21-28 | 8 | day | a date as YYYYMMDD; when it was paid |" in table
    assert len(table) == 2 + len(PAYMENT.fields)


def test_a_delimited_layout_is_documented_without_positions() -> None:
    table = Layout("row", (column("amount", Digits()),)).documentation()
    assert table == "| Field | Content |\n|---|---|\n| amount | digits |\n"


def test_a_field_is_found_by_name() -> None:
    assert PAYMENT.field("amount").width == 5
    with pytest.raises(KeyError):
        PAYMENT.field("colour")

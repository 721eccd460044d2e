"""Field types: what a text must be, what it means, how a value is written."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from hub.errors import CannotRender
from hub.formats.types import (
    Blank,
    Code,
    Day,
    Digits,
    FieldType,
    Julian,
    Literal,
    Matching,
    Pence,
    Pounds,
    Spaces,
    Text,
)

READ: list[tuple[FieldType, str, Any]] = [
    (Text(), "A TENANT   ", "A TENANT"),
    (Text(), " indented", " indented"),
    (Text("A-Z "), "AB C", "AB C"),
    (Digits(), "007", "007"),
    (Code("H", "D"), "D", "D"),
    (Literal("HDR1"), "HDR1", "HDR1"),
    (Spaces(), "   ", None),
    (Matching("[A-Z]{3}", expected="three letters"), "ABC", "ABC"),
    (Pence(), "00000052148", 52148),
    (Pence(signed=True), "-000005425", -5425),
    (Pence(signed=True), "+000000000", 0),
    (Pounds(), "112.35", 11235),
    (Pounds(), "-0.05", -5),
    (Pounds("required"), "+000112.35", 11235),
    (Pounds(grouping=True), "3,987.17", 398717),
    (Pounds(grouping=True), "1034.27", 103427),
    (Day("%Y%m%d"), "20240229", date(2024, 2, 29)),
    (Day("%d/%m/%Y"), "04/06/2030", date(2030, 6, 4)),
    (Day("%Y-%m-%d"), "1900-01-01", date(1900, 1, 1)),
    (Julian(), " 26334", date(2026, 11, 30)),
    (Julian(), " 24366", date(2024, 12, 31)),
    (Julian(), " 80001", date(1980, 1, 1)),
    (Julian(), " 79001", date(2079, 1, 1)),
    (Blank(Julian()), "      ", None),
    (Blank(Julian()), " 26334", date(2026, 11, 30)),
    (Blank(Pounds()), "", None),
    (Blank(Code("AB")), "AB", "AB"),
]

REFUSED: list[tuple[FieldType, str]] = [
    (Text(), "A\x07B"),
    (Text(), "A\nB"),
    (Text(), "A\x85B"),
    (Text("A-Z "), "RENÉE"),
    (Digits(), ""),
    (Digits(), "12 "),
    (Digits(), "٣"),
    (Digits(), "²"),
    (Code("H", "D"), "d"),
    (Code("H", "D"), "HD"),
    (Code("H", "D"), ""),
    (Literal("HDR1"), "HDR2"),
    (Spaces(), " x "),
    (Matching("[A-Z]{3}", expected="three letters"), "ABC\n"),
    (Pence(), "+0000052148"),
    (Pence(), "0000005214O"),
    (Pence(), "     052148"),
    (Pence(), "9" * 16),
    (Pence(signed=True), "0000005425"),
    (Pence(signed=True), "+-00005425"),
    (Pounds(), "112.3"),
    (Pounds(), "112.345"),
    (Pounds(), "1,234.56"),
    (Pounds(), "£12.00"),
    (Pounds(), "(12.00)"),
    (Pounds(), "+12.00"),
    (Pounds(), "1.23E+11"),
    (Pounds(), ".50"),
    (Pounds("required"), "112.35"),
    (Pounds("required"), "+0001,12.35"),
    (Pounds("required"), "+00011235."),
    (Pounds(grouping=True), "39,87.17"),
    (Pounds(grouping=True), ",987.17"),
    (Day("%Y%m%d"), "20230229"),
    (Day("%Y%m%d"), "2026111"),
    (Day("%d/%m/%Y"), "31/06/2030"),
    (Day("%d/%m/%Y"), "00/00/0000"),
    (Day("%d/%m/%Y"), "04/06/30"),
    (Day("%d/%m/%Y"), "4/6/2030"),
    (Day("%Y-%m-%d"), "0006-06-04"),
    (Day("%Y-%m-%d"), "1899-12-31"),
    (Julian(), " 26366"),
    (Julian(), " 26000"),
    (Julian(), " 26367"),
    (Julian(), "126334"),
    (Julian(), " 2633A"),
    (Julian(), "      "),
    (Blank(Julian()), " 26000"),
    (Blank(Code("AB")), "A "),
]


@pytest.mark.parametrize(("kind", "text", "value"), READ)
def test_a_text_that_fits_is_read(kind: FieldType, text: str, value: Any) -> None:
    assert kind.bad([text]) == []
    assert kind.read(text) == value


@pytest.mark.parametrize(("kind", "text"), REFUSED)
def test_a_text_that_does_not_fit_is_found_among_good_ones(kind: FieldType, text: str) -> None:
    good = next(sound for known, sound, _ in READ if known.pattern == kind.pattern)
    assert kind.bad([good, text, good]) == [1]
    assert kind.bad([text]) == [0]
    assert kind.bad([good] * 3) == []


@pytest.mark.parametrize(
    ("kind", "value", "width", "text"),
    [
        (Text(), "A TENANT", 10, "A TENANT  "),
        (Text(), "A TENANT", None, "A TENANT"),
        (Pence(), 52148, 11, "00000052148"),
        (Pence(signed=True), -5425, 10, "-000005425"),
        (Pence(signed=True), 0, 10, "+000000000"),
        (Pounds(), -11235, None, "-112.35"),
        (Pounds(), 5, None, "0.05"),
        (Pounds("required"), 11235, 10, "+000112.35"),
        (Pounds("required"), -9820, 10, "-000098.20"),
        (Day("%d/%m/%Y"), date(2030, 6, 4), 10, "04/06/2030"),
        (Julian(), date(2026, 11, 30), 6, " 26334"),
        (Code("PPT", "DDN"), "DDN", 3, "DDN"),
        (Literal("HDR1"), None, 4, "HDR1"),
        (Spaces(), None, 3, "   "),
        (Blank(Pounds()), None, None, ""),
        (Blank(Julian()), None, 6, "      "),
    ],
)
def test_a_value_is_written(kind: FieldType, value: Any, width: int | None, text: str) -> None:
    assert kind.write(value, width) == text


@pytest.mark.parametrize(
    ("kind", "value", "width"),
    [
        (Text(), "TOO LONG", 4),
        (Text("A-Z "), "lower", 10),
        (Text(), None, 10),
        (Text(), 5, 10),
        (Pence(), -1, 11),
        (Pence(), 100, 2),
        (Pence(), None, 11),
        (Pence(), "100", 11),
        (Pence(signed=True), 10**10, 10),
        (Pounds(), "1.00", None),
        (Pounds("required"), -10_000_000_00, 10),
        (Day("%Y%m%d"), "20260101", 8),
        (Day("%Y%m%d"), date(1899, 1, 1), 8),
        (Julian(), date(2080, 1, 1), 6),
        (Code("H", "D"), "X", 1),
        (Literal("HDR1"), "HDR2", 4),
        (Spaces(), "x", 3),
    ],
)
def test_what_cannot_be_carried_is_refused(kind: FieldType, value: Any, width: int) -> None:
    with pytest.raises(CannotRender, match="cannot be written as"):
        kind.write(value, width)


@pytest.mark.parametrize(("kind", "text"), [(Day("%Y%m%d"), "20230229"), (Julian(), " 26366")])
def test_a_text_that_is_no_date_is_not_read_as_one(kind: FieldType, text: str) -> None:
    with pytest.raises(ValueError, match="expected a date"):
        kind.read(text)


@pytest.mark.parametrize("format", ["%d/%m/%y", "%Y-%m", "%Y%m%d%H", "%d/%d/%Y"])
def test_a_date_format_that_says_no_whole_date_is_a_mistake(format: str) -> None:
    with pytest.raises(ValueError, match="%Y, %m and %d once each"):
        Day(format)


def test_characters_that_let_a_line_feed_through_are_a_mistake() -> None:
    with pytest.raises(ValueError, match="line feed"):
        Text("^,")


def test_a_value_with_a_line_feed_cannot_hide_as_two_good_values() -> None:
    assert Digits().bad(["12\n34", "56"]) == [0]


def test_a_pattern_with_a_lookahead_to_the_end_is_matched_value_by_value() -> None:
    all_one = Matching(r"(?!(.)\1+$)[A-Z]{3}", expected="three letters, not all the same")
    assert all_one.bad(["ABC", "AAA", "BCD"]) == [1]
    assert Blank(all_one).bad(["   ", "AAA", "BCD"]) == [1]

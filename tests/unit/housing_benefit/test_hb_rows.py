"""What a row must be. Each wrong row refuses the file, or waits for a person, as the formats page says."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from hub.model import ItemState, Severity, Verdict
from plugins.housing_benefit.settings import CSV1
from tests.unit.housing_benefit.posting_files import (
    ADJUSTMENT,
    OVERPAYMENT,
    Row,
    account,
    csv_file,
    facts,
    posting_file,
    read,
)

GOOD = Row(claim="90000099Z", rent_ref="FAKE0002/1", weekly=9000, gross=18000)
IN_CREDIT = facts(account(1, balance=-100000), account(2))

REFUSED = [
    (Row(posted=22467), "HB-POSTED"),
    (Row(recovered=-1, posted=22469), "HB-RECOVERED"),
    (Row(recovered=22469, posted=-1), "HB-RECOVERED"),
    (replace(ADJUSTMENT, recovered=100, posted=-5525), "HB-RECOVERED"),
    (Row(gross=0, recovered=1, entry="HBA", change="1"), "HB-RECOVERED"),
    (Row(gross=-1), "HB-SIGN"),
    (Row(entry="OPR", gross=-1), "HB-SIGN"),
    (Row(entry="DHP", gross=-1), "HB-SIGN"),
    (Row(entry="OPD", gross=1), "HB-SIGN"),
    (Row(entry="DHR", gross=1), "HB-SIGN"),
    (Row(first="20260413", last="20260412"), "HB-DATES"),
    (Row(first="20260231"), "HB-ROW"),
    (Row(last="20261131"), "HB-ROW"),
    (Row(posting_date="00460101"), "HB-ROW"),
    (Row(entry="XXX"), "HB-ROW"),
    (Row(adjustment="2"), "HB-ROW"),
    (Row(claim="12345678*"), "HB-CLAIM"),
    (Row(rent_ref="1.23E+11"), "HB-REF-MANGLED"),
]


@pytest.mark.parametrize(("row", "check"), REFUSED, ids=lambda value: value if isinstance(value, str) else "")
def test_a_wrong_row_refuses_the_file_and_names_the_line(row: Row, check: str) -> None:
    outcome = read(posting_file(GOOD, row))
    assert outcome.verdict is Verdict.REJECTED
    assert (check, 3) in outcome.told
    assert all(line == 3 for found, line in outcome.told if found != "HB-CONTROL")


@pytest.mark.parametrize(("row", "check"), REFUSED, ids=lambda value: value if isinstance(value, str) else "")
def test_a_csv_file_is_checked_alike(row: Row, check: str) -> None:
    outcome = read(csv_file(GOOD, row), format=CSV1)
    assert outcome.verdict is Verdict.REJECTED
    assert (check, 3) in outcome.told


@pytest.mark.parametrize(
    ("column", "text"),
    [
        ("gross", '"1,234.56"'),
        ("gross", "£12.00"),
        ("gross", "12.345"),
        ("gross", "(12.00)"),
        ("gross", "12"),
        ("gross", "+12.00"),
        ("from_date", "31/02/2026"),
        ("from_date", "2026-02-31"),
        ("from_date", "26-03-30"),
        ("from_date", "46111"),
        ("from_date", ""),
    ],
)
def test_amounts_and_dates_are_never_guessed(column: str, text: str) -> None:
    place = {"gross": 6, "from_date": 9}[column]
    header, row, total, end = csv_file(GOOD).decode().split("\r\n")
    cells = row.split(",")
    cells[place] = text
    outcome = read("\r\n".join([header, ",".join(cells), total, end]).encode(), format=CSV1)
    assert outcome.verdict is Verdict.REJECTED
    assert outcome.told == [("HB-ROW", 2)]
    assert outcome.findings[0].field == column


def test_every_wrong_row_is_told_at_once() -> None:
    rows = [row for row, _ in REFUSED]
    outcome = read(posting_file(*rows))
    assert {line for _, line in outcome.told if line} >= set(range(2, 2 + len(rows)))


@pytest.mark.parametrize(
    "row",
    [
        Row(),
        Row(gross=22468, recovered=22468),
        Row(recovered=2310),
        ADJUSTMENT,
        replace(ADJUSTMENT, gross=5425),
        Row(entry="OPR", gross=100),
        Row(entry="DHR", gross=-100),
        Row(claim="1"),
        Row(gross=0),
    ],
)
def test_sound_rows_say_nothing(row: Row) -> None:
    outcome = read(posting_file(row), hold_opd_over="100.00")
    assert (outcome.verdict, outcome.told) == (Verdict.ACCEPTED, [])


HELD: list[tuple[list[Row], str, dict[str, Any]]] = [
    ([replace(ADJUSTMENT, original="")], "HB-ORIGINAL", {}),
    ([replace(ADJUSTMENT, original="see letter")], "HB-ORIGINAL", {}),
    ([Row(weekly=60001, gross=120002)], "HB-MAX-WEEKLY", {}),
    ([replace(ADJUSTMENT, gross=-120001)], "HB-MAX-WEEKLY", {}),
    ([Row(weekly=10001, gross=20002)], "HB-MAX-WEEKLY", {"max_weekly": "100.00"}),
    ([OVERPAYMENT], "HB-OPD", {"hold_opd_over": "39.99"}),
]


@pytest.mark.parametrize(("rows", "check", "options"), HELD)
def test_a_doubtful_row_waits_and_the_rest_goes_on(
    rows: list[Row], check: str, options: dict[str, Any]
) -> None:
    outcome = read(posting_file(GOOD, *rows), IN_CREDIT, **options)
    assert outcome.verdict is Verdict.ACCEPTED
    assert (check, 3) in outcome.told
    assert outcome.states == [ItemState.TAKEN, ItemState.HELD]
    assert outcome.taken[1].disposition.reason == check


@pytest.mark.parametrize(
    ("row", "options"),
    [
        (Row(weekly=60000, gross=120000), {}),
        (replace(ADJUSTMENT, adjustment="0", original=""), {}),
        (replace(ADJUSTMENT, original="41-117"), {}),
        (Row(entry="OPR", gross=4000), {"hold_opd_over": "39.99"}),
    ],
)
def test_a_row_at_the_limit_does_not_wait(row: Row, options: dict[str, Any]) -> None:
    assert read(posting_file(row), **options).states == [ItemState.TAKEN]


def test_the_same_row_twice_in_a_file_waits_once() -> None:
    outcome = read(posting_file(Row(), GOOD, Row()))
    assert outcome.told == [("HB-REPEAT-FILE", 4)]
    assert outcome.states == [ItemState.TAKEN, ItemState.TAKEN, ItemState.HELD]


@pytest.mark.parametrize(
    "other", [Row(claim="90000013X"), Row(entry="DHP"), Row(first="20260406"), Row(rent_ref="FAKE0002/1")]
)
def test_rows_that_differ_are_no_repeat(other: Row) -> None:
    assert "HB-REPEAT-FILE" not in dict(read(posting_file(Row(), other)).told)


@pytest.mark.parametrize(
    ("row", "warned"),
    [
        (Row(gross=22470), False),
        (Row(gross=22471), True),
        (Row(gross=22471, change="1"), False),
        (Row(gross=22471, entry="DHP"), False),
    ],
)
def test_a_gross_that_does_not_fit_the_weeks_is_told(row: Row, warned: bool) -> None:
    outcome = read(posting_file(row))
    assert outcome.verdict is Verdict.ACCEPTED
    assert outcome.warned == (["HB-GROSS"] if warned else [])


def test_the_weeks_of_a_csv_row_are_those_of_its_dates() -> None:
    one_week = Row(gross=11234, last="20260405")
    assert read(csv_file(one_week), format=CSV1).warned == []
    assert read(csv_file(replace(one_week, last="20260406")), format=CSV1).warned == ["HB-GROSS"]


def test_unknown_landlord_codes_are_told_once_each() -> None:
    outcome = read(posting_file(Row(), GOOD, Row(ha_code="07", first="20260331")), ha_codes=["01"])
    assert outcome.verdict is Verdict.ACCEPTED
    assert [(one.check, one.line) for one in outcome.findings if one.severity is Severity.WARNING] == [
        ("HB-HA-CODE", 4)
    ]
    assert "HB-HA-CODE" in read(posting_file(Row())).examined.reading.not_checked


def test_files_that_hold_credits_below_zero_read_the_other_way_round() -> None:
    credit = Row(weekly=-11234, gross=-22468, recovered=-2310)
    outcome = read(posting_file(credit), credit_sign="negative")
    assert (outcome.verdict, outcome.told, outcome.warned) == (Verdict.ACCEPTED, [], [])
    assert [item.amount for item in outcome.items] == [-20158]
    assert outcome.examined.tally.totals()["value"] == "-201.58"
    assert ("HB-SIGN", 2) in read(posting_file(Row()), credit_sign="negative").told


def test_no_message_is_silent_about_what_was_expected() -> None:
    outcome = read(posting_file(*(row for row, _ in REFUSED)))
    assert all(one.expected for one in outcome.findings if one.line and one.check != "HB-REPEAT-FILE")

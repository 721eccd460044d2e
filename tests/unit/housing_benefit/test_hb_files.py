"""What a file must be as a whole: its order, header and control totals. One that is not is refused whole."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from hub.model import Facts, ItemState, Verdict
from plugins.housing_benefit.feeds import POSTINGS
from plugins.housing_benefit.settings import ACADEMY, CSV1, FW1
from tests.unit.housing_benefit.posting_files import (
    ADJUSTMENT,
    Row,
    after,
    csv_file,
    days_later,
    facts,
    posting_file,
    read,
)

ROWS = (Row(), Row(claim="90000027B", rent_ref="FAKE0002/1", recovered=2310))


def lines(*rows: Row) -> list[bytes]:
    return posting_file(*(rows or ROWS)).splitlines(keepends=True)


@pytest.mark.parametrize(
    ("spoil", "line"),
    [
        (lambda them: them[:-1], None),
        (lambda them: [*them[:-1], them[-1][:60]], 4),
        (lambda them: them[1:], 1),
        (lambda them: [*them, them[1]], None),
        (lambda them: [them[0], *them], 2),
        (lambda them: [*them, them[-1]], 4),
        (lambda them: [them[0], them[1][1:], *them[2:]], 2),
        (lambda them: [them[0], them[1].replace(b"\n", b" \n"), *them[2:]], 2),
        (lambda them: [them[0], b"X" + them[1][1:], *them[2:]], 2),
        (lambda them: [them[0], them[1][:20] + b"\0" + them[1][21:], *them[2:]], 2),
        (lambda them: [them[0], them[1][:20] + b"\r" + them[1][21:], *them[2:]], 2),
        (lambda them: [*them, b"\n"], 5),
        (lambda them: [], 1),
    ],
)
def test_records_that_are_cut_off_or_out_of_order_refuse_the_file(spoil: Any, line: int | None) -> None:
    outcome = read(b"".join(spoil(lines())))
    assert outcome.verdict in (Verdict.REJECTED, Verdict.UNREADABLE)
    assert ("HB-STRUCTURE", line) in outcome.told


def test_the_end_mark_of_old_systems_may_follow_the_trailer_only() -> None:
    assert read(posting_file(*ROWS) + b"\x1a").verdict is Verdict.ACCEPTED
    assert ("HB-STRUCTURE", 5) in read(posting_file(*ROWS) + b"\x1a\n").told
    assert ("HB-STRUCTURE", 2) in read(b"".join([lines()[0], b"\x1a\n", *lines()[1:]])).told


def test_a_csv_file_may_begin_with_a_byte_order_mark() -> None:
    marked = b"\xef\xbb\xbf" + csv_file(*ROWS)
    assert POSTINGS.recognise(marked) == CSV1
    assert read(marked, format=CSV1).verdict is Verdict.ACCEPTED


def test_a_csv_file_that_was_cut_off_is_refused() -> None:
    whole = csv_file(*ROWS)
    for cut in (whole[: whole.index(b"#TOTAL")], whole[:-12], whole + csv_file(ADJUSTMENT).splitlines()[1]):
        outcome = read(cut, format=CSV1)
        assert outcome.verdict is Verdict.REJECTED
        assert {check for check, _ in outcome.told} <= {"HB-STRUCTURE", "HB-ROW", "HB-CONTROL"}


def test_more_columns_than_agreed_are_refused() -> None:
    """A column more might hold what the rent side must not know, such as a National Insurance number."""
    data = csv_file(*ROWS).replace(b"original\r\n", b"original,nino\r\n")
    assert read(data, format=CSV1).told == [("HB-STRUCTURE", 1), ("HB-STRUCTURE", None)]


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ({"start": "20260331", "end": "20260413"}, "period_start"),
        ({"end": "20260411"}, "period_end"),
        ({"end": "20260419"}, "weeks"),
        ({"weeks": "03", "end": "20260419"}, "weeks"),
        ({"start": "20260231"}, "period_start"),
        ({"source": "XXXX"}, "source"),
        ({"authority": "8888"}, "authority"),
        ({"run": "20260421"}, "run_date"),
        ({"flag": "T"}, "live_or_test"),
        ({"flag": "X"}, "live_or_test"),
        ({"sequence": 0}, "sequence"),
    ],
)
def test_a_header_that_does_not_fit_refuses_the_file(header: dict[str, Any], field: str) -> None:
    outcome = read(posting_file(*ROWS, **header))
    assert outcome.verdict is Verdict.REJECTED
    assert field in {one.field for one in outcome.findings if one.check.startswith("HB-HEADER")}
    assert all(line == 1 for _, line in outcome.told)


def test_another_authoritys_file_is_refused_by_that_check_alone() -> None:
    outcome = read(posting_file(*ROWS, authority="8888"))
    assert (outcome.verdict, outcome.told) == (Verdict.REJECTED, [("HB-HEADER-AUTHORITY", 1)])


@pytest.mark.parametrize(
    ("header", "options"),
    [
        ({"weeks": "01", "end": "20260405"}, {}),
        ({"weeks": "04", "end": "20260426"}, {}),
        ({"weeks": "03", "end": "20260419"}, {"allowed_weeks": [3]}),
        ({"run": "20260420"}, {}),
        ({"source": "NECI"}, {}),
        ({"authority": "8888"}, {"authority_code": "8888"}),
    ],
)
def test_other_headers_fit(header: dict[str, str], options: dict[str, Any]) -> None:
    assert read(posting_file(*ROWS, **header), **options).verdict is Verdict.ACCEPTED


def test_a_live_file_never_comes_by_a_test_route_and_a_test_file_never_posts() -> None:
    assert read(posting_file(*ROWS), live_or_test="T").told == [("HB-HEADER", 1)]
    outcome = read(posting_file(*ROWS, flag="T"), live_or_test="T")
    assert outcome.verdict is Verdict.ACCEPTED
    assert outcome.states == [ItemState.NOTED, ItemState.NOTED]


@pytest.mark.parametrize(("start", "end"), [(1, 8), (8, 21), (21, 34), (34, 47), (47, 56)])
def test_each_control_total_out_by_one_refuses_the_file(start: int, end: int) -> None:
    *body, last = lines()
    sign, digits = (
        (last[start : start + 1], last[start + 1 : end]) if last[start] in b"+-" else (b"", last[start:end])
    )
    wrong = sign + str(int(digits) + 1).zfill(len(digits)).encode()
    outcome = read(b"".join([*body, last[:start] + wrong + last[end:]]))
    assert outcome.verdict is Verdict.REJECTED
    assert outcome.told == [("HB-CONTROL", 4)]


@pytest.mark.parametrize("place", [1, 2, 3, 4])
def test_each_total_of_a_csv_file_out_by_one_refuses_it(place: int) -> None:
    *body, last, end = csv_file(*ROWS).decode().split("\r\n")
    cells = last.split(",")
    cells[place] = cells[place][:-1] + str((int(cells[place][-1]) + 1) % 10)
    outcome = read("\r\n".join([*body, ",".join(cells), end]).encode(), format=CSV1)
    assert outcome.told == [("HB-CONTROL", 4)]


def test_sums_are_not_compared_when_a_row_could_not_be_read() -> None:
    outcome = read(posting_file(*ROWS, Row(entry="XXX")))
    assert outcome.told == [("HB-ROW", 4)]
    assert "HB-CONTROL" in outcome.examined.reading.not_checked


def test_an_empty_period_is_a_file_too() -> None:
    outcome = read(posting_file())
    assert (outcome.verdict, outcome.examined.tally.records) == (Verdict.ACCEPTED, 0)


def test_short_claims_count_with_the_digits_that_they_have() -> None:
    """The page's rule is the first 8 digits: of `1234A` there are four."""
    data = posting_file(replace(ROWS[0], claim="1234"), ROWS[1]).replace(b"D1234     ", b"D1234A    ")
    assert read(data).verdict is Verdict.ACCEPTED


def last(**known: Any) -> Facts:
    """The file before: sequence 41, the two weeks to 29 March, as much as this one."""
    outcome = read(posting_file(*ROWS, sequence=41, start="20260316", end="20260329", run="20260330"))
    return after(outcome, **known)


def test_the_next_file_follows_without_a_word() -> None:
    outcome = read(posting_file(*ROWS), last())
    assert (outcome.verdict, outcome.told) == (Verdict.ACCEPTED, [])


@pytest.mark.parametrize("sequence", [41, 40, 1])
def test_a_number_that_was_used_is_refused(sequence: int) -> None:
    outcome = read(posting_file(*ROWS, sequence=sequence), last())
    assert (outcome.verdict, outcome.told) == (Verdict.REJECTED, [("HB-DUPLICATE", 1)])


def test_a_gap_in_the_numbers_waits() -> None:
    outcome = read(posting_file(*ROWS, sequence=43), last())
    assert (outcome.verdict, outcome.told) == (Verdict.HELD, [("HB-GAP", 1)])


def test_a_file_of_another_system_waits_because_its_number_cannot_be_told() -> None:
    outcome = read(posting_file(*ROWS, source="NECI"), last())
    assert (outcome.verdict, outcome.told) == (Verdict.HELD, [("HB-GAP", 1)])


@pytest.mark.parametrize(
    ("header", "told"),
    [
        ({"start": "20260323", "end": "20260405"}, [("HB-PERIOD", None)]),
        ({"start": "20260406", "end": "20260419"}, [("HB-PERIOD", None)]),
        ({"start": "20260330", "end": "20260412"}, []),
    ],
)
def test_a_period_that_overlaps_or_leaves_a_hole_waits(header: dict[str, str], told: list[Any]) -> None:
    assert read(posting_file(*ROWS, **header), last()).told == told


def test_the_period_of_a_csv_file_is_that_of_its_entitlements() -> None:
    first = read(csv_file(*ROWS), format=CSV1)
    assert first.examined.tally.business_date() == date(2026, 4, 12)
    following = [replace(row, first=days_later(1), last=days_later(14)) for row in ROWS]
    adjusted = [*following, replace(ADJUSTMENT, gross=-1, first=days_later(-40), last=days_later(-27))]
    assert read(csv_file(*adjusted), after(first, records=3), format=CSV1).told == []
    assert read(csv_file(*ROWS), after(first), format=CSV1).told == [("HB-PERIOD", None)]


@pytest.mark.parametrize(
    ("known", "options", "held"),
    [
        ({"value": 38751}, {}, False),
        ({"value": 47362}, {}, False),
        ({"value": 38750}, {}, True),
        ({"value": 47363}, {}, True),
        ({"value": 38750}, {"drift_total_percent": 11}, False),
        ({"records": 3}, {}, True),
        ({"records": 3}, {"drift_count_percent": 34}, False),
        ({"records": 1}, {}, True),
        ({"value": 0}, {}, True),
    ],
)
def test_a_file_unlike_the_last_waits(known: dict[str, int], options: dict[str, int], held: bool) -> None:
    assert read(posting_file(*ROWS)).examined.tally.value == 42626
    outcome = read(posting_file(*ROWS), last(**known), **options)
    assert outcome.told == ([("HB-DRIFT", None)] if held else [])


def test_without_a_store_what_was_not_checked_is_named() -> None:
    outcome = read(posting_file(*ROWS), replace(facts(), history=None, today=None))
    assert {"HB-DUPLICATE", "HB-GAP", "HB-DRIFT", "HB-PERIOD", "HB-REPEAT", "HB-HEADER-RUN-DATE"} <= set(
        outcome.examined.reading.not_checked
    )


def test_the_number_of_the_file_is_its_identity_and_the_period_its_date() -> None:
    tally = read(posting_file(*ROWS)).examined.tally
    assert (tally.identity(), tally.business_date()) == ("9999-ACAD-000042", date(2026, 4, 12))


def test_content_tells_the_format() -> None:
    assert POSTINGS.recognise(posting_file(*ROWS)) == FW1
    assert POSTINGS.recognise(csv_file(*ROWS)) == CSV1
    assert POSTINGS.recognise(b"90000116X,01,FAKE0116/1,05/04/2027,120.40,120.40,0.00,0.00,0.00\n") == ACADEMY
    assert POSTINGS.recognise(b"90000116X;01;FAKE0116/1;2027-04-05;120.40;120.40;0.00;0.00;0.00\n") == ACADEMY
    assert POSTINGS.recognise(b"a,b,c\n") is None
    assert POSTINGS.recognise(posting_file(*ROWS).replace(b"HBPOST01", b"HBPOST02", 1)) is None

"""The envelope of the generic CSV, bad in every way that the interface page lists."""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.door.feed import Feed
from hub.errors import CannotRender
from hub.formats.layout import column
from hub.formats.types import Day, Pounds
from hub.model import Direction, Facts, Finding, History, LastTransfer, Moment, Severity, Verdict
from hub.rent.canonical import REFERENCE
from hub.rent.envelope import ENVELOPE_CHECKS, GenericOptions, GenericTally
from hub.rent.generic_csv import Envelope, generic_csv
from tests.unit.rent.rent_files import Outcome, enveloped, read

PRETENCE = generic_csv(
    "PRETENCE",
    (
        column("payment_ref", REFERENCE, check="E13"),
        column("paid_on", Day("%Y-%m-%d"), check="E11"),
        column("amount", Pounds(), check="E12"),
    ),
    money="amount",
)
FEED = Feed(
    name="rent.pretend",
    title="Pretend",
    direction=Direction.IN,
    formats={"generic-csv": PRETENCE},
    tally=partial(GenericTally, csv=PRETENCE),
    options=GenericOptions,
    items=lambda chunk, tally, ctx: (),
    checks=ENVELOPE_CHECKS,
)
ROWS = ["1900000011,2030-06-04,-112.35", "1900000029,2030-06-04,-250.00", "1900000037,2030-06-04,98.20"]
TRAILER = "3,98.20,-362.35,-264.15,5700000077"
GOOD = enveloped("PRETENCE", ROWS, TRAILER)
TODAY = date(2030, 6, 5)
ENVELOPE = Envelope("FAKESHIRE", "FEEDHUB", datetime(2030, 6, 5, 1, 0, 11, tzinfo=UTC), date(2030, 6, 4), 7)


def after(number: int | None) -> Facts:
    """The facts of a file that comes after one with this number."""
    summary = {"file_seq": number}
    return Facts(today=TODAY, history=History(LastTransfer("t1", date(2030, 6, 3), 3, 0, summary)))


def only_finding(outcome: Outcome) -> Finding:
    (finding,) = outcome.reading.findings.kept
    return finding


def test_a_sound_file_is_accepted_with_its_totals() -> None:
    outcome = read(FEED, GOOD, facts=after(123))
    assert (outcome.verdict, outcome.told) == (Verdict.ACCEPTED, [])
    tally = outcome.reading.tally
    assert (tally.records, tally.value, tally.business_date()) == (3, -26415, date(2030, 6, 4))
    assert tally.totals() == {
        "count": 3,
        "value": "-264.15",
        "positive": "98.20",
        "negative": "-362.35",
        "hash_total": 5700000077,
    }
    assert tally.identity() == "PRETENCE/FAKESHIRE/INCOME/000124"


@pytest.mark.parametrize(
    "content",
    [
        GOOD.replace("\n", "\r\n"),
        "\ufeff" + GOOD,
        GOOD.replace("1900000011", '"1900000011"'),
        GOOD.rstrip("\n"),
    ],
    ids=["CRLF", "byte-order mark", "quoted", "last line without end"],
)
def test_other_spellings_of_the_same_file_are_accepted(content: str) -> None:
    assert read(FEED, content).verdict is Verdict.ACCEPTED
    assert PRETENCE.recognises(content.encode())


def test_only_its_own_feed_is_recognised() -> None:
    assert not PRETENCE.recognises(GOOD.replace("H,PRETENCE", "H,PRETENCES").encode())
    assert not PRETENCE.recognises(b"")
    assert PRETENCE.recognises(GOOD.replace("1.0", "2.0").encode()), "told as a wrong version, not as unknown"


BAD = {
    "no trailer": (GOOD[: GOOD.index("T,")], [("E01", None)]),
    "no header": (GOOD.partition("\n")[2], [("E01", None)]),
    "nothing": ("", [("E01", None), ("E01", None)]),
    "two headers": (GOOD.replace("D,1", GOOD.partition("\n")[0] + "\nD,1"), [("E01", 2)]),
    "header second": ("\n".join([GOOD.split("\n")[i] for i in (1, 0, 2, 3, 4)]) + "\n", [("E01", 2)]),
    "two trailers": (GOOD + f"T,{TRAILER}\n", [("E01", 6)]),
    "detail after the trailer": (GOOD + "D,4,1,2030-06-04,0.00\n", [("E01", 6), ("E02", 5), ("E04", 5)]),
    "other version": (GOOD.replace("1.0", "2.0"), [("E01", 1)]),
    "other currency": (GOOD.replace("GBP", "EUR"), [("E01", 1)]),
    "number of five digits": (GOOD.replace("000124", "00124"), [("E01", 1)]),
    "number 0": (GOOD.replace("000124", "000000"), [("E01", 1)]),
    "no such day": (GOOD.replace("2030-06-04,000124", "2030-06-31,000124"), [("E01", 1)]),
    "created on no day": (GOOD.replace("2030-06-05T02:00:11", "2030-02-30T02:00:11"), [("E01", 1)]),
    "created at no time": (GOOD.replace("T02:00:11", "T25:00:11"), [("E01", 1)]),
    "created without offset": (GOOD.replace("+01:00", ""), [("E01", 1)]),
    "count of four": (GOOD.replace("T,3", "T,4"), [("E02", 5)]),
    "net a penny out": (GOOD.replace("-264.15", "-264.16"), [("E03", 5)]),
    "sums exchanged": (GOOD.replace("98.20,-362.35", "-362.35,98.20"), [("E03", 5), ("E03", 5)]),
    "money not summed": (GOOD.replace("98.20,-362.35,-264.15", "0.00,0.00,0.00"), [("E03", 5)] * 3),
    "hash one out": (GOOD.replace("5700000077", "5700000078"), [("E04", 5)]),
    "reference altered": (GOOD.replace("1900000011", "1900000012"), [("E04", 5)]),
    "line left out": (GOOD.replace("D,2", "D,3"), [("E10", 3)]),
    "line repeated": (GOOD.replace("D,3", "D,2"), [("E10", 4)]),
    "lines from 0": (GOOD.replace("D,1", "D,0"), [("E10", 2)]),
    "line with a leading zero": (GOOD.replace("D,2", "D,02"), [("E10", 3)]),
    "column too many": (GOOD.replace("-112.35", "-112.35,"), [("E10", 2)]),
    "column too few": (GOOD.replace(",-112.35", ""), [("E10", 2)]),
    "blank line": (GOOD.replace("D,2", "\nD,2"), [("E10", 3)]),
    "unknown record": (GOOD.replace("D,2", "X,2"), [("E10", 3)]),
    "NUL": (GOOD.replace("1900000011", "19000\x0000011"), [("E10", 2)]),
    "31 June": (GOOD.replace("11,2030-06-04", "11,2030-06-31"), [("E11", 2)]),
    "British date": (GOOD.replace("11,2030-06-04", "11,04/06/2030"), [("E11", 2)]),
    "year 6": (GOOD.replace("11,2030-06-04", "11,0006-06-04"), [("E11", 2)]),
    "dot at the end": (GOOD.replace("-112.35", "-11235."), [("E12", 2)]),
    "comma in quotes": (GOOD.replace("-112.35", '"-1,12.35"'), [("E12", 2)]),
    "three decimals": (GOOD.replace("-112.35", "-112.350"), [("E12", 2)]),
    "reference with a blank": (GOOD.replace("1900000011", "19000 00011"), [("E13", 2)]),
    "no reference": (GOOD.replace("1900000011", ""), [("E13", 2)]),
}


@pytest.mark.parametrize(("content", "told"), BAD.values(), ids=BAD.keys())
def test_a_bad_file_is_refused_where_it_is_bad(content: str, told: list[tuple[str, int | None]]) -> None:
    outcome = read(FEED, content)
    assert outcome.told == told
    assert outcome.verdict in (Verdict.REJECTED, Verdict.UNREADABLE)


def test_all_that_is_wrong_is_told_at_once() -> None:
    content = GOOD.replace("2030-06-04,-112.35", "2030-06-31,112").replace("GBP", "EUR")
    assert read(FEED, content[: content.index("T,")]).told == [
        ("E01", 1),
        ("E11", 2),
        ("E12", 2),
        ("E01", None),
    ]


def test_sums_are_not_compared_while_a_row_is_unreadable_but_the_count_is() -> None:
    outcome = read(FEED, GOOD.replace("-112.35", "112"))
    assert outcome.told == [("E12", 2)]
    assert {"E03", "E04"} <= outcome.reading.not_checked.keys()
    outcome = read(FEED, GOOD.replace("-112.35", "112").replace("T,3,", "T,4,"))
    assert outcome.told == [("E12", 2), ("E02", 5)]


def test_a_total_says_what_was_found() -> None:
    finding = only_finding(read(FEED, GOOD.replace("-264.15", "-264.16")))
    assert (finding.field, finding.expected) == ("net", "-264.15")
    assert finding.message == "the trailer gives net -264.16, the details -264.15"


@pytest.mark.parametrize(
    ("before", "severity"),
    [(123, None), (None, None), (122, Severity.HOLD), (124, Severity.ERROR), (125, Severity.ERROR)],
)
def test_numbers_follow_one_another(before: int | None, severity: Severity | None) -> None:
    outcome = read(FEED, GOOD, facts=after(before))
    assert [(f.check, f.severity) for f in outcome.reading.findings.kept] == (
        [("E05", severity)] if severity else []
    )


def test_after_the_last_number_comes_the_first() -> None:
    first = enveloped("PRETENCE", ROWS, TRAILER, number="000001")
    assert read(FEED, first, facts=after(999_999)).verdict is Verdict.ACCEPTED
    assert read(FEED, first, facts=after(999_998)).verdict is Verdict.REJECTED


def test_the_first_file_of_all_has_nothing_before_it() -> None:
    assert read(FEED, GOOD, facts=Facts(today=TODAY, history=History())).verdict is Verdict.ACCEPTED


@pytest.mark.parametrize(("today", "told"), [(date(2030, 6, 9), []), (date(2030, 6, 10), [("E07", 1)])])
def test_a_file_of_last_week_is_stale(today: date, told: list[tuple[str, int]]) -> None:
    assert read(FEED, GOOD, facts=Facts(today=today, history=History())).told == told


def test_an_old_file_looked_at_by_itself_is_stale_as_soon_as_a_day_is_given() -> None:
    outcome = read(FEED, GOOD, facts=Facts(today=date(2040, 1, 1)))
    assert outcome.told == [("E07", 1)]
    outcome = read(FEED, GOOD)
    assert outcome.verdict is Verdict.ACCEPTED
    assert {"E05", "E07"} <= outcome.reading.not_checked.keys()


@pytest.mark.parametrize(
    ("today", "fields"),
    [
        (date(2030, 6, 4), []),
        (date(2030, 6, 3), ["created_at"]),
        (date(2030, 6, 2), ["business_date", "created_at"]),
    ],
)
def test_a_file_more_than_a_day_ahead_is_refused(today: date, fields: list[str]) -> None:
    outcome = read(FEED, GOOD, facts=Facts(today=today))
    assert [(f.check, f.severity, f.field) for f in outcome.reading.findings.kept] == [
        ("E07", Severity.ERROR, field) for field in fields
    ]


def test_a_file_of_the_future_is_refused_also_where_none_is_stale() -> None:
    options = GenericOptions(stale_after_days=None)
    assert read(FEED, GOOD, facts=Facts(today=date(2040, 1, 1)), options=options).told == []
    early = read(FEED, GOOD, facts=Facts(today=date(2020, 1, 1)), options=options)
    assert early.told == [("E07", 1), ("E07", 1)]


def test_another_landlords_file_is_refused_where_the_route_names_its_own() -> None:
    ours = GenericOptions(landlord="FAKESHIRE")
    assert read(FEED, GOOD, options=ours).told == []
    finding = only_finding(read(FEED, GOOD.replace("FAKESHIRE", "ELSEWHERE"), options=ours))
    assert (finding.check, finding.line, finding.field) == ("E01", 1, "landlord")
    assert finding.expected == "FAKESHIRE"
    assert "ELSEWHERE" not in finding.message
    assert read(FEED, GOOD.replace("FAKESHIRE", "ELSEWHERE")).told == []


row = st.fixed_dictionaries(
    {
        "payment_ref": st.from_regex(r"[A-Z0-9/\-]{1,25}", fullmatch=True),
        "paid_on": st.dates(date(1900, 1, 1), date(9999, 12, 31)),
        "amount": st.integers(-999_999_999, 999_999_999),
    }
)


@given(st.lists(row, max_size=8))
def test_what_is_written_is_read_back_without_a_finding(rows: list[dict[str, object]]) -> None:
    outcome = read(FEED, PRETENCE.write(rows, ENVELOPE))
    assert outcome.told == []
    amounts = [int(str(row["amount"])) for row in rows]
    assert (outcome.reading.tally.records, outcome.reading.tally.value) == (len(rows), sum(amounts))


def test_a_value_that_no_column_can_carry_is_not_written() -> None:
    with pytest.raises(CannotRender, match="PRETENCE detail 2: payment_ref"):
        PRETENCE.write(
            [{"payment_ref": r, "paid_on": TODAY, "amount": 1} for r in ("OK", "NOT,OK")], ENVELOPE
        )


def test_a_file_is_not_written_without_its_number() -> None:
    moment = Moment(ENVELOPE.created_at, TODAY, "t1")
    with pytest.raises(CannotRender, match="file_seq is not set"):
        Envelope.of(moment, landlord="FAKESHIRE", source="FEEDHUB", number="file_seq")

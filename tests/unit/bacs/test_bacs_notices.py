"""Advance notice: who is told of what, and which collections are not as tenants were told."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from hub.checks.base import Context
from hub.checks.run import failing_at_send
from hub.door.feed import Left
from hub.model import DeliveryState, ItemState, Move, Record, Severity, Verdict
from hub.transfer.records import Snapshot
from plugins.bacs.feeds import ADVANCE_NOTICES, FEEDS
from plugins.bacs.notice_file import notice_csv
from plugins.bacs.notices import Notice, changed, kept, late, notices_of
from plugins.bacs.settings import AdvanceNoticeOptions, SubmissionOptions
from tests.unit.bacs.bacs_files import (
    CALENDAR,
    DDCALL,
    FACTS,
    MOMENT,
    TODAY,
    Outcome,
    call,
    ddcall,
    golden,
    look,
    submission,
)

LONG_AGO = date(2026, 10, 1)
FIRST = "RENT0010000123,1900000011,2026-12-15,521.48,01,PLAN"
SECOND = "RENT0010000456,1900000029,2026-12-15,498.06,17,PLAN"
THIRD = "RENT0010000789,1900000037,2026-12-15,102.50,17,PLAN"


def told(reference: str, day: date, pence: int, on: date = LONG_AGO) -> Record:
    data = {"collections": kept([Notice(day, pence, on)], on)}
    return Record(kind="advance_notice", key=reference, state="NOTIFIED", data=data)


NOTIFIED = Snapshot(
    [
        told("RENT0010000456", date(2026, 11, 15), 49805),
        told("RENT0010000789", date(2026, 11, 15), 10250),
    ]
)
KNOWN = replace(FACTS, records=NOTIFIED)


def planned(*rows: str, facts: Any = KNOWN, **options: Any) -> Outcome:
    settings = AdvanceNoticeOptions(**{"service_user_number": "654321", **options})
    return look(ADVANCE_NOTICES, DDCALL, ddcall(*rows), settings, facts)


def written(outcome: Outcome) -> Any:
    made = ADVANCE_NOTICES.output("notices").write
    assert made is not None
    return made(outcome.carried, replace(outcome.ctx, moment=MOMENT))


def test_only_what_tenants_were_not_told_of_goes_to_the_mailing_house() -> None:
    outcome = planned(FIRST, SECOND, THIRD)
    assert (outcome.verdict, outcome.told) == (Verdict.ACCEPTED, [])
    assert [one.disposition.state for one in outcome.taken] == [
        ItemState.TAKEN,
        ItemState.TAKEN,
        ItemState.NOTED,
    ]
    rendered = written(outcome)
    assert rendered.name == "654321_advance_notice_20261124.csv"
    assert rendered.data == golden("notices/654321_advance_notice_20261124.csv")
    assert rendered.summary == {
        "layout": "project.advance_notice.1", "count": 2, "value": "1019.54", "mandates": 2,
    }  # fmt: skip


def test_the_columns_are_the_routes_own() -> None:
    columns = ("payment_ref", "amount", "user_name", "notice_date", "repeats")
    options = {
        "columns": columns,
        "titles": ("Ref", "£", "From", "Sent", "Then"),
        "user_name": "EXAMPLE COUNCIL",
    }
    data = written(planned(FIRST, **options)).data.decode()
    assert data == "Ref,£,From,Sent,Then\r\n1900000011,521.48,EXAMPLE COUNCIL,2026-11-24,monthly\r\n"


@pytest.mark.parametrize(
    "wrong",
    [{"columns": ("amount", "amount")}, {"columns": ()}, {"titles": ("one",)}, {"file_name": "{nonsense}"}],
)
def test_columns_that_cannot_be_written_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        AdvanceNoticeOptions(**wrong)


COLUMNS = ("reference", "account_name", "collection_date", "amount", "reason")
TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp")), max_size=20)


@given(st.lists(st.tuples(TEXTS, st.dates(date(2000, 1, 1)), st.integers(0, 10**10)), min_size=1, max_size=8))
def test_a_file_of_notices_reads_back_as_it_was_written(rows: list[tuple[str, date, int]]) -> None:
    format = notice_csv(COLUMNS, ())
    layout = format.layouts[0]
    values = [
        {
            "reference": f"RENT{n:06}",
            "account_name": text,
            "collection_date": day,
            "amount": pence,
            "reason": "first",
        }
        for n, (text, day, pence) in enumerate(rows)
    ]
    data = format.encode([format.write_row(layout, one) for one in values])
    read = [row for chunk in format.decode(io.BytesIO(data)) for row in chunk.rows()]  # type: ignore[union-attr]
    kinds = {name: layout.field(name).kind for name in ("collection_date", "amount")}
    again = [
        {name: kinds[name].read(text) if name in kinds else text for name, text in row.values.items()}
        for row in read
    ]
    assert again == values


def day(text: str) -> date:
    return date.fromisoformat(text)


SERIES = [Notice(day("2026-10-15"), 10_000, LONG_AGO), Notice(day("2027-04-15"), 11_000, day("2027-03-01"))]


@pytest.mark.parametrize(
    ("collected", "pence", "what"),
    [
        ("2026-10-15", 10_000, None),
        ("2026-10-20", 10_000, None),  # Thursday and three working days
        ("2026-10-21", 10_000, "date"),
        ("2026-10-14", 10_000, "date"),
        ("2026-11-16", 10_000, None),  # the 15th is a Sunday
        ("2026-11-19", 10_000, None),
        ("2026-11-20", 10_000, "date"),
        ("2026-11-15", 10_001, "amount"),
        ("2027-03-15", 10_000, None),
        ("2027-03-15", 11_000, "amount"),
        ("2027-04-15", 11_000, None),
        ("2027-04-15", 10_000, "amount"),
    ],
)
def test_a_collection_is_as_notified_or_something_of_it_is_new(
    collected: str, pence: int, what: str | None
) -> None:
    change = changed(SERIES, day(collected), pence, CALENDAR, "monthly")
    assert (change.what if change else None) == what


@pytest.mark.parametrize(
    ("repeats", "fits", "does_not"),
    [
        ("weekly", "2026-10-22", "2026-10-28"),
        ("fortnightly", "2026-10-29", "2026-10-22"),
        ("four_weekly", "2026-11-12", "2026-10-29"),
        ("none", "2026-10-16", "2026-11-16"),
    ],
)
def test_a_notice_holds_as_long_as_the_route_says(repeats: Any, fits: str, does_not: str) -> None:
    notices = SERIES[:1]
    assert changed(notices, day(fits), 10_000, CALENDAR, repeats) is None
    assert changed(notices, day(does_not), 10_000, CALENDAR, repeats) is not None


def test_one_yearly_notice_lists_all_dates() -> None:
    rows = [f"RENT0010000123,1900000011,2027-{month:02}-15,521.48,17,PLAN" for month in range(1, 13)]
    outcome = planned(*rows, notice_repeats="none")
    assert len(outcome.carried) == 12
    (move,) = left(outcome)
    again = replace(KNOWN, records=Snapshot([remembered(move)]))
    assert planned(*rows, facts=again, notice_repeats="none").carried == []
    assert written(outcome).summary["mandates"] == 1


def left(outcome: Outcome, state: DeliveryState = DeliveryState.SENT) -> list[Move]:
    return list(ADVANCE_NOTICES.left(outcome.carried, Left("notices", state), outcome.ctx))  # type: ignore[arg-type]


def remembered(move: Move) -> Record:
    return Record(kind=move.kind, key=move.key, state=str(move.to), account=move.account, data=move.data)


def test_what_left_is_remembered_with_the_mandate_beside_what_was_told_before() -> None:
    (move,) = left(planned(SECOND))
    assert (move.kind, move.key, move.account) == ("advance_notice", "RENT0010000456", "1900000029")
    assert notices_of(remembered(move)) == [
        Notice(date(2026, 11, 15), 49805, LONG_AGO),
        Notice(date(2026, 12, 15), 49806, TODAY),
    ]
    assert left(planned(SECOND), DeliveryState.REFUSED) == []


def test_what_was_told_long_ago_is_forgotten_and_of_a_day_the_last_word_counts() -> None:
    notices = [Notice(day("2025-01-15"), 1, LONG_AGO), Notice(TODAY, 2, LONG_AGO), Notice(TODAY, 3, TODAY)]
    assert kept(notices, TODAY) == [[TODAY.isoformat(), 3, TODAY.isoformat()]]


@pytest.mark.parametrize(("days", "found"), [(10, []), (16, ["NOTICE-02"])])
def test_a_late_notice_is_told_and_leaves_all_the_same(days: int, found: list[str]) -> None:
    outcome = planned(FIRST, notice_days=days)
    assert [check for check, _ in outcome.told] == found
    assert len(outcome.carried) == 1


def test_nobody_is_written_to_who_died() -> None:
    hold = Record(
        kind="hold",
        key="1900000011/DECEASED",
        state="ACTIVE",
        account="1900000011",
        data={"kind": "DECEASED"},
    )
    facts = replace(FACTS, records=Snapshot([hold]))
    outcome = planned(FIRST, SECOND, facts=facts)
    assert [one.disposition.state for one in outcome.taken] == [ItemState.HELD, ItemState.TAKEN]
    before = planned(FIRST, facts=FACTS)
    at_the_door = replace(before.ctx, facts=facts)
    stopping = failing_at_send(ADVANCE_NOTICES.checks, before.taken, at_the_door, lambda finding: finding)
    assert [finding.check for finding in stopping] == ["NOTICE-03"]


def test_planned_collections_are_told_from_others_by_the_route_alone() -> None:
    assert [feed.name for feed in FEEDS if feed.recognise(ddcall(FIRST))] == ["bacs.submission"]


# Collections against what was notified. TENANT is collected on 1 December, processed on 30 November.

TENANT = "RENT0010000123,1900000011,2026-12-01,521.48,17,RUN1"


def held_against(*notices: Notice, row: str = TENANT, mode: str | None = "hold", **options: Any) -> Outcome:
    data = {"collections": kept(notices, TODAY)}
    record = Record(kind="advance_notice", key="RENT0010000123", state="NOTIFIED", data=data)
    facts = replace(FACTS, records=Snapshot([record] if notices else []))
    return call(ddcall(row), facts, advance_notice=mode, **options)


DEC_1 = date(2026, 12, 1)


@pytest.mark.parametrize(
    ("notices", "said"),
    [
        ([Notice(DEC_1, 52148, date(2026, 11, 17))], None),
        ([Notice(date(2026, 11, 1), 52148, LONG_AGO)], None),
        ([], "no notice of it was given"),
        ([Notice(DEC_1, 52147, LONG_AGO)], "the notified amount is 521.47"),
        ([Notice(date(2026, 12, 2), 52148, LONG_AGO)], "before the notified 2026-12-02"),
        (
            [Notice(date(2026, 11, 25), 52148, LONG_AGO)],
            "more than 3 working days after the notified 2026-11-25",
        ),
        ([Notice(DEC_1, 52148, date(2026, 11, 18))], "fewer than 10 working days before 2026-12-01"),
    ],
)
def test_a_collection_that_the_tenant_was_not_told_of_waits(notices: list[Notice], said: str | None) -> None:
    outcome = held_against(*notices)
    assert [one.disposition.state for one in outcome.taken] == [ItemState.HELD if said else ItemState.TAKEN]
    assert [check for check, _ in outcome.told] == (["NOTICE-01"] if said else [])
    assert said is None or said in outcome.messages


def test_a_sponsor_may_have_agreed_fewer_days() -> None:
    assert held_against(Notice(DEC_1, 52148, date(2026, 11, 18)), notice_days=9).told == []
    assert late([Notice(DEC_1, 1, TODAY)], DEC_1, CALENDAR, SubmissionOptions(notice_days=5)) is None


def test_it_may_only_be_told_or_not_compared() -> None:
    warned = held_against(mode="warn")
    assert [finding.severity for finding in warned.findings] == [Severity.WARNING]
    assert len(warned.carried) == 1
    assert held_against(mode=None).told == []


def test_a_file_that_goes_on_as_it_came_waits_as_a_whole() -> None:
    outcome = submission(golden("submission/dd-collection-daily.txt"), FACTS, advance_notice="hold")
    assert outcome.verdict is Verdict.HELD
    again = [line for check, line in outcome.told if check == "NOTICE-01"]
    assert len(again) == 2, "the third is presented again (18) and has a notice of its own"


def test_a_context_without_working_days_checks_nothing() -> None:
    ctx = Context(SubmissionOptions(advance_notice="hold"), replace(FACTS, calendar=None), DDCALL)
    check = next(check for check in FEEDS[0].checks if check.id == "NOTICE-01")
    assert check.obstacle(ctx) is not None

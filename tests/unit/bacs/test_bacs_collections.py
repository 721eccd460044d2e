"""From the rent system's request to a collection file: whose account, which day, which words."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from hub.checks.base import Context
from hub.checks.run import failing_at_send
from hub.errors import CannotRender
from hub.model import ItemState, Mandate, Severity, Verdict
from hub.rent.register import AccountRegister
from plugins.bacs.feeds import SUBMISSION
from tests.unit.bacs.bacs_files import (
    DAILY,
    FACTS,
    MOMENT,
    Outcome,
    call,
    ddcall,
    lines,
    put,
    register,
    submission,
    with_line,
)

TENANT = "RENT0010000123,1900000011,2026-12-01,521.48,17,RUN1"
OTHER = "RENT0010000789,1900000037,2026-12-01,102.50,17,RUN1"


def mandate(**values: object) -> Mandate:
    """The first tenant's mandate with something changed."""
    first = Mandate("RENT0010000123", "1900000011", "A TENANT", "000299", "40154823")
    return replace(first, **values)  # type: ignore[arg-type]


def test_an_item_carries_what_the_answer_to_it_is_matched_by() -> None:
    item = call(ddcall(TENANT)).taken[0].item
    assert (item.kind, item.reference, item.amount, item.on) == (
        "COLLECTION",
        "RENT0010000123",
        52148,
        date(2026, 11, 30),
    )
    assert item.personal == {"account_name": "A TENANT", "sort_code": "000299", "account_number": "40154823"}


@pytest.mark.parametrize(
    ("collection", "processing"),
    [
        ("2026-12-01", date(2026, 11, 30)),
        ("2026-12-07", date(2026, 12, 4)),  # over a week-end
        ("2026-12-05", date(2026, 12, 4)),  # a Saturday moves to Monday
        ("2026-12-29", date(2026, 12, 24)),  # over Christmas
        ("2027-01-04", date(2026, 12, 31)),  # over New Year
    ],
)
def test_the_processing_day_is_the_working_day_before_the_collection(
    collection: str, processing: date
) -> None:
    outcome = call(ddcall(TENANT.replace("2026-12-01", collection)), max_days_ahead=60)
    assert outcome.taken[0].item.on == processing


HELD = [
    ("no mandate", TENANT.replace("RENT0010000123", "RENT0010000999"), None, "NO_MANDATE"),
    ("suspended", TENANT, mandate(status="SUSPENDED"), "MANDATE_NOT_ACTIVE"),
    ("new", TENANT, mandate(status="NEW"), "MANDATE_NOT_ACTIVE"),
    ("ended", TENANT, mandate(end_date=date(2026, 11, 30)), "MANDATE_NOT_IN_FORCE"),
    ("not begun", TENANT, mandate(start_date=date(2026, 12, 2)), "MANDATE_NOT_IN_FORCE"),
    ("a sort code of zeros", TENANT, mandate(sort_code="000000"), "S18-010"),
    ("an account of zeros", TENANT, mandate(account_number="00000000"), "S18-010"),
    ("an account with a letter", TENANT, mandate(account_number="4015482X"), "S18-010"),
    ("a name of which nothing is left", TENANT, mandate(account_name="\u674e\u56db"), "S18-021"),
    ("unknown account", TENANT.replace("1900000011", "1900000099"), None, "NO_ACCOUNT"),
    ("somebody else's account", TENANT.replace("1900000011", "1900000029"), None, "OTHER_ACCOUNT"),
]


@pytest.mark.parametrize(
    ("row", "changed", "reason"), [case[1:] for case in HELD], ids=[case[0] for case in HELD]
)
def test_what_must_not_be_collected_waits_and_the_rest_goes(
    row: str, changed: Mandate | None, reason: str
) -> None:
    outcome = call(ddcall(row, OTHER), replace(FACTS, register=register(*([changed] if changed else []))))
    assert [one.disposition.state for one in outcome.taken] == [ItemState.HELD, ItemState.TAKEN]
    assert reason in str(outcome.reasons[0])
    assert b"RENT0010000123" not in outcome.rendered()[1]


@pytest.mark.parametrize("values", [{"sort_code": "000000"}, {"account_number": "4015482X"}])
def test_a_mandate_that_cannot_be_written_is_told_at_its_line_and_without_its_details(
    values: dict[str, str],
) -> None:
    outcome = call(ddcall(OTHER, TENANT), replace(FACTS, register=register(mandate(**values))))
    assert (outcome.verdict, outcome.told) == (Verdict.ACCEPTED, [("S18-010", 3)])
    assert not any(text in outcome.messages for text in ("000000", "4015482", "000299", "TENANT"))


@pytest.mark.parametrize("values", [{"end_date": date(2026, 12, 1)}, {"start_date": date(2026, 12, 1)}])
def test_a_mandate_may_be_used_on_its_first_and_its_last_day(values: dict[str, date]) -> None:
    outcome = call(ddcall(TENANT), replace(FACTS, register=register(mandate(**values))))
    assert (outcome.told, len(outcome.carried)) == ([], 1)


def test_a_cancelled_mandate_refuses_the_whole_request() -> None:
    outcome = call(ddcall(TENANT, OTHER), replace(FACTS, register=register(mandate(status="CANCELLED"))))
    assert (outcome.verdict, outcome.told) == (Verdict.REJECTED, [("S18-023", 2)])


def stopped(outcome: Outcome, today: Context[Any]) -> list[str]:
    """The checks that stop the delivery on the facts of the day of sending."""
    findings = failing_at_send(SUBMISSION.checks, outcome.carried, today, lambda finding: finding)
    return [finding.check for finding in findings]


def test_a_mandate_that_ends_before_sending_stops_the_file_at_the_door() -> None:
    outcome = call(ddcall(TENANT))
    at_the_door = replace(outcome.ctx, facts=replace(FACTS, register=register(mandate(status="DORMANT"))))
    assert stopped(outcome, at_the_door) == ["S18-023"]


def test_an_end_that_is_set_before_sending_stops_the_file_at_the_door() -> None:
    outcome = call(ddcall(TENANT))
    ends = register(mandate(end_date=date(2026, 11, 30)))
    assert stopped(outcome, replace(outcome.ctx, facts=replace(FACTS, register=ends))) == ["S18-023"]


def test_a_mandate_that_the_register_no_longer_knows_stops_the_file_at_the_door() -> None:
    outcome = call(ddcall(TENANT))
    gone = replace(outcome.ctx, facts=replace(FACTS, register=AccountRegister([])))
    assert stopped(outcome, gone) == ["S18-023"]


def test_a_year_without_bank_holidays_is_told() -> None:
    outcome = call(ddcall(TENANT.replace("2026-12-01", "2044-12-01")), max_days_ahead=9999)
    assert [(f.check, f.severity) for f in outcome.findings] == [("S18-008", Severity.WARNING)]


def test_an_input_day_that_passes_before_sending_stops_the_file_at_the_door() -> None:
    outcome = call(ddcall(TENANT))
    late = replace(outcome.ctx, facts=replace(FACTS, today=date(2026, 11, 28)))
    assert [
        check.id
        for check in outcome.examined.feed.checks
        if check.at_send and list(check.run(outcome.taken, late))
    ] == ["S18-008"]


def test_without_a_register_nothing_is_collected() -> None:
    outcome = call(ddcall(TENANT), replace(FACTS, register=None))
    assert outcome.carried == []
    assert "S18-023" in outcome.examined.reading.not_checked


WRONG = [
    ("code 97", TENANT.replace(",17,", ",97,"), "S18-011"),
    ("final", TENANT.replace(",17,", ",19,"), "S18-011"),
    *(
        (code, TENANT.replace(",17,", f",{code},"), "S18-011")
        for code in ("99", "Z4", "Z5", "0N", "0C", "0S")
    ),
    ("no code", TENANT.replace(",17,", ",A TENANT,"), "S18-011"),
    ("a reference of the scheme", TENANT.replace("RENT0010000123", "DDIC0010000123"), "S18-017"),
    ("nothing", TENANT.replace("521.48", "0.00"), "S18-013"),
    ("a refund", TENANT.replace("521.48", "-521.48"), "S18-013"),
    ("a reference that Bacs would change", TENANT.replace("RENT0010000123", "RENT#10000123"), "S18-017"),
    ("an amount with a letter", TENANT.replace("521.48", "5O1.48"), "E12"),
    ("no such day", TENANT.replace("2026-12-01", "2026-11-31"), "E11"),
]


@pytest.mark.parametrize(("row", "check"), [case[1:] for case in WRONG], ids=[case[0] for case in WRONG])
def test_a_wrong_request_is_refused_with_code_and_line(row: str, check: str) -> None:
    data = ddcall(OTHER, OTHER.replace("102.50", "102.51")).replace(
        OTHER.replace("102.50", "102.51").encode(), row.encode()
    )
    outcome = call(data)
    assert outcome.verdict is Verdict.REJECTED
    assert (check, 3) in outcome.told


def test_a_request_may_collect_for_the_last_time_where_that_is_set() -> None:
    outcome = call(ddcall(TENANT.replace(",17,", ",19,")), allow_final=True)
    assert (outcome.verdict, outcome.told) == (Verdict.ACCEPTED, [])
    assert outcome.rendered()[1]


def test_a_request_may_hold_no_instruction_of_nothing() -> None:
    row = TENANT.replace(",17,", ",0N,").replace("521.48", "0.00")
    assert call(ddcall(OTHER, row)).told == [("S18-011", 3)]


def test_a_past_day_of_a_request_is_found_without_a_register() -> None:
    outcome = call(ddcall(TENANT), replace(FACTS, today=date(2026, 11, 30), register=None))
    assert ("S18-008", 2) in outcome.told


def test_a_code_that_is_free_text_is_not_repeated() -> None:
    outcome = call(ddcall(TENANT.replace(",17,", ",A TENANT 40154823,")))
    assert "S18-011" in outcome.checks
    assert not any(text in outcome.messages for text in ("TENANT", "4823"))


def test_the_envelope_is_checked_like_any_generic_file() -> None:
    data = ddcall(TENANT, OTHER).replace(b"T,2,", b"T,3,")
    assert ("E02", 4) in call(data).told


def test_several_processing_days_need_a_several_day_file() -> None:
    data = ddcall(TENANT, OTHER.replace("2026-12-01", "2026-12-08"))
    assert ("S18-009", 3) in call(data).told
    assert call(data, days="multi").told == []


def test_names_are_made_safe_and_the_number_of_changes_is_told() -> None:
    names = register(mandate(account_name="Renée O’Hara-Featherstone"))
    outcome = call(ddcall(TENANT, OTHER), replace(FACTS, register=names))
    assert [(f.check, f.severity) for f in outcome.findings] == [("S18-003", Severity.WARNING)]
    assert "1 account name" in outcome.messages
    assert b"RENEE O HARA-FEATH" in outcome.rendered()[1]


def test_settings_shape_the_file() -> None:
    settings = {"line_end": "lf", "hdr1_15": "1", "unused_numbers": "spaces", "expiry_days": 14}
    named = {
        "receiving_party": "service_user_number",
        "file_name": "{kind}-{serial}-{made:%Y%m%d}-{unix}.dat",
    }
    name, data = call(ddcall(TENANT), **settings, **named).rendered()
    records = data.decode("ascii").split("\n")
    hdr1, hdr2, uhl1 = records[1:4]
    assert name == f"collections-000124-20261124-{MOMENT.now.timestamp():.0f}.dat"
    assert (hdr1[14], hdr1[47:53], hdr1[54:60], hdr2[50:52]) == ("1", " 26348", " " * 6, "  ")
    assert uhl1[10:16] == "654321"


def test_the_day_of_making_is_londons() -> None:
    just_after_midnight = replace(MOMENT, now=MOMENT.now.replace(month=7, day=1, hour=23, minute=30))
    outcome = call(ddcall(TENANT))
    assert lines(outcome.rendered(just_after_midnight)[1])[1][41:47] == " 26183"  # 2 July


def test_a_contra_that_would_not_fit_is_refused_with_what_to_do() -> None:
    rows = [TENANT.replace("521.48", f"{999_999_999 - number}.99") for number in range(2)]
    outcome = call(ddcall(*rows), item_limit="9999999999.99")
    with pytest.raises(CannotRender, match=r"1999999998\.98.*split the run"):
        outcome.rendered()


@pytest.mark.parametrize("missing", ["service_user_number", "user_name", "originating_accounts"])
def test_a_file_is_not_made_without_what_only_the_council_knows(missing: str) -> None:
    empty: object = () if missing == "originating_accounts" else None
    with pytest.raises(CannotRender, match=missing):
        call(ddcall(TENANT), **{missing: empty}).rendered()


def test_a_file_is_not_made_without_a_calendar() -> None:
    with pytest.raises(CannotRender, match="calendar"):
        call(ddcall(TENANT), replace(FACTS, calendar=None)).rendered()


def test_numbers_are_drawn_for_the_service_user_and_the_processing_day() -> None:
    outcome = call(ddcall(TENANT))
    numbers = outcome.examined.feed.output("submission").numbers
    drawn = {n.name: (n.scope(outcome.carried, outcome.ctx), n.policy, n.last) for n in numbers}
    assert drawn == {
        "serial": ("bacs.serial:654321", "never_again", 999_999),
        "file_number": ("bacs.file_number:654321:2026-11-30", "never_again", 999),
    }


def test_only_standard_18_goes_on_as_it_came() -> None:
    outcome = call(ddcall(TENANT))
    forward = outcome.examined.feed.output("submission").forward
    assert forward is not None
    assert not forward(outcome.ctx)
    assert forward(replace(outcome.ctx, format="standard18"))


@pytest.mark.parametrize(
    ("row", "check"),
    [
        (TENANT.replace(",17,", ",97,"), "S18-011"),
        (TENANT.replace("521.48", "0.00"), "S18-013"),
        (TENANT.replace("RENT0010000123", "DDIC0010000123"), "S18-017"),
    ],
)
def test_a_bad_request_may_wait_alone_where_the_hub_writes_the_file(row: str, check: str) -> None:
    assert call(ddcall(row, OTHER)).verdict is Verdict.REJECTED
    outcome = call(ddcall(row, OTHER), bad_records="quarantine")
    assert (outcome.verdict, outcome.told) == (Verdict.ACCEPTED, [(check, 2)])
    assert [one.disposition.state for one in outcome.taken] == [ItemState.HELD, ItemState.TAKEN]
    assert [record[64:82].rstrip() for record in lines(outcome.rendered()[1])[4:6]] == [
        "RENT0010000789",
        "CONTRA",
    ]


def test_of_a_file_that_goes_on_as_it_came_nothing_may_stay_behind() -> None:
    bad = with_line(DAILY, 5, put(16, "97"))
    for options in ({}, {"bad_records": "quarantine"}):
        assert submission(bad, **options).verdict is Verdict.REJECTED

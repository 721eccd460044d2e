"""Refunds: from the rent system's request, or from what waits in the hub, to credits with their contra."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from hub.checks.run import failing_at_send
from hub.model import Account, Facts, Item, ItemState, Verdict
from hub.rent.register import AccountRegister
from plugins.bacs.feeds import SUBMISSION
from tests.unit.bacs.bacs_files import (
    ACCOUNTS,
    FACTS,
    MANDATES,
    Outcome,
    call,
    ddcall,
    gathered,
    lines,
    refunds,
    submission,
)
from tests.unit.bacs.test_bacs_written_files import oracle

ROW = "RF-0010000123,1900000011,A Tenant,75.00,BACS,00-02-99,40154823,CREDIT,A CLERK,B OFFICER,2026-11-20,YES"
SECOND = ROW.replace("0010000123,1900000011", "0010000456,1900000029").replace("75.00", "12.34")
COLLECTION = "RENT0010000123,1900000011,2026-11-27,521.48,17,RUN1"
MAIN, GARAGES = (
    {"sort_code": "000199", "account_number": number, "account_name": name}
    for number, name in (("20000015", "EXAMPLE COUNCIL"), ("20000023", "EXAMPLE GARAGES"))
)


def asked(*rows: str, facts: Facts = FACTS, **options: Any) -> Outcome:
    """Refunds as the rent system exports them, gathered into a submission."""
    return gathered(*refunds(*(rows or (ROW,)), facts=facts), facts=facts, **options)


def test_a_refund_becomes_a_credit_with_a_contra_that_debits_us() -> None:
    outcome = asked(ROW, SECOND)
    assert (outcome.verdict, outcome.checks) == (Verdict.ACCEPTED, {"S18-003"})  # small letters of the names
    name, data = outcome.rendered()
    records = lines(data)
    first, second, contra = records[4:7]
    assert name == "654321_refunds_20261126_000124.txt"
    assert first[:46] == "0002994015482309900019920000015    00000007500"
    assert (first[64:82], first[82:]) == ("RF-0010000123     ", "A TENANT          ")
    assert contra[:46] == "0001992000001501700019920000015    00000008734"
    assert (second[15:17], contra[64:70]) == ("99", "CONTRA")
    assert oracle(records)[0]
    assert submission(data).verdict is Verdict.ACCEPTED


@pytest.mark.parametrize(
    ("today", "days", "processing"),
    [
        (date(2026, 11, 24), 1, date(2026, 11, 25)),
        (date(2026, 11, 27), 1, date(2026, 11, 30)),  # over a week-end
        (date(2026, 11, 28), 2, date(2026, 12, 2)),  # input on Monday at the earliest
        (date(2026, 12, 23), 2, date(2026, 12, 29)),  # over Christmas
    ],
)
def test_a_refund_is_processed_as_soon_as_the_route_allows(today: date, days: int, processing: date) -> None:
    outcome = asked(facts=replace(FACTS, today=today), days_to_pay=days)
    assert outcome.carried[0].item.on == processing
    assert outcome.checks <= {"S18-003"}


GROUPED = replace(
    FACTS,
    register=AccountRegister(
        [replace(ACCOUNTS[0], rent_group="HOMES"), replace(ACCOUNTS[1], rent_group="GARAGES"), *ACCOUNTS[2:]],
        MANDATES,
    ),
)
TWO = {"originating_accounts": [MAIN, {**GARAGES, "rent_groups": ["GARAGES"]}]}


def test_each_account_and_direction_has_its_own_contra() -> None:
    outcome = asked(ROW, SECOND, facts=GROUPED, **TWO)
    records = lines(outcome.rendered()[1])
    balanced, payments, count = oracle(records)
    assert (balanced, count) == (True, 2)
    assert payments == {
        ("", "00019920000015", "credit"): 7500,
        ("", "00019920000023", "credit"): 1234,
    }
    assert [record[82:].strip() for record in records if record[64:70] == "CONTRA"] == [
        "EXAMPLE COUNCIL",
        "EXAMPLE GARAGES",
    ]


@pytest.mark.parametrize(
    "accounts",
    [
        [MAIN, GARAGES],
        [{**MAIN, "rent_groups": ["HOMES"]}, {**GARAGES, "rent_groups": ["HOMES"]}],
        [{**MAIN, "rent_groups": ["FLATS"]}],
        [{**MAIN, "carries": ["collections"]}],
    ],
    ids=["two for all", "two for its group", "none for its group", "for collections only"],
)
def test_an_account_is_never_guessed(accounts: list[Mapping[str, Any]]) -> None:
    outcome = asked(ROW, facts=GROUPED, originating_accounts=accounts)
    assert [one.disposition.state for one in outcome.taken] == [ItemState.HELD]
    assert "S18-012" in outcome.checks


def test_collections_and_refunds_may_have_accounts_of_their_own() -> None:
    accounts = [{**MAIN, "carries": ["collections"]}, {**GARAGES, "carries": ["refunds"]}]
    assert asked(originating_accounts=accounts).rendered()[1].count(b"20000023") == 3
    assert call(ddcall(COLLECTION), originating_accounts=accounts).rendered()[1].count(b"20000015") == 3


def item(kind: str, line: int, reference: str, **changes: Any) -> Item:
    personal = {"account_name": "René Tenant", "sort_code": "000299", "account_number": "40154823"}
    made = Item(kind, line, reference, 7500, date(2026, 11, 26), {}, personal)
    return replace(made, **changes)


REFUND = item("REFUND", 2, "REFUND 0010000123", on=date(2026, 11, 2))
DEBIT = item("COLLECTION", 3, "RENT0010000123", data={"transaction_code": "17"})


def test_what_waits_in_the_hub_is_gathered_into_one_file() -> None:
    outcome = gathered((REFUND, "1900000011"), (DEBIT, "1900000011"))
    assert outcome.checks == {"S18-003"}
    name, data = outcome.rendered()
    records = lines(data)
    assert name == "654321_mixed_20261126_000124.txt"
    assert [record[15:17] for record in records[4:-3]] == ["17", "99", "99", "17"]
    assert oracle(records)[0]
    assert "RENE TENANT" in records[4]
    assert submission(data).verdict is Verdict.ACCEPTED


def test_a_gathered_refund_is_for_the_soonest_day_and_a_collection_keeps_its_own() -> None:
    later = replace(DEBIT, on=date(2026, 12, 4))
    outcome = gathered((REFUND, "1900000011"), (later, "1900000011"), days="multi")
    assert [one.item.on for one in outcome.carried] == [date(2026, 11, 26), date(2026, 12, 4)]


def test_a_gathered_file_that_misses_its_day_is_stopped_at_the_door() -> None:
    outcome = gathered((REFUND, "1900000011"))
    late = replace(outcome.ctx, facts=replace(FACTS, today=date(2026, 11, 26)))
    findings = failing_at_send(SUBMISSION.checks, outcome.carried, late, lambda finding: finding)
    assert [finding.check for finding in findings] == ["S18-008"]


UNFIT: list[tuple[str, Item, str]] = [
    ("nothing", replace(REFUND, amount=0), "S18-013"),
    ("too much", replace(REFUND, amount=20_000_000_01), "S18-013"),
    ("a reference that would change", replace(REFUND, reference="Refund 123"), "S18-017"),
    ("a wrong Direct Debit reference", replace(DEBIT, reference="RENT1"), "S18-017"),
    ("a code that is not allowed", replace(DEBIT, data={"transaction_code": "19"}), "S18-011"),
    ("no sort code", replace(REFUND, personal={**REFUND.personal, "sort_code": ""}), "S18-010"),
    ("no name", replace(REFUND, personal={**REFUND.personal, "account_name": "\u674e"}), "S18-021"),
]


@pytest.mark.parametrize(("unfit", "check"), [row[1:] for row in UNFIT], ids=[row[0] for row in UNFIT])
def test_of_what_was_gathered_only_what_is_wrong_waits_again(unfit: Item, check: str) -> None:
    sound = replace(REFUND, line=9, reference="REFUND 0010000456")
    outcome = gathered((unfit, "1900000011"), (sound, "1900000029"))
    assert [one.disposition.state for one in outcome.taken] == [ItemState.HELD, ItemState.TAKEN]
    assert (check, unfit.line) in outcome.told
    assert outcome.rendered()[1].count(b"REFUND 0010000456") == 1


def test_a_month_of_refunds_is_made_for_every_account_that_may_pay() -> None:
    accounts = [Account(f"19{n:08}", rent_group="GARAGES" if n % 3 else "HOMES") for n in range(40)]
    rows = [ROW.replace("0010000123,1900000011", f"{n:010},19{n:08}") for n in range(40)]
    outcome = asked(*rows, facts=replace(FACTS, register=AccountRegister(accounts)), **TWO)
    balanced, payments, count = oracle(lines(outcome.rendered()[1]))
    assert (balanced, count) == (True, 40)
    assert sorted(payments.values()) == [14 * 7500, 26 * 7500]

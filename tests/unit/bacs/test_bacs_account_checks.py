"""Bank accounts against the modulus tables (S18-019, over the made-up ones of the field's own tests), and
against the mandate (S18-029); and mandates that were not used for long (S18-028)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from hub.config.modulus_tables import read_folder
from hub.model import ItemState, Mandate, Severity, Verdict
from tests.unit.bacs.bacs_files import (
    DAILY,
    FACTS,
    INSTRUCTIONS,
    REFUND,
    call,
    ddcall,
    golden,
    put,
    register,
    request,
    submission,
    with_line,
)
from tests.unit.bacs.test_bacs_collections import OTHER, TENANT, mandate

SECOND = 6  # the line of the second payment in the daily file
TABLES = read_folder(Path(__file__).parents[1] / "fields/modulus").tables
KNOWN = replace(FACTS, modulus_tables=TABLES)
ANYBODY = replace(KNOWN, register=None)  # whose bank account a mandate has is not known


def test_accounts_that_can_exist_pass() -> None:
    outcome = submission(DAILY, ANYBODY)
    assert outcome.told == []
    assert "S18-019" not in outcome.examined.reading.not_checked


def test_without_tables_that_it_cannot_be_checked_is_said_once() -> None:
    not_checked = submission(DAILY).examined.reading.not_checked
    assert not_checked["S18-019"] == "needs modulus tables, which is not known here"


def test_an_account_that_cannot_exist_is_a_warning_on_a_payment_and_an_error_on_an_instruction() -> None:
    payment = submission(with_line(DAILY, 5, put(7, "40154824")), ANYBODY)
    assert [(f.check, f.line, f.severity) for f in payment.findings] == [("S18-019", 5, Severity.WARNING)]
    assert payment.verdict is Verdict.ACCEPTED
    instruction = submission(with_line(INSTRUCTIONS, 5, put(7, "04859889")), ANYBODY)
    assert ("S18-019", 5) in instruction.told
    assert instruction.verdict is Verdict.REJECTED


@pytest.mark.parametrize(
    ("said", "severities"),
    [("error", [Severity.ERROR]), ("warning", [Severity.WARNING]), ("note", [Severity.NOTE]), ("off", [])],
)
def test_the_route_says_how_grave_it_is(said: str, severities: list[Severity]) -> None:
    outcome = submission(with_line(DAILY, 5, put(7, "40154824")), ANYBODY, modulus_payments=said)
    assert [f.severity for f in outcome.findings] == severities


def test_what_the_tables_do_not_cover_is_noted_with_its_number() -> None:
    data = with_line(with_line(DAILY, 5, put(1, "990000")), 6, put(1, "990000"))
    outcome = submission(data, ANYBODY)
    assert [(f.check, f.line, f.severity) for f in outcome.findings] == [("S18-019", 5, Severity.NOTE)]
    assert outcome.messages.startswith("2 account numbers")


def test_our_own_account_in_a_contra_is_none_of_its_business() -> None:
    covered = TABLES.check("000199", "20000015")
    assert covered == "invalid"
    assert submission(REFUND, ANYBODY).told == []


def test_of_what_the_hub_writes_only_the_item_waits_where_it_is_an_error() -> None:
    wrong = replace(KNOWN, register=register(mandate(account_number="40154824")))
    assert [f.severity for f in call(ddcall(TENANT, OTHER), wrong).findings] == [Severity.WARNING]
    outcome = call(ddcall(TENANT, OTHER), wrong, modulus_payments="error")
    assert [one.disposition.state for one in outcome.taken] == [ItemState.HELD, ItemState.TAKEN]
    assert outcome.told == [("S18-019", 2)]


def test_a_csv_row_is_checked_with_or_without_hyphens() -> None:
    data = golden("submission/paygate.csv")
    assert request("paygate", data.replace(b"000299,", b"00-02-99,", 1), ANYBODY).told == []
    wrong = data.replace(b"000299,40154823", b"00-02-99,40154824")
    assert request("paygate", wrong, ANYBODY).told == [("S18-019", 1)]


def test_no_message_repeats_the_account() -> None:
    told = submission(with_line(DAILY, 5, put(7, "40154824")), ANYBODY).messages
    assert not any(secret in told for secret in ("40154824", "4824", "000299"))


def test_a_file_that_debits_another_account_than_the_mandates_waits_for_a_person() -> None:
    moved = Mandate("RENT0010000456", "1900000029", "B", "000100", "04859896")
    outcome = submission(DAILY, replace(FACTS, register=register(moved)))
    assert (outcome.verdict, outcome.told) == (Verdict.HELD, [("S18-029", SECOND)])
    assert "04859888" not in outcome.messages


def test_a_file_that_collects_from_strangers_waits_only_where_that_is_set() -> None:
    data = with_line(DAILY, SECOND, put(65, "RENT0010000999"))
    assert submission(data).told == []
    outcome = submission(data, known_mandates_only=True)
    assert (outcome.verdict, outcome.told) == (Verdict.HELD, [("S18-029", SECOND)])


@pytest.mark.parametrize(
    ("used", "told"), [(date(2024, 11, 29), [("S18-028", SECOND)]), (date(2024, 12, 2), [])]
)
def test_a_mandate_that_was_not_used_for_two_years_is_told_of(used: date, told: list[object]) -> None:
    outcome = submission(DAILY, replace(FACTS, left={"RENT0010000456": used}))
    assert (outcome.verdict, outcome.told) == (Verdict.ACCEPTED, told)

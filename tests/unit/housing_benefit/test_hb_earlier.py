"""What a row says of an earlier posting: adjustments and overpayments; and rates, and Universal Credit."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from hub.model import EarlierItem, Facts, ItemState
from plugins.housing_benefit.earlier import recalls
from tests.unit.housing_benefit.posting_files import (
    ADJUSTMENT,
    OVERPAYMENT,
    Row,
    account,
    facts,
    posting_file,
    read,
)

FIRST = "FAKE0001/1"
TAKEN, HELD = ItemState.TAKEN, ItemState.HELD


def earlier(amount: int = -22468, **said: Any) -> EarlierItem:
    """The posting 000041-0000117."""
    data = {
        "claim_ref": "90000012X",
        "entry_type": "HBE",
        "source": "9999-ACAD",
        "posting": "000041-0000117",
        "original": None,
        "from_date": "2026-03-30",
        "to_date": "2026-04-12",
        **said,
    }
    return EarlierItem("t0.117", "BENEFIT", FIRST, amount, date(2026, 3, 30), "1900000001", data)


def known(*items: EarlierItem) -> Facts:
    return facts(account(1, balance=-50000), earlier={FIRST: items})


def adjusted(facts: Facts, **options: Any) -> tuple[list[ItemState], list[str]]:
    outcome = read(posting_file(ADJUSTMENT), facts, **options)
    told = [one.message for one in outcome.findings if one.check == "HB-ADJUSTED"]
    return outcome.states, told


def test_an_adjustment_tells_the_posting_that_it_puts_right() -> None:
    outcome = read(posting_file(ADJUSTMENT), known(earlier()))
    (one,) = outcome.taken
    assert (one.disposition.state, one.disposition.reason) == (TAKEN, "ADJUSTS: t0.117 of 2026-03-30")


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        (known(), "was not posted"),
        (known(earlier(claim_ref="90000099K")), "was not posted"),
        (known(earlier(source="9999-NECI")), "was not posted"),
        (known(earlier(posting="000040-0000117")), "was not posted"),
        (known(earlier(-5424)), "posted 54.24, and 54.25 is taken back"),
        (
            known(earlier(), earlier(5425, entry_type="HBA", posting="000042-9", original="000041-0000117")),
            "was put right before",
        ),
    ],
)
def test_an_adjustment_that_undoes_no_posting_waits(facts: Facts, told: str) -> None:
    states, messages = adjusted(facts)
    assert states == [HELD]
    assert told in messages[0]


def test_the_whole_of_a_posting_may_be_taken_back_and_once() -> None:
    whole = replace(ADJUSTMENT, gross=-22468)
    assert read(posting_file(whole), known(earlier())).states == [TAKEN]
    twice = read(posting_file(whole, replace(whole, first="20260406")), known(earlier()))
    assert twice.states == [TAKEN, HELD]


def test_postings_from_before_the_hubs_time_are_not_looked_for() -> None:
    assert adjusted(known(), originals_from=42) == ([TAKEN], [])
    assert adjusted(known(), originals_from=41)[0] == [HELD]


def test_what_is_not_known_is_not_checked() -> None:
    outcome = read(posting_file(ADJUSTMENT))
    assert outcome.states == [TAKEN]
    assert "HB-ADJUSTED" in outcome.examined.reading.not_checked


@pytest.mark.parametrize(
    ("credits", "warned"),
    [
        ([], True),
        ([earlier(-3999)], True),
        ([earlier(-4000)], False),
        ([earlier(-2000), earlier(-2000, posting="000040-1")], False),
        ([earlier(-4000, from_date="2026-03-16", to_date="2026-03-29")], True),
        ([earlier(-4000, entry_type="DHP")], True),
        ([earlier(-4000), earlier(4000, entry_type="OPD")], True),
    ],
)
def test_an_overpayment_without_its_credit_is_told(credits: list[EarlierItem], warned: bool) -> None:
    outcome = read(posting_file(OVERPAYMENT), known(*credits))
    assert outcome.states == [TAKEN]
    assert ("HB-OPD-CREDIT" in outcome.warned) is warned


def test_only_adjustments_and_overpayments_look_back() -> None:
    outcome = read(posting_file(Row(), ADJUSTMENT, OVERPAYMENT, replace(ADJUSTMENT, original="")), known())
    assert [recalls(item) for item in outcome.items] == [None, FIRST, FIRST, None]


@pytest.mark.parametrize(("recovered", "warned"), [(3850, False), (3851, True)])
def test_more_than_the_rate_is_told(recovered: int, warned: bool) -> None:
    assert ("HB-RECOVERY-RATE" in read(posting_file(Row(recovered=recovered))).warned) is warned


def test_rates_have_dates_and_a_day_without_one_is_not_judged() -> None:
    row = posting_file(Row(recovered=4251))
    assert read(row, recovery_rates={"2026-03-31": "21.25"}).warned == []
    assert read(row, recovery_rates={"2026-03-30": "21.25"}).warned == ["HB-RECOVERY-RATE"]
    assert read(row, recovery_rates={}).warned == []


class OnUniversalCredit:
    """A code map: account 1 since 30 March."""

    def value(self, name: str, code: str, on: date) -> str | None:
        assert name == "on_uc"
        return "UC" if code == "1900000001" and on >= date(2026, 3, 30) else None


@pytest.mark.parametrize(
    ("row", "options", "state"),
    [
        (Row(first="20260330", last="20260412"), {}, TAKEN),  # the run-on
        (Row(first="20260330", last="20260413"), {}, HELD),
        (Row(first="20260330", last="20260413", entry="DHP"), {}, TAKEN),
        (Row(first="20260330", last="20260413", rent_ref="FAKE0002/1"), {}, TAKEN),
        (Row(first="20260330", last="20260413"), {"uc_exempt_groups": ["TEMP"]}, TAKEN),
    ],
)
def test_benefit_for_a_tenant_on_universal_credit_waits(
    row: Row, options: dict[str, Any], state: ItemState
) -> None:
    accounts = (account(1, rent_group="TEMP"), account(2, rent_group="TEMP"))
    outcome = read(
        posting_file(row), facts(*accounts, codes=OnUniversalCredit()), uc_accounts="on_uc", **options
    )
    assert outcome.states == [state]

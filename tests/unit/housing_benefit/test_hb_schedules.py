"""Schedules of another council: who is credited, who is charged, and what is refused."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.model import History, ItemState, LastTransfer, Verdict
from tests.mutator import KINDS, SEED, faults
from tests.unit.housing_benefit.posting_files import account, facts
from tests.unit.housing_benefit.schedule_files import NAMES, SECRET, Paid, read, schedule

DEBTOR = "90000099K"
TAKEN, SUSPENDED = ItemState.TAKEN, ItemState.SUSPENDED
GONE = account(2, status="ENDED", end_date=date(2026, 1, 4), claim_ref=DEBTOR)
KNOWN = facts(account(1), GONE, account(3))


def test_each_tenant_is_credited_with_what_was_paid() -> None:
    outcome = read(schedule(Paid(), Paid(claim="90000034C", rent_ref="FAKE0003/1", gross=380_00)))
    assert (outcome.verdict, outcome.told) == (Verdict.ACCEPTED, [])
    assert [(one.disposition.account, one.item.amount) for one in outcome.taken] == [
        ("1900000001", -400_00),
        ("1900000003", -380_00),
    ]


def test_what_is_recovered_of_a_tenants_own_overpayment_is_not_credited() -> None:
    (item,) = read(schedule(Paid(deduction=46_20))).items
    assert (item.amount, item.data["recovered"], item.data["entry_type"]) == (-353_80, "46.20", "HBE")


def test_the_blameless_tenant_has_paid_in_full_and_who_was_overpaid_is_charged() -> None:
    outcome = read(schedule(Paid(deduction=46_20, debtor=DEBTOR)), KNOWN)
    assert [(one.disposition.account, one.item.amount) for one in outcome.taken] == [
        ("1900000001", -400_00),
        ("1900000002", 46_20),
    ]
    assert [one.item.data["entry_type"] for one in outcome.taken] == ["HBE", "OPD"]
    assert sum(outcome.money.values()) == -353_80


def test_a_charge_of_a_claim_that_nobody_knows_is_suspended() -> None:
    outcome = read(schedule(Paid(deduction=46_20, debtor="90000098J")), KNOWN)
    assert outcome.money == {TAKEN: -400_00, SUSPENDED: 46_20}


def test_names_addresses_and_reasons_are_not_kept() -> None:
    outcome = read(schedule(Paid(deduction=5_00, debtor=DEBTOR), Paid(net=1, claim="X")), KNOWN)
    kept = repr([outcome.items, outcome.findings, outcome.examined.tally.summary()])
    assert not any(secret in kept for secret in (SECRET, "Secret Street", "a reason"))


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (Paid(net=399_99), [("HB-SCHED-NET", 2)]),
        (Paid(deduction=-1), [("HB-SCHED-NET", 2)]),
        (Paid(deduction=400_01), [("HB-SCHED-NET", 2)]),
        (Paid(first="2026-04-13"), [("HB-SCHED-DATES", 2)]),
        (Paid(claim="A12"), [("HB-SCHED-CLAIM", 2)]),
        (Paid(rent_ref="1.23E+11"), [("HB-SCHED-CLAIM", 2)]),
        (Paid(creditor="OTHER"), [("HB-SCHED-CREDITOR", 2)]),
        (Paid(on="2026-02-30"), [("HB-SCHED-ROW", 2)]),
    ],
)
def test_a_wrong_row_refuses_the_schedule(row: Paid, told: list[tuple[str, int]]) -> None:
    outcome = read(schedule(row))
    assert outcome.verdict is Verdict.REJECTED
    assert set(told) <= set(outcome.told)


@pytest.mark.parametrize("total", ["#TOTAL,2,", "#TOTAL,1,400.01,"])
def test_totals_that_the_rows_do_not_come_to_refuse_the_schedule(total: str) -> None:
    true = "#TOTAL,1,400.00,"
    outcome = read(schedule(Paid()).replace(true[: len(total)].encode(), total.encode()))
    assert (outcome.verdict, outcome.told) == (Verdict.REJECTED, [("HB-SCHED-CONTROL", 3)])


def test_a_schedule_of_two_payments_is_refused() -> None:
    outcome = read(schedule(Paid(), Paid(claim="90000034C", number="S0043")))
    assert outcome.told == [("HB-SCHED-ONE", 3)]


@pytest.mark.parametrize(("gross", "told"), [(2_400_01, [("HB-SCHED-MAX-WEEKLY", 2)]), (2_400_00, [])])
def test_a_row_of_too_much_a_week_waits_with_what_it_charges(gross: int, told: list[Any]) -> None:
    """600.00 a week, for the four weeks from 16 March to 12 April."""
    row = Paid(weekly=600_00, gross=gross, deduction=1_00, debtor=DEBTOR)
    outcome = read(schedule(row), KNOWN)
    assert outcome.told == told
    assert outcome.states == [ItemState.HELD if told else TAKEN] * 2


@pytest.mark.parametrize(
    ("gross", "warned"), [(399_95, True), (399_96, False), (400_04, False), (400_05, True)]
)
def test_a_gross_that_is_not_the_weeks_worth_is_told_and_paid(gross: int, warned: bool) -> None:
    """A penny a week either way is rounding."""
    outcome = read(schedule(Paid(gross=gross)))
    assert ("HB-SCHED-GROSS" in outcome.warned, outcome.states) == (warned, [TAKEN])


@pytest.mark.parametrize(
    ("spoil", "line"),
    [
        (lambda lines: lines[:-1], None),
        (lambda lines: [*lines, lines[1]], 4),
        (lambda lines: [*lines[:-1], lines[-1] + b",1.00"], 3),
    ],
)
def test_a_schedule_that_was_cut_off_or_goes_on_is_refused(spoil: Any, line: int | None) -> None:
    outcome = read(b"\r\n".join([*spoil(schedule(Paid()).split(b"\r\n")[:-1]), b""]))
    assert outcome.verdict is Verdict.REJECTED
    assert ("HB-SCHED-STRUCTURE", line) in outcome.told


@pytest.mark.parametrize(
    ("last", "held"), [("2026-03-20", False), ("2026-03-27", True), ("2026-02-20", True)]
)
def test_schedules_come_every_four_weeks(last: str, held: bool) -> None:
    before = LastTransfer("t0", date.fromisoformat(last), 1, 0, {"creditor": "FAKE-CRED-1"})
    outcome = read(schedule(Paid()), facts(history=History(last=before, recent=(before,))))
    assert (("HB-SCHED-CALENDAR", None) in outcome.told) is held


def test_the_schedule_is_known_by_its_number_and_creditor() -> None:
    tally = read(schedule(Paid())).examined.tally
    assert (tally.identity(), tally.business_date()) == ("FAKE-CRED-1/S0042", date(2026, 4, 17))


@st.composite
def rows(draw: st.DrawFn) -> Paid:
    gross = draw(st.integers(0, 240_000))
    return Paid(
        claim=f"9000000{draw(st.integers(0, 4))}A",
        rent_ref=draw(st.sampled_from(["FAKE0001/1", "FAKE0002/1", "FAKE0009/1", ""])),
        gross=gross,
        deduction=draw(st.integers(0, gross)),
        debtor=draw(st.sampled_from(["", DEBTOR, "90000001A"])),
    )


@given(st.lists(rows(), max_size=12))
def test_what_the_bank_was_paid_is_taken_suspended_held_and_noted(them: list[Paid]) -> None:
    outcome = read(schedule(*them), KNOWN)
    assert outcome.verdict is Verdict.ACCEPTED
    assert sum(row.pays for row in them) == -sum(outcome.money.values())
    assert set(outcome.money) <= {TAKEN, SUSPENDED, ItemState.HELD, ItemState.NOTED}


SOUND = schedule(
    Paid(),
    Paid(claim="90000034C", rent_ref="FAKE0003/1", deduction=46_20, debtor=DEBTOR),
    Paid(claim="1234567", rent_ref="FAKE9999/9", gross=123_45, weekly=30_86),
)
CONTROLS = re.compile("[\0-\x1f\x7f-\x9f]")


def paid(data: bytes) -> int | None:
    """The net of a sound schedule, read by a few lines of this file; None when it must be refused."""
    try:
        text = data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError:
        return None
    if not text.endswith("\n") or CONTROLS.search(text.replace("\n", "")):
        return None
    try:
        head, *lines, tail = list(csv.reader(io.StringIO(text), strict=True))
        fits = [cell.strip().lower() for cell in head] == NAMES.split(",")
        sound = (
            fits and all(map(row_fits, lines)) and len({tuple(map(str.strip, row[:3])) for row in lines}) == 1
        )
        agreed = len(tail) == 5 and tail[0] == "#TOTAL" and re.fullmatch("[0-9]+", tail[1])
        sums = [sum(pence(row[place]) for row in lines) for place in (11, 12, 15)]
        same = agreed and int(tail[1]) == len(lines) and sums == [pence(cell) for cell in tail[2:]]
    except (ValueError, csv.Error, IndexError):
        return None
    return sums[2] if sound and same else None


def row_fits(row: list[str]) -> bool:
    first, last, on = (day(row[place]) for place in (8, 9, 2))
    gross, deduction, net = (pence(row[place]) for place in (11, 12, 15))
    claims = [row[3], *([row[14]] if row[14].strip() else [])]
    return (
        len(row) == 16
        and row[1].strip() == "FAKE-CRED-1"
        and first <= last
        and on <= date.max
        and net == gross - deduction
        and 0 <= deduction <= max(gross, 0)
        and pence(row[10]) is not None
        and all(re.fullmatch("[0-9]{1,8}[A-Z0-9]?", claim.strip()) for claim in claims)
        and not re.fullmatch(r"(?i)[0-9.]+E\+[0-9]+", row[7].strip())
        and 0 < len(row[0].strip()) <= len(row[0]) <= 24
        and len(row[7]) <= 24
    )


def pence(text: str) -> int:
    if not re.fullmatch(r"-?[0-9]{1,13}\.[0-9]{2}", text):
        raise ValueError(text)
    return int(text.replace(".", ""))


def day(text: str) -> date:
    if not re.fullmatch("(?:19|[2-9][0-9])[0-9]{2}-[0-9]{2}-[0-9]{2}", text):
        raise ValueError(text)
    return date.fromisoformat(text)


def agree(data: bytes) -> bool:
    outcome = read(data)
    taken = outcome.verdict in (Verdict.ACCEPTED, Verdict.HELD)
    return (outcome.examined.tally.value if taken else None) == paid(data)


def test_the_judge_knows_a_sound_schedule() -> None:
    assert paid(SOUND) == 400_00 + 353_80 + 123_45
    assert agree(SOUND)
    assert agree(SOUND.replace(b"\r\n", b"\n"))


@pytest.mark.parametrize("kind", KINDS)
def test_a_planted_fault_is_found(kind: str, run_seed: int) -> None:
    planted = [*faults(SOUND, 20, SEED, [kind]), *faults(SOUND, 20, run_seed, [kind])]
    assert [fault for spoiled, fault in planted if not agree(spoiled)] == []


def test_a_row_that_was_posted_before_waits() -> None:
    from plugins.housing_benefit.mapping import item_key

    first = read(schedule(Paid()))
    keys = frozenset(key for item in first.items if (key := item_key(item)))
    again = read(schedule(replace(Paid(), number="S0043")), facts(history=History(posted=keys)))
    assert again.states == [ItemState.HELD]

"""A refund goes where its tenant's money is known to belong, or a second person looks at it first."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from hub.door.feed import Left
from hub.model import DeliveryState, Move, Record, Verdict
from hub.transfer.records import Snapshot
from plugins.bacs.payee_checks import refunds_left
from tests.unit.bacs.bacs_files import FACTS, Outcome, golden, submission
from tests.unit.bacs.test_bacs_refunds import ROW, asked

THERE = {"sort_code": "000299", "account_number": "40154823"}
ELSEWHERE = {"sort_code": "000299", "account_number": "40154828"}
ACCOUNT = "1900000011"


def known(kind: str, personal: dict[str, str], key: str = "K1") -> Record:
    return Record(kind=kind, key=key, state="KNOWN", account=ACCOUNT, personal=personal)


def refunded(*records: Record, row: str = ROW, **options: Any) -> Outcome:
    return asked(row, facts=replace(FACTS, records=Snapshot(records)), **options)


def doubted(outcome: Outcome) -> bool:
    return "S18-030" in outcome.checks


@pytest.mark.parametrize("kind", ["mandate", "refund_account"])
def test_a_refund_to_the_account_that_is_known_leaves(kind: str) -> None:
    outcome = refunded(known(kind, THERE), known("mandate", ELSEWHERE, "K2"), unknown_payees="hold")
    assert (outcome.verdict, doubted(outcome)) == (Verdict.ACCEPTED, False)


@pytest.mark.parametrize("kind", ["mandate", "refund_account"])
@pytest.mark.parametrize("at", range(8))
def test_one_whose_account_differs_in_a_digit_waits_for_a_second_person(kind: str, at: int) -> None:
    number = THERE["account_number"]
    other = f"{number[:at]}{(int(number[at]) + 1) % 10}{number[at + 1 :]}"
    outcome = refunded(known(kind, THERE), row=ROW.replace(number, other))
    assert (outcome.verdict, doubted(outcome)) == (Verdict.HELD, True)
    assert other not in outcome.messages


def test_what_is_known_of_nobody_passes_unless_the_route_says_otherwise() -> None:
    assert not doubted(refunded())
    assert refunded(unknown_payees="hold").verdict is Verdict.HELD


def test_an_account_that_its_bank_has_corrected_is_no_more_refunded_to() -> None:
    new = {f"new_{name}": text for name, text in ELSEWHERE.items()}
    correction = known("payee", {**THERE, **new}, "RF-0010000123")
    assert refunded(known("mandate", THERE), correction).verdict is Verdict.HELD
    right = ROW.replace(THERE["account_number"], ELSEWHERE["account_number"])
    assert not doubted(refunded(known("mandate", THERE), correction, row=right, unknown_payees="hold"))


def test_a_file_that_the_rent_system_made_itself_is_looked_at_alike() -> None:
    data = golden("submission/credit-refund-daily.txt")
    line = next(one for one in data.decode().splitlines() if one[15:17] == "99")
    named = data.replace(line[64:82].encode(), f"{ACCOUNT:18}".encode())
    payee = {"sort_code": line[:6], "account_number": line[6:14]}
    for told, verdict in ((payee, Verdict.ACCEPTED), (ELSEWHERE, Verdict.HELD)):
        facts = replace(FACTS, records=Snapshot([known("refund_account", told)]))
        assert submission(named, facts).verdict is verdict


def test_where_a_refund_went_is_remembered_once_it_has_left() -> None:
    carried = refunded().carried
    (move,) = refunds_left(carried, Left("submission", DeliveryState.SENT))
    assert isinstance(move, Move)
    assert (move.kind, move.key, move.account) == ("refund_account", f"{ACCOUNT}/4823", ACCOUNT)
    assert move.personal == THERE
    assert list(refunds_left(carried, Left("submission", DeliveryState.REFUSED))) == []

"""What is known of a debtor beyond one debt ends with what it is there for, and is kept for its time then."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from hub.api import Facts, Record, Task
from hub.transfer.records import Snapshot
from plugins.debt_agency.debtors import DEBTOR_LIFE, a_moratorium_changed, a_placement_ended, further_debts

ACCOUNT, OTHER = "7001234501", "7001239902"
SPACE = {"hold": "H1", "account": ACCOUNT, "from": "2026-03-04", "until": None, "code": None, "at": None}


def placed(state: str, ref: str = "0001002013", account: str = ACCOUNT) -> Record:
    return Record(kind="placement", key=ref, state=state, account=account, data={"agency": "ACME"})


def hold(state: str, **told: Any) -> Record:
    data = {"kind": "BREATHING_SPACE", "from": "2026-03-04", "until": None, **told}
    return Record(kind="hold", key="H2", state=state, account=OTHER, data=data)


def debtor(moratorium: bool | None = None) -> Record:
    told = {f"on {ACCOUNT}": "0001002013", f"on {OTHER}": "0001002021"}
    space = {} if moratorium is None else {"moratorium": {**SPACE, "stands": moratorium}}
    return Record(kind="debtor", key="P2", state="KNOWN", data={**told, **space})


TENANTS = [
    Record(kind="tenant", key=f"T{number}", state="CURRENT", account=account,
           data={"person_ref": "P2", "role": "JOINT"})
    for number, account in enumerate((ACCOUNT, OTHER))
]  # fmt: skip


def facts(*records: Record) -> Facts:
    return Facts(date(2026, 6, 1), records=Snapshot([*TENANTS, *records]))


@pytest.mark.parametrize(
    ("other", "moratorium", "ends"),
    [("CLOSED", None, True), ("CANCELLED", False, True), ("RETURNED", None, False), ("CLOSED", True, False)],
)
def test_the_last_placement_that_ends_takes_the_debtor_along(
    other: str, moratorium: bool | None, ends: bool
) -> None:
    last = placed("CLOSED")
    known = facts(last, placed(other, "0001002021", OTHER), debtor(moratorium))
    moves = [(move.key, move.to) for move in a_placement_ended(placed("RETURNED"), last, known)]
    assert moves == ([("P2", "ENDED")] if ends else [])
    assert DEBTOR_LIFE.has_ended("ENDED") and DEBTOR_LIFE.may("ENDED", "KNOWN")


def test_a_breathing_space_that_ends_takes_the_debtor_along_once_nobody_is_asked_about_a_hold() -> None:
    debts = placed("CLOSED"), placed("CLOSED", "0001002021", OTHER)
    joined = hold("ACTIVE", joined_to="H1")
    (asked,) = further_debts(debtor(True), debtor(False), facts(*debts, joined))
    assert isinstance(asked, Task)
    (ended,) = further_debts(debtor(True), debtor(False), facts(*debts))
    assert (ended.to, ended.key) == ("ENDED", "P2")  # type: ignore[union-attr]
    (later,) = a_moratorium_changed(joined, hold("ENDED", joined_to="H1"), facts(*debts, debtor(False)))
    assert (later.to, later.key) == ("ENDED", "P2")

"""Which debts may be placed: each reason keeps one back that has it, and lets the same one go without it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from hub.api import Account, Context, Disposition, Facts, Item, ItemState, Record, Taken
from hub.transfer.records import Snapshot
from plugins.debt_agency.eligibility import ELIGIBILITY
from plugins.debt_agency.placing import has_a_number
from plugins.debt_agency.settings import DebtSettings, PlacementOptions

TODAY, ACCOUNT = date(2026, 3, 2), "7001234501"
GOOD = Item(
    "PLACEMENT",
    2,
    "100201",
    2197_37,
    TODAY,
    {"agency": "ACME", "debt_from": "2025-06-02", "debt_to": "2025-11-10", "tenancy_end": "2025-11-16"},
    {"debtor_surname": "Testerman", "debtor_date_of_birth": "1988-02-29"},
)


class Accounts:
    """A register of one account that has ended, or not."""

    def __init__(self, **facts: Any) -> None:
        self._account = Account(ACCOUNT, **{"status": "ENDED", "end_date": date(2025, 11, 16), **facts})

    def account(self, reference: str) -> Account | None:
        return self._account if reference == ACCOUNT else None


def reasons(
    *records: Record,
    register: Any = None,
    settings: DebtSettings | None = None,
    data: Any = (),
    personal: Any = (),
    item: Any = (),
    **options: Any,
) -> set[str]:
    """The codes that keep a debt back; `data`, `personal`, `item` change it."""
    changed = replace(
        GOOD, data={**GOOD.data, **dict(data)}, personal={**GOOD.personal, **dict(personal)}, **dict(item)
    )
    taken = [Taken("t.1", changed, Disposition(ItemState.TAKEN, ACCOUNT))]
    facts = Facts(
        today=TODAY,
        register=register or Accounts(),
        records=Snapshot(records),
        settings=settings or DebtSettings(),
    )
    ctx = Context(PlacementOptions(agency="ACME", **options), facts, "batch")
    return {check.id for check in (*ELIGIBILITY, has_a_number) for _ in check.run(taken, ctx)}


def hold(kind: str, **facts: Any) -> Record:
    told = {"kind": kind, "from": "2026-03-01", "until": None, "source": "person", **facts}
    return Record(kind="hold", key=f"{ACCOUNT}/{kind}", state="ACTIVE", account=ACCOUNT, data=told)


def placed(state: str, key: str = "0001002047") -> Record:
    told = {"agency": "OTHER", "request": "100204"}
    return Record(kind="placement", key=key, state=state, account=ACCOUNT, data=told)


AGREED = Record(kind="arrangement", key="A1", state="ACTIVE", account=ACCOUNT)
LIVE = Accounts(status="ACTIVE", end_date=None)


def test_a_debt_that_has_no_reason_against_it_may_be_placed() -> None:
    assert reasons() == set()


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("E01", {"data": {"tenancy_end": "2026-03-03"}}),
        ("E01", {"data": {"tenancy_end": None}, "register": LIVE}),
        ("E02", {"item": {"amount": 24_99}}),
        ("E02", {"item": {"amount": -1}, "min_placement_amount": 0}),
        ("E04", {"data": {"debt_from": "2020-05-31"}}),
        ("E04", {"data": {"limitation_date": "2026-03-01"}}),
        ("E05", {"personal": {"flags": "GONE HB_PENDING"}}),
        ("E05", {"personal": {"flags": "CREDIT"}}),
        ("E06", {"data": {"tenancy_end": "2026-02-03"}}),
        ("E07", {"personal": {"debtor_surname": " "}}),
        ("E07", {"personal": {"debtor_date_of_birth": "2007-06-03"}}),
        ("E10", {"personal": {"flags": "WRITTEN_OFF"}}),
        ("DA-12", {"item": {"reference": "PL-X"}}),
        ("DA-12", {"item": {"reference": "PL1234567890"}}),
    ],
)
def test_each_reason_keeps_a_debt_back(code: str, changes: dict[str, Any]) -> None:
    assert reasons(**changes) == {code}


@pytest.mark.parametrize(
    "changes",
    [
        {"data": {"tenancy_end": "2026-03-03", "debt_type": "RCG"}},
        {"item": {"amount": 25_00}},
        {"data": {"debt_from": "2020-06-01"}},  # 91 days are left
        {"data": {"debt_from": "2020-01-06", "limitation_date": "2029-01-06"}},  # a person has entered why
        {"data": {"tenancy_end": "2026-02-02"}},
        {"personal": {"debtor_date_of_birth": "2007-06-02"}},
        {"personal": {"flags": "GONE SOMETHING"}},
        {"item": {"reference": "0001002013"}},
    ],
)
def test_what_is_just_on_the_right_side_may_be_placed(changes: dict[str, Any]) -> None:
    assert reasons(**changes) == set()


@pytest.mark.parametrize("kind", ["BREATHING_SPACE", "DECEASED", "DISPUTE", "VULNERABLE", "LEGAL", "OTHER"])
def test_a_hold_keeps_it_back_while_it_stands(kind: str) -> None:
    assert reasons(hold(kind)) == {"E03"}
    assert reasons(hold(kind, until="2026-03-01")) == set()
    assert reasons(replace(hold(kind), state="ENDED")) == set()


@pytest.mark.parametrize(
    ("state", "codes"),
    [("QUEUED", {"E08"}), ("SENT", {"E08"}), ("HELD", {"E08"}), ("RECALL_PENDING", {"E08"}),
     ("DRAFT", set()), ("CLOSED", set()), ("RETURNED", set())],
)  # fmt: skip
def test_an_account_is_on_one_placement_at_a_time(state: str, codes: set[str]) -> None:
    assert reasons(placed(state)) == codes


def test_a_number_is_never_used_for_another_debt() -> None:
    assert reasons(placed("CLOSED", "0001002013")) == {"DA-12"}


def test_what_the_rent_system_took_back_before_it_left_stays() -> None:
    told = {"reason": "PAID", "on": "2026-03-01"}
    recalled = Record(kind="debt_recall", key="100201", state="TOLD", data=told)
    assert reasons(recalled) == {"DA-RECALL"}
    assert reasons(replace(recalled, key="100202")) == set()


def test_a_tenant_who_keeps_an_arrangement_is_left_alone() -> None:
    recharge = {"debt_type": "RCG"}
    assert reasons(AGREED, register=LIVE, data=recharge) == {"E09"}
    assert reasons(AGREED, data=recharge) == set()
    assert reasons(replace(AGREED, state="BREACHED"), register=LIVE, data=recharge) == set()


@pytest.mark.parametrize(("years", "codes"), [({}, {"E04"}), ({"RCG": 12}, set()), ({"LHC": 12}, {"E04"})])
def test_limitation_is_of_the_kind_of_debt(years: dict[str, int], codes: set[str]) -> None:
    old = {"data": {"debt_type": "RCG", "debt_from": "2019-01-07"}}
    settings = DebtSettings.model_validate({"limitation_years": years})
    assert reasons(settings=settings, **old) == codes


def test_every_reason_is_told() -> None:
    told = reasons(hold("DISPUTE"), item={"amount": 1_00}, personal={"flags": "CREDIT", "debtor_surname": ""})
    assert told == {"E02", "E03", "E05", "E07"}

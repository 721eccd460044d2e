"""The register as the rent system exported it, and what people look at."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from hub.door.feed import RegisterChange
from hub.errors import UsageError
from hub.model import Account, ItemState, TransferState
from hub.store import Store, queries
from hub.store.rows import RunRow
from tests.looking import looking
from tests.unit.store.making import NOON, an_item, put_delivery, put_transfer

OPEN: dict[str, Any] = {
    "tenancy_ref": "T1",
    "account_type": "GARAGE",
    "rent_group": "G1",
    "status": "SUSPENDED",
    "tenure_type": "SEC",
    "start_date": date(2020, 4, 6),
    "end_date": None,
    "balance": -1234,
    "claim_ref": "C1",
    "alt_refs": ("OLD1",),
}


def apply(store: Store, change: RegisterChange, transfer_id: str = "t1") -> None:
    put_transfer(store, transfer_id)
    store.write(lambda conn: queries.apply_register(conn, store.keys, change, transfer_id))


def accounts(store: Store) -> dict[str, Account]:
    with store.read() as conn:
        return {account.payment_ref: account for account in queries.load_accounts(conn)}


def test_an_account_comes_back_as_it_was_exported(store: Store) -> None:
    apply(store, RegisterChange({"1900000011": (OPEN, {}), "1900000029": ({}, {})}))
    assert accounts(store) == {
        "1900000011": Account("1900000011", **OPEN),
        "1900000029": Account("1900000029"),
    }


def test_a_later_extract_replaces_the_rows_it_names(store: Store) -> None:
    apply(store, RegisterChange({"1": (OPEN, {}), "2": (OPEN, {})}))
    apply(store, RegisterChange({"2": ({"status": "ENDED"}, {}), "3": ({}, {})}), "t2")
    assert accounts(store) == {
        "1": Account("1", **OPEN),
        "2": Account("2", status="ENDED"),
        "3": Account("3"),
    }


def test_a_complete_extract_ends_what_it_does_not_name(store: Store) -> None:
    apply(store, RegisterChange({"1": ({}, {}), "2": ({}, {})}))
    apply(store, RegisterChange({"1": ({}, {})}, complete=True), "t2")
    assert {key: value.status for key, value in accounts(store).items()} == {"1": "ACTIVE", "2": "ENDED"}


def test_the_version_of_the_register_changes_with_each_extract(store: Store) -> None:
    def version() -> str | None:
        with store.read() as conn:
            return queries.register_version(conn).accounts

    assert version() is None
    for transfer_id in ("t2", "t1"):
        apply(store, RegisterChange({}), transfer_id)
        assert version() == transfer_id


def test_money_is_counted_by_state(store: Store) -> None:
    put_transfer(
        store,
        "t1",
        an_item("t1.1", amount=-1000),
        an_item("t1.2", amount=-250),
        an_item("t1.3", amount=70, state=ItemState.HELD),
    )
    put_transfer(store, "t2", an_item("t2.1"))
    with store.read() as conn:
        assert queries.money_of_each(conn, ["t1"])["t1"] == {
            ItemState.HELD: (1, 70),
            ItemState.TAKEN: (2, -1250),
        }
        assert queries.money_of_each(conn, ["none"]) == {"none": {}}


def test_transfers_are_listed_newest_first_by_what_is_asked(store: Store) -> None:
    for n in range(1, 5):
        put_transfer(store, f"t{n}", state=TransferState.HELD if n % 2 else TransferState.STAGED)
    put_transfer(store, "t5", route="tests.other_route", feed="tests.other")

    def listed(**wanted: Any) -> list[str]:
        with looking(store) as look:
            return [row.id for row in look.transfers(**wanted)]

    assert listed() == ["t5", "t4", "t3", "t2", "t1"]
    assert listed(route="tests.route", limit=2) == ["t4", "t3"]
    assert listed(route="tests.route", before="t3") == ["t2", "t1"]
    assert listed(state=TransferState.HELD) == ["t3", "t1"]
    assert listed(feed="tests.other") == ["t5"]


def test_a_transfer_is_shown_whole(store: Store) -> None:
    item = an_item("t1.1")
    row = put_transfer(store, "t1", item)
    delivery = put_delivery(store, "d1", "t1")
    with looking(store) as look:
        view = look.transfer("t1")
    assert (view.transfer, view.items, view.deliveries, view.findings) == (row, [item], [delivery], [])
    assert (view.money, view.numbers) == ({ItemState.TAKEN: (1, -1000)}, {})


def test_a_transfer_that_is_not_there_is_a_sentence(store: Store) -> None:
    with looking(store) as look, pytest.raises(UsageError, match="There is no transfer t9"):
        look.transfer("t9")


def test_a_run_is_kept_with_its_outcome(store: Store) -> None:
    run = RunRow(id="r1", route="tests.route", config="c" * 64, business_date=NOON.date(), started_at=NOON)
    store.write(lambda conn: queries.insert_runs(conn, [run]))
    store.write(lambda conn: queries.end_run(conn, "r1", outcome="done", summary={"moved": 2}))
    with looking(store) as look:
        (found,) = look.runs("tests.route")
        assert look.runs("tests.other_route") == []
    assert (found.outcome, found.summary, found.started_at) == ("done", {"moved": 2}, NOON)
    assert found.ended_at is not None

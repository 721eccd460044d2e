"""Items keep personal values closed and come back as they were."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from hub.model import Disposition, Finding, Item, Severity, Taken
from hub.model import ItemState as S
from hub.store import Store, queries
from hub.store.rows import FindingRow, ItemRow
from tests.looking import looking
from tests.unit.store.making import DAY, an_item, put_transfer

PERSONAL = {"account_name": "MRS A EXAMPLE", "sort_code": "000099", "account_number": "00012345"}


def items(store: Store, transfer_id: str, kinds: list[str] | None = None) -> list[ItemRow]:
    with store.read() as conn:
        return queries.items_of(conn, store.keys, transfer_id, kinds)


def state(store: Store, item_id: str) -> S:
    return next(row.state for row in items(store, item_id.partition(".")[0]) if row.id == item_id)


def test_an_item_is_stored_whole(store: Store) -> None:
    item = an_item(
        "t1.1",
        data={"code": "0", "last": True, "none": None, "number": 7},
        personal=PERSONAL,
        account="1900000011",
        tenancy="T1",
        reason="why",
        candidates=("1900000029", "1900000037"),
        item_key="key",
        answers="t0.1",
    )
    put_transfer(store, "t1", item)
    assert items(store, "t1") == [item]


def test_a_row_is_an_item_and_its_disposition() -> None:
    item = Item("PAYMENT", 3, "REF001", -1000, DAY, {"code": "0"}, PERSONAL)
    taken = Taken("t1.3", item, Disposition(S.HELD, "190", "why", ("191",), "t0.1", "T1"))
    assert ItemRow.of(taken, transfer_id="t1", feed="tests.feed", item_key=None).taken() == taken


def test_personal_values_are_never_in_the_files_in_clear(store: Store, tmp_path: Path) -> None:
    put_transfer(store, "t1", an_item("t1.1", personal=PERSONAL, reference="OPEN-REF"))
    store.close()
    content = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert b"OPEN-REF" in content
    assert [value for value in PERSONAL.values() if value.encode() in content] == []


def test_without_keys_personal_values_stay_closed(store: Store) -> None:
    put_transfer(store, "t1", an_item("t1.1", personal=PERSONAL))
    with store.read() as conn:
        assert queries.items_of(conn, None, "t1")[0].personal == {}


def test_items_are_found_by_all_their_personal_values(store: Store) -> None:
    other = {**PERSONAL, "account_number": "00099999"}
    put_transfer(store, "t1", an_item("t1.1", personal=PERSONAL), an_item("t1.2", personal=other))

    def found(**personal: str) -> list[str]:
        with looking(store) as look:
            return [row.id for row in look.carrying(personal)]

    assert found(sort_code="000099", account_number="00012345") == ["t1.1"]
    assert found(sort_code="000099") == ["t1.1", "t1.2"]
    assert found(account_number="000099") == []


def test_replacing_leaves_nothing_of_the_old(store: Store) -> None:
    put_transfer(store, "t1", an_item("t1.1", personal=PERSONAL), an_item("t1.2"))
    new = an_item("t1.1", amount=-5, personal={"account_name": "MR B EXAMPLE"})
    store.write(lambda conn: queries.replace_items(conn, store.keys, "t1", [new]))
    assert items(store, "t1") == [new]
    with looking(store) as look:
        assert look.carrying({"account_number": "00012345"}) == []


def test_items_come_in_file_order_and_by_kind(store: Store) -> None:
    rows = [an_item(f"t1.{n}", kind="PAYMENT" if n % 2 else "CONTRA") for n in range(1, 13)]
    put_transfer(store, "t1", *reversed(rows))
    assert items(store, "t1") == rows
    assert items(store, "t1", ["CONTRA"]) == rows[1::2]
    assert items(store, "t1", []) == []


def test_only_the_named_kinds_and_states_are_moved(store: Store) -> None:
    put_transfer(store, "t1", an_item("t1.1"), an_item("t1.2", kind="CONTRA"), an_item("t1.3", state=S.HELD))
    put_transfer(store, "t2", an_item("t2.1"))
    moved = store.write(lambda conn: queries.set_item_states(conn, "t1", S.TAKEN, S.SENT, ("PAYMENT",)))
    assert moved == 1
    assert [row.state for row in items(store, "t1")] == [S.SENT, S.TAKEN, S.HELD]
    assert state(store, "t2.1") is S.TAKEN


def test_findings_are_replaced_in_order(store: Store) -> None:
    put_transfer(store, "t1")
    found = Finding("SUM", Severity.ERROR, "the sum is wrong", 3, "amount", "1.00")
    last = replace(found, check="LAST", line=None)
    store.write(lambda conn: queries.replace_findings(conn, "t1", [found] * 3))
    store.write(lambda conn: queries.replace_findings(conn, "t1", [last, found]))
    with store.read() as conn:
        assert queries.findings_of(conn, "t1") == [
            FindingRow(1, "LAST", Severity.ERROR, "the sum is wrong", None, "amount", "1.00"),
            FindingRow(2, "SUM", Severity.ERROR, "the sum is wrong", 3, "amount", "1.00"),
        ]
    store.write(lambda conn: queries.replace_findings(conn, "t1", []))
    with store.read() as conn:
        assert queries.findings_of(conn, "t1") == []

"""Items keep personal values closed, and are answered once a kind."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from hub.errors import LostRace
from hub.model import Answered, Disposition, Finding, Item, Severity, Taken, TransferState
from hub.model import ItemState as S
from hub.store import Store, queries
from hub.store.rows import FindingRow, ItemRow
from tests.unit.store.making import DAY, an_item, put_transfer

PERSONAL = {"account_name": "MRS A EXAMPLE", "sort_code": "000099", "account_number": "00012345"}


def items(store: Store, transfer_id: str, kinds: list[str] | None = None) -> list[ItemRow]:
    with store.read() as conn:
        return queries.items_of(conn, store.keys, transfer_id, kinds)


def state(store: Store, item_id: str) -> S:
    return next(row.state for row in items(store, item_id.partition(".")[0]) if row.id == item_id)


def answer(store: Store, item_id: str, by_item: str, kind: str = "unpaid") -> None:
    by_transfer = by_item.partition(".")[0]
    store.write(
        lambda conn: queries.insert_answer(
            conn, item_id=item_id, kind=kind, said=Answered.REFUSED, by_transfer=by_transfer, by_item=by_item
        )
    )


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
        with store.read() as conn:
            return [row.id for row in queries.find_items(conn, store.keys, personal)]

    assert found(sort_code="000099", account_number="00012345") == ["t1.1"]
    assert found(sort_code="000099") == ["t1.1", "t1.2"]
    assert found(account_number="000099") == []


def test_replacing_leaves_nothing_of_the_old(store: Store) -> None:
    put_transfer(store, "t1", an_item("t1.1", personal=PERSONAL), an_item("t1.2"))
    new = an_item("t1.1", amount=-5, personal={"account_name": "MR B EXAMPLE"})
    store.write(lambda conn: queries.replace_items(conn, store.keys, "t1", [new]))
    assert items(store, "t1") == [new]
    with store.read() as conn:
        assert queries.find_items(conn, store.keys, {"account_number": "00012345"}) == []


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


def sent_and_answers(store: Store) -> None:
    put_transfer(store, "t1", an_item("t1.1", state=S.SENT), an_item("t1.2"), state=TransferState.ACCEPTED)
    put_transfer(store, "t2", an_item("t2.1", feed="tests.answers"), an_item("t2.2", feed="tests.answers"))


def test_an_item_has_one_answer_of_a_kind(store: Store) -> None:
    sent_and_answers(store)
    answer(store, "t1.1", "t2.1")
    assert state(store, "t1.1") is S.ANSWERED
    with pytest.raises(LostRace):
        answer(store, "t1.1", "t2.2")
    answer(store, "t1.1", "t2.2", "indemnity")


def test_what_did_not_leave_cannot_be_answered(store: Store) -> None:
    sent_and_answers(store)
    with pytest.raises(LostRace, match=r"t1\.2 did not leave"):
        answer(store, "t1.2", "t2.1")
    assert state(store, "t1.2") is S.TAKEN


@pytest.mark.parametrize("how", ["replaced", "taken back"])
def test_an_answer_that_is_undone_frees_what_it_answered(store: Store, how: str) -> None:
    sent_and_answers(store)
    answer(store, "t1.1", "t2.1")
    if how == "replaced":
        store.write(lambda conn: queries.replace_items(conn, store.keys, "t2", [an_item("t2.1")]))
    else:
        store.write(lambda conn: queries.take_back_answers(conn, "t2"))
    assert state(store, "t1.1") is S.SENT
    answer(store, "t1.1", "t2.1")


def test_an_item_stays_answered_while_another_transfer_answers_it(store: Store) -> None:
    sent_and_answers(store)
    put_transfer(store, "t3", an_item("t3.1"))
    answer(store, "t1.1", "t2.1")
    answer(store, "t1.1", "t3.1", "indemnity")
    store.write(lambda conn: queries.take_back_answers(conn, "t2"))
    assert state(store, "t1.1") is S.ANSWERED


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

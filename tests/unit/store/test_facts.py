"""What is known of earlier transfers: dead ones do not count, nor does the one that asks."""

from __future__ import annotations

from typing import Any

import pytest

from hub.model import Answered, DeliveryState, LastTransfer, SentItem
from hub.model import ItemState as S
from hub.model import TransferState as T
from hub.store import Store, queries
from tests.unit.store.making import DAY, an_item, put_delivery, put_transfer

DEAD = (T.REJECTED, T.DUPLICATE, T.WITHDRAWN, T.FAILED)
CARRIED = (S.WAITING, S.TAKEN, S.SENT, S.ANSWERED, S.UNANSWERED, S.POSTED, S.SUSPENDED, S.HELD)


def last(store: Store, other_than: str = "", route: str = "tests.route") -> LastTransfer | None:
    with store.read() as conn:
        found = queries.recent_transfers(conn, route=route, feed="tests.feed", other_than=other_than)
        return found[0] if found else None


def test_the_last_transfer_is_the_newest_accepted_one(store: Store) -> None:
    put_transfer(store, "t1", state=T.ACCEPTED, records=2, value=300, summary={"sequence": "000007"})
    put_transfer(store, "t2", state=T.APPLIED, records=3)
    put_transfer(store, "t3", state=T.HELD)
    put_transfer(store, "t4", state=T.REJECTED)
    newest = last(store)
    assert newest is not None
    assert newest.id == "t2"
    assert last(store, other_than="t2") == LastTransfer("t1", DAY, 2, 300, {"sequence": "000007"})
    assert last(store, route="tests.other_route") is None


def used(store: Store, *scopes: str, other_than: str = "") -> dict[str, set[str]]:
    with store.read() as conn:
        found = queries.used_values(conn, scopes, other_than=other_than)
    return {scope: set(values) for scope, values in found.items()}


def test_used_values_are_known_by_scope(store: Store) -> None:
    put_transfer(store, "t1")
    store.write(lambda conn: queries.use_values(conn, "t1", {"serial": {"1", "2"}, "file": {"1"}}))
    store.write(lambda conn: queries.use_values(conn, "t1", {"serial": {"2", "3"}}))
    assert used(store, "serial", "none") == {"serial": {"1", "2", "3"}, "none": set()}
    assert used(store, "serial", other_than="t1") == {"serial": set()}


@pytest.mark.parametrize("state", DEAD)
def test_values_of_a_dead_transfer_are_free(store: Store, state: T) -> None:
    put_transfer(store, "t1", state=state)
    store.write(lambda conn: queries.use_values(conn, "t1", {"serial": {"1"}}))
    assert used(store, "serial") == {"serial": set()}


@pytest.mark.parametrize("state", S)
def test_an_item_key_is_posted_while_its_item_is_carried(store: Store, state: S) -> None:
    put_transfer(store, "t1", an_item("t1.1", item_key="key", state=state))
    with store.read() as conn:
        found = queries.posted_keys(conn, "tests.feed", {"key", "other"}, other_than="t2")
    assert found == ({"key"} if state in CARRIED else set())


def test_a_key_is_not_posted_by_the_asker_a_dead_transfer_or_another_feed(store: Store) -> None:
    put_transfer(store, "t1", an_item("t1.1", item_key="key"), state=T.WITHDRAWN)
    put_transfer(store, "t2", an_item("t2.1", item_key="key"))
    with store.read() as conn:
        assert queries.posted_keys(conn, "tests.feed", {"key"}, other_than="t2") == set()
        assert queries.posted_keys(conn, "tests.other", {"key"}, other_than="t3") == set()
        assert queries.posted_keys(conn, "tests.feed", {"key"}, other_than="t3") == {"key"}


def test_more_keys_than_one_statement_takes(store: Store) -> None:
    put_transfer(store, "t1", *(an_item(f"t1.{n}", item_key=f"key{n}") for n in range(2500)))
    asked = {f"key{n}" for n in range(1000, 50_000)}
    with store.read() as conn:
        found = queries.posted_keys(conn, "tests.feed", asked, other_than="")
    assert found == {f"key{n}" for n in range(1000, 2500)}


def sent(store: Store, *references: str, other_than: str = "", **wanted: list[str]) -> list[SentItem]:
    with store.read() as conn:
        asked = wanted or {"reference": references}
        return queries.sent_items(conn, store.keys, ["tests.feed"], asked, other_than=other_than)


def test_sent_items_come_by_reference_oldest_first(store: Store) -> None:
    later = DAY.replace(month=7)
    put_transfer(
        store,
        "t1",
        an_item("t1.1", state=S.SENT, on=later),
        an_item("t1.2", state=S.SENT, account="190", personal={"account_name": "MRS A EXAMPLE"}),
        an_item("t1.3", state=S.SENT, reference="OTHER"),
        an_item("t1.4", state=S.TAKEN),
    )
    first, second = sent(store, "REF001", "NONE")
    expected: dict[str, Any] = {"reference": "REF001", "amount": -1000, "on": DAY, "account": "190"}
    expected["kind"] = "PAYMENT"
    assert first == SentItem(id="t1.2", personal={"account_name": "MRS A EXAMPLE"}, **expected)
    assert (second.id, second.on) == ("t1.1", later)


def test_a_sent_item_tells_its_answers_but_not_the_askers_own(store: Store) -> None:
    put_transfer(store, "t1", an_item("t1.1", state=S.SENT))
    put_transfer(store, "t2", an_item("t2.1", feed="tests.answers"))
    store.write(
        lambda conn: queries.insert_answers(
            conn, ["t1.1"], kind="unpaid", said=Answered.REFUSED, by_transfer="t2", by_item="t2.1"
        )
    )
    assert [item.answered for item in sent(store, "REF001")] == [{"unpaid"}]
    assert [item.answered for item in sent(store, "REF001", other_than="t2")] == [frozenset()]


def test_a_sent_item_is_found_by_its_account_or_a_personal_value_too(store: Store) -> None:
    personal = {"account_name": "MRS A EXAMPLE", "account_number": "00012345"}
    put_transfer(
        store,
        "t1",
        an_item("t1.1", state=S.SENT, account="190"),
        an_item("t1.2", state=S.SENT, account="191", personal=personal),
        an_item("t1.3", state=S.TAKEN, account="191", personal=personal),
    )
    assert [one.id for one in sent(store, account=["190", "192"])] == ["t1.1"]
    assert [one.id for one in sent(store, account_number=["00012345"])] == ["t1.2"]
    assert sent(store, account_name=["00012345"]) == []
    both = sent(store, reference=["REF001"], account_number=["00012345"])
    assert [one.id for one in both] == ["t1.1", "t1.2"]


def test_a_sent_item_tells_what_its_transfer_went_out_as(store: Store) -> None:
    put_transfer(store, "t1", an_item("t1.1", state=S.SENT), identity="as it came in")
    put_delivery(store, "d1", "t1", identity="as it was", state=DeliveryState.WITHDRAWN)
    assert [one.transfer for one in sent(store, "REF001")] == [None]
    put_delivery(store, "d2", "t1", identity="as it went")
    assert [one.transfer for one in sent(store, "REF001")] == ["as it went"]


def test_an_answer_to_what_is_live_is_none_to_a_rehearsal(store: Store) -> None:
    put_transfer(store, "t1", an_item("t1.1", state=S.SENT), mode="rehearse")
    assert sent(store, "REF001") == []


def test_the_items_of_one_sent_transfer(store: Store) -> None:
    put_transfer(store, "t1", an_item("t1.1", state=S.SENT), an_item("t1.2", state=S.SENT, kind="OTHER"))
    put_transfer(store, "t2", an_item("t2.1", state=S.SENT))
    put_transfer(store, "t3", an_item("t3.1", state=S.SENT, batch_id="t1"))
    with store.read() as conn:
        found = queries.items_sent_with(conn, store.keys, "t1", ["PAYMENT"])
        assert queries.items_sent_with(conn, store.keys, "t3", ["PAYMENT"]) == []
    assert [one.id for one in found] == ["t1.1", "t3.1"]


@pytest.mark.parametrize("state", S)
def test_earlier_items_are_those_that_moved_the_oldest_first(store: Store, state: S) -> None:
    put_transfer(store, "t1", an_item("t1.1", on=DAY.replace(month=7)), an_item("t1.2", state=state))
    put_transfer(store, "t2", an_item("t2.1"), state=T.WITHDRAWN)
    put_transfer(store, "t3", an_item("t3.1"), an_item("t3.2", reference="OTHER"))
    with store.read() as conn:
        found = queries.earlier_items(conn, "tests.feed", {"REF001", "NONE"}, other_than="t3")
        assert queries.earlier_items(conn, "tests.other", {"REF001"}) == {}
    carried = state not in (S.SUSPENDED, S.HELD) and state in CARRIED
    assert [item.id for item in found["REF001"]] == [*(["t1.2"] if carried else []), "t1.1"]
    assert found["REF001"][-1].data == {}

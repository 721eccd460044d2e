"""What left is answered once a kind; counts add up; an answer that is taken back leaves nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.config.people import HUB
from hub.errors import LostRace
from hub.model import Answered, DeliveryState, TransferState
from hub.model import ItemState as S
from hub.store import Store, queries
from hub.store.look import Look
from hub.store.look.answers import count_answers
from hub.store.rows import AnswerCounts
from tests.unit.store.making import an_item, put_delivery, put_transfer

SENT = ("t1.1", "t1.2", "t1.3")


def states(store: Store, transfer_id: str = "t1") -> list[S]:
    with store.read() as conn:
        return [row.state for row in queries.items_of(conn, store.keys, transfer_id)]


@pytest.fixture(autouse=True)
def sent(store: Store) -> None:
    """Three items that left, one that did not, and two transfers that may answer."""
    left = [an_item(id, state=S.SENT) for id in SENT]
    put_transfer(store, "t1", *left, an_item("t1.4"), state=TransferState.ACCEPTED)
    for id in ("t2", "t3"):
        put_transfer(store, id, an_item(f"{id}.1", feed="tests.answers"))


def answer(
    store: Store,
    *items: str,
    by: str = "t2",
    kind: str = "unpaid",
    said: Answered = Answered.REFUSED,
    by_item: str | None = None,
) -> None:
    store.write(
        lambda conn: queries.insert_answers(
            conn, items, kind=kind, said=said, by_transfer=by, by_item=by_item, reason="why"
        )
    )


def counts(store: Store) -> AnswerCounts:
    with store.read() as conn:
        return Look(conn, store.keys, HUB).answered("t1")


def test_an_item_has_one_answer_of_a_kind(store: Store) -> None:
    answer(store, "t1.1", by_item="t2.1")
    assert states(store)[0] is S.ANSWERED
    with pytest.raises(LostRace):
        answer(store, "t1.1", by="t3")
    answer(store, "t1.1", by="t3", kind="indemnity")


def test_what_did_not_leave_cannot_be_answered(store: Store) -> None:
    with pytest.raises(LostRace, match="1 items did not leave"):
        answer(store, "t1.3", "t1.4")
    assert states(store) == [S.SENT, S.SENT, S.SENT, S.TAKEN]


@pytest.mark.parametrize("how", ["replaced", "taken back"])
def test_an_answer_that_is_undone_frees_what_it_answered(store: Store, how: str) -> None:
    answer(store, "t1.1", by_item="t2.1")
    answer(store, "t1.2", said=Answered.ACCEPTED)
    if how == "replaced":
        store.write(lambda conn: queries.replace_items(conn, store.keys, "t2", [an_item("t2.1")]))
    else:
        store.write(lambda conn: queries.take_back_answers(conn, "t2"))
    assert states(store)[:2] == [S.SENT, S.SENT]
    assert counts(store) == AnswerCounts(3)
    answer(store, "t1.1", by_item="t2.1")


def test_an_item_stays_answered_while_another_transfer_answers_it(store: Store) -> None:
    answer(store, "t1.1")
    answer(store, "t1.1", by="t3", kind="indemnity")
    store.write(lambda conn: queries.take_back_answers(conn, "t2"))
    assert states(store)[0] is S.ANSWERED


def test_what_is_unanswered_is_so_by_kind(store: Store) -> None:
    answer(store, "t1.1")
    put_transfer(store, "t4", an_item("t4.1", state=S.UNANSWERED, batch_id="t1", transfer_id=None))
    with store.read() as conn:
        assert queries.unanswered_items(conn, "t1", "unpaid", ["PAYMENT"]) == ["t1.2", "t1.3", "t4.1"]
        assert queries.unanswered_items(conn, "t1", "input", ["PAYMENT"]) == [*SENT, "t4.1"]
        assert queries.unanswered_items(conn, "t1", "input", ["OTHER"]) == []


def test_counts_tell_what_was_said_and_the_worst_of_several(store: Store) -> None:
    answer(store, "t1.1", "t1.2", kind="input", said=Answered.ACCEPTED)
    answer(store, "t1.2", by="t3")
    found = counts(store)
    assert (found.left, found.answered, found.unanswered) == (3, 2, 1)
    assert found.said == {Answered.ACCEPTED: 1, Answered.REFUSED: 1}


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.sampled_from(Answered))))
def test_counts_add_up_whatever_was_said(said: list[tuple[str, Answered]]) -> None:
    found = count_answers(6, iter(said))
    assert found.answered == len({item for item, _ in said})
    assert found.answered + found.unanswered == 6


def test_what_went_out_under_an_identity_is_live_and_of_the_feed(store: Store) -> None:
    put_delivery(store, "d1", "t1", identity="A/1", state=DeliveryState.SENT)
    put_delivery(store, "d2", "t1", identity="A/2", state=DeliveryState.WITHDRAWN)
    for id, columns in (
        ("t5", {"state": TransferState.WITHDRAWN}),
        ("t6", {"feed": "tests.other"}),
        ("t7", {"mode": "rehearse"}),
    ):
        put_transfer(store, id, **columns)
        put_delivery(store, f"d{id}", id, identity="A/1")

    def found(identity: str) -> list[str]:
        with store.read() as conn:
            rows = queries.gone_out_as(conn, identity, feeds=["tests.feed"])
        return [row.id for row in rows]

    assert [found(identity) for identity in ("A/1", "A/2", "A/3")] == [["d1"], [], []]

"""Numbers that partners count: none twice, and no gap where the partner allows none."""

from __future__ import annotations

import tempfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import event

from hub.errors import DataError
from hub.model import DeliveryState, TransferState
from hub.store import Store, queries
from tests.unit.store.making import TickingClock, move, put_delivery, put_transfer

SCOPE = "bacs.serial:000000"


def draw(store: Store, transfer_id: str, **other: Any) -> int:
    asked = {"scope": SCOPE, "name": "serial", "policy": "never_again", "first": 1, "last": 999, **other}
    return store.write(lambda conn: queries.draw_numbers(conn, transfer_id=transfer_id, **asked))[""]


def give_back(store: Store, transfer_id: str) -> list[str]:
    return store.write(lambda conn: queries.give_back(conn, transfer_id))


@pytest.fixture(autouse=True)
def transfers(store: Store) -> None:
    for n in range(20):
        put_transfer(store, f"t{n}")


def test_numbers_count_up_from_the_first(store: Store) -> None:
    assert [draw(store, f"t{n}", first=5) for n in range(3)] == [5, 6, 7]
    assert draw(store, "t0", scope="another") == 1


def test_a_transfer_draws_the_same_number_again(store: Store) -> None:
    assert [draw(store, "t1"), draw(store, "t2"), draw(store, "t1"), draw(store, "t1")] == [1, 2, 1, 1]
    assert draw(store, "t1", name="second") == 3
    with store.read() as conn:
        assert queries.numbers_of(conn, "t1") == {"serial": 1, "second": 3}


def test_no_number_is_drawn_twice_at_once(store: Store) -> None:
    with ThreadPoolExecutor(8) as threads:
        drawn = list(threads.map(lambda n: draw(store, f"t{n}"), range(20)))
    assert sorted(drawn) == list(range(1, 21))


def test_a_number_that_may_be_drawn_never_again_is_burnt(store: Store) -> None:
    draw(store, "t1")
    assert give_back(store, "t1") == []
    assert draw(store, "t2") == 2


def test_the_newest_number_without_gap_is_given_back(store: Store) -> None:
    draw(store, "t1", policy="no_gap")
    assert give_back(store, "t1") == [SCOPE]
    assert draw(store, "t2", policy="no_gap") == 1
    assert draw(store, "t1", policy="no_gap") == 2


def test_an_older_number_is_not_given_back(store: Store) -> None:
    draw(store, "t1", policy="no_gap")
    draw(store, "t2", policy="no_gap")
    assert give_back(store, "t1") == []
    assert draw(store, "t3", policy="no_gap") == 3


@pytest.mark.parametrize("state", DeliveryState)
def test_a_number_that_may_have_left_is_not_given_back(store: Store, state: DeliveryState) -> None:
    draw(store, "t1", policy="no_gap")
    put_delivery(store, "d1", "t1", state=state)
    kept_home = state in (DeliveryState.READY, DeliveryState.WITHDRAWN)
    assert give_back(store, "t1") == ([SCOPE] if kept_home else [])


def test_a_used_up_counter_is_a_sentence_and_draws_nothing(store: Store) -> None:
    assert draw(store, "t1", last=1) == 1
    for _ in range(2):
        with pytest.raises(
            DataError, match=r"000000” is used up: the next number is 2 .*`feedhub counters set`"
        ):
            draw(store, "t2", last=1)
    assert draw(store, "t1", last=1) == 1


def test_setting_a_counter_tells_who_and_why(store: Store) -> None:
    store.write(lambda conn: queries.set_counter(conn, SCOPE, 41, "agreed", "a.person"))
    store.write(lambda conn: queries.set_counter(conn, SCOPE, 7, "agreed", "a.person"))
    assert draw(store, "t1") == 7
    with store.read() as conn:
        (counter,) = queries.counters(conn)
        events = queries.events_of(conn, "counter", SCOPE)
    assert (counter.scope, counter.next_value) == (SCOPE, 8)
    assert [event.who for event in events] == ["a.person"] * 2
    assert events[1].data == {"from": 41, "to": 7, "reason": "agreed"}


def draw_each(store: Store, transfer_id: str, *items: str, **other: Any) -> dict[str, int]:
    asked = {"scope": SCOPE, "name": "voucher", "policy": "no_gap", "first": 1, "last": 999, **other}
    return store.write(
        lambda conn: dict(queries.draw_numbers(conn, transfer_id=transfer_id, items=items, **asked))
    )


def test_items_draw_one_each_in_their_order_and_the_same_again(store: Store) -> None:
    assert draw_each(store, "t1", "b", "a") == {"b": 1, "a": 2}
    assert draw_each(store, "t2", "c") == {"c": 3}
    assert draw_each(store, "t1", "a", "d", "b") == {"a": 2, "b": 1, "d": 4}
    assert draw(store, "t1", name="voucher") == 5, "a transfer's own number is another"
    with store.read() as conn:
        assert queries.numbers_of(conn, "t1") == {"voucher": 5}


def test_of_the_items_numbers_the_newest_without_gap_are_given_back(store: Store) -> None:
    draw_each(store, "t1", "a", "b")
    draw_each(store, "t2", "c")
    draw_each(store, "t1", "d", "e", "f")
    assert give_back(store, "t1") == [SCOPE]
    assert draw_each(store, "t3", "g") == {"g": 4}
    assert draw_each(store, "t1", "a", "d") == {"a": 1, "d": 5}


def test_more_items_than_the_counter_has_numbers_draw_none(store: Store) -> None:
    with pytest.raises(DataError, match="3 are wanted from 1 on and the last that the partner takes is 2"):
        draw_each(store, "t1", "a", "b", "c", last=2)
    assert draw_each(store, "t1", "a", "b", last=2) == {"a": 1, "b": 2}


def test_a_whole_file_of_items_draws_in_a_few_statements(store: Store) -> None:
    many = [f"t1.{n}" for n in range(5000)]
    statements: list[str] = []

    def drawn(conn: Any) -> int:
        event.listen(conn, "before_cursor_execute", lambda *told: statements.append(told[2]))
        how: dict[str, Any] = {"policy": "no_gap", "first": 1, "last": 9999, "items": many}
        return len(queries.draw_numbers(conn, scope=SCOPE, name="voucher", transfer_id="t1", **how))

    assert store.write(drawn) == len(many)
    assert len(statements) <= 6


# Numbers that files bring along


def bring(store: Store, transfer_id: str, *values: str, scope: str = SCOPE) -> None:
    store.write(lambda conn: queries.use_values(conn, transfer_id, {scope: values}))


def test_what_a_file_brought_along_is_never_drawn(store: Store) -> None:
    bring(store, "t9", "000002", "3", "ABC", "9" * 40)
    bring(store, "t9", "4", scope="another")
    assert [draw(store, f"t{n}") for n in (1, 2, 3)] == [1, 4, 5]


def test_items_pass_over_what_files_brought(store: Store) -> None:
    bring(store, "t9", "2", "3")
    assert draw_each(store, "t1", "a", "b", "c") == {"a": 1, "b": 4, "c": 5}
    with pytest.raises(DataError, match="used up"):
        draw_each(store, "t2", "d", "e", last=6)


def test_what_a_file_brought_that_was_refused_is_free(store: Store) -> None:
    row = put_transfer(store, "dead")
    bring(store, "dead", "1")
    move(store, row, TransferState.REJECTED)
    assert draw(store, "t1") == 1


def test_a_gap_that_files_fill_keeps_nothing_from_going_back(store: Store) -> None:
    draw_each(store, "t1", "a")
    bring(store, "t9", "2", "4")
    assert draw_each(store, "t2", "b", "c") == {"b": 3, "c": 5}
    assert give_back(store, "t2") == [SCOPE]
    assert draw_each(store, "t3", "d") == {"d": 3}


@pytest.mark.parametrize(("value", "again"), [("000001", True), ("1", True), ("2", False), ("ABC", False)])
def test_a_file_that_brings_what_was_drawn_is_told(store: Store, value: str, again: bool) -> None:
    draw(store, "t1")
    with store.read() as conn:
        for other, told in (("t2", again), ("t1", False)):
            found = queries.drawn_again(conn, {SCOPE: [value], "another": [value]}, other_than=other)
            assert found == {SCOPE: frozenset({value} if told else ()), "another": frozenset()}


def test_what_was_drawn_for_a_file_that_was_withdrawn_may_come_again(store: Store) -> None:
    row = put_transfer(store, "dead")
    draw(store, "dead")
    move(store, row, TransferState.WITHDRAWN)
    with store.read() as conn:
        assert queries.drawn_again(conn, {SCOPE: ["1"]}, other_than="t2") == {SCOPE: frozenset()}


@settings(max_examples=40, deadline=None)
@given(
    steps=st.lists(
        st.tuples(st.sampled_from(("draw", "bring", "back")), st.integers(0, 4), st.integers(1, 4)),
        max_size=15,
    )
)
def test_no_number_is_there_twice_and_no_gap_but_of_what_went_back(steps: list[tuple[str, int, int]]) -> None:
    """The oracle holds what stands: drawn by whom, brought along. Nothing stands twice, and the next drawn is
    the least number above all that was drawn and not given back."""
    store, key = one_store(), next(KEYS)
    scope, drawn, brought = f"scope {key}", {}, set()
    ids = [f"p{key}-{n}" for n in range(5)]
    for id in ids:
        put_transfer(store, id)
    for number, (what, who, size) in enumerate(steps):
        if what == "bring":
            value = size * 2 + 1
            if value not in drawn:
                brought.add(value)
                bring(store, ids[4], str(value), scope=scope)
        elif what == "back":
            give_back(store, ids[who % 4])
            mine = sorted(drawn, reverse=True)
            while mine and drawn[mine[0]] == who % 4:
                del drawn[mine.pop(0)]
        else:
            wanted = [f"{number}.{n}" for n in range(size)]
            got = draw_each(store, ids[who % 4], *wanted, scope=scope)
            start = max(drawn, default=0)
            free = (value for value in count(start + 1) if value not in brought)
            assert list(got.values()) == [next(free) for _ in wanted]
            drawn |= dict.fromkeys(got.values(), who % 4)


STACK = ExitStack()
KEYS = count()


def one_store() -> Store:
    """One for all examples; each has transfers and a counter of its own."""
    if not hasattr(one_store, "made"):
        folder = Path(STACK.enter_context(tempfile.TemporaryDirectory()))
        one_store.made = Store.open(folder, clock=TickingClock())  # type: ignore[attr-defined]
        STACK.callback(one_store.made.close)  # type: ignore[attr-defined]
    return one_store.made  # type: ignore[attr-defined, no-any-return]


def teardown_module() -> None:
    STACK.close()

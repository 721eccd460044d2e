"""Numbers that partners count: none twice, and no gap where the partner allows none."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from hub.errors import DataError
from hub.model import DeliveryState
from hub.store import Store, queries
from tests.unit.store.making import put_delivery, put_transfer

SCOPE = "bacs.serial:000000"


def draw(store: Store, transfer_id: str, **other: Any) -> int:
    asked = {"scope": SCOPE, "name": "serial", "policy": "never_again", "first": 1, "last": 999, **other}
    return store.write(lambda conn: queries.draw_number(conn, transfer_id=transfer_id, **asked))


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

"""Items, what becomes of each, and that money in equals the sum over the states."""

from __future__ import annotations

from io import BytesIO

from hypothesis import given
from hypothesis import strategies as st

from hub.api import Context, Facts, ItemState
from hub.transfer.examine import examine, judge, money
from tests.little import LittleOptions, little


def judged(content: bytes, facts: Facts | None = None, **changes):
    feed = little(**changes)
    ctx = Context(LittleOptions(), facts or Facts(), "lines")
    examined = examine(feed, BytesIO(content), ctx)
    return judge(examined, ctx, "T1")


def test_items_are_named_by_transfer_and_place_so_that_working_again_names_the_same():
    first, again = (judged(b"ABC001+0001000\nABC002+0001000\n") for _ in range(2))
    assert [one.id for one in first] == [one.id for one in again] == ["T1.1", "T1.2"]


def test_what_matches_no_account_is_suspended_and_what_a_check_holds_is_held():
    taken = judged(b"ABC001+0001000\nNOA002+0000300\nABC003+0000000\n")
    assert [one.disposition.state for one in taken] == [
        ItemState.TAKEN,
        ItemState.SUSPENDED,
        ItemState.HELD,
    ]
    assert taken[2].disposition.reason == "ZERO"


@given(st.lists(st.tuples(st.sampled_from(["ABC", "NOA"]), st.integers(-9_999_999, 9_999_999))))
def test_money_in_is_the_sum_over_the_states(rows):
    content = "".join(f"{kind}001{pence:+08d}\n" for kind, pence in rows).encode()
    sums = money(judged(content))
    assert sum(pence for _, pence in sums.values()) == sum(pence for _, pence in rows)
    assert sum(count for count, _ in sums.values()) == len(rows)

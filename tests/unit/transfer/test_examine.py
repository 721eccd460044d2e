"""Items, what each answers, and that money in equals the sum over the states."""

from __future__ import annotations

from datetime import date
from io import BytesIO

from hypothesis import given
from hypothesis import strategies as st

from hub.api import Context, Facts, Item, ItemState, SentItem
from hub.transfer.examine import examine, judge, money, pair_answers
from hub.transfer.steps.work import given_answers
from tests.little import ANSWERS, DAY, LittleOptions, little


def judged(content: bytes, facts: Facts | None = None, **changes):
    feed = little(**changes)
    ctx = Context(LittleOptions(), facts or Facts(), "lines")
    examined = examine(feed, BytesIO(content), ctx)
    return judge(examined, ctx, "T1")


def sent(id: str, on: date = DAY, amount: int = 1000, answered: frozenset[str] = frozenset()) -> SentItem:
    return SentItem(id, "ABC001", amount, on, "ABC001", answered)


def unpaid(on: date = DAY, amount: int = 1000) -> Item:
    return Item("UNPAID", 1, "ABC001", amount, on)


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


def test_two_equal_debits_on_one_day_get_an_answer_each():
    pairs = pair_answers(ANSWERS, [unpaid(), unpaid()], [sent("a"), sent("b")])
    assert {pairs[1].id, pairs[2].id} == {"a", "b"}


def test_equal_debits_a_month_apart_are_told_apart_by_their_day():
    november, december = date(2026, 11, 2), date(2026, 12, 2)
    pairs = pair_answers(ANSWERS, [unpaid(december)], [sent("a", november), sent("b", december)])
    assert pairs[1].id == "b"


def test_a_third_answer_to_two_debits_finds_none():
    pairs = pair_answers(ANSWERS, [unpaid()] * 3, [sent("a"), sent("b")])
    assert set(pairs) == {1, 2}


def test_an_item_that_was_answered_before_is_not_answered_again():
    assert pair_answers(ANSWERS, [unpaid()], [sent("a", answered=frozenset({"unpaid"}))]) == {}


def test_an_answer_counts_only_when_it_is_taken():
    taken = judged(b"ABC001+0001000\n", Facts(sent=[sent("a")]), answers=ANSWERS)
    assert [(one.item_id, one.by_item) for one in given_answers(ANSWERS, taken)] == [("a", "T1.1")]
    held = judged(b"ABC001+0000000\n", Facts(sent=[sent("a", amount=0)]), answers=ANSWERS)
    assert given_answers(ANSWERS, held) == []


@given(st.lists(st.tuples(st.sampled_from(["ABC", "NOA"]), st.integers(-9_999_999, 9_999_999))))
def test_money_in_is_the_sum_over_the_states(rows):
    content = "".join(f"{kind}001{pence:+08d}\n" for kind, pence in rows).encode()
    sums = money(judged(content))
    assert sum(pence for _, pence in sums.values()) == sum(pence for _, pence in rows)
    assert sum(count for count, _ in sums.values()) == len(rows)

"""Which sent item an item answers: by the first rule that finds one, each once, never on a guess."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date
from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from hub.api import Answers, Item, On, SentItem
from hub.transfer.pairs import pair_answers, wanted
from tests.little import ANSWERS, DAY, same_amount


def sent(id: str, on: date = DAY, amount: int = 1000, **known) -> SentItem:
    return replace(SentItem(id, "ABC001", amount, on, "190"), **known)


def unpaid(on: date = DAY, amount: int = 1000, reference: str = "ABC001", **data) -> Item:
    return Item("UNPAID", 1, reference, amount, on, data)


def pairs(answers, items, candidates):
    return {number: found.id for number, found in pair_answers(answers, items, candidates).items()}


def test_two_equal_debits_on_one_day_get_an_answer_each():
    found = pairs(ANSWERS, [unpaid(), unpaid()], [sent("a"), sent("b")])
    assert sorted(found.values()) == ["a", "b"]


def test_equal_debits_a_month_apart_are_told_apart_by_their_day():
    november, december = date(2026, 11, 2), date(2026, 12, 2)
    assert pairs(ANSWERS, [unpaid(december)], [sent("a", november), sent("b", december)]) == {1: "b"}


def test_a_third_answer_to_two_debits_finds_none():
    assert set(pairs(ANSWERS, [unpaid()] * 3, [sent("a"), sent("b")])) == {1, 2}


def test_an_item_that_was_answered_before_is_not_answered_again():
    assert pairs(ANSWERS, [unpaid()], [sent("a", answered=frozenset({"unpaid"}))]) == {}
    assert pairs(ANSWERS, [unpaid()], [sent("a", answered=frozenset({"input"}))]) == {1: "a"}


def number_told(item):
    return item.data.get("number")


def account_told(item):
    return item.data.get("account")


def anything(item, candidate):
    return True


FALLBACKS = Answers(
    "little.calls",
    "unpaid",
    (
        On(same_amount),
        On(same_amount, account_told, among="account"),
        On(anything, number_told, among="account_number", alone=True),
    ),
)


def test_a_weaker_rule_finds_what_a_stronger_one_did_not():
    candidates = [
        sent("a"),
        sent("b", reference="ABC002", account="191"),
        sent("c", reference="ABC003", account="192", personal={"account_number": "00012345"}),
    ]
    items = [
        unpaid(reference="LOST", account="191"),
        unpaid(reference="LOST", amount=5, number="00012345"),
        unpaid(),
        unpaid(reference="LOST"),
    ]
    assert pairs(FALLBACKS, items, candidates) == {1: "b", 2: "c", 3: "a"}


def test_a_stronger_rule_goes_first_whatever_the_order():
    """The first item could take `a` by its account; the second names it."""
    items = [unpaid(reference="LOST", account="190"), unpaid()]
    assert pairs(FALLBACKS, items, [sent("a")]) == {2: "a"}


WEAK = Answers("little.calls", "unpaid", (On(same_amount, alone=True),))


def test_a_weak_rule_does_not_choose_between_two():
    assert pairs(WEAK, [unpaid()], [sent("a")]) == {1: "a"}
    assert pairs(WEAK, [unpaid()], [sent("a"), sent("b")]) == {}
    assert pairs(WEAK, [unpaid(), unpaid()], [sent("a")]) == {}


def test_a_weak_rule_does_not_depend_on_the_order_of_the_items():
    """Which of two is meant must not follow from another item having been looked at first."""
    fits = {"x": {"a"}, "y": {"a", "b"}}
    rule = Answers(
        "little.calls", "unpaid", (On(lambda item, one: one.id in fits[item.data["who"]], alone=True),)
    )
    for items in permutations([unpaid(who="x"), unpaid(who="y")]):
        assert pairs(rule, items, [sent("a"), sent("b")]) == {}


def test_what_the_rules_look_for_is_named_by_where():
    items = [unpaid(account="191"), unpaid(reference="ABC002", number="00012345")]
    assert wanted(FALLBACKS, items) == {
        "reference": {"ABC001", "ABC002"},
        "account": {"191"},
        "account_number": {"00012345"},
    }


@st.composite
def a_mix(draw):
    """Items and sent items of few references, amounts and accounts, so that many fit many."""
    few = st.tuples(st.sampled_from("AB"), st.integers(1, 2), st.sampled_from("XY"))
    items = [
        unpaid(amount=amount, reference=reference, account=account, number=draw(st.sampled_from("12")))
        for reference, amount, account in draw(st.lists(few, max_size=6))
    ]
    candidates = [
        sent(str(n), amount=amount, reference=reference, account=account,
             personal={"account_number": draw(st.sampled_from("12"))})
        for n, (reference, amount, account) in enumerate(draw(st.lists(few, max_size=6)))
    ]  # fmt: skip
    return items, candidates


@given(a_mix())
def test_no_sent_item_is_ever_answered_twice_and_each_pair_fits_a_rule(mix):
    items, candidates = mix
    found = pair_answers(FALLBACKS, items, candidates)
    assert max(Counter(one.id for one in found.values()).values(), default=1) == 1
    for number, one in found.items():
        item = items[number - 1]
        told = item.reference, item.data["account"], item.data["number"]
        known = one.reference, one.account, one.personal["account_number"]
        assert any(value == other for value, other in zip(told, known, strict=True))


@given(a_mix())
def test_by_a_strong_rule_nobody_is_left_while_a_fitting_one_is_free(mix):
    items, candidates = mix
    found = pair_answers(ANSWERS, items, candidates)
    free = {one.id: one for one in candidates}
    for one in found.values():
        del free[one.id]
    left = [item for number, item in enumerate(items, start=1) if number not in found]
    assert not any(same_amount(item, one) and item.reference == one.reference
                   for item in left for one in free.values())  # fmt: skip

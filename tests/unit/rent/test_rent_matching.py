"""Ordered rules: the first that is sure decides, and what nobody is sure of waits in suspense."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from hub.checks.base import Context
from hub.door.feed import Options
from hub.model import Account, Facts, Item, ItemState
from hub.rent.matching import Rule, by_account, by_claim, first_match
from hub.rent.register import AccountRegister

RULES: list[Rule] = [by_account(), by_claim(lambda item: str(item.data["claim"]))]
refs = st.sampled_from(["R1", "R2", "T1", "T2"])
few_accounts = st.lists(
    st.builds(Account, payment_ref=refs, tenancy_ref=refs, claim_ref=st.sampled_from(["C1", "C2"])),
    max_size=4,
)


def context(*accounts: Account) -> Context[Options]:
    return Context(Options(), Facts(register=AccountRegister(accounts)), "any")


def item(reference: str, claim: str = "") -> Item:
    return Item("BENEFIT", 1, reference, -10000, date(2030, 6, 4), {"claim": claim})


def test_the_first_rule_that_finds_one_account_takes_the_item() -> None:
    ctx = context(Account("R1", "T1", claim_ref="C9"), Account("R2", "T2", claim_ref="C2"))
    taken = first_match(item("R1", "C2"), RULES, ctx)
    assert (taken.state, taken.account, taken.tenancy) == (ItemState.TAKEN, "R1", "T1")


def test_the_next_rule_is_asked_when_the_first_finds_nothing() -> None:
    ctx = context(Account("R1"), Account("R2", claim_ref="C2"))
    assert first_match(item("NOBODY", "C2"), RULES, ctx).account == "R2"


def test_a_claim_means_the_account_that_has_not_ended() -> None:
    ctx = context(Account("R1", status="ENDED", claim_ref="C2"), Account("R2", claim_ref="C2"))
    assert first_match(item("NOBODY", "C2"), RULES, ctx).account == "R2"


def test_a_claim_on_two_live_accounts_means_neither() -> None:
    ctx = context(Account("R1", claim_ref="C2"), Account("R2", claim_ref="C2"))
    assert first_match(item("NOBODY", "C2"), RULES, ctx).state is ItemState.SUSPENDED


def test_an_ended_account_takes_no_money_by_itself() -> None:
    disposition = first_match(item("R1"), RULES, context(Account("R1", status="ENDED")))
    assert (disposition.state, disposition.account) == (ItemState.SUSPENDED, None)
    assert disposition.candidates == ("R1",)
    assert "E15" in (disposition.reason or "")


def test_what_fits_nothing_is_suspended_with_candidates_for_a_person() -> None:
    disposition = first_match(item("1900000O11"), RULES, context(Account("1900000011")))
    assert disposition.state is ItemState.SUSPENDED
    assert disposition.candidates == ("1900000011",)


def test_a_feed_without_money_may_reject_instead() -> None:
    assert first_match(item("X"), RULES, context(), otherwise=ItemState.REJECTED).state is ItemState.REJECTED


def test_without_a_register_nothing_is_taken() -> None:
    disposition = first_match(item("R1", "C1"), RULES, Context(Options(), Facts(), "any"))
    assert disposition.state is ItemState.SUSPENDED
    assert "register" in (disposition.reason or "")


@given(few_accounts, refs)
def test_an_ambiguous_reference_never_posts(accounts: list[Account], quoted: str) -> None:
    fitting = [each for each in accounts if quoted in (each.payment_ref, each.tenancy_ref)]
    disposition = first_match(item(quoted), [by_account()], context(*accounts))
    if len(fitting) == 1:
        assert disposition.account == fitting[0].payment_ref
    else:
        assert (disposition.state, disposition.account) == (ItemState.SUSPENDED, None)

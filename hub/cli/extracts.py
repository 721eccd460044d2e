"""A register that is only as whole as the extracts that were given."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from hub.checks.base import Context
from hub.errors import UsageError
from hub.model import Disposition, Facts, ItemState, Record, Taken
from hub.rent.mandates import MANDATE_KIND, mandate_of
from hub.rent.register import AccountRegister, accounts_in

if TYPE_CHECKING:
    from hub.door.feed import Feed
    from hub.model import Account, Item, Mandate

HELD = {"account": "rent accounts", MANDATE_KIND: "mandates"}
"""What an extract of each kind holds."""


class Extracts:
    """Answers from the extracts. Asked for what none of them is about, it raises UsageError: to say that
    there is no such account or mandate would be wrong."""

    def __init__(self, read: Sequence[tuple[Feed, Sequence[Item]]]) -> None:
        """`read`: the feed of each extract, with its items."""
        accounts: list[Account] = []
        mandates: list[Mandate] = []
        for feed, items in read:
            if feed.register is not None:
                accounts += accounts_in(feed.register(items))
            mandates += _mandates(feed, items)
        self._register = AccountRegister(accounts, mandates)
        self._given = {"account" if feed.register else MANDATE_KIND for feed, _ in read}

    def account(self, reference: str) -> Account | None:
        return self._with("account").account(reference)

    def by_claim(self, claim_ref: str) -> Sequence[Account]:
        return self._with("account").by_claim(claim_ref)

    def of_tenancy(self, tenancy_ref: str) -> Sequence[Account]:
        return self._with("account").of_tenancy(tenancy_ref)

    def live(self) -> Collection[str]:
        return self._with("account").live()

    def mandate(self, mandate_ref: str) -> Mandate | None:
        return self._with(MANDATE_KIND).mandate(mandate_ref)

    def candidates(self, reference: str) -> Sequence[str]:
        return self._with("account").candidates(reference)

    def _with(self, kind: str) -> AccountRegister:
        if kind not in self._given:
            raise UsageError(
                f"The items are looked up among the {HELD[kind]} too: give the extract of {HELD[kind]} "
                "with a --register of its own."
            )
        return self._register


def _mandates(feed: Feed, items: Iterable[Item]) -> Iterator[Mandate]:
    """The mandates that the items of an extract would make."""
    ctx = Context(feed.options(), Facts(), "")
    for item in items:
        for move in feed.moves(Taken("", item, Disposition(ItemState.NOTED)), ctx):
            if move.kind == MANDATE_KIND:
                yield mandate_of(
                    Record(
                        kind=move.kind,
                        key=move.key,
                        state=move.to or "",
                        account=move.account,
                        data=move.data,
                        personal=move.personal,
                    )
                )

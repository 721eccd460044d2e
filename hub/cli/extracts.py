"""A register that is only as whole as the extracts that were given."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from hub.errors import UsageError
from hub.rent.register import AccountRegister

if TYPE_CHECKING:
    from hub.door.feed import RegisterChange
    from hub.model import Account, Mandate

HOLDS = {"account": "rent accounts", "mandate": "mandates"}
"""What an extract of each kind holds."""


class Extracts:
    """Answers from the extracts. Asked for what none of them is about, it raises UsageError: to say that
    there is no such account or mandate would be wrong."""

    def __init__(self, changes: Sequence[RegisterChange]) -> None:
        self._register = AccountRegister.of(changes)
        self._given = {change.kind for change in changes}

    def account(self, reference: str) -> Account | None:
        return self._with("account").account(reference)

    def by_claim(self, claim_ref: str) -> Sequence[Account]:
        return self._with("account").by_claim(claim_ref)

    def mandate(self, mandate_ref: str) -> Mandate | None:
        return self._with("mandate").mandate(mandate_ref)

    def candidates(self, reference: str) -> Sequence[str]:
        return self._with("account").candidates(reference)

    def _with(self, kind: str) -> AccountRegister:
        if kind not in self._given:
            raise UsageError(
                f"The items are looked up among the {HOLDS[kind]} too: give the extract of {HOLDS[kind]} "
                "with a --register of its own."
            )
        return self._register

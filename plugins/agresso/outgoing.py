"""What leaves: vouchers with the items that they are made of, in the order of the file."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from hub.api import Context, Role, Taken, Voucher
from plugins.agresso.settings import LedgerOptions

Options = Context[LedgerOptions]


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A voucher, and the items that are carried by it. One `beside` another tells of the same items."""

    voucher: Voucher
    items: Sequence[Taken]
    beside: bool = False

    @property
    def line(self) -> int:
        return self.items[0].item.line

    @property
    def lines(self) -> list[int]:
        return [one.item.line for one in self.items]

    @property
    def ledgers(self) -> frozenset[str]:
        """The ledgers that it goes through: gl, ar for a customer's, ap for a supplier's."""
        roles = {line.role for line in self.voucher.lines}
        named = {Role.CUSTOMER: "ar", Role.SUPPLIER: "ap"}
        return frozenset({"gl", *(name for role, name in named.items() if role in roles)})

    @property
    def name(self) -> str:
        """How a finding names it."""
        return self.voucher.document or self.items[0].item.reference


Build = Callable[[Sequence[Taken], Context[Any]], Iterator[Outgoing]]
"""From items to vouchers."""

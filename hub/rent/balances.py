"""What all rent accounts owe together, by the day of each extract: what finance holds the ledger's debtors'
control against (`rent.accounts`)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from hub.checks.base import Context
from hub.door.lifecycle import Lifecycle
from hub.model import Move, Taken

RENT_BALANCE, TOLD = "rent_balance", "TOLD"
BALANCE_LIFE = Lifecycle(
    kind=RENT_BALANCE,
    title="What all rent accounts owe together",
    begins=(TOLD,),
    moves={TOLD: (TOLD,)},
    owner="rents",
)
"""By the day of the extract, YYYY-MM-DD. data: pence, positive = owed; accounts, how many have a balance."""


def balance_told(taken: Sequence[Taken], ctx: Context[Any]) -> Iterator[Move]:
    """Of an extract that tells balances. Tenancies that share an account have one balance, which is told with
    each of them."""
    balances = {one.item.reference: one.item.data.get("balance") for one in taken}
    pence = [int(str(balance)) for balance in balances.values() if balance is not None]
    if pence:
        day = max(one.item.on for one in taken).isoformat()
        yield Move(kind=RENT_BALANCE, key=day, to=TOLD, data={"pence": sum(pence), "accounts": len(pence)})

"""The ledger's own lists as records: accounts with their rules. `agresso.master_data` keeps them.

Source: formats page agresso.md, sections 1 (account rules) and 9 (AGR09, AGR10).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from hub.api import Context, Lifecycle, Record

ACCOUNT, ACTIVE, CLOSED = "agresso_account", "ACTIVE", "CLOSED"
REQUIRED, OPTIONAL, FORBIDDEN = "M", "O", "B"
"""What a rule says of a dimension: it must be filled, may be, must be blank."""

ACCOUNT_LIFE = Lifecycle(
    kind=ACCOUNT,
    title="Accounts of the financial system",
    begins=(ACTIVE, CLOSED),
    moves={ACTIVE: (CLOSED,), CLOSED: (ACTIVE,)},
    owner="finance",
)
"""data: client, value, dim_1 … dim_7 (M, O or B), as_of (the day of the copy)."""


def age_days(copy: Sequence[Record], ctx: Context[Any]) -> int:
    """How old the copy is; 0 where today is not known."""
    latest = max(date.fromisoformat(one.data["as_of"]) for one in copy)
    return (ctx.facts.today - latest).days if ctx.facts.today else 0

"""The ledger's own lists as records: accounts with their rules, codes, and the values of dimensions.
`agresso.master_data` keeps them.

Source: formats page agresso.md, sections 1 (account rules) and 9 (AGR09, AGR10).
"""

from __future__ import annotations

from collections.abc import Container, Iterator
from datetime import date
from typing import Any

from hub.api import Context, Lifecycle, Lookup, Record

ACCOUNT, CODE, VALUE, COPY = "agresso_account", "agresso_code", "agresso_value", "agresso_copy"
ACTIVE, CLOSED = "ACTIVE", "CLOSED"
REQUIRED, OPTIONAL, FORBIDDEN = "M", "O", "B"
"""What a rule says of a dimension: it must be filled, may be, must be blank."""

NO_TAX_CODE = "-"
"""What a rule says of the tax code where there must be none; another text is the one that it must be."""

_EITHER = {ACTIVE: (CLOSED,), CLOSED: (ACTIVE,)}
ACCOUNT_LIFE = Lifecycle(
    kind=ACCOUNT,
    title="Accounts of the financial system",
    begins=(ACTIVE, CLOSED),
    moves=_EITHER,
    owner="finance",
)
"""data: client, value, dim_1 … dim_7 (M, O or B), tax (`NO_TAX_CODE`, a code, or None)."""

CODE_LIFE = Lifecycle(
    kind=CODE,
    title="Voucher types, tax codes and payment methods of the financial system",
    begins=(ACTIVE, CLOSED),
    moves=_EITHER,
    owner="finance",
)
"""By client, list and code. They are few, so that a check sees them all."""

VALUE_LIFE = Lifecycle(
    kind=VALUE,
    title="Values of dimensions, suppliers and customers of the financial system",
    begins=(ACTIVE,),
    moves={ACTIVE: (ACTIVE,)},
    owner="finance",
)
"""By the value alone: there are many, and an item names it. data: by client and list, ACTIVE or CLOSED."""

COPY_LIFE = Lifecycle(
    kind=COPY,
    title="Copies of the financial system's own lists",
    begins=(ACTIVE,),
    moves={ACTIVE: (ACTIVE,)},
    owner="finance",
)
"""By client and list (ACCOUNT, VOUCHER_TYPE, TAX_CODE, PAY_METHOD, SUPPLIER, CUSTOMER, dim_1 …). data: as_of,
the day."""

LIVES = (ACCOUNT_LIFE, CODE_LIFE, VALUE_LIFE, COPY_LIFE)
_CODINGS = ("cost_centre", "project", "property", "activity", "property_ref", "supplier_ref")


def values_of(item: Any) -> list[str]:
    """All that an item names which may be a value of a dimension, or a supplier."""
    rows = [item.data, *item.data.get("lines", ())]
    return [str(row[name]) for row in rows for name in _CODINGS if row.get(name)]


LOOKS_UP = (Lookup(ACCOUNT), Lookup(CODE), Lookup(VALUE, keys=values_of), Lookup(COPY))


def is_believed(list_name: str, client: str, ctx: Context[Any]) -> bool:
    """Whether there is a copy of the list, and a new enough one: what it does not hold is not there."""
    copy = ctx.facts.records.get(COPY, f"{client}/{list_name}") if ctx.facts.records else None
    return copy is not None and age_days(copy, ctx) <= ctx.options.max_age_days


def too_old(clients: Container[str], ctx: Context[Any]) -> Iterator[tuple[str, int]]:
    """The lists whose copy is too old to be believed, with its age in days."""
    for copy in ctx.facts.records.all(COPY) if ctx.facts.records else ():
        client, _, name = copy.key.partition("/")
        if client in clients and (age := age_days(copy, ctx)) > ctx.options.max_age_days:
            yield name, age


def age_days(copy: Record, ctx: Context[Any]) -> int:
    """How old the copy is; 0 where today is not known."""
    as_of = date.fromisoformat(copy.data["as_of"])
    return (ctx.facts.today - as_of).days if ctx.facts.today else 0

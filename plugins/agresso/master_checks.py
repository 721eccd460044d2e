"""What is wrong with a line by the ledger's own lists (AGR09, AGR22) and by the rules of its accounts
(AGR10), whether the hub makes the voucher or another system has.

Source: formats page agresso.md, sections 1 and 9.1.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from hub.api import CannotRender, Context, Found, Level, Line, Need, Record, Role, Severity, Taken, check
from plugins.agresso.master import (
    ACCOUNT,
    ACTIVE,
    CODE,
    FORBIDDEN,
    NO_TAX_CODE,
    REQUIRED,
    VALUE,
    is_believed,
    too_old,
    values_of,
)
from plugins.agresso.outgoing import Options, Outgoing
from plugins.agresso.records import tax_code


@dataclass(frozen=True, slots=True)
class Coded:
    """A line by the ledger's own codes; blank or None where it says nothing.

    dimensions: by place (dim_1); looked_up: those whose value may be looked up, None = all
    customer:   of a line that names its number; of what the hub makes, documents are asked
    """

    client: str
    voucher_type: str | None
    account: str | None
    tax_code: str | None
    dimensions: Mapping[str, str] = field(default_factory=dict)
    supplier: str | None = None
    customer: str | None = None
    pay_method: str | None = None
    looked_up: frozenset[str] | None = None


def coded(one: Outgoing, ctx: Options) -> Iterator[Coded]:
    """The lines of a voucher that the hub makes. Of dimensions those are looked up that the items name; what
    an option of the route sets is not."""
    named = frozenset(value for taken in one.items for value in values_of(taken.item))
    options, voucher = ctx.options, one.voucher
    for line in voucher.lines:
        told = {place: line.coding.get(name) for name, place in options.dimensions.items()}
        yield Coded(
            client=str(options.client),
            voucher_type=options.voucher_type(voucher.kind),
            account=line.coding.get("account"),
            tax_code=code_of(line, one, ctx),
            dimensions={place: value for place, value in told.items() if value},
            supplier=voucher.party if line.role is Role.SUPPLIER else None,
            pay_method=voucher.pay_method if line.role in (Role.SUPPLIER, Role.CUSTOMER) else None,
            looked_up=named,
        )


def code_of(line: Line, one: Outgoing, ctx: Options) -> str | None:
    """None for a meaning without a code, which AGR16 tells."""
    with suppress(CannotRender):
        return tax_code(line, one.voucher, ctx)
    return None


def without_an_account(one: Outgoing, ctx: Options) -> Iterator[str]:
    of_ledger = (line for line in one.voucher.lines if line.role in (Role.LEDGER, Role.TAX))
    if not all(line.coding.get("account") for line in of_ledger):
        yield "the account of a line has none of the ledger's; complete the code map, or `posts_to`"


def unknown_to_the_ledger(one: Outgoing, ctx: Options) -> Iterator[str]:
    """Accounts, voucher types, tax codes, dimensions and suppliers that its last copy does not have."""
    yield from dict.fromkeys(told for line in coded(one, ctx) for told in unknown(line, ctx))


def unknown_pay_method(one: Outgoing, ctx: Options) -> Iterator[str]:
    """A payment method that its last copy does not have."""
    yield from dict.fromkeys(told for line in coded(one, ctx) for told in unknown_method(line, ctx))


def against_account_rules(one: Outgoing, ctx: Options) -> Iterator[str]:
    """What the rules of the accounts want, forbid or fix."""
    for line in coded(one, ctx):
        yield from against_rule(line, ctx)


def unknown(line: Coded, ctx: Context[Any]) -> Iterator[str]:
    """What of a line the last copy of the ledger's lists does not have."""
    if line.voucher_type and _is_missing("VOUCHER_TYPE", line.voucher_type, line, ctx):
        yield f"the ledger knows no active voucher type {line.voucher_type}"
    if line.supplier and _has_no("SUPPLIER", line.supplier, line, ctx):
        yield f"the ledger knows no active supplier {line.supplier}"
    if line.customer and _has_no("CUSTOMER", line.customer, line, ctx):
        yield f"the ledger knows no active customer {line.customer}"
    if line.account and is_believed("ACCOUNT", line.client, ctx):
        found = _record(ACCOUNT, f"{line.client}/{line.account}", ctx)
        if found is None or found.state != ACTIVE:
            yield f"the ledger knows no active account {line.account}"
    if line.tax_code and _is_missing("TAX_CODE", line.tax_code, line, ctx):
        yield f"the ledger knows no active tax code {line.tax_code}"
    for place, value in line.dimensions.items():
        if (line.looked_up is None or value in line.looked_up) and _has_no(place, value, line, ctx):
            yield f"the ledger knows no active value {value} of {place}"


def unknown_method(line: Coded, ctx: Context[Any]) -> Iterator[str]:
    if line.pay_method and _is_missing("PAY_METHOD", line.pay_method, line, ctx):
        yield f"the ledger knows no active payment method {line.pay_method}"


def against_rule(line: Coded, ctx: Context[Any]) -> Iterator[str]:
    """What the rule of a line's account wants, forbids or fixes."""
    found = _record(ACCOUNT, f"{line.client}/{line.account}", ctx) if line.account else None
    if found is not None:
        yield from _of_dimensions(found.data, line)
        yield from _of_tax(found.data, line, ctx.options.no_tax)


def _record(kind: str, key: str, ctx: Context[Any]) -> Record | None:
    return ctx.facts.records.get(kind, key) if ctx.facts.records else None


def _is_missing(list_name: str, code: str, line: Coded, ctx: Context[Any]) -> bool:
    if not is_believed(list_name, line.client, ctx):
        return False
    found = _record(CODE, f"{line.client}/{list_name}/{code}", ctx)
    return found is None or found.state != ACTIVE


def _has_no(list_name: str, value: str, line: Coded, ctx: Context[Any]) -> bool:
    if not is_believed(list_name, line.client, ctx):
        return False
    found = _record(VALUE, value, ctx)
    return found is None or found.data.get(f"{line.client}/{list_name}") != ACTIVE


def _of_dimensions(rule: Mapping[str, Any], line: Coded) -> Iterator[str]:
    for place in (f"dim_{number}" for number in range(1, 8)):
        flag = rule.get(place)
        if flag == REQUIRED and not line.dimensions.get(place):
            yield f"account {line.account} wants {place}, which is blank"
        elif flag == FORBIDDEN and line.dimensions.get(place):
            yield f"account {line.account} forbids {place}, which is filled"


def _of_tax(rule: Mapping[str, Any], line: Coded, no_tax: str) -> Iterator[str]:
    wanted, told = rule.get("tax"), line.tax_code or None
    if wanted == NO_TAX_CODE and told not in (None, no_tax):
        yield f"account {line.account} forbids a tax code, and the line has {told}"
    elif wanted not in (None, NO_TAX_CODE) and told is not None and told != wanted:
        yield f"account {line.account} has the tax code {wanted}, and the line has {told}"


@check("AGR09", level=Level.CROSS, severity=Severity.WARNING, needs=(Need.RECORDS,))
def copies_are_new(taken: Sequence[Taken], ctx: Options) -> Iterator[Found]:
    """Copies of the ledger's lists are no older than `max_age_days`. By an older one nothing is checked."""
    yield from told_as_old((str(ctx.options.client),), ctx)


def told_as_old(clients: Sequence[str], ctx: Context[Any]) -> Iterator[Found]:
    for name, age in too_old(clients, ctx):
        told = f"the copy of {name} is {age} days old, so nothing is checked by it"
        yield Found(f"{told}; ask finance for a new one (agresso.master_data)")

"""What is wrong with a voucher by the ledger's own lists (AGR09) and by the rules of its accounts (AGR10).

Source: formats page agresso.md, sections 1 and 9.1.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any

from hub.api import CannotRender, Found, Level, Line, Need, Role, Severity, Taken, check
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


def unknown_to_the_ledger(one: Outgoing, ctx: Options) -> Iterator[str]:
    """Accounts, voucher types, tax codes, dimensions and suppliers that its last copy does not have."""
    yield from _voucher_type(one, ctx)
    yield from _supplier(one, ctx)
    named = {value for taken in one.items for value in values_of(taken.item)}
    for line in one.voucher.lines:
        yield from _account(line, ctx)
        yield from _tax_code(line, one, ctx)
        yield from _dimensions(line, named, ctx)


def _voucher_type(one: Outgoing, ctx: Options) -> Iterator[str]:
    told = ctx.options.voucher_type(one.voucher.kind)
    if told is not None and _is_missing("VOUCHER_TYPE", told, ctx):
        yield f"the ledger knows no active voucher type {told}"


def _supplier(one: Outgoing, ctx: Options) -> Iterator[str]:
    party = one.voucher.party
    of_supplier = any(line.role is Role.SUPPLIER for line in one.voucher.lines)
    if of_supplier and party and is_believed("SUPPLIER", ctx) and not _has_value("SUPPLIER", party, ctx):
        yield f"the ledger knows no active supplier {party}"


def _account(line: Line, ctx: Options) -> Iterator[str]:
    account, records = line.coding.get("account"), ctx.facts.records
    if not account and line.role in (Role.LEDGER, Role.TAX):
        yield "the account of a line has none of the ledger's; complete the code map, or `posts_to`"
    elif account and records and is_believed("ACCOUNT", ctx):
        found = records.get(ACCOUNT, f"{ctx.options.client}/{account}")
        if found is None or found.state != ACTIVE:
            yield f"the ledger knows no active account {account}"


def _tax_code(line: Line, one: Outgoing, ctx: Options) -> Iterator[str]:
    told = code_of(line, one, ctx)
    if told is not None and _is_missing("TAX_CODE", told, ctx):
        yield f"the ledger knows no active tax code {told}"


def code_of(line: Line, one: Outgoing, ctx: Options) -> str | None:
    """None for a meaning without a code, which AGR16 tells."""
    with suppress(CannotRender):
        return tax_code(line, one.voucher, ctx)
    return None


def _is_missing(list_name: str, code: str, ctx: Options) -> bool:
    records, key = ctx.facts.records, f"{ctx.options.client}/{list_name}/{code}"
    if records is None or not is_believed(list_name, ctx):
        return False
    found = records.get(CODE, key)
    return found is None or found.state != ACTIVE


def _dimensions(line: Line, named: set[str], ctx: Options) -> Iterator[str]:
    """Of those that the items name; what an option of the route sets is not looked up."""
    for coding, place in ctx.options.dimensions.items():
        value = line.coding.get(coding)
        if value and value in named and is_believed(place, ctx) and not _has_value(place, value, ctx):
            yield f"the ledger knows no active value {value} of {place}"


def _has_value(list_name: str, value: str, ctx: Options) -> bool:
    found = ctx.facts.records.get(VALUE, value) if ctx.facts.records else None
    return found is not None and found.data.get(f"{ctx.options.client}/{list_name}") == ACTIVE


def against_account_rules(one: Outgoing, ctx: Options) -> Iterator[str]:
    """What the rules of the accounts want, forbid or fix."""
    records = ctx.facts.records
    for line in one.voucher.lines:
        account = line.coding.get("account")
        rule = records.get(ACCOUNT, f"{ctx.options.client}/{account}") if records and account else None
        if rule is not None:
            yield from _of_dimensions(rule.data, line, ctx)
            yield from _of_tax(rule.data, line, one, ctx)


def _of_dimensions(rule: Mapping[str, Any], line: Line, ctx: Options) -> Iterator[str]:
    filled = {place for name, place in ctx.options.dimensions.items() if line.coding.get(name)}
    for place in (f"dim_{number}" for number in range(1, 8)):
        flag = rule.get(place)
        if flag == REQUIRED and place not in filled:
            yield f"account {line.coding['account']} wants {place}, which is blank"
        elif flag == FORBIDDEN and place in filled:
            yield f"account {line.coding['account']} forbids {place}, which is filled"


def _of_tax(rule: Mapping[str, Any], line: Line, one: Outgoing, ctx: Options) -> Iterator[str]:
    wanted, told, account = rule.get("tax"), code_of(line, one, ctx), line.coding["account"]
    if wanted == NO_TAX_CODE and told not in (None, ctx.options.no_tax):
        yield f"account {account} forbids a tax code, and the line has {told}"
    elif wanted not in (None, NO_TAX_CODE) and told is not None and told != wanted:
        yield f"account {account} has the tax code {wanted}, and the line has {told}"


@check("AGR09", level=Level.CROSS, severity=Severity.WARNING, needs=(Need.RECORDS,))
def copies_are_new(taken: Sequence[Taken], ctx: Options) -> Iterator[Found]:
    """Copies of the ledger's lists are no older than `max_age_days`. By an older one nothing is checked."""
    for name, age in too_old(ctx):
        told = f"the copy of {name} is {age} days old, so nothing is checked by it"
        yield Found(f"{told}; ask finance for a new one (agresso.master_data)")

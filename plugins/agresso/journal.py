"""The rent system's journals, entries that the hub itself has booked, and rents moved between cost centres,
as vouchers: one for each number, with its lines as they are.

Source: formats page agresso.md, sections 10.1 and 11.1.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

from hub.api import LEDGER_ENTRY, Line, Role, Side, Taken, Voucher
from plugins.agresso.cut_off import accrued
from plugins.agresso.outgoing import Options, Outgoing

JOURNAL = "JOURNAL"
TRANSFER = "TRANSFER"
BOOKED = (JOURNAL, LEDGER_ENTRY, TRANSFER)


def journals(taken: Sequence[Taken], ctx: Options) -> Iterator[Outgoing]:
    """Items of one kind and number are one voucher, wherever they stand."""
    by_number: dict[tuple[str, str], list[Taken]] = {}
    for one in taken:
        by_number.setdefault((one.item.kind, one.item.reference), []).append(one)
    for (kind, _), items in by_number.items():
        on = value_day(items[0], ctx)
        lines = _taxed([_line(one, ctx) for one in items], ctx)
        made = Outgoing(Voucher(kind=kind, dated=on, valued=on, lines=lines), items)
        yield made
        if kind == JOURNAL and ctx.options.value_day == "days":
            yield from accrued(made, ctx)


def value_day(one: Taken, ctx: Options) -> date:
    """When it counts: a week's journal that spans two months may count on its Monday, wholly or by days."""
    on, whole = one.item.on, one.item.kind == JOURNAL and ctx.options.value_day != "own"
    return on - timedelta(days=on.weekday()) if whole else on


def _line(one: Taken, ctx: Options) -> Line:
    data, on, posts_to = _told(one), one.item.on, ctx.options.posts_to
    of_side = bool(data.get("side"))
    account = side_account(data, posts_to) if of_side else ledger_account(str(data["account"]), on, ctx)
    return Line(
        role=Role.LEDGER,
        amount=one.item.amount,
        coding=_coding(data, account),
        tax=account_tax(account, on, ctx),
        description=str(data.get("description") or ""),
        key=one.id,
    )


def _told(one: Taken) -> Mapping[str, object]:
    """What a line says. Either side of a transfer is the debtors' control, each in its own cost centre."""
    if one.item.kind != TRANSFER:
        return one.item.data
    cost_centre = one.item.data["cost_centre"]
    return {"side": Side.DEBTORS, "cost_centre": cost_centre, "description": f"Transfer {one.item.reference}"}


def _coding(data: Mapping[str, object], account: str | None) -> dict[str, str]:
    named = {name: data.get(name) for name in ("cost_centre", "project", "property", "activity")}
    return {name: str(value) for name, value in {"account": account, **named}.items() if value}


def ledger_account(account: str, on: date, ctx: Options) -> str | None:
    """The ledger's account; None when the code map has none (AGR09)."""
    name, codes = ctx.options.accounts, ctx.facts.codes
    return codes.value(name, account, on) if name and codes else account


def side_account(data: Mapping[str, object], posts_to: Mapping[str, str]) -> str | None:
    """The ledger's account of a side, of the one meant where it has several; None when none is set."""
    side = str(data["side"])
    return posts_to.get(f"{side}:{data.get('which')}") or posts_to.get(side)


def account_tax(account: str | None, on: date, ctx: Options) -> str | None:
    """What the supplies of an account are for tax."""
    name, codes = ctx.options.account_tax, ctx.facts.codes
    return codes.value(name, account, on) if name and codes and account else None


def _taxed(lines: Sequence[Line], ctx: Options) -> list[Line]:
    """The line of the tax account is the tax of the one account whose supplies are taxed. Where several
    are, it cannot be told which, and a check holds the voucher (AGR16)."""
    of_tax = [line for line in lines if line.coding.get("account") == ctx.options.tax_account]
    taxed = [line for line in lines if line.tax in ("STANDARD", "REDUCED")]
    accounts = {line.coding.get("account") for line in taxed}
    if not of_tax or len(accounts) != 1:
        return list(lines)
    base, account = sum(line.amount for line in taxed), accounts.pop()
    return [
        replace(line, role=Role.TAX, tax=taxed[0].tax, taxed=account, base=base) if line in of_tax else line
        for line in lines
    ]

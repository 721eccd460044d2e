"""What receipts and remittances mean for records: the receipt for ever, the debt's balance, the remittance.

Source: formats page debt_agency.md, section 3.7.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hub.api import Item, ItemState, Move, Taken, format_pounds
from plugins.debt_agency.contract import Pay, Terms, terms_of
from plugins.debt_agency.exceptions import exception
from plugins.debt_agency.pay_accounts import differences, of_a_debt
from plugins.debt_agency.pay_records import (
    NOTED,
    POSTED,
    RECEIPT,
    REVERSED,
    SETTLED,
    SUSPENDED,
    key_of,
)
from plugins.debt_agency.pay_records import REMITTANCE as REMITTANCE_RECORD
from plugins.debt_agency.payments import REMITTANCE
from plugins.debt_agency.placements import PLACEMENT
from plugins.debt_agency.remittance import Receipt

_STATES = {ItemState.TAKEN: POSTED, ItemState.NOTED: NOTED}


def payment_moves(one: Taken, ctx: Pay) -> Iterator[Move]:
    if one.item.kind == REMITTANCE:
        yield from _remittance(one, ctx)
        return
    item = one.item
    receipt = Receipt.known(item.line, item.reference, item.data)
    account = one.disposition.account
    yield _known(
        receipt,
        _STATES[one.disposition.state],
        ctx,
        account,
        remitted=date.fromisoformat(str(item.data["remitted"] or item.on)),
        item=one.id,
        content=str(item.data["content"]),
    )
    yield from _taken_back(receipt, ctx)
    yield from _debt(one, ctx)


def _known(
    receipt: Receipt,
    state: str,
    ctx: Pay,
    account: str | None,
    *,
    remitted: date,
    item: str | None,
    content: str,
) -> Move:
    """A receipt as it is remembered, with the terms that what takes it back will bear: those of the day on
    which it was remitted."""
    terms = terms_of(receipt, {}, remitted, ctx)
    told = terms if isinstance(terms, Terms) else None
    return Move(
        kind=RECEIPT,
        key=key_of(ctx.options.called, receipt.txn_id),
        to=state,
        account=account,
        data={
            "placement_ref": receipt.placement_ref,
            "kind": receipt.kind.value,
            "gross": receipt.gross,
            "rate": f"{(told.rate if told else receipt.rate) or 0:.4f}",
            "vat_percent": str(told.vat_percent) if told else "0",
            "minimum": told.minimum if told else 0,
            "reversed": 0,
            "item": item,
            "content": content,
        },
    )


def _taken_back(receipt: Receipt, ctx: Pay) -> Iterator[Move]:
    """What is left of the original: nothing once all of it was taken back."""
    records = ctx.facts.records
    if receipt.reverses is None or records is None:
        return
    original = records.get(RECEIPT, key_of(ctx.options.called, receipt.reverses))
    if original is None:
        return
    back = original.data["reversed"] - receipt.gross
    to = REVERSED if back >= original.data["gross"] else None
    told = f"{receipt.txn_id} takes back {format_pounds(-receipt.gross)}"
    yield Move(kind=RECEIPT, key=original.key, to=to, data={"reversed": back}, reason=told)


def _debt(one: Taken, ctx: Pay) -> Iterator[Move]:
    """The debt, as those before it in the file left it, and what somebody must look at."""
    placement, item = of_a_debt(one, ctx), one.item
    if placement is None:
        return
    told, recognised = placement.data, int(placement.data.get("recognised", 0))
    for found in differences(one, placement, int(told["balance"]), recognised):
        key = f"{key_of(ctx.options.called, str(item.data['txn_id']))}/{found.code}"
        says = f"{item.data['agency']}, {placement.key}, {item.data['txn_id']}: {found.says}"
        yield exception(key, found.code, says, placement, told=found.told, known=found.known)
    if one.disposition.state is ItemState.TAKEN:
        changed = {"balance": told["balance"] + item.amount, "paid": told["paid"] - item.amount}
        reason = f"{item.data['txn_id']}: {format_pounds(-item.amount)} collected"
    else:
        changed = {"recognised": recognised + item.amount}
        reason = f"{item.data['txn_id']}: {format_pounds(-item.amount)} paid directly"
    yield Move(kind=PLACEMENT, key=placement.key, data=changed, reason=reason)


def _remittance(one: Taken, ctx: Pay) -> Iterator[Move]:
    """The remittance, and those of its receipts that went to suspense: they are remembered, too."""
    item, records = one.item, ctx.facts.records
    for told in item.data["lines"]:
        key = key_of(ctx.options.called, str(told["txn_id"]))
        if records is not None and records.get(RECEIPT, key) is None:
            receipt = Receipt.known(int(told["line"]), str(told["placement_ref"]), told)
            content = str(told["content"])
            yield _known(receipt, SUSPENDED, ctx, None, remitted=item.on, item=None, content=content)
            yield from _taken_back(receipt, ctx)
    yield Move(
        kind=REMITTANCE_RECORD,
        key=key_of(ctx.options.called, item.reference),
        to=SETTLED,
        data=_summed(item, ctx),
    )


def _summed(item: Item, ctx: Pay) -> dict[str, Any]:
    data, ledger = item.data, ctx.options.ledger
    charged = int(data["commission"]) + int(data["commission_vat"])
    due = item.on + timedelta(ledger.terms_days if ledger else 0)
    sums = {name: data[name] for name in ("basis", "bank", "gross", "cash", "commission", "commission_vat")}
    return {
        **sums,
        "charged": charged,
        "deducted": int(data["cash"]) - int(data["bank"]),
        "owed": charged - int(data["cash"]) + int(data["bank"]),
        "invoice": data["invoice"],
        "on": item.on.isoformat(),
        "due": due.isoformat(),
        "ledger": ledger.model_dump(mode="json") if ledger else None,
        "lines": [_line(told, ctx) for told in data["lines"] if told["commission"]],
    }


def _line(told: Mapping[str, Any], ctx: Pay) -> dict[str, Any]:
    """A line of the agency's invoice: names no person, only the placement."""
    ledger = ctx.options.ledger
    gross, rate = (
        format_pounds(told["gross"]),
        f" {Decimal(told['rate']) * 100:.2f} %" if told["rate"] else "",
    )
    line = {
        "text": f"Commission{rate} of {gross}, {told['txn_type']} {told['placement_ref']}",
        "account": ledger.commission_account if ledger else None,
        "cost_centre": ledger.cost_centre if ledger else None,
        "tax": ctx.options.vat.value,
        "net": told["commission"],
        "vat": told["commission_vat"],
        "gross": told["commission"] + told["commission_vat"],
    }
    return {name: value for name, value in line.items() if value is not None}

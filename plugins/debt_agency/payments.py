"""From receipts to items, from items to rent accounts, and from there to postings.

Post gross, never net: a payment of 100.00 takes 100.00 from the debt, whatever the agency passes on. Source:
formats page debt_agency.md, sections 0, 1.1, 3.7, 5.1 and 7.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from hub.api import (
    Chunk,
    Disposition,
    Item,
    ItemState,
    Record,
    RentTransaction,
    SentItem,
    Taken,
    format_pounds,
)
from plugins.debt_agency.canonical import PAYMENT_LINE, REMITTANCE_LINE
from plugins.debt_agency.commission import TxnType
from plugins.debt_agency.contract import Pay, placement_of
from plugins.debt_agency.holds import stopping
from plugins.debt_agency.pay_records import RECEIPT, SUSPENDED, key_of
from plugins.debt_agency.pay_tally import PaymentTally
from plugins.debt_agency.placements import AT_AN_AGENCY, CANCELLED, DRAFT, QUEUED, REJECTED
from plugins.debt_agency.remittance import Receipt, Remittance

REMITTANCE = "REMITTANCE"
KINDS = {
    TxnType.PA: "RECEIPT",
    TxnType.CST: "RECEIPT",
    TxnType.PAR: "REVERSAL",
    TxnType.DP: "DIRECT_PAYMENT",
    TxnType.DPR: "DIRECT_REVERSAL",
}
POSTED = ("RECEIPT", "REVERSAL")
NEVER_PLACED = frozenset({DRAFT, QUEUED, REJECTED, CANCELLED})
WHOSE = {
    "BKR": "the trustee in bankruptcy",
    "IVA": "the supervisor of the arrangement",
    "DRO": "back to whoever paid",
    "FRD": "nobody before the fraud is looked into",
}
"""By hold, whose a receipt is that the council may not keep (5.1)."""


def payment_items(chunk: Chunk, tally: PaymentTally, ctx: Pay) -> Iterator[Item]:
    """One a receipt, and behind those of a remittance one for itself, which moves no account: told once its
    `M` line is read, so that each receipt knows its remittance. Where a layout has none, each is told at
    once."""
    if chunk.layout.name == PAYMENT_LINE.name and not tally.sums_up:
        for one in tally.receipts[-len(chunk) :] if len(chunk) else ():
            yield _receipt_item(one, None, tally, ctx)
    elif chunk.layout.name == REMITTANCE_LINE.name:
        for remittance in tally.remittances[-len(chunk) :] if len(chunk) else ():
            for one in remittance.receipts:
                yield _receipt_item(one, remittance, tally, ctx)
            yield _remittance_item(remittance, tally, ctx)


def _receipt_item(one: Receipt, remittance: Remittance | None, tally: PaymentTally, ctx: Pay) -> Item:
    data = {
        **one.told(),
        "remittance": remittance.ref if remittance else None,
        "remitted": remittance.value_date.isoformat() if remittance else None,
        "agency": ctx.options.called,
        "content": one.content,
        "before": tally.before[one.at],
        "repeats": one.at in tally.repeats,
        "type": ctx.options.type_codes.get("CST" if one.kind is TxnType.CST else "PA"),
    }
    return Item(KINDS[one.kind], one.at, one.placement_ref, -one.gross, one.received, data)


def _remittance_item(remittance: Remittance, tally: PaymentTally, ctx: Pay) -> Item:
    data = {
        "agency": ctx.options.called,
        "basis": remittance.basis.value,
        "bank": remittance.bank,
        "gross": remittance.gross,
        "cash": remittance.cash,
        "commission": remittance.commission,
        "commission_vat": remittance.vat,
        "invoice": remittance.invoice,
        "lines": [
            {"line": one.at, "placement_ref": one.placement_ref, "content": one.content, **one.told()}
            for one in remittance.receipts
            if one.at not in tally.repeats
        ],
    }
    return Item(REMITTANCE, remittance.at, remittance.ref, 0, remittance.value_date, data)


def remittance_of(item: Item) -> str:
    """The part of a file that one bank credit is for (`awaits: {each: remittance}`)."""
    return item.reference if item.kind == REMITTANCE else str(item.data["remittance"])


def banked(items: Sequence[Item]) -> int:
    """What the bank will show: the net of each remittance, whatever matching made of its receipts."""
    return sum(int(item.data["bank"]) for item in items if item.kind == REMITTANCE)


def item_key(item: Item) -> str | None:
    """A receipt in another file: the agency's own number of it."""
    return None if item.kind == REMITTANCE else key_of(str(item.data["agency"]), str(item.data["txn_id"]))


def receipt_keys(item: Item) -> tuple[str, ...]:
    """The receipts that an item is about: its own, and what it takes back."""
    if item.kind == REMITTANCE:
        return tuple(key_of(item.data["agency"], one["txn_id"]) for one in item.data["lines"])
    named = (item.data["txn_id"], item.data["reverses"])
    return tuple(key_of(str(item.data["agency"]), str(txn)) for txn in named if txn)


def match_receipt(item: Item, ctx: Pay, sent: SentItem | None) -> Disposition:
    """Where a receipt belongs: to the account of its placement, and nowhere else by guess."""
    if item.kind == REMITTANCE:
        return Disposition(ItemState.NOTED, reason="SUMMED: what the bank shows, and what commission costs")
    if item.data["repeats"] or _came_before(item, ctx):
        return Disposition(ItemState.DUPLICATE, reason="this txn_id came before; nothing is posted again")
    placement = placement_of(item.reference, ctx)
    account = placement.account if placement is not None else None
    if item.kind not in POSTED:
        told = "DIRECT: the rent account has it already; commission is due on it"
        return Disposition(ItemState.NOTED, account, told)
    if placement is None or account is None or placement.state in NEVER_PLACED:
        return _suspended("UNKNOWN_PLACEMENT: this debt was never placed with the agency")
    why = _why_not_posted(item, placement, ctx)
    if why is not None:
        return _suspended(why, account)
    return Disposition(ItemState.TAKEN, account, _flags(item, placement))


def _came_before(item: Item, ctx: Pay) -> bool:
    history = ctx.facts.history
    return history is not None and item_key(item) in history.posted


def _suspended(reason: str, *candidates: str) -> Disposition:
    return Disposition(ItemState.SUSPENDED, reason=reason, candidates=candidates)


def _why_not_posted(item: Item, placement: Record, ctx: Pay) -> str | None:
    """Why a receipt of a known placement waits for a person all the same."""
    closed = closed_on(placement)
    if closed is not None and item.on > closed + timedelta(ctx.options.late_days):
        return f"TOO_LATE: the placement ended on {closed}, more than {ctx.options.late_days} days before"
    held = _not_kept(item, placement, ctx)
    if held is not None:
        return f"HELD_{held}: received after the order; it belongs to {WHOSE.get(held, 'somebody else')}"
    if _original_waits(item, ctx):
        return "ORIGINAL_SUSPENDED: what it takes back lies in suspense; settle both together"
    if ctx.options.overpaid == "suspend" and (over := over_by(item, owed(item, placement))):
        return f"OVERPAID: {format_pounds(over)} more than is owed"
    return None


def closed_on(placement: Record) -> date | None:
    """When a placement came to its end; None while the agency has it."""
    if placement.state in AT_AN_AGENCY:
        return None
    told = (placement.data.get("closed") or {}).get("on")
    if told:
        return date.fromisoformat(str(told))
    return placement.since.date() if placement.since else None


def _not_kept(item: Item, placement: Record, ctx: Pay) -> str | None:
    """The hold under which the council may not keep what came in on its first day, or after."""
    for code, hold in stopping(ctx.facts, placement.account):
        if code in ctx.options.not_kept and str(hold.data["from"]) <= item.on.isoformat():
            return code
    return None


def _original_waits(item: Item, ctx: Pay) -> bool:
    if item.kind != "REVERSAL" or ctx.facts.records is None:
        return False
    original = ctx.facts.records.get(RECEIPT, key_of(str(item.data["agency"]), str(item.data["reverses"])))
    return original is not None and original.state == SUSPENDED


def owed(item: Item, placement: Record) -> int:
    """Pence that are owed of the debt before a receipt: those above it in its file are taken off."""
    return int(placement.data["balance"]) - int(item.data["before"])


def over_by(item: Item, owed: int) -> int:
    """Pence by which a receipt is more than what is owed by then."""
    return max(0, -item.amount - max(0, owed))


def _flags(item: Item, placement: Record) -> str | None:
    """What is said of a receipt that is posted."""
    if closed_on(placement) is not None:
        return f"LATE_AFTER_CLOSE: the placement is {placement.state}; posted all the same"
    if over := over_by(item, owed(item, placement)):
        return f"OVERPAID: {format_pounds(over)} more than is owed; the account comes into credit"
    return None


def posting(taken: Taken, ctx: Pay) -> tuple[RentTransaction, ...]:
    """The gross of one receipt; of what takes one back, with the posting that it takes back."""
    item, data = taken.item, taken.item.data
    method = str(data["method"] or "")
    return (
        RentTransaction(
            transaction_id=taken.id,
            payment_ref=taken.disposition.account or "",
            tenancy_ref=taken.disposition.tenancy,
            kind=item.kind,
            method_code=ctx.options.methods.get(method, method) or None,
            type_code=str(data["type"]),
            transaction_date=item.on,
            post_date=ctx.moment.business_date if ctx.moment else item.on,
            amount=item.amount,
            external_ref=str(data["txn_id"]),
            narrative=f"Collected by agency {data['agency']}, {item.reference}",
            reverses_id=_posted_as(item, ctx),
        ),
    )


def _posted_as(item: Item, ctx: Pay) -> str | None:
    """The posting that a reversal takes back, where the hub knows it."""
    if not item.data["reverses"] or ctx.facts.records is None:
        return None
    original = ctx.facts.records.get(RECEIPT, key_of(str(item.data["agency"]), str(item.data["reverses"])))
    return str(original.data["item"]) if original is not None and original.data.get("item") else None

"""A ledger file that another system made: checked, then sent on byte for byte.

Source: formats page agresso.md, sections 3, 6.2 and 9.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from hub.api import (
    DOCUMENT,
    Called,
    Chunk,
    Context,
    DeliveryState,
    Disposition,
    Found,
    Item,
    ItemState,
    Left,
    Level,
    Lookup,
    Move,
    Need,
    SentItem,
    Severity,
    Taken,
    Waiting,
    check,
)
from plugins.agresso import ledger_credits, master
from plugins.agresso.gl07_layout import AP, AR
from plugins.agresso.ledger_tally import LedgerTally, day_of, pence
from plugins.agresso.ledger_tax import taxes_by_line
from plugins.agresso.master_checks import Coded, against_rule, told_as_old, unknown, unknown_method
from plugins.agresso.master_data import DIMENSIONS
from plugins.agresso.names import LEDGER_LINE, line_name
from plugins.agresso.settings import LedgerFileOptions

Options = Context[LedgerFileOptions]
_TOLD = (
    "batch_id", "client", "voucher_type", "voucher_no", "trans_type", "account", "period", "ext_ref",
    "ext_inv_ref", "apar_id",
)  # fmt: skip
_FILLED = ("tax_code", "pay_method", "voucher_ref", *(f"dim_{number}" for number in range(1, 8)))
"""What of a line is told where it is filled."""


def ledger_items(chunk: Chunk, tally: LedgerTally, ctx: Options) -> Iterator[Item]:
    """One item a line. Its amount is that of the ledger: debit positive."""
    if "trans_type" not in chunk.columns:
        return
    amounts = pence(chunk, "amount")
    filled = [name for name in _FILLED if "".join(set(chunk.columns[name])).strip()]
    for row, line in enumerate(chunk.lines):
        told = {name: chunk.columns[name][row].strip() for name in _TOLD}
        told |= {name: text for name in filled if (text := chunk.columns[name][row].strip())}
        reference = told["ext_ref"] or told["ext_inv_ref"] or f"{told['batch_id']}/{line}"
        on = day_of(chunk.columns["voucher_date"][row].strip())
        yield Item(LEDGER_LINE, line, reference, amounts[row], on, told)


def match_line(item: Item, ctx: Options, sent: SentItem | None) -> Disposition:
    return Disposition(ItemState.TAKEN)


def forwarded_name(tally: LedgerTally, received: str, ctx: Options) -> str:
    """GL07 is told its batch by the name of the file, so the one that the file came with stays."""
    return received


def document_keys(item: Any) -> list[str]:
    """The invoice of a party's line, as it is remembered; a supplier's number is the supplier's own."""
    number, party, kind = (str(item.data[name]) for name in ("ext_inv_ref", "apar_id", "trans_type"))
    if not number or kind not in (AR, AP):
        return []
    return [f"{party}/{number}" if kind == AP else number]


@check("AGR13", level=Level.CROSS, needs=(Need.RECORDS,))
def invoices_are_new(taken: Sequence[Taken], ctx: Options) -> Iterator[Found]:
    """No invoice of the file was sent before, in whichever way, unless the ledger refused it."""
    records, own = ctx.facts.records, {one.id for one in taken}
    for one in taken:
        for key in document_keys(one.item):
            before = records.get(DOCUMENT, key) if records else None
            sent = before is not None and before.state not in ("WAITING", "REFUSED")
            if sent and before is not None and before.data.get("item") not in own:
                told = f"invoice {one.item.data['ext_inv_ref']} was sent before"
                yield Found(told, one.item.line, "ext_inv_ref")


def _coded(one: Taken) -> Coded:
    data = one.item.data
    return Coded(
        client=str(data["client"]),
        voucher_type=str(data["voucher_type"]),
        account=str(data["account"]),
        tax_code=str(data.get("tax_code") or ""),
        dimensions={name: str(data[name]) for name in DIMENSIONS if data.get(name)},
        supplier=str(data["apar_id"]) if data["trans_type"] == AP else None,
        customer=str(data["apar_id"]) if data["trans_type"] == AR else None,
        pay_method=str(data.get("pay_method") or ""),
    )


def _by_codes(taken: Sequence[Taken]) -> Iterator[tuple[Taken, Coded]]:
    """Lines of the same codes are looked at once."""
    seen = set[tuple[object, ...]]()
    for one in taken:
        codes = _coded(one)
        told = (codes.client, codes.voucher_type, codes.account, codes.tax_code)
        key = (*told, codes.supplier, codes.customer, codes.pay_method, *codes.dimensions.items())
        if key not in seen:
            seen.add(key)
            yield one, codes


@check("AGR09", level=Level.CROSS, needs=(Need.RECORDS,))
def codes_are_known(taken: Sequence[Taken], ctx: Options) -> Iterator[Found]:
    """Accounts, values of dimensions, tax codes, voucher types and parties are in the last copy of the
    ledger's lists. Without a copy, or with one older than `max_age_days`, what it lacks is not told."""
    for one, codes in _by_codes(taken):
        yield from (Found(told, one.item.line) for told in unknown(codes, ctx))


@check("AGR09", level=Level.CROSS, severity=Severity.WARNING, needs=(Need.RECORDS,))
def file_is_checked_by_new_copies(taken: Sequence[Taken], ctx: Options) -> Iterator[Found]:
    """Copies of the ledger's lists are no older than `max_age_days`. By an older one nothing is checked."""
    yield from told_as_old(sorted({str(one.item.data["client"]) for one in taken}), ctx)


@check("AGR10", level=Level.CROSS, needs=(Need.RECORDS,))
def account_rules_are_kept(taken: Sequence[Taken], ctx: Options) -> Iterator[Found]:
    """A line fills the dimensions that the rule of its account wants, none that it forbids, and has the tax
    code that the rule fixes, or none where it forbids one."""
    for one, codes in _by_codes(taken):
        yield from (Found(told, one.item.line) for told in against_rule(codes, ctx))


@check("AGR22", level=Level.CROSS, needs=(Need.RECORDS,))
def pay_methods_are_known(taken: Sequence[Taken], ctx: Options) -> Iterator[Found]:
    """A payment method is in the last copy of the ledger's list."""
    for one, codes in _by_codes(taken):
        yield from (Found(told, one.item.line, "pay_method") for told in unknown_method(codes, ctx))


CHECKS = (
    invoices_are_new,
    codes_are_known,
    file_is_checked_by_new_copies,
    account_rules_are_kept,
    pay_methods_are_known,
    *ledger_credits.CHECKS,
)


def sent_invoices(carried: Sequence[Taken], ctx: Options) -> Iterator[Move | Waiting]:
    """Each invoice with its party and tax, from the moment of sending on; and what the tax of credits is."""
    taxes = taxes_by_line(carried, ctx)
    gross: dict[str, int] = {}
    first: dict[str, Taken] = {}
    for one in carried:
        for key in document_keys(one.item):
            gross[key] = gross.get(key, 0) + one.item.amount
            first.setdefault(key, one)
    for key, one in first.items():
        told = {"kind": LEDGER_LINE, "customer": one.item.data["apar_id"], "gross": abs(gross[key])}
        credited = ledger_credits.credited(one, ctx)
        told |= {"original": credited.key} if credited else {}
        told |= {"taxes": taxes[one.id]} if taxes.get(one.id) else {}
        yield Move(kind=DOCUMENT, key=key, to="SENT", data={**told, "item": one.id})
    yield from ledger_credits.with_taxes(carried, ctx)


def _values(item: Any) -> list[str]:
    """What may be a value of a dimension, a supplier or a customer."""
    named = (item.data.get(name) for name in (*DIMENSIONS, "apar_id"))
    return [str(value) for value in named if value]


LOOKS_UP = (
    Lookup(DOCUMENT, keys=document_keys),
    Lookup(master.ACCOUNT),
    Lookup(master.CODE),
    Lookup(master.COPY),
    Lookup(master.VALUE, keys=_values),
    *ledger_credits.LOOKS_UP,
)


def lines_left(carried: Sequence[Taken], left: Left, ctx: Options) -> Iterator[Move | Waiting | Called]:
    """What feedback will call each line, once the file is there."""
    if left.state is not DeliveryState.SENT:
        return
    places: dict[str, int] = {}
    for one in carried:
        data = one.item.data
        voucher = line_name(data["batch_id"], data["voucher_type"], data["voucher_no"])
        places[voucher] = places.get(voucher, 0) + 1
        names = {"line": f"{voucher}/{places[voucher]}"}
        yield Called(one.id, names | ({"ext_ref": str(data["ext_ref"])} if data["ext_ref"] else {}))

"""Vouchers as the lines of GL07, under the names of its fields. Other ways of writing start from the same.

Source: formats page agresso.md, sections 3.2, 3.5 and 11.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from hub.api import CannotRender, Line, Role, Voucher
from plugins.agresso.gl07_layout import AP, AR, CUSTOMER, GL, SUPPLIER, TX
from plugins.agresso.outgoing import Options
from plugins.agresso.periods import period_of
from plugins.agresso.types import Record

TRANS_TYPES = {Role.LEDGER: GL, Role.CUSTOMER: AR, Role.SUPPLIER: AP, Role.TAX: TX}
SIDES = {Role.CUSTOMER: CUSTOMER, Role.SUPPLIER: SUPPLIER}


def records(vouchers: Iterable[Voucher], batch_id: str, ctx: Options) -> Iterator[Record]:
    """One a line; vouchers are numbered from 1. Raises CannotRender for what has no code there."""
    for number, voucher in enumerate(vouchers, start=1):
        common = _common(voucher, ctx) | {"batch_id": batch_id, "voucher_no": number}
        for line in voucher.lines:
            yield common | _line(line, voucher, ctx)


def _common(voucher: Voucher, ctx: Options) -> dict[str, object]:
    options = ctx.options
    return {
        "interface": options.interface,
        "client": known(options.client, "the route sets no client"),
        "voucher_type": known(options.voucher_type(voucher.kind), f"{voucher.kind} has no voucher type"),
        "currency": voucher.currency,
        "trans_date": voucher.valued,
        "voucher_date": voucher.dated,
        "period": known(period_of(voucher.valued, ctx), f"no period is known for {voucher.valued} (AGR08)"),
        "ext_inv_ref": voucher.document,
    }


def _line(line: Line, voucher: Voucher, ctx: Options) -> dict[str, object]:
    return {
        "trans_type": TRANS_TYPES[line.role],
        "account": line.coding.get("account"),
        "tax_code": tax_code(line, voucher, ctx),
        "cur_amount": line.amount,
        "amount": line.amount,
        "description": line.description,
        "ext_ref": line.key,
        **{place: line.coding.get(name) for name, place in ctx.options.dimensions.items()},
        **(_party(line, voucher) if line.role in SIDES else {}),
        **({"account2": line.taxed, "base_amount": line.base, "base_curr": line.base} if line.taxed else {}),
    }


def _party(line: Line, voucher: Voucher) -> dict[str, object]:
    number, place = voucher.original or (None, None)
    return {
        "apar_type": SIDES[line.role],
        "apar_id": voucher.party,
        "due_date": voucher.due,
        "pay_method": voucher.pay_method,
        "voucher_ref": number,
        "sequence_ref": place,
        "responsible": voucher.responsible,
        "order_id": voucher.order,
    }


def tax_code(line: Line, voucher: Voucher, ctx: Options) -> str:
    """Raises CannotRender when nobody has said what the ledger calls it (AGR16)."""
    name, codes = ctx.options.tax_codes, ctx.facts.codes
    if line.tax is None:
        return ctx.options.no_tax
    told = codes.value(name, line.tax, voucher.dated) if codes and name else None
    return known(told, f"the ledger has no tax code for {line.tax} on {voucher.dated} (AGR16)")


def known(value: str | None, sentence: str) -> str:
    """Raises CannotRender with the sentence when there is none."""
    if value is None:
        raise CannotRender(sentence)
    return value

"""Lines of vouchers as the REST interface takes them. Amounts are pounds there, and numbers in JSON.

Source: formats page agresso.md, section 7.4.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import date
from itertools import groupby
from typing import Any

from hub.api import format_pounds
from plugins.agresso.outgoing import Options
from plugins.agresso.types import Record

Told = Mapping[str, Any]
_AMOUNT = re.compile(rb'"#(-?[0-9]+\.[0-9]{2})#"')
"""An amount on its way into JSON: no float ever holds it."""


def vouchers(records: Sequence[Record], ctx: Options) -> list[list[Told]]:
    """The lines, voucher by voucher."""
    grouped = groupby(records, key=lambda record: record["voucher_no"])
    return [[_line(record, place, ctx) for place, record in enumerate(lines)] for _, lines in grouped]


def body(lines: Sequence[Told]) -> bytes:
    """What one call carries."""
    text = json.dumps(lines, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return _AMOUNT.sub(rb"\1", text.encode())


def _line(record: Record, place: int, ctx: Options) -> Told:
    batch = {"interface": record["interface"], "batchId": record["batch_id"]}
    return {
        "batchInformation": batch,
        "transactionInformation": {
            "companyId": record["client"],
            "period": int(str(record["period"])),
            "transactionDate": _instant(record["voucher_date"]),
            "transactionType": record["voucher_type"],
            "transactionNumber": record["voucher_no"],
            "invoice": _invoice(record, ctx),
            "transactionDetailInformation": _detail(record, place),
            "additionalInformation": {
                "sequenceReference": record.get("sequence_ref"),
                "transactionNumberReference": record.get("voucher_ref"),
            },
        },
    }


def _invoice(record: Record, ctx: Options) -> Told:
    side = record.get("apar_type")
    return {
        "customerOrSupplierId": record.get("apar_id"),
        "ledgerType": ctx.options.rest.ledger_type[side] if side else None,  # type: ignore[index]
        "invoiceNumber": record.get("ext_inv_ref"),
        "dueDate": _instant(record.get("due_date")),
        "paymentMethod": record.get("pay_method"),
        "orderNumber": record.get("order_id"),
        "invoiceReference": record.get("voucher_ref"),
        "externalReference": record.get("ext_ref"),
        "responsible": record.get("responsible"),
    }


def _detail(record: Record, place: int) -> Told:
    """Lines are counted from 0 in each voucher. `debitCreditFlag` is left out: sources differ on it."""
    dims = {f"accountingDimension{number}": record.get(f"dim_{number}") for number in range(1, 8)}
    return {
        "sequenceNumber": place,
        "lineType": record["trans_type"],
        "description": record["description"],
        "valueDate": _instant(record["trans_date"]),
        "accountingInformation": {"account": record.get("account"), **dims},
        "amounts": {
            "amount": _pounds(record["amount"]),
            "currencyAmount": _pounds(record["cur_amount"]),
            "currencyCode": record["currency"],
        },
        "taxInformation": {
            "taxCode": record["tax_code"],
            "taxDetails": {
                "taxBaseAccount": record.get("account2"),
                "baseAmount": _pounds(record.get("base_amount")),
                "baseCurrencyAmount": _pounds(record.get("base_curr")),
            },
        },
    }


def _pounds(pence: object) -> str | None:
    return f"#{format_pounds(pence)}#" if isinstance(pence, int) else None


def _instant(day: object) -> str | None:
    return f"{day.isoformat()}T00:00:00" if isinstance(day, date) else None

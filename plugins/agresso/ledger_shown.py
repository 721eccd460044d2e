"""What the ledger shows of a batch that was told by calls, as feedback: the file that a council's report
would make, so that it is read and answers as that does.

Source: formats page agresso.md, sections 7.2, 7.6 and 10.5.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from hub.api import Rendered
from plugins.agresso.feedback_layout import POST, POSTED, TRAILER, csv_of

Fields = Mapping[str, str]
"""What rows call their key, amount, number, line and period: the tenant's own names."""


def feedback_of(file: Mapping[str, Any], rows: Any, fields: Fields) -> Iterator[Rendered]:
    """One file; none where nothing is shown of the batch, which is unknown then, and never refused."""
    own = {key_of(line): line for voucher in file["vouchers"] for line in voucher}
    made = (_row(row, own, file, fields) for row in _dicts(rows))
    told = [row for row in made if row is not None]
    if told:
        out, total = csv_of(POST), sum(row["amount"] for row in told)
        end = {"rows": str(len(told)), "sum": total}
        lines = [*(out.write_row(POST, row) for row in told), out.write_row(TRAILER, end)]
        yield Rendered(f"{file['batch']}-post.csv", out.encode(lines))


def key_of(line: Mapping[str, Any]) -> str:
    """What names a line for ever."""
    return str(line["transactionInformation"]["invoice"]["externalReference"])


def _dicts(rows: Any) -> list[dict[str, Any]]:
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def _row(
    row: Mapping[str, Any], own: Mapping[str, Any], file: Mapping[str, Any], fields: Fields
) -> dict[str, Any] | None:
    """A row of feedback; None for one that is not of ours or says no amount."""
    named = {name: row.get(field) for name, field in fields.items()}
    line, pence = own.get(str(named["key"])), _pence(named["amount"])
    if line is None or pence is None:
        return None
    sent = line["transactionInformation"]
    return {
        "batch_id": file["batch"],
        "client": file["client"],
        "interface": file["interface"],
        "voucher_type": sent["transactionType"],
        "source_voucher_no": str(sent["transactionNumber"]),
        "source_line": str(sent["transactionDetailInformation"]["sequenceNumber"] + 1),
        "trans_type": sent["transactionDetailInformation"]["lineType"],
        "ext_ref": named["key"],
        "ext_inv_ref": sent["invoice"]["invoiceNumber"],
        "apar_id": sent["invoice"]["customerOrSupplierId"],
        "status": POSTED,
        "agresso_voucher_no": _text(named["number"]),
        "agresso_sequence_no": _text(named["line"]),
        "period": _text(named["period"]),
        "voucher_date": _day(sent["transactionDate"]),
        "amount": pence,
        "run_at": f"{sent['transactionDate']}Z",
    }


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


def _day(instant: str) -> date:
    return date.fromisoformat(instant[:10])


def _pence(value: Any) -> int | None:
    try:
        return int((Decimal(str(value)) * 100).to_integral_exact())
    except (InvalidOperation, ValueError):
        return None

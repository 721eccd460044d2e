"""What lives on of remittances: each receipt that an agency told of, and each remittance with its invoice.

A **receipt** (`debt_receipt`, key `AGENCY/txn_id`) is POSTED to a rent account, NOTED (paid to the council
directly) or SUSPENDED (what a person lets go later is POSTED); REVERSED once all of it was taken back. It is
kept for ever: its `txn_id` is never used again, and what takes it back bears its rate. A **remittance**
(`debt_remittance`, key `AGENCY/remittance_ref`) is SETTLED; with it, where the route names the ledger's
accounts, start the agency's invoice and the journal that clears its control account.

Source: formats page debt_agency.md, section 3.7.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from hub.api import Facts, Item, Lifecycle, Record, Task, Waiting, format_pounds

RECEIPT, REMITTANCE = "debt_receipt", "debt_remittance"
POSTED, NOTED, SUSPENDED, REVERSED = "POSTED", "NOTED", "SUSPENDED", "REVERSED"
SETTLED = "SETTLED"

RECEIPT_LIFE = Lifecycle(
    kind=RECEIPT,
    title="Receipts that debt agencies told of",
    begins=(POSTED, NOTED, SUSPENDED),
    moves={POSTED: (REVERSED,), NOTED: (REVERSED,), SUSPENDED: (POSTED, NOTED, REVERSED)},
    owner="income",
    money=("gross", "minimum", "reversed"),
)


def key_of(agency: str, reference: str) -> str:
    """Of a receipt or of a remittance: references are an agency's own."""
    return f"{agency}/{reference}"


def into_the_ledger(old: Record | None, new: Record, facts: Facts) -> Iterator[Waiting | Task]:
    """The agency's invoice, or its credit note, and the journal of a remittance, once."""
    if old is not None:
        return
    ledger = new.data["ledger"]
    if ledger is not None and new.data["charged"]:
        yield _invoice(new) if new.data["invoice"] else _no_invoice(new)
    if ledger is not None:
        yield from _journal(new)


def _invoice(remittance: Record) -> Waiting:
    """To the purchase ledger: a line for each receipt that bears commission, so that each tax is exact. Where
    more commission is given back than charged it is the agency's credit note, and its amount below zero."""
    told = remittance.data
    item = Item(
        kind="SUPPLIER_INVOICE",
        line=1,
        reference=str(told["invoice"]),
        amount=told["charged"],
        on=date.fromisoformat(told["on"]),
        data={
            "supplier_ref": told["ledger"]["supplier_ref"],
            "invoice_date": told["on"],
            "due_date": told["due"],
            "order_no": told["ledger"]["order_no"],
            "lines": told["lines"],
        },
    )
    return Waiting("agresso.supplier_invoices", "SUPPLIER_INVOICE", item)


def _no_invoice(remittance: Record) -> Task:
    charged = int(remittance.data["charged"])
    paper = "invoice" if charged > 0 else "credit note"
    what = f"{'charges' if charged > 0 else 'gives back'} {format_pounds(abs(charged))}"
    return Task(paper, f"{remittance.key} {what} and names no {paper}: ask the agency for its number")


def _journal(remittance: Record) -> Iterator[Waiting]:
    """What clears the control account of the cash that the agency had in hand: the bank's part, and the part
    that it kept back of its invoice."""
    told, ledger = remittance.data, remittance.data["ledger"]
    lines = (
        ("bank_account", told["bank"], "Remittance at the bank"),
        ("offset_account", told["deducted"], "Commission and tax kept back"),
        ("control_account", -told["cash"], "Cash collected by the agency"),
    )
    for number, (account, pence, text) in enumerate(lines, start=1):
        if pence:
            data: Mapping[str, Any] = {
                "account": ledger[account],
                "cost_centre": ledger["cost_centre"],
                "description": f"{text}: {remittance.key}",
            }
            on = date.fromisoformat(told["on"])
            item = Item("JOURNAL", number, remittance.key, pence, on, data)
            yield Waiting("agresso.journal", "JOURNAL", item)


REMITTANCE_LIFE = Lifecycle(
    kind=REMITTANCE,
    title="Remittances of debt agencies",
    begins=(SETTLED,),
    moves={SETTLED: (SETTLED,)},
    when=into_the_ledger,
    owner="income",
    money=("basis", "bank", "gross", "cash", "commission", "commission_vat", "charged", "deducted", "owed"),
)

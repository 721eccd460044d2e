"""Invoices, credit notes and suppliers' invoices as records: what left, and what became of it in the ledger.

    party:    whom it is of, by the source's reference; customer: by the financial system's own number
    gross:    pence; taxes: by meaning, the tax in pence
    number:   the financial system's own number, and line: the place of the party's line there
    rest:     pence that are still open, as the financial system last said
    original: of a credit note, the invoice
    credits:  of an invoice, what is credited or about to be, by credit note: gross and taxes

A credit reserves what it credits when it is gathered, so that two of one night can't both pass. What is
refused gives back what it reserved.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from hub.door.lifecycle import Lifecycle, Lookup
from hub.model import Facts, Move, Record

DOCUMENT = "finance_document"
SENT, POSTED, CLOSED, REFUSED = "SENT", "POSTED", "CLOSED", "REFUSED"
Credit = Mapping[str, Any]


def _original(record: Record) -> Iterator[str]:
    if record.data.get("original"):
        yield str(record.data["original"])


def gives_back(old: Record | None, new: Record, facts: Facts) -> Iterator[Move]:
    """What a refused credit note reserved of its invoice."""
    original = new.data.get("original")
    if (
        new.state != REFUSED
        or (old is not None and old.state == REFUSED)
        or not original
        or not facts.records
    ):
        return
    invoice = facts.records.get(DOCUMENT, str(original))
    if invoice is not None:
        yield Move(kind=DOCUMENT, key=invoice.key, data={"credits": credits_but(invoice, new.key)})


DOCUMENT_LIFE = Lifecycle(
    kind=DOCUMENT,
    title="Invoices and credit notes, and what the financial system made of them",
    begins=(SENT, POSTED),
    moves={
        SENT: (POSTED, REFUSED),
        REFUSED: (SENT, POSTED),
        POSTED: (CLOSED, REFUSED),
        CLOSED: (POSTED,),
    },
    when=gives_back,
    looks_up=(Lookup(DOCUMENT, keys=_original),),
    owner="finance",
)


def credits_but(invoice: Record, credit: str) -> dict[str, Credit]:
    """What is credited of an invoice by others than one credit note."""
    return {key: told for key, told in invoice.data.get("credits", {}).items() if key != credit}


def credited(invoice: Record, but: str) -> tuple[int, dict[str, int]]:
    """Pence that others credit of an invoice: the gross, and the tax by its meaning."""
    gross, taxes = 0, dict[str, int]()
    for told in credits_but(invoice, but).values():
        gross += told["gross"]
        for meaning, pence in told["taxes"].items():
            taxes[meaning] = taxes.get(meaning, 0) + pence
    return gross, taxes

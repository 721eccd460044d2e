"""Invoices, credit notes and suppliers' invoices as records: what left, and what became of it in the ledger.

    party:    whom it is of, by the source's reference; customer: by the financial system's own number
    gross:    pence; taxes: by meaning, the tax in pence
    number:   the financial system's own number, and line: the place of the party's line there
    rest:     pence that are still open, as the financial system last said
    original: of a credit note, the invoice
    credits:  of an invoice, what is credited or about to be, by credit note: gross and taxes
    until:    of one that waits to be sent, the last day on which that is nobody's concern

A credit reserves what it credits when it is gathered, so that two of one night can't both pass. What is
refused gives back what it reserved. A credit of what is paid already leaves a credit balance: somebody looks
whether it is refunded.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from hub.door.lifecycle import Deadline, Effect, Lifecycle, Lookup, Task
from hub.model import Facts, Move, Record, format_pounds

DOCUMENT = "finance_document"
WAITING, SENT, POSTED, CLOSED, REFUSED = "WAITING", "SENT", "POSTED", "CLOSED", "REFUSED"
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


def follows(old: Record | None, new: Record, facts: Facts) -> Iterator[Effect]:
    yield from gives_back(old, new, facts)
    if new.state == POSTED and (old is None or old.state != POSTED):
        yield from _credit_balance(new, facts)


def _credit_balance(credit: Record, facts: Facts) -> Iterator[Task]:
    """Of a credit note that is posted to an invoice of which less is open."""
    original, gross = credit.data.get("original"), int(credit.data.get("gross") or 0)
    invoice = facts.records.get(DOCUMENT, str(original)) if original and facts.records else None
    rest = invoice.data.get("rest") if invoice else None
    if rest is not None and rest < gross:
        told = f"of {original} only {format_pounds(rest)} was open, {format_pounds(gross)} is credited"
        yield Task("refund review", f"{credit.key}: {told}; see whether the credit balance is refunded")


def _until(record: Record, facts: Facts) -> date | None:
    return date.fromisoformat(record.data["until"]) if record.data.get("until") else None


DOCUMENT_LIFE = Lifecycle(
    kind=DOCUMENT,
    title="Invoices and credit notes, and what the financial system made of them",
    begins=(WAITING, SENT, POSTED),
    moves={
        WAITING: (SENT, POSTED),
        SENT: (POSTED, REFUSED),
        REFUSED: (SENT, POSTED),
        POSTED: (CLOSED, REFUSED),
        CLOSED: (POSTED,),
    },
    deadlines=(Deadline("waits", WAITING, _until, "it has waited for days for the number of its invoice"),),
    when=follows,
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

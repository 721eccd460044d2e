"""Checks of documents beside those of all vouchers: parties, duplicates, tax line by line, credits.

Ids are those of the formats page (agresso.md, sections 9.1 and 10.3). Each holds the one document.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from hub.api import (
    DOCUMENT,
    PARTY,
    SUPPLIER_INVOICE,
    Found,
    Level,
    Need,
    Record,
    Records,
    Severity,
    Taken,
    check,
    credited,
    format_pounds,
    tax_on,
    tax_rate,
)
from plugins.agresso.document_life import BILLED, billed_keys
from plugins.agresso.documents import (
    CREDIT_NOTE,
    Options,
    document_key,
    document_lines,
    invoice_of,
    party_number,
    party_of,
    taxes_of,
)

HOLD_ITEM = Severity.HOLD_ITEM


@check("AGR09", level=Level.CROSS, severity=HOLD_ITEM, needs=(Need.RECORDS,))
def customer_has_a_number(taken: Sequence[Taken], ctx: Options) -> Iterator[Found]:
    """The financial system has given the customer a number, and the customer is not closed there. Until then
    the document waits."""
    for one in taken:
        if one.item.kind != SUPPLIER_INVOICE and party_number(one, ctx) is None:
            message = (
                f"{one.item.reference}: customer {party_of(one)} has no number in the financial system yet"
            )
            yield Found(message, one.item.line, "customer_ref")
        elif one.item.kind != SUPPLIER_INVOICE and _has_ended(one, ctx):
            message = f"{one.item.reference}: customer {party_of(one)} is closed in the financial system"
            yield Found(message, one.item.line, "customer_ref")


def _has_ended(one: Taken, ctx: Options) -> bool:
    known = ctx.facts.records.get(PARTY, party_of(one)) if ctx.facts.records else None
    return known is not None and known.state == "ENDED"


@check("AGR13", level=Level.CROSS, severity=HOLD_ITEM, needs=(Need.RECORDS,))
def document_is_new(taken: Sequence[Taken], ctx: Options) -> Iterator[Found]:
    """No document of this number was sent before, and none twice in a batch, unless the first was refused."""
    records, seen = ctx.facts.records, set[str]()
    for one in taken:
        key = document_key(one.item)
        before = records.get(DOCUMENT, key) if records else None
        sent = before is not None and before.state not in ("WAITING", "REFUSED")
        if key in seen or (sent and before and before.data.get("item") != one.id):
            yield Found(f"{one.item.reference} was sent before", one.item.line, "reference")
        seen.add(key)


@check("AGR13", level=Level.CROSS, severity=Severity.WARNING, needs=(Need.RECORDS,))
def bill_is_new(taken: Sequence[Taken], ctx: Options) -> Iterator[Found]:
    """A supplier has not billed the same sum for the same period under another number."""
    for one in taken:
        for key in billed_keys(one.item):
            before = ctx.facts.records.get(BILLED, key) if ctx.facts.records else None
            if before is not None and before.data["invoice"] != one.item.reference:
                told = (
                    f"{one.item.reference}: the same sum for the same period came as {before.data['invoice']}"
                )
                yield Found(told, one.item.line, "reference")


@check("AGR16", level=Level.CROSS, severity=HOLD_ITEM, needs=(Need.CODES,))
def tax_of_lines_is_right(taken: Sequence[Taken], ctx: Options) -> Iterator[Found]:
    """The tax of each line is its net at the rate of the day, halves away from zero, to `tax_tolerance`."""
    codes, name = ctx.facts.codes, ctx.options.tax_rates
    if codes is None or name is None:
        return
    tolerance = int(ctx.options.tax_tolerance * 100)
    for one in taken:
        for line in document_lines(one, ctx):
            rate = tax_rate(codes, name, str(line["tax"]), one.item.on)
            due = tax_on(line["net"], rate) if rate is not None else None
            if due is None or abs(line["vat"] - due) > (tolerance if rate else 0):
                told = f"{one.item.reference}: the tax of “{line['tax']}” is {format_pounds(line['vat'])}"
                expected = "a rate in the code map" if due is None else format_pounds(due)
                yield Found(f"{told}: expected {expected}", one.item.line, "vat", expected)


@check("WAITING_REF", level=Level.CROSS, severity=HOLD_ITEM, needs=(Need.RECORDS,), at_send=True)
def invoice_has_its_number(taken: Sequence[Taken], ctx: Options) -> Iterator[Found]:
    """A credit note, or a write-off of an invoice, names the financial system's own number of it, which comes
    with the feedback; until then it waits."""
    for one in _crediting(taken):
        if why := waits_for_its_invoice(one, ctx):
            yield Found(f"{one.item.reference}: {why}", one.item.line, "invoice_no")


def waits_for_its_invoice(one: Taken, ctx: Options) -> str | None:
    """Why a credit note is not ready yet; None when it is. A condition of the route (`when: posted`)."""
    number, invoice = invoice_of(one.item), _invoice(one, ctx.facts.records)
    if number is None or (invoice and invoice.data.get("number")):
        return None
    return f"invoice {number} has no number in the financial system yet"


@check("AGR15", level=Level.CROSS, severity=HOLD_ITEM, needs=(Need.RECORDS,), at_send=True)
def credits_stay_within_their_invoice(taken: Sequence[Taken], ctx: Options) -> Iterator[Found]:
    """All that is credited and written off of an invoice, or is about to be, comes to no more than its gross,
    and for each meaning of tax to no more than its tax; credits are of its customer."""
    here: dict[str, Counter[str]] = {}
    for one in _crediting(taken):
        invoice = _invoice(one, ctx.facts.records)
        if invoice is None:
            continue
        if one.item.kind == CREDIT_NOTE and not _is_of_its_customer(one, invoice, ctx):
            told = f"{one.item.reference}: {invoice.key} is another customer's"
            yield Found(told, one.item.line, "customer_ref")
            continue
        before = here.setdefault(invoice.key, _others(invoice, taken))
        together = before + Counter({"": abs(one.item.amount), **taxes_of(one, ctx)})
        if found := list(_beyond(one, invoice, together)):
            yield from found  # it stays, so that what comes after it has its room
        else:
            here[invoice.key] = together


def _is_of_its_customer(one: Taken, invoice: Record, ctx: Options) -> bool:
    """Whether the invoice is of the note's customer, by the source's reference and by the ledger's number: of
    an invoice that the hub did not send, only the ledger knows whose it is."""
    billed, number = invoice.data.get("customer"), party_number(one, ctx)
    same_there = not billed or not number or str(billed).lstrip("0") == number.lstrip("0")
    return same_there and invoice.data.get("party") in (None, party_of(one))


def _beyond(one: Taken, invoice: Record, credits: Counter[str]) -> Iterator[Found]:
    """Of an invoice that the hub did not send only the gross may be known."""
    most: dict[str, int] = dict(invoice.data.get("taxes") or {})
    known = dict.fromkeys(credits, 0) if most else {}
    gross = invoice.data.get("gross")
    most = {**known, **most, **({"": gross} if gross is not None else {})}
    for name, pence in credits.items():
        if pence > most.get(name, pence):
            what = f"tax of “{name}”" if name else "gross"
            told = f"{one.item.reference}: all credits of {invoice.key} come to {format_pounds(pence)}"
            yield Found(f"{told}, its {what} is {format_pounds(most[name])}", one.item.line, "gross")


def _others(invoice: Record, taken: Sequence[Taken]) -> Counter[str]:
    """What is credited by notes that are not in hand: theirs is counted as they stand there."""
    in_hand = {one.item.reference for one in _crediting(taken)}
    told = {key: value for key, value in invoice.data.get("credits", {}).items() if key not in in_hand}
    gross, taxes = credited(
        Record(kind=invoice.kind, key=invoice.key, state=invoice.state, data={"credits": told}), ""
    )
    return Counter({"": gross, **taxes})


def _crediting(taken: Sequence[Taken]) -> list[Taken]:
    return [one for one in taken if invoice_of(one.item) is not None]


def _invoice(one: Taken, records: Records | None) -> Record | None:
    number = invoice_of(one.item)
    return records.get(DOCUMENT, number) if records and number else None


DOCUMENT_CHECKS = (customer_has_a_number, document_is_new, tax_of_lines_is_right)
CREDIT_CHECKS = (invoice_has_its_number, credits_stay_within_their_invoice)

"""A stranger's plug-in that tells a ledger of invoices and of credit notes, which wait for their invoice.

It is written against `hub.api` and the pages under `hub/docs/` alone; its layouts are its own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from hub.api import (
    Answered,
    Answers,
    Context,
    Day,
    Deadline,
    Delimited,
    Direction,
    Disposition,
    Facts,
    Feed,
    Found,
    Item,
    ItemState,
    Layout,
    Level,
    Lifecycle,
    Lookup,
    Matching,
    Move,
    Need,
    On,
    Output,
    Pounds,
    Record,
    Rendered,
    SentItem,
    Severity,
    Taken,
    Text,
    check,
    column,
    format_pounds,
)

INVOICE, CREDIT = "walk_invoice", "walk_credit"
PENCE, DAY = Pounds(), Day("%Y-%m-%d")
VAT = Matching("S|Z", expected="S or Z")


def _csv(name: str, *columns: Any) -> Delimited:
    return Delimited([Layout(name, columns)], header=True)


# Records: an invoice with what is credited of it, and a credit note that may have to wait for its number


def _in_five_days(credit: Record, facts: Facts) -> date | None:
    return facts.calendar.add_working_days(facts.today, 5) if facts.calendar and facts.today else None


LIVES = (
    Lifecycle(
        kind=INVOICE,
        title="Invoices",
        begins=("SENT",),
        moves={"SENT": ("POSTED",), "POSTED": ("PART", "PAID"), "PART": ("PAID",)},
    ),
    Lifecycle(
        kind=CREDIT,
        title="Credit notes",
        begins=("WAITING",),
        moves={"WAITING": ("SENT",), "SENT": ("POSTED",)},
        deadlines=(Deadline("invoice", "WAITING", _in_five_days, "its invoice has no number yet"),),
        owner="finance",
    ),
)

# From the rent system: what was invoiced, and what shall be credited

WANTED = _csv(
    "document",
    column("ref", Text()),
    column("party", Text()),
    column("invoice", Text(), required=False),
    column("vat", VAT),
    column("gross", PENCE),
)


def _wanted(chunk: Any, tally: Any, ctx: Context[Any]) -> Iterator[Item]:
    for row in chunk.rows():
        kind = "CREDIT_NOTE" if row["invoice"] else "INVOICE"
        data = {"party": row["party"], "invoice": row["invoice"], "vat": row["vat"]}
        gross = PENCE.read(row["gross"])
        amount = -gross if kind == "CREDIT_NOTE" else gross
        yield Item(kind, row.line, row["ref"], amount, ctx.facts.today or date.min, data)


def _waits(item: Item, ctx: Context[Any], sent: SentItem | None) -> Disposition:
    if item.kind == "CREDIT_NOTE":
        return Disposition(ItemState.WAITING, waits_as="WALK_CREDIT")
    return Disposition(ItemState.TAKEN)


def _begun(one: Taken, ctx: Context[Any]) -> Iterator[Move]:
    item = one.item
    if item.kind == "CREDIT_NOTE":
        yield Move(kind=CREDIT, key=item.reference, to="WAITING", data={"invoice": item.data["invoice"]})


def _invoiced(carried: Sequence[Taken], ctx: Context[Any]) -> Iterator[Move]:
    for one in carried:
        data = {"party": one.item.data["party"], "gross": {one.item.data["vat"]: one.item.amount}}
        yield Move(kind=INVOICE, key=one.item.reference, to="SENT", data={**data, "credits": {}})


def _ledger(carried: Sequence[Taken], ctx: Context[Any]) -> Rendered:
    """What the ledger is told; a credit note with the number that it gave the invoice."""
    lines = []
    for one in carried:
        pounds = format_pounds(one.item.amount)
        lines.append(f"{one.item.reference},{one.item.data['party']},{_number(one, ctx)},{pounds}\n")
    batch = ctx.moment.transfer_id
    called = {one.id: {"batch": batch, "party_document": _of_party(one)} for one in carried}
    return Rendered(f"GL_{batch}.txt", "".join(lines).encode(), called=called)


def _of_party(one: Taken) -> str:
    return f"{one.item.data['party']}/{one.item.data['invoice'] or one.item.reference}"


def _number(one: Taken, ctx: Context[Any]) -> str:
    invoice = _invoice_of(one, ctx)
    return str(invoice.data["voucher_no"]) if invoice else ""


def _control(carried: Sequence[Taken], ctx: Context[Any]) -> Rendered:
    total = format_pounds(sum(one.item.amount for one in carried))
    return Rendered(f"CTL_{ctx.moment.transfer_id}.txt", f"{len(carried)},{total}\n".encode())


OUTPUTS = (
    Output("gl07", None, write=_ledger, becomes=ItemState.SENT),
    Output("control", None, write=_control, becomes=ItemState.SENT),
)
DOCUMENTS = Feed(
    name="walk.documents",
    title="Invoices and credit notes to be",
    direction=Direction.OUT,
    formats={"csv": WANTED},
    items=_wanted,
    match=_waits,
    moves=_begun,
    leaves=_invoiced,
    outputs=OUTPUTS,
)

# Credit notes: gathered once the ledger has numbered the invoice, and never for more than that


def _invoice_of(one: Taken, ctx: Context[Any]) -> Record | None:
    key = one.item.data["invoice"]
    found: Record | None = ctx.facts.records.get(INVOICE, key) if key and ctx.facts.records else None
    return found


def _numbered(one: Taken, ctx: Context[Any]) -> str | None:
    invoice = _invoice_of(one, ctx)
    if invoice is None or "voucher_no" not in invoice.data:
        return f"the ledger has not numbered {one.item.data['invoice']} yet"
    return None


def _reserved(invoice: Record, but: str) -> Counter[str]:
    """Pence by VAT code that other credit notes credit of it, or are about to."""
    others = [told for key, told in invoice.data["credits"].items() if key != but]
    return sum((Counter(told) for told in others), Counter[str]())


@check("WALK-C1", level=Level.CROSS, severity=Severity.HOLD_ITEM, needs=(Need.RECORDS,), at_send=True)
def no_more_than_invoiced(taken: Sequence[Taken], ctx: Context[Any]) -> Iterator[Found]:
    """What is credited of an invoice is no more than it came to, at each rate of VAT, those before it in the
    batch and those of other batches counted."""
    before: dict[str, Counter[str]] = {}
    for one in taken:
        invoice = _invoice_of(one, ctx)
        if invoice is None:
            yield Found("the invoice that it credits is not known", one.item.line)
            continue
        vat, pence = one.item.data["vat"], -one.item.amount
        here = before.setdefault(invoice.key, Counter())
        if pence + here[vat] + _reserved(invoice, one.item.reference)[vat] > invoice.data["gross"].get(
            vat, 0
        ):
            yield Found(f"more than {invoice.key} came to would be credited at {vat}", one.item.line)
        elif one.item.reference not in invoice.data["credits"]:
            here[vat] += pence


def _reserves(one: Taken, ctx: Context[Any]) -> Iterator[Move]:
    invoice = _invoice_of(one, ctx)
    if invoice is not None:
        told = {one.item.data["vat"]: -one.item.amount}
        credits = {**invoice.data["credits"], one.item.reference: told}
        yield Move(kind=INVOICE, key=invoice.key, data={"credits": credits})


def _credited(carried: Sequence[Taken], ctx: Context[Any]) -> Iterator[Move]:
    for one in carried:
        yield Move(kind=CREDIT, key=one.item.reference, to="SENT")


CREDITS = Feed(
    name="walk.credits",
    title="Credit notes",
    direction=Direction.OUT,
    gathers=("WALK_CREDIT",),
    conditions={"numbered": _numbered},
    checks=(no_more_than_invoiced,),
    looks_up=(
        Lookup(INVOICE, keys=lambda item: [item.data["invoice"]]),
        Lookup(CREDIT, keys=lambda item: [item.reference]),
    ),
    moves=_reserves,
    leaves=_credited,
    outputs=OUTPUTS,
)

# What the ledger made of it: found by our reference, else by its batch, else by party and document

FEEDBACK = _csv(
    "feedback",
    column("ref", Text(), required=False),
    column("batch", Text(), required=False),
    column("party", Text(), required=False),
    column("voucher_no", Text()),
    column("open", PENCE),
)


def _feedback(chunk: Any, tally: Any, ctx: Context[Any]) -> Iterator[Item]:
    for row in chunk.rows():
        data = {name: row[name] for name in ("batch", "party", "voucher_no")}
        data["open"] = PENCE.read(row["open"])
        yield Item("FEEDBACK", row.line, row["ref"], 0, ctx.facts.today or date.min, data)


def _meant(item: Item, ctx: Context[Any], sent: SentItem | None) -> Disposition:
    if sent is None:
        return Disposition(ItemState.HELD, reason="nothing that was sent is meant by it alone")
    return Disposition(ItemState.NOTED, sent.account, answers=sent.id)


def _posted(one: Taken, ctx: Context[Any]) -> Iterator[Move]:
    sent = next(sent for sent in ctx.facts.sent or () if sent.id == one.disposition.answers)
    kind = INVOICE if sent.kind == "INVOICE" else CREDIT
    told = {"voucher_no": one.item.data["voucher_no"], "open": one.item.data["open"]}
    yield Move(kind=kind, key=sent.reference, to="POSTED", data=told)


def _calls(item: Item) -> Mapping[str, str]:
    return {"voucher_no": str(item.data["voucher_no"])}


def _is_meant(item: Item, sent: SentItem) -> bool:
    return True


FEEDBACKS = Feed(
    name="walk.feedback",
    title="What the ledger posted",
    direction=Direction.IN,
    formats={"csv": FEEDBACK},
    items=_feedback,
    match=_meant,
    moves=_posted,
    answers=Answers(
        ("walk.documents", "walk.credits"),
        "feedback",
        (
            On(_is_meant, value=lambda item: item.reference or None),
            On(_is_meant, value=lambda item: item.data["batch"] or None, among="batch", alone=True),
            On(_is_meant, value=lambda item: item.data["party"] or None, among="party_document", alone=True),
        ),
        says=lambda item: Answered.ACCEPTED,
        calls=_calls,
        kinds=("INVOICE", "CREDIT_NOTE"),
    ),
)

PAYMENT = _csv("payment", column("voucher_no", Text()), column("ref", Text()), column("open", PENCE))


def _payments(chunk: Any, tally: Any, ctx: Context[Any]) -> Iterator[Item]:
    for row in chunk.rows():
        data = {"open": PENCE.read(row["open"])}
        yield Item("PAYMENT", row.line, row["ref"], 0, ctx.facts.today or date.min, data)


def _paid(one: Taken, ctx: Context[Any]) -> Iterable[Move]:
    rest = one.item.data["open"]
    yield Move(kind=INVOICE, key=one.item.reference, to="PART" if rest else "PAID", data={"open": rest})


PAYMENTS = Feed(
    name="walk.paid",
    title="What was paid of invoices",
    direction=Direction.IN,
    formats={"csv": PAYMENT},
    items=_payments,
    moves=_paid,
)

FEEDS = [DOCUMENTS, CREDITS, FEEDBACKS, PAYMENTS]

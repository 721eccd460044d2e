"""The charges that a debt is made of, its further parties and notes to the agency, as the rent system told
them (`rent.placement_lines`). Source: debt_agency.md, sections 3.2 and 6.2."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from hub.api import (
    Context,
    Found,
    Item,
    ItemState,
    Level,
    Lookup,
    Move,
    Need,
    Record,
    Severity,
    Taken,
    check,
    format_pounds,
)
from plugins.debt_agency import debts
from plugins.debt_agency.canonical import CHARGE_LINE, NOTE_LINE
from plugins.debt_agency.lines import Line
from plugins.debt_agency.settings import PlacementOptions

Options = Context[PlacementOptions]
DEBT_LINE = "debt_line"
OF_THE_ACCOUNT = Lookup(DEBT_LINE, accounts=True)
CHARGE, NOTE, PARTY, SENT = "C", "N", "P", "SENT"
LONGEST = 40
"""Characters of what a charge is for."""


def told_of(one: Taken, ctx: Options) -> list[Record]:
    """What the rent system told of a debt, in its order."""
    records, account = ctx.facts.records, one.disposition.account
    about = records.about(DEBT_LINE, account) if records is not None and account is not None else ()
    own = [record for record in about if record.data["placement_ref"] == one.item.reference]
    return sorted(own, key=lambda record: int(record.data["number"]))


def principal_of(item: Item) -> int:
    """Pence of the debt without costs and interest."""
    return item.amount - debts.pence_of(item, "costs") - debts.pence_of(item, "interest")


@check("DA-18", level=Level.CROSS, severity=Severity.REFUSE_ITEM, needs=(Need.RECORDS,))
def charges_make_the_debt(taken: Sequence[Taken], ctx: Options) -> Iterator[Found]:
    """Where the rent system tells the charges of a debt they sum to its principal, and none is older than
    `debt_from`: each has its own limitation, and the oldest counts."""
    for one in taken:
        charges = [record for record in told_of(one, ctx) if record.data["line_type"] == CHARGE]
        if one.disposition.state is not ItemState.TAKEN or not charges:
            continue
        summed, expected = sum(int(record.data["amount"]) for record in charges), principal_of(one.item)
        if summed != expected:
            told = f"DA-18: the charges sum to {format_pounds(summed)}"
            yield Found(told, one.item.line, "balance_placed", format_pounds(expected))
        oldest, first = min(str(record.data["from_date"]) for record in charges), one.item.data["debt_from"]
        if oldest < str(first):
            told = f"DA-18: a charge of {oldest} is older than debt_from, on which limitation rests"
            yield Found(told, one.item.line, "debt_from", oldest)


def further_parties(one: Taken, ctx: Options) -> Iterator[dict[str, object]]:
    """Guarantors, executors and who acts for the debtor, as they stand on party lines."""
    withheld = debts.is_withheld(one.item, ctx.options.flags)
    for record in (record for record in told_of(one, ctx) if record.data["line_type"] == PARTY):
        personal, status = record.personal, str(record.data.get("party_address_status") or "L")
        yield {
            "role": record.data["party_role"],
            **debts.person(personal, "party_"),
            **debts.addressed(
                debts.address_of(personal, "party_"), status, withheld=withheld or status == "W"
            ),
        }


def lines_behind(one: Taken, key: str, ctx: Options) -> Iterator[Line]:
    """Charges and notes behind the parties of an account. Of a withheld address no words leave."""
    withheld = debts.is_withheld(one.item, ctx.options.flags)
    records = told_of(one, ctx)
    for record in (record for record in records if record.data["line_type"] == CHARGE):
        words = None if withheld else record.personal.get("text", "")[:LONGEST] or None
        yield Line(
            CHARGE_LINE,
            {
                "placement_ref": key,
                "charge_from": _day(record, "from_date"),
                "charge_to": _day(record, "to_date"),
                "description": words,
                "amount": record.data["amount"],
            },
        )
    for record in () if withheld else (one for one in records if one.data["line_type"] == NOTE):
        values = {"note_date": _day(record, "from_date"), "text": record.personal["text"]}
        yield Line(NOTE_LINE, {"placement_ref": key, **values})


def have_left(one: Taken, ctx: Options) -> Iterator[Move]:
    """They went with their placement, and are over."""
    for record in told_of(one, ctx):
        if record.state != SENT:
            yield Move(kind=DEBT_LINE, key=record.key, to=SENT, reason="it went with the placement")


def _day(record: Record, name: str) -> date:
    return date.fromisoformat(str(record.data[name]))

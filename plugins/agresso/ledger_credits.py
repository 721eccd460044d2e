"""Credits in a ledger file that another system made: of the customer of their original, and together no more
than its gross (AGR15). Such a line names its original by the ledger's own voucher number.

Source: formats page agresso.md, sections 3.2 (voucher_ref), 9.1 and 10.3.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from hub.api import (
    DOCUMENT,
    Context,
    Found,
    ItemState,
    Level,
    Lifecycle,
    Lookup,
    Move,
    Need,
    Record,
    Severity,
    Taken,
    check,
    credits_but,
    format_pounds,
)
from plugins.agresso.gl07_layout import AP, AR
from plugins.agresso.ledger_tax import Taxes, taxes_by_line
from plugins.agresso.settings import LedgerFileOptions

Options = Context[LedgerFileOptions]
Credit = Mapping[str, Any]
"""What one document credits of another: gross, and taxes by meaning, in pence."""

NUMBER = "agresso_number"
NUMBER_LIFE = Lifecycle(
    kind=NUMBER,
    title="Documents by the voucher number that the financial system has given them",
    begins=("KNOWN",),
    moves={"KNOWN": ("KNOWN",)},
    owner="finance",
)
"""By client and number. data: document, its key."""

_LESSENS = {AR: -1, AP: 1}
"""The sign of a party's line that lessens what is open."""


def numbered(client: object, number: object, document: str) -> Move:
    """From now on a document is known by its number, too."""
    return Move(kind=NUMBER, key=f"{client}/{number}", to="KNOWN", data={"document": document})


def _original_keys(item: Any) -> list[str]:
    number = str(item.data.get("voucher_ref") or "").lstrip("0")  # some styles fill up with zeros
    return [f"{item.data['client']}/{number}"] if number and item.data["trans_type"] in _LESSENS else []


LOOKS_UP = (
    Lookup(NUMBER, keys=_original_keys),
    Lookup(DOCUMENT, keys=lambda number: [str(number.data["document"])], of=NUMBER),
)


def credited(one: Taken, ctx: Options) -> Record | None:
    """The document that a line credits; None of another line, and while the ledger has not told of it."""
    records = ctx.facts.records if _is_credit(one, ctx) else None
    number = next((records.get(NUMBER, key) for key in _original_keys(one.item)), None) if records else None
    return records.get(DOCUMENT, number.data["document"]) if records and number else None


def _is_credit(one: Taken, ctx: Options) -> bool:
    """Money that came in is matched alike, under a voucher type of receipts, which needs no due date."""
    data = one.item.data
    lessens = one.item.amount * _LESSENS.get(str(data["trans_type"]), 0) > 0
    return lessens and bool(_original_keys(one.item)) and data["voucher_type"] not in ctx.options.no_due_date


def _credit(one: Taken) -> str:
    return str(one.item.data["ext_inv_ref"] or one.item.reference)


@check("AGR15", level=Level.CROSS, severity=Severity.WARNING, needs=(Need.RECORDS,))
def originals_are_known(taken: Sequence[Taken], ctx: Options) -> Iterator[Found]:
    """The ledger has told of the document that a line credits. Of one that it never told of, nothing is
    checked."""
    for one in taken:
        if _is_credit(one, ctx) and credited(one, ctx) is None:
            told = f"{_credit(one)}: the ledger has not told of voucher {one.item.data['voucher_ref']}"
            yield Found(told, one.item.line, "voucher_ref")


@check("AGR15", level=Level.CROSS, needs=(Need.RECORDS,))
def credits_stay_within_their_original(taken: Sequence[Taken], ctx: Options) -> Iterator[Found]:
    """A line credits a document of its own customer or supplier, and all that is credited of it comes to no
    more than its gross, and for each meaning of tax to no more than its tax, where that is known."""
    here: dict[str, dict[str, Credit]] = {}
    taxes = taxes_by_line(taken, ctx)
    for one in taken:
        original = credited(one, ctx)
        if original is None:
            continue
        party = str(original.data.get("customer") or "")
        if party and party.lstrip("0") != str(one.item.data["apar_id"]).lstrip("0"):
            yield Found(f"{_credit(one)}: {original.key} is another's", one.item.line, "apar_id")
            continue
        credits = here.setdefault(original.key, dict(original.data.get("credits", {})))
        credits[_credit(one)] = {"gross": abs(one.item.amount), "taxes": taxes.get(one.id, {})}
        for what, together, most in _beyond(original, credits.values()):
            told = f"{_credit(one)}: all credits of {original.key} come to {format_pounds(together)}"
            yield Found(f"{told}, its {what} is {format_pounds(most)}", one.item.line, "amount")


def _beyond(original: Record, credits: Iterable[Credit]) -> Iterator[tuple[str, int, int]]:
    """What is credited beyond the original: of what, how much, and how much that is. The tax of a document
    that the hub did not send may not be known."""
    told = list(credits)
    gross, together = original.data.get("gross"), sum(int(one["gross"]) for one in told)
    if gross is not None and together > gross:
        yield "gross", together, gross
    own: Taxes = original.data.get("taxes") or {}
    for meaning in dict.fromkeys(name for one in told for name in one["taxes"]) if own else ():
        together, most = sum(int(one["taxes"].get(meaning, 0)) for one in told), int(own.get(meaning, 0))
        if together > most:
            yield f"tax of “{meaning}”", together, most


def reserves(one: Taken, ctx: Options) -> Iterator[Move]:
    """What a line credits, on its original; given back when the file is taken back. Its tax, which stands on
    other lines, is told when the file leaves (`with_taxes`)."""
    original = credited(one, ctx)
    if original is not None and one.disposition.state is ItemState.TAKEN:
        yield _reserved(original, one, {})


def with_taxes(carried: Sequence[Taken], ctx: Options) -> Iterator[Move]:
    """The same with the tax of each credit, from the moment of sending on."""
    taxes, now = taxes_by_line(carried, ctx), dict[str, Record]()
    for one in carried:
        original = credited(one, ctx)
        if original is not None and taxes.get(one.id):
            move = _reserved(now.get(original.key, original), one, taxes[one.id])
            now[original.key] = replace(original, data={**original.data, **move.data})
            yield move


def _reserved(original: Record, one: Taken, taxes: Taxes) -> Move:
    own: Credit = {"gross": abs(one.item.amount), "taxes": taxes}
    credits = {**credits_but(original, _credit(one)), _credit(one): own}
    return Move(kind=DOCUMENT, key=original.key, data={"credits": credits})


CHECKS = (originals_are_known, credits_stay_within_their_original)

"""Applications in: JSON Lines, one a line (formats page rtb_fraud.md, 6.2) [project layout].

What an application says is declared, not verified. It makes a case (`rtb_cases.py`) and a claim
(`rtb_claims.py`); the same reference again corrects what it said before.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from pydantic import ValidationError

from hub.api import (
    Chunk,
    Compartment,
    Context,
    Day,
    Direction,
    Disposition,
    Feed,
    Found,
    Item,
    ItemState,
    JsonLines,
    Layout,
    Level,
    Lookup,
    Matching,
    Move,
    SentItem,
    Severity,
    Taken,
    Tally,
    Text,
    canonical_json,
    check,
    column,
    format_pounds,
    read_json,
)
from plugins.rtb_fraud.rtb_application import Application
from plugins.rtb_fraud.rtb_cases import CASE, ENDED, RECEIVED
from plugins.rtb_fraud.rtb_claims import CLAIM, begun
from plugins.rtb_fraud.rtb_evidence import APPLICATION, Input
from plugins.rtb_fraud.rtb_index import BUYERS, MARKS, buyers_of, entered, marks_of
from plugins.rtb_fraud.rtb_params import in_force
from plugins.rtb_fraud.rtb_shapes import faults
from plugins.rtb_fraud.settings import settings_of

FORMAT = "rtb-applications-jsonl1"
DAY = Day("%Y-%m-%d")
REF = Matching(r"[A-Za-z0-9][A-Za-z0-9\-]{0,19}", "a reference of up to 20 letters, digits and -")
LAYOUT = Layout(
    "application",
    (
        column("rtb_ref", REF, note="one an application"),
        column("received_at", DAY, required=False, note="the day stamped on the RTB1"),
        column("applicants", Text(), personal=True, note="at least one"),
        column("property", Text(), personal=True, note="the home that is being bought"),
        column("body", Text(), personal=True, note="the whole object; README.md has its shape"),
    ),
)
_WAITING_FOR = ("received_at", "valuation", "price", "discount_claimed", "funding", "landlord_history")
"""What an application may come without, and is incomplete without."""


class ApplicationTally(Tally):
    """How many applications, and what discounts they claim."""

    def __init__(self, ctx: Context[Any]) -> None:
        super().__init__(ctx)
        self.refs: Counter[str] = Counter()

    def add(self, chunk: Chunk) -> None:
        self.records += len(chunk)
        self.refs.update(chunk.columns["rtb_ref"])

    def totals(self) -> Mapping[str, str | int]:
        return {"count": self.records, "value": format_pounds(self.value)}


@check("RTB-APPLICATION", level=Level.RECORD)
def application_has_its_shape(chunk: Chunk, tally: ApplicationTally, ctx: Context[Any]) -> Iterator[Found]:
    """Each application has the names and kinds of value that README.md lists: amounts in pounds without
    signs or commas, days as 2026-03-02, sound National Insurance numbers, nothing unknown."""
    for line, body in zip(chunk.lines, chunk.columns["body"], strict=True):
        for path, text in faults(Application, read_json(body)):
            yield Found(f"{path or 'it'}: {text}", line, path or None)


@check("RTB-ONCE", level=Level.FILE)
def reference_comes_once(tally: ApplicationTally, ctx: Context[Any]) -> Iterator[Found]:
    """No two applications of a file have one reference."""
    for reference, count in sorted(tally.refs.items()):
        if count > 1:
            yield Found(f"{reference} stands on {count} lines", expected="one line an application")


@check("RTB-UNSIGNED", level=Level.RECORD, severity=Severity.WARNING)
def claim_is_signed(chunk: Chunk, tally: Tally, ctx: Context[Any]) -> Iterator[Found]:
    """An RTB1 that is not signed, or whose day of receipt is not known, starts no clock: the claim is
    incomplete until it is."""
    for line, body in zip(chunk.lines, chunk.columns["body"], strict=True):
        told = read_json(body)
        if told.get("signed") is False:
            yield Found("the RTB1 is not signed: no statutory time runs yet", line, "signed")
        if not told.get("received_at"):
            yield Found("the RTB1 has no day of receipt: no statutory time runs yet", line, "received_at")


@check("RTB-PRICE", level=Level.RECORD, severity=Severity.WARNING)
def price_is_value_less_discount(chunk: Chunk, tally: Tally, ctx: Context[Any]) -> Iterator[Found]:
    """The price is the valuation less the discount; where it is not, an officer looks."""
    for line, body in zip(chunk.lines, chunk.columns["body"], strict=True):
        told = _read(body)
        if told is not None and _price_differs(told):
            yield Found("the price is not the valuation less the discount claimed", line, "price")


def _price_differs(told: Application) -> bool:
    if told.valuation is None or told.discount_claimed is None or told.price is None:
        return False
    return told.valuation - told.discount_claimed != told.price


def application_items(chunk: Chunk, tally: Tally, ctx: Context[Any]) -> Iterator[Item]:
    for row in chunk.rows():
        yield Item(
            "APPLICATION",
            row.line,
            row["rtb_ref"],
            0,
            DAY.read(row["received_at"]) if row["received_at"].strip() else ctx.facts.today or date.min,
            personal={APPLICATION: row["body"]},
        )


def match_application(item: Item, ctx: Context[Any], sent: SentItem | None) -> Disposition:
    """Noted, for the rent account that it names if the hub knows that one."""
    told, register = read_json(item.personal[APPLICATION]), ctx.facts.register
    for name in ("payment_ref", "tenancy_ref"):
        account = register.account(str(told[name])) if register and told.get(name) else None
        if account is not None:
            return Disposition(ItemState.NOTED, account.payment_ref, tenancy=account.tenancy_ref)
    return Disposition(ItemState.NOTED)


def application_moves(taken: Taken, ctx: Context[Any]) -> Iterable[Move]:
    """The case and the claim. Of a case that has ended nothing can be corrected: its item is held."""
    item, account = taken.item, taken.disposition.account
    told = _read(item.personal[APPLICATION])
    assert told is not None  # noqa: S101 - the file was refused otherwise
    settings, records = settings_of(ctx.facts).rtb, ctx.facts.records
    on = ctx.facts.today or item.on
    parameters = settings.ruleset_on(on).parameters
    law = in_force(parameters, told.received_at) if told.received_at else None
    standing = records.get(CASE, item.reference) if records else None
    claim = begun(told, law, records.get(CLAIM, item.reference) if records else None)
    marks = marks_of(told, ctx.facts.digest) if ctx.facts.digest else []
    buyers = buyers_of(told, ctx.facts.digest) if ctx.facts.digest else []
    yield Move(
        kind=CASE,
        key=item.reference,
        to=RECEIVED if standing is None or standing.state == ENDED else None,
        account=account,
        data=_open(told) | {"clock": claim.data["clock"], MARKS: marks, BUYERS: buyers},
        personal={APPLICATION: _snapshot(item)},
    )
    yield claim
    before = (standing.data.get(MARKS) or ()) if standing else ()
    yield from entered(item.reference, marks, before, item.on, on)


def _read(body: str) -> Application | None:
    try:
        return Application.model_validate(read_json(body))
    except ValidationError:
        return None


def _snapshot(item: Item) -> str:
    raw = read_json(item.personal[APPLICATION])
    return canonical_json(Input("application", item.on, "declared", raw).as_json())


def _open(told: Application) -> dict[str, Any]:
    """Facts of a case that name nobody."""
    return {
        "received_at": told.received_at and told.received_at.isoformat(),
        "tenancy_ref": told.tenancy_ref,
        "home": told.property.type,
        "value_at_risk": told.discount_claimed,
        "price_differs": _price_differs(told),
        "incomplete": [name for name in _WAITING_FOR if getattr(told, name) is None],
    }


def _key(item: Item) -> tuple[str, ...]:
    return (item.reference,)


APPLICATIONS = Feed(
    name="rtb_fraud.applications",
    title="Right to Buy applications to be assessed",
    direction=Direction.IN,
    formats={FORMAT: JsonLines(LAYOUT)},
    tally=ApplicationTally,
    checks=(
        application_has_its_shape,
        claim_is_signed,
        price_is_value_less_discount,
        reference_comes_once,
    ),
    items=application_items,
    match=match_application,
    moves=application_moves,
    looks_up=(Lookup(CASE, keys=_key), Lookup(CLAIM, keys=_key)),
    compartment=Compartment.FRAUD,
    personal_data=(APPLICATION,),
)

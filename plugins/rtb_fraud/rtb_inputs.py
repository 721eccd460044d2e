"""Evidence in: what other systems and searches say of a case, as JSON Lines [project layout].

    {"rtb_ref": "RTB-1", "input": "title", "source": "hmlr", "as_of": "2026-03-10", "quality": "verified",
     "value": {"other_properties": 0}}

Each case is assessed again with what came. A newer one replaces an older one of its name, never the reverse.
Source: formats page rtb_fraud.md, 6.2.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from hub.api import (
    Chunk,
    Code,
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
    Record,
    Row,
    SentItem,
    Taken,
    Tally,
    Text,
    canonical_json,
    check,
    column,
    format_pounds,
    read_json,
)
from plugins.rtb_fraud.rtb_applications import REF
from plugins.rtb_fraud.rtb_cases import CASE
from plugins.rtb_fraud.rtb_evidence import APPLICATION, INPUTS, Input
from plugins.rtb_fraud.rtb_index import INPUT as INDEX
from plugins.rtb_fraud.rtb_shapes import faults
from plugins.rtb_fraud.settings import settings_of

FORMAT = "rtb-evidence-jsonl1"
DAY = Day("%Y-%m-%d")
EVIDENCE = tuple(name for name in INPUTS if name not in (APPLICATION, INDEX))
LAYOUT = Layout(
    "evidence",
    (
        column("rtb_ref", REF),
        column("input", Code(*EVIDENCE)),
        column("source", Matching(r"[A-Za-z0-9._\-]{1,40}", "letters, digits and ._-"), note="a system"),
        column("as_of", DAY, note="the day that it is true of"),
        column("quality", Code("verified", "declared", "missing")),
        column("why", Text(), required=False, note="of what is missing: the reason"),
        column("value", Text(), required=False, personal=True, note="README.md has the shape of each input"),
        column("body", Text(), personal=True),
    ),
)


class EvidenceTally(Tally):
    """How many pieces of evidence, by input."""

    def __init__(self, ctx: Context[Any]) -> None:
        super().__init__(ctx)
        self.by: dict[str, int] = {}

    def add(self, chunk: Chunk) -> None:
        self.records += len(chunk)
        for name in chunk.columns["input"]:
            self.by[name] = self.by.get(name, 0) + 1

    def totals(self) -> Mapping[str, str | int]:
        return {"count": self.records, "value": format_pounds(0), **dict(sorted(self.by.items()))}


@check("RTB-EVIDENCE", level=Level.RECORD)
def evidence_has_its_shape(chunk: Chunk, tally: EvidenceTally, ctx: Context[Any]) -> Iterator[Found]:
    """Each input has the shape that README.md lists for it; a missing one has a reason and no value, any
    other a value. Nothing else stands beside."""
    settings = settings_of(ctx.facts).rtb
    for row in chunk.rows():
        told = read_json(row["body"])
        yield from (Found(f"{name} is no name that is known here", row.line, name) for name in _strange(told))
        if settings.blocked_in(row["why"]):
            yield Found("it holds a word that no shared text may hold: tell the MLRO alone", row.line, "why")
        yield from (Found(text, row.line, field) for field, text in _value_faults(row, told))


def _strange(told: Mapping[str, Any]) -> list[str]:
    return sorted(told.keys() - {field.name for field in LAYOUT.fields})


def _value_faults(row: Row, told: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    value = told.get("value")
    if row["quality"] == "missing":
        if value is not None or not row["why"].strip():
            yield "why", "what is missing has a reason (why) and no value"
        return
    if value is None:
        yield "value", "there is no value: say quality missing and why"
        return
    for path, text in faults(INPUTS[row["input"]], value):
        field = f"value.{path}" if path else "value"
        yield field, f"{field}: {text}"


def evidence_items(chunk: Chunk, tally: Tally, ctx: Context[Any]) -> Iterator[Item]:
    for row in chunk.rows():
        told = read_json(row["body"])
        raw = told.get("value")
        data = {name: row[name] for name in ("input", "source", "quality")}
        known = Input(row["source"], DAY.read(row["as_of"]), told["quality"], raw, row["why"].strip() or None)
        personal = {"value": canonical_json(known.as_json())}
        yield Item("EVIDENCE", row.line, row["rtb_ref"], 0, known.as_of, data, personal)


def match_evidence(item: Item, ctx: Context[Any], sent: SentItem | None) -> Disposition:
    case = _case(item, ctx)
    if case is None:
        return Disposition(ItemState.REJECTED, reason="no case of this reference is known")
    newest = newest_of(case, str(item.data["input"]))
    if newest is not None and newest > item.on:
        return Disposition(ItemState.DUPLICATE, case.account, reason=f"what is known is of {newest}, newer")
    return Disposition(ItemState.NOTED, case.account)


def evidence_moves(taken: Taken, ctx: Context[Any]) -> Iterable[Move]:
    """The case knows it, and where it comes from; of one file, too, the newest counts."""
    item = taken.item
    case, name = _case(item, ctx), str(item.data["input"])
    if case is None:
        return
    newest = newest_of(case, name)
    if newest is None or newest <= item.on:
        yield known_now(case, name, item.personal["value"], item.on, dict(item.data))


def known_now(case: Record, name: str, text: str, as_of: date, told: Mapping[str, Any]) -> Move:
    """An input of a case, sealed, and beside it where it comes from. `text`: of `Input.as_json`."""
    about = {"source": told["source"], "quality": told["quality"], "as_of": as_of.isoformat()}
    return Move(
        kind=CASE,
        key=case.key,
        data={"inputs": {**(case.data.get("inputs") or {}), name: about}},
        personal={name: text},
        reason=f"{name} from {told['source']}",
    )


def newest_of(case: Record, name: str) -> date | None:
    """The day that what is known of an input is true of."""
    told = (case.data.get("inputs") or {}).get(name)
    return date.fromisoformat(told["as_of"]) if told else None


def _case(item: Item, ctx: Context[Any]) -> Record | None:
    return ctx.facts.records.get(CASE, item.reference) if ctx.facts.records else None


EVIDENCE_FEED = Feed(
    name="rtb_fraud.evidence",
    title="What other systems say of Right to Buy cases",
    direction=Direction.IN,
    formats={FORMAT: JsonLines(LAYOUT)},
    tally=EvidenceTally,
    checks=(evidence_has_its_shape,),
    items=evidence_items,
    match=match_evidence,
    moves=evidence_moves,
    looks_up=(Lookup(CASE, keys=lambda item: (item.reference,)),),
    compartment=Compartment.FRAUD,
    personal_data=("value",),
)

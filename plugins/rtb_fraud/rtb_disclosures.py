"""Internal disclosures of suspicion to the MLRO, in the compartment `sar`: nobody without that role can tell
that there is one, not the fraud team either. Source: formats page rtb_fraud.md, 7 [project layout].

Nothing of it flows back: a case about which there is a disclosure is, in all that others see, as it was. What
applicants and colleagues are told of any case with the fraud team is that enquiries continue.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from hub.api import (
    Chunk,
    Compartment,
    Context,
    Day,
    Delimited,
    Direction,
    Disposition,
    Effect,
    Facts,
    Feed,
    Item,
    ItemState,
    Layout,
    Lifecycle,
    Matching,
    Move,
    Record,
    SentItem,
    Taken,
    Tally,
    Task,
    column,
    format_pounds,
    years,
)

DISCLOSURE = "disclosure"
RECORDED, REPORTED, AWAITING_CONSENT = "RECORDED", "REPORTED", "AWAITING_CONSENT"
NOT_REPORTED, CONSENTED, REFUSED, CLOSED = "NOT_REPORTED", "CONSENTED", "REFUSED", "CLOSED"
FORMAT = "rtb-disclosures-csv1"
DAY = Day("%Y-%m-%d")
LAYOUT = Layout(
    "disclosure",
    (
        column(
            "disclosure_id", Matching(r"[A-Za-z0-9\-]{1,30}", "letters, digits and -"), note="never again"
        ),
        column("made_on", DAY),
        column("rtb_ref", Matching(r"[A-Za-z0-9][A-Za-z0-9\-]{0,19}", "the reference of an application")),
        column("made_by", Matching(r"[^\x00-\x1f\x7f,]{1,128}", "a login"), personal=True),
        column(
            "suspicion", Matching(r"[^\x00-\x1f\x7f-\x9f]{5,2000}", "5 to 2000 characters"), personal=True
        ),
    ),
)
PERSONAL = ("made_by", "suspicion")


class DisclosureTally(Tally):
    def add(self, chunk: Chunk) -> None:
        self.records += len(chunk)

    def totals(self) -> Mapping[str, str | int]:
        return {"count": self.records, "value": format_pounds(0)}


def disclosure_items(chunk: Chunk, tally: Tally, ctx: Context[Any]) -> Iterator[Item]:
    for row in chunk.rows():
        personal = {name: row[name] for name in PERSONAL}
        data = {"rtb_ref": row["rtb_ref"]}
        yield Item("DISCLOSURE", row.line, row["disclosure_id"], 0, DAY.read(row["made_on"]), data, personal)


def match_disclosure(item: Item, ctx: Context[Any], sent: SentItem | None) -> Disposition:
    history = ctx.facts.history
    if history is not None and item.reference in history.posted:
        return Disposition(ItemState.DUPLICATE, reason="this disclosure_id was told before")
    return Disposition(ItemState.NOTED)


def disclosure_moves(taken: Taken, ctx: Context[Any]) -> Iterable[Move]:
    item = taken.item
    data = {**item.data, "made_on": item.on.isoformat()}
    yield Move(kind=DISCLOSURE, key=item.reference, to=RECORDED, data=data, personal=item.personal)


def follows(old: Record | None, new: Record, facts: Facts) -> Iterable[Effect]:
    """The MLRO decides, and says what the NCA answers; each with a reason."""
    if old is not None and old.state == new.state:
        return
    if new.state == RECORDED:
        words = {"REPORT": REPORTED, "REPORT_AND_WAIT": AWAITING_CONSENT, "NO_REPORT": NOT_REPORTED}
        yield _asked(new, "mlro", "as the MLRO, decide whether it is reported", words)
    if new.state == AWAITING_CONSENT:
        words = {"CONSENTED": CONSENTED, "REFUSED": REFUSED}
        yield _asked(new, "nca", "what does the NCA answer? Nobody else is told that it is asked", words)


def _asked(record: Record, name: str, title: str, words: Mapping[str, str]) -> Task:
    moves = {word: Move(kind=DISCLOSURE, key=record.key, to=state) for word, state in words.items()}
    return Task(name, f"{record.key}: {title}", moves, reasoned=True)


DISCLOSURE_LIFE = Lifecycle(
    kind=DISCLOSURE,
    title="Disclosures of suspicion to the MLRO",
    begins=(RECORDED,),
    moves={
        RECORDED: (REPORTED, AWAITING_CONSENT, NOT_REPORTED),
        AWAITING_CONSENT: (CONSENTED, REFUSED),
        REPORTED: (CLOSED,),
        CONSENTED: (CLOSED,),
        REFUSED: (CLOSED,),
    },
    when=follows,
    owner="mlro",
    compartment=Compartment.SAR,
    keep=years(6),
)
DISCLOSURES = Feed(
    name="rtb_fraud.disclosures",
    title="Internal disclosures of suspicion, for the MLRO alone",
    direction=Direction.IN,
    formats={FORMAT: Delimited((LAYOUT,), header=True, skip_blank=True)},
    tally=DisclosureTally,
    items=disclosure_items,
    match=match_disclosure,
    item_key=lambda item: item.reference,
    moves=disclosure_moves,
    compartment=Compartment.SAR,
    personal_data=PERSONAL,
)

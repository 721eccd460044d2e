"""Breaches: whoever finds one says so, and DWP is asked nothing until it is told and somebody lets it go on.

Source: formats page dwp_cis.md, sections 3 ("every breach however small is to be reported") and 13. The
layout is this project's own, and how soon DWP is to be told is for the memorandum to say (`breach_days`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta

from hub.api import (
    Chunk,
    Compartment,
    Day,
    Deadline,
    Delimited,
    Direction,
    Effect,
    Facts,
    Feed,
    Item,
    Layout,
    Lifecycle,
    Lookup,
    Matching,
    Move,
    Record,
    Taken,
    Tally,
    Task,
    column,
)
from plugins.dwp_cis.policy import REFERENCE
from plugins.dwp_cis.settings import Enquiring, audit_kept, settings_of

FORMAT = "dwp-breaches-csv1"
KIND, REPORTED, TOLD, CLOSED = "dwp_breach", "REPORTED", "TOLD", "CLOSED"
DAY = Day("%Y-%m-%d")
BREACH = Layout(
    "breach",
    (
        column("breach_ref", REFERENCE, note="one a breach, never used again"),
        column("found_on", DAY),
        column("check_ref", REFERENCE, required=False, note="the enquiry, if it is about one"),
        column(
            "what", Matching(r"[^\x00-\x1f\x7f-\x9f]{5,500}", "text of 5 to 500 characters"), personal=True
        ),
    ),
)
STANDING = Lookup(KIND, states=(REPORTED, TOLD))


class BreachTally(Tally):
    """How many."""

    def add(self, chunk: Chunk) -> None:
        self.records += len(chunk)

    def totals(self) -> Mapping[str, str | int]:
        return {"count": self.records, "value": "0.00"}


def breach_items(chunk: Chunk, tally: BreachTally, ctx: Enquiring) -> Iterator[Item]:
    for row in chunk.rows():
        data = {"found_on": row["found_on"], "check_ref": row["check_ref"].strip() or None}
        on = DAY.read(row["found_on"])
        yield Item("BREACH", row.line, row["breach_ref"], 0, on, data, {"what": row["what"]})


def reported(taken: Taken, ctx: Enquiring) -> Iterable[Move]:
    item = taken.item
    yield Move(
        kind=KIND,
        key=item.reference,
        to=REPORTED,
        data={**item.data, "reporter": ctx.facts.by_hand},
        personal=item.personal,
    )


def frozen(ctx: Enquiring) -> str | None:
    """Why nobody may ask anything now."""
    records = ctx.facts.records
    standing = [one.key for one in (records.all(KIND) if records else ()) if one.state != CLOSED]
    if not standing:
        return None
    return f"BREACH: {standing[0]} is reported; nothing is asked until somebody lets it go on"


def follows(old: Record | None, new: Record, facts: Facts) -> Iterable[Effect]:
    """First DWP is told; then somebody who did not report it says whether DWP may be asked again."""
    if old is None:
        title = f"{new.key}: tell the information asset owner, and DWP as the memorandum says"
        yield Task("tell DWP", f"{title}; write when it was told, and to which post", fact="told")
    if new.state == REPORTED and new.data.get("told"):
        yield Move(kind=KIND, key=new.key, to=TOLD)
        title = f"{new.key}: is it dealt with, so that DWP may be asked again?"
        go_on = Move(kind=KIND, key=new.key, to=CLOSED)
        yield Task("breach", title, answers={"go on": go_on}, reasoned=True, not_by=new.data.get("reporter"))


def _due(record: Record, facts: Facts) -> date:
    days = settings_of(facts).breach_days
    return date.fromisoformat(str(record.data["found_on"])) + timedelta(days=days)


BREACH_LIFE = Lifecycle(
    kind=KIND,
    title="Breaches of what was agreed with DWP, and that DWP was told",
    begins=(REPORTED,),
    moves={REPORTED: (TOLD,), TOLD: (CLOSED,)},
    deadlines=(Deadline("breach told", REPORTED, _due, "DWP is to be told of a breach"),),
    when=follows,
    owner="benefits-team",
    compartment=Compartment.DWP,
    keep_history=audit_kept,
)

BREACHES = Feed(
    name="dwp_cis.breach",
    title="Breaches of what was agreed with DWP",
    direction=Direction.IN,
    formats={FORMAT: Delimited((BREACH,), header=True, skip_blank=True)},
    tally=BreachTally,
    items=breach_items,
    moves=reported,
    compartment=Compartment.DWP,
    personal_data=("what",),
)

"""What benefits makes of the events that it was told: its replies, one an event.

Source: formats page housing_benefit.md, section 5.4.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from hub.api import (
    Answered,
    Answers,
    Chunk,
    Context,
    Direction,
    Disposition,
    Feed,
    Found,
    Item,
    ItemState,
    Level,
    Move,
    On,
    SentItem,
    Severity,
    Taken,
    Tally,
    check,
)
from plugins.housing_benefit.event_file import EVENT
from plugins.housing_benefit.events import FEED
from plugins.housing_benefit.rent_layouts import REPLIES
from plugins.housing_benefit.rents_told import ACCEPTED, REJECTED, RENT


class ReplyTally(Tally):
    """What benefits said of events, by status."""

    def __init__(self, ctx: Context[Any]) -> None:
        super().__init__(ctx)
        self.statuses: dict[str, int] = {}

    def add(self, chunk: Chunk) -> None:
        self.records += len(chunk)
        for status in chunk.columns["status"]:
            self.statuses[status] = self.statuses.get(status, 0) + 1

    def totals(self) -> Mapping[str, str | int]:
        told = {status.lower(): count for status, count in sorted(self.statuses.items())}
        return {"count": self.records, "value": "0.00", **told}


def reply_items(chunk: Chunk, tally: ReplyTally, ctx: Context[Any]) -> Iterator[Item]:
    """One EVENT_REPLY a row."""
    for row in chunk.rows():
        data: dict[str, str | int | bool | None] = {
            "status": row["status"],
            "reason_code": row["reason_code"].strip() or None,
            "claim_ref": row["claim_ref"].strip() or None,
        }
        yield Item("EVENT_REPLY", row.line, row["event_id"], 0, _today(ctx), data)


def _today(ctx: Context[Any]) -> date:
    return ctx.facts.today or date(1900, 1, 1)


def match_reply(item: Item, ctx: Context[Any], sent: SentItem | None) -> Disposition:
    """The event that it names; held where no event went out under that id."""
    if sent is None:
        return Disposition(ItemState.HELD, reason="no event that is unanswered has this id (NO_EVENT)")
    return Disposition(ItemState.NOTED, sent.account, answers=sent.id)


def _says(item: Item) -> Answered:
    return Answered.REFUSED if item.data["status"] == "REJECTED" else Answered.ACCEPTED


def _why(item: Item) -> str | None:
    status, code = item.data["status"], item.data["reason_code"]
    return None if status == "ACCEPTED" else f"{status} {code or ''}".strip()


def reply_moves(taken: Taken, ctx: Context[Any]) -> Iterator[Move]:
    """What benefits made of a rent: accepted, it is what it knows; rejected, it is sent again once it is put
    right."""
    item, account = taken.item, taken.disposition.account
    if account is not None and item.reference.startswith("R"):
        to = REJECTED if _says(item) is Answered.REFUSED else ACCEPTED
        yield Move(kind=RENT, key=account, to=to, reason=_why(item))


@check("HB-REPLY-REJECTED", level=Level.FILE, severity=Severity.WARNING)
def nothing_was_rejected(tally: ReplyTally, ctx: Context[Any]) -> Iterator[Found]:
    """Benefits took every event. Each one that it rejected is told in its item, with the reason's code."""
    rejected = tally.statuses.get("REJECTED", 0)
    if rejected:
        yield Found(f"benefits rejected {rejected} of {tally.records} events")


EVENT_REPLIES = Feed(
    name="housing_benefit.event_replies",
    title="What benefits makes of the events that it was told",
    direction=Direction.IN,
    formats={"hb-event-replies-csv1": REPLIES},
    tally=ReplyTally,
    checks=(nothing_was_rejected,),
    items=reply_items,
    match=match_reply,
    answers=Answers(
        FEED,
        kind="benefits",
        rules=(On(lambda item, sent: True, among=EVENT),),
        says=_says,
        why=_why,
    ),
    moves=reply_moves,
)

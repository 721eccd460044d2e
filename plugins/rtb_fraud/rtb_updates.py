"""Case status updates CSU of the fraud team. Source: formats page rtb_fraud.md, 7.2 [project layout].

Events may come twice or in the wrong order: one of a known id is passed over, an older one is written down
and changes nothing. What the newest says is how the referral stands.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any

from hub.api import (
    Answered,
    Answers,
    Chunk,
    Code,
    Compartment,
    Context,
    Day,
    Delimited,
    Direction,
    Disposition,
    Feed,
    Found,
    Item,
    ItemState,
    Layout,
    Level,
    Lookup,
    Matching,
    Move,
    On,
    Pounds,
    Record,
    Row,
    SentItem,
    Severity,
    Taken,
    Tally,
    check,
    column,
    format_pounds,
)
from plugins.rtb_fraud.rtb_referral_item import FEED
from plugins.rtb_fraud.rtb_referral_life import DECLINED, OUTCOMES, REFERRAL, REOPENED, STATUSES
from plugins.rtb_fraud.rtb_referrals import CALLED
from plugins.rtb_fraud.settings import settings_of

FORMAT = "rtb-case-updates-csv1"
DAY, POUNDS = Day("%Y-%m-%d"), Pounds()
AT = Matching(
    r"[0-9]{4}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9](Z|[+-][0-9]{2}:[0-9]{2})",
    "a moment with its zone, such as 2026-04-01T09:30:00Z",
)
KIND_OF_ANSWER = "status"
LAYOUT = Layout(
    "update",
    (
        column("referral_id", Matching(r"RFR-[0-9]{4}-[0-9]{6}", "RFR-, a year and six digits")),
        column("event_id", Matching(r"[A-Za-z0-9._\-]{1,40}", "letters, digits and ._-"), note="unique"),
        column("event_at", AT),
        column("status", Code(*STATUSES)),
        column("outcome", Code(*OUTCOMES), required=False, note="with CONCLUDED or CLOSED only"),
        column("hold_sale", Code("Y", "N"), required=False),
        column("value_prevented", POUNDS, required=False),
        column("value_recovered", POUNDS, required=False),
        column("next_review", DAY, required=False, note="the last day of a hold"),
        column("officer_ref", Matching(r"[A-Za-z0-9._\-]{0,30}", "a reference, no name"), required=False),
        column("text", Matching(r"[^\x00-\x1f\x7f-\x9f]{0,200}", "up to 200 characters"), required=False,
               personal=True, note="no allegations about third parties"),
    ),
)  # fmt: skip


class UpdateTally(Tally):
    def add(self, chunk: Chunk) -> None:
        self.records += len(chunk)

    def totals(self) -> Mapping[str, str | int]:
        return {"count": self.records, "value": format_pounds(0)}


@check("RTB-UPDATE", level=Level.RECORD, severity=Severity.REFUSE_ITEM)
def update_is_whole(chunk: Chunk, tally: UpdateTally, ctx: Context[Any]) -> Iterator[Found]:
    """An outcome comes with CONCLUDED or CLOSED only, a hold with the day of its review, a reopening with its
    reason, a day that exists in event_at; the text holds no blocked word."""
    settings = settings_of(ctx.facts).rtb
    for row in chunk.rows():
        for field, text in _faults(row):
            yield Found(text, row.line, field)
        if settings.blocked_in(row["text"]):
            yield Found("it holds a word that no shared text may hold: tell the MLRO alone", row.line, "text")


def _faults(row: Row) -> Iterator[tuple[str, str]]:
    if row["outcome"].strip() and row["status"] not in ("CONCLUDED", "CLOSED"):
        yield "outcome", f"an outcome cannot stand beside {row['status']}"
    if row["status"] == "CONCLUDED" and not row["outcome"].strip():
        yield "outcome", "CONCLUDED needs its outcome"
    if row["hold_sale"] == "Y" and not row["next_review"].strip():
        yield "next_review", "a hold needs the day of its review, on which it ends"
    if row["status"] == REOPENED and not row["text"].strip():
        yield "text", "a reopening needs its reason"
    try:
        datetime.fromisoformat(row["event_at"])
    except ValueError:
        yield "event_at", "it is no moment that there is"


def update_items(chunk: Chunk, tally: Tally, ctx: Context[Any]) -> Iterator[Item]:
    for row in chunk.rows():
        data: dict[str, Any] = {
            "event_id": row["event_id"],
            "event_at": row["event_at"],
            "outcome": row["outcome"].strip() or None,
            "hold_until": row["next_review"].strip() if row["hold_sale"] == "Y" else None,
            "says_hold": bool(row["hold_sale"].strip()),
            "officer_ref": row["officer_ref"].strip() or None,
            **{name: _pence(row[name]) for name in ("value_prevented", "value_recovered")},
        }
        on = _day_of(row["event_at"])
        personal = {"text": row["text"]} if row["text"].strip() else {}
        yield Item(row["status"], row.line, row["referral_id"], 0, on, data, personal)


def _day_of(moment: str) -> date:
    """The day of a moment; of one that there is not, which is refused, none that matters."""
    try:
        return DAY.read(moment[:10])
    except ValueError:
        return date.min


def _pence(text: str) -> int | None:
    return POUNDS.read(text) if text.strip() else None


def match_update(item: Item, ctx: Context[Any], sent: SentItem | None) -> Disposition:
    history = ctx.facts.history
    if history is not None and str(item.data["event_id"]) in history.posted:
        return Disposition(ItemState.DUPLICATE, reason="this event_id was told before")
    referral = _referral(item, ctx)
    if referral is None:
        return Disposition(ItemState.REJECTED, reason="no referral of this id has left")
    return Disposition(ItemState.NOTED, referral.account, answers=sent.id if sent else None)


def update_moves(taken: Taken, ctx: Context[Any]) -> Iterable[Move]:
    """The referral as the newest event has it; an older one is written down beside it."""
    item = taken.item
    referral = _referral(item, ctx)
    if referral is None:
        return
    told = item.data
    events = {**(referral.data.get("events") or {}), str(told["event_id"]): [told["event_at"], item.kind]}
    if _moment(told["event_at"]) < _moment(referral.data.get("event_at")):
        yield Move(kind=REFERRAL, key=referral.key, data={"events": events}, reason="an older event")
        return
    kept = ("event_at", "officer_ref", "value_prevented", "value_recovered", "outcome")
    data = {name: told[name] for name in kept if told[name] is not None}
    hold = {"hold_until": told["hold_until"]} if told["says_hold"] else {}
    yield Move(
        kind=REFERRAL,
        key=referral.key,
        to=item.kind,
        data={**data, **hold, "events": events},
        personal=item.personal,
        reason=f"event {told['event_id']}",
    )


def _moment(text: Any) -> datetime:
    return datetime.fromisoformat(str(text or "0001-01-02T00:00:00Z"))


def _referral(item: Item, ctx: Context[Any]) -> Record | None:
    return ctx.facts.records.get(REFERRAL, item.reference) if ctx.facts.records else None


UPDATES = Feed(
    name="rtb_fraud.case_updates",
    title="What became of referrals to the fraud team",
    direction=Direction.IN,
    formats={FORMAT: Delimited((LAYOUT,), header=True, skip_blank=True)},
    tally=UpdateTally,
    checks=(update_is_whole,),
    items=update_items,
    match=match_update,
    item_key=lambda item: str(item.data["event_id"]),
    answers=Answers(
        FEED,
        KIND_OF_ANSWER,
        rules=(On(lambda item, sent: KIND_OF_ANSWER not in sent.answered, among=CALLED),),
        says=lambda item: Answered.REFUSED if item.kind == DECLINED else Answered.ACCEPTED,
        why=lambda item: item.kind,
    ),
    moves=update_moves,
    looks_up=(Lookup(REFERRAL, keys=lambda item: (item.reference,)),),
    compartment=Compartment.FRAUD,
    personal_data=("text",),
)

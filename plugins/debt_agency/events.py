"""What an agency found out and did (AUP): traces, contacts, arrangements, statuses, objections, complaints.

Nothing of it is written over the tenant's record: an address is proposed to a person (`traces` says when it
goes without one). What the law stops collection for holds the account at once. Source: debt_agency.md,
sections 3.6 and 7.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Literal

from pydantic import Field

from hub.api import (
    HOLD,
    Chunk,
    Context,
    Disposition,
    Facts,
    Found,
    Item,
    ItemState,
    Level,
    Move,
    Need,
    Record,
    SentItem,
    Severity,
    Taken,
    check,
    format_pounds,
    told_hold,
)
from plugins.debt_agency import codes, traces
from plugins.debt_agency.exceptions import exception
from plugins.debt_agency.holds import EVERY, last_day
from plugins.debt_agency.placements import OF_THE_ITEM, PLACEMENT, RECALL_PENDING, placement_of
from plugins.debt_agency.tally import AgencyTally
from plugins.debt_agency.types import MONEY

FEED, ITEM = "debt_agency.agency_update", "AGENCY_EVENT"
LOOKS_UP = (OF_THE_ITEM, *EVERY)
Canonical = Literal[
    "CONTACTED", "LETTER_SENT", "PROMISE", "DISPUTE", "REFUSED", "VULNERABLE", "DECEASED",
    "INSOLVENT", "IMPRISONED", "ABROAD", "BREATHING_SPACE",
]  # fmt: skip
HOLDS = {
    "VULNERABLE": ("VULNERABLE", None),
    "DECEASED": ("DECEASED", None),
    "INSOLVENT": ("OTHER", "BKR"),
    "BREATHING_SPACE": ("BREATHING_SPACE", None),
}
"""By status, the kind of the hold that it begins, and what agencies are told that it is."""

CONTACTS = frozenset({"CONTACTED", "LETTER_SENT", "PROMISE"})
"""Statuses that tell of a contact with the debtor."""

CODES = {"TRC": ("N", "S", "G", "X"), "OBJ": ("PAY", "PRM", "LEG")}
SEEN_TO = {
    "CMP": "passes on a complaint about",
    "DSR": "passes on a data subject's request about",
}


class EventOptions(traces.TraceOptions):
    """statuses: what the agency's own status codes mean; those of the canonical file need not be named
    insolvencies: which of them tell of an arrangement (IVA) or a relief order (DRO), under each of which
                  money is somebody else's; others that mean INSOLVENT are taken for a bankruptcy
    """

    statuses: Mapping[str, Canonical] = Field(default_factory=dict)
    insolvencies: Mapping[str, Literal["BKR", "DRO", "IVA"]] = Field(default_factory=dict)

    def status(self, code: str) -> str | None:
        return self.statuses.get(code) or (code if code in codes.STATUSES else None)


Options = Context[EventOptions]


@check("DA-AUP-1", level=Level.RECORD, layouts=("G",))
def events_are_whole(chunk: Chunk, tally: AgencyTally, ctx: Options) -> Iterator[Found]:
    """A trace and an objection have one of their codes, a new address its first line, an arrangement its
    start and its instalment, a note its words."""
    for row in chunk.rows():
        kind, code = row["event_type"], row["code"].strip()
        if kind in CODES and code not in CODES[kind]:
            yield Found(
                f"the code of {kind} is {code or 'blank'}", row.line, "code", " or ".join(CODES[kind])
            )
        if kind == "TRC" and code == "N" and not row["value_1"].strip():
            yield Found("a new address has no first line", row.line, "value_1")
        if kind == "ARR" and not (row["value_1"].strip() and row["value_2"].strip()):
            yield Found("an arrangement has no start or no instalment", row.line, "value_1")


@check("DA-AUP-2", level=Level.CROSS, severity=Severity.HOLD_ITEM)
def statuses_are_mapped(taken: Sequence[Taken], ctx: Options) -> Iterator[Found]:
    """What a status of the agency's means is known: `statuses` says it. One that is not mapped waits, because
    it might stop collection."""
    for one in taken:
        data = one.item.data
        if data["event_type"] == "STS" and ctx.options.status(str(data["code"])) is None:
            yield Found(f"the status {data['code']} is not mapped", one.item.line, "code")


@check("DA-09", level=Level.CROSS, severity=Severity.HOLD_ITEM, needs=(Need.RECORDS,))
def placements_are_known(taken: Sequence[Taken], ctx: Context[Any]) -> Iterator[Found]:
    """A line is about a debt that was placed with this agency. One that is not waits: nobody guesses by
    name."""
    for one in taken:
        placement = placement_of(one.item, ctx.facts)
        if placement is None:
            yield Found(f"{one.item.reference} was never placed", one.item.line, "placement_ref")
        elif ctx.options.called and placement.data["agency"] != ctx.options.called:
            yield Found(
                f"{placement.key} was placed with {placement.data['agency']}", one.item.line, "placement_ref"
            )


@check("DA-15", level=Level.CROSS, severity=Severity.WARNING, needs=(Need.RECORDS,))
def nobody_is_contacted_in_a_moratorium(taken: Sequence[Taken], ctx: Options) -> Iterator[Found]:
    """The agency contacted nobody on a day of a breathing space. Where it did, that is a breach of the law:
    somebody must be told."""
    for one in taken:
        if _breach(one, ctx) is not None:
            yield Found(f"a contact on {one.item.on}, in a breathing space", one.item.line, "event_at")


def _breach(one: Taken, ctx: Options) -> Record | None:
    """The moratorium on a day of which the debtor was contacted."""
    data, records, account = one.item.data, ctx.facts.records, _account(one, ctx)
    if data["event_type"] != "STS" or records is None or account is None:
        return None
    if ctx.options.status(str(data["code"])) not in CONTACTS:
        return None
    return next((hold for hold in records.about(HOLD, account) if _protects(hold, one.item.on)), None)


def _account(one: Taken, ctx: Context[Any]) -> str | None:
    placement = placement_of(one.item, ctx.facts)
    return one.disposition.account or (placement.account if placement else None)


def _protects(hold: Record, day: date) -> bool:
    if hold.data["kind"] != "BREATHING_SPACE" or day < date.fromisoformat(str(hold.data["from"])):
        return False
    end = last_day(hold)
    return end is None or day <= end


@check("DA-AUP-3", level=Level.CROSS, severity=Severity.WARNING, needs=(Need.RECORDS,))
def arrangements_come_to_the_debt(taken: Sequence[Taken], ctx: Options) -> Iterator[Found]:
    """A new arrangement pays what is owed: instalment x (number - 1) + final instalment = balance. Where it
    does not, or cannot be reckoned, somebody is asked."""
    for one in taken:
        placement = placement_of(one.item, ctx.facts)
        if placement is not None and (message := _plan_differs(one.item, placement)) is not None:
            yield Found(message, one.item.line, "value_2")


def _plan_differs(item: Item, placement: Record) -> str | None:
    """Why the instalments of a new arrangement are not the debt; None where they are, or are not told."""
    told = [item.personal.get(f"value_{number}", "").strip() for number in (2, 4, 5, 6)]
    instalment, number, final, status = told
    if item.data["event_type"] != "ARR" or status not in ("", "N") or not number:
        return None
    amounts = (instalment, final or instalment)
    if not number.isdigit() or not all(map(MONEY.fits, amounts)):
        return "the instalments cannot be reckoned"
    first, last = map(MONEY.read, amounts)
    planned, owed = first * (int(number) - 1) + last, int(placement.data["balance"])
    if planned == owed:
        return None
    return f"the instalments come to {format_pounds(planned)}, and {format_pounds(owed)} is owed"


def item_key(item: Item) -> str | None:
    event = item.data["event_id"]
    return f"{item.data['sender']}/{event}" if event else None


def match(item: Item, ctx: Options, sent: SentItem | None) -> Disposition:
    placement, history = placement_of(item, ctx.facts), ctx.facts.history
    account = placement.account if placement else None
    if history is not None and item_key(item) in history.posted:
        return Disposition(ItemState.DUPLICATE, account, "an earlier file told it already")
    crossed = _crossed(item, placement)
    if placement is not None and crossed is None and traces.is_new_address(item):
        return traces.disposition(item, placement, ctx)
    return Disposition(ItemState.NOTED, account, crossed)


def _crossed(item: Item, placement: Record | None) -> str | None:
    """Why something counts no more: the council has said something newer since."""
    action = (placement.data.get("action") or {}) if placement else {}
    if not action or action["what"] == "PLC":
        return None
    said, told = datetime.fromisoformat(str(action["at"])), datetime.fromisoformat(str(item.data["event_at"]))
    return f"it crossed {action['what']} of {action['at']}, which is newer" if told < said else None


def moves(one: Taken, ctx: Options) -> Iterator[Move]:
    """What the hub makes of an event by itself; the rest is asked of a person."""
    placement, data = placement_of(one.item, ctx.facts), one.item.data
    if placement is None:
        return
    kind = str(data["event_type"])
    if kind == "STS":
        yield from _status(one, placement, ctx)
    elif kind == "OBJ":
        yield _objection(one, placement)
    elif kind == "ARR":
        told = {"arrangement": one.item.personal.get("value_6", "N")}
        yield Move(kind=PLACEMENT, key=placement.key, data=told, reason="the agency tells of an arrangement")
        if (differs := _plan_differs(one.item, placement)) is not None:
            says = f"{placement.data['agency']} agreed instalments for {placement.key}: {differs}."
            yield exception(_key(one), "PLAN_DIFF", says, placement, item=one.id)
    elif traces.is_new_address(one.item):
        if one.disposition.state is not ItemState.TAKEN:
            yield exception(_key(one), "TRACED", traces.proposed(one, placement), placement, item=one.id)
    elif kind in SEEN_TO:
        says = f"{placement.data['agency']} {SEEN_TO[kind]} {placement.key}: see to it today."
        yield exception(_key(one), kind, says, placement, item=one.id)


def _key(one: Taken) -> str:
    return item_key(one.item) or one.id


def _status(one: Taken, placement: Record, ctx: Options) -> Iterator[Move]:
    data, status = one.item.data, ctx.options.status(str(one.item.data["code"]))
    if status in HOLDS and placement.account is not None:
        insolvency = ctx.options.insolvencies.get(str(data["code"]))
        yield from holds_told(status, placement, one.item.on, ctx.facts, insolvency)
    elif status == "DISPUTE":
        says = f"{placement.data['agency']} says that {placement.key} is disputed: hold or answer it."
        yield exception(_key(one), "DISPUTED", says, placement)
    if (hold := _breach(one, ctx)) is not None:
        says = (
            f"{placement.data['agency']} contacted a debtor of {placement.key} on {one.item.on}, in a "
            f"breathing space that began on {hold.data['from']}: tell data protection and the income manager."
        )
        yield exception(
            f"{_key(one)}/breach", "BREACH", says, placement, told=data["event_at"], hold=hold.key
        )


def holds_told(
    status: str, placement: Record, on: date, facts: Facts, insolvency: str | None = None
) -> Iterator[Move]:
    """The hold that an agency's word begins on the account, unless there is such a one."""
    kind, code = HOLDS[status]
    code = insolvency if status == "INSOLVENT" and insolvency else code
    account, agency = str(placement.account), str(placement.data["agency"])
    for move in told_hold(agency, account, kind, on, facts.records, f"{agency} says {status.lower()}"):
        yield Move(
            kind=move.kind,
            key=move.key,
            to=move.to,
            account=move.account,
            data={**move.data, **({"code": code} if code else {})},
            reason=move.reason,
        )


def _objection(one: Taken, placement: Record) -> Move:
    """Asked about while the recall is pending; else shown with what it crossed."""
    code, at = str(one.item.data["code"]), str(one.item.data["event_at"])
    if placement.state == RECALL_PENDING:
        told = {"objection": {"code": code, "at": at}}
        return Move(kind=PLACEMENT, key=placement.key, data=told, reason=f"the agency objects ({code})")
    says = f"{placement.data['agency']} objects to the recall of {placement.key}, which is {placement.state}."
    return exception(_key(one), "CROSSED", says, placement, agency=at, council=placement.data.get("action"))


CHECKS = (
    events_are_whole,
    statuses_are_mapped,
    placements_are_known,
    nobody_is_contacted_in_a_moratorium,
    arrangements_come_to_the_debt,
)

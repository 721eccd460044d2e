"""What an agency made of each line that it was sent (ACK). Source: debt_agency.md, section 3.3."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from hub.api import (
    Answered,
    Answers,
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
    On,
    Record,
    SentItem,
    Severity,
    Taken,
    check,
    format_pounds,
)
from plugins.debt_agency import codes
from plugins.debt_agency.canonical import PLC
from plugins.debt_agency.exceptions import exception
from plugins.debt_agency.fan_out import held
from plugins.debt_agency.holds import EVERY, stopping
from plugins.debt_agency.lines import place
from plugins.debt_agency.mapping import LAYOUT
from plugins.debt_agency.placements import (
    ACCEPTED,
    ACTIVE,
    HELD,
    OF_THE_ITEM,
    PLACEMENT,
    REJECTED,
    SENT,
    placement_of,
)
from plugins.debt_agency.tally import AgencyTally

Options = Context[Any]
ITEM = "ACKNOWLEDGEMENT"
SENT_FEEDS = ("debt_agency.placement", "debt_agency.update", "debt_agency.hold")
TWICE, UNKNOWN = "it was answered so before", "no line that was sent is this one (UNKNOWN_LINE)"
LOOKS_UP = (OF_THE_ITEM, *EVERY)
GOOD = (codes.ACCEPTED, codes.WARNED)


@check("DA-ACK-1", level=Level.RECORD, layouts=("K",))
def answers_are_whole(chunk: Chunk, tally: AgencyTally, ctx: Options) -> Iterator[Found]:
    """A refusal, a warning and a duplicate give a reason, and a placement that was accepted the agency's own
    reference."""
    for row in chunk.rows():
        result, about = row["result"], row["in_file_kind"]
        if result != codes.ACCEPTED and not row["reason"].strip():
            yield Found(f"the result is {result}, and no reason is given", row.line, "reason")
        named = row["agency_ref"].strip() or ctx.format == LAYOUT  # an agency's own layout may lack it
        if result in GOOD and about == PLC.code and not named:
            yield Found("a placement was accepted under no reference of the agency's", row.line, "agency_ref")


def _line(item: Item) -> str | None:
    data = item.data
    if not data["in_file_kind"] or not data["in_file_seq"] or not data["in_line_no"] or not data["sender"]:
        return None
    return place(
        str(data["sender"]), str(data["in_file_kind"]), int(data["in_file_seq"]), int(data["in_line_no"])
    )


def _same_placement(item: Item, sent: SentItem) -> bool:
    return item.reference in sent.called.get("placement_ref", ())


def _is_placement(item: Item, sent: SentItem) -> bool:
    return sent.kind == "PLACEMENT" and item.data["in_file_kind"] == PLC.code


def _said(item: Item) -> Answered:
    return Answered.REFUSED if item.data["result"] == codes.REJECTED else Answered.ACCEPTED


def _why(item: Item) -> str | None:
    reason = item.data["reason"]
    return f"{reason}: {codes.REJECT_REASONS[str(reason)]}" if reason else None


def _calls(item: Item) -> dict[str, str]:
    return {"agency_ref": str(item.data["agency_ref"])} if item.data["agency_ref"] else {}


ANSWERS = Answers(
    SENT_FEEDS,
    kind="acknowledged",
    rules=(
        On(_same_placement, _line, among="line"),
        On(_is_placement, among="placement_ref"),
    ),
    says=_said,
    why=_why,
    calls=_calls,
)


def match(item: Item, ctx: Options, sent: SentItem | None) -> Disposition:
    """An answer; or one that was given before, or is about nothing that was sent."""
    if sent is not None:
        return Disposition(ItemState.NOTED, sent.account, answers=sent.id)
    placement = placement_of(item, ctx.facts)
    account = placement.account if placement else None
    if placement is not None and placement.data.get("answered", {}).get(_key(item)) == item.data["result"]:
        return Disposition(ItemState.DUPLICATE, account, TWICE)
    return Disposition(ItemState.NOTED, account, UNKNOWN)


def _key(item: Item) -> str:
    """A placement is answered once; of what followed it, each line."""
    kind = str(item.data["in_file_kind"])
    return kind if kind == PLC.code else f"{kind}/{item.data['in_file_seq']}/{item.data['in_line_no']}"


@check("DA-ACK-2", level=Level.CROSS, severity=Severity.HOLD_ITEM, needs=(Need.RECORDS,))
def nothing_is_answered_otherwise(taken: Sequence[Taken], ctx: Options) -> Iterator[Found]:
    """What was answered before is not answered otherwise now. Such an answer waits: the agency says which of
    the two is right."""
    for one in taken:
        placement = placement_of(one.item, ctx.facts)
        before = placement.data.get("answered", {}).get(_key(one.item)) if placement else None
        if before is not None and before != one.item.data["result"]:
            told = f"the line was answered {codes.RESULTS[before]} before"
            yield Found(told, one.item.line, "result", before)


@check("ACK_BALANCE_DIFF", level=Level.CROSS, severity=Severity.WARNING, needs=(Need.RECORDS,))
def balances_are_as_placed(taken: Sequence[Taken], ctx: Options) -> Iterator[Found]:
    """The agency has loaded what was placed, to the penny. Another balance is told, and somebody is asked."""
    for one in taken:
        if (difference := _difference(one, ctx)) is not None:
            loaded, due = map(format_pounds, difference)
            yield Found(f"the agency has loaded {loaded}", one.item.line, "balance_loaded", due)


@check("UNKNOWN_LINE", level=Level.CROSS, severity=Severity.WARNING)
def lines_are_known(taken: Sequence[Taken], ctx: Options) -> Iterator[Found]:
    """An answer is about a line that the hub sent, and that was not answered. One that is not is noted."""
    for one in taken:
        if one.disposition.reason == UNKNOWN:
            yield Found("the answer is about no line that was sent", one.item.line, "in_line_no")


def _difference(one: Taken, ctx: Options) -> tuple[int, int] | None:
    """Pence loaded and placed, where they differ."""
    data, placement = one.item.data, placement_of(one.item, ctx.facts)
    if placement is None or data["in_file_kind"] != PLC.code or data["result"] not in GOOD:
        return None
    loaded = data["balance_loaded"]
    due = int(placement.data["total_due"])
    return (int(loaded), due) if loaded is not None and loaded != due else None


def moves(one: Taken, ctx: Options) -> Iterator[Move]:
    """A placement is accepted or refused; of what followed it, a refusal is looked at."""
    item, data, placement = one.item, one.item.data, placement_of(one.item, ctx.facts)
    if placement is None or one.disposition.answers is None:
        return
    answered = {**placement.data.get("answered", {}), _key(item): data["result"]}
    to = None
    if data["in_file_kind"] == PLC.code and placement.state == SENT:
        to = {codes.ACCEPTED: ACCEPTED, codes.WARNED: ACCEPTED, codes.REJECTED: REJECTED}.get(
            str(data["result"])
        )
    told = {"answered": answered}
    if data["agency_ref"]:
        told["agency_ref"] = data["agency_ref"]
    if to == REJECTED:
        told["refused"] = data["reason"]
    yield Move(kind=PLACEMENT, key=placement.key, to=to, data=told, reason=_why(item))
    if to == ACCEPTED:
        yield begins(placement, ctx.facts)
    yield from _exceptions(one, ctx)


def begins(placement: Record, facts: Facts) -> Move:
    """The agency begins; or not yet, because of a hold that came while the placement was on its way."""
    code, hold = next(stopping(facts, placement.account), (None, None))
    if hold is not None and code is not None:
        told = held(code, hold)
        return Move(kind=PLACEMENT, key=placement.key, to=HELD, data=told, reason=f"on hold ({code})")
    if placement.data.get("hold"):
        return Move(kind=PLACEMENT, key=placement.key, to=HELD, reason="its hold was not released")
    return Move(kind=PLACEMENT, key=placement.key, to=ACTIVE)


def _exceptions(one: Taken, ctx: Options) -> Iterator[Move]:
    item, data, placement = one.item, one.item.data, placement_of(one.item, ctx.facts)
    difference = _difference(one, ctx)
    if placement is not None and difference is not None:
        loaded, due = map(format_pounds, difference)
        says = f"{placement.data['agency']} has loaded {loaded} of {placement.key}, and {due} was placed."
        yield exception(
            f"{placement.key}/ack", "ACK_BALANCE_DIFF", says, placement, loaded=loaded, placed=due
        )
    if placement is not None and data["in_file_kind"] != PLC.code and data["result"] == codes.REJECTED:
        says = f"{placement.data['agency']} did not accept a line about {placement.key} ({_why(item)})."
        yield exception(
            f"{placement.key}/{_key(item)}", "LINE_REFUSED", says, placement, reason=data["reason"]
        )


CHECKS = (
    answers_are_whole,
    nothing_is_answered_otherwise,
    balances_are_as_placed,
    lines_are_known,
)

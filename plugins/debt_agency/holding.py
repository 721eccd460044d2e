"""Holds, releases and recalls as agencies are sent them (HLD). Source: debt_agency.md, sections 3.5 and 5."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from functools import partial

from hub.api import (
    Context,
    Found,
    ItemState,
    Level,
    Move,
    Need,
    Record,
    Rendered,
    Severity,
    Taken,
    check,
)
from plugins.debt_agency import codes
from plugins.debt_agency.canonical import HLD, HOLD_LINE
from plugins.debt_agency.file_checks import OUR_FILE_CHECKS
from plugins.debt_agency.holds import EVERY, stopping
from plugins.debt_agency.lines import Line, Proof, write_file
from plugins.debt_agency.placements import (
    AT_AN_AGENCY,
    OF_THE_ITEM,
    PLACEMENT,
    RECALL_PENDING,
    RECALLED,
    placement_of,
)
from plugins.debt_agency.settings import HoldOptions
from plugins.debt_agency.tally import AgencyTally

Options = Context[HoldOptions]
ACTION, RECALL = "PLACEMENT_ACTION", "RECALL"
"""What waits: what holds and recalls bring about, made by records; what the rent system takes back."""

PROOF = Proof(partial(AgencyTally, kind=HLD), OUR_FILE_CHECKS)
LOOKS_UP = (OF_THE_ITEM, *EVERY)
_AT_ONE_MOMENT = (codes.RELEASED, codes.RECALL_PENDING, codes.HELD, codes.RECALL_FINAL)
"""The last wins: a hold and a final recall win over a release of the same moment."""


def of_the_agency(one: Taken, ctx: Options) -> str | None:
    """Condition `ours`: why something is not for this route's agency, or not yet."""
    placement = placement_of(one.item, ctx.facts)
    if placement is not None and placement.data["agency"] != ctx.options.called:
        return f"the debt is with {placement.data['agency']}"
    if ctx.facts.today is not None and one.item.on > ctx.facts.today:
        return f"it is for {one.item.on}"
    return None


def action_of(one: Taken, ctx: Options) -> str:
    """What the agency is told to do."""
    if one.item.kind != RECALL:
        return str(one.item.data["action"])
    final = one.item.data["reason"] in ctx.options.final_at_once
    return codes.RECALL_FINAL if final else codes.RECALL_PENDING


@check("DA-HLD-1", level=Level.CROSS, severity=Severity.REFUSE_ITEM, needs=(Need.RECORDS,), at_send=True)
def agency_has_the_debt(taken: Sequence[Taken], ctx: Options) -> Iterator[Found]:
    """What is held, released or recalled is with the agency. A final recall by itself is only sent while the
    recall is pending still: an objection that was agreed to ends it."""
    for one in _taken(taken):
        placement = placement_of(one.item, ctx.facts)
        if placement is None:
            yield Found(f"no placement is known as {one.item.reference}", one.item.line, "placement_ref")
        elif one.item.data.get("after") == RECALL_PENDING:
            if placement.state not in (RECALL_PENDING, RECALLED):
                message = f"the recall of {placement.key} is not pending any more"
                yield Found(message, one.item.line, "placement_ref")
        elif placement.state not in AT_AN_AGENCY | {RECALLED}:
            message = f"{placement.key} is {placement.state}: no agency has it"
            yield Found(message, one.item.line, "placement_ref")


@check("DA-HLD-2", level=Level.CROSS, severity=Severity.REFUSE_ITEM, needs=(Need.RECORDS, Need.TODAY),
       at_send=True)  # fmt: skip
def nothing_held_is_released(taken: Sequence[Taken], ctx: Options) -> Iterator[Found]:
    """No release leaves while a hold on the account stands: a hold wins over everything."""
    for one in _taken(taken):
        held = next(iter(stopping(ctx.facts, one.disposition.account)), None)
        if action_of(one, ctx) == codes.RELEASED and held is not None:
            yield Found(f"the account is on hold ({held[0]}) again", one.item.line, "action")


@check("DA-HLD-3", level=Level.CROSS, severity=Severity.REFUSE_ITEM)
def nothing_is_told_twice(taken: Sequence[Taken], ctx: Options) -> Iterator[Found]:
    """One hold is told once, though it reached the debt by both of two joint tenants."""
    seen: set[tuple[object, ...]] = set()
    for one in _taken(taken):
        data = one.item.data
        told = (one.item.reference, data.get("action"), data.get("hold"), data.get("end_date"))
        if data.get("hold") and told in seen:
            yield Found("this hold is told already, with this file", one.item.line, "placement_ref")
        seen.add(told)


def _taken(taken: Sequence[Taken]) -> Iterator[Taken]:
    return (one for one in taken if one.disposition.state is ItemState.TAKEN)


def recalls(one: Taken, ctx: Options) -> Iterator[Move]:
    """A recall that is taken along: pending, or the end of it."""
    placement, action = placement_of(one.item, ctx.facts), action_of(one, ctx)
    if placement is None or one.disposition.state is not ItemState.TAKEN:
        return
    to = {codes.RECALL_PENDING: RECALL_PENDING, codes.RECALL_FINAL: RECALLED}.get(action)
    if to is not None and placement.state != to:
        reason = one.item.data.get("reason") or placement.data.get("recalled_for")
        yield Move(
            kind=PLACEMENT,
            key=placement.key,
            to=to,
            data={"recalled_for": reason},
            reason=f"the council takes it back ({reason})",
        )


def leaves(carried: Sequence[Taken], ctx: Options) -> Iterator[Move]:
    """What was last said of each placement."""
    for line in hold_lines(carried, ctx):
        yield Move(
            kind=PLACEMENT,
            key=str(line.values["placement_ref"]),
            data={"action": {"what": line.values["action"], "at": _text(line), "by": "council"}},
        )


def _text(line: Line) -> str:
    at = line.values["effective_from"]
    return at.isoformat(timespec="seconds") if isinstance(at, datetime) else ""


def write_holds(taken: Sequence[Taken], ctx: Options) -> Rendered:
    """Raises CannotRender for what no file can carry."""
    return write_file(HLD, hold_lines(taken, ctx), ctx, PROOF)


def hold_lines(taken: Sequence[Taken], ctx: Options) -> list[Line]:
    """In the order of their moments, so that who reads on to the end has what counts."""
    lines = [_line(one, ctx) for one in taken]
    return sorted(
        lines,
        key=lambda line: (line.values["effective_from"], _AT_ONE_MOMENT.index(str(line.values["action"]))),
    )


def _line(one: Taken, ctx: Options) -> Line:
    item, placement = one.item, placement_of(one.item, ctx.facts)
    return Line(
        HOLD_LINE,
        {
            "placement_ref": placement.key if placement else None,
            "action": action_of(one, ctx),
            "hold_code": item.data.get("hold_code"),
            "effective_from": _moment(one, placement, ctx),
            "review_date": _day(item.data.get("review_date")),
            "end_date": _day(item.data.get("end_date")),
            "reference": item.data.get("reason"),
        },
        one.id,
    )


def _moment(one: Taken, placement: Record | None, ctx: Options) -> datetime | None:
    """When it took effect; a recall of the rent system's, and what says nothing, now."""
    told = one.item.data.get("at")
    if told:
        return datetime.fromisoformat(str(told))
    return ctx.moment.now if ctx.moment else None


def _day(text: object) -> date | None:
    return date.fromisoformat(str(text)) if text else None

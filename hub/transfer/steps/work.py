"""Work: STAGED → what the bytes mean. Decode, validate, match and render are pure, so a crash costs nothing:
the one commit at the end holds items, findings, numbers used, deliveries and the new state together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, BinaryIO

from hub.checks.base import BATCH, Context
from hub.config.routes import Route
from hub.door.feed import Feed
from hub.errors import CannotRender
from hub.model import (
    Finding,
    ItemState,
    Moment,
    Rendered,
    SentTransfer,
    Severity,
    Taken,
    TransferState,
    Verdict,
)
from hub.store import queries
from hub.store.rows import ItemRow, TransferRow
from hub.transfer import awaiting, milestones, otherwise, refusal, rehearsal, restored
from hub.transfer.answers import answering
from hub.transfer.batch import examine_batch, thaw
from hub.transfer.choose import choose
from hub.transfer.context import of_coming
from hub.transfer.drift import drifted
from hub.transfer.examine import Examined, examine, judge
from hub.transfer.history import stands, with_history
from hub.transfer.judging import Judged, judge_moves, may_move
from hub.transfer.making import delivery_of, draw
from hub.transfer.outcome import Outcome, commit, same_as
from hub.transfer.outputs import Source, carried_or_noted, numbered, plan, render
from hub.transfer.services import Services, known
from hub.transfer.steps.unpack import is_bundle, unpack

_STAY = (ItemState.HELD, ItemState.REJECTED)
"""What does not leave with its batch."""


def work(services: Services, row: TransferRow) -> TransferRow:
    """One STAGED transfer, to ACCEPTED, APPLIED, HELD, REJECTED or DUPLICATE."""
    route = services.route(row.route)
    if route.in_order and (reason := _behind(services, row)):
        return milestones.stay(services, row, reason, {})
    if is_bundle(services, row, route):
        return unpack(services, row, route)
    outcome = _outcome(services, row, route)
    if outcome.state is TransferState.STAGED and not outcome.items:
        return milestones.stay(services, outcome.row, outcome.reason, outcome.values)
    if row.rehearsed:
        outcome = rehearsal.only_for_itself(outcome)
    services.boundary("rendered")
    moved = services.commit(lambda conn: commit(conn, services, outcome))
    services.boundary("worked")
    return moved


def _behind(services: Services, row: TransferRow) -> str | None:
    """Why a transfer of a route that works in order has to wait for its turn; None when it has it."""
    with services.store.read() as conn:
        first = queries.unfinished_before(conn, row)
    return f"waits for its turn: {first[1]} ({first[0]}) comes before it and is not over" if first else None


def _waits(services: Services, row: TransferRow, route: Route, day: date) -> Outcome | None:
    """The transfer stays STAGED while its route stays behind something that is not reached for that day."""
    reason = milestones.waits_for(services, route, day)
    return Outcome(row, TransferState.STAGED, reason, values={"business_date": day}) if reason else None


def _outcome(services: Services, row: TransferRow, route: Route) -> Outcome:
    if row.business_date is not None and (waits := _waits(services, row, route, row.business_date)):
        return waits
    if reason := awaiting.still_awaits(services, row, route):
        return Outcome(row, TransferState.STAGED, reason)
    with services.store.blobs(row.compartment).open(known(row.blob, "bytes")) as stream:
        if row.format == BATCH:
            return _gathered(services, row, route, stream)
        chosen = choose(services, route, stream)
        if isinstance(chosen, str):
            return Outcome(row, TransferState.HELD, chosen)
        return _worked(services, row, route, *chosen, stream)


def _worked(
    services: Services, row: TransferRow, route: Route, feed: Feed, format: str, stream: BinaryIO
) -> Outcome:
    with services.store.read() as conn:
        facts = services.facts(conn, **of_coming(conn, row))
        ctx = services.context(route, feed, format, facts)
        same = same_as(conn, row, feed.name, None)
    if same is not None:
        return Outcome(
            row,
            TransferState.DUPLICATE,
            f"the same bytes came before, as transfer {same.id}",
            values={"feed": feed.name, "format": format},
        )
    examined = examine(
        feed, stream, ctx, extra=services.catalogue.checks(feed), tolerate=services.tolerate(route)
    )
    return _judged(services, row, route, examined, ctx)


def _gathered(services: Services, row: TransferRow, route: Route, stream: BinaryIO) -> Outcome:
    """A batch: what it still has of the items that were frozen, as they were then."""
    feed = services.feed(known(row.feed, "feed"))
    with services.store.read() as conn:
        ctx = services.context(route, feed, BATCH, services.facts(conn))
        batch = thaw(stream)
        if not row.rehearsed:
            batch = batch.only(queries.gathered_ids(conn, row.id))
    examined = examine_batch(
        feed, batch, ctx, extra=services.catalogue.checks(feed), tolerate=services.tolerate(route)
    )
    return _judged(services, row, route, examined, ctx)


def _judged(
    services: Services, row: TransferRow, route: Route, examined: Examined, ctx: Context[Any]
) -> Outcome:
    outcome = _decided(services, row, route, examined, ctx)
    if outcome.state is not TransferState.REJECTED:
        return outcome
    return replace(outcome, follows=refusal.follows(services, row, examined, ctx))


def _decided(
    services: Services, row: TransferRow, route: Route, examined: Examined, ctx: Context[Any]
) -> Outcome:
    repeat = _repeat(services, row, examined)
    if repeat is not None:
        examined.reading.findings.add(repeat)
    if _refused(examined):
        return _rejected(examined, row)
    if waits := _waits(services, row, route, _day(services, row, examined)):
        return waits
    ctx = with_history(services, row, examined, ctx)
    taken = judge(examined, ctx, row.id)
    services.boundary("examined")
    if _refused(examined):
        return _rejected(examined, row)
    gate = awaiting.gate(services, row, route, examined, ctx, taken)
    if gate.reason is not None:
        return _awaits(row, examined, ctx, gate)
    judged = _moves(services, row, examined, ctx, gate.taken)
    if _refused(examined):
        return _rejected(examined, row)
    outcome = _rendered(services, row, route, examined, ctx, judged.taken)
    return replace(outcome, steps=judged.steps, still_so=stands(row, examined, ctx))


def _awaits(row: TransferRow, examined: Examined, ctx: Context[Any], gate: awaiting.Gate) -> Outcome:
    """Checked and matched, and no further: what was found is kept, and nothing else follows yet."""
    return Outcome(
        row,
        TransferState.STAGED,
        gate.reason,
        examined.reading.findings.kept,
        _values(examined, None),
        items=_effects(examined, row, gate.taken, ctx.facts.about).get("items", ()),
    )


def _moves(
    services: Services, row: TransferRow, examined: Examined, ctx: Context[Any], taken: Sequence[Taken]
) -> Judged:
    """The records that the items move; an illegal move holds its item."""
    if not may_move(examined.feed):
        return Judged(taken)
    with services.store.read() as conn:
        judged = judge_moves(conn, services, row, examined.feed, taken, ctx)
    for finding in judged.findings:
        examined.reading.findings.add(finding)
    return judged


def _repeat(services: Services, row: TransferRow, examined: Examined) -> Finding | None:
    """The same business identity with other bytes: a corrected or a wrong file, never posted by itself."""
    identity = examined.tally.identity()
    if identity is None:
        return None
    with services.store.read() as conn:
        same = same_as(conn, row, examined.feed.name, identity)
    if same is None:
        return None
    return Finding(
        "IDENTITY",
        Severity.ERROR,
        f"{identity} came before, with other content, as transfer {same.id}; "
        "ask the sender which is right, and withdraw the other",
    )


def _day(services: Services, row: TransferRow, examined: Examined) -> date:
    """The business date: the content's own, else the one that the transfer has, else the day it is worked."""
    own = examined.tally.business_date() or row.business_date
    return own or services.local(row.moment or services.clock.now())


def _refused(examined: Examined) -> bool:
    return examined.verdict in (Verdict.REJECTED, Verdict.UNREADABLE)


def _rejected(examined: Examined, row: TransferRow) -> Outcome:
    if examined.reading.foreign is not None:
        return _of_somebody_else(examined, row, examined.reading.foreign)
    findings = examined.reading.findings
    errors = findings.severities[Severity.ERROR]
    first = next(finding.message for finding in findings.kept if finding.severity is Severity.ERROR)
    count = "1 finding refuses" if errors == 1 else f"{errors} findings refuse"
    reason = f"{count} the file: {first.removesuffix('.') + ', …' if errors > 1 else first}"
    return Outcome(row, TransferState.REJECTED, reason, findings.kept, _values(examined, None))


def _of_somebody_else(examined: Examined, row: TransferRow, found: Finding) -> Outcome:
    """Refused, with nothing of what it holds: an administrator is asked about it."""
    return Outcome(
        row,
        TransferState.REJECTED,
        found.message,
        [found],
        {"feed": examined.feed.name, "format": examined.format, "records": 0, "value": 0, "summary": {}},
        asks=f"{row.name}: {found.message}",
    )


def _rendered(
    services: Services,
    row: TransferRow,
    route: Route,
    examined: Examined,
    ctx: Context[Any],
    taken: Sequence[Taken],
) -> Outcome:
    plans = plan(examined.feed, otherwise.targets(services, row), services.catalogue.profiles, taken, ctx)
    row, drawn = draw(services, row, plans)
    moment = Moment(known(row.moment, "clock value"), _day(services, row, examined), row.id)
    blobs = services.store.blobs(row.compartment)
    source = Source(row.name, lambda: blobs.open(known(row.blob, "bytes")), examined.tally)
    try:
        made = [
            render(planned, source, numbered(moment, numbers))
            for planned, numbers in zip(plans, drawn, strict=True)
        ]
    except CannotRender as error:
        examined.reading.findings.add(Finding("RENDER", Severity.ERROR, str(error)))
        return _rejected(examined, row)
    deliveries = [delivery_of(services, row, p, rendered) for p, rendered in zip(plans, made, strict=True)]
    emptied = examined.gathered is not None and all(one.disposition.state in _STAY for one in taken)
    reason = None if emptied else _hold_reason(route, examined, ctx, row)
    reason = reason or (None if emptied else _doubt(services, row, examined.feed, deliveries))
    state = TransferState.ACCEPTED if deliveries else TransferState.APPLIED
    return Outcome(
        row,
        TransferState.HELD if reason else state,
        reason,
        examined.reading.findings.kept,
        _values(examined, moment),
        deliveries=deliveries,
        called=_called(made),
        **_effects(examined, row, carried_or_noted(taken, plans), ctx.facts.about),
    )


def _called(made: Sequence[Rendered]) -> dict[str, dict[str, str]]:
    """What all the files together call each item."""
    called: dict[str, dict[str, str]] = defaultdict(dict)
    for rendered in made:
        for item_id, names in rendered.called.items():
            called[item_id].update(names)
    return called


def _effects(
    examined: Examined, row: TransferRow, taken: Sequence[Taken], about: SentTransfer | None
) -> dict[str, Any]:
    """What the transfer changes in the hub's own records: the register, or its items and what they answer."""
    feed = examined.feed
    if feed.register is not None:
        return {"register": feed.register([one.item for one in taken])}
    if examined.gathered is not None:
        held = [one.id for one in taken if one.disposition.state is ItemState.HELD]
        refused = {
            one.id: str(one.disposition.reason)
            for one in taken
            if one.disposition.state is ItemState.REJECTED
        }
        return {"waits_again": held, "refused": refused}
    return {
        "items": [
            ItemRow.of(
                one,
                transfer_id=row.id,
                feed=feed.name,
                item_key=feed.item_key(one.item),
                compartment=row.compartment,
            )
            for one in (taken if feed.keeps_items else ())
        ],
        "used": examined.tally.used(),
        "answering": answering(examined, about, taken),
    }


def _doubt(services: Services, row: TransferRow, feed: Feed, deliveries: Collection[object]) -> str | None:
    """Whether it may have been worked before the state was lost and restored, unless a person let it go. An
    extract that sends nothing may be taken in once more."""
    if row.approved_by is not None or (feed.is_extract and not deliveries) or not services.store.came_back:
        return None
    with services.store.read() as conn:
        return restored.doubt(conn, services, row)


def _hold_reason(route: Route, examined: Examined, ctx: Context[Any], row: TransferRow) -> str | None:
    """Why the transfer waits for a person, if it does."""
    holding = [f for f in examined.reading.findings.kept if f.severity is Severity.HOLD]
    value, hold = abs(examined.tally.value), route.hold
    if row.approved_by is not None:
        return None
    if holding:
        return holding[0].message
    if hold.above_value is not None and value > hold.above_value:
        return "the value is above what the route lets go by itself"
    if hold.above_count is not None and examined.tally.records > hold.above_count:
        return "the count is above what the route lets go by itself"
    history = ctx.facts.history
    if hold.first_file and history is not None and history.last is None:
        return "this is the first file of the route"
    return drifted(hold.drift, examined.tally.records, value, history.recent if history else ())


def _values(examined: Examined, moment: Moment | None) -> dict[str, Any]:
    """The columns of the transfer that its content decides."""
    tally = examined.tally
    return {
        "feed": examined.feed.name,
        "format": examined.format,
        "direction": examined.feed.direction.value,
        "identity": tally.identity(),
        "business_date": tally.business_date() or (moment.business_date if moment else None),
        "moment": moment.now if moment else None,
        "records": tally.records,
        "value": tally.value,
        "summary": {
            **tally.summary(),
            "totals": dict(tally.totals()),
            "not_checked": dict(examined.reading.not_checked),
        },
    }

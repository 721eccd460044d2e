"""Work: STAGED → what the bytes mean. Decode, validate, match and render are pure, so a crash costs nothing:
the one commit at the end holds items, findings, numbers used, deliveries and the new state together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from sqlalchemy import Connection

from hub.checks.base import Context
from hub.config.settings import Route
from hub.door.feed import Answers, Feed, RegisterChange
from hub.errors import CannotRender, LostRace
from hub.model import (
    Answered,
    Finding,
    History,
    ItemState,
    Moment,
    Rendered,
    Severity,
    Taken,
    TransferState,
    Verdict,
)
from hub.store import queries
from hub.store.rows import BlobRef, DeliveryRow, ItemRow, SameTransfer, TransferRow
from hub.store.schema import DEAD
from hub.transfer import move
from hub.transfer.examine import Examined, examine, judge
from hub.transfer.inspect import HEAD, recognise
from hub.transfer.outputs import Plan, Source, plan, render
from hub.transfer.services import Services, known


@dataclass(frozen=True, slots=True)
class Given:
    """An answer that the transfer's items give to an item that left."""

    item_id: str
    kind: str
    said: Answered
    by_item: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What working a transfer came to, ready to be committed in one go."""

    row: TransferRow
    state: TransferState
    reason: str | None
    findings: Sequence[Finding] = ()
    values: Mapping[str, Any] = field(default_factory=dict)
    items: Sequence[ItemRow] = ()
    used: Mapping[str, frozenset[str]] = field(default_factory=dict)
    answers: Sequence[Given] = ()
    deliveries: Sequence[tuple[DeliveryRow, BlobRef]] = ()
    register: RegisterChange | None = None


def work(services: Services, row: TransferRow) -> TransferRow:
    """One STAGED transfer, to ACCEPTED, APPLIED, HELD, REJECTED or DUPLICATE."""
    route = services.route(row.route)
    outcome = _outcome(services, row, route)
    services.boundary("rendered")
    moved = services.commit(lambda conn: _commit(conn, services, outcome))
    services.boundary("worked")
    return moved


def _outcome(services: Services, row: TransferRow, route: Route) -> Outcome:
    chosen = _choose(services, row, route)
    if isinstance(chosen, Outcome):
        return chosen
    feed, format = chosen
    with services.store.read() as conn:
        ctx = services.context(route, feed, format, services.facts(conn))
        same = _same(conn, row, feed.name, None)
    if same is not None:
        return Outcome(
            row,
            TransferState.DUPLICATE,
            f"the same bytes came before, as transfer {same.id}",
            values={"feed": feed.name, "format": format},
        )
    with services.store.blobs.open(known(row.blob, "bytes")) as stream:
        examined = examine(
            feed, stream, ctx, extra=services.catalogue.checks(feed), tolerate=services.tolerate(route)
        )
    return _judged(services, row, route, examined, ctx)


def _choose(services: Services, row: TransferRow, route: Route) -> tuple[Feed, str] | Outcome:
    """The feed and format by content. A format that the route names is taken at its word, so that a broken
    file is refused with its findings; content that nothing here reads waits for a person."""
    feeds = {name: services.feed(name) for name in route.feeds}
    if route.format is not None:
        named = [feed for feed in feeds.values() if route.format in feed.formats]
        return named[0], route.format
    with services.store.blobs.open(known(row.blob, "bytes")) as stream:
        head = stream.read(HEAD)
    fitting = recognise(head, feeds)
    if len(fitting) == 1:
        return fitting[0]
    elsewhere = [feed.name for feed, _ in recognise(head, services.catalogue.feeds)]
    return Outcome(row, TransferState.HELD, _not_one(fitting, elsewhere, route))


def _not_one(fitting: Sequence[tuple[Feed, str]], elsewhere: Sequence[str], route: Route) -> str:
    if fitting:
        return "more than one feed of the route reads this: " + ", ".join(f.name for f, _ in fitting)
    if elsewhere:
        return f"this is {', '.join(elsewhere)}, which the route {route.id} does not take"
    return "no feed that is installed recognises this content; somebody should look at it"


def _judged(
    services: Services, row: TransferRow, route: Route, examined: Examined, ctx: Context[Any]
) -> Outcome:
    repeat = _repeat(services, row, examined)
    if repeat is not None:
        examined.reading.findings.add(repeat)
    if _refused(examined):
        return _rejected(examined, row)
    ctx = _with_history(services, row, examined, ctx)
    taken = judge(examined, ctx, row.id)
    services.boundary("examined")
    if _refused(examined):
        return _rejected(examined, row)
    return _rendered(services, row, route, examined, ctx, taken)


def _same(conn: Connection, row: TransferRow, feed: str, identity: str | None) -> SameTransfer | None:
    """An earlier transfer of the feed on this route with these bytes, or this identity."""
    return queries.find_same(
        conn, route=row.route, feed=feed, sha256=row.blob or "", identity=identity, other_than=row.id
    )


def _repeat(services: Services, row: TransferRow, examined: Examined) -> Finding | None:
    """The same business identity with other bytes: a corrected or a wrong file, never posted by itself."""
    identity = examined.tally.identity()
    if identity is None:
        return None
    with services.store.read() as conn:
        same = _same(conn, row, examined.feed.name, identity)
    if same is None:
        return None
    return Finding(
        "IDENTITY",
        Severity.ERROR,
        f"{identity} came before, with other content, as transfer {same.id}; "
        "ask the sender which is right, and withdraw the other",
    )


def _with_history(
    services: Services, row: TransferRow, examined: Examined, ctx: Context[Any]
) -> Context[Any]:
    feed, tally = examined.feed, examined.tally
    keys = {key for item in examined.items if (key := feed.item_key(item)) is not None}
    with services.store.read() as conn:
        history = History(
            last=queries.last_transfer(conn, route=row.route, feed=feed.name, other_than=row.id),
            used=queries.used_values(conn, tuple(tally.used()), other_than=row.id),
            posted=queries.posted_keys(conn, feed.name, keys, other_than=row.id),
        )
        sent = None
        if feed.answers is not None:
            references = {item.reference for item in examined.items}
            sent = queries.sent_items(
                conn, services.store.keys, feed.answers.feed, references, other_than=row.id
            )
    return replace(ctx, facts=replace(ctx.facts, history=history, sent=sent))


def _refused(examined: Examined) -> bool:
    return examined.verdict in (Verdict.REJECTED, Verdict.UNREADABLE)


def _rejected(examined: Examined, row: TransferRow) -> Outcome:
    findings = examined.reading.findings
    errors = findings.severities[Severity.ERROR]
    reason = f"{errors} finding{'s' if errors != 1 else ''} refuse{'s' if errors == 1 else ''} the file"
    return Outcome(row, TransferState.REJECTED, reason, findings.kept, _values(examined, None))


def _rendered(
    services: Services,
    row: TransferRow,
    route: Route,
    examined: Examined,
    ctx: Context[Any],
    taken: Sequence[Taken],
) -> Outcome:
    plans = plan(examined.feed, route.to, services.catalogue.profiles, taken, ctx)
    row, drawn = _draw(services, row, plans)
    now = known(row.moment, "clock value")
    moment = Moment(now, examined.tally.business_date() or services.local(now), row.id)
    source = Source(row.name, lambda: services.store.blobs.read(known(row.blob, "bytes")), examined.tally)
    try:
        made = [
            render(p, source, replace(moment, numbers=numbers))
            for p, numbers in zip(plans, drawn, strict=True)
        ]
    except CannotRender as error:
        examined.reading.findings.add(Finding("RENDER", Severity.ERROR, str(error)))
        return _rejected(examined, row)
    deliveries = [_delivery(services, row, p, rendered) for p, rendered in zip(plans, made, strict=True)]
    reason = _hold_reason(route, examined, ctx, row)
    state = TransferState.ACCEPTED if deliveries else TransferState.APPLIED
    return Outcome(
        row,
        TransferState.HELD if reason else state,
        reason,
        examined.reading.findings.kept,
        _values(examined, moment),
        deliveries=deliveries,
        **_effects(examined, row, taken),
    )


def _effects(examined: Examined, row: TransferRow, taken: Sequence[Taken]) -> dict[str, Any]:
    """What the transfer changes in the hub's own records: the register, or its items and what they answer."""
    feed = examined.feed
    if feed.register is not None:
        return {"register": feed.register([one.item for one in taken])}
    return {
        "items": [
            ItemRow.of(one, transfer_id=row.id, feed=feed.name, item_key=feed.item_key(one.item))
            for one in taken
        ],
        "used": examined.tally.used(),
        "answers": given_answers(feed.answers, taken),
    }


def given_answers(answers: Answers | None, taken: Sequence[Taken]) -> list[Given]:
    """The answers of the items that are taken."""
    if answers is None:
        return []
    return [
        Given(one.disposition.answers, answers.kind, answers.says(one.item), one.id)
        for one in taken
        if one.disposition.answers is not None and one.disposition.state is ItemState.TAKEN
    ]


def _draw(
    services: Services, row: TransferRow, plans: Sequence[Plan]
) -> tuple[TransferRow, list[dict[str, int]]]:
    """The clock value and each output's numbers, drawn once and committed before anything is rendered.

    Without numbers nothing outside depends on the clock value yet, and the step's own commit stores it."""
    now = row.moment or services.clock.now()
    if not any(planned.numbers() for planned in plans):
        return replace(row, moment=now), [{} for _ in plans]

    def commit(conn: Connection) -> tuple[TransferRow, list[dict[str, int]]]:
        drawn = [_draw_for(conn, row, planned) for planned in plans]
        if row.moment is not None:
            return row, drawn
        return move.transfer(conn, row, row.state, event="numbered", moment=now), drawn

    numbered = services.commit(commit)
    services.boundary("numbered")
    return numbered


def _draw_for(conn: Connection, row: TransferRow, planned: Plan) -> dict[str, int]:
    return {
        number.name: queries.draw_number(
            conn,
            scope=scope,
            name=f"{planned.position}.{number.name}",
            transfer_id=row.id,
            policy=number.policy,
            first=number.first,
            last=number.last,
        )
        for number, scope in planned.numbers()
    }


def _delivery(
    services: Services, row: TransferRow, planned: Plan, rendered: Rendered
) -> tuple[DeliveryRow, BlobRef]:
    blob = services.store.blobs.put(rendered.data)
    delivery = DeliveryRow(
        id=services.clock.new_id(),
        transfer_id=row.id,
        output=planned.output.name,
        endpoint=planned.target.endpoint,
        folder=planned.target.folder,
        name=rendered.name,
        blob=blob.sha256,
        size=blob.size,
        updated_at=services.clock.now(),
        summary=dict(rendered.summary),
    )
    return delivery, blob


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
    if hold.first_file and ctx.facts.history is not None and ctx.facts.history.last is None:
        return "this is the first file of the route"
    return None


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


def _refuse_twin(conn: Connection, outcome: Outcome) -> None:
    """Raises LostRace when the same file went in between this one's look and its commit."""
    feed = outcome.values.get("feed")
    if outcome.state in DEAD or feed is None:
        return
    if _same(conn, outcome.row, feed, outcome.values.get("identity")) is not None:
        raise LostRace(f"transfer {outcome.row.id} has a twin that went first")


def _commit(conn: Connection, services: Services, outcome: Outcome) -> TransferRow:
    """Everything that working the transfer did, or nothing."""
    row, keys, event = outcome.row, services.store.keys, outcome.state.value.lower()
    _refuse_twin(conn, outcome)
    if row.feed is None:  # never worked before
        queries.insert_items(conn, keys, outcome.items)
    else:
        queries.replace_items(conn, keys, row.id, outcome.items)
    if outcome.findings or row.feed is not None:
        queries.replace_findings(conn, row.id, outcome.findings)
    queries.use_values(conn, row.id, outcome.used)
    for answer in outcome.answers:
        queries.insert_answer(conn, by_transfer=row.id, **asdict(answer))
    given = {target.name for target in services.route(row.route).to}
    for delivery, blob in outcome.deliveries:
        queries.keep_blob(conn, blob)
        name = delivery.name if delivery.name in given else queries.free_name(conn, delivery)
        queries.insert_delivery(conn, replace(delivery, name=name))
    if outcome.register is not None:
        queries.apply_register(conn, keys, outcome.register, row.id)
    return move.transfer(conn, row, outcome.state, event=event, reason=outcome.reason, **outcome.values)

"""Moves of records: the one place where a record changes, and what follows from that by itself.

Whoever moves a record comes here: a transfer with its own commit, a person at once, a life cycle's `when`.
Moves of a transfer are made when it is ACCEPTED or APPLIED, so that a HELD one has moved nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from hub.clock.now import end_of_day
from hub.config.people import HUB_LOGIN
from hub.door.compartments import refuse_lifecycle
from hub.door.lifecycle import Effect, Follow, Lifecycle, Task, Waiting
from hub.errors import IllegalMove, PluginError, UsageError
from hub.model import (
    Compartment,
    Disposition,
    Facts,
    ItemState,
    Move,
    Record,
    Taken,
    WorkKind,
)
from hub.store import queries
from hub.store.rows import ItemRow, RecordChange, TransferRow
from hub.transfer import promises, tasks, worklist
from hub.transfer.context import of_coming, todays_context
from hub.transfer.judging import judge_moves
from hub.transfer.records import (
    Cause,
    Name,
    lifecycle_of,
    look_up,
    name_of,
    refuse_moves,
    standing,
)
from hub.transfer.services import Services, known

RECORD = "record"


def apply_moves(
    conn: Connection,
    services: Services,
    moves: Iterable[Move],
    *,
    who: str,
    transfer_id: str | None = None,
    item_id: str | None = None,
    always: bool = False,
) -> list[Record]:
    """Make the moves, all or none; the records as they stand then, in the order moved. `always`: one that
    changes nothing, too, is a step of the record's history.

    Raises IllegalMove with a sentence, LostRace when a record moved meanwhile, PluginError for a kind that no
    plug-in declares."""
    moves = list(moves)
    records = standing(conn, services, moves)
    records.make(moves, Cause(who, transfer_id, item_id), always=always)
    write_steps(conn, services, records.steps)
    named = {(move.kind, move.key): move for move in moves}
    return [record for move in named.values() if (record := records.get(move)) is not None]


def take_effect(conn: Connection, services: Services, row: TransferRow) -> bool:
    """Make the moves of a held transfer, in the commit that lets it go. False when there are no items left to
    ask for them: then the transfer is worked again from its bytes, now that it is approved.

    Raises UsageError when a move is legal no more."""
    feed = services.feed(known(row.feed, "feed"))
    if feed.is_extract:
        return False
    taken = [item.taken() for item in queries.items_of(conn, services.store.keys, row.id)]
    ctx = todays_context(conn, services, row, taken, **of_coming(conn, row))
    judged = judge_moves(conn, services, row, feed, taken, ctx)
    if judged.findings:
        raise UsageError(
            f"Transfer {row.id} cannot be released as it is: {judged.findings[0].message}. "
            "Retry it, so that it is worked again."
        )
    write_steps(conn, services, judged.steps)
    return True


def write_steps(conn: Connection, services: Services, steps: Sequence[RecordChange]) -> None:
    """Write the steps of records with all that follows. Raises LostRace when a record moved meanwhile."""
    _write(conn, services, steps, cascades=1)


def _write(conn: Connection, services: Services, steps: Sequence[RecordChange], cascades: int) -> None:
    """`cascades`: how often what `when` says may move further records that are asked again."""
    queries.write_records(conn, services.store.keys, steps)
    changed: dict[str, list[RecordChange]] = defaultdict(list)
    for change in _together(steps):
        changed[change.new.kind].append(change)
    for kind, changes in changed.items():
        lifecycle = lifecycle_of(services, kind)
        facts = _facts(conn, services, lifecycle) if lifecycle.deadlines else Facts()
        for change in changes:
            _promise(conn, services, lifecycle, change, facts)
            _void_tasks(conn, lifecycle, change)
        for asked in _asked_about(services, lifecycle) if cascades >= 0 else ():
            _ask(conn, services, asked, changes, cascades)
        if lifecycle.settles is not None and cascades >= 0:
            _settle(conn, services, lifecycle, changes)


@dataclass(frozen=True, slots=True)
class Asks:
    """Whom a change is told: the life cycle of its record, and those that follow it (`Follow`); a feed that
    does asks on behalf of the record's own life cycle."""

    lifecycle: Lifecycle
    when: Callable[[Record | None, Record, Facts], Iterable[Effect]]
    follow: Follow | None = None


def _asked_about(services: Services, lifecycle: Lifecycle) -> Iterable[Asks]:
    if lifecycle.when is not None:
        yield Asks(lifecycle, lifecycle.when)
    for other in services.catalogue.lifecycles.values():
        for follow in other.follows:
            if follow.kind == lifecycle.kind:
                refuse_lifecycle(other, services.catalogue.lifecycles)
                yield Asks(other, follow.when, follow)
    for feed in services.catalogue.feeds.values():
        for follow in feed.follows:
            if follow.kind == lifecycle.kind:
                yield Asks(replace(lifecycle, compartment=feed.compartment), follow.when, follow)


def _settle(
    conn: Connection, services: Services, lifecycle: Lifecycle, changes: Sequence[RecordChange]
) -> None:
    """What all that changed comes to together. It is no single transfer's doing, so that taking one back does
    not undo it. Raises PluginError for a move that is not allowed."""
    changed = [change.new for change in changes]
    records = look_up(conn, services, lifecycle, changed, lifecycle.compartment)
    facts = services.facts(conn, records=records)
    moves = list(lifecycle.settles(facts)) if lifecycle.settles else []
    try:
        together = replace(changes[0], who=HUB_LOGIN, transfer_id=None, item_id=None)
        _move_on(conn, services, moves, together, cascades=-1)
    except IllegalMove as error:
        raise PluginError(
            f"The life cycle of “{lifecycle.kind}” asks for what cannot be: {error}."
        ) from error


def _together(steps: Iterable[RecordChange]) -> Iterable[RecordChange]:
    """One change a record: from how it was before the first step to how it is after the last."""
    changes: dict[Name, RecordChange] = {}
    for step in steps:
        name = name_of(step.new)
        changes[name] = replace(step, old=changes[name].old if name in changes else step.old)
    return changes.values()


def _facts(conn: Connection, services: Services, lifecycle: Lifecycle) -> Facts:
    """What a life cycle may look at beside records."""
    return services.facts(conn, settings=services.settings_for(lifecycle.kind))


def _promise(
    conn: Connection, services: Services, lifecycle: Lifecycle, change: RecordChange, facts: Facts
) -> None:
    """Leaving a state keeps what being in it promised; the state entered promises anew. In a state that
    stays, a day that the record itself now has differently replaces what is promised; one that it has no more
    voids it."""
    old, new = change.old, change.new
    stays = old is not None and old.state == new.state
    for deadline in lifecycle.deadlines:
        if old is not None and not stays and deadline.state == old.state:
            promises.keep(conn, RECORD, subject_id_of(new), deadline.name)
        if deadline.state != new.state:
            continue
        due, before = (
            deadline.due(new, facts),
            deadline.due(old, facts) if stays and old is not None else None,
        )
        if due is None and before is not None:
            promises.void(conn, RECORD, subject_id_of(new), deadline.name)
        if due is None or due == before:
            continue
        promises.make(
            conn,
            services,
            name=deadline.name,
            subject=RECORD,
            subject_id=subject_id_of(new),
            says=deadline.sentence(new),
            owner=lifecycle.owner or _owner_of(conn, services, change),
            due_at=end_of_day(due),
            compartment=change.compartment,
        )


def _owner_of(conn: Connection, services: Services, change: RecordChange) -> str:
    """The team that the record names, or that of the route whose transfer made it."""
    made_by = queries.made_by(conn, change.new.kind, change.new.key)
    row = queries.get_transfer(conn, made_by) if made_by else None
    route = services.config.routes.get(row.route) if row else None
    return str(change.new.data.get("owner") or (route.owner if route else ""))


def _void_tasks(conn: Connection, lifecycle: Lifecycle, change: RecordChange) -> None:
    """Of a record that has ended nobody need decide anything; what its end itself asks for comes after."""
    old, new = change.old, change.new
    if old is not None and old.state != new.state and lifecycle.has_ended(new.state):
        worklist.void(conn, RECORD, subject_id_of(new), who=change.who)


def subject_id_of(record: Record) -> str:
    """How promises and the worklist name a record."""
    return f"{record.kind}:{record.key}"


def _ask(
    conn: Connection,
    services: Services,
    asked: Asks,
    changes: Sequence[RecordChange],
    cascades: int,
) -> None:
    """What follows from each change. A record's move of itself does not ask it again."""
    asker, inside = asked.follow or asked.lifecycle, asked.lifecycle.compartment
    records = look_up(conn, services, asker, [change.new for change in changes], inside)
    facts = replace(_facts(conn, services, asked.lifecycle), records=records)
    for change in changes:
        effects = list(asked.when(change.old, change.new, facts))
        moves = [effect for effect in effects if isinstance(effect, Move)]
        refuse_moves(services, asked.lifecycle, (move.kind for move in moves))
        own = [move for move in moves if (move.kind, move.key) == name_of(change.new)]
        others = [move for move in moves if move not in own]
        for some, deeper in ((own, -1), (others, cascades - 1)):
            _attempt(conn, services, asked, some, change, deeper)
        for effect in effects:
            _follow(conn, services, asked.lifecycle, change, effect)


def _attempt(
    conn: Connection,
    services: Services,
    asked: Asks,
    moves: Sequence[Move],
    cause: RecordChange,
    cascades: int,
) -> None:
    """The moves that `when` asks for. Raises PluginError for one that is not allowed; of one that only
    follows a person is told."""
    if not moves:
        return
    try:
        with conn.begin_nested():
            _move_on(conn, services, moves, cause, cascades)
    except IllegalMove as error:
        said = f"{subject_id_of(cause.new)} changed, and the life cycle of “{asked.lifecycle.kind}” asks"
        if asked.follow is None:
            raise PluginError(f"{said} for what cannot be: {error}.") from error
        task = Task(f"follow {asked.lifecycle.kind}", f"{said} for what cannot be: {error}")
        _follow(conn, services, asked.lifecycle, cause, task)


def _move_on(
    conn: Connection, services: Services, moves: Sequence[Move], cause: RecordChange, cascades: int
) -> None:
    records = standing(conn, services, moves)
    records.make(moves, Cause(cause.who, cause.transfer_id, cause.item_id))
    _write(conn, services, records.steps, cascades)


def _follow(
    conn: Connection, services: Services, lifecycle: Lifecycle, change: RecordChange, effect: Effect
) -> None:
    """What is no move: a task for a person, an item that waits."""
    if isinstance(effect, Task):
        refuse_moves(services, lifecycle, (move.kind for move in effect.answers.values()))
        worklist.ask(
            conn,
            services,
            kind=WorkKind.TASK,
            name=effect.name,
            subject=RECORD,
            subject_id=subject_id_of(change.new),
            title=effect.title,
            owner=lifecycle.owner,
            proposed_by=change.who,
            proposal=tasks.proposal_of(effect),
            compartment=lifecycle.compartment,
        )
    elif isinstance(effect, Waiting):
        about = replace(effect, account=effect.account or change.new.account)
        source = f"Records of the kind “{change.new.kind}” make"
        insert_waiting(conn, services, about, source, lifecycle.compartment, change.transfer_id)


def insert_waiting(
    conn: Connection,
    services: Services,
    effect: Waiting,
    source: str,
    compartment: Compartment,
    made_by: str | None,
) -> None:
    """The item that starts inside, because of the transfer `made_by` if one did it. Raises PluginError when
    its feed is not known, or lies in another compartment; `source` begins that."""
    feed = services.catalogue.feeds.get(effect.feed)
    if feed is None:
        raise PluginError(
            f"{source} items for the feed {effect.feed}, which no plug-in that is switched on knows."
        )
    if feed.compartment is not compartment:
        raise PluginError(
            f"{source} items for the feed {effect.feed}, which lies in the compartment {feed.compartment}, "
            f"not in {compartment}: nobody would gather them."
        )
    waits = Disposition(ItemState.WAITING, account=effect.account, waits_as=effect.waits_as)
    row = ItemRow.of(
        Taken(services.clock.new_id(), effect.item, waits),
        transfer_id=None,
        feed=feed.name,
        item_key=feed.item_key(effect.item),
        made_by=made_by,
        compartment=compartment,
    )
    queries.insert_items(conn, services.store.keys, [row])

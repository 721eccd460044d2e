"""The step list and what happens when a step fails. A transfer is carried as far as it goes."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from itertools import chain, groupby

from sqlalchemy import Connection

from hub.config.routes import Route
from hub.door.feed import Feed
from hub.errors import DataError, FeedHubError, LeftAlone, LostRace, StoreError
from hub.model import Need, TransferState
from hub.store import queries
from hub.store.rows import TransferRow
from hub.tell.logs import fault, trace
from hub.transfer import move, stopped
from hub.transfer.departing import follows_from_leaving
from hub.transfer.retry import next_attempt
from hub.transfer.services import Services
from hub.transfer.steps.deliver import deliver
from hub.transfer.steps.deliver_together import deliver_together, may_leave_together
from hub.transfer.steps.fetch import stage, stage_together
from hub.transfer.steps.unpack import members_of, unpacks
from hub.transfer.steps.work import work

RACES = 20
"""So often a step is tried: several transfers of a run may move one record, which counts them."""

Step = Callable[[Services, TransferRow], TransferRow]

STEPS: Mapping[TransferState, Step] = {
    TransferState.FOUND: stage,
    TransferState.STAGED: work,
    TransferState.ACCEPTED: deliver,
}

TOGETHER = 32
"""So many files at most share a commit."""
SMALL, LITTLE = 256 * 1024, 32 * 1024
"""So many bytes are staged in one commit, and worked in one: others wait for it meanwhile."""


def take_in(
    services: Services, route: Route, rows: Sequence[TransferRow], workers: int
) -> Iterator[Sequence[TransferRow]]:
    """Transfers in their order, as they are to be carried on: those that may leave together in as many parts
    as there are workers, any other by itself. Small files are staged together, and worked together."""
    together = may_leave_together(services, route)
    for few in _few(services, rows, SMALL):
        staged = _stage(services, few) if few[0].state is TransferState.FOUND and len(few) > 1 else few
        for some in _few(services, staged, LITTLE):
            worked = _work(services, route, some) if len(some) > 1 else some
            for is_accepted, alike in groupby(worked, lambda row: row.state is TransferState.ACCEPTED):
                yield from _parts(list(alike), workers if together and is_accepted else None)


def _parts(rows: Sequence[TransferRow], workers: int | None) -> Iterator[Sequence[TransferRow]]:
    """Equal parts, one for each worker; without workers each row by itself."""
    size = -(-len(rows) // workers) if workers else 1
    return (rows[at : at + size] for at in range(0, len(rows), size))


def _few(services: Services, rows: Sequence[TransferRow], most: int) -> Iterator[list[TransferRow]]:
    """New files of one state and source that may go on, of so many bytes; any other transfer by itself."""
    few: list[TransferRow] = []
    size = 0
    for row in rows:
        its = most + 1 if row.size is None else row.size  # one of unknown size goes alone
        if few and not (len(few) < TOGETHER and size + its <= most and _are_alike(services, few[-1], row)):
            yield few
            few, size = [], 0
        few.append(row)
        size += its
    if few:
        yield few


def _are_alike(services: Services, row: TransferRow, other: TransferRow) -> bool:
    is_new = row.state in (TransferState.FOUND, TransferState.STAGED)
    same = (row.state, row.source_endpoint) == (other.state, other.source_endpoint)
    return is_new and same and _may_go_on(services, row) and _may_go_on(services, other)


def _stage(services: Services, rows: Sequence[TransferRow]) -> list[TransferRow]:
    """What is left FOUND has its own turn."""
    try:
        staged, trouble = stage_together(services, rows)
    except LostRace:
        return list(rows)
    rest = list(rows[len(staged) :])
    if trouble is not None and rest:
        rest[0] = failed(services, rest[0], trouble)
    return [*staged, *rest]


def _work(services: Services, route: Route, rows: Sequence[TransferRow]) -> list[TransferRow]:
    """Those that are STAGED, one after the other in one commit: each sees what those before it did. Where
    that fails as a whole, as when a file's stored bytes are gone, each has its own turn."""
    if not _may_work_together(services, route):
        return list(rows)

    def worked(conn: Connection) -> list[TransferRow]:
        inside = services.within(conn)
        return [_worked(inside, row) for row in rows]

    try:
        return services.commit(worked)
    except (LostRace, StoreError):
        return list(rows)


def _worked(services: Services, row: TransferRow) -> TransferRow:
    is_due = row.state is TransferState.STAGED and _may_go_on(services, row)
    return _take(work, services, row) if is_due else row


def _may_work_together(services: Services, route: Route) -> bool:
    """Not where a file waits for the one before it, brings others with it, or looks at what has left."""
    if route.in_order or unpacks(route) is not None:
        return False
    return not any(_looks_at_what_left(services, services.feed(name), route) for name in route.feeds)


def _looks_at_what_left(services: Services, feed: Feed, route: Route) -> bool:
    checks = (*feed.checks, *services.catalogue.checks(feed))
    answers = feed.answers is not None and not set(feed.answers.feeds).isdisjoint(route.feeds)
    return answers or follows_from_leaving(feed) or any(Need.LEFT in check.needs for check in checks)


def advance(services: Services, row: TransferRow) -> TransferRow:
    """Carry a transfer as far as it goes now; its source is tidied after.

    What the transfer or its partner did is never raised; StoreError when the hub's own store fails."""
    while (step := STEPS.get(row.state)) is not None and _may_go_on(services, row):
        before = row
        row = _take(step, services, row)
        if row.version == before.version:
            break
    return row


def carry(services: Services, row: TransferRow) -> list[TransferRow]:
    """A transfer as far as it goes now, and after it the members of a bundle, in their order."""
    row = advance(services, row)
    return [row, *(advance(services, member) for member in members_of(services, row))]


def carry_few(
    services: Services, rows: Sequence[TransferRow], stopping: Callable[[], bool]
) -> list[TransferRow]:
    """The same for what `take_in` gives: several leave together. Once the hub is to stop, nothing is begun
    any more."""
    gone: Collection[str] = ()
    if len(rows) > 1:
        rows, gone = deliver_together(services, rows, stopping)
    each = ([row] if row.id in gone or stopping() else carry(services, row) for row in rows)
    return list(chain.from_iterable(each))


def _may_go_on(services: Services, row: TransferRow) -> bool:
    return row.next_attempt_at is None or services.clock.now() >= row.next_attempt_at


def _take(step: Step, services: Services, row: TransferRow) -> TransferRow:
    try:
        return _run_for_it(step, services, row)
    except StoreError:
        raise
    except FeedHubError as error:
        return failed(services, row, error)
    except Exception as error:  # noqa: BLE001 - a plug-in's code may raise anything
        told = trace(error, row.compartment)
        services.log.error("step failed", transfer=row.id, step=step.__name__, trace=told)
        sentence = (
            f"The plug-in of {row.feed or row.route} has a fault and could not {step.__name__} this file: "
            f"{fault(error)}. Nothing was sent. Send its makers what the hub's log says of transfer {row.id} "
            f"(“step failed”); `feedhub transfers retry {row.id} --reason …` when they have mended it."
        )
        return failed(services, row, DataError(sentence))


def _run_for_it(step: Step, services: Services, row: TransferRow) -> TransferRow:
    """The step; again while it loses races to other transfers, each of which got on, and none over itself."""
    for _ in range(RACES):
        try:
            return step(services, row)
        except LostRace:
            with services.store.read() as conn:
                now = queries.get_transfer(conn, row.id) or row
            if now.version != row.version:
                return now
    return row


def failed(services: Services, row: TransferRow, error: FeedHubError) -> TransferRow:
    """Wait for the next attempt, or FAILED: then a person decides. A transfer whose deliveries are under way
    stays as it is: the next run asks the endpoint what became of them."""
    if isinstance(error, LeftAlone):
        return row
    with services.store.read() as conn:  # the step may have moved it before it failed
        row = queries.get_transfer(conn, row.id) or row
    if row.state is TransferState.ACCEPTED:
        services.commit(lambda conn: _tell(conn, services, row, str(error)))
        return row
    attempts = row.attempts + 1
    due = next_attempt(error, attempts, services.clock.now(), services.plan(row.route))
    to = row.state if due is not None else TransferState.FAILED
    event = "will_retry" if due is not None else "failed"
    return services.commit(
        lambda conn: move.transfer(
            conn, services, row, to, event=event, reason=str(error), attempts=attempts, next_attempt_at=due
        )
    )


def _tell(conn: Connection, services: Services, row: TransferRow, reason: str) -> None:
    queries.append_event(
        conn, subject="transfer", subject_id=row.id, kind="step_failed", data={"reason": reason}
    )
    stopped.ask_about_step(conn, services, row, reason)

"""Promises: what should happen by when, with an owner; kept, broken when its time has passed, or void.

A broken promise is still awaited: what comes late keeps it. Each of the three is an event of the subject.
A promise about a transfer is always one of answers to it, and bears the name of the feed that answers. It is
kept once no item that left with the transfer, of the kinds which that feed answers, is without one.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from sqlalchemy import Connection

from hub.clock.now import LONDON, end_of_day, local_instant
from hub.config.routes import Expectation
from hub.model import Compartment, DeliveryState, PromiseState, Urgency
from hub.store import queries
from hub.store.rows import PromiseRow, TransferRow
from hub.tell import alerts
from hub.transfer.services import Services

TRANSFER = "transfer"
MORNING = time(8)
"""When people are told of what is due by the end of the day."""


def make(
    conn: Connection,
    services: Services,
    *,
    name: str,
    subject: str,
    subject_id: str,
    says: str,
    owner: str,
    due_at: datetime,
    amber: timedelta | None = None,
    compartment: Compartment = Compartment.OPEN,
) -> None:
    """Promise it, unless it is promised for that time already; one for another time is replaced.

    due_at: in UTC (`local_instant`, or `end_of_day` for a last day); amber: so long before it the owner is
    told, else as `alerts:` in `hub.yaml` says"""
    for standing in _standing(conn, subject, subject_id, name):
        if standing.due_at == due_at:
            return
        queries.settle_promise(conn, standing.id, PromiseState.VOID)
    row = PromiseRow(
        id=services.clock.new_id(),
        name=name,
        subject=subject,
        subject_id=subject_id,
        says=says,
        owner=owner,
        due_at=due_at,
        made_at=services.clock.now(),
        warn_at=_warn_at(services, due_at, amber),
        compartment=compartment,
    )
    queries.insert_promise(conn, row)
    _tell(conn, row, "promised")


def _warn_at(services: Services, due_at: datetime, amber: timedelta | None) -> datetime | None:
    """When the owner is told that it is due soon; of what is due by the end of a day, in its morning. None
    when that is over already."""
    if amber is None and due_at == end_of_day(services.local(due_at - timedelta(seconds=1))):
        at = local_instant(services.local(due_at - timedelta(seconds=1)), MORNING)
    else:
        at = due_at - (amber or timedelta(seconds=services.config.hub.alerts.amber))
    return at if at > services.clock.now() else None


def keep(conn: Connection, subject: str, subject_id: str, name: str) -> None:
    """It happened, in time or late. Nothing when it was not promised."""
    for standing in _standing(conn, subject, subject_id, name):
        queries.settle_promise(conn, standing.id, PromiseState.KEPT)
        _tell(conn, standing, "promise_kept")


def void(conn: Connection, subject: str, subject_id: str, name: str | None = None) -> None:
    """What the promises (or those of a name) were about is over without them."""
    for standing in queries.standing_promises(conn, subject, subject_id):
        if name in (None, standing.name):
            queries.settle_promise(conn, standing.id, PromiseState.VOID)


def stand_again(conn: Connection, subject: str, subject_id: str, name: str, since: datetime) -> None:
    """What kept it, at or after an instant, is taken back."""
    again = queries.open_again(conn, subject, subject_id, name, since)
    if again is not None:
        _tell(conn, again, "promised")


def sweep(services: Services) -> int:
    """Break the promises whose time has passed, and warn of those that are due soon, in one commit; how many
    broke. Cheap when there are none."""
    now = services.clock.now()
    with services.store.read() as conn:
        if not queries.promises_past_due(conn, now) and not queries.promises_to_warn_of(conn, now):
            return 0
    return services.commit(lambda conn: _break_all(conn, services))


def _break_all(conn: Connection, services: Services) -> int:
    late = queries.promises_past_due(conn, services.clock.now())
    for promise in late:
        queries.settle_promise(conn, promise.id, PromiseState.BROKEN)
        _tell(conn, promise, "promise_broken")
        alerts.of_promise(conn, promise, Urgency.RED)
        if promise.subject == TRANSFER:
            _unanswered(conn, promise)
    for promise in queries.promises_to_warn_of(conn, services.clock.now()):
        queries.warned_of(conn, promise.id)
        alerts.of_promise(conn, promise, Urgency.AMBER)
    return len(late)


def _unanswered(conn: Connection, promise: PromiseRow) -> None:
    count = queries.mark_unanswered(conn, promise.subject_id)
    if count:
        data = {"feed": promise.name, "items": count}
        queries.append_event(
            conn, subject=TRANSFER, subject_id=promise.subject_id, kind="unanswered", data=data
        )


def expect_answers(conn: Connection, services: Services, row: TransferRow) -> None:
    """A transfer has left: promise the answers that its route expects, in the commit that says so."""
    route = services.config.routes.get(row.route)
    if route is None or not route.expect or row.rehearsed:
        return
    days = [d.business_date for d in queries.deliveries_of(conn, row.id) if d.business_date]
    day = min(days, default=row.business_date)
    for feed, expectation in route.expect.items():
        if _is_answered(conn, services, row.id, feed):
            continue
        make(
            conn,
            services,
            name=feed,
            subject=TRANSFER,
            subject_id=row.id,
            says=f"{feed} answers {row.name}",
            owner=route.owner,
            due_at=_due(services, day, expectation),
            compartment=row.compartment,
        )


def _due(services: Services, day: date | None, expectation: Expectation) -> datetime:
    """`day`: what left is for. Nobody answers what has not left: after a late start the days count from when
    it left."""
    now = services.clock.now()
    if expectation.by is None:
        return now + timedelta(seconds=expectation.within or 0)
    left = services.local(now)
    due = services.config.calendar.add_working_days(max(day or left, left), expectation.days)
    return local_instant(due, expectation.by)


def answered(conn: Connection, services: Services, sent_transfer_id: str, feed: str) -> None:
    """A transfer of `feed` has answered items of the sent one, or said what became of it as a whole. While
    other items are unanswered the promise stands.

    To one that was refused nobody answers anything else."""
    deliveries = queries.deliveries_of(conn, sent_transfer_id)
    refused = any(delivery.state is DeliveryState.REFUSED for delivery in deliveries)
    if refused or _all_answered(conn, services, sent_transfer_id, feed):
        keep(conn, TRANSFER, sent_transfer_id, feed)
    if refused:
        void(conn, TRANSFER, sent_transfer_id)


def taken_back(conn: Connection, services: Services, sent_transfer_id: str, feed: str) -> None:
    """Answers of `feed` to the sent transfer are no more: what has no other is awaited again."""
    if not _is_answered(conn, services, sent_transfer_id, feed):
        queries.open_again(conn, TRANSFER, sent_transfer_id, feed)


def _is_answered(conn: Connection, services: Services, sent_transfer_id: str, feed: str) -> bool:
    """Whether answers of `feed` came, and none is missing."""
    came = queries.is_answered_by(conn, sent_transfer_id, feed)
    return came and _all_answered(conn, services, sent_transfer_id, feed)


def _all_answered(conn: Connection, services: Services, sent_transfer_id: str, feed: str) -> bool:
    answering = services.catalogue.feeds.get(feed)
    if answering is None or answering.answers is None:
        return True
    answers = answering.answers
    return queries.are_all_answered(conn, sent_transfer_id, answers.kind, answers.kinds)


def _standing(conn: Connection, subject: str, subject_id: str, name: str) -> list[PromiseRow]:
    standing = queries.standing_promises(conn, subject, subject_id)
    return [promise for promise in standing if promise.name == name]


def _tell(conn: Connection, promise: PromiseRow, kind: str) -> None:
    due = promise.due_at.astimezone(LONDON).isoformat(timespec="minutes")
    queries.append_event(
        conn,
        subject=promise.subject,
        subject_id=promise.subject_id,
        kind=kind,
        data={"promise": promise.name, "says": promise.says, "due": due},
        compartment=promise.compartment,
    )

"""Deliver: each READY delivery of an ACCEPTED transfer, once.

The intent (SENDING) is committed, together with the checks at the door on the day's facts, before the first
byte leaves. After a crash the endpoint is asked what it holds; only what it cannot tell is IN_DOUBT.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from hub.config.routes import Target
from hub.connectors.base import Presence, Receipt, Session
from hub.errors import ConfigError, FeedHubError, InDoubt, LeftAlone, TransportError
from hub.model import DeliveryState, TransferState
from hub.store import queries
from hub.store.rows import DeliveryRow, TransferRow
from hub.transfer import leave_alone, move, otherwise, over
from hub.transfer.intent import commit_intent
from hub.transfer.rehearsal import lay_down
from hub.transfer.retry import next_attempt
from hub.transfer.services import Services, known
from hub.transfer.steps import converse
from hub.transfer.steps.hand_over import by_hand, is_persons

SOON = timedelta(minutes=10)
"""So long what is not in a folder that nobody sweeps at once has not been taken from it."""


def deliver(services: Services, row: TransferRow) -> TransferRow:
    """Send what is due. Returns the row as it stands: STAGED again when a check at the door failed."""
    with services.store.read() as conn:
        deliveries = {delivery.id: delivery for delivery in queries.deliveries_of(conn, row.id)}
    targets, done = otherwise.targets(services, row), set[str]()
    while found := _next(targets, deliveries.values(), done):
        done.add(found.id)
        if staged := otherwise.give_over(services, row, found):
            return staged
        if _is_left_alone(services, row, found):
            continue
        if by_hand(services, row, found):
            continue
        asked = found.state is DeliveryState.SENDING and is_due(services, found)
        delivery = _way(services, row, found).carry_on(services, row, found) if asked else found
        if delivery.state is DeliveryState.READY and is_due(services, delivery):
            row, delivery = _send(services, row, delivery)
            if row.state is not TransferState.ACCEPTED:
                return row
        deliveries[found.id] = delivery
    return row


def _is_left_alone(services: Services, row: TransferRow, delivery: DeliveryRow) -> bool:
    """Whether nothing may be done about a delivery now. Of what leaves by itself the commit of its intent
    asks."""
    leaves = delivery.state is DeliveryState.READY and not is_persons(services, row, delivery)
    if leaves or row.rehearsed:
        return False
    return leave_alone.leaving_now(services, row.route, delivery.endpoint) is not None


def _next(
    targets: Sequence[Target], deliveries: Collection[DeliveryRow], done: Collection[str]
) -> DeliveryRow | None:
    """The first delivery that had no turn yet and stays behind none that has not left (`Target.after`)."""
    here = {delivery.output for delivery in deliveries if delivery.state not in over.GONE}
    return next((d for d in deliveries if d.id not in done and not _stays_behind(d, targets, here)), None)


def _stays_behind(delivery: DeliveryRow, targets: Sequence[Target], here: Collection[str]) -> bool:
    """`here`: the outputs of which something has not left."""
    place = (delivery.output, delivery.endpoint, delivery.folder)
    after = {target.after for target in targets if (target.output, target.endpoint, target.folder) == place}
    return delivery.state is DeliveryState.READY and not after.isdisjoint(here)


def is_due(services: Services, delivery: DeliveryRow) -> bool:
    """One that stopped for a reason which no waiting mends has no next attempt; a person retries it."""
    if delivery.next_attempt_at is not None:
        return services.clock.now() >= delivery.next_attempt_at
    return delivery.reason is None


def _send(services: Services, row: TransferRow, delivery: DeliveryRow) -> tuple[TransferRow, DeliveryRow]:
    services.boundary("before_intent")
    moved, sending = services.commit(lambda conn: commit_intent(conn, services, row, delivery))
    services.boundary("intent")
    if sending is None:
        return moved, delivery
    sent = _way(services, row, sending).send(services, moved, sending)
    if sent.state is DeliveryState.WITHDRAWN:  # the door turned the transfer back before a call
        with services.store.read() as conn:
            moved = known(queries.get_transfer(conn, row.id), "row")
    return moved, sent


@dataclass(frozen=True, slots=True)
class Way:
    """How what goes to one type of endpoint gets there.

    send:     hands over a delivery whose intent, SENDING, was just committed
    carry_on: takes one further that is found SENDING; one that becomes READY by it is sent at once
    """

    send: Callable[[Services, TransferRow, DeliveryRow], DeliveryRow]
    carry_on: Callable[[Services, TransferRow, DeliveryRow], DeliveryRow]


def _way(services: Services, row: TransferRow, delivery: DeliveryRow) -> Way:
    if row.rehearsed:
        return REHEARSAL
    return WAYS.get(services.config.endpoints[delivery.endpoint].type, FILES)


def upload(services: Services, row: TransferRow, delivery: DeliveryRow) -> DeliveryRow:
    """Write the file at a place that holds files."""
    try:
        with services.session(delivery.endpoint) as session:
            receipt = put(services, session, row, delivery)
    except InDoubt:
        return recover(services, row, delivery)
    except (TransportError, ConfigError) as error:
        return not_sent(services, row, delivery, error)
    services.boundary("arrived")
    sent = has_arrived(services, row, delivery, receipt)
    services.boundary("sent")
    return sent


def put(services: Services, session: Session, row: TransferRow, delivery: DeliveryRow) -> Receipt:
    """Upload the stored bytes of a delivery over a session. Raises as `Session.put`."""
    with services.store.blobs(row.compartment).open(delivery.blob) as source:
        return session.put(delivery.folder, delivery.name, source, delivery.size, delivery.blob)


def has_arrived(services: Services, row: TransferRow, delivery: DeliveryRow, receipt: Receipt) -> DeliveryRow:
    """What has arrived is SENT, with what follows from that."""
    remote = {
        "path": receipt.path,
        "size": receipt.size,
        "sha256": receipt.sha256,
        "checked": receipt.checked,
    }
    return services.commit(
        lambda conn: over.has_left(conn, services, row, delivery, event="sent", remote=remote, reason=None)
    )


def not_sent(services: Services, row: TransferRow, delivery: DeliveryRow, error: FeedHubError) -> DeliveryRow:
    """Nothing lies under the final name: READY again, with the time of the next attempt if there is one.

    What was left alone had no attempt: others had just found that the endpoint fails."""
    if isinstance(error, LeftAlone):
        return not_tried(services, row, delivery)
    due = next_attempt(error, delivery.attempts, services.clock.now(), services.plan(row.route))
    remedy = "" if due else f" When that is mended: feedhub transfers retry {row.id} --reason …"
    reason = f"{error}{remedy}"
    return _move(services, row, delivery, DeliveryState.READY, "not_sent", reason=reason, next_attempt_at=due)


def not_tried(services: Services, row: TransferRow, delivery: DeliveryRow) -> DeliveryRow:
    """READY again: nothing was done about it."""
    before = {"attempts": delivery.attempts - 1, "reason": None, "next_attempt_at": None}
    return _move(services, row, delivery, DeliveryState.READY, "left_alone", **before)


def _move(
    services: Services,
    row: TransferRow,
    delivery: DeliveryRow,
    to: DeliveryState,
    event: str,
    **columns: Any,
) -> DeliveryRow:
    return services.commit(lambda conn: move.delivery(conn, services, delivery, to, event=event, **columns))


def recover(services: Services, row: TransferRow, delivery: DeliveryRow) -> DeliveryRow:
    """A delivery whose outcome was not committed: the endpoint says whether it is there.

    Our content under the final name, or our temporary name still there, decides. Absent decides only where
    the partner is known not to pick files up at once, and soon; everything else is a person's."""
    try:
        with services.session(delivery.endpoint) as session:
            presence = session.probe(delivery.folder, delivery.name, delivery.size, delivery.blob)
            if presence is Presence.THERE:
                session.tidy(delivery.folder, delivery.name)
    except InDoubt as error:
        return _move(services, row, delivery, DeliveryState.IN_DOUBT, "in_doubt", reason=str(error))
    except (TransportError, ConfigError):
        return delivery
    if presence is Presence.THERE:
        path = f"{delivery.folder}/{delivery.name}"
        receipt = Receipt(path, delivery.size, delivery.blob, "found there after a restart")
        return has_arrived(services, row, delivery, receipt)
    if presence is Presence.PARTIAL or (presence is Presence.ABSENT and _proves(services, delivery)):
        return _move(services, row, delivery, DeliveryState.READY, "not_sent_after_all", reason=None)
    reason = (
        f"The hub stopped while sending {delivery.name}, and it is not there now: the partner may have "
        "taken it. Ask them, then settle the transfer as sent or not sent."
        if presence is Presence.ABSENT
        else f"Other content lies under the name {delivery.name} at {delivery.endpoint}. Ask the partner."
    )
    return _move(services, row, delivery, DeliveryState.IN_DOUBT, "in_doubt", reason=reason)


def _proves(services: Services, delivery: DeliveryRow) -> bool:
    """Whether its absence proves that a file was not sent: who sweeps a place not at once does so later."""
    return not services.sweeps(delivery.endpoint) and services.clock.now() - delivery.updated_at <= SOON


FILES = Way(upload, recover)
REHEARSAL = Way(lay_down, lay_down)
WAYS: Mapping[str, Way] = {"https": Way(converse.converse, converse.carry_on)}
"""By type of endpoint; every other type is a place that holds files."""

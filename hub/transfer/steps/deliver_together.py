"""Deliver together: small files of a route that all leave for one place that holds files.

That some have left and that the next are about to is one commit. To a place which nobody sweeps they go all
at once: after a crash it says of each whether it is there. Where the partner may sweep them they go one at a
time: an intent more is a question more to the partner. What does not go as it should is left for `deliver`
to find, as after a crash.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from hub.config.endpoints import PersonEndpoint
from hub.config.routes import Route
from hub.connectors.base import Receipt, Session
from hub.errors import ConfigError, LeftAlone, StoreError, TransportError
from hub.model import DeliveryState, TransferState
from hub.store import queries
from hub.store.rows import DeliveryRow, TransferRow
from hub.transfer.intent import commit_intent
from hub.transfer.services import Services, known
from hub.transfer.steps.deliver import FILES, WAYS, has_arrived, is_due, not_sent, put


@dataclass(frozen=True, slots=True)
class Leaving:
    """A transfer with its only delivery; `receipt`: once that has arrived."""

    row: TransferRow
    delivery: DeliveryRow
    receipt: Receipt | None = None


Step = Callable[[Services, Leaving], Leaving]


def may_leave_together(services: Services, route: Route) -> bool:
    """Whether what a route sends goes to one place that holds files, and nothing else comes in between."""
    if len(route.to) != 1 or route.to[0].otherwise is not None or route.in_order or route.rehearses:
        return False
    endpoint = services.config.endpoints[route.to[0].endpoint]
    return WAYS.get(endpoint.type, FILES) is FILES and not isinstance(endpoint, PersonEndpoint)


def deliver_together(
    services: Services, rows: Sequence[TransferRow]
) -> tuple[list[TransferRow], frozenset[str]]:
    """The transfers as they stand, and the ids of those that have left. The others have their own turn."""
    ready = _ready(services, rows)
    together = _Together(services, {row.id: row for row in rows})
    if ready:
        endpoint = ready[0].delivery.endpoint
        at_once = 1 if services.sweeps(endpoint) else len(ready)
        together.leave(endpoint, [ready[at : at + at_once] for at in range(0, len(ready), at_once)])
    return list(together.now.values()), frozenset(together.gone)


class _Together:
    """now: the transfers as they stand, by id; gone: the ids of those that have left
    going: whose intent stands; the first of them, `arrived`, are there already"""

    def __init__(self, services: Services, now: dict[str, TransferRow]) -> None:
        self._services, self.now = services, now
        self.gone: set[str] = set()
        self._going: list[Leaving] = []
        self._arrived: list[Leaving] = []

    def leave(self, endpoint: str, turns: Sequence[Sequence[Leaving]]) -> None:
        """Over one session, those of one turn after those of the other. When it breaks, what was put there
        last is asked about again, and the rest had no attempt."""
        try:
            with self._services.session(endpoint) as session:
                for next in turns:
                    self._step(next)
                    self._put(session)
                self._step([])
        except StoreError:
            raise
        except (TransportError, ConfigError) as error:
            for failing in self._going[len(self._arrived) :][:1]:
                not_sent(self._services, failing.row, failing.delivery, error)
            self._set_back()
        except Exception:  # noqa: BLE001 - in doubt, or a plug-in's connector
            self._set_back()

    def _step(self, next: Sequence[Leaving]) -> None:
        """What has arrived is SENT, and the next are about to leave, in one commit. What raises is left as it
        was: its own turn tells why."""
        if not self._arrived and not next:
            return

        def commit(conn: Connection) -> tuple[list[Leaving], list[Leaving]]:
            inside = self._services.within(conn)
            return _each(inside, self._arrived, _leave), _each(inside, next, _intend)

        left, intended = self._services.commit(commit)
        self.gone |= {one.row.id for one in left}
        self.now |= {one.row.id: one.row for one in intended}
        self._going = [one for one in intended if one.delivery.state is DeliveryState.SENDING]
        self._arrived = []

    def _put(self, session: Session) -> None:
        for one in self._going:
            receipt = put(self._services, session, one.row, one.delivery)
            self._arrived.append(replace(one, receipt=receipt))
            self._services.boundary("arrived")
        session.settle()

    def _set_back(self) -> None:
        """Those that had no attempt are READY again, as if they had not been about to leave."""
        if untried := self._going[len(self._arrived) + 1 :]:
            self._services.commit(lambda conn: _each(self._services.within(conn), untried, _not_tried))


def _ready(services: Services, rows: Sequence[TransferRow]) -> list[Leaving]:
    """Those with one delivery, made now or before, that is due."""
    accepted = [row for row in rows if row.state is TransferState.ACCEPTED]
    with services.store.read() as conn:
        found = queries.deliveries_of_each(conn, [row.id for row in accepted])
    leaving = [Leaving(row, found[row.id][0]) for row in accepted if len(found[row.id]) == 1]
    return [
        one for one in leaving if one.delivery.state is DeliveryState.READY and is_due(services, one.delivery)
    ]


def _each(inside: Services, all: Sequence[Leaving], step: Step) -> list[Leaving]:
    return [one for one in (_tried(inside, each, step) for each in all) if one is not None]


def _tried(inside: Services, one: Leaving, step: Step) -> Leaving | None:
    try:
        return step(inside, one)
    except StoreError:
        raise
    except Exception:  # noqa: BLE001 - the door, and what follows, ask a plug-in, which may raise anything
        return None


def _intend(inside: Services, one: Leaving) -> Leaving:
    inside.boundary("before_intent")
    row, sending = inside.commit(lambda conn: commit_intent(conn, inside, one.row, one.delivery))
    inside.boundary("intent")
    return Leaving(row, sending or one.delivery)


def _not_tried(inside: Services, one: Leaving) -> Leaving:
    return replace(one, delivery=not_sent(inside, one.row, one.delivery, LeftAlone("not tried", None)))


def _leave(inside: Services, one: Leaving) -> Leaving:
    sent = has_arrived(inside, one.row, one.delivery, known(one.receipt, "receipt"))
    inside.boundary("sent")
    return replace(one, delivery=sent)

"""Deliver together: small files of a route that all leave for one folder or account, over one session.

That some have left and that the next are about to is one commit. Where the partner may sweep them they go one
at a time: an intent more is a question more to the partner after a crash. To a folder that nobody sweeps at
once a few go at a time. What does not go as it should is left for `deliver` to find, as after a crash.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial

from sqlalchemy import Connection

from hub.config.endpoints import FolderEndpoint, SftpEndpoint
from hub.config.routes import Route
from hub.connectors.base import Receipt, Settles
from hub.errors import ConfigError, FeedHubError, InDoubt, StoreError, TransportError
from hub.model import DeliveryState, TransferState
from hub.store import queries
from hub.store.rows import DeliveryRow, TransferRow
from hub.transfer import leave_alone
from hub.transfer.departing import follows_from_leaving
from hub.transfer.intent import commit_intent
from hub.transfer.services import Services, known
from hub.transfer.steps.deliver import has_arrived, is_due, not_sent, not_tried, put

AT_ONCE = 8
"""So many intents stand at a time where a folder is not swept at once: its reader may come while the hub is
down, and then each is a question."""


@dataclass(frozen=True, slots=True)
class Leaving:
    """A transfer with its only delivery; `receipt`: once that has arrived."""

    row: TransferRow
    delivery: DeliveryRow
    receipt: Receipt | None = None


Act = Callable[[Services, Leaving], Leaving]


def may_leave_together(services: Services, route: Route) -> bool:
    """Whether what a route sends goes to one place that holds files, and nothing else comes in between."""
    if len(route.to) != 1 or route.to[0].otherwise is not None or route.in_order or route.rehearses:
        return False
    return isinstance(services.config.endpoints[route.to[0].endpoint], FolderEndpoint | SftpEndpoint)


def deliver_together(
    services: Services, rows: Sequence[TransferRow], stopping: Callable[[], bool]
) -> tuple[list[TransferRow], frozenset[str]]:
    """The transfers as they stand, and the ids of those that have left. The others have their own turn.

    A place that failed when it was last tried is tried with one file, not with many."""
    route = services.route(rows[0].route)
    endpoint = route.to[0].endpoint
    ready = _ready(services, rows, endpoint)
    together = _Together(services, endpoint, {row.id: row for row in rows}, stopping)
    if len(ready) > 1 and not leave_alone.fails(services, route):
        together.leave(ready)
    return list(together.now.values()), frozenset(together.gone)


def _ready(services: Services, rows: Sequence[TransferRow], endpoint: str) -> list[Leaving]:
    """Those with one delivery, made now or before, that is due there."""
    accepted = [row for row in rows if row.state is TransferState.ACCEPTED and not row.rehearsed]
    with services.store.read() as conn:
        found = queries.deliveries_of_each(conn, [row.id for row in accepted])
    leaving = [Leaving(row, found[row.id][0]) for row in accepted if len(found[row.id]) == 1]
    return [one for one in leaving if _is_ready(services, one.delivery, endpoint)]


def _is_ready(services: Services, delivery: DeliveryRow, endpoint: str) -> bool:
    is_here = delivery.endpoint == endpoint and delivery.state is DeliveryState.READY
    return is_here and is_due(services, delivery)


class _Together:
    """now: the transfers as they stand, by id; gone: the ids of those that have left"""

    def __init__(
        self, services: Services, endpoint: str, now: dict[str, TransferRow], stopping: Callable[[], bool]
    ) -> None:
        self._services, self._endpoint, self._stopping = services, endpoint, stopping
        self.now, self.gone = now, set[str]()

    def leave(self, ready: Sequence[Leaving]) -> None:
        """As many as go before something goes wrong. What that was is told to the file that it befell, or
        comes up again when the others have their own turn."""
        services = self._services
        settings = services.config.endpoints[self._endpoint]
        is_safe = isinstance(settings, FolderEndpoint) and not settings.sweeps
        alone = any(follows_from_leaving(services.feed(known(one.row.feed, "feed"))) for one in ready)
        size = AT_ONCE if is_safe and not alone else 1
        turns = [ready[at : at + size] for at in range(0, len(ready), size)]
        try:
            with services.session(self._endpoint) as session:
                if isinstance(session, Settles):
                    self._take_turns(session, turns)
        except StoreError:
            raise
        except Exception:  # noqa: BLE001 - of the place, or a plug-in's connector
            return

    def _take_turns(self, session: Settles, turns: Sequence[Sequence[Leaving]]) -> None:
        arrived: Sequence[Leaving] = ()
        for turn in [*turns, ()]:
            going = () if self._stopping() else turn
            if not arrived and not going:
                return
            left, intended = self._commit((_leave, arrived), (_intend, going))
            self._note(left, intended)
            arrived = self._put(session, [o for o in intended if o.delivery.state is DeliveryState.SENDING])

    def _note(self, left: Sequence[Leaving], intended: Sequence[Leaving] = ()) -> None:
        self.gone |= {one.row.id for one in left}
        self.now |= {one.row.id: one.row for one in intended}

    def _put(self, session: Settles, going: Sequence[Leaving]) -> Sequence[Leaving]:
        """Those that have arrived, with names that are safe."""
        arrived: list[Leaving] = []
        try:
            for one in going:
                if arrived and not self._may_go_on(one):
                    break
                receipt = put(self._services, session, one.row, one.delivery)
                arrived.append(replace(one, receipt=receipt))
                self._services.boundary("arrived")
        except StoreError:
            raise
        except Exception as error:
            self._break_off(session, arrived, going[len(arrived) :], error)
            raise
        if untried := going[len(arrived) :]:
            self._commit((_set_back, untried))
        if arrived:
            session.settle()
        return arrived

    def _may_go_on(self, one: Leaving) -> bool:
        """Whether nobody has said meanwhile that nothing shall leave."""
        alone = leave_alone.leaving_now(self._services, one.row.route, self._endpoint)
        return alone is None and not self._stopping()

    def _break_off(
        self, session: Settles, arrived: Sequence[Leaving], rest: Sequence[Leaving], error: Exception
    ) -> None:
        """The first of the rest failed, and the others had no attempt. What arrived has left all the same."""
        failing = rest[:1] if isinstance(error, TransportError | ConfigError) else ()
        acts: list[tuple[Act, Sequence[Leaving]]] = [(_set_back, rest[1:])]
        if isinstance(error, FeedHubError):
            acts.append((partial(_fail, error), failing))
        with suppress(InDoubt, TransportError):  # they are asked about then, each by itself
            session.settle()
            acts.append((_leave, arrived))
        *_, last = self._commit(*acts)
        self._note([one for one in last if one.receipt is not None])

    def _commit(self, *acts: tuple[Act, Sequence[Leaving]]) -> list[list[Leaving]]:
        """Each act for each of its files, in one commit. What raises is left as it was: its own turn tells
        why."""

        def commit(conn: Connection) -> list[list[Leaving]]:
            inside = self._services.within(conn)
            each = ([_tried(inside, one, act) for one in files] for act, files in acts)
            return [[one for one in done if one is not None] for done in each]

        return self._services.commit(commit)


def _tried(inside: Services, one: Leaving, act: Act) -> Leaving | None:
    try:
        return act(inside, one)
    except StoreError:
        raise
    except Exception:  # noqa: BLE001 - the door, and what follows, ask a plug-in, which may raise anything
        return None


def _intend(inside: Services, one: Leaving) -> Leaving:
    inside.boundary("before_intent")
    row, sending = inside.commit(lambda conn: commit_intent(conn, inside, one.row, one.delivery))
    inside.boundary("intent")
    return Leaving(row, sending or one.delivery)


def _leave(inside: Services, one: Leaving) -> Leaving:
    sent = has_arrived(inside, one.row, one.delivery, known(one.receipt, "receipt"))
    inside.boundary("sent")
    return replace(one, delivery=sent)


def _fail(error: FeedHubError, inside: Services, one: Leaving) -> Leaving:
    return replace(one, delivery=not_sent(inside, one.row, one.delivery, error))


def _set_back(inside: Services, one: Leaving) -> Leaving:
    """READY again, as if it had not been about to leave."""
    return replace(one, delivery=not_tried(inside, one.row, one.delivery))

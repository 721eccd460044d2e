"""Converse: a delivery to an endpoint that is talked with, call by call.

Before each call its intent is committed, and after it its reply. To carry on, the conversation is run again
from the stored replies up to the first call without one; what happens to that is the call's own `again`.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection

from hub.connectors.base import ApiSession
from hub.door.conversation import Again, Ask, Call, Conversation, Later, Reply, Told
from hub.errors import (
    AnswerLost,
    ConfigError,
    FeedHubError,
    InDoubt,
    PluginError,
    TransportError,
    Unreachable,
)
from hub.model import DeliveryState
from hub.store import queries
from hub.store.rows import CallRow, DeliveryRow, TransferRow
from hub.transfer import move
from hub.transfer.conversations import About, conversation_of, fingerprint, go_on, tell
from hub.transfer.intent import commit_call, commit_resumption
from hub.transfer.retry import next_attempt
from hub.transfer.services import Services

WAITED = Reply(204)
"""What a conversation is sent once its `Later` is over."""


class NotYet(Exception):
    """The conversation waits; until when is committed."""


class Turned(Exception):
    """The door let a call not be made; how the delivery stands then is committed."""


def converse(services: Services, row: TransferRow, delivery: DeliveryRow) -> DeliveryRow:
    """Talk about a SENDING delivery as far as it goes now. Returns it as it then stands."""
    talk = Talk(services, row, delivery)
    try:
        conversation = conversation_of(services, row, delivery)
        with services.api(delivery.endpoint) as api:
            told = talk.follow(conversation, api)
        delivery = tell(services, row, talk.delivery, told)
    except (NotYet, Turned):
        return talk.delivery
    except InDoubt as error:
        return talk.move(DeliveryState.IN_DOUBT, "in_doubt", reason=str(error))
    except (TransportError, ConfigError, PluginError) as error:
        return talk.stop(error)
    services.boundary("told")
    return delivery


def carry_on(services: Services, row: TransferRow, delivery: DeliveryRow) -> DeliveryRow:
    """A conversation that waited, or was interrupted. Before anything may have changed there it is READY: it
    goes through the door like a file. Later the door is asked too, and may make it wait for a person."""

    def commit(conn: Connection) -> DeliveryRow | None:
        if queries.changing_calls(conn, delivery.id):
            return commit_resumption(conn, services, row, delivery)
        anew = {"event": "nothing_told_yet", "reason": None, "next_attempt_at": None}
        return move.delivery(conn, services, delivery, DeliveryState.READY, **anew)

    resumed = services.commit(commit)
    services.boundary("resumed")
    if resumed is None or resumed.state is DeliveryState.READY:
        return resumed or delivery
    return converse(services, row, resumed)


class Talk:
    """One conversation under way. `calls`: what is stored of it, by number."""

    def __init__(self, services: Services, row: TransferRow, delivery: DeliveryRow) -> None:
        self.delivery = delivery
        self._services, self._row = services, row
        self._blobs = services.store.blobs(row.compartment)
        with services.store.read() as conn:
            self.calls = {call.number: call for call in queries.calls_of(conn, delivery.id)}
        self._got_on = False  # whether a call was answered this time
        self._through_the_door = True  # nothing was awaited since the door was asked

    def follow(self, conversation: Conversation, api: ApiSession) -> Told:
        """Raises NotYet, InDoubt, or the error for which it stops here."""
        number, wish = 0, self._next(conversation, None)
        while not isinstance(wish, Told):
            number += 1
            self._refuse_another(number, wish)
            if isinstance(wish, Later):
                wish = self._next(conversation, self._waited(number, wish))
            else:
                wish = self._heard(conversation, number, wish, self._reply(number, wish, api))
        return wish

    def _next(self, conversation: Conversation, reply: Reply | None) -> Call | Later | Told:
        """What the conversation wants next. Raises Unreachable when the reply was not the partner's own."""
        about = About(self.delivery.name, self._row.compartment, f"delivery {self.delivery.id}")
        return go_on(self._services, conversation, reply, about)

    def _refuse_another(self, number: int, wish: Call | Later) -> None:
        kept = self.calls.get(number)
        if kept is not None and kept.fingerprint != fingerprint(wish):
            raise PluginError(
                f"Call {number} about {self.delivery.name} was “{kept.name}” and is another now: options "
                "or the plug-in were changed in the middle of the conversation. Put back what was changed."
            )

    def _heard(
        self, conversation: Conversation, number: int, call: Call, reply: Reply
    ) -> Call | Later | Told:
        """A reply that the conversation cannot read, such as a maintenance page, was no answer."""
        try:
            return self._next(conversation, reply)
        except Unreachable as error:
            unanswered = replace(self.calls[number], answered_at=None, status=None, reply=None, headers={})
            self._keep(unanswered)
            raise self._lost(call, error) from error

    def _reply(self, number: int, call: Call, api: ApiSession) -> Reply:
        kept = self.calls.get(number)
        if kept is not None and kept.reply is not None and kept.status is not None:
            return Reply(kept.status, self._blobs.read(kept.reply), kept.headers)
        if kept is not None and kept.is_open:
            found = self._found(call, api)
            if found is not None:
                return self._answered(number, found)
        return self._make(number, call, api)

    def _found(self, call: Call, api: ApiSession) -> Reply | None:
        """The reply to a call whose answer was lost, if that can be asked. None: it is made again."""
        if call.again is Again.NEVER:
            raise self._lost(call, AnswerLost("the hub stopped before its answer came"))
        if isinstance(call.again, Ask):
            return call.again.found(api.call(call.again.call, ""))
        return None

    def _make(self, number: int, call: Call, api: ApiSession) -> Reply:
        before = self.calls.get(number)
        self._intend(number, call)
        self._services.boundary("call_intended")
        try:
            reply = api.call(call, f"{self.delivery.id}-{number}")
        except AnswerLost as error:
            raise self._lost(call, error) from error
        except TransportError:
            if before is None or not before.is_open:  # else the one made before may have been done
                self._keep(replace(self.calls[number], answered_at=self._services.clock.now()))
            raise
        if call.keeps is not None:
            reply = replace(reply, body=call.keeps(reply.body))
        return self._answered(number, reply)

    def _intend(self, number: int, call: Call) -> None:
        """Commit that a call is about to be made. Raises Turned when the door says no to it."""
        kept, now = self.calls.get(number), self._services.clock.now()
        intended = CallRow(
            delivery_id=self.delivery.id,
            number=number,
            name=call.name,
            fingerprint=fingerprint(call),
            changes=call.again is not Again.SAFE,
            intended_at=now,
            attempts=kept.attempts + 1 if kept else 1,
        )
        if self._through_the_door or not self._decides(call):
            self._keep(intended)
        else:
            self._ask_the_door(intended)

    def _decides(self, call: Call) -> bool:
        """Whether the door is asked before a call: it says so, or is the first that may change something."""
        first = self._standing() is DeliveryState.READY
        return call.decisive or (first and call.again is not Again.SAFE)

    def _ask_the_door(self, intended: CallRow) -> None:
        """Commit the intent with the checks at the door. Raises Turned when they find something."""
        services, row = self._services, self._row
        stopped = services.commit(lambda conn: commit_call(conn, services, row, self.delivery, intended))
        if stopped is not None:
            self.delivery = stopped
            raise Turned
        self.calls[intended.number] = intended
        self._through_the_door = True

    def _lost(self, call: Call, error: TransportError) -> FeedHubError:
        if call.again is not Again.NEVER:
            return error
        return InDoubt(
            f"Nobody here can tell whether “{call.name}” was done at {self.delivery.endpoint} ({error}). "
            "Ask the partner, then settle the transfer as sent or not sent."
        )

    def _answered(self, number: int, reply: Reply) -> Reply:
        blob = self._blobs.put(reply.body)
        answered = replace(
            self.calls[number],
            answered_at=self._services.clock.now(),
            status=reply.status,
            reply=blob.sha256,
            headers=dict(reply.headers),
        )

        def commit(conn: Connection) -> None:
            queries.keep_blob(conn, blob)
            queries.keep_call(conn, answered)
            told = {"milliseconds": answered.milliseconds, "sha256": blob.sha256}
            data = {"call": answered.name, "number": number, "status": reply.status, **told}
            queries.append_event(
                conn, subject="delivery", subject_id=self.delivery.id, kind="called", data=data
            )

        self._services.commit(commit)
        self.calls[number] = answered
        self._got_on, self._through_the_door = True, False
        self._services.boundary("call_answered")
        return reply

    def _waited(self, number: int, later: Later) -> Reply:
        """The wait is over. Raises NotYet when it is not, with its end committed as the next attempt."""
        now = self._services.clock.now()
        due = now + timedelta(seconds=later.seconds)
        wait = self.calls.get(number) or CallRow(
            delivery_id=self.delivery.id,
            number=number,
            name=later.why,
            fingerprint=fingerprint(later),
            changes=False,
            intended_at=now,
            due_at=due,
        )
        if wait.due_at is None or now >= wait.due_at:
            return WAITED

        def commit(conn: Connection) -> DeliveryRow:
            queries.keep_call(conn, wait)
            how = {"attempts": 0, "next_attempt_at": wait.due_at, "reason": None, "data": {"for": later.why}}
            return move.delivery(conn, self._services, self.delivery, self._standing(), event="waits", **how)

        self.delivery = self._services.commit(commit)
        raise NotYet

    def _keep(self, call: CallRow) -> None:
        self._services.commit(lambda conn: queries.keep_call(conn, call))
        self.calls[call.number] = call

    def _standing(self) -> DeliveryState:
        """In which state the conversation rests: READY until something may have changed there."""
        changed = any(call.may_have_changed for call in self.calls.values())
        return DeliveryState.SENDING if changed else DeliveryState.READY

    def move(self, to: DeliveryState, event: str, **columns: Any) -> DeliveryRow:
        self.delivery = self._services.commit(
            lambda conn: move.delivery(conn, self._services, self.delivery, to, event=event, **columns)
        )
        return self.delivery

    def stop(self, error: FeedHubError) -> DeliveryRow:
        """Until the next attempt, or until a person says so."""
        attempts = 1 if self._got_on else self.delivery.attempts
        services = self._services
        due = next_attempt(error, attempts, services.clock.now(), services.plan(self._row.route))
        remedy = "" if due else f" When that is mended: feedhub transfers retry {self._row.id} --reason …"
        to = self._standing()
        return self.move(
            to,
            "stopped" if to is DeliveryState.SENDING else "not_sent",
            reason=f"{error}{remedy}",
            attempts=attempts,
            next_attempt_at=due,
        )

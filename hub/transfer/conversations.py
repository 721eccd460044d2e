"""What a delivery's conversation is, and what is done with what it told."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from hub.config.routes import Route, Target
from hub.door.conversation import Again, Call, Conversation, Later, Reply, Told
from hub.errors import ConfigError, FeedHubError, PluginError
from hub.model import (
    Answered,
    Compartment,
    DeliveryState,
    Direction,
    Facts,
    Moment,
    Rendered,
    TransferState,
)
from hub.store import queries
from hub.store.rows import BlobRef, DeliveryRow, TransferRow
from hub.tell.logs import fault, trace
from hub.transfer import departing, move, over
from hub.transfer.records import look_up
from hub.transfer.services import Services, known

ANSWER = "reply"
"""The kind of answer that a conversation gives to an item."""

Words = tuple[Answered, str | None]
TOLD = (DeliveryState.SENT, DeliveryState.CONFIRMED, DeliveryState.REFUSED)


def conversation_of(services: Services, row: TransferRow, delivery: DeliveryRow) -> Conversation:
    """The conversation about the stored bytes, from its start. It sees nothing that may differ when it is run
    again but its options."""
    route, feed = services.route(row.route), services.feed(known(row.feed, "feed"))
    target = _target(route.to, delivery)
    now = known(row.moment, "clock value")
    moment = Moment(now, row.business_date or services.local(now), row.id)
    ctx = replace(services.context(route, feed, row.format or "", Facts()), moment=moment)
    converse = feed.output(delivery.output).converse
    if target.profile is not None:
        profile = services.catalogue.profiles[target.profile]
        ctx, converse = replace(ctx, options=profile.options.model_validate(target.options)), profile.converse
    if converse is None:
        raise ConfigError(f"Nothing says how {delivery.output} is handed to {delivery.endpoint} by calls.")
    return converse(services.store.blobs(row.compartment).read(delivery.blob), ctx)


@dataclass(frozen=True, slots=True)
class About:
    """What a conversation is about, in words, where it lies, and how the hub's log calls it."""

    name: str
    compartment: Compartment
    logged: str


def go_on(
    services: Services, conversation: Conversation, reply: Reply | None, about: About
) -> Call | Later | Told:
    """What a conversation wants next; `reply`: to its last call, None at its start. Raises Unreachable when
    that was not the partner's own."""
    wish: object
    try:
        wish = next(conversation) if reply is None else conversation.send(reply)
    except StopIteration as end:
        wish = end.value
    except FeedHubError:
        raise
    except Exception as error:  # a plug-in's code may raise anything
        told = trace(error, about.compartment)
        services.log.error("conversation broke", about=about.logged, trace=told)
        raise PluginError(
            f"The conversation about {about.name} broke, by a fault of the plug-in: {fault(error)}. Send its "
            f"makers what the hub's log says of {about.logged} (“conversation broke”)."
        ) from error
    if not isinstance(wish, Call | Later | Told):
        raise PluginError(f"The conversation about {about.name} ended without saying what came of it.")
    return wish


def ask(services: Services, route: Route, name: str) -> Sequence[Rendered]:
    """What an API answers to a route's question. Nothing changes there, so that nothing of it is kept.

    Raises PluginError for a conversation that would change something, TransportError when none can be had."""
    feed = next(one for one in map(services.feed, route.feeds) if any(name == q.name for q in one.asks))
    question = next(one for one in feed.asks if one.name == name)
    now, about = services.clock.now(), About(f"“{name}” of {route.id}", feed.compartment, f"route {route.id}")
    with services.store.read() as conn:
        asker = replace(feed, looks_up=question.looks_up)
        records = look_up(conn, services, asker, (), feed.compartment)
        facts = services.facts(conn, records=records)
    ctx = replace(services.context(route, feed, "", facts), moment=Moment(now, services.local(now), ""))
    conversation = question.converse(ctx)
    with services.api(route.incoming.endpoint) as api:
        wish = go_on(services, conversation, None, about)
        while not isinstance(wish, Told):
            if isinstance(wish, Later) or wish.again is not Again.SAFE:
                raise PluginError(f"The conversation about {about.name} may only read, and wants to do more.")
            wish = go_on(services, conversation, api.call(wish, ""), about)
    return wish.inbound


def _target(targets: Sequence[Target], delivery: DeliveryRow) -> Target:
    place = (delivery.output, delivery.endpoint, delivery.folder)
    for target in targets:
        if (target.output, target.endpoint, target.folder) == place:
            return target
    raise ConfigError(f"The route no longer sends {delivery.output} to {delivery.endpoint}; put it back.")


def fingerprint(wish: Call | Later) -> str:
    """What a call, or a wait, must be when the conversation is run again."""
    if isinstance(wish, Later):
        told: list[object] = [wish.seconds, wish.why]
    else:
        body = hashlib.sha256(wish.body).hexdigest()
        told = [wish.method, wish.path, dict(wish.query), dict(wish.headers), wish.content_type, body]
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def tell(services: Services, row: TransferRow, delivery: DeliveryRow, told: Told) -> DeliveryRow:
    """Commit what a conversation came to: the delivery's state, its items' answers, what came back.

    Raises PluginError when it says what cannot be."""
    if told.state not in TOLD:
        raise PluginError(f"The conversation about {delivery.name} ended with {told.state}, which is no end.")
    children = [_child(services, row, rendered) for rendered in told.inbound]

    def commit(conn: Connection) -> DeliveryRow:
        _answer(conn, services, row, delivery, told)
        departing.call(conn, services, row, told.called, row.id)
        for child, blob in children:
            queries.keep_blob(conn, blob)
            queries.insert_transfer(conn, child, event="came_as_reply")
        return _end(conn, services, row, delivery, told)

    return services.commit(commit)


def _end(
    conn: Connection, services: Services, row: TransferRow, delivery: DeliveryRow, told: Told
) -> DeliveryRow:
    seen = {"reference": told.reference} if told.reference else {}
    how = {"remote": seen, "next_attempt_at": None, "reason": told.reason, "replies_until": told.expires}
    if told.state is DeliveryState.REFUSED:
        refused = move.delivery(conn, services, delivery, DeliveryState.REFUSED, event="refused", **how)
        departing.left(conn, services, row, refused)
        return refused
    sent = over.has_left(conn, services, row, delivery, event="sent", **{**how, "reason": None})
    if told.state is DeliveryState.SENT:
        return sent
    confirmed = move.delivery(conn, services, sent, DeliveryState.CONFIRMED, event="confirmed")
    departing.left(conn, services, row, confirmed)
    return confirmed


def _answer(
    conn: Connection, services: Services, row: TransferRow, delivery: DeliveryRow, told: Told
) -> None:
    """A refusal answers every item: what the partner says of one, else of the whole."""
    output = services.feed(known(row.feed, "feed")).output(delivery.output)
    carried = queries.carried_items(conn, row.id, output.takes)
    if strange := set(told.answers) - set(carried):
        raise PluginError(
            f"The conversation about {delivery.name} answers {len(strange)} items that it is not about."
        )
    answers = dict(told.answers)
    if told.state is DeliveryState.REFUSED:
        answers = dict.fromkeys(carried, (Answered.REFUSED, told.reason)) | answers
    queries.items_left(conn, list(answers))
    for (said, reason), items in _by_words(answers).items():
        queries.insert_answers(conn, items, kind=ANSWER, said=said, by_transfer=row.id, reason=reason)


def _by_words(answers: Mapping[str, Words]) -> Mapping[Words, list[str]]:
    """The items that were answered alike."""
    items: dict[Words, list[str]] = {}
    for item, words in answers.items():
        items.setdefault(words, []).append(item)
    return items


def _child(services: Services, row: TransferRow, rendered: Rendered) -> tuple[TransferRow, BlobRef]:
    """A reply that carries business facts of its own, as a transfer that the hub has the bytes of."""
    blob = services.store.blobs(row.compartment).put(rendered.data)
    now = services.clock.now()
    child = TransferRow(
        id=services.clock.new_id(),
        route=row.route,
        partner=row.partner,
        direction=Direction.IN,
        state=TransferState.STAGED,
        name=rendered.name,
        blob=blob.sha256,
        size=blob.size,
        parent_id=row.id,
        run_id=row.run_id,
        mode=row.mode,
        compartment=row.compartment,
        found_at=now,
        updated_at=now,
    )
    return child, blob

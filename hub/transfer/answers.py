"""What a transfer answers: items that left earlier, each by an item of its own; and of a report about a whole
transfer, that transfer, and by its silence the items that it does not name.

Answers are given in the commit that ends the transfer's work, and taken back as one. A report about a whole
transfer that is held has answered nothing yet: when it is released it is worked again.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection

from hub.bank.dues import WAITS_AS
from hub.config.people import HUB_LOGIN
from hub.door.feed import Answers, Feed, Rest
from hub.errors import LostRace
from hub.model import Answered, DeliveryState, ItemState, SentItem, SentTransfer, Taken, TransferState
from hub.store import queries
from hub.store.rows import DeliveryRow, TransferRow
from hub.transfer import departing, move, promises
from hub.transfer.examine import Examined
from hub.transfer.pairs import wanted
from hub.transfer.services import Services, known
from hub.transfer.undo import undo

CHECK = "ANSWERS"
"""The id of the core's own finding: a report about no transfer that waits for it."""

_COUNTS = (ItemState.TAKEN, ItemState.NOTED)


@dataclass(frozen=True, slots=True)
class Sought:
    """What the store has for a transfer to answer; nothing for a feed that answers nothing. `trouble`: why a
    report about a whole transfer must wait for a person."""

    sent: Sequence[SentItem] | None = None
    about: SentTransfer | None = None
    trouble: str | None = None


@dataclass(frozen=True, slots=True)
class Given:
    """An answer that an item of the transfer gives to one that left."""

    item_id: str
    by_item: str
    said: Answered
    reason: str | None = None
    called: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answering:
    """All that a transfer of `feed` answers.

    about: the transfer that it is about as a whole; rest: what its silence means for that one's items, but
           for those in `named`, which an item of its own names
    learned: what the partner calls the whole, where it was found by another of its names
    """

    feed: str
    answers: Answers
    given: Sequence[Given]
    about: SentTransfer | None = None
    rest: Rest | None = None
    named: frozenset[str] = frozenset()
    learned: str | None = None

    def counts_when(self, state: TransferState) -> bool:
        """Items keep what they name from others while a transfer is held; a report about a whole does not."""
        return self.about is None or state is not TransferState.HELD


def seek(conn: Connection, services: Services, row: TransferRow, examined: Examined) -> Sought:
    """What left earlier that the transfer may answer."""
    answers = examined.feed.answers
    if answers is None or examined.gathered is not None:
        return Sought()
    if answers.whole is None:
        values = wanted(answers, examined.items)
        keys = services.store.keys
        how: dict[str, Any] = {"other_than": row.id, "inside": row.compartment}
        return Sought(queries.sent_items(conn, keys, answers.feeds, values, **how))
    return _seek_whole(conn, services, row, answers, answers.whole(examined.tally))


def _seek_whole(
    conn: Connection, services: Services, row: TransferRow, answers: Answers, told: str | Sequence[str] | None
) -> Sought:
    if not told:
        return Sought((), trouble="the report does not say which transfer it is about")
    identity, deliveries = _gone_out(conn, [told] if isinstance(told, str) else told, answers)
    trouble = _trouble(deliveries, row, answers, identity)
    if trouble is not None:
        return Sought((), trouble=trouble)
    about = SentTransfer(deliveries[0].transfer_id, identity, deliveries[0].summary)
    kinds = _kinds(_sender(conn, services, about.id), answers, deliveries)
    sent = queries.items_sent_with(conn, services.store.keys, about.id, kinds, other_than=row.id)
    return Sought(sent, about)


def _gone_out(
    conn: Connection, identities: Sequence[str], answers: Answers
) -> tuple[str, Sequence[DeliveryRow]]:
    """The first of the identities under which something went out, and what; else the first, and nothing."""
    for identity in identities:
        if deliveries := queries.gone_out_as(conn, identity, feeds=answers.feeds):
            return identity, deliveries
    return identities[0], ()


def _trouble(
    deliveries: Sequence[DeliveryRow], row: TransferRow, answers: Answers, identity: str
) -> str | None:
    """Why the report cannot be taken as the answer to one transfer that waits for it."""
    transfers = sorted({delivery.transfer_id for delivery in deliveries})
    if not transfers:
        return f"no transfer of {' or '.join(answers.feeds)} went out as {identity}; {answers.unknown}"
    if len(transfers) > 1:
        return f"more than one transfer went out as {identity}: {', '.join(transfers)}; withdraw the report"
    for one in deliveries:
        if answers.settles and one.answered_by not in (None, row.id):
            return (
                f"{identity} was answered before, by transfer {one.answered_by}; compare the two reports, "
                "and withdraw this one if it says nothing new"
            )
        if one.answered_by is None and one.state is not DeliveryState.SENT:
            return (
                f"{identity} has not left as far as the hub knows: its delivery is {one.state}. Settle "
                f"transfer {one.transfer_id}, then retry this report"
            )
    return None


def _sender(conn: Connection, services: Services, transfer_id: str) -> Feed:
    """The feed of a transfer that went out."""
    sender = known(queries.get_transfer(conn, transfer_id), "transfer")
    return services.feed(known(sender.feed, "feed"))


def _kinds(feed: Feed, answers: Answers, deliveries: Sequence[DeliveryRow]) -> frozenset[str] | None:
    """The kinds of item that the deliveries carry and the report is about; None = every kind."""
    takes = [feed.output(delivery.output).takes for delivery in deliveries]
    carried = None if None in takes else frozenset(kind for kinds in takes for kind in kinds or ())
    if not answers.kinds:
        return carried
    return frozenset(answers.kinds if carried is None else carried.intersection(answers.kinds))


def answering(examined: Examined, about: SentTransfer | None, taken: Sequence[Taken]) -> Answering | None:
    """What a worked transfer answers. An item counts that is taken or noted, not one that is held."""
    answers = examined.feed.answers
    if answers is None or examined.gathered is not None:
        return None
    given = [
        Given(
            one.disposition.answers,
            one.id,
            one.disposition.says or answers.says(one.item),
            answers.why(one.item),
            answers.calls(one.item),
        )
        for one in taken
        if one.disposition.answers is not None and _counts(one)
    ]
    if about is None:
        return Answering(examined.feed.name, answers, given)
    named = frozenset(one.disposition.answers for one in taken if one.disposition.answers is not None)
    rest = answers.rest(examined.tally)
    learned = _surest(answers, examined, about)
    return Answering(examined.feed.name, answers, given, about, rest, named, learned)


def _surest(answers: Answers, examined: Examined, about: SentTransfer) -> str | None:
    """The surest name of the transfer, if it was found by a weaker one."""
    told = answers.whole(examined.tally) if answers.whole else None
    return None if not told or isinstance(told, str) or told[0] == about.identity else told[0]


def _counts(one: Taken) -> bool:
    """What a partner said is so, whether or not its money is at the bank yet."""
    return one.disposition.state in _COUNTS or one.disposition.waits_as == WAITS_AS


def give(conn: Connection, services: Services, row: TransferRow, answering: Answering) -> None:
    """Write the answers, what became of the deliveries of a whole transfer, and the promises that are kept.

    Raises LostRace when something of it was answered meanwhile."""
    for one in answering.given:
        queries.insert_answers(
            conn,
            [one.item_id],
            kind=answering.answers.kind,
            said=one.said,
            by_transfer=row.id,
            by_item=one.by_item,
            reason=one.reason,
        )
    called = {one.item_id: one.called for one in answering.given if one.called}
    personal = services.feed(answering.feed).personal_data
    how: dict[str, Any] = {"given_by": row.id, "personal": personal, "inside": row.compartment}
    queries.insert_called(conn, services.store.keys, called, **how)
    if answering.about is not None:
        _give_whole(conn, services, row, answering, answering.about)
    for sent in _answered(conn, row):
        promises.answered(conn, services, sent, answering.feed)


def _answered(conn: Connection, row: TransferRow) -> Sequence[str]:
    """The transfers that it answers, by their items or, where a report says only that it came, as a whole."""
    whole = {delivery.transfer_id for delivery in queries.deliveries_answered_by(conn, row.id)}
    return sorted(whole.union(queries.transfers_answered_by(conn, row.id)))


def _give_whole(
    conn: Connection, services: Services, row: TransferRow, answering: Answering, about: SentTransfer
) -> None:
    answers, rest = answering.answers, answering.rest
    deliveries = queries.gone_out_as(conn, about.identity, feeds=answers.feeds)
    if meanwhile := _trouble(deliveries, row, answers, about.identity):
        raise LostRace(meanwhile)
    kinds = _kinds(_sender(conn, services, about.id), answers, deliveries)
    if rest is not None:
        silent = queries.unanswered_items(conn, about.id, answers.kind, kinds)
        ids = [item_id for item_id in silent if item_id not in answering.named]
        queries.insert_answers(
            conn, ids, kind=answers.kind, said=rest.said, by_transfer=row.id, reason=rest.reason
        )
    if not answers.settles and not _is_all_of_it(conn, answers, about, deliveries):
        return
    refused = _why_refused(conn, row, answering, about, kinds)
    to = DeliveryState.CONFIRMED if refused is None else DeliveryState.REFUSED
    for delivery in deliveries:
        settled = move.delivery(
            conn,
            services,
            delivery,
            to,
            event=to.value.lower(),
            data={"by": row.id},
            reason=refused,
            answered_by=row.id,
            **_called(delivery, answering.learned),
        )
        sender = known(queries.get_transfer(conn, delivery.transfer_id), "transfer")
        departing.left(conn, services, sender, settled, by=row.id)


_OWN_NAME = "went_out_as"
"""Under this `remote` keeps what a delivery went out as, once its partner's own name for it is known."""


def _called(delivery: DeliveryRow, name: str | None) -> Mapping[str, Any]:
    """How a delivery has the partner's name for it."""
    if name is None:
        return {}
    return {"identity": name, "remote": {**delivery.remote, _OWN_NAME: delivery.identity}}


def _called_as_before(delivery: DeliveryRow) -> Mapping[str, Any]:
    """How it has its own name again."""
    if _OWN_NAME not in delivery.remote:
        return {}
    seen = {name: value for name, value in delivery.remote.items() if name != _OWN_NAME}
    return {"identity": delivery.remote[_OWN_NAME], "remote": seen}


def _is_all_of_it(
    conn: Connection, answers: Answers, about: SentTransfer, deliveries: Sequence[DeliveryRow]
) -> bool:
    """Whether a report that is about some kinds of item only is about all that the transfer holds, and none
    settled it before."""
    settled = any(one.answered_by is not None for one in deliveries)
    return not settled and not queries.unanswered_items(conn, about.id, answers.kind)


def _why_refused(
    conn: Connection,
    row: TransferRow,
    answering: Answering,
    about: SentTransfer,
    kinds: Collection[str] | None,
) -> str | None:
    """The reason when the report refuses the transfer whole; None when something of it was accepted."""
    said = queries.said_by(conn, row.id)
    if set(said) != {Answered.REFUSED}:
        return None
    if queries.unanswered_items(conn, about.id, answering.answers.kind, kinds):
        return None
    reason = answering.rest.reason if answering.rest else None
    return reason or f"the partner refused all {said.total()} items"


def answers_anew(conn: Connection, services: Services, row: TransferRow) -> bool:
    """Whether a held transfer has its answers still to give: then it and its files are made anew."""
    answers = services.feed(str(row.feed)).answers
    if answers is None or answers.whole is None:
        return False
    for delivery in queries.deliveries_of(conn, row.id):
        if delivery.state is DeliveryState.READY:
            move.delivery(conn, services, delivery, DeliveryState.WITHDRAWN, event="withdrawn")
    return True


def take_back(
    conn: Connection, services: Services, row: TransferRow, why: str, *, who: str = HUB_LOGIN
) -> None:
    """Undo all that the transfer moved, answered and named: what it answered waits for an answer again, items
    and deliveries. `why` as for `undo`."""
    undone = undo(conn, services, row, why, who=who)
    sent = _answered(conn, row)
    queries.take_back_answers(conn, row.id)
    queries.drop_called(conn, row.id)
    for delivery in queries.deliveries_answered_by(conn, row.id):
        move.delivery(
            conn,
            services,
            delivery,
            DeliveryState.SENT,
            event=departing.TAKEN_BACK,
            data={"by": row.id, departing.UNDONE: undone},
            reason=None,
            answered_by=None,
            **_called_as_before(delivery),
        )
    for transfer_id in sent:
        promises.taken_back(conn, services, transfer_id, str(row.feed))

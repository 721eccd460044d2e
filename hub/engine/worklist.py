"""What a person does of the worklist: take a file to a partner, say what came of it, answer a question."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from hub.config.endpoints import PersonEndpoint
from hub.config.people import Right
from hub.connectors.folder import FolderPlace
from hub.connectors.place import FileSession
from hub.engine.rights import demand
from hub.errors import IllegalMove, TransportError, UsageError
from hub.model import DeliveryState, WorkKind, WorkState
from hub.store import queries
from hub.store.rows import BlobRef, DeliveryRow, TransferRow, WorkRow
from hub.transfer import effects, leave_alone, move, over, tasks, worklist
from hub.transfer.intent import commit_intent
from hub.transfer.services import Services, known
from hub.transfer.steps import fetch


@dataclass(frozen=True, slots=True)
class InHand:
    """A worklist entry about a file for a person, with that file's delivery and transfer."""

    entry: WorkRow
    delivery: DeliveryRow
    transfer: TransferRow

    @property
    def stopped(self) -> bool:
        """Whether a check at the door stopped the file, so that nobody takes it."""
        return self.delivery.state is not DeliveryState.SENDING


class WorkActs:
    """The acts. All raise UsageError with a sentence when there is no such entry, or the person may not."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def entry(self, id: str, kind: WorkKind) -> WorkRow:
        """An entry of a kind, while somebody must still do it."""
        with self._services.store.read() as conn:
            return self._entry(conn, id, kind)

    def take(self, id: str, folder: Path) -> InHand:
        """Take a file that somebody must hand over: it is written to `folder` and counts as being sent.

        Whoever has taken it may take it again: the same bytes are written."""
        taken = self._services.commit(lambda conn: self._take(conn, id))
        self._services.boundary("intent")
        if not taken.stopped:
            self._write_out(taken, folder)
        return taken

    def handed_over(
        self,
        id: str,
        reference: str,
        file: Path | None = None,
        *,
        on: date | None = None,
        count: int | None = None,
    ) -> list[TransferRow]:
        """The partner has the file: it is SENT. What they gave back is a transfer of its own, of the same
        route, to be worked. Returns the transfer and, if there is one, that.

        on: the day that the partner took it; count: how many records the partner counted. Where its endpoint
        asks for these they must be there, and the count that of the file."""
        with self._services.store.read() as conn:
            parent = self._taken(conn, id).transfer
        told = {"reference": reference} | _entered(on, count)
        with self._services.store.alone(parent.route):  # what comes back is stored before it is named
            return self._handed_over(id, told, self._came_back(parent, file) if file else None)

    def _handed_over(
        self, id: str, told: dict[str, Any], came: tuple[TransferRow, BlobRef] | None
    ) -> list[TransferRow]:
        def commit(conn: Connection) -> list[TransferRow]:
            now = self._taken(conn, id)
            self._refuse_unconfirmed(now, told)
            self._close(conn, now.entry, told)
            remote = {**told, "by": self._services.who}
            over.has_left(
                conn,
                self._services,
                now.transfer,
                now.delivery,
                event="sent",
                who=self._services.who,
                data=told,
                remote=remote,
                reason=None,
            )
            if came is None:
                return [now.transfer]
            fetch.keep_in_hand(conn, self._services, came)
            return [now.transfer, came[0]]

        return self._services.commit(commit)

    def not_done(self, id: str, reason: str) -> TransferRow:
        """The partner does not have the file; somebody may take it again."""

        def commit(conn: Connection) -> TransferRow:
            now = self._taken(conn, id)
            told: dict[str, Any] = {"who": self._services.who, "data": {"reason": reason}}
            move.delivery(
                conn, self._services, now.delivery, DeliveryState.READY, event="not_handed_over", **told
            )
            queries.move_work(conn, now.entry, WorkState.OPEN, taken_by=None, **told)
            return now.transfer

        return self._services.commit(commit)

    def answer(self, id: str, text: str, reason: str | None = None) -> WorkRow:
        """What a person found out or decided, where the hub asked for that, and the move that it makes;
        `reason`: why, kept with it."""
        demand(self._services, Right.TASK)

        def commit(conn: Connection) -> WorkRow:
            entry = self._entry(conn, id, WorkKind.TASK)
            if wrong := tasks.why_not_by(self._services.viewer, entry.proposal):
                raise UsageError(f"You cannot answer “{entry.title}”: {wrong}.")
            self._refuse_unsayable(entry, text, reason)
            move = tasks.move_for(entry, text, reason)
            told = {"answer": text} | ({"reason": reason} if reason else {})
            closed = self._close(conn, entry, told)
            if move is not None:
                effects.apply_moves(conn, self._services, [move], who=self._services.who)
            return closed

        try:
            return self._services.commit(commit)
        except IllegalMove as error:
            raise UsageError(f"“{text}” cannot be the answer any more: {error}. Nothing was done.") from error

    def _refuse_unsayable(self, entry: WorkRow, *texts: str | None) -> None:
        """A life cycle may have words that nobody is to write where others read."""
        kind = entry.subject_id.partition(":")[0] if entry.subject == "record" else ""
        life = self._services.catalogue.lifecycles.get(kind)
        if life is None or life.unsayable is None:
            return
        for text in filter(None, texts):
            if why := life.unsayable(text, self._services.settings_for(kind)):
                raise UsageError(f"{why} Nothing was done.")

    def _take(self, conn: Connection, id: str) -> InHand:
        here = self._in_hand(conn, id)
        if here.entry.state is WorkState.TAKEN:
            return self._own(here)
        paused = leave_alone.leaving(conn, self._services, here.transfer.route, here.delivery.endpoint)
        if paused is not None:
            raise UsageError(f"{paused} Nothing was done.")
        moved, sending = commit_intent(
            conn, self._services, here.transfer, here.delivery, by_hand=self._services.who
        )
        if sending is None:
            delivery = known(queries.get_delivery(conn, here.delivery.id), "delivery")
            return replace(here, transfer=moved, delivery=delivery)
        who = self._services.who
        entry = queries.move_work(conn, here.entry, WorkState.TAKEN, who=who, taken_by=who)
        return InHand(entry, sending, moved)

    def _own(self, here: InHand) -> InHand:
        if here.entry.taken_by != self._services.who:
            raise UsageError(
                f"{here.entry.taken_by} has taken {here.delivery.name} already. Ask them; when they do not "
                f"hand it over: feedhub worklist answer {here.entry.id} --not-done --reason …"
            )
        return here

    def _write_out(self, taken: InHand, folder: Path) -> None:
        delivery, inside = taken.delivery, taken.transfer.compartment
        try:
            with self._services.store.blobs(inside).open(delivery.blob) as source:
                place = FileSession(FolderPlace("folder", folder))
                place.put("", delivery.name, source, delivery.size, delivery.blob)
        except TransportError as error:
            raise UsageError(
                f"{delivery.name} is yours to hand over, but it could not be written to {folder}: {error} "
                f"Take it again into another folder: feedhub worklist take {taken.entry.id} --out DIR"
            ) from error

    def _came_back(self, parent: TransferRow, file: Path) -> tuple[TransferRow, BlobRef]:
        route = self._services.config.route(parent.route)
        row, blob = fetch.from_hand(self._services, route, None, file)
        return replace(row, parent_id=parent.id, compartment=parent.compartment), blob

    def _taken(self, conn: Connection, id: str) -> InHand:
        here = self._in_hand(conn, id)
        if here.entry.state is not WorkState.TAKEN:
            raise UsageError(
                f"Nobody has taken {here.delivery.name} yet; that comes first: "
                f"feedhub worklist take {id} --out DIR"
            )
        return here

    def _in_hand(self, conn: Connection, id: str) -> InHand:
        entry = self._entry(conn, id, WorkKind.HAND_OVER)
        delivery = known(queries.get_delivery(conn, entry.subject_id), "delivery")
        self._refuse_others(delivery.endpoint)
        return InHand(entry, delivery, known(queries.get_transfer(conn, delivery.transfer_id), "row"))

    def _refuse_others(self, name: str) -> None:
        endpoint, viewer = self._services.config.endpoints.get(name), self._services.viewer
        if not isinstance(endpoint, PersonEndpoint):
            raise UsageError(
                f"The endpoint {name} is not a person any more. Change it back, or withdraw the transfer."
            )
        if not viewer.has(endpoint.who):
            raise UsageError(
                f"You ({viewer.login}) may not do this: what goes to {name} is for people with the role "
                f"{endpoint.who}."
            )

    def _refuse_unconfirmed(self, here: InHand, told: Mapping[str, Any]) -> None:
        """What the endpoint asks for beside the reference is there, and is what it can be."""
        endpoint = self._services.config.endpoints[here.delivery.endpoint]
        confirms = endpoint.confirms if isinstance(endpoint, PersonEndpoint) else ()
        if missing := [f"--{name}" for name in confirms if name not in told]:
            raise UsageError(
                f"{here.delivery.endpoint} asks for {' and '.join(missing)} beside the reference: the day "
                "that the partner took the file, and how many records it counted. Nothing was done."
            )
        today, ours = self._services.local(self._services.clock.now()), here.delivery.summary.get("count")
        if told.get("on", "") > today.isoformat():
            raise UsageError(f"{told['on']} is still to come; today is {today}. Nothing was done.")
        if ours is not None and told.get("count", ours) != ours:
            raise UsageError(
                f"{here.delivery.name} holds {ours} records, and {told['count']} were counted. Look what "
                "became of the others; if the partner does not have the file as it is: --not-done "
                "--reason … Nothing was done."
            )

    def _entry(self, conn: Connection, id: str, kind: WorkKind) -> WorkRow:
        entry = worklist.known_work(conn, self._services, id)
        if entry.kind is not kind:
            raise UsageError(f"“{entry.title}” is not for that. {how(entry)}")
        return entry

    def _close(self, conn: Connection, entry: WorkRow, answer: dict[str, Any]) -> WorkRow:
        return queries.move_work(
            conn, entry, WorkState.DONE, who=self._services.who, answer=answer, data=answer
        )


def _entered(on: date | None, count: int | None) -> dict[str, Any]:
    told = {"on": on and on.isoformat(), "count": count}
    return {name: value for name, value in told.items() if value is not None}


def may_do(services: Services, entry: WorkRow) -> bool:
    """Whether who acts could do it now: with the right or role for it, and nobody else at it."""
    viewer = services.viewer
    if entry.kind is WorkKind.HAND_OVER:
        endpoint = services.config.endpoints.get(entry.proposal["to"])
        mine = isinstance(endpoint, PersonEndpoint) and viewer.has(endpoint.who)
        return mine and entry.taken_by in (None, viewer.login)
    if entry.kind is WorkKind.TASK:
        return tasks.may_answer(viewer, entry.proposal)
    two_people = entry.kind in (WorkKind.RELEASE, WorkKind.SUSPENSE, WorkKind.AGREE)
    return viewer.may(NEEDS[entry.kind]) and not (two_people and entry.proposed_by == viewer.login)


NEEDS = {
    WorkKind.RELEASE: Right.RELEASE,
    WorkKind.SUSPENSE: Right.CLEAR,
    WorkKind.AGREE: Right.RELEASE,
    WorkKind.SETTLE: Right.SETTLE,
    WorkKind.TASK: Right.TASK,
}
"""The right that each kind of entry needs; a file to hand over needs the role that its endpoint names."""


HOW = {
    WorkKind.RELEASE: "Let it go, or not: feedhub approvals release {id} --reason …, "
    "feedhub approvals refuse {id} --reason …",
    WorkKind.SUSPENSE: "Approve it, or not: feedhub suspense clear, feedhub suspense refuse",
    WorkKind.HAND_OVER: "It is a file to hand over: feedhub worklist take {id} --out DIR, then "
    "feedhub worklist answer {id} --reference …",
    WorkKind.AGREE: "Agree, or not: feedhub approvals agree {id} --reason …, "
    "feedhub approvals refuse {id} --reason …",
    WorkKind.SETTLE: "It has stopped: feedhub transfers retry {transfer} --reason …, "
    "or settle or withdraw it",
    WorkKind.TASK: "It asks for an answer: feedhub worklist answer {id} --answer …",
}


def how(entry: WorkRow) -> str:
    """How an entry is dealt with."""
    return HOW[entry.kind].format(id=entry.id, transfer=entry.proposal.get("transfer"))

"""Transfers, and what hangs on each: deliveries, calls, findings, numbers, history."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, and_, bindparam, or_, select, union_all

from hub.model import Answered, DeliveryState, TransferState
from hub.store.look.answers import SeenAnswers
from hub.store.look.items import SeenItems
from hub.store.look.records import SeenRecords
from hub.store.look.reversals import SeenReversals
from hub.store.look.seen import asked, unknown, visible
from hub.store.look.work import UNDONE
from hub.store.queries.events import EVENTS, event_row
from hub.store.queries.items import of_transfer
from hub.store.queries.transfers import transfer_row
from hub.store.rows import CallRow, DeliveryRow, EventRow, FindingRow, TransferRow, TransferView, WorkRow
from hub.store.schema import call, delivery, event, finding, item, number, transfer, worklist

_of_transfer = (transfer.c.id == bindparam("transfer"), visible(transfer))
_its_transfer = delivery.c.transfer_id == transfer.c.id
_ARRIVED = (DeliveryState.SENT, DeliveryState.CONFIRMED)
_NEWEST_SENT = 50
_GET = select(transfer).where(*_of_transfer)
_NEWEST = select(transfer).where(visible(transfer)).order_by(transfer.c.id.desc())
_CHILDREN = (
    select(transfer)
    .where(transfer.c.parent_id == bindparam("transfer"), visible(transfer))
    .order_by(transfer.c.id)
)
_report = transfer.alias("report")
_DELIVERIES = (
    select(
        *(column for column in delivery.c if column.name != "answered_by"),
        _report.c.id.label("answered_by"),
    )
    .join(transfer, _its_transfer)
    .outerjoin(_report, (_report.c.id == delivery.c.answered_by) & visible(_report))
    .where(*_of_transfer)
    .order_by(delivery.c.id)
)
_files: BindParameter[Any] = bindparam("files", expanding=True)
_FILES = union_all(
    select(transfer.c.id.label("id"), transfer.c.id.label("transfer"), transfer.c.name).where(
        transfer.c.id.in_(_files), visible(transfer)
    ),
    select(delivery.c.id, delivery.c.transfer_id, delivery.c.name)
    .join(transfer, _its_transfer)
    .where(delivery.c.id.in_(_files), visible(transfer)),
)
_CALLS = (
    select(call)
    .select_from(call.join(delivery).join(transfer, _its_transfer))
    .where(*_of_transfer)
    .order_by(call.c.delivery_id, call.c.number)
)
_FINDINGS = (
    select(*(finding.c[one.name] for one in fields(FindingRow)))
    .join(transfer)
    .where(*_of_transfer)
    .order_by(finding.c.number)
)
_NUMBERS = (
    select(number.c.name, number.c.value)
    .join(transfer)
    .where(*_of_transfer, number.c.item_id == "")
    .order_by(number.c.name)
)
_OF_ITEMS = (
    select(number.c.item_id, number.c.name, number.c.value)
    .join(transfer, transfer.c.id == number.c.transfer_id)
    .join(item, item.c.id == number.c.item_id)
    .where(of_transfer, visible(transfer), visible(item))
    .order_by(number.c.transfer_id, number.c.name, number.c.value)
)
_LAST_SENT = (
    select(delivery.c.updated_at, delivery.c.state)
    .join(transfer, _its_transfer)
    .where(delivery.c.endpoint == bindparam("endpoint"), visible(transfer))
    .order_by(delivery.c.id.desc())
    .limit(bindparam("limit"))
)
_ITS_DELIVERIES = select(delivery.c.id).where(delivery.c.transfer_id == bindparam("transfer"))
_WORK = (
    select(worklist)
    .where(
        visible(worklist),
        worklist.c.state.in_(UNDONE),
        or_(
            and_(worklist.c.subject == "transfer", worklist.c.subject_id == bindparam("transfer")),
            and_(worklist.c.subject == "delivery", worklist.c.subject_id.in_(_ITS_DELIVERIES)),
        ),
    )
    .order_by(worklist.c.id)
)
_ITS_ITEMS = select(item.c.id).where(
    or_(item.c.transfer_id == bindparam("transfer"), item.c.batch_id == bindparam("transfer"))
)
_HISTORY = EVENTS.where(
    visible(event),
    or_(
        and_(event.c.subject == "transfer", event.c.subject_id == bindparam("transfer")),
        and_(event.c.subject == "delivery", event.c.subject_id.in_(_ITS_DELIVERIES)),
        and_(event.c.subject == "item", event.c.subject_id.in_(_ITS_ITEMS)),
    ),
).order_by(event.c.id)


class SeenTransfers(SeenItems, SeenAnswers, SeenRecords, SeenReversals):
    def transfers(
        self,
        *,
        route: str | None = None,
        feed: str | None = None,
        state: TransferState | None = None,
        before: str | None = None,
        limit: int = 50,
    ) -> list[TransferRow]:
        """Transfers, newest first; `before` = only older than that id (for the next page)."""
        conditions = asked({transfer.c.route: route, transfer.c.feed: feed, transfer.c.state: state})
        if before is not None:
            conditions.append(transfer.c.id < before)
        return [transfer_row(row) for row in self._rows(_NEWEST.where(*conditions).limit(limit))]

    def transfer(self, id: str, *, items: bool = True) -> TransferView:
        """All that is known of a transfer; `items`: and of each of its items, of which there may be many.

        Raises UsageError when there is none of that id."""
        row, answered = self.transfer_row(id), self.answered(id)
        return TransferView(
            transfer=row,
            deliveries=self.deliveries(id),
            findings=self.findings(id),
            money=self.money(id),
            numbers=self.numbers(id),
            item_numbers=self.item_numbers(id) if items else {},
            called=self.called(id) if items else {},
            events=self.transfer_events(id),
            items=self.items(id) if items else (),
            work=self.transfer_work(id),
            answered=answered,
            objections=self.objections(id) if answered.said.keys() - {Answered.ACCEPTED} else (),
            answers=self.answers(id),
            parent=self._transfer(row.parent_id) if row.parent_id else None,
            moved=self.moved_by(id),
            dues=self.dues(id),
            reversed=self.reversed(id),
            reverses=self.reverses(id),
            children=[(child, self._states(child.id)) for child in self.children(id)],
        )

    def transfer_row(self, id: str) -> TransferRow:
        """A transfer's own row. Raises UsageError when there is none of that id."""
        row = self._transfer(id)
        if row is None:
            raise unknown("transfer", id, "transfers")
        return row

    def _transfer(self, id: str) -> TransferRow | None:
        row = self._row(_GET, transfer=id)
        return None if row is None else transfer_row(row)

    def _states(self, transfer_id: str) -> list[DeliveryState]:
        return [delivery.state for delivery in self.deliveries(transfer_id)]

    def children(self, id: str) -> list[TransferRow]:
        """The members of a bundle, in its order."""
        return [transfer_row(row) for row in self._rows(_CHILDREN, transfer=id)]

    def deliveries(self, transfer_id: str) -> list[DeliveryRow]:
        """All deliveries of a transfer, withdrawn ones too, in the order they were made."""
        return [DeliveryRow(**row._mapping) for row in self._rows(_DELIVERIES, transfer=transfer_id)]

    def files(self, ids: Collection[str]) -> Mapping[str, tuple[str, str]]:
        """Of those that are transfers or deliveries, by id: the transfer's, and the name of the file."""
        rows = self._rows(_FILES, files=sorted(ids))
        return {row.id: (row.transfer, row.name) for row in rows}

    def last_sent(self, endpoint: str) -> datetime | None:
        """When something arrived at an endpoint last, among the newest that were to."""
        rows = self._rows(_LAST_SENT, endpoint=endpoint, limit=_NEWEST_SENT)
        return max((row.updated_at for row in rows if row.state in _ARRIVED), default=None)

    def calls(self, transfer_id: str) -> list[CallRow]:
        """The calls of a transfer's conversations, in the order they were made."""
        return [CallRow(**row._mapping) for row in self._rows(_CALLS, transfer=transfer_id)]

    def findings(self, transfer_id: str) -> list[FindingRow]:
        """A transfer's findings in the order found."""
        return [FindingRow(*tuple(row)) for row in self._rows(_FINDINGS, transfer=transfer_id)]

    def numbers(self, transfer_id: str) -> Mapping[str, int]:
        """The numbers that a transfer has drawn for itself, by name."""
        return {row.name: row.value for row in self._rows(_NUMBERS, transfer=transfer_id)}

    def item_numbers(self, transfer_id: str) -> Mapping[str, Mapping[str, int]]:
        """The numbers that were drawn for a transfer's items, by item and name; the newest of a name."""
        found: dict[str, dict[str, int]] = {}
        for row in self._rows(_OF_ITEMS, transfer=transfer_id):
            found.setdefault(row.item_id, {})[row.name] = row.value
        return found

    def transfer_work(self, transfer_id: str) -> list[WorkRow]:
        """What somebody must still do about a transfer or its deliveries, the oldest first."""
        return [WorkRow(**row._mapping) for row in self._rows(_WORK, transfer=transfer_id)]

    def transfer_events(self, transfer_id: str) -> list[EventRow]:
        """The events of a transfer, of its deliveries, and of items that came or leave with it, in the order
        they happened."""
        return [event_row(row) for row in self._rows(_HISTORY, transfer=transfer_id)]

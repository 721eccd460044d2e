"""What partners made of what left: of which items, why, and by which transfer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence

from sqlalchemy import bindparam, exists, func, literal, select

from hub.model import Answered
from hub.store.look.seen import Seen, asked, visible
from hub.store.queries.answers import LEFT_WITH, answerable, left_with
from hub.store.rows import AnswerCounts, AnsweredTransfer, Objection
from hub.store.schema import answer, delivery, item, transfer

_WORST_FIRST = (Answered.REFUSED, Answered.AMENDED, Answered.ACCEPTED)

_LEFT = select(func.count().label("items")).where(left_with, answerable, visible(item))
_SAID = (
    select(answer.c.item_id, answer.c.said)
    .join(item, item.c.id == answer.c.item_id)
    .join(transfer, transfer.c.id == answer.c.by_transfer)
    .where(left_with, visible(item), visible(transfer))
)
_SAID_OF = (
    select(answer.c.item_id, answer.c.said, answer.c.reason)
    .join(item, item.c.id == answer.c.item_id)
    .join(transfer, transfer.c.id == answer.c.by_transfer)
    .where(answer.c.item_id.in_(bindparam("items", expanding=True)), visible(item), visible(transfer))
    .order_by(answer.c.item_id, answer.c.answered_at)
)
_OBJECTIONS = (
    select(
        answer.c.item_id,
        item.c.reference,
        item.c.amount,
        answer.c.kind,
        answer.c.said,
        answer.c.reason,
        answer.c.by_transfer,
        transfer.c.name.label("by_name"),
    )
    .join(item, item.c.id == answer.c.item_id)
    .join(transfer, transfer.c.id == answer.c.by_transfer)
    .where(left_with, answer.c.said != Answered.ACCEPTED, visible(item), visible(transfer))
    .order_by(item.c.line, answer.c.item_id, answer.c.answered_at)
)
_report = transfer.alias("report")
_of_report = exists().where(_report.c.id == bindparam("transfer"), visible(_report))
_ANSWERS = (
    select(transfer.c.id, transfer.c.name, func.count().label("items"))
    .join(item, transfer.c.id == LEFT_WITH)
    .join(answer, answer.c.item_id == item.c.id)
    .where(answer.c.by_transfer == bindparam("transfer"), _of_report, visible(item), visible(transfer))
    .group_by(transfer.c.id, transfer.c.name)
    .order_by(transfer.c.id)
)
_REPORTED = (
    select(transfer.c.id, transfer.c.name, literal(0).label("items"))
    .join(delivery, delivery.c.transfer_id == transfer.c.id)
    .where(delivery.c.answered_by == bindparam("transfer"), _of_report, visible(transfer))
)


class SeenAnswers(Seen):
    def answered(
        self, transfer_id: str, *, kind: str | None = None, of: Collection[str] = ()
    ) -> AnswerCounts:
        """What became of the items that left with a transfer. Of several answers to one, the worst counts.

        kind, of: only answers of that kind, to items of these kinds"""
        about = (item.c.kind.in_(of),) if of else ()
        left = self._row(_LEFT.where(*about), transfer=transfer_id)
        given = _SAID.where(*about, *asked({answer.c.kind: kind}))
        said = ((row.item_id, row.said) for row in self._rows(given, transfer=transfer_id))
        return count_answers(left.items if left else 0, said)

    def said_of(self, items: Sequence[str]) -> Mapping[str, Sequence[tuple[Answered, str | None]]]:
        """What partners said of items, by their ids: each answer with its reason, in the order they came."""
        found: dict[str, list[tuple[Answered, str | None]]] = {}
        for row in self._rows(_SAID_OF, items=list(items)):
            found.setdefault(row.item_id, []).append((Answered(row.said), row.reason))
        return found

    def objections(self, transfer_id: str) -> Sequence[Objection]:
        """The items that left with a transfer and were not plainly accepted, in file order."""
        return [Objection(**row._mapping) for row in self._rows(_OBJECTIONS, transfer=transfer_id)]

    def answers(self, transfer_id: str) -> Sequence[AnsweredTransfer]:
        """The transfers of which a transfer answers items, or says at least that they came."""
        rows = *self._rows(_REPORTED, transfer=transfer_id), *self._rows(_ANSWERS, transfer=transfer_id)
        return list({row.id: AnsweredTransfer(**row._mapping) for row in rows}.values())


def count_answers(left: int, said: Iterable[tuple[str, Answered]]) -> AnswerCounts:
    """`left`: how many items left; `said`: of which item what was said."""
    worst: dict[str, Answered] = {}
    for item_id, what in said:
        worst[item_id] = min(worst.get(item_id, what), what, key=_WORST_FIRST.index)
    return AnswerCounts(left, Counter(worst.values()))

"""Postings that were taken back, seen from either side."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import bindparam, func, select

from hub.store.look.seen import Seen, visible
from hub.store.queries.answers import LEFT_WITH, left_with
from hub.store.queries.items import item_row
from hub.store.rows import AnsweredTransfer, ItemRow
from hub.store.schema import REVERSALS, item, transfer

_contra = item.alias("contra")
_takes_back = (_contra.c.answers == item.c.id) & (_contra.c.feed == REVERSALS)
_REVERSED = (
    select(_contra)
    .join(item, _takes_back)
    .where(left_with, visible(item), visible(_contra))
    .order_by(_contra.c.id)
)
_REVERSES = (
    select(transfer.c.id, transfer.c.name, func.count().label("items"))
    .select_from(_contra)
    .join(item, _takes_back)
    .join(transfer, transfer.c.id == LEFT_WITH)
    .where(_contra.c.batch_id == bindparam("transfer"), visible(_contra), visible(transfer))
    .group_by(transfer.c.id, transfer.c.name)
    .order_by(transfer.c.id)
)


class SeenReversals(Seen):
    def reversed(self, transfer_id: str) -> Sequence[ItemRow]:
        """The contras of what a transfer posted, those that were given up too; their batch says by what."""
        return [item_row(row, None) for row in self._rows(_REVERSED, transfer=transfer_id)]

    def reverses(self, transfer_id: str) -> Sequence[AnsweredTransfer]:
        """The transfers of which a batch takes postings back."""
        return [AnsweredTransfer(**row._mapping) for row in self._rows(_REVERSES, transfer=transfer_id)]

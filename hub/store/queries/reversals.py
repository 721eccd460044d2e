"""Postings that are taken back: which contra stands for which."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, bindparam, exists, select

from hub.model import Answered, ItemState
from hub.store.queries.items import item_row
from hub.store.queries.shared import batches
from hub.store.rows import ItemRow
from hub.store.schema import REVERSALS, answer, item

_GIVEN_UP = (ItemState.REJECTED, ItemState.WITHDRAWN)
_refused = exists().where(answer.c.item_id == item.c.id, answer.c.said == Answered.REFUSED)
_STANDING = (
    select(item)
    .where(
        item.c.feed == REVERSALS,
        item.c.item_key.in_(bindparam("wanted", expanding=True)),
        item.c.state.not_in(_GIVEN_UP),
        ~_refused,
    )
    .order_by(item.c.id)
)


def standing_reversals(conn: Connection, transactions: Sequence[str]) -> list[ItemRow]:
    """The contras of these transactions that were not given up, nor refused by the rent system."""
    pieces = batches(list(transactions))
    return [item_row(row, None) for some in pieces for row in conn.execute(_STANDING, {"wanted": some})]

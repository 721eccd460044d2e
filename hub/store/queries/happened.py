"""What a rehearsal did happened for itself alone: for nothing that is live, and for no other rehearsal.

What is live happened for all.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, bindparam, exists, or_, select

from hub.store.schema import LIVE, item, transfer

_asking = transfer.alias("asking")
_came_with = transfer.alias("came_with")


def happened_for(asking: str) -> ColumnElement[bool]:
    """Of a transfer: whether it happened for the one whose id is the parameter `asking`. A rehearsal is one
    run of a route."""
    its_run = select(_asking.c.run_id).where(_asking.c.id == bindparam(asking)).scalar_subquery()
    return or_(transfer.c.mode == LIVE, transfer.c.run_id == its_run)


ITEM_HAPPENED = ~exists().where(_came_with.c.id == item.c.transfer_id, _came_with.c.mode != LIVE)
"""Of an item: that it did not come in with a rehearsal."""

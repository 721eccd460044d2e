"""Which batches have a transfer's items, and which transfers brought those of a batch."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from hub.cli import show

if TYPE_CHECKING:
    from hub.store.rows import ItemRow, TransferView


def item_way(row: ItemRow) -> dict[str, Any]:
    """How an item came in and what gathered it."""
    return {"came_with": row.transfer_id, "batch": row.batch_id}


def print_batches(view: TransferView) -> None:
    """Nothing for a transfer that has none."""
    here = view.transfer.id
    ways = Counter(
        ("came with", item.transfer_id or "(started here)")
        if item.batch_id == here
        else ("gathered by", item.batch_id)
        for item in view.items
        if item.batch_id is not None
    )
    rows = [(id, way, count) for (way, id), count in sorted(ways.items())]
    if rows:
        show.print_table(["transfer", "items", ">count"], rows)

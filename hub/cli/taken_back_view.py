"""How a transfer tells what it awaits at the bank, and what of it was taken back, or it takes back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hub.cli import show
from hub.cli.bank import due_json, print_dues
from hub.model import format_pounds

if TYPE_CHECKING:
    from hub.store.rows import TransferView


SHOWN = 20
"""Contras that a transfer prints."""


def dues_json(view: TransferView) -> dict[str, Any]:
    return {"awaits": [due_json(due) for due in view.dues]}


def print_awaited(view: TransferView) -> None:
    """Nothing for a transfer that awaits nothing at the bank."""
    if view.dues:
        print_dues(view.dues, "")


def reversals_json(view: TransferView) -> dict[str, Any]:
    return {
        "reversed_by": [
            {
                "item": one.id,
                "takes_back": one.answers,
                "amount": format_pounds(one.amount),
                "state": one.state.value,
                "batch": one.batch_id,
            }
            for one in view.reversed
        ],
        "reverses": [{"transfer": one.id, "name": one.name, "items": one.items} for one in view.reverses],
    }


def print_reversals(view: TransferView) -> None:
    """Nothing for a transfer of which nothing is taken back, and that takes nothing back."""
    for one in view.reverses:
        show.console().print(f"takes back {one.items} postings of {one.name} ({one.id})")
    if view.reversed:
        columns = ["taken back by", "of item", ">pounds", "state", "in batch"]
        rows = [tuple(told.values()) for told in reversals_json(view)["reversed_by"]]
        show.print_table(columns, rows[:SHOWN])
        if len(rows) > SHOWN:
            show.console().print(f"And {len(rows) - SHOWN} more: --json has all.")

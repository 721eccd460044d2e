"""`feedhub items`: single items that wait or are held, refusing one of them, finding one by any reference."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from hub.cli import show
from hub.cli.exits import Exit
from hub.cli.place import Place, Verbs, pass_place
from hub.cli.values import REASON
from hub.model import Answered, ItemState, format_pounds

if TYPE_CHECKING:
    from hub.store.look.items import Group
    from hub.store.rows import ItemRow

STATES = (ItemState.HELD, ItemState.WAITING)


@click.group(cls=Verbs)
def items() -> None:
    """Look at single items that wait or are held, refuse or release one, find one by a reference."""


@items.command("list")
@click.option("--state", type=click.Choice(STATES), help="Only these.")
@click.option("--limit", type=click.IntRange(min=1), default=50, show_default=True)
@click.option("--grouped", is_flag=True, help="One line for all that wait or are held for one reason.")
@show.JSON
@pass_place
def list_(place: Place, state: ItemState | None, limit: int, grouped: bool, as_json: bool) -> Exit:
    """List items that are HELD or WAITING, the oldest first; with --grouped all of them, by reason."""
    states = STATES if state is None else (state,)
    with place.open_hub() as hub, hub.look() as look:
        if grouped:
            _print_groups(look.groups_that_are(states), as_json)
            return Exit.OK
        found = look.items_that_are(states, limit=limit)
    if as_json:
        show.print_json([_json(row) for row in found])
    else:
        columns = ["item", "feed", "kind", "state", "reference", ">pounds", "waits as", "reason"]
        show.print_table(columns, map(_row, found), "No item waits or is held.")
    return Exit.OK


@items.command()
@click.argument("reference")
@click.option("--limit", type=click.IntRange(min=1), default=50, show_default=True)
@show.JSON
@pass_place
def find(place: Place, reference: str, limit: int, as_json: bool) -> Exit:
    """Find items by REFERENCE, newest first: their own, their rent account, or what a partner calls them."""
    with place.open_hub() as hub, hub.look() as look:
        found = look.find(reference, limit=limit)
        said = look.said_of([row.id for row in found])
    if as_json:
        show.print_json([{**_json(row), **_way(row), "said": _said(said.get(row.id, ()))} for row in found])
    else:
        columns = ["item", "came with", "at line", "gathered by", "kind", "state", "reference"]
        columns += ["account", ">pounds", "on", "answer", "reason"]
        rows = [_found(row, said.get(row.id, ())) for row in found]
        show.print_table(columns, rows, f"Nothing is known as {reference}.")
    return Exit.OK


Said = Sequence[tuple[Answered, str | None]]


def _way(row: ItemRow) -> dict[str, Any]:
    return {"account": row.account, "batch": row.batch_id, "line": _line(row)}


def _line(row: ItemRow) -> int | None:
    """Where the item stands in the file that it came with; `transfers reverse --line` asks for it."""
    return row.line if row.transfer_id else None


def _said(said: Said) -> list[dict[str, str | None]]:
    return [{"answer": what.value, "reason": why} for what, why in said]


def _found(row: ItemRow, said: Said) -> Sequence[object]:
    answers = "; ".join(f"{what.value}: {why}" if why else what.value for what, why in said)
    came = (row.id, row.transfer_id, _line(row), row.batch_id, row.kind, row.state, row.reference)
    return (*came, row.account, format_pounds(row.amount), row.on, answers, row.reason)


@items.command()
@click.argument("item")
@REASON
@show.JSON
@pass_place
def refuse(place: Place, item: str, reason: str, as_json: bool) -> Exit:
    """Refuse ITEM, which waits or is held, for good: it goes nowhere. Name no person in --reason."""
    from hub.engine.items import refuse_item

    with place.open_hub() as hub:
        row = refuse_item(hub.services, item, reason)
    if as_json:
        show.print_json(_json(row))
    else:
        show.console().print(f"{item} is {row.state}.")
    return Exit.OK


@items.command()
@click.argument("item")
@REASON
@show.JSON
@pass_place
def release(place: Place, item: str, reason: str, as_json: bool) -> Exit:
    """Let ITEM go, a posting that a check holds: it leaves with the next run of its route. Somebody else than
    who handed its file in must do so. Name no person in --reason."""
    from hub.engine.items import release_item

    with place.open_hub() as hub:
        row = release_item(hub.services, item, reason)
    if as_json:
        show.print_json(_json(row))
    else:
        amount = format_pounds(row.amount)
        show.console().print(f"{item} is let go: {amount} goes to {row.account} with the next run.")
    return Exit.OK


def _print_groups(groups: Sequence[Group], as_json: bool) -> None:
    rows = [
        {
            "items": group.items,
            "amount": format_pounds(group.pence),
            "oldest": group.oldest.isoformat(),
            "feed": group.feed,
            "state": group.state.value,
            "waits_as": group.waits_as,
            "reason": group.reason,
        }
        for group in groups
    ]
    if as_json:
        show.print_json(rows)
    else:
        columns = [">items", ">pounds", "oldest", "feed", "state", "waits as", "reason"]
        show.print_table(columns, [tuple(row.values()) for row in rows], "No item waits or is held.")


def _json(row: ItemRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "transfer": row.transfer_id,
        "feed": row.feed,
        "kind": row.kind,
        "state": row.state.value,
        "reference": row.reference,
        "amount": format_pounds(row.amount),
        "on": row.on.isoformat(),
        "waits_as": row.waits_as,
        "reason": row.reason,
    }


def _row(row: ItemRow) -> Sequence[object]:
    pounds = format_pounds(row.amount)
    return row.id, row.feed, row.kind, row.state, row.reference, pounds, row.waits_as, row.reason

"""`feedhub suspense`: money that matched no account: who it waits for, since when, and where it belongs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from hub.cli import show
from hub.cli.exits import Exit
from hub.cli.place import Place, Verbs, pass_place
from hub.cli.suspense_book import export, import_
from hub.cli.values import REASON
from hub.cli.work_view import work_json
from hub.model import format_pounds

if TYPE_CHECKING:
    from hub.engine.suspended import Suspended


@click.group(cls=Verbs)
def suspense() -> None:
    """Look at money that matched no account, and say together where it belongs."""


@suspense.command("list")
@click.option("--feed", help="Only of this feed.")
@click.option("--older-than", type=click.IntRange(min=0), default=0, metavar="DAYS", help="Only older.")
@show.JSON
@pass_place
def list_(place: Place, feed: str | None, older_than: int, as_json: bool) -> Exit:
    """List what is in suspense, the oldest first, with its age and what is proposed."""
    from hub.engine.suspended import suspended

    with place.open_hub() as hub, hub.look() as look:
        today = hub.services.local(hub.services.clock.now())
        found = [
            one
            for one in suspended(look, today)
            if feed in (None, one.item.feed) and (one.days > older_than or not older_than)
        ]
    if as_json:
        show.print_json({"items": [_json(one) for one in found], "totals": _totals(found)})
    else:
        _print(found)
    return Exit.OK


def _json(one: Suspended) -> dict[str, Any]:
    row, proposed = one.item, one.proposed
    return {
        "id": row.id,
        "feed": row.feed,
        "transfer": row.transfer_id,
        "reference": row.reference,
        "amount": format_pounds(row.amount),
        "on": row.on.isoformat(),
        "days": one.days,
        "reason": row.reason,
        "candidates": list(row.candidates),
        "proposed": proposed and {"by": proposed.proposed_by, **proposed.proposal},
    }


def _totals(found: Sequence[Suspended]) -> dict[str, dict[str, Any]]:
    """Count and pounds by how old it is."""
    from hub.engine.suspended import BANDS, OLDEST

    bands = [*(words for _, words in BANDS), OLDEST]
    sums = {band: [one.item.amount for one in found if one.band == band] for band in bands}
    return {
        band: {"count": len(pence), "value": format_pounds(sum(pence))}
        for band, pence in sums.items()
        if pence
    }


def _print(found: Sequence[Suspended]) -> None:
    columns = ["item", "feed", "reference", ">pounds", ">days", "reason", "candidates", "proposed"]
    show.print_table(columns, map(_row, found), "Nothing is in suspense.")
    if found:
        totals = [(band, sums["count"], sums["value"]) for band, sums in _totals(found).items()]
        show.print_table(["in suspense", ">count", ">pounds"], totals)


def _row(one: Suspended) -> Sequence[object]:
    row, proposed = one.item, one.proposed
    account = f"{proposed.proposal['account']} by {proposed.proposed_by}" if proposed else None
    candidates = ", ".join(row.candidates)
    return (
        row.id, row.feed, row.reference, format_pounds(row.amount), one.days, row.reason, candidates, account
    )  # fmt: skip


@suspense.command()
@click.argument("item")
@click.option("--account", required=True, metavar="REF", help="The rent account that it belongs to.")
@REASON
@show.JSON
@pass_place
def propose(place: Place, item: str, account: str, reason: str, as_json: bool) -> Exit:
    """Propose that the suspended ITEM belongs to a rent account. Somebody else has to agree."""
    with place.open_hub() as hub:
        entry = hub.suspense.propose(item, account, reason)
    said = f"{entry.title} Somebody else says: feedhub suspense clear {item} --reason …"
    return _tell(as_json, work_json(entry), said)


def _tell(as_json: bool, told: dict[str, Any], said: str) -> Exit:
    if as_json:
        show.print_json(told)
    else:
        show.console().print(said)
    return Exit.OK


@suspense.command()
@click.argument("item")
@REASON
@show.JSON
@pass_place
def clear(place: Place, item: str, reason: str, as_json: bool) -> Exit:
    """Agree with what somebody else proposed for ITEM: it goes out with the next run of its route."""
    with place.open_hub() as hub:
        row = hub.suspense.clear(item, reason)
        routes = hub.suspense.posted_by(row)
    amount = format_pounds(row.amount)
    told = {"id": item, "account": row.account, "amount": amount, "state": row.state, "posted_by": routes}
    return _tell(as_json, told, f"{amount} goes to {row.account}. {_goes_with(routes)}")


def _goes_with(routes: Sequence[str]) -> str:
    if routes:
        return f"It is posted by the next run of {' or '.join(routes)}."
    return "No route posts it yet: add one of the feed rent.suspense."


@suspense.command()
@click.argument("item")
@REASON
@show.JSON
@pass_place
def refuse(place: Place, item: str, reason: str, as_json: bool) -> Exit:
    """Do not agree with what is proposed for ITEM: it stays in suspense."""
    with place.open_hub() as hub:
        entry = hub.suspense.refuse(item, reason)
    return _tell(as_json, work_json(entry), f"{item} stays in suspense.")


@suspense.command()
@click.argument("pair")
@REASON
@show.JSON
@pass_place
def forget(place: Place, pair: str, reason: str, as_json: bool) -> Exit:
    """Use the learned PAIR no more: what quotes its reference is suspended again."""
    with place.open_hub() as hub:
        record = hub.suspense.forget(pair, reason)
    told = {"pair": pair, "account": record.account, "state": record.state}
    return _tell(as_json, told, f"{pair} is used no more.")


suspense.add_command(export)
suspense.add_command(import_)

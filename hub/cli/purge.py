"""`feedhub purge`: bytes and personal values that are past their keep are let go."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from hub.cli import show
from hub.cli.exits import Exit
from hub.cli.place import Place, pass_place

if TYPE_CHECKING:
    from hub.engine.purge import Purge
    from hub.store.queries.purging import PastTransfer


@click.command()
@click.option("--dry-run", is_flag=True, help="Only say what would be let go.")
@show.JSON
@pass_place
def purge(place: Place, dry_run: bool, as_json: bool) -> Exit:
    """Let go of stored bytes and personal values that are past their keep.

    Hashes, totals, references and the history stay, but for that of records which their plug-in keeps for a
    time only. What is unfinished, held, in doubt or promised is
    kept. No route may be worked meanwhile."""
    from hub.engine.purge import purge as let_go

    with place.open_hub() as hub:
        found = let_go(hub.services, dry_run=dry_run)
    if as_json:
        show.print_json(_json(found, dry_run))
    else:
        _print(found, dry_run)
    return Exit.OK


def _json(found: Purge, dry_run: bool) -> dict[str, Any]:
    return {
        "day": found.today.isoformat(),
        "dry_run": dry_run,
        "transfers": list(map(_transfer, found.transfers)),
        "replies": [
            {"delivery": one.id, "transfer": one.transfer_id, "kept_until": one.until.isoformat()}
            for one in found.replies
        ],
        "records": [
            {"kind": one.kind, "key": one.key, "kept_until": one.until.isoformat()} for one in found.records
        ],
        "histories": [
            {"kind": one.kind, "key": one.key, "kept_until": one.until.isoformat()} for one in found.histories
        ],
        "kept_back": list(map(_transfer, found.kept_back)),
    }


def _transfer(one: PastTransfer) -> dict[str, str]:
    return {"id": one.id, "route": one.route, "name": one.name, "kept_until": one.until.isoformat()}


def _print(found: Purge, dry_run: bool) -> None:
    rows: list[Sequence[object]] = [
        ("transfer", one.route, one.name, one.until, one.id) for one in found.transfers
    ]
    rows += [("replies", one.route, one.name, one.until, one.transfer_id) for one in found.replies]
    rows += [("record", None, one.kind, one.until, one.key) for one in found.records]
    rows += [("history", None, one.kind, one.until, one.key) for one in found.histories]
    title = "would go" if dry_run else "went"
    show.print_table([title, "route", "name", "kept until", "id"], rows, "Nothing is past its keep.")
    if found.kept_back:
        kept = [(one.route, one.name, one.until, one.id) for one in found.kept_back]
        show.print_table(["past its keep, but not over", "name", "kept until", "id"], kept)

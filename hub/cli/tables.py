"""`feedhub PLUGIN tables`: published tables that the operator loads, dated, several held."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from hub.cli import show
from hub.cli.exits import Exit
from hub.cli.place import Place, Verb, Verbs, pass_place
from hub.cli.values import FILE, Day

if TYPE_CHECKING:
    from hub.door.commands import ReferenceTables
    from hub.store.tables import Version


def verbs(tables: ReferenceTables) -> click.Group:
    """The group for one kind of table."""

    @click.group("tables", cls=Verbs, invoke_without_command=True, help=_help(tables))
    @show.JSON
    @click.pass_context
    def group(ctx: click.Context, as_json: bool) -> Exit:
        if ctx.invoked_subcommand is None:
            _list(ctx.ensure_object(Place), tables, as_json)
        return Exit.OK

    group.add_command(_load(tables))
    return group


def _help(tables: ReferenceTables) -> str:
    return f"List the {tables.title} that are held, with the day from which each is valid."


def _list(place: Place, tables: ReferenceTables, as_json: bool) -> None:
    from hub.clock.now import SystemClock, local_date
    from hub.store.tables import Shelf

    shelf = Shelf(place.config.hub.state_folder, tables.name)
    now = shelf.in_force(local_date(SystemClock().now()))
    rows = [_shown(one, now) for one in shelf.held()]
    if as_json:
        show.print_json(rows)
        return
    columns = ["from", "version", ">rows", "sha256", "loaded", "by", "in force"]
    lines = [
        [
            *[row[name] for name in ("from", "version", "rows", "sha256", "loaded", "by")],
            (row["in_force"] and "yes") or "",
        ]
        for row in rows
    ]
    show.print_table(columns, lines, f"No {tables.title} are loaded: what they decide cannot be checked.")


def _shown(one: Version, now: Version | None) -> dict[str, Any]:
    return {
        "from": one.valid_from.isoformat(),
        "version": one.version,
        "rows": one.rows,
        "files": list(one.files),
        "sha256": one.sha256,
        "loaded": one.loaded_at.isoformat(timespec="seconds"),
        "by": one.loaded_by,
        "in_force": one == now,
    }


def _load(tables: ReferenceTables) -> click.Command:
    @click.command("load", cls=Verb)
    @click.argument("files", type=FILE, nargs=-1, required=True)
    @click.option("--from", "valid_from", type=Day(), help="The day from which they are valid; else today.")
    @click.option("--version", help="What their publisher calls them, such as 8.50; else their day.")
    @click.option(
        "--min-rows", type=click.IntRange(min=1), default=tables.least, show_default=True,
        help="Refuse tables of fewer rows: they may have been cut short.",
    )  # fmt: skip
    @show.JSON
    @pass_place
    def load(
        place: Place,
        files: Sequence[Path],
        valid_from: date | None,
        version: str | None,
        min_rows: int,
        as_json: bool,
    ) -> Exit:
        """Load tables from FILES as their publisher gives them; bad ones are refused with all findings."""
        from hub.clock.now import local_date
        from hub.engine.tables import load_tables

        with place.open_hub() as hub:
            day = valid_from or local_date(hub.services.clock.now())
            held = load_tables(hub.services, tables, files, day, version or day.isoformat(), min_rows)
        row = _shown(held, held)
        if as_json:
            show.print_json(row)
        else:
            show.console().print(
                f"{tables.title} {held.version}: {held.rows} rows, valid from {held.valid_from}. "
                f"sha256 {held.sha256}"
            )
        return Exit.OK

    return load

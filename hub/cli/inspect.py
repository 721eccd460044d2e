"""`feedhub inspect`: what is this file, and what is wrong with it?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from hub.cli import exits, show
from hub.cli.exits import Exit
from hub.cli.place import Place, Verb, pass_place
from hub.cli.values import FILE, REGISTER, SET, Day, option_values

if TYPE_CHECKING:
    from hub.transfer.inspect import Inspection


@click.command(cls=Verb)
@click.argument("file", type=FILE)
@click.option("--feed", metavar="NAME", help="The feed, when the content alone must not decide.")
@click.option("--format", metavar="NAME", help="The format of the feed, likewise.")
@SET
@click.option(
    "--items",
    type=click.Choice(["none", "sample", "all"]),
    default="none",
    show_default=True,
    help="Which of the business facts inside to print.",
)
@REGISTER
@click.option("--date", "today", type=Day(), help="Check as if today were this date.")
@show.JSON
@pass_place
def inspect(
    place: Place,
    file: Path,
    feed: str | None,
    format: str | None,
    settings: Mapping[str, str],
    items: str,
    registers: Sequence[Path],
    today: date | None,
    as_json: bool,
) -> Exit:
    """Say what FILE is, by its content, and check it wholly. Changes nothing; needs no store and no network.

    Without --date and --register, checks about today and about rent accounts are listed as not checked.
    """
    from hub.cli.facts import register_from
    from hub.transfer.inspect import inspect_file

    inspection = inspect_file(
        file,
        place.catalogue,
        feed=feed,
        format=format,
        settings=option_values(settings),
        items=items,
        today=today,
        register=register_from(registers, place.catalogue),
        calendar=place.readable_config.calendar,
    )
    if as_json:
        show.print_json(inspection.as_json())
    else:
        print_inspection(file, inspection)
    return exits.of_verdict(inspection.verdict)


def print_inspection(file: Path, inspection: Inspection) -> None:
    what = f"{inspection.feed} ({inspection.format})" if inspection.feed else "not recognised"
    show.console().print(f"{file.name}: {what}: {inspection.verdict.value}")
    show.print_facts({"records": inspection.records, **inspection.totals})
    show.print_findings(inspection.findings, inspection.cut)
    shown = inspection.as_json()
    if shown["items"]:
        print_items(shown["items"])
    if inspection.not_checked:
        show.console().print("Not checked:")
        show.print_facts({f"  {check}": reason for check, reason in sorted(inspection.not_checked.items())})


def print_items(items: Sequence[Mapping[str, Any]]) -> None:
    names = ("line", "kind", "reference", "amount", "date", "state", "account", "reason")
    rows = [[item.get(name) for name in names] for item in items]
    columns = [name for position, name in enumerate(names) if any(row[position] for row in rows)]
    titles = [f">{name}" if name in ("line", "amount") else name for name in columns]
    show.print_table(titles, [[item.get(name) for name in columns] for item in items])

"""`feedhub inspect`: what is this file, and what is wrong with it?"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from hub.cli import exits, show
from hub.cli.exits import Exit
from hub.cli.place import Place, Verb, pass_place
from hub.cli.values import FILE, REGISTER, SET, Day, option_values

if TYPE_CHECKING:
    from hub.transfer.inspect import Inspection
    from hub.transfer.inspect_bundle import BundleInspection


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

    Of a zip, the same of each file in it.

    Without --date and --register, checks about today and about rent accounts are listed as not checked.
    """
    from hub.cli.facts import register_from
    from hub.clock.now import SystemClock, local_date
    from hub.config.modulus_tables import tables_in_force
    from hub.transfer.inspect import content_of, inspect_content
    from hub.transfer.inspect_bundle import inspect_bundle, is_bundle

    config, feeds = place.readable_config, place.catalogue.feeds
    look = partial(
        inspect_content,
        catalogue=place.catalogue,
        feed=feed,
        format=format,
        settings=option_values(settings),
        items=items,
        today=today,
        register=register_from(registers, place.catalogue),
        calendar=config.calendar,
        rent_calendar=config.calendars.rent,
        modulus_tables=tables_in_force(config.hub.state_folder, today or local_date(SystemClock().now())),
    )
    if not is_bundle(file, feeds):
        inspection = look(content_of(file))
        return _told(inspection, as_json, lambda: print_inspection(file.name, inspection))
    limits = config.hub.bundles.limits(int(config.hub.max_file_size))
    whole = inspect_bundle(file, feeds, limits, look)
    return _told(whole, as_json, lambda: print_bundle(file.name, whole))


def _told(inspection: Inspection | BundleInspection, as_json: bool, tell: Callable[[], None]) -> Exit:
    if as_json:
        show.print_json(inspection.as_json())
    else:
        tell()
    return exits.of_verdict(inspection.verdict)


def print_bundle(name: str, whole: BundleInspection) -> None:
    count = len(whole.members)
    held = f" of {count} file{'' if count == 1 else 's'}" if count else ""
    show.console().print(f"{name}: a bundle{held}: {whole.verdict.value}")
    if whole.findings:
        show.print_findings(whole.findings, {})
    for member, inspection in whole.members:
        show.console().print()
        print_inspection(member, inspection)


def print_inspection(name: str, inspection: Inspection) -> None:
    what = f"{inspection.feed} ({inspection.format})" if inspection.feed else "not recognised"
    show.console().print(f"{name}: {what}: {inspection.verdict.value}")
    show.print_facts({"records": inspection.records, **inspection.totals})
    show.print_findings(inspection.findings, inspection.cut)
    shown = inspection.as_json()
    if shown["items"]:
        print_items(shown["items"])
    show.print_not_checked(inspection.not_checked)


def print_items(items: Sequence[Mapping[str, Any]]) -> None:
    names = ("line", "kind", "reference", "amount", "date", "state", "account", "reason")
    rows = [[item.get(name) for name in names] for item in items]
    columns = [name for position, name in enumerate(names) if any(row[position] for row in rows)]
    titles = [f">{name}" if name in ("line", "amount") else name for name in columns]
    show.print_table(titles, [[item.get(name) for name in columns] for item in items])

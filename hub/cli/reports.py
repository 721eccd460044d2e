"""`feedhub reports`: tables over all that came and went, on the screen, as CSV or as a workbook."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from hub.cli import show
from hub.cli.exits import Exit
from hub.cli.place import Place, Verbs, pass_place
from hub.cli.values import Day
from hub.cli.write_table import NEW_FILE, write_table

if TYPE_CHECKING:
    from hub.door.report import Report

PERIOD = timedelta(days=90)
Rows = Sequence[Mapping[str, Any]]


@click.group(cls=Verbs)
def reports() -> None:
    """Ask for tables over all that came and went."""


@reports.command("list")
@show.JSON
@pass_place
def list_(place: Place, as_json: bool) -> Exit:
    """List the reports that the plug-ins know."""
    from hub.engine.reports import seen_reports

    with place.open_hub() as hub:
        found = seen_reports(hub)
    if as_json:
        show.print_json([{"name": one.name, "title": one.title} for one in found])
    else:
        show.print_table(["report", "tells"], [(one.name, one.title) for one in found], "No reports.")
    return Exit.OK


@reports.command("show")
@click.argument("name")
@click.option("--from", "first", type=Day(), help="The first day that it is about; default: 90 days before.")
@click.option("--to", "last", type=Day(), help="The last day; default: today.")
@click.option(
    "--out",
    type=NEW_FILE,
    help="Write it into this file instead, which must be new: .csv or .xlsx.",
)
@show.JSON
@pass_place
def show_(
    place: Place, name: str, first: date | None, last: date | None, out: Path | None, as_json: bool
) -> Exit:
    """Show the report NAME, or write it into a file. A list that is long is better read as a file."""
    from hub.engine.reports import find_report, made

    with place.open_hub() as hub:
        now = hub.services.clock.now()
        until = last or hub.services.local(now)
        report = find_report(hub, name)
        rows = made(hub, report, first or until - PERIOD, until)
    if out is not None:
        write_table(out, _part(report), report.layout, rows, now)
        show.console().print(f"Written to {out}: rows {len(rows)}.")
    elif as_json:
        show.print_json([dict(zip(_names(report), _told(report, row), strict=True)) for row in rows])
    else:
        show.print_table(_columns(report), [_told(report, row) for row in rows], "Nothing to report.")
    return Exit.OK


def _part(report: Report) -> str:
    """The name of the report's own part."""
    return report.name.rpartition(".")[2]


def _names(report: Report) -> list[str]:
    return [field.name for field in report.layout.fields]


def _columns(report: Report) -> list[str]:
    from hub.formats.types import Pounds

    return [f">{f.name}" if isinstance(f.kind, Pounds) else f.name for f in report.layout.fields]


def _told(report: Report, row: Mapping[str, Any]) -> list[str]:
    return report.layout.texts(row)

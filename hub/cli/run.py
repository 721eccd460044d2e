"""`feedhub run` and `feedhub put`: work a route now."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hub.cli import show
from hub.cli.exits import Exit
from hub.cli.place import Place, Verb, pass_place
from hub.cli.progress import progress
from hub.cli.transfer_view import told_state
from hub.cli.values import FILE, Day
from hub.model import TransferState

if TYPE_CHECKING:
    from hub.engine.local import Hub, Progress
    from hub.engine.report import Outcome, RunReport
    from hub.store.rows import FindingRow

SHOWN = 5
"""Transfers whose findings a run prints."""


@click.command(cls=Verb)
@click.argument("route")
@click.option("--date", "day", type=Day(), help="The business date to record the run under; else today.")
@show.JSON
@pass_place
def run(place: Place, route: str, day: date | None, as_json: bool) -> Exit:
    """Work ROUTE now: what was left unfinished, then what is new."""
    return _work(place, as_json, lambda hub, told: hub.run(route, business_date=day, progress=told))


@click.command(cls=Verb)
@click.argument("route")
@click.argument("file", type=FILE)
@show.JSON
@pass_place
def put(place: Place, route: str, file: Path, as_json: bool) -> Exit:
    """Hand FILE in by hand and work it as if ROUTE had fetched it."""
    return _work(place, as_json, lambda hub, told: hub.put(route, file, progress=told), wanted=True)


def _work(
    place: Place,
    as_json: bool,
    work: Callable[[Hub, Progress], RunReport],
    *,
    wanted: bool = False,
) -> Exit:
    """`wanted`: a person asked for this very file, so that having it already, or letting it wait, is not what
    was asked for."""
    with place.open_hub() as hub, progress("transfers") as told:
        report = work(hub, lambda outcome, done, total: told(outcome.name, done, total))
        found = {} if as_json else _findings(hub, report)
    if as_json:
        show.print_json(report.as_json())
    else:
        print_report(report, found)
    if report.trouble:
        return Exit.TROUBLE
    undone = (TransferState.DUPLICATE, TransferState.STAGED)
    if wanted and any(outcome.state in undone for outcome in report.transfers):
        return Exit.NOT_SO
    return Exit.OK if report.well else Exit.NOT_SO


def _findings(hub: Hub, report: RunReport) -> Mapping[str, Sequence[FindingRow]]:
    """By transfer, those worth printing at once; `transfers show` has all."""
    waiting = [outcome.id for outcome in report.transfers if outcome.needs_person and outcome.findings]
    with hub.look() as look:
        return {id: look.findings(id) for id in waiting[:SHOWN]}


def print_report(report: RunReport, found: Mapping[str, Sequence[FindingRow]]) -> None:
    if report.transfers or not (report.trouble or report.passed_over or report.waits):
        show.print_table(
            ["transfer", "file", "feed", "state", ">records", ">findings", "money"],
            [_row(outcome) for outcome in report.transfers],
            f"{report.route}: nothing to do.",
        )
    for outcome in report.transfers:
        if outcome.reason:
            show.console().print(f"{outcome.name}: {outcome.reason}")
        if outcome.id in found:
            show.print_findings(found[outcome.id], {})
    for sentence in report.passed_over:
        click.echo(f"feedhub: passed over: {sentence}", err=True)
    if report.waits:
        show.console().print(report.waits)
    if report.trouble:
        click.echo(f"feedhub: {report.trouble}", err=True)


def _row(outcome: Outcome) -> tuple[object, ...]:
    money = show.money_lines(outcome.money)
    state = told_state(outcome.state, rehearsed=outcome.rehearsed)
    return outcome.id, outcome.name, outcome.feed, state, outcome.records, outcome.findings, money

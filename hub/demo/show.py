"""What the demo prints: one table a run, and the whole at the end."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console
from rich.rule import Rule
from rich.table import Column, Table
from rich.text import Text

from hub.demo.council import PASSWORD, USER, VARIABLE, Council
from hub.engine.report import Outcome, RunReport, outcome_of
from hub.model import ItemState, format_pounds
from hub.store import queries
from hub.store.db import Store

_SHOWN_FINDINGS = 8
_WIDEST_RULE = 100


@dataclass(slots=True)
class Totals:
    """Counts and pence of all items by state, and transfers by their derived state."""

    items: Counter[ItemState] = field(default_factory=Counter)
    pence: Counter[ItemState] = field(default_factory=Counter)
    transfers: Counter[str] = field(default_factory=Counter)
    findings: int = 0

    @classmethod
    def of(cls, store: Store) -> Totals:
        """Over all that the hub holds."""
        totals = cls()
        with store.read() as conn:
            rows = queries.list_transfers(conn, limit=1000)
        for outcome in (outcome_of(store, row) for row in rows):
            totals.transfers[outcome.state] += 1
            totals.findings += outcome.findings
            for state, (count, pence) in outcome.money.items():
                totals.items[state] += count
                totals.pence[state] += pence
        return totals


def show_heading(console: Console, title: str) -> None:
    """A line across the story, no longer than one reads."""
    console.print(Rule(title, style="bold"), width=min(console.width, _WIDEST_RULE))


def show_report(console: Console, store: Store, report: RunReport) -> None:
    """One run: its transfers, and the findings of those that were refused."""
    table = Table(
        Column("file", overflow="fold"),
        "what",
        "state",
        "records",
        "£ in",
        "became",
        title=f"route {report.route}",
        title_justify="left",
    )
    for outcome in report.transfers:
        pence = sum(amount for _, amount in outcome.money.values())
        table.add_row(
            outcome.name,
            outcome.feed or "not known",
            _coloured(outcome),
            f"{outcome.records:,}",
            format_pounds(pence) if outcome.money else "",
            _became(outcome),
        )
    console.print(table)
    if report.trouble:
        console.print(report.trouble, style="red")
    for outcome in report.transfers:
        if outcome.needs_person:
            _show_findings(console, store, outcome)


def _coloured(outcome: Outcome) -> Text:
    colour = "yellow" if outcome.state == "HELD" else "red" if outcome.needs_person else "green"
    return Text(outcome.state, colour)


def _became(outcome: Outcome) -> str:
    return ", ".join(
        f"{count:,} {state.value.lower()} {format_pounds(pence)}"
        for state, (count, pence) in outcome.money.items()
    )


def _show_findings(console: Console, store: Store, outcome: Outcome) -> None:
    console.print(f"  {outcome.name}: {outcome.reason or outcome.state}", highlight=False)
    with store.read() as conn:
        findings = queries.show_transfer(conn, store.keys, outcome.id).findings
    for finding in findings[:_SHOWN_FINDINGS]:
        place = f"line {finding.line}" if finding.line else "whole file"
        console.print(f"    {finding.check}  {place}: {finding.message}", highlight=False)
    if len(findings) > _SHOWN_FINDINGS:
        console.print(f"    … and {len(findings) - _SHOWN_FINDINGS} more")


def show_ending(console: Console, folder: Path, totals: Totals) -> None:
    """What moved in all, what waits for a person, and where to look."""
    show_heading(console, "What moved")
    table = Table("items", "count", "pounds")
    for state in ItemState:
        if totals.items[state]:
            table.add_row(state.value.lower(), f"{totals.items[state]:,}", format_pounds(totals.pence[state]))
    table.add_row("came in", f"{totals.items.total():,}", format_pounds(totals.pence.total()), style="bold")
    console.print(table)
    console.print("Below zero: the customer owes less (a benefit, a payment). Above: more (an unpaid debit).")
    states: Sequence[str] = [f"{count} {state}" for state, count in sorted(totals.transfers.items())]
    console.print(f"Transfers: {', '.join(states)}. Findings: {totals.findings}.")
    console.print(f"Everything lies in {folder}. Look at it with:", soft_wrap=True)
    for command in ("transfers list", "transfers show ID", "routes", "counters"):
        _command(console, f"uv run feedhub --config {folder / 'config'} {command}")


def show_servers(console: Console, council: Council) -> None:
    """Where the pretend partners listen, and how to try them from another window."""
    for name, server in council.servers.items():
        console.print(f"The pretend {name} listens on {server.host}:{server.port}.")
    console.print(f"Its user is {USER}. In another window of this folder:")
    how = "$env:{} = '{}'" if os.name == "nt" else "export {}={}"
    _command(console, how.format(VARIABLE, PASSWORD))
    _command(
        console, f"uv run feedhub --config {council.config} endpoints test {next(iter(council.servers))}"
    )
    console.print("Ctrl-C ends the demo.")


def _command(console: Console, line: str) -> None:
    console.print(f"  {line}", soft_wrap=True, highlight=False)

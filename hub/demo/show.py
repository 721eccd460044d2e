"""What the demo prints: one table a run, and the whole at the end."""

from __future__ import annotations

import os
import shlex
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Column, Table
from rich.text import Text

from hub.checks.base import BATCH
from hub.demo.council import PASSWORD, USER, VARIABLE, Council
from hub.engine.local import Hub
from hub.engine.report import Outcome, RunReport, outcome_of
from hub.model import Answered, Compartment, ItemState, Severity, format_pounds
from hub.store.look import Look
from hub.store.rows import AnswerCounts, FindingRow

_SHOWN_FINDINGS = 8
_INDENT = 4
_UNKNOWN = "not known"
_STOPS = (Severity.ERROR, Severity.HOLD, Severity.HOLD_ITEM, Severity.REFUSE_ITEM)
"""Findings that stop a file, or an item of it."""
_WIDEST_RULE = 100


@dataclass(slots=True)
class Totals:
    """Counts and pence of all items by state, and transfers by their derived state."""

    items: Counter[ItemState] = field(default_factory=Counter)
    pence: Counter[ItemState] = field(default_factory=Counter)
    transfers: Counter[str] = field(default_factory=Counter)
    findings: int = 0

    @classmethod
    def of(cls, hub: Hub) -> Totals:
        """Over all that the hub holds and everybody may know of."""
        totals = cls()
        with hub.look() as look:
            rows = look.transfers(limit=1000)
        for row in rows:
            if row.rehearsed or row.compartment is not Compartment.OPEN:
                continue
            outcome = outcome_of(hub.store, row)
            totals.transfers[outcome.state] += 1
            totals.findings += outcome.findings
            if row.format == BATCH:
                continue  # its items came in with other transfers
            for state, (count, pence) in outcome.money.items():
                totals.items[state] += count
                totals.pence[state] += pence
        return totals


def show_heading(console: Console, title: str) -> None:
    """A line across the story, no longer than one reads."""
    console.print(Rule(title, style="bold"), width=min(console.width, _WIDEST_RULE))


def show_says(console: Console, sentence: str) -> None:
    """What happens between the runs, or is to be said of one."""
    show_indented(console, sentence, columns=2)


def show_command(console: Console, login: str, words: Sequence[str]) -> None:
    """A command line, as somebody gives it."""
    show_says(console, f"{login}$ feedhub {shlex.join(words)}")


def said_columns(console: Console) -> int:
    """How long the lines of what a command says may be."""
    return console.width - _INDENT


def show_said(console: Console, text: str) -> None:
    """What a command said."""
    for line in text.splitlines():
        show_indented(console, line.rstrip(), style="cyan")


def show_indented(console: Console, text: str, *, columns: int = _INDENT, style: str = "") -> None:
    """Text whose second line starts where its first does."""
    shown = Padding(text, (0, 0, 0, columns), expand=False)
    console.print(shown, highlight=False, markup=False, style=style)


def show_report(console: Console, hub: Hub, report: RunReport) -> None:
    """One run: its transfers, and the findings of those that were refused."""
    if report.transfers:
        console.print(_table(report))
    else:
        console.print(f"\nroute {report.route}: nothing to do", highlight=False)
    if report.trouble:
        console.print(report.trouble, style="red")
    for outcome in report.transfers:
        _show_outcome(console, hub, outcome)


def _show_outcome(console: Console, hub: Hub, outcome: Outcome) -> None:
    """What the table cannot tell: why it is as it is, and the findings that stop it or one of its items."""
    with hub.look() as look:
        told, findings = list(_told(look, outcome)), look.findings(outcome.id)
    for sentence in told:
        show_says(console, f"{outcome.name}: {sentence}")
    stopping = [found for found in findings if found.severity in _STOPS]
    _show_findings(console, [found for found in stopping if found.message != outcome.reason])


def _told(look: Look, outcome: Outcome) -> Iterator[str]:
    stops = [event for event in look.events("transfer", outcome.id) if event.kind == "stopped_at_the_door"]
    for stop in stops[-1:]:
        yield f"stopped at the door by {', '.join(stop.data['checks'])}, and worked again"
    calls = [call.name for call in look.calls(outcome.id)]
    if calls:
        yield f"the calls were {', '.join(calls)}"
    if outcome.reason or outcome.needs_person:
        yield outcome.reason or outcome.state
    for sent in look.answers(outcome.id):
        yield f"answers {sent.name}, of which {_answered(look.answered(sent.id))}"


def _answered(counts: AnswerCounts) -> str:
    said = [f"{counts.said[one]} {one.value}" for one in Answered if counts.said.get(one)]
    return f"{counts.answered} of {counts.left} are answered: {', '.join(said)}"


def _table(report: RunReport) -> Table:
    feeds = {outcome.feed or _UNKNOWN for outcome in report.transfers if outcome.feed or outcome.needs_person}
    table = plain_table(Column("file", overflow="fold"), "state", _right("records"), _right("£ in"), "became")
    table.title = f"route {report.route}{_only(feeds - {report.route})}"
    for outcome in report.transfers:
        pence = sum(amount for _, amount in outcome.money.values())
        table.add_row(
            outcome.name,
            _coloured(outcome),
            f"{outcome.records:,}",
            format_pounds(pence) if outcome.money else "",
            _became(outcome),
        )
    return table


def _only(feeds: Collection[str]) -> str:
    """The feed of all files of a route, where its name does not say it."""
    return f" ({', '.join(sorted(feeds))})" if feeds else ""


def plain_table(*columns: Column | str) -> Table:
    return Table(*columns, box=SIMPLE_HEAD, pad_edge=False, show_edge=False, title_justify="left")


def _right(name: str) -> Column:
    return Column(name, justify="right")


def _coloured(outcome: Outcome) -> Text:
    if outcome.rehearsed:
        return Text("rehearsed", "blue")
    colour = "yellow" if outcome.state == "HELD" else "red" if outcome.needs_person else "green"
    return Text(outcome.state, colour)


def _became(outcome: Outcome) -> str:
    return ", ".join(
        f"{count:,} {state.value.lower()} {format_pounds(pence)}"
        for state, (count, pence) in outcome.money.items()
    )


def _show_findings(console: Console, findings: Sequence[FindingRow]) -> None:
    for finding in findings[:_SHOWN_FINDINGS]:
        place = f"line {finding.line}" if finding.line else "whole file"
        show_indented(console, f"{finding.check}  {place}: {finding.message}")
    if len(findings) > _SHOWN_FINDINGS:
        show_indented(console, f"… and {len(findings) - _SHOWN_FINDINGS} more")


def show_totals(console: Console, totals: Totals) -> None:
    """What moved in all, and what waits for a person."""
    show_heading(console, "What moved")
    table = plain_table("items", _right("count"), _right("pounds"))
    for state in ItemState:
        if totals.items[state]:
            table.add_row(state.value.lower(), f"{totals.items[state]:,}", format_pounds(totals.pence[state]))
    table.add_row("came in", f"{totals.items.total():,}", format_pounds(totals.pence.total()), style="bold")
    console.print(table)
    console.print("Below zero: the customer owes less (a benefit, a payment). Above: more (an unpaid debit).")
    states: Sequence[str] = [f"{count} {state}" for state, count in sorted(totals.transfers.items())]
    console.print(f"Transfers: {', '.join(states)}. Findings: {totals.findings}.")


def show_where(console: Console, folder: Path) -> None:
    """Where it all lies, and how to look at it."""
    console.print(f"Everything lies in {folder}. Look at it with:", soft_wrap=True)
    for command in ("transfers list", "transfers show ID", "records list", "worklist list", "routes"):
        _command(console, f"uv run feedhub --config {folder / 'config'} {command}")


def show_books(console: Console, title: str, rows: Sequence[tuple[str, int, int]]) -> None:
    """What somebody's books say."""
    table = plain_table(title, _right("count"), _right("pounds"))
    for what, count, pence in rows:
        table.add_row(what, f"{count:,}", format_pounds(pence))
    console.print(table)


def show_posted(console: Console, posted: Sequence[tuple[str, str]]) -> None:
    """What the rent system posted that came by its API: reference and pounds of each."""
    total = sum(Decimal(pounds) for _, pounds in posted)
    console.print(f"The rent system's own books have {len(posted)} postings from its API: {total}.")


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


def _command(console: Console, line: str) -> None:
    console.print(f"  {line}", soft_wrap=True, highlight=False)

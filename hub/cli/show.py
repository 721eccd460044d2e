"""How commands print: JSON for programs; for people, tables and one line a kind of finding."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from datetime import datetime

    from rich.console import Console

    from hub.model import Finding, ItemState
    from hub.store.rows import FindingRow

WIDE = 500
"""Columns where nobody looks: output that is piped is not folded to a screen that isn't there."""

FEW = 3
"""Findings of one check that are told one by one."""
LINES_NAMED = 5
TOGETHER = 1000
"""Rows of a long list that are encoded together."""

JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@cache
def console(unseen: int = WIDE) -> Console:
    """The screen; where there is none, $COLUMNS or else `unseen` columns wide. Prints text as it is."""
    from rich.console import Console

    screen = Console(highlight=False, markup=False, emoji=False)
    if not (screen.is_terminal or os.environ.get("COLUMNS", "").isdigit()):
        screen.width = unseen
    return screen


@cache
def beside() -> Console:
    """Standard error: what is shown there is not in what is piped."""
    from rich.console import Console

    return Console(stderr=True, highlight=False, markup=False, emoji=False)


def print_json(value: Any) -> None:
    click.echo(json.dumps(value, indent=2))


def print_json_in_pieces(value: Mapping[str, Any]) -> None:
    """An object that is too big to be held as text. What is an iterator in it becomes a list."""
    encode = json.JSONEncoder(separators=(",\n", ": ")).encode
    for number, (name, member) in enumerate(value.items()):
        click.echo(f"{',' if number else '{'}\n{encode(name)}: ", nl=False)
        if isinstance(member, Iterator):
            _print_list(member, encode)
        else:
            click.echo(encode(member), nl=False)
    click.echo("}")


def _print_list(rows: Iterator[Any], encode: Callable[[Any], str]) -> None:
    """Many at a time: encoding one has its price, however short it is."""
    before = "["
    while some := list(islice(rows, TOGETHER)):
        click.echo(f"{before}\n{encode(some)[1:-1]}", nl=False)
        before = ","
    click.echo("]" if before == "," else "[]", nl=False)


def print_table(columns: Sequence[str], rows: Iterable[Sequence[object]], none: str = "Nothing.") -> None:
    """As `columns.drawn`; `none` is said when there is no row."""
    from hub.cli.columns import drawn

    cells = [["" if cell is None else str(cell) for cell in row] for row in rows]
    screen = console()
    # A rule is for eyes: where none look it would be as long as the longest sentence below it.
    lines = drawn(columns, cells, screen.width, rule=screen.is_terminal) if cells else [none]
    screen.print("\n".join(lines), soft_wrap=True)


def clock_face(instant: datetime, *, seconds: bool = False) -> str:
    """An instant as clocks in Europe/London show it."""
    from hub.clock.now import LONDON

    return instant.astimezone(LONDON).strftime("%Y-%m-%d %H:%M:%S" if seconds else "%Y-%m-%d %H:%M")


def print_facts(facts: Mapping[str, object]) -> None:
    """Names and values under each other."""
    from rich.table import Column, Table

    grid = Table.grid(Column(overflow="fold"), Column(overflow="fold"), padding=(0, 2))
    for name, value in facts.items():
        grid.add_row(name, str(value))
    console().print(grid)


def money_lines(money: Mapping[ItemState, tuple[int, int]]) -> str:
    """Each state with its count and pounds, one a line."""
    from hub.model import format_pounds

    return "\n".join(
        f"{count} {state.value.lower()} {format_pounds(pence)}" for state, (count, pence) in money.items()
    )


def print_findings(findings: Iterable[Finding | FindingRow], cut: Mapping[str, int]) -> None:
    """One line for all findings of one check and severity, with their number and the first lines named; of a
    few, each has its own."""
    groups: dict[tuple[str, str], list[Finding | FindingRow]] = {}
    for finding in findings:
        groups.setdefault((finding.severity.value, finding.check), []).append(finding)
    rows = []
    for (severity, check), group in groups.items():
        more = cut.get(check, 0)
        apart = [[one] for one in group] if len(group) + more <= FEW else [group]
        rows += [(severity, check, len(some) + more, _lines(some, more), _says(some[0])) for some in apart]
    print_table(["severity", "check", ">times", "lines", "finding (the first)"], rows, "No findings.")


def print_not_checked(reasons: Mapping[str, str]) -> None:
    """Checks that could not be run, which is not the same as sound, each with its reason."""
    if reasons:
        console().print("Not checked:")
        print_facts({f"  {check}": reason for check, reason in sorted(reasons.items())})


def _lines(group: Sequence[Finding | FindingRow], more: int) -> str:
    numbers = list(dict.fromkeys(finding.line for finding in group if finding.line is not None))
    named = ", ".join(map(str, numbers[:LINES_NAMED]))
    return f"{named} …" if len(numbers) > LINES_NAMED or (more and named) else named


def _says(finding: Finding | FindingRow) -> str:
    place = f"{finding.field}: " if finding.field and finding.field not in finding.message else ""
    expected = (
        f" (expected {finding.expected})"
        if finding.expected and finding.expected not in finding.message
        else ""
    )
    return f"{place}{finding.message}{expected}"

"""`feedhub bank`: files that await money, and money that awaits its file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from hub.cli import show
from hub.cli.exits import Exit
from hub.cli.place import Place, Verbs, pass_place
from hub.cli.values import REASON
from hub.cli.work_view import work_json
from hub.model import format_pounds

if TYPE_CHECKING:
    from hub.model import Record


@click.group(cls=Verbs)
def bank() -> None:
    """See which files await the bank and which money awaits its file, and decide about them."""


@bank.command("list")
@show.JSON
@pass_place
def list_(place: Place, as_json: bool) -> Exit:
    """List what files tell of and the bank does not show, and lines that no file explains wholly."""
    from hub.bank.matching import AWAITED, DUE, LINE, OPEN, PART

    with place.open_hub() as hub, hub.look() as look:
        dues = look.records(DUE, state=AWAITED, limit=None)
        lines = [line for state in (OPEN, PART) for line in look.records(LINE, state=state, limit=None)]
    if as_json:
        show.print_json(
            {"awaited": [due_json(due) for due in dues], "lines": [line_json(one) for one in lines]}
        )
    else:
        print_dues(dues, "Nothing awaits the bank.")
        show.print_table(
            ["line", "money", "booked", "state", ">pounds", ">not explained"],
            [tuple(line_json(one).values()) for one in lines],
            "No money awaits its file.",
        )
    return Exit.OK


def due_json(due: Record) -> dict[str, Any]:
    told = due.data
    return {
        "due": due.key,
        "file": told["file"],
        "part": told["part"],
        "money": told["money"],
        "on": told["on"],
        "state": due.state,
        "amount": format_pounds(told["amount"]),
        "there": format_pounds(told["there"]),
        "lines": list(told["lines"]),
    }


def line_json(line: Record) -> dict[str, Any]:
    told = line.data
    return {
        "line": line.key,
        "money": told["money"],
        "booked": told["on"],
        "state": line.state,
        "amount": format_pounds(told["amount"]),
        "left": format_pounds(told["left"]),
    }


def print_dues(dues: Sequence[Record], none: str) -> None:
    columns = ["due", "file", "part", "money", "on", "state", ">pounds", ">there", "lines"]
    rows = [(*list(due_json(due).values())[:-1], ", ".join(due.data["lines"])) for due in dues]
    show.print_table(columns, rows, none)


@bank.command("let-go")
@click.argument("due")
@REASON
@show.JSON
@pass_place
def let_go(place: Place, due: str, reason: str, as_json: bool) -> Exit:
    """Propose that DUE, a file or a part of one, goes although the bank does not show its money."""
    with place.open_hub() as hub:
        entry = hub.agreements.propose_letting_go(due, reason)
    if as_json:
        show.print_json(work_json(entry))
    else:
        agree = f"feedhub approvals agree {entry.id} --reason …"
        show.console().print(f"{entry.title}. Somebody else agrees: {agree}")
    return Exit.OK


@bank.command()
@click.argument("line")
@REASON
@show.JSON
@pass_place
def close(place: Place, line: str, reason: str, as_json: bool) -> Exit:
    """Say that LINE is explained: no file is awaited for it any more."""
    from hub.engine.bank import close_line

    with place.open_hub() as hub:
        return _tell(close_line(hub.services, line, reason), as_json)


@bank.command()
@click.argument("line")
@REASON
@show.JSON
@pass_place
def reopen(place: Place, line: str, reason: str, as_json: bool) -> Exit:
    """Say that LINE, which somebody closed, awaits its file again."""
    from hub.engine.bank import reopen_line

    with place.open_hub() as hub:
        return _tell(reopen_line(hub.services, line, reason), as_json)


def _tell(line: Record, as_json: bool) -> Exit:
    if as_json:
        show.print_json(line_json(line))
    else:
        show.console().print(f"{line.key} is {line.state}")
    return Exit.OK

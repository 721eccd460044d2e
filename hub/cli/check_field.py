"""`feedhub check-field`: is this reference right?"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hub.cli import show
from hub.cli.exits import Exit
from hub.cli.place import Verb
from hub.cli.values import FILE, SET
from hub.errors import UsageError

if TYPE_CHECKING:
    from hub.fields.kinds import FieldResult, Kind

BANK_DETAILS = ("sort_code", "account_number", "bank_account")


@click.command("check-field", cls=Verb)
@click.argument("kind")
@click.argument("values", nargs=-1)
@click.option("--csv", "table", type=FILE, help="Check every row of a CSV file; its header names the parts.")
@SET
@show.JSON
def check_field(
    kind: str, values: Sequence[str], table: Path | None, settings: Mapping[str, str], as_json: bool
) -> Exit:
    """Check fields: valid, invalid or cannot_be_checked, and why.

    KIND is bank_account, nino, payment_reference, postcode … (an unknown one lists them all). A kind of
    several parts takes them one after the other: check-field bank_account SORTCODE ACCOUNT.
    """
    chosen = _kind(kind)
    if bool(values) == bool(table):
        raise UsageError("Give either values or --csv FILE, one of the two.")
    rows = _from_csv(table, chosen) if table else _from_values(values, kind, chosen)
    results = [(row, chosen.check(parts, settings)) for row, parts in rows]
    if as_json:
        _print_json(kind, results)
    else:
        _print_people(kind, results)
    return Exit.NOT_SO if any(result.status == "invalid" for _, result in results) else Exit.OK


def _kind(name: str) -> Kind:
    from hub.fields.kinds import KINDS

    if name not in KINDS:
        raise UsageError(f"There is no kind of field “{name}”. Known: {', '.join(sorted(KINDS))}.")
    return KINDS[name]


def _from_values(values: Sequence[str], name: str, kind: Kind) -> Iterator[tuple[int, Mapping[str, str]]]:
    width = len(kind.parts)
    if len(values) % width:
        raise UsageError(f"A {name} has {width} parts: {', '.join(kind.parts)}; got {len(values)} values.")
    for row, start in enumerate(range(0, len(values), width), start=1):
        yield row, dict(zip(kind.parts, values[start : start + width], strict=True))


def _from_csv(table: Path, kind: Kind) -> Iterator[tuple[int, Mapping[str, str]]]:
    """Rows below the header, numbered from 1. A column that is no part of the kind is left alone."""
    try:
        with table.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.DictReader(stream, restval="", strict=True)
            missing = [part for part in kind.parts if part not in (reader.fieldnames or ())]
            if missing:
                raise UsageError(f"The header of {table} must name {', '.join(missing)}.")
            for row, cells in enumerate(reader, start=1):
                yield row, {part: cells[part] for part in kind.parts}
    except UnicodeDecodeError as error:
        raise UsageError(f"{table} is not UTF-8 text (byte {error.start}); save it as CSV UTF-8.") from None
    except csv.Error as error:
        raise UsageError(f"{table} line {reader.line_num} cannot be read as CSV: {error}.") from None


def _print_json(kind: str, results: Sequence[tuple[int, FieldResult]]) -> None:
    """An array, one object a line, in the order of the rows."""
    lines = (
        json.dumps(
            {
                "row": row,
                "kind": kind,
                "status": result.status,
                "reason": result.reason,
                "normal": result.normal,
            }
        )
        for row, result in results
    )
    click.echo("[\n" + ",\n".join(lines) + "\n]")


def _print_people(kind: str, results: Sequence[tuple[int, FieldResult]]) -> None:
    rows = [(row, result.status, _normal(kind, result.normal), result.reason) for row, result in results]
    show.print_table([">row", "status", "normal form", "reason"], rows, "No rows.")


def _normal(kind: str, normal: str | None) -> str | None:
    """Bank details stay off screens but for their last four figures."""
    if normal is None or kind not in BANK_DETAILS:
        return normal
    return "•" * (len(normal) - 4) + normal[-4:]

"""`feedhub check-field`: is this reference right?"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hub.cli import show
from hub.cli.exits import Exit
from hub.cli.place import Place, Verb, pass_place
from hub.cli.values import FILE, SET
from hub.errors import UsageError

if TYPE_CHECKING:
    from hub.fields.kinds import FieldResult, Kind
    from hub.fields.modulus import Tables


@dataclass(frozen=True, slots=True)
class Asked:
    """What to check. `row` counts from 1 and counts blank rows too; `line` is where it starts in its file."""

    row: int
    line: int | None
    parts: Mapping[str, str]


# What starts with a hyphen may be a value: -12.34.
@click.command("check-field", cls=Verb, context_settings={"ignore_unknown_options": True})
@click.argument("kind")
@click.argument("values", nargs=-1)
@click.option("--csv", "table", type=FILE, help="Check every row of a CSV file; its header names the parts.")
@SET
@show.JSON
@pass_place
def check_field(
    place: Place,
    kind: str,
    values: Sequence[str],
    table: Path | None,
    settings: Mapping[str, str],
    as_json: bool,
) -> Exit:
    """Check fields: valid, invalid or cannot_be_checked, and why.

    KIND is bank_account, nino, payment_reference, postcode … (an unknown one lists them all). A kind of
    several parts takes them one after the other: check-field bank_account SORTCODE ACCOUNT. That is held
    against the modulus tables that are loaded (feedhub bacs tables), or those that --set tables=DIR names.
    """
    chosen, settings = _with_tables(place, _kind(kind), settings)
    _refuse_options(values)
    if bool(values) == bool(table):
        raise UsageError("Give either values or --csv FILE, one of the two.")
    asked = _from_csv(table, chosen) if table else _from_values(values, kind, chosen)
    results = [(one, chosen.check(one.parts, settings)) for one in asked]
    if as_json:
        _print_json(kind, results)
    else:
        _print_people(chosen, results)
    return Exit.NOT_SO if any(result.status == "invalid" for _, result in results) else Exit.OK


def _refuse_options(values: Sequence[str]) -> None:
    mistyped = next((value for value in values if value.startswith("--")), None)
    if mistyped is not None:
        raise click.NoSuchOption(mistyped, ctx=click.get_current_context())


def _kind(name: str) -> Kind:
    from hub.fields.kinds import KINDS

    if name not in KINDS:
        raise UsageError(f"There is no kind of field “{name}”. Known: {', '.join(sorted(KINDS))}.")
    return KINDS[name]


def _with_tables(place: Place, kind: Kind, settings: Mapping[str, str]) -> tuple[Kind, Mapping[str, str]]:
    """The kind with the tables that a setting names a folder of, else those that are loaded, and the other
    settings."""
    from hub.config.modulus_tables import read_folder
    from hub.fields.kinds import TABLES, bank_account_by

    if TABLES not in kind.settings:
        return kind, settings
    others = {name: text for name, text in settings.items() if name != TABLES}
    named = read_folder(Path(settings[TABLES])).tables if TABLES in settings else _loaded(place)
    return (bank_account_by(named) if named else kind), others


def _loaded(place: Place) -> Tables | None:
    """The tables in force today; None without a configuration, or while none are loaded."""
    from hub.clock.now import SystemClock, local_date
    from hub.config.load import load_hub_settings
    from hub.config.modulus_tables import tables_in_force

    if not place.is_configured:
        return None
    state = load_hub_settings(place.config_folder).state_folder
    return tables_in_force(state, local_date(SystemClock().now()))


def _from_values(values: Sequence[str], name: str, kind: Kind) -> Iterator[Asked]:
    width = len(kind.parts)
    if len(values) % width:
        raise UsageError(f"A {name} has {width} parts: {', '.join(kind.parts)}; got {len(values)} values.")
    for row, start in enumerate(range(0, len(values), width), start=1):
        yield Asked(row, None, dict(zip(kind.parts, values[start : start + width], strict=True)))


def _from_csv(table: Path, kind: Kind) -> Iterator[Asked]:
    """Rows below the header. A column that is no part of the kind is left alone, and so is a blank row."""
    try:
        with table.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.reader(stream, strict=True)
            columns = _columns(next(reader, []), table, kind)
            line = reader.line_num + 1
            for row, cells in enumerate(reader, start=1):
                if cells:
                    yield Asked(row, line, {part: cells[at] for part, at in columns if at < len(cells)})
                line = reader.line_num + 1
    except UnicodeDecodeError as error:
        raise UsageError(f"{table} is not UTF-8 text (byte {error.start}); save it as CSV UTF-8.") from None
    except csv.Error as error:
        raise UsageError(f"{table} line {reader.line_num} cannot be read as CSV: {error}.") from None


def _columns(header: Sequence[str], table: Path, kind: Kind) -> Sequence[tuple[str, int]]:
    """Where each part stands. Capitals and small letters count alike in a header."""
    names = [name.strip().casefold() for name in header]
    unclear = [part for part in kind.parts if names.count(part) != 1]
    if unclear:
        raise UsageError(f"The header of {table} must name {', '.join(unclear)}, once.")
    return [(part, names.index(part)) for part in kind.parts]


def _print_json(kind: str, results: Sequence[tuple[Asked, FieldResult]]) -> None:
    """An array, one object a line, in the order of the rows."""
    lines = (
        json.dumps(
            {
                "row": one.row,
                "line": one.line,
                "kind": kind,
                "status": result.status,
                "reason": result.reason,
                "normal": result.normal,
            }
        )
        for one, result in results
    )
    click.echo("[\n" + ",\n".join(lines) + "\n]")


def _print_people(kind: Kind, results: Sequence[tuple[Asked, FieldResult]]) -> None:
    rows = [
        (one.row, one.line, result.status, result.normal and kind.mask(result.normal), result.reason)
        for one, result in results
    ]
    show.print_table([">row", ">line", "status", "normal form", "reason"], rows, "No rows.")

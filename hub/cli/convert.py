"""`feedhub convert`: the files that a route would make of this one."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from hub.cli import exits, show
from hub.cli.exits import Exit
from hub.cli.inspect import print_inspection
from hub.cli.place import Place, Verb, pass_place
from hub.cli.values import FILE, REGISTER, SET, Day
from hub.model import ItemState

if TYPE_CHECKING:
    from hub.model import Rendered
    from hub.transfer.inspect import Conversion

WAITING = (ItemState.HELD, ItemState.SUSPENDED)


@click.command(cls=Verb)
@click.argument("file", type=FILE)
@click.option(
    "--route", "route_name", metavar="ROUTE", required=True, help="The route whose outputs to make."
)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    help="Folder for the outputs; made if need be.",
)
@REGISTER
@SET
@click.option("--date", "day", type=Day(), help="Convert as if today were this date.")
@show.JSON
@pass_place
def convert(
    place: Place,
    file: Path,
    route_name: str,
    out: Path,
    registers: Sequence[Path],
    settings: Mapping[str, str],
    day: date | None,
    as_json: bool,
) -> Exit:
    """Turn FILE into the outputs of a route.

    Needs no store and no network, and draws no counter.

    --set takes the numbers that the outputs would draw (serial=123456; one that is not set starts at its
    first value) and the feed's options. A file that is refused makes no output; an item that is held or
    suspended is in none.
    """
    from hub.cli import facts

    made = facts.convert(place, file, route_name, registers, settings, day)
    written = _write(made.outputs, out)
    if as_json:
        show.print_json({**made.inspection.as_json(), "outputs": written, "money": _money(made)})
    else:
        print_inspection(file.name, made.inspection)
        rows = [(output["path"], output["size"], output["to"]) for output in written]
        show.print_table(["output", ">bytes", "would go to"], rows, "No output was written.")
    left = sum(made.money.get(state, (0, 0))[0] for state in WAITING)
    if left:
        whole = f"{left} of {len(made.inspection.items)} items are held or suspended and in no output."
        advice = "" if registers else " Give the extracts of rent accounts and mandates with --register."
        click.echo(f"feedhub: {whole}{advice}", err=True)
    code = exits.of_verdict(made.inspection.verdict)
    return Exit.NOT_SO if left and not written and code is Exit.OK else code


def _write(outputs: Sequence[tuple[str, Rendered]], out: Path) -> list[dict[str, Any]]:
    """Outputs of one name lie in the folders that they would go to, the others side by side."""
    alike = len({rendered.name for _, rendered in outputs}) < len(outputs)
    written = []
    for target, rendered in outputs:
        path = (out / target if alike else out) / rendered.name
        _write_whole(path, rendered.data)
        written.append(_told(target, path, rendered))
    return written


def _write_whole(path: Path, data: bytes) -> None:
    """The whole file or, when the disk is full, nothing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(path.name + ".part")
    try:
        partial.write_bytes(data)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def _told(target: str, path: Path, rendered: Rendered) -> dict[str, Any]:
    return {
        "to": target,
        "name": rendered.name,
        "path": str(path),
        "size": len(rendered.data),
        "sha256": hashlib.sha256(rendered.data).hexdigest(),
        "summary": dict(rendered.summary),
    }


def _money(made: Conversion) -> dict[str, dict[str, Any]]:
    from hub.model import format_pounds

    return {
        state: {"count": count, "value": format_pounds(pence)} for state, (count, pence) in made.money.items()
    }

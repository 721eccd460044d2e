"""`feedhub PLUGIN TRIAL`: what a plug-in computes of stored records; nothing is written."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from hub.cli import show
from hub.cli.exits import Exit
from hub.cli.place import Place, Verb, pass_place
from hub.cli.values import FILE
from hub.errors import UsageError

if TYPE_CHECKING:
    from hub.door.commands import Trial


def command(trial: Trial) -> click.Command:
    """The command for one trial."""

    @click.command(cls=Verb, help=trial.title)
    @click.option("--limit", type=click.IntRange(min=1), help="Look at so many records only, by their keys.")
    @show.JSON
    @pass_place
    def run(place: Place, limit: int | None, as_json: bool, file: Path | None = None) -> Exit:
        return _run(place, trial, file, limit, as_json)

    if trial.file is not None:
        run.params.insert(0, click.Argument(["file"], type=FILE))
    return run


def _run(place: Place, trial: Trial, file: Path | None, limit: int | None, as_json: bool) -> Exit:
    with place.open_hub() as hub, hub.look() as look:
        found = look.records(trial.kind, limit=limit)
        tried = trial.run(found, _text(file), hub.services.settings_for(trial.kind))
    if as_json:
        rows = [dict(zip(trial.columns, row, strict=True)) for row in tried.rows]
        show.print_json({"rows": rows, "notes": list(tried.notes), "sound": tried.sound})
    else:
        show.print_table(list(trial.columns), tried.rows, "Nothing to tell.")
        show.console().print("\n".join(tried.notes))
    return Exit.OK if tried.sound else Exit.NOT_SO


def _text(file: Path | None) -> str:
    if file is None:
        return ""
    try:
        return file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise UsageError(f"{file.name} is not UTF-8; save it as UTF-8 text.") from None

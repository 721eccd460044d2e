"""`feedhub codes`: what one system's code means in another's, as `codes/*.csv` say."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import click

from hub.cli import show
from hub.cli.exits import Exit
from hub.cli.place import Place, Verb, pass_place
from hub.cli.values import Day
from hub.errors import UsageError

if TYPE_CHECKING:
    from hub.rent.codes import CodeMap, Meaning


@click.command(cls=Verb)
@click.argument("name", required=False)
@click.option("--date", "day", type=Day(), help="Only what the codes mean on this day.")
@show.JSON
@pass_place
def codes(place: Place, name: str | None, day: date | None, as_json: bool) -> Exit:
    """List the code maps; with NAME, show the codes of one and when each means what.

    A code that no map holds makes what carries it wait: `feedhub items list --grouped` tells which."""
    maps = place.readable_config.codes.maps
    if name is None:
        found = {key: len(one.meanings) for key, one in sorted(maps.items())}
        if as_json:
            show.print_json(found)
        else:
            show.print_table(["map", ">codes"], found.items(), "There is no code map.")
        return Exit.OK
    if name not in maps:
        raise UsageError(f"There is no code map “{name}”. Known: {', '.join(sorted(maps)) or 'none'}.")
    rows = list(_rows(maps[name], day))
    if as_json:
        show.print_json([dict(zip(COLUMNS, row, strict=True)) for row in rows])
    else:
        show.print_table(COLUMNS, rows, "It holds no code.")
    return Exit.OK


COLUMNS = ("code", "becomes", "from", "to")


def _rows(one: CodeMap, day: date | None) -> list[tuple[str, str, str | None, str | None]]:
    return [
        (code, meaning.value, _shown(meaning.first), _shown(meaning.last))
        for code, meanings in sorted(one.meanings.items())
        for meaning in meanings
        if day is None or _holds(meaning, day)
    ]


def _holds(meaning: Meaning, day: date) -> bool:
    return meaning.first <= day <= meaning.last


def _shown(day: date) -> str | None:
    """Open ends as nothing."""
    return None if day in (date.min, date.max) else day.isoformat()

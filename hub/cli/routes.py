"""`feedhub routes`: what is configured to move, from where to where, and whose it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from hub.cli import show
from hub.cli.exits import Exit
from hub.cli.place import Place, Verb, pass_place

if TYPE_CHECKING:
    from hub.config.settings import Route


@click.command(cls=Verb)
@show.JSON
@pass_place
def routes(place: Place, as_json: bool) -> Exit:
    """List the routes."""
    config = place.config
    found = [_row(route, config.unavailable.get(route.id)) for route in config.routes.values()]
    if as_json:
        show.print_json(found)
    else:
        rows = [
            (
                row["route"],
                ", ".join(row["feeds"]),
                row["from"],
                "\n".join(row["to"]),
                row["mode"],
                row["owner"],
            )
            for row in found
        ]
        show.print_table(["route", "feeds", "from", "to", "mode", "owner"], rows, "No routes.")
        for row in found:
            if row["unavailable"]:
                show.console().print(f"{row['route']} cannot run: {row['unavailable']}")
    return Exit.OK


def _row(route: Route, unavailable: str | None) -> dict[str, Any]:
    return {
        "route": route.id,
        "partner": route.partner,
        "feeds": list(route.feeds),
        "from": _start(route),
        "to": [f"{target.output} → {target.endpoint}:{target.folder}" for target in route.to],
        "mode": route.mode,
        "owner": route.owner,
        "unavailable": unavailable,
    }


def _start(route: Route) -> str:
    """Where it begins: at an endpoint's folder, or with items that wait in the hub."""
    from hub.config.settings import Waiting

    if isinstance(route.source, Waiting):
        return f"items {route.source.items}"
    return f"{route.source.endpoint}:{route.source.folder}"

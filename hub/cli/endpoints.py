"""`feedhub endpoints`: where files come from and go, and whether each can be reached."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from hub.cli import show
from hub.cli.exits import Exit
from hub.cli.left_alone import has_store, left_alone
from hub.cli.place import Place, Verbs, pass_place

if TYPE_CHECKING:
    from hub.config.endpoints import Endpoint, PersonEndpoint
    from hub.config.load import Config


@click.group(cls=Verbs, invoke_without_command=True)
@show.JSON
@click.pass_context
def endpoints(ctx: click.Context, as_json: bool) -> Exit:
    """List the endpoints; `endpoints test` tries one."""
    if ctx.invoked_subcommand is not None:
        return Exit.OK
    place = ctx.ensure_object(Place)
    alone = left_alone(place)
    rows = [
        (name, endpoint.type, _where(endpoint), alone.get(("endpoint", name)))
        for name, endpoint in place.known.endpoints.items()
    ]
    if as_json:
        show.print_json(
            [dict(zip(("name", "type", "where", "left_alone"), row, strict=True)) for row in rows]
        )
    else:
        columns = ["endpoint", "type", "where", "left alone"]
        show.print_table(columns, rows, "No endpoints.")
    return Exit.OK


@endpoints.command()
@click.argument("name")
@show.JSON
@pass_place
def test(place: Place, name: str, as_json: bool) -> Exit:
    """Sign in at an endpoint and look into each folder that a route uses there. Changes nothing."""
    known = place.known
    endpoint = known.endpoint(name)
    if endpoint.type == "person":
        return _tell_person(name, endpoint, place.config, as_json)
    from hub.engine.endpoint_test import seen_at

    try:
        seen = seen_at(known, name)
    finally:
        place.catalogue.connectors[endpoint.type].close()
    if has_store(place):
        from hub.engine.pauses import found_working

        with place.open_hub() as hub:
            found_working(hub.services, name)
    if as_json:
        show.print_json({"endpoint": name, **asdict(seen)})
    else:
        show.console().print(f"{name}: signed in; {seen.peer}")
        if seen.folders:
            rows = [(row.folder, row.files, row.trouble) for row in seen.folders]
            show.print_table(["folder", ">files", "trouble"], rows)
    return Exit.OK if seen.well else Exit.TROUBLE


def _tell_person(name: str, endpoint: PersonEndpoint, config: Config, as_json: bool) -> Exit:
    """Who may take what goes to a person; trouble when nobody may."""
    from hub.config.people import People

    may = People(config.hub.people).with_role(endpoint.who)
    if as_json:
        show.print_json({"endpoint": name, "role": endpoint.who.value, "people": may})
    else:
        show.console().print(
            f"{name}: {endpoint.what}. Who may ({endpoint.who}): {', '.join(may) or 'nobody'}"
        )
    return Exit.OK if may else Exit.TROUBLE


def _where(endpoint: Endpoint) -> str:
    if endpoint.type == "sftp":
        return f"{endpoint.username}@{endpoint.host}:{endpoint.port}"
    if endpoint.type == "https":
        return endpoint.url
    return str(endpoint.path) if endpoint.type == "folder" else f"a person: {endpoint.what}"

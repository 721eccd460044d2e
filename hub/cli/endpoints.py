"""`feedhub endpoints`: where files come from and go, and whether each can be reached."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from hub.cli import show
from hub.cli.exits import Exit
from hub.cli.left_alone import has_store, left_alone
from hub.cli.place import Place, Verbs, pass_place
from hub.errors import TransportError, UsageError

if TYPE_CHECKING:
    from hub.config.load import Config
    from hub.config.settings import Endpoint, PersonEndpoint
    from hub.connectors.base import Session


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
        for name, endpoint in place.config.endpoints.items()
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
    config = place.config
    if name not in config.endpoints:
        raise UsageError(f"There is no endpoint “{name}”. Known: {', '.join(sorted(config.endpoints))}.")
    endpoint = config.endpoints[name]
    if endpoint.type == "person":
        return _tell_person(name, endpoint, config, as_json)
    connector = place.catalogue.connectors[endpoint.type]
    try:
        with connector.open(name, endpoint, config.secrets) as session:
            seen = {"endpoint": name, "peer": session.describe(), "folders": _look(session, config, name)}
    finally:
        connector.close()
    if has_store(place):
        from hub.engine.pauses import found_working

        with place.open_hub() as hub:
            found_working(hub.services, name)
    if as_json:
        show.print_json(seen)
    else:
        show.console().print(f"{name}: signed in; {seen['peer']}")
        if seen["folders"]:
            rows = [tuple(row.values()) for row in seen["folders"]]
            show.print_table(["folder", ">files", "trouble"], rows)
    return Exit.TROUBLE if any(row["trouble"] for row in seen["folders"]) else Exit.OK


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


def _look(session: Session, config: Config, name: str) -> list[dict[str, Any]]:
    return [_folder(session, folder) for folder in _folders(config, name)]


def _folder(session: Session, folder: str) -> dict[str, Any]:
    try:
        return {"folder": folder, "files": len(session.listing(folder).files), "trouble": None}
    except TransportError as error:
        return {"folder": folder, "files": None, "trouble": str(error)}


def _folders(config: Config, name: str) -> list[str]:
    """Every folder of the endpoint that some route reads, archives to or writes; an API has none."""
    from hub.config.settings import HttpsEndpoint, Source

    if isinstance(config.endpoints[name], HttpsEndpoint):
        return []
    sources = [r.source for r in config.routes.values() if isinstance(r.source, Source)]
    sources = [source for source in sources if source.endpoint == name]
    read = {source.folder for source in sources}
    archived = {source.archive for source in sources if source.archive is not None}
    written = {t.folder for route in config.routes.values() for t in route.to if t.endpoint == name}
    return sorted(read | archived | written)

"""`feedhub people`: who may use the hub, and a link to set up how somebody signs in to the console."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from hub.cli import show
from hub.cli.exits import Exit
from hub.cli.place import Place, Verbs, pass_place
from hub.cli.values import RoleName

if TYPE_CHECKING:
    from hub.config.settings import HubSettings, Role
    from hub.store.account_rows import AccountRow

ROLES = click.option(
    "--role",
    "roles",
    type=RoleName(),
    multiple=True,
    help="Of somebody new; may be repeated.",
)


@click.group(cls=Verbs)
def people() -> None:
    """See who may use the hub, and let somebody in to the console."""


@people.command("list")
@show.JSON
@pass_place
def list_(place: Place, as_json: bool) -> Exit:
    """List who may use the hub, and how each signs in to the console."""
    from hub.engine.signing_in import SigningIn

    with place.open_hub() as hub:
        accounts = {row.login: row for row in SigningIn(hub.services).accounts()}
        named = [hub.services.people.viewer(one.login) for one in hub.services.people.named]
    rows = [
        (one.login, one.name, ", ".join(sorted(one.roles)), _state(accounts.get(one.login))) for one in named
    ]
    if as_json:
        show.print_json([dict(zip(("login", "name", "roles", "console"), row, strict=True)) for row in rows])
    else:
        show.print_table(["login", "name", "roles", "console"], rows, "people: in hub.yaml names nobody.")
    return Exit.OK


def _state(row: AccountRow | None) -> str:
    if row is None:
        return "no account"
    if row.closed_at is not None:
        return "closed"
    return "signs in" if row.password else "has a link to set it up"


@people.command()
@click.argument("login")
@click.option("--name", help="Of somebody new, as screens show it.")
@ROLES
@pass_place
def add(place: Place, login: str, name: str | None, roles: Sequence[Role]) -> Exit:
    """Give LOGIN a link, good once and for three days, to set up a password and an authenticator app.

    Whoever hub.yaml does not name yet is written there, with --name and --role. When it names nobody, so is
    the account that runs this command, as an administrator: else it would be kept out. What LOGIN signed in
    with before is good no more.
    """
    from hub.engine.naming import name_person
    from hub.engine.signing_in import SigningIn

    for said in name_person(place.config_folder, place.door.catalogue(), login, name, list(roles)):
        show.console().print(said)
    fresh = Place(place.config_folder)
    with fresh.open_hub() as hub:
        token = SigningIn(hub.services).invite(login)
        address = _address(hub.services.config.hub)
    show.console().print(
        f"Give this link to {login}; it is not shown again:\n{address}/set-up/{token}", soft_wrap=True
    )
    return Exit.OK


def _address(settings: HubSettings) -> str:
    """What browsers put before a path."""
    console = settings.console
    if console is None:
        return "(the address of the console, once console: in hub.yaml says it)"
    if console.url is not None:
        return console.url.rstrip("/")
    host, port = console.address
    return f"{'https' if console.certificate else 'http'}://{host}:{port}"

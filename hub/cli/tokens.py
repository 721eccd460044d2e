"""`feedhub tokens`: what programs get into the REST API with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from hub.cli import show
from hub.cli.exits import Exit
from hub.cli.place import Place, Verbs, pass_place

if TYPE_CHECKING:
    from hub.store.token_rows import TokenRow


@click.group(cls=Verbs)
def tokens() -> None:
    """Let programs into the REST API, and keep them out."""


@tokens.command()
@click.argument("login")
@click.option("--name", required=True, help="What it is for, such as “rent system, nightly”.")
@click.option(
    "--scope", "scopes", multiple=True, help="What it may do of what LOGIN may; always look. Repeatable."
)
@click.option("--days", type=int, default=90, show_default=True, help="How long it is good.")
@pass_place
def add(place: Place, login: str, name: str, scopes: Sequence[str], days: int) -> Exit:
    """Make a token that acts for LOGIN, and print it: this once. What is kept is its hash."""
    from hub.engine.tokens import add_token

    with place.open_hub() as hub:
        token, row = add_token(hub.services, login, name, scopes=scopes, days=days)
    click.echo(token)
    told = f"Token {row.id} acts for {row.login} until {show.clock_face(row.expires_at)}, and may: "
    click.echo(f"{told}{', '.join(row.scopes)}. Nobody is shown it again.", err=True)
    return Exit.OK


@tokens.command("list")
@show.JSON
@pass_place
def list_(place: Place, as_json: bool) -> Exit:
    """List tokens, the newest first: for whom, for what, until when, when last used."""
    from hub.engine.tokens import list_tokens

    with place.open_hub() as hub:
        found, now = list_tokens(hub.services), hub.services.clock.now()
    told = [_told(row, expired=row.expires_at <= now) for row in found]
    if as_json:
        show.print_json(told)
    else:
        columns = ["token", "login", "name", "may", "until", "used", "state"]
        show.print_table(columns, [tuple(one.values()) for one in told], "There are no tokens.")
    return Exit.OK


@tokens.command()
@click.argument("id")
@pass_place
def revoke(place: Place, id: str) -> Exit:
    """Make the token ID good for nothing, at once."""
    from hub.engine.tokens import revoke_token

    with place.open_hub() as hub:
        row = revoke_token(hub.services, id)
    show.console().print(f"Token {row.id} ({row.name}, {row.login}) is good for nothing any more.")
    return Exit.OK


def _told(row: TokenRow, *, expired: bool) -> dict[str, Any]:
    state = "revoked" if row.revoked_at else "expired" if expired else "good"
    return {
        "token": row.id,
        "login": row.login,
        "name": row.name,
        "may": ", ".join(row.scopes),
        "until": show.clock_face(row.expires_at),
        "used": row.used_at and show.clock_face(row.used_at),
        "state": state,
    }

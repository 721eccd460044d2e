"""`feedhub counters`: the numbers that outputs draw, and setting the next one."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

import click

from hub.cli import scopes, show
from hub.cli.exits import Exit
from hub.cli.place import Place, Verbs, pass_place
from hub.cli.who import REASON, WHO
from hub.errors import UsageError

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from hub.door.feed import Number


@click.group(cls=Verbs, invoke_without_command=True)
@show.JSON
@click.pass_context
def counters(ctx: click.Context, as_json: bool) -> Exit:
    """List the counters with the number that each gives next."""
    if ctx.invoked_subcommand is not None:
        return Exit.OK
    from hub.store import queries

    with ctx.ensure_object(Place).open_hub() as hub, hub.store.read() as conn:
        rows = queries.counters(conn)
    if as_json:
        show.print_json([{"scope": row.scope, "next": row.next_value} for row in rows])
    else:
        show.print_table(
            ["counter", ">next"], [(row.scope, row.next_value) for row in rows], "None drawn yet."
        )
    return Exit.OK


@counters.command("set")
@click.argument("scope")
@click.argument("value", type=click.IntRange(min=0))
@click.option("--new", is_flag=True, help="SCOPE is a counter that no route has drawn from or names yet.")
@click.option("--again", is_flag=True, help="Go back: numbers that partners may have seen are given again.")
@REASON
@WHO
@pass_place
def set_(place: Place, scope: str, value: int, new: bool, again: bool, reason: str, who: str) -> Exit:
    """Make VALUE the next number of the counter SCOPE, such as the first serial agreed with the bureau."""
    from hub.store import queries

    named = scopes.named_by_routes(place.config, place.catalogue)
    if scope in named:
        _refuse_outside(scope, value, named[scope])

    def commit(conn: Connection) -> None:
        held = {row.scope: row.next_value for row in queries.counters(conn)}
        if not new:
            _refuse_unknown(scope, {*held, *named})
        if not again:
            _refuse_back(scope, value, held.get(scope, 0))
        queries.set_counter(conn, scope, value, reason, who)

    with place.open_hub(who) as hub:
        hub.store.write(commit)
    show.console().print(f"{scope}: the next number is {value}.")
    return Exit.OK


def _refuse_outside(scope: str, value: int, number: Number) -> None:
    if not number.first <= value <= number.last:
        raise UsageError(
            f"The counter {scope} goes from {number.first} to {number.last}; it cannot give {value}."
        )


def _refuse_unknown(scope: str, known: Collection[str]) -> None:
    if scope not in known:
        from hub.config.sentences import near

        raise UsageError(
            "A counter that no route has drawn from or names yet is only set with --new, and there is no "
            f"counter “{scope}”{near(scope, known)}"
        )


def _refuse_back(scope: str, value: int, next_value: int) -> None:
    if value < next_value:
        raise UsageError(
            f"The counter {scope} gives {next_value} next. From {value} on it would give numbers again that "
            "the partner may have had: such a file is refused, or taken for the one before. If that is "
            "agreed with the partner, add --again."
        )

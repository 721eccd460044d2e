"""`feedhub counters`: the numbers that outputs draw, and setting the next one."""

from __future__ import annotations

import click

from hub.cli import show
from hub.cli.exits import Exit
from hub.cli.place import Place, Verbs, pass_place
from hub.cli.who import WHO


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
@click.option("--reason", required=True, help="Why; it is kept in the history.")
@WHO
@pass_place
def set_(place: Place, scope: str, value: int, reason: str, who: str) -> Exit:
    """Make VALUE the next number of the counter SCOPE, such as the first serial agreed with the bureau."""
    from hub.store import queries

    with place.open_hub(who) as hub:
        hub.store.write(lambda conn: queries.set_counter(conn, scope, value, reason, who))
    show.console().print(f"{scope}: the next number is {value}.")
    return Exit.OK

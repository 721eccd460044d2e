"""`feedhub counters`: the numbers that outputs draw, and setting the next one."""

from __future__ import annotations

import click

from hub.cli import show
from hub.cli.exits import Exit
from hub.cli.place import Place, Verbs, pass_place
from hub.cli.values import REASON


@click.group(cls=Verbs, invoke_without_command=True)
@show.JSON
@click.pass_context
def counters(ctx: click.Context, as_json: bool) -> Exit:
    """List the counters with the number that each gives next."""
    if ctx.invoked_subcommand is not None:
        return Exit.OK
    with ctx.ensure_object(Place).open_hub() as hub, hub.look() as look:
        rows = look.counters()
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
@pass_place
def set_(place: Place, scope: str, value: int, new: bool, again: bool, reason: str) -> Exit:
    """Make VALUE the next number of the counter SCOPE, such as the first serial agreed with the bureau."""
    from hub.engine.counters import set_counter

    with place.open_hub() as hub:
        set_counter(hub.services, scope, value, reason, new=new, again=again)
    show.console().print(f"{scope}: the next number is {value}.")
    return Exit.OK

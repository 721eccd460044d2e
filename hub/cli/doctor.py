"""`feedhub doctor`: is the hub well?"""

from __future__ import annotations

import click

from hub.cli import show
from hub.cli.exits import Exit
from hub.cli.place import Place, Verb, pass_place
from hub.cli.progress import progress


@click.command(cls=Verb)
@click.option("--ask", is_flag=True, help="Ask endpoints that are talked with for their time, too.")
@show.JSON
@pass_place
def doctor(place: Place, ask: bool, as_json: bool) -> Exit:
    """Look at all that must be well for the hub to run unattended.

    Each line is fine, look (not wrong yet) or mend, with the remedy. Exits with 1 when something must be
    mended."""
    from hub.engine.doctor import Level, examine

    with place.open_hub() as hub, progress("Looking") as told:
        lines = examine(hub.services, told, ask=ask)
    if as_json:
        show.print_json([line.as_json() for line in lines])
    else:
        rows = [(line.level.value, line.what, line.says, line.remedy) for line in lines]
        show.print_table(["", "what", "what is seen", "what to do"], rows)
    return Exit.NOT_SO if any(line.level is Level.MEND for line in lines) else Exit.OK

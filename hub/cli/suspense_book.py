"""`feedhub suspense export` and `import`: suspended money in a table that people fill in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from hub.cli import show
from hub.cli.exits import Exit
from hub.cli.place import Place, pass_place
from hub.cli.values import REASON
from hub.cli.write_table import NEW_FILE, write_table
from hub.model import format_pounds

if TYPE_CHECKING:
    from hub.engine.suspended import Suspended

HOW = "Fill in new_payment_ref; somebody else says yes or no in agreed. Then: feedhub suspense import"


@click.command("export")
@click.argument("out", type=NEW_FILE)
@click.option("--feed", help="Only of this feed.")
@pass_place
def export(place: Place, out: Path, feed: str | None) -> Exit:
    """Write what is in suspense into the new file OUT, .xlsx or .csv, for people to say where it belongs."""
    from hub.engine.suspended import suspended
    from hub.rent.suspense_book import BOOK

    with place.open_hub() as hub, hub.look() as look:
        now = hub.services.clock.now()
        every = suspended(look, hub.services.local(now))
        found = [one for one in every if feed in (None, one.item.feed)]
    write_table(out, "Suspense", BOOK, [_row(one) for one in found], now)
    total = format_pounds(sum(one.item.amount for one in found))
    show.console().print(f"Written to {out}: items {len(found)}, {total} in all. {HOW}")
    return Exit.OK


def _row(one: Suspended) -> dict[str, object]:
    from hub.rent.suspense_book import book_row

    row, proposed = one.item, one.proposed
    account = str(proposed.proposal["account"]) if proposed else None
    return book_row(row.taken(), row.feed, one.days, account, proposed.proposed_by if proposed else None)


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@REASON
@show.JSON
@pass_place
def import_(place: Place, file: Path, reason: str, as_json: bool) -> Exit:
    """Do what FILE says of suspended money, all of it or nothing: propose, clear or refuse.

    FILE is one that `suspense export` wrote. A row with new_payment_ref is proposed; one with yes in agreed
    is cleared, if somebody else proposed that account; one with no is refused; others stay as they are."""
    from hub.engine.suspended import suspended
    from hub.engine.suspense_book import CLEARED, LEFT, PROPOSED, REFUSED, place_all
    from hub.rent.suspense_book import read_book

    with file.open("rb") as stream:
        lines = read_book(stream)
    with place.open_hub() as hub:
        placed = place_all(hub.services, hub.suspense, lines, reason)
        with hub.look() as look:
            today = hub.services.local(hub.services.clock.now())
            still = [one.item.amount for one in suspended(look, today)]
    told = {what: placed.of(what) for what in (PROPOSED, CLEARED, REFUSED, LEFT)}
    told["in suspense now"] = len(still), sum(still)
    if as_json:
        show.print_json({what: {"count": n, "value": format_pounds(p)} for what, (n, p) in told.items()})
    else:
        rows = [(what, n, format_pounds(p)) for what, (n, p) in told.items()]
        show.print_table(["", ">count", ">pounds"], rows)
    return Exit.OK

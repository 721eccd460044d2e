"""A person's decision about a transfer: committed, then carried as far as the transfer goes now, and told."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from hub.cli import show
from hub.cli.exits import Exit
from hub.cli.place import Place
from hub.cli.values import Pounds

if TYPE_CHECKING:
    from hub.engine.local import Hub
    from hub.engine.report import Outcome
    from hub.store.rows import TransferRow


COUNT = click.option(
    "--count", type=click.IntRange(min=0), help="The records that you agreed, to be compared."
)
VALUE = click.option("--value", type=Pounds(), help="The value that you agreed, in pounds, to be compared.")


def release_of(hub: Hub, transfer: str, reason: str, count: int | None, value: int | None) -> TransferRow:
    """The one act behind `transfers release` and `approvals release`."""
    from hub.transfer.release import Agreed

    return hub.acts.release(transfer, reason, Agreed(count, value))


def decide(place: Place, as_json: bool, act: Callable[[Hub], TransferRow]) -> Exit:
    """Commit the decision, then carry the transfer as far as it goes now.

    What fails after the commit undoes nothing of it, so it is told beside what was done."""
    from hub.engine.carrying import carry_on

    with place.open_hub() as hub:
        row = act(hub)
        outcome, trouble = carry_on(hub, row)
    if as_json:
        show.print_json({**outcome.as_json(), "trouble": trouble})
    else:
        print_outcome(outcome)
    if trouble:
        click.echo(f"feedhub: {trouble}", err=True)
        return Exit.TROUBLE
    return Exit.NOT_SO if outcome.needs_person else Exit.OK


def print_outcome(outcome: Outcome) -> None:
    reason = f": {outcome.reason}" if outcome.reason else ""
    show.console().print(f"{outcome.name} ({outcome.id}) is {outcome.state}{reason}")

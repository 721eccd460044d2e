"""`feedhub holds`: what stops collections and recovery on a rent account, at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

import click

from hub.cli import show
from hub.cli.exits import Exit
from hub.cli.place import Place, Verbs, pass_place
from hub.cli.values import REASON, Day, PartnerCode
from hub.rent.holds import EXTRACT, HOLD, HOLD_KINDS, is_effective

if TYPE_CHECKING:
    from hub.model import Record

KIND = click.argument("kind", type=click.Choice(HOLD_KINDS, case_sensitive=False))


@click.group(cls=Verbs)
def holds() -> None:
    """Set, end and list holds on rent accounts."""


@holds.command()
@click.argument("account")
@KIND
@click.option("--until", type=Day(), help="The last day of the hold; else it lasts until it is ended.")
@click.option(
    "--from", "start", type=Day(), help="The day on which it began, as it was notified; else today."
)
@click.option("--code", type=PartnerCode(), help="What partners are told that it is: MHC, BKR, DRO, IVA …")
@click.option("--unknown-account", is_flag=True, help="ACCOUNT is one that the rent system has yet to name.")
@REASON
@pass_place
def add(
    place: Place,
    account: str,
    kind: str,
    until: date | None,
    start: date | None,
    code: str | None,
    unknown_account: bool,
    reason: str,
) -> Exit:
    """Hold the rent account ACCOUNT for a KIND of reason. It counts at once. Name no person in --reason."""
    from hub.engine.holds import add_hold

    with place.open_hub() as hub:
        hold = add_hold(
            hub.services,
            account,
            kind,
            until=until,
            reason=reason,
            unknown_account=unknown_account,
            start=start,
            code=code,
        )
    lasts = f"until {until}" if until else "until it is ended"
    show.console().print(f"Account {hold.account} is on hold ({kind}) {lasts}: {hold.key}.")
    return Exit.OK


@holds.command()
@click.argument("account")
@KIND
@REASON
@pass_place
def end(place: Place, account: str, kind: str, reason: str) -> Exit:
    """End the hold of a KIND on the rent account ACCOUNT. It counts at once."""
    from hub.engine.holds import end_holds

    with place.open_hub() as hub:
        ended = end_holds(hub.services, account, kind, reason)
    for hold in ended:
        show.console().print(f"The hold {hold.key} has ended.")
    if any(hold.data["source"] == EXTRACT for hold in ended):
        show.console().print(
            "The rent system named it: while its extract still does, the next begins it again."
        )
    return Exit.OK


@holds.command("list")
@click.argument("account", required=False)
@click.option("--all", "every", is_flag=True, help="Those too that have ended or whose last day has passed.")
@show.JSON
@pass_place
def list_(place: Place, account: str | None, every: bool, as_json: bool) -> Exit:
    """List the holds that count today, of all rent accounts or of ACCOUNT."""
    from hub.engine.holds import account_named

    with place.open_hub() as hub, hub.look() as look:
        services = hub.services
        today = services.local(services.clock.now())
        about = account_named(services, account) if account else None
        found = [
            hold
            for hold in look.records(HOLD, account=about, limit=None)
            if every or is_effective(hold, today)
        ]
    if as_json:
        show.print_json([_json(hold, today) for hold in found])
    else:
        columns = ["account", "kind", "from", "until", "set by", "counts", "hold"]
        show.print_table(columns, [_row(hold, today) for hold in found], "No holds.")
    return Exit.OK


def _json(hold: Record, today: date) -> dict[str, Any]:
    facts = {name: hold.data[name] for name in ("kind", "from", "until", "source")}
    counts = is_effective(hold, today)
    return {"key": hold.key, "account": hold.account, **facts, "state": hold.state, "counts": counts}


def _row(hold: Record, today: date) -> Sequence[object]:
    told = _json(hold, today)
    counts = "yes" if told["counts"] else "no"
    return (
        *(told[name] for name in ("account", "kind", "from", "until", "source")),
        counts,
        told["key"],
    )

"""`feedhub routes`: what is configured to move, from where to where, whose it is, and how its runs went."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from hub.cli import show
from hub.cli.exits import Exit
from hub.cli.left_alone import left_alone
from hub.cli.place import Place, Verbs, pass_place
from hub.cli.transfer_view import event_json, told_more

if TYPE_CHECKING:
    from hub.config.routes import Route
    from hub.store.rows import RunRow


@click.group(cls=Verbs, invoke_without_command=True)
@show.JSON
@click.pass_context
def routes(ctx: click.Context, as_json: bool) -> Exit:
    """List the routes; `routes show` tells how the last runs of one went.

    Only those that whoever asks may know of."""
    if ctx.invoked_subcommand is not None:
        return Exit.OK
    place = ctx.ensure_object(Place)
    config, alone = place.config, left_alone(place)
    found = [
        {**_row(route, config.unavailable.get(route.id)), "left_alone": alone.get(("route", route.id))}
        for route in place.known.routes.values()
    ]
    if as_json:
        show.print_json(found)
    else:
        rows = [
            (
                row["route"],
                ", ".join(row["feeds"]),
                row["from"],
                "\n".join(row["to"]),
                row["mode"],
                row["owner"],
            )
            for row in found
        ]
        show.print_table(["route", "feeds", "from", "to", "mode", "owner"], rows, "No routes.")
        for row in found:
            if row["unavailable"]:
                show.console().print(f"{row['route']} cannot run: {row['unavailable']}")
            if row["left_alone"]:
                show.console().print(row["left_alone"])
    return Exit.OK


@routes.command("show")
@click.argument("name")
@click.option("--limit", type=click.IntRange(min=1), default=10, show_default=True, help="Of the runs.")
@show.JSON
@pass_place
def show_(place: Place, name: str, limit: int, as_json: bool) -> Exit:
    """Show route NAME with its last runs, the newest first, and its own events, such as why a run failed."""
    route = place.known.route(name)
    with place.open_hub() as hub, hub.look() as look:
        runs, events = look.runs(route.id, limit=limit), look.events("route", route.id)
    told = _row(route, place.config.unavailable.get(route.id))
    if as_json:
        history = [event_json(event) for event in events]
        show.print_json({**told, "runs": [_run_json(run) for run in runs], "events": history})
        return Exit.OK
    many = {name: "\n".join(told[name]) for name in ("feeds", "to")}
    show.print_facts({name: value for name, value in {**told, **many}.items() if value})
    columns = ["run", "started", "outcome", "for", "asked by", "trouble"]
    show.print_table(columns, [_run(run) for run in runs], "It never ran.")
    if events:
        rows = [(show.clock_face(event.at), event.kind, event.who, told_more(event)) for event in events]
        show.print_table(["when", "event", "who", "more"], rows)
    return Exit.OK


def _run(run: RunRow) -> Sequence[object]:
    outcome, trouble = run.outcome or "under way", run.summary.get("trouble") or run.summary.get("waits")
    return run.id, show.clock_face(run.started_at), outcome, run.business_date, run.asked_by, trouble


def _run_json(run: RunRow) -> dict[str, Any]:
    return {
        "id": run.id,
        "started_at": run.started_at.isoformat(),
        "ended_at": run.ended_at and run.ended_at.isoformat(),
        "business_date": run.business_date and run.business_date.isoformat(),
        "outcome": run.outcome,
        "trouble": run.summary.get("trouble"),
        "asked_by": run.asked_by,
        "config": run.config,
    }


def _row(route: Route, unavailable: str | None) -> dict[str, Any]:
    return {
        "route": route.id,
        "partner": route.partner,
        "feeds": list(route.feeds),
        "from": _start(route),
        "to": [f"{target.output} → {target.endpoint}:{target.folder}" for target in route.to],
        "mode": route.mode,
        "owner": route.owner,
        "unavailable": unavailable,
    }


def _start(route: Route) -> str:
    """Where it begins: at an endpoint, or with items that wait in the hub."""
    from hub.config.routes import Waiting

    if isinstance(route.source, Waiting):
        return f"items {route.source.items}"
    return route.source.place

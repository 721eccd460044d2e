"""`feedhub alerts`: what people are told, and whether they can be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from hub.cli import show
from hub.cli.exits import Exit
from hub.cli.place import Place, Verbs, pass_place

if TYPE_CHECKING:
    from datetime import datetime

    from hub.store.alert_rows import AlertRow, MessageRow

LIMIT = click.option("--limit", type=click.IntRange(min=1), default=50, show_default=True)


@click.group(cls=Verbs)
def alerts() -> None:
    """See what people are told, say that you are at it, and try a channel."""


@alerts.command("list")
@click.option("--all", "over", is_flag=True, help="Those that are over, too.")
@LIMIT
@show.JSON
@pass_place
def list_(place: Place, over: bool, limit: int, as_json: bool) -> Exit:
    """List the alerts, the newest first."""
    with place.open_hub() as hub, hub.look() as look:
        found = look.alerts(over=over, limit=limit)
    if as_json:
        show.print_json([_alert_json(row) for row in found])
    else:
        columns = ["alert", "urgency", "since", "what", "owner", "acknowledged by", "about"]
        show.print_table(columns, [_alert(row) for row in found], "No alerts.")
    return Exit.OK


@alerts.command()
@LIMIT
@show.JSON
@pass_place
def messages(place: Place, limit: int, as_json: bool) -> Exit:
    """List the messages in which people were or will be told, the newest first."""
    with place.open_hub() as hub, hub.look() as look:
        found = look.messages(limit=limit)
    if as_json:
        show.print_json([_message_json(row) for row in found])
    else:
        columns = ["message", "over", "to", ">alerts", "state", "due or told", ">attempts", "trouble"]
        show.print_table(columns, [_message(row) for row in found], "No messages.")
    return Exit.OK


@alerts.command()
@click.argument("ids", nargs=-1)
@click.option("--all", "every", is_flag=True, help="All that stand.")
@show.JSON
@pass_place
def acknowledge(place: Place, ids: tuple[str, ...], every: bool, as_json: bool) -> Exit:
    """Say that you are at it: what has not been told yet about alerts IDS is not told to others."""
    from hub.engine.alerts import acknowledge as act

    if bool(ids) == every:
        raise click.UsageError("Name alerts, or say --all.")
    with place.open_hub() as hub:
        with hub.look() as look:
            found = look.alerts(limit=None) if every else [look.alert(id) for id in ids]
        new = act(hub.services, found)
    if as_json:
        show.print_json({"acknowledged": new})
    else:
        show.console().print(f"{new} acknowledged.")
    return Exit.OK


@alerts.command()
@click.argument("channel")
@click.option("--to", default="", help="The address, over a channel of type email.")
@pass_place
def test(place: Place, channel: str, to: str) -> Exit:
    """Send a test message over CHANNEL. When it went well, what waited for the channel is due at once."""
    from hub.config.alerting import EmailChannel
    from hub.engine.telling import try_channel

    email = isinstance(place.config.hub.alerts.channels.get(channel), EmailChannel)
    if email != bool(to) and channel in place.config.hub.alerts.channels:
        raise click.UsageError("--to says where a test goes over e-mail, and only there.")
    with place.open_hub() as hub:
        try_channel(hub.services, channel, to)
    show.console().print(f"{channel}: the test message was taken.")
    return Exit.OK


def _alert(row: AlertRow) -> tuple[object, ...]:
    since, about = show.clock_face(row.made_at), f"{row.subject} {row.subject_id}"
    return row.id, row.urgency, since, row.says, row.owner, row.acknowledged_by, about


def _alert_json(row: AlertRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "urgency": row.urgency.value,
        "says": row.says,
        "owner": row.owner,
        "subject": row.subject,
        "subject_id": row.subject_id,
        "made_at": row.made_at.isoformat(),
        "acknowledged_by": row.acknowledged_by,
        "acknowledged_at": _iso(row.acknowledged_at),
        "over_at": _iso(row.over_at),
    }


def _message(row: MessageRow) -> tuple[object, ...]:
    when = show.clock_face(row.settled_at or row.due_at)
    return row.id, row.channel, row.recipient, len(row.alerts), row.state, when, row.attempts, row.reason


def _message_json(row: MessageRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "channel": row.channel,
        "recipient": row.recipient,
        "alerts": list(row.alerts),
        "state": row.state.value,
        "due_at": row.due_at.isoformat(),
        "settled_at": _iso(row.settled_at),
        "attempts": row.attempts,
        "reason": row.reason,
    }


def _iso(instant: datetime | None) -> str | None:
    return None if instant is None else instant.isoformat()

"""`feedhub feeds`: what the plug-ins know, and how each feed is checked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

from hub.cli import show
from hub.cli.exits import Exit
from hub.cli.place import Place, Verb, pass_place
from hub.errors import UsageError

if TYPE_CHECKING:
    from hub.checks.base import Check
    from hub.door.feed import Feed


@click.command(cls=Verb)
@click.argument("name", required=False)
@show.JSON
@pass_place
def feeds(place: Place, name: str | None, as_json: bool) -> Exit:
    """List the feeds; with NAME, show one with all its checks."""
    known = place.catalogue.feeds
    if name is None:
        found = [_brief(feed) for feed in known.values()]
        _print_list(found) if not as_json else show.print_json(found)
        return Exit.OK
    if name not in known:
        raise UsageError(f"There is no feed “{name}”. Known: {', '.join(sorted(known))}.")
    whole = _whole(known[name], place.catalogue.checks(known[name]))
    _print_one(whole) if not as_json else show.print_json(whole)
    return Exit.OK


def _brief(feed: Feed) -> dict[str, Any]:
    return {
        "name": feed.name,
        "title": feed.title,
        "direction": feed.direction.value,
        "formats": list(feed.formats),
        "outputs": [output.name for output in feed.outputs],
        "asks": [question.name for question in feed.asks],
    }


def _whole(feed: Feed, extra: tuple[Check, ...]) -> dict[str, Any]:
    return {
        **_brief(feed),
        "options": feed.options.model_json_schema().get("properties", {}),
        "checks": [_check(check) for check in (*feed.checks, *extra)],
    }


def _check(check: Check) -> dict[str, Any]:
    return {
        "id": check.id,
        "level": check.level.name,
        "severity": check.severity.value,
        "needs": [need.value for need in check.needs],
        "at_send": check.at_send,
        "help": " ".join(check.help.split()),
    }


def _print_list(found: list[dict[str, Any]]) -> None:
    rows = [(feed["name"], feed["direction"], ", ".join(feed["formats"]), feed["title"]) for feed in found]
    show.print_table(["feed", "way", "formats", "title"], rows, "No feed is installed.")


def _print_one(feed: Mapping[str, Any]) -> None:
    show.print_facts(
        {key: _joined(feed[key]) for key in ("name", "title", "direction", "formats", "outputs", "asks")}
    )
    _print_options(feed["options"])
    checks = [(check["id"], check["level"], check["severity"], check["help"]) for check in feed["checks"]]
    show.print_table(["check", "level", "severity", "what it checks"], checks, "No checks.")


def _print_options(options: Mapping[str, Mapping[str, Any]]) -> None:
    """With their meanings where the plug-in gives any."""
    rows = [(key, option.get("default"), option.get("description")) for key, option in options.items()]
    if any(meaning for _, _, meaning in rows):
        show.print_table(["option", "default", "meaning"], rows)
    else:
        show.print_table(["option", "default"], [row[:2] for row in rows], "No options.")
        show.console().print("What each means: the README of the plug-in, the comments in config/routes/.")


def _joined(value: Any) -> str:
    return ", ".join(value) if isinstance(value, list) else str(value)

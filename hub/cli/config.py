"""`feedhub config`: versions of the configuration, what a change says, and the second person."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from hub.cli import show
from hub.cli.exits import Exit
from hub.cli.place import Place, Verbs, pass_place
from hub.cli.values import REASON

if TYPE_CHECKING:
    from hub.config.people import Viewer
    from hub.config.settings import HubSettings
    from hub.store import Store


@click.group(cls=Verbs)
def config() -> None:
    """Versions of the configuration, what a change says, and who agreed to it."""


@contextmanager
def _store(place: Place) -> Iterator[tuple[Store, HubSettings, Viewer]]:
    """The store, though the rest of the configuration may be wrong."""
    from hub.clock.now import SystemClock
    from hub.config import login
    from hub.config.load import load_hub_settings
    from hub.config.people import People
    from hub.store import Store

    settings = load_hub_settings(place.config_folder)
    viewer = People(settings.people).viewer(login.system_login())
    store = Store.open(settings.state_folder, clock=SystemClock())
    try:
        yield store, settings, viewer
    finally:
        store.close()


@config.command()
@show.JSON
@pass_place
def history(place: Place, as_json: bool) -> Exit:
    """List every version that ran, the newest first."""
    from hub.engine.config_life import SHORT
    from hub.engine.config_life import history as versions

    with _store(place) as (store, _, _):
        rows = versions(store)
    if as_json:
        show.print_json(
            [{"version": row.version, "since": row.at.isoformat(), "by": row.who} for row in rows]
        )
    else:
        lines = [(row.version[:SHORT], show.clock_face(row.at), row.who) for row in rows]
        show.print_table(["version", "ran first", "for"], lines, "Nothing ran yet.")
    return Exit.OK


@config.command()
@click.argument("old", required=False)
@click.argument("new", required=False)
@show.JSON
@pass_place
def diff(place: Place, old: str | None, new: str | None, as_json: bool) -> Exit:
    """Say what changes from version OLD (else the one that ran last) to NEW (else the files as they are)."""
    from hub.config.difference import differences
    from hub.engine.config_life import files_now, files_of
    from hub.engine.config_life import history as versions

    with _store(place) as (store, _, _):
        known = versions(store)
        before: Mapping[str, str] = files_of(store, old or known[0].version) if old or known else {}
        after = files_of(store, new) if new else files_now(place.config_folder)
    said = differences(
        before, {name: text for name, text in after.items() if new or name in before or _counts(name)}
    )
    if as_json:
        show.print_json(said)
    else:
        show.console().print("\n".join(said) or "Nothing that has a meaning changes.")
    return Exit.OK


def _counts(name: str) -> bool:
    """Of files that no version names, only these say something by being there."""
    return name.startswith(("routes/", "settings/")) or name in ("waivers.yaml", "endpoints.yaml", "hub.yaml")


@config.command()
@click.argument("version")
@click.option("--yes", is_flag=True, help="Do it; else it is only said what would change.")
@REASON
@pass_place
def rollback(place: Place, version: str, yes: bool, reason: str) -> Exit:
    """Write the files of VERSION back, though those that lie there may be wrong.

    What lies there now is kept as a version of its own. Secrets are no part of a configuration and stay as
    they are. The restored files are used from the next command on, or once the service reads them again."""
    from hub.config.difference import differences
    from hub.engine.config_life import files_now, files_of, roll_back

    folder = place.config_folder
    with _store(place) as (store, settings, viewer):
        there = {name: text for name, text in files_now(folder).items() if _counts(name)}
        wanted = files_of(store, version)
        said = differences({**there, **{n: t for n, t in files_now(folder).items() if n in wanted}}, wanted)
        show.console().print("\n".join(said) or "Nothing that has a meaning changes.")
        if yes:
            roll_back(store, folder, settings, viewer, version, reason)
    show.console().print("The files are written." if yes else "Nothing was written. With --yes it is.")
    return Exit.OK


@config.command()
@click.option("--yes", is_flag=True, help="Agree to all that is shown.")
@REASON
@show.JSON
@pass_place
def agree(place: Place, yes: bool, reason: str, as_json: bool) -> Exit:
    """Agree, as the second person, to changed accounts, service user numbers and addresses.

    Until somebody who did not bring them agrees, the routes that need them are not worked."""
    from hub.engine.config_life import agree as do
    from hub.engine.config_life import pending

    with place.open_hub() as hub:
        waiting = do(hub.services, reason) if yes else pending(hub.services)
    if as_json:
        show.print_json([{"name": one.new.name, "becomes": one.new.value, "was": one.was} for one in waiting])
    else:
        done = "You agreed." if yes else "With --yes you agree to all of it." if waiting else "Nothing waits."
        show.console().print("\n".join([*(one.sentence for one in waiting), done]))
    return Exit.OK


@config.command()
@click.argument("file", type=click.Choice(["hub.yaml", "endpoints.yaml", "routes"]))
def schema(file: str) -> Exit:
    """Print the JSON Schema of a file, so that an editor knows its keys."""
    from hub.config.schema import schema_of

    show.print_json(schema_of(file))
    return Exit.OK

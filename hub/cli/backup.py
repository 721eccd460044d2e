"""`feedhub backup` and `feedhub restore`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from hub.cli import show
from hub.cli.exits import Exit
from hub.cli.place import Place, Verb, pass_place
from hub.cli.progress import progress

if TYPE_CHECKING:
    from hub.engine.backup import Put
    from hub.store.backup import Backup

_DIR = click.argument("folder", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))


@click.command(cls=Verb)
@_DIR
@click.option("--with-keys", is_flag=True, help="The keys, too: whoever has the back-up can then read it.")
@click.option("--keep", type=click.IntRange(min=1), help="Let all but the newest so many in DIR go.")
@show.JSON
@pass_place
def backup(place: Place, folder: Path, with_keys: bool, keep: int | None, as_json: bool) -> Exit:
    """Back the state folder up into DIR, while the hub works.

    The database is copied as it is at one moment, and read back. Stored bytes that an earlier back-up in DIR
    has are not copied again. Without the keys nothing of it can be read: keep those apart."""
    from hub.engine.backup import back_up
    from hub.store.backup import shown

    with place.open_hub() as hub, progress("Backing up") as told:
        made = back_up(hub.services, folder, with_keys=with_keys, keep=keep, told=told)
    if as_json:
        show.print_json(shown(made))
    else:
        show.console().print(_said(made))
    return Exit.OK


def _said(made: Backup) -> str:
    manifest = made.manifest
    keys = "with the keys" if manifest.with_keys else "without the keys: back those up apart"
    return (
        f"{made.folder}: {manifest.counts['transfer']} transfers, {manifest.counts['event']} events, "
        f"{len(manifest.blobs)} stored files, {made.size:,} bytes; read back, {keys}."
    )


@click.command(cls=Verb)
@_DIR
@click.option("--back-up", "name", metavar="NAME", help="Which one in DIR; else the newest.")
@click.option(
    "--keys",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The folder `keys` of the lost state folder, where the back-up has none.",
)
@click.option(
    "--margin",
    type=click.IntRange(min=0),
    default=100,
    show_default=True,
    help="So many numbers of each counter are skipped; 0: a person sets each counter first.",
)
@click.option("--check", "only_check", is_flag=True, help="Only say whether the back-up is whole.")
@show.JSON
@pass_place
def restore(
    place: Place,
    folder: Path,
    name: str | None,
    keys: Path | None,
    margin: int,
    only_check: bool,
    as_json: bool,
) -> Exit:
    """Put a back-up in DIR in place of a state folder that was lost.

    The state folder must be empty or not there. Nothing is sent again by itself: what may have gone out since
    the back-up is in doubt or held until a person says whether it did, and the first run of each route looks
    for what came meanwhile."""
    from hub.engine.backup import chosen, restore

    found = chosen(folder, name)
    if only_check:
        return _check(found, as_json)
    state = place.config.hub.state_folder
    with progress("Restoring") as told:
        put = restore(state, found, place.open_hub, keys=keys, margin=margin, told=told)
    if as_json:
        show.print_json(_json(put))
    else:
        show.console().print(_told(put, state))
    return Exit.OK


def _check(found: Backup, as_json: bool) -> Exit:
    from hub.store.backup import damage

    with progress("Reading") as told:
        wrong = list(damage(found, told))
    if as_json:
        show.print_json({"folder": str(found.folder), "ok": not wrong, "damage": wrong})
    else:
        show.console().print("\n".join([*wrong, f"{found.folder}: {'damaged' if wrong else 'whole'}."]))
    return Exit.NOT_SO if wrong else Exit.OK


def _json(put: Put) -> dict[str, object]:
    from hub.store.backup import shown

    return {
        **shown(put.backup),
        "in_doubt": put.doubted,
        "held": put.held,
        "counters_skipped": list(put.burnt),
        "counters_to_set": list(put.asked),
    }


def _told(put: Put, state: Path) -> str:
    taken = show.clock_face(put.backup.manifest.taken_at)
    lines = [
        f"{state} is as it was on {taken}. What the hub and people did since then is forgotten.",
        f"Deliveries in doubt: {put.doubted}. Transfers held then: {put.held}. Ask the partners which "
        "of them they have: feedhub overdue",
        "Whatever lay at a source by now, or waited in the hub, will be held when it is worked.",
    ]
    if put.burnt:
        lines.append(f"Numbers are skipped by {', '.join(put.burnt)}.")
    if put.asked:
        lines.append(f"Set these counters before anything draws from them: {', '.join(put.asked)}.")
    return "\n".join(lines)

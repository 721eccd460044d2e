"""`feedhub audit`: sealing the history, and whether it is as it was written."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from hub.cli import show
from hub.cli.exits import Exit
from hub.cli.place import Place, Verbs, pass_place
from hub.cli.progress import progress
from hub.errors import UsageError

if TYPE_CHECKING:
    from hub.store.signing import Witness

SHOWN = 20
"""Broken places that are told one by one."""


@click.group(cls=Verbs)
def audit() -> None:
    """Whether the history is as it was written."""


@audit.command()
@click.option(
    "--public-key",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The public key to believe (PEM), as it was copied with the seals; else the hub's own.",
)
@show.JSON
@pass_place
def verify(place: Place, public_key: Path | None, as_json: bool) -> Exit:
    """Look at every entry of every history, at all seals and at their copies.

    Each broken place is told, the first one first. What was appended since the last seal is sealed by
    nothing but its own chain."""
    from hub.engine.audit import verify as look

    witness = _witness(public_key) if public_key else None
    with place.open_hub() as hub, progress("Verifying") as told:
        found = look(hub.services, told, witness)
        said = [one.sentence(hub.services.viewer) for one in found.broken]
    looked_at = {"entries": found.entries, "seals": found.seals, "copies": found.copies}
    if as_json:
        show.print_json({"ok": not said, **looked_at, "broken": said, "notes": list(found.notes)})
    else:
        more = [f"… and {len(said) - SHOWN} more"] if len(said) > SHOWN else []
        verdict = (
            "all as they were written." if not said else f"{len(said)} places are not as they were written."
        )
        counts = ", ".join(f"{count} {what}" for what, count in looked_at.items())
        show.console().print("\n".join([*said[:SHOWN], *more, *found.notes, f"{counts}: {verdict}"]))
    return Exit.NOT_SO if said else Exit.OK


def _witness(path: Path) -> Witness:
    from hub.store.signing import Witness

    try:
        return Witness.of_pem(path.read_bytes())
    except ValueError:
        raise UsageError(
            f"{path} is no Ed25519 public key; expected the PEM file beside the seals."
        ) from None


@audit.command()
@pass_place
def seal(place: Place) -> Exit:
    """Seal now what was appended since the last seal; the service does so by itself."""
    from hub.config.people import Right
    from hub.engine.audit import seal as make
    from hub.engine.rights import demand

    with place.open_hub() as hub:
        demand(hub.services, Right.AUDIT)
        made = make(hub.services)
    said = f"Seal {made.number}: root {made.root}." if made else "Nothing was appended since the last seal."
    show.console().print(said)
    return Exit.OK

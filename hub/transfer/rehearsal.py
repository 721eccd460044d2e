"""Rehearsals: a route is worked as it would be, and nothing of it is meant.

A rehearsal is one run. It sees what is live and what that run itself brought, so that two runs rehearse the
same; nothing that is live sees any of it (`hub.store.queries.happened`). It sights no file, draws no number,
gives no answer, moves no record, takes no waiting item and asks nobody; its files lie in a folder of its own.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from hub.config.endpoints import FolderEndpoint
from hub.connectors.folder import FolderConnector
from hub.connectors.names import problem_with
from hub.model import DeliveryState, TransferState
from hub.store.files import disk_errors
from hub.store.rows import DeliveryRow, TransferRow
from hub.transfer import move
from hub.transfer.services import Services

if TYPE_CHECKING:
    from hub.transfer.outcome import Outcome

FOLDER = "rehearsal"
"""In the state folder: a folder for each run, in it one for each endpoint."""
LIES_IN = "lies_in"


def only_for_itself(outcome: Outcome) -> Outcome:
    """What a rehearsal keeps of an outcome: what would wait for a person goes on, and says so."""
    kept = replace(outcome, answering=None, called={}, register=None, steps=())
    if outcome.state is not TransferState.HELD or "feed" not in outcome.values:
        return kept
    state = TransferState.ACCEPTED if outcome.deliveries else TransferState.APPLIED
    return replace(kept, state=state, reason=f"in earnest it would wait for a person: {outcome.reason}")


def lay_down(services: Services, row: TransferRow, delivery: DeliveryRow) -> DeliveryRow:
    """Write the file into the rehearsal's folder, whatever its endpoint is. May be repeated."""
    root = services.config.hub.state_folder / FOLDER / (row.run_id or row.id) / delivery.endpoint
    place = FolderEndpoint(type="folder", path=root)
    _make(root, delivery.folder)
    connector = FolderConnector()
    with (
        services.store.blobs(row.compartment).open(delivery.blob) as source,
        connector.open(f"{FOLDER} of {delivery.endpoint}", place, services.secrets) as session,
    ):
        seen = session.put(delivery.folder, delivery.name, source, delivery.size, delivery.blob)
    services.boundary("laid_down")
    lies_in = str(root.joinpath(*_parts(delivery.folder)))
    remote = {"path": seen.path, "size": seen.size, "sha256": seen.sha256, "checked": seen.checked}
    laid = replace(delivery, remote={**remote, LIES_IN: lies_in})
    return services.commit(
        lambda conn: move.delivery(
            conn,
            services,
            delivery,
            DeliveryState.SENT,
            event="rehearsed",
            data={"rehearsal": says(laid)},
            remote=laid.remote,
        )
    )


def laid_down(delivery: DeliveryRow) -> bool:
    """Whether a file lies in a rehearsal's folder and was sent to nobody."""
    return LIES_IN in delivery.remote


def says(delivery: DeliveryRow) -> str:
    """What became of a file that was laid down."""
    return f"nothing was sent to {delivery.endpoint}; the file lies in {delivery.remote[LIES_IN]}"


def _make(root: Path, folder: str) -> None:
    """Only a folder that can be one: the connector refuses any other with a sentence."""
    parts = _parts(folder)
    sound = not any(map(problem_with, parts))
    with disk_errors(root):
        (root.joinpath(*parts) if sound else root).mkdir(parents=True, exist_ok=True)


def _parts(folder: str) -> list[str]:
    return [part for part in folder.split("/") if part]

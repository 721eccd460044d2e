"""After a person's decision: the transfer goes as far as it goes now, and what it came to is told."""

from __future__ import annotations

from hub.engine.local import Hub
from hub.engine.report import Outcome, outcome_of
from hub.errors import FeedHubError
from hub.store.rows import TransferRow


def carry_on(hub: Hub, row: TransferRow) -> tuple[Outcome, str | None]:
    """What the transfer came to, and a sentence about what could not be done for it yet.

    What fails undoes nothing of the decision."""
    try:
        outcome = hub.advance(row.id)
    except FeedHubError as error:
        outcome = outcome_of(hub.store, hub.acts.transfer(row.id))
        return outcome, f"{row.name} is {outcome.state}; what follows could not be done yet: {error}"
    untidied = _not_tidied(hub, row.id)
    if untidied is None:
        return outcome, None
    return outcome, f"{row.name} is {outcome.state}; its source could not be tidied yet: {untidied}"


def _not_tidied(hub: Hub, id: str) -> str | None:
    """Why the source of a transfer lies there still, if that is the last that was noted."""
    with hub.look() as look:
        newest = look.events("transfer", id)[-1]
    return str(newest.data["reason"]) if newest.kind == "not_tidied" else None

"""What a person may do about milestones: say that one is reached."""

from __future__ import annotations

from datetime import date

from hub.config.people import Right
from hub.config.sentences import near
from hub.engine.rights import demand
from hub.errors import UsageError
from hub.transfer import milestones
from hub.transfer.services import Services


def set_milestone(services: Services, name: str, day: date, reason: str) -> bool:
    """Say that a milestone is reached for a business date; whether it was not yet.

    Raises UsageError when there is none of that name, or the person may not."""
    demand(services, Right.MILESTONE)
    known = services.config.milestones
    if name not in known:
        hint = near(name, known) or ". Routes name them (reaches:), or milestones: in hub.yaml lists them"
        raise UsageError(f"There is no milestone “{name}”{hint}")
    return services.commit(
        lambda conn: milestones.reach(conn, services, name, day, who=services.who, reason=reason)
    )

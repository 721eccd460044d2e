"""Whether the hub works unattended, what waits for it, and what is due next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from hub.clock.due import Slot
from hub.engine.slots import timeline_of, waiting
from hub.errors import StoreError
from hub.store import queries
from hub.store.rows import SlotRow
from hub.transfer.services import Services

AHEAD = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Status:
    """What who looks may know of.

    running: whether a service works on this state folder
    looked:  until when every due time was rung; None when none ever was
    waiting: rung, and not over
    ahead:   route and slot of the next day, in order"""

    running: bool
    looked: datetime | None
    waiting: Sequence[SlotRow]
    ahead: Sequence[tuple[str, Slot]]


def status(services: Services) -> Status:
    now = services.clock.now()
    with services.store.read() as conn:
        looked = queries.looked_until(conn)
    known, due = services.known.routes, timeline_of(services).between(now, now + AHEAD)
    ahead = [(name, slot) for name, slots in due.items() if name in known for slot in slots]
    return Status(
        running=is_running(services),
        looked=looked,
        waiting=waiting(services),
        ahead=sorted(ahead, key=lambda one: (one[1].at, one[0])),
    )


def is_running(services: Services) -> bool:
    try:
        with services.store.alone("service"):
            return False
    except StoreError:
        return True

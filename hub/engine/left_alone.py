"""What is left alone at the moment, for people who look."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from hub.config.maintenance import maintained_until
from hub.config.people import HUB_LOGIN
from hub.store.look import Look
from hub.transfer import circuits, leave_alone
from hub.transfer.services import Services


@dataclass(frozen=True, slots=True)
class Alone:
    """A route or endpoint (`kind`). `by`: who paused it, else the hub; `at`: until when, or since when it
    fails; `next`: what to do about it."""

    kind: str
    name: str
    says: str
    by: str
    at: datetime
    next: str

    @property
    def fails(self) -> bool:
        """Whether nobody wanted it so."""
        return self.next.startswith("feedhub endpoints")


def left_alone(services: Services, look: Look) -> Iterator[Alone]:
    now = services.clock.now()
    for row in look.pauses(now):
        what = f"feedhub resume {row.kind} {row.name} --reason …"
        yield Alone(row.kind, row.name, str(leave_alone.is_paused(row)), row.by, row.until, what)
    for name, settings in services.known.endpoints.items():
        windows = getattr(settings, "maintenance", ())
        until = maintained_until(windows, services.config.calendars, now) if windows else None
        if until is not None:
            says = str(leave_alone.is_maintained(name, until))
            yield Alone("endpoint", name, says, HUB_LOGIN, until, "wait, or change endpoints.yaml")
    for circuit in look.circuits():
        kind, _, name = circuit.name.partition(":")
        if kind == "endpoint" and circuits.is_open(circuit):
            test = f"feedhub endpoints test {name}"
            yield Alone(kind, name, circuit.reason, HUB_LOGIN, circuit.since, test)

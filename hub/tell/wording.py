"""What a message says. Of what lies in a closed compartment it says only that something is there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from hub.clock.now import LONDON
from hub.model import Compartment, Urgency
from hub.store.alert_rows import AlertRow

SHOWN = 40
"""Alerts that one message tells singly."""

_WHAT_TO_DO = (
    "What to do: feedhub overdue, feedhub worklist list. "
    "That somebody is at it: feedhub alerts acknowledge ID"
)


@dataclass(frozen=True, slots=True)
class Message:
    """`id` stays the same however often it is sent. Channels put it into their own form."""

    id: str
    title: str
    text: str
    urgency: Urgency
    count: int

    def words(self) -> dict[str, str]:
        """For a template, by placeholder."""
        return {
            "id": self.id,
            "title": self.title,
            "text": self.text,
            "urgency": self.urgency.value,
            "count": str(self.count),
        }


def message_of(id: str, alerts: Sequence[AlertRow]) -> Message:
    """The worst first. `alerts`: at least one."""
    ordered = sorted(alerts, key=lambda alert: (alert.urgency is not Urgency.RED, alert.id))
    worst = ordered[0].urgency
    text = "\n".join([*_lines(ordered), "", _WHAT_TO_DO])
    return Message(id, _title(ordered), text, worst, len(ordered))


def _title(alerts: Sequence[AlertRow]) -> str:
    if len(alerts) == 1:
        return f"{alerts[0].urgency}: {_says(alerts[0])}"
    counts = Counter(alert.urgency for alert in alerts)
    return f"{len(alerts)} alerts: " + ", ".join(f"{n} {u}" for u, n in counts.items())


def _lines(alerts: Sequence[AlertRow]) -> Iterator[str]:
    for alert in alerts[:SHOWN]:
        made = f"{alert.made_at.astimezone(LONDON):%Y-%m-%d %H:%M}"
        yield f"{alert.urgency.upper():<5} {made} {alert.owner}: {_says(alert)} ({alert.id})"
    if len(alerts) > SHOWN:
        yield f"and {len(alerts) - SHOWN} more: feedhub alerts list"


def _says(alert: AlertRow) -> str:
    if alert.compartment is Compartment.OPEN:
        return " ".join(alert.says.split())
    return f"something in the compartment {alert.compartment} asks for you"

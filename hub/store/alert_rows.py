"""What people are told, and what is not tried at the moment, as the store keeps it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from hub.model import Compartment, MessageState, Urgency


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRow:
    """One thing that people are told. `subject` and `subject_id` as in the worklist.

    about:      names the thing, such as `work:ID`: of each at most one alert stands
    says:       a sentence without personal data
    planned_at: when it was decided who is told, and when
    over_at:    when it needed nobody any more
    """

    id: str
    about: str
    urgency: Urgency
    subject: str
    subject_id: str
    says: str
    owner: str
    made_at: datetime
    planned_at: datetime | None = None
    acknowledged_by: str | None = None
    acknowledged_at: datetime | None = None
    over_at: datetime | None = None
    compartment: Compartment = Compartment.OPEN


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageRow:
    """One message of the outbox: alerts (their ids) to one recipient over one channel.

    recipient: an address; empty where the channel has but one reader
    escalates: it tells only what nobody has acknowledged
    due_at:    when it is sent or, after an attempt that failed, tried again; `reason`: why that failed
    """

    id: str
    channel: str
    recipient: str
    alerts: Sequence[str]
    made_at: datetime
    due_at: datetime
    escalates: bool = False
    attempts: int = 0
    reason: str | None = None
    state: MessageState = MessageState.WAITING
    settled_at: datetime | None = None
    compartment: Compartment = Compartment.OPEN


@dataclass(frozen=True, slots=True, kw_only=True)
class CircuitRow:
    """Something that did not answer, or refused us (`refused`: with what, as a digest).

    failures: in a row; none = somebody has found that it works, so that it is tried afresh
    try_at:   not before then
    """

    name: str
    failures: int
    since: datetime
    reason: str
    try_at: datetime | None = None
    refused: str | None = None
    compartment: Compartment = Compartment.OPEN


@dataclass(frozen=True, slots=True, kw_only=True)
class PauseRow:
    """A route or an endpoint (`kind`) that a person has stopped until then."""

    kind: str
    name: str
    reason: str
    by: str
    since: datetime
    until: datetime
    compartment: Compartment = Compartment.OPEN

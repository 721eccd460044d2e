"""What the store hands out and takes in: one frozen row class a table that the pipeline works with.

Instants are aware UTC datetimes; money is pence (canonical sign for items, the file's own for a transfer's
value). A row is a snapshot: `version` says of which moment.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Self

from hub.model import (
    Answered,
    Compartment,
    DeliveryState,
    Direction,
    Disposition,
    Item,
    ItemState,
    PromiseState,
    Record,
    Severity,
    Taken,
    TransferState,
    WorkKind,
    WorkState,
)


@dataclass(frozen=True, slots=True)
class BlobRef:
    """Stored bytes: the SHA-256 (hex) and the size of the plain content. `sealed` is small content that the
    commit which names it has yet to store (`queries.keep_blob`); `inside`: with whose key."""

    sha256: str
    size: int
    sealed: bytes | None = field(default=None, repr=False, compare=False)
    inside: Compartment = Compartment.OPEN


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotRow:
    """A due time of a route, rung by the clock. It waits until it is over: worked, or left out for a reason.

    due:             unique within the route (`hub.clock.due.Slot.key`)
    attempts:        runs that could not do it; the next is at `next_attempt_at`
    why:             why it was left out
    """

    id: str
    route: str
    due: str
    at: datetime
    business_date: date
    attempts: int = 0
    next_attempt_at: datetime | None = None
    over_at: datetime | None = None
    why: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRow:
    """One working of a route.

    config:   the version of the configuration that it was worked with
    asked_by: the login of who wanted it; `hub`: the clock
    """

    id: str
    route: str
    slot_id: str | None = None
    business_date: date | None = None
    config: str = ""
    started_at: datetime
    ended_at: datetime | None = None
    outcome: str | None = None
    summary: Mapping[str, Any] = field(default_factory=dict)
    asked_by: str = "hub"
    compartment: Compartment = Compartment.OPEN


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferRow:
    """One file on its way. `name` is the name as received; `mode` the route's mode when it was found.

    identity: the file's own business identity; set it in the same move as DUPLICATE or REJECTED when another
              live transfer of the route has it, else the database refuses the move
    moment:   the clock value that all work on it is done with, drawn once
    summary:  what the feed's tally stored for the next transfer's checks, and its totals
    purged_at: when its bytes were let go; bytes_gone: and its files removed; values_gone: and none of its
              items has personal values for its sake any more
    """

    id: str
    route: str
    partner: str
    direction: Direction
    name: str
    found_at: datetime
    updated_at: datetime
    state: TransferState = TransferState.FOUND
    version: int = 1
    feed: str | None = None
    format: str | None = None
    source_endpoint: str | None = None
    source_path: str | None = None
    source_mtime: str | None = None
    blob: str | None = None
    size: int | None = None
    identity: str | None = None
    business_date: date | None = None
    records: int = 0
    value: int = 0
    summary: Mapping[str, Any] = field(default_factory=dict)
    moment: datetime | None = None
    reason: str | None = None
    run_id: str | None = None
    attempts: int = 0
    next_attempt_at: datetime | None = None
    approved_by: str | None = None
    tidied: bool = False
    purged_at: datetime | None = None
    bytes_gone: bool = False
    values_gone: bool = False
    mode: str = "live"
    parent_id: str | None = None
    compartment: Compartment = Compartment.OPEN

    @property
    def rehearsed(self) -> bool:
        """Whether nothing of it is meant: it reaches nobody and changes nothing but itself."""
        return self.mode == "rehearse"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryRow:
    """One output of a transfer to one endpoint. `remote` is what reading back at the other side saw.

    identity, business_date: what the partner knows it by, and the day that its content is for
    answered_by: the report that says what became of the whole of it
    replies_until: the last day on which what its conversation was told is kept
    """

    id: str
    transfer_id: str
    output: str
    endpoint: str
    folder: str
    name: str
    blob: str
    size: int
    updated_at: datetime
    state: DeliveryState = DeliveryState.READY
    version: int = 1
    attempts: int = 0
    next_attempt_at: datetime | None = None
    reason: str | None = None
    remote: Mapping[str, Any] = field(default_factory=dict)
    summary: Mapping[str, Any] = field(default_factory=dict)
    identity: str | None = None
    business_date: date | None = None
    answered_by: str | None = None
    replies_until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemRow:
    """One business fact. `personal` is sealed in the database and empty when read without the keys.

    transfer_id: how it came in; None for one that started inside the hub
    batch_id:    the batch that gathered it; None for one that leaves with its own transfer
    made_by:     of one that started inside: the transfer because of which it did, if one was
    """

    id: str
    transfer_id: str | None
    feed: str
    kind: str
    line: int
    reference: str
    amount: int
    on: date
    state: ItemState
    data: Mapping[str, str | int | bool | None] = field(default_factory=dict)
    personal: Mapping[str, str] = field(default_factory=dict)
    account: str | None = None
    tenancy: str | None = None
    reason: str | None = None
    candidates: Sequence[str] = ()
    item_key: str | None = None
    answers: str | None = None
    batch_id: str | None = None
    waits_as: str | None = None
    made_by: str | None = None
    expires: date | None = None
    compartment: Compartment = Compartment.OPEN

    @classmethod
    def of(
        cls,
        taken: Taken,
        *,
        transfer_id: str | None,
        feed: str,
        item_key: str | None,
        made_by: str | None = None,
        compartment: Compartment = Compartment.OPEN,
    ) -> Self:
        """The row of an item with what matching decided for it."""
        item, disposition = taken.item, taken.disposition
        return cls(
            id=taken.id,
            transfer_id=transfer_id,
            feed=feed,
            kind=item.kind,
            line=item.line,
            reference=item.reference,
            amount=item.amount,
            on=item.on,
            state=disposition.state,
            data=item.data,
            personal=item.personal,
            account=disposition.account,
            tenancy=disposition.tenancy,
            reason=disposition.reason,
            candidates=disposition.candidates,
            item_key=item_key,
            answers=disposition.answers,
            waits_as=disposition.waits_as,
            made_by=made_by,
            expires=item.expires,
            compartment=compartment,
        )

    def taken(self) -> Taken:
        """The item and its disposition again, as outputs and cross checks want them."""
        facts = (self.kind, self.line, self.reference, self.amount, self.on, self.data, self.personal)
        item = Item(*facts, self.expires)
        disposition = Disposition(
            self.state,
            self.account,
            self.reason,
            tuple(self.candidates),
            self.answers,
            self.tenancy,
            self.waits_as,
        )
        return Taken(self.id, item, disposition)


@dataclass(frozen=True, slots=True)
class AnswerCounts:
    """Of the items that left with a transfer (`left`), how many the partner said what of."""

    left: int = 0
    said: Mapping[Answered, int] = field(default_factory=dict)

    @property
    def answered(self) -> int:
        return sum(self.said.values())

    @property
    def unanswered(self) -> int:
        return self.left - self.answered

    @property
    def told(self) -> str:
        """In words that a person reads everywhere."""
        return f"answered {self.answered} of {self.left}"


@dataclass(frozen=True, slots=True)
class Objection:
    """An answer to an item of a transfer that is not plain acceptance, and the transfer that gave it."""

    item_id: str
    reference: str
    amount: int
    kind: str
    said: Answered
    reason: str | None
    by_transfer: str
    by_name: str


@dataclass(frozen=True, slots=True)
class AnsweredTransfer:
    """A transfer of which another one answers, or takes back, `items` items."""

    id: str
    name: str
    items: int


@dataclass(frozen=True, slots=True)
class FindingRow:
    """A finding as stored. `number` counts from 1 within its transfer, in the order found."""

    number: int
    check: str
    severity: Severity
    message: str
    line: int | None
    field: str | None
    expected: str | None


@dataclass(frozen=True, slots=True)
class EventRow:
    """One row of history. `hash` seals the row and, through `previous`, all rows of its subject before it."""

    subject: str
    subject_id: str
    number: int
    at: datetime
    kind: str
    who: str
    data: Mapping[str, Any]
    previous: str
    hash: str
    compartment: Compartment = Compartment.OPEN

    def shown(self) -> dict[str, Any]:
        """The event for plug-ins that watch."""
        return {
            name: getattr(self, name)
            for name in ("subject", "subject_id", "number", "at", "kind", "who", "data")
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordMoveRow:
    """One step in a record's chained history. `data` holds the open facts that changed; under `account` the
    rent account, and under `personal` the names of the personal values, if those did. `undoes`: the number
    of the first of the moves that it takes back."""

    kind: str
    key: str
    number: int
    at: datetime
    from_state: str | None
    to_state: str
    who: str
    transfer_id: str | None
    item_id: str | None
    reason: str | None
    data: Mapping[str, Any]
    undoes: int | None = None
    previous: str
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordChange:
    """One step of a record that is to be written: from `old` as it was read (None: it is made) to `new`.
    `undoes` as in `RecordMoveRow`."""

    old: Record | None
    new: Record
    who: str
    compartment: Compartment = Compartment.OPEN
    transfer_id: str | None = None
    item_id: str | None = None
    reason: str | None = None
    undoes: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkRow:
    """One entry of the worklist. `subject` is a table's name, `subject_id` the row's (a record's: KIND:KEY).

    proposal: what is asked to be approved or done; answer: what the person entered
    """

    id: str
    kind: WorkKind
    name: str
    subject: str
    subject_id: str
    title: str
    owner: str
    proposed_by: str
    made_at: datetime
    state: WorkState = WorkState.OPEN
    version: int = 1
    proposal: Mapping[str, Any] = field(default_factory=dict)
    taken_by: str | None = None
    closed_by: str | None = None
    closed_at: datetime | None = None
    answer: Mapping[str, Any] = field(default_factory=dict)
    reason: str | None = None
    compartment: Compartment = Compartment.OPEN


@dataclass(frozen=True, slots=True, kw_only=True)
class PromiseRow:
    """What should happen by when. `subject` and `subject_id` as in the worklist."""

    id: str
    name: str
    subject: str
    subject_id: str
    says: str
    owner: str
    due_at: datetime
    made_at: datetime
    warn_at: datetime | None = None
    state: PromiseState = PromiseState.OPEN
    settled_at: datetime | None = None
    compartment: Compartment = Compartment.OPEN


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRow:
    """One call of a conversation, or one wait in it (`due_at`).

    changes:     whether it may change something there (`Again.SAFE` changes nothing)
    answered_at: when it was known what became of it; without a status: that it was not done
    reply:       the SHA-256 of its stored body
    """

    delivery_id: str
    number: int
    name: str
    fingerprint: str
    intended_at: datetime
    changes: bool = True
    attempts: int = 1
    due_at: datetime | None = None
    answered_at: datetime | None = None
    status: int | None = None
    reply: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def milliseconds(self) -> int:
        """How long its answer took; none for what has none."""
        return (self.answered_at - self.intended_at) // timedelta(milliseconds=1) if self.answered_at else 0

    @property
    def is_open(self) -> bool:
        """Whether it was to be made, and what became of it is not known."""
        return self.due_at is None and self.answered_at is None

    @property
    def may_have_changed(self) -> bool:
        """Whether something may be different there because of it."""
        return self.changes and (self.is_open or self.status is not None)


@dataclass(frozen=True, slots=True)
class CounterRow:
    """A counter. `next_value` is the number that will be drawn next; `doubtful`: not before a person says
    so."""

    scope: str
    next_value: int
    updated_at: datetime
    compartment: Compartment = Compartment.OPEN
    doubtful: bool = False


@dataclass(frozen=True, slots=True)
class SameTransfer:
    """An earlier live transfer with the same bytes or the same business identity."""

    id: str
    state: TransferState
    sha256: str | None


@dataclass(frozen=True, slots=True)
class TransferView:
    """All that `feedhub transfers show` tells of one transfer. `money` is count and pence by item state.

    answered: what became of what left with it; objections: to which items, and why
    answers:  the transfers that it answers
    numbers:  drawn for the transfer, by name; item_numbers: by item and name
    called:   what partners call its items, by item and kind
    work:     what somebody must still do about it or its deliveries
    moved:    how many moves of records it has made, and the first of them
    dues:     what it tells of and the bank must show
    reversed, reverses: the contras that take its postings back; the transfers whose postings its contras do
    parent:   the bundle that it came in, or the transfer whose conversation it is a reply of
    children: what came in it, each with the states of its deliveries
    """

    transfer: TransferRow
    deliveries: Sequence[DeliveryRow]
    findings: Sequence[FindingRow]
    money: Mapping[ItemState, tuple[int, int]]
    numbers: Mapping[str, int]
    events: Sequence[EventRow]
    items: Sequence[ItemRow]
    answered: AnswerCounts = AnswerCounts()
    objections: Sequence[Objection] = ()
    answers: Sequence[AnsweredTransfer] = ()
    work: Sequence[WorkRow] = ()
    moved: tuple[int, Sequence[RecordMoveRow]] = (0, ())
    dues: Sequence[Record] = ()
    reversed: Sequence[ItemRow] = ()
    reverses: Sequence[AnsweredTransfer] = ()
    parent: TransferRow | None = None
    children: Sequence[tuple[TransferRow, Sequence[DeliveryState]]] = ()
    item_numbers: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    called: Mapping[str, Mapping[str, Sequence[str]]] = field(default_factory=dict)

    @property
    def names(self) -> Mapping[str, str]:
        """What its events are about beside itself, by id: files that leave, and items."""
        files = {delivery.id: delivery.name for delivery in self.deliveries}
        return {**{item.id: f"item {item.reference}" for item in self.items}, **files}

"""What the API answers: one class a thing. Personal values are in none of them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Generic, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from hub.model import (
    Answered,
    Compartment,
    DeliveryState,
    Direction,
    ItemState,
    Severity,
    WorkKind,
    WorkState,
)

T = TypeVar("T")


class Shape(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    @classmethod
    def of(cls, row: object) -> Self:
        return cls.model_validate(row)


class Page(BaseModel, Generic[T]):
    """`next`: the cursor of the next page; null: there is none."""

    data: list[T]
    next: str | None = None


class Transfer(Shape):
    """A file on its way. state: as a person is told it; value: pence, with the file's own sign."""

    id: str
    route: str
    partner: str
    feed: str | None
    direction: Direction
    state: str
    name: str
    found_at: datetime
    updated_at: datetime
    business_date: date | None
    records: int
    value: int
    sha256: str | None
    size: int | None
    identity: str | None
    reason: str | None
    mode: str
    parent_id: str | None
    approved_by: str | None
    purged_at: datetime | None


class Transfers(Page[Transfer]):
    """`looked_back_to`: where a page that is not full has a next one: until when transfers were looked at."""

    looked_back_to: datetime | None = None


class Count(Shape):
    """`more`: there are perhaps more than `number`."""

    number: int
    more: bool


class Delivery(Shape):
    id: str
    output: str
    endpoint: str
    folder: str
    name: str
    state: DeliveryState
    sha256: str = Field(validation_alias="blob")
    size: int
    attempts: int
    next_attempt_at: datetime | None
    reason: str | None
    identity: str | None
    answered_by: str | None
    updated_at: datetime


class Money(BaseModel):
    """The items of one state: what came in is the sum of all."""

    state: ItemState
    items: int
    pence: int


class Item(Shape):
    """One business fact. amount: pence, positive when the customer owes more."""

    id: str
    transfer_id: str | None
    batch_id: str | None
    feed: str
    kind: str
    line: int
    reference: str
    amount: int
    on: date
    state: ItemState
    account: str | None
    reason: str | None


class Finding(Shape):
    number: int
    check: str
    severity: Severity
    message: str
    line: int | None
    field: str | None
    expected: str | None


class Event(Shape):
    number: int
    subject: str
    subject_id: str
    at: datetime
    kind: str
    who: str
    data: dict[str, Any]
    hash: str


class AnswerCount(BaseModel):
    said: Answered
    items: int


class WholeTransfer(Transfer):
    """With what hangs on it. left, answered: items that left, and those of which the partner said
    something."""

    deliveries: list[Delivery]
    money: list[Money]
    left: int
    answered: list[AnswerCount]


class Run(Shape):
    id: str
    route: str
    business_date: date | None
    started_at: datetime
    ended_at: datetime | None
    outcome: str | None
    asked_by: str


class RouteOut(BaseModel):
    """A route as it is configured; next: when it is due."""

    id: str
    partner: str
    owner: str
    mode: str
    feeds: list[str]
    after: list[str]
    paused: bool
    next: datetime | None


class Record(Shape):
    """A thing that lives on. data: its open facts."""

    kind: str
    key: str
    state: str
    version: int
    account: str | None
    data: dict[str, Any]
    since: datetime | None


class RecordMove(Shape):
    number: int
    at: datetime
    from_state: str | None
    to_state: str
    who: str
    transfer_id: str | None
    item_id: str | None
    reason: str | None
    data: dict[str, Any]
    undoes: int | None


class Work(Shape):
    """What somebody must do. how: with which act."""

    id: str
    kind: WorkKind
    name: str
    state: WorkState
    title: str
    owner: str
    subject: str
    subject_id: str
    proposed_by: str
    made_at: datetime
    taken_by: str | None
    closed_by: str | None
    closed_at: datetime | None
    reason: str | None
    proposal: dict[str, Any]
    answer: dict[str, Any]
    compartment: Compartment


class Health(BaseModel):
    """late: promises that are broken; waiting: due times that are not over."""

    running: bool
    looked_until: datetime | None
    waiting: int
    late: int
    work: dict[str, int]


class Ran(BaseModel):
    """What a run came to; under_way: it takes longer, and goes on."""

    route: str
    under_way: bool
    run: str | None = None
    trouble: str | None = None
    waits: str | None = None
    transfers: list[str] = []


class Paused(BaseModel):
    """until: null: it is not paused."""

    route: str
    until: datetime | None

"""What is looked at of transfers, items and records."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi import Path as InPath
from pydantic import BaseModel, ConfigDict, Field

from hub.console.api import shapes
from hub.console.api.asking import Caller, Looks
from hub.console.api.problem import told_problems
from hub.model import DeliveryState, Record, TransferState
from hub.store.look import Look
from hub.store.look.search import Wanted
from hub.store.rows import TransferRow
from hub.transfer.states import derived_state

router = APIRouter()
MOST = 200
Id = Annotated[str, InPath(max_length=160)]
Limit = Annotated[int, Query(ge=1, le=MOST)]
Cursor = Annotated[str | None, Query(max_length=160)]
_INT = 2**53
_KNOWN = told_problems(404)
State = StrEnum("State", {state.value: state.value for state in (*TransferState, *DeliveryState)})  # type: ignore[misc]


class _Asked(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Sought(_Asked):
    """What a transfer must have, of what may stand in an address; see `Wanted`."""

    route: str | None = Field(None, max_length=128)
    partner: str | None = Field(None, max_length=128)
    feed: str | None = Field(None, max_length=128)
    state: State | None = None
    first: date | None = Field(None, description="The first day, in London, on which it was found.")
    last: date | None = None
    business_date: date | None = None
    sha256: str | None = Field(None, min_length=6, max_length=64, description="How the hash begins.")
    amount: int | None = Field(None, ge=-_INT, le=_INT, description="Pence, of the transfer or of an item.")
    records: int | None = Field(None, ge=0, le=2**31 - 1)
    check: str | None = Field(None, max_length=64, description="The id of a finding.")

    def wanted(self) -> Wanted:
        names = type(self).model_fields.keys() - Paged.model_fields.keys()
        asked = {name: getattr(self, name) for name in names}
        return Wanted(**asked | {"state": self.state and self.state.value})


class Paged(BaseModel):
    cursor: str | None = Field(None, max_length=64)
    limit: int = Field(50, ge=1, le=MOST)


class SoughtPage(Sought, Paged):
    """A page of them."""


class SoughtText(Sought):
    """With free text. It might be somebody's data, and addresses are kept in logs: so it is a body."""

    name: str | None = Field(None, min_length=1, max_length=200, description="A part of the file's name.")
    said: str | None = Field(None, min_length=3, max_length=200, description="A part of what a finding says.")
    reference: str | None = Field(None, min_length=1, max_length=128, description="Of an item.")
    text: str | None = Field(None, min_length=1, max_length=200, description="Name, hash, id or reference.")


class SoughtTextPage(SoughtText, Paged):
    """A page of them."""


class SoughtItems(_Asked, Paged):
    reference: str = Field(min_length=1, max_length=128)


class SoughtRecords(_Asked):
    kind: str = Field(min_length=1, max_length=64)
    account: str = Field(min_length=1, max_length=64)
    state: str | None = Field(None, max_length=32)
    cursor: str | None = Field(None, max_length=160)
    limit: int = Field(50, ge=1, le=MOST)


@router.get("/transfers")
def transfers(caller: Looks, sought: Annotated[SoughtPage, Query()]) -> shapes.Transfers:
    """Transfers that have all that is asked for, the newest first."""
    return _found(caller, sought)


@router.post("/transfers/search")
def search(caller: Looks, sought: SoughtTextPage) -> shapes.Transfers:
    """The same, by free text too."""
    return _found(caller, sought)


def _found(caller: Caller, sought: SoughtPage | SoughtTextPage) -> shapes.Transfers:
    with caller.look() as look:
        found = look.search(sought.wanted(), before=sought.cursor, limit=sought.limit)
        states = look.told_states([row.id for row in found.rows])
    rows = [transfer_shape(row, states[row.id]) for row in found.rows]
    return shapes.Transfers(data=rows, next=found.before, looked_back_to=found.back_to)


@router.get("/transfers/count")
def count(caller: Looks, sought: Annotated[Sought, Query()]) -> shapes.Count:
    """How many there are, as far as that is quickly known."""
    with caller.look() as look:
        return shapes.Count.of(look.count(sought.wanted()))


@router.post("/transfers/search/count")
def count_found(caller: Looks, sought: SoughtText) -> shapes.Count:
    """The same, by free text too."""
    with caller.look() as look:
        return shapes.Count.of(look.count(sought.wanted()))


@router.get("/transfers/{id}", responses=_KNOWN)
def transfer(caller: Looks, id: Id) -> shapes.WholeTransfer:
    with caller.look() as look:
        row, deliveries = look.transfer_row(id), look.deliveries(id)
        money, answered = look.money(id), look.answered(id)
    return shapes.WholeTransfer(
        **transfer_shape(row, [one.state for one in deliveries]).model_dump(),
        deliveries=[shapes.Delivery.of(one) for one in deliveries],
        money=[shapes.Money(state=state, items=n, pence=pence) for state, (n, pence) in money.items()],
        left=answered.left,
        answered=[shapes.AnswerCount(said=said, items=n) for said, n in answered.said.items()],
    )


@router.get("/transfers/{id}/items", responses=_KNOWN)
def items(caller: Looks, id: Id, limit: Limit = 100, cursor: Cursor = None) -> shapes.Page[shapes.Item]:
    """Its items, in the order of their ids."""
    with caller.look() as look:
        look.transfer_row(id)
        found = look.some_items(id, after=cursor or "", limit=limit + 1)
    return _page(found, limit, shapes.Item)


@router.get("/transfers/{id}/findings", responses=_KNOWN)
def findings(caller: Looks, id: Id) -> list[shapes.Finding]:
    with caller.look() as look:
        look.transfer_row(id)
        return [shapes.Finding.of(one) for one in look.findings(id)]


@router.get("/transfers/{id}/events", responses=_KNOWN)
def events(caller: Looks, id: Id) -> list[shapes.Event]:
    """Its history and that of its deliveries, in order."""
    with caller.look() as look:
        look.transfer_row(id)
        return [shapes.Event.of(one) for one in look.transfer_events(id)]


@router.post("/items/search")
def find(caller: Looks, sought: SoughtItems) -> shapes.Page[shapes.Item]:
    """Items under a reference, of an account, or that a partner calls so, the newest first."""
    with caller.look() as look:
        found = look.find(sought.reference, before=sought.cursor, limit=sought.limit + 1)
    return _page(found, sought.limit, shapes.Item)


@router.get("/items/{id}", responses=_KNOWN)
def item(caller: Looks, id: Id) -> shapes.Item:
    with caller.look() as look:
        return shapes.Item.of(look.item(id))


@router.get("/records")
def records(
    caller: Looks,
    kind: Annotated[str, Query(min_length=1, max_length=64)],
    state: Annotated[str | None, Query(max_length=32)] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> shapes.Page[shapes.Record]:
    """Records of a kind, in the order of their keys."""
    with caller.look() as look:
        found = look.records(kind, state=state, after=cursor, limit=limit + 1)
    return _records(found, limit)


@router.post("/records/search")
def records_of(caller: Looks, sought: SoughtRecords) -> shapes.Page[shapes.Record]:
    """The same of a rent account, which no address names."""
    with caller.look() as look:
        found = look.records(
            sought.kind,
            state=sought.state,
            account=sought.account,
            after=sought.cursor,
            limit=sought.limit + 1,
        )
    return _records(found, sought.limit)


def _records(found: Sequence[Record], limit: int) -> shapes.Page[shapes.Record]:
    rows = [shapes.Record.of(one) for one in found[:limit]]
    return shapes.Page(data=rows, next=rows[-1].key if len(found) > limit else None)


@router.get("/records/{kind}/{key:path}/moves", responses=_KNOWN)
def moves(caller: Looks, kind: Id, key: Id) -> list[shapes.RecordMove]:
    """The history of a record, oldest first."""
    with caller.look() as look:
        look.record(kind, key)
        return [shapes.RecordMove.of(one) for one in look.moves(kind, key)]


@router.get("/records/{kind}/{key:path}", responses=_KNOWN)
def record(caller: Looks, kind: Id, key: Id) -> shapes.Record:
    with caller.look() as look:
        return shapes.Record.of(look.record(kind, key))


def transfer_shape(row: TransferRow, states: Sequence[DeliveryState]) -> shapes.Transfer:
    told: dict[str, Any] = {name: getattr(row, name, None) for name in shapes.Transfer.model_fields}
    return shapes.Transfer(**told | {"state": derived_state(row.state, states), "sha256": row.blob})


def whole_state(look: Look, id: str) -> shapes.Transfer:
    """As it stands. Raises Unknown."""
    return transfer_shape(look.transfer_row(id), look.told_states([id])[id])


def _page(found: Sequence[Any], limit: int, shape: type[shapes.Item]) -> shapes.Page[shapes.Item]:
    rows = [shape.of(one) for one in found[:limit]]
    return shapes.Page(data=rows, next=rows[-1].id if len(found) > limit else None)

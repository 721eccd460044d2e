"""What programs do, each with a reason: the same acts as those of the command line, each once a key."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from hub.config.people import Right
from hub.console.api import shapes
from hub.console.api.asking import Acting, Acts
from hub.console.api.look import Id, whole_state
from hub.console.api.problem import told_problems
from hub.engine.agreements import AgreementActs
from hub.engine.carrying import carry_on
from hub.engine.holds import add_hold, end_holds
from hub.engine.items import refuse_item, release_item
from hub.engine.pauses import ROUTE, pause, resume
from hub.engine.report import RunReport
from hub.engine.worklist import WorkActs
from hub.rent.holds import HoldKind
from hub.store.rows import TransferRow
from hub.transfer.release import Agreed

router = APIRouter(responses=told_problems(404, 409))
Settles = Annotated[Acting, Depends(Acts(Right.SETTLE))]
Releases = Annotated[Acting, Depends(Acts(Right.RELEASE))]
Suggests = Annotated[Acting, Depends(Acts(Right.SUGGEST))]
Runs = Annotated[Acting, Depends(Acts(Right.RUN))]
Pauses = Annotated[Acting, Depends(Acts(Right.PAUSE))]
Holds = Annotated[Acting, Depends(Acts(Right.HOLD))]
Tasks = Annotated[Acting, Depends(Acts(Right.TASK))]
RefusesItems = Annotated[Acting, Depends(Acts(Right.REFUSE_ITEM))]


class Asked(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Why(Asked):
    """It is kept in the history. Name no person."""

    reason: str = Field(min_length=1, max_length=1000, pattern="[0-9A-Za-z]")


class Release(Why):
    """count, pence: the control totals that were agreed with the sender."""

    count: int = Field(ge=0, le=2**31 - 1)
    pence: int = Field(ge=-(2**53), le=2**53)


class Withdraw(Why):
    """undone: what a stalled conversation began was undone at the partner."""

    undone: bool = False


class Settle(Why):
    """sent: whether the partner has it."""

    sent: bool


class Reverse(Why):
    """lines: of the file; none: all that it posted."""

    lines: list[Annotated[int, Field(ge=1, le=2**31 - 1)]] = Field(default=[], max_length=1000)


class RunNow(Asked):
    business_date: date | None = None


class Pause(Why):
    until: AwareDatetime


class Hold(Why):
    """until: the last day; unknown_account: one that the rent system has yet to name."""

    account: str = Field(min_length=1, max_length=64)
    kind: HoldKind
    until: date | None = None
    unknown_account: bool = False


class EndHold(Why):
    account: str = Field(min_length=1, max_length=64)
    kind: HoldKind


class Answer(Asked):
    answer: str = Field(min_length=1, max_length=1000, pattern="[0-9A-Za-z]")


@router.post("/transfers/{id}/retry", response_model=shapes.Transfer)
def retry(acting: Settles, id: Id, asked: Why) -> object:
    """Try again now: from the stored bytes, or at the endpoint that stopped it."""
    return acting.once(asked, lambda: _carried(acting, acting.hub.acts.retry(id, asked.reason)))


@router.post("/transfers/{id}/release", response_model=shapes.Transfer)
def release(acting: Releases, id: Id, asked: Release) -> object:
    """Let a held transfer go, as the second person."""
    agreed, acts = Agreed(asked.count, asked.pence), acting.hub.acts
    return acting.once(asked, lambda: _carried(acting, acts.release(id, asked.reason, agreed)))


@router.post("/transfers/{id}/refuse", response_model=shapes.Transfer)
def refuse(acting: Releases, id: Id, asked: Why) -> object:
    """Not let a held transfer go: it is withdrawn."""
    return acting.once(asked, lambda: _carried(acting, acting.hub.acts.refuse(id, asked.reason)))


@router.post("/transfers/{id}/withdraw", response_model=shapes.Transfer)
def withdraw(acting: Settles, id: Id, asked: Withdraw) -> object:
    """Give a transfer up, or the rest of it."""
    acts = acting.hub.acts
    return acting.once(asked, lambda: _carried(acting, acts.withdraw(id, asked.reason, undone=asked.undone)))


@router.post("/transfers/{id}/settle", response_model=shapes.Transfer)
def settle(acting: Settles, id: Id, asked: Settle) -> object:
    """Say what became of deliveries that are in doubt."""
    acts = acting.hub.acts
    return acting.once(asked, lambda: _carried(acting, acts.settle(id, sent=asked.sent, reason=asked.reason)))


@router.post("/transfers/{id}/reverse", response_model=shapes.Work)
def reverse(acting: Suggests, id: Id, asked: Reverse) -> object:
    """Propose that what it posted is taken back. Somebody else agrees, or not."""
    acts = AgreementActs(acting.services)
    return acting.once(asked, lambda: shapes.Work.of(acts.propose_reversal(id, asked.reason, asked.lines)))


@router.post("/worklist/{id}/agree", response_model=shapes.Work)
def agree(acting: Releases, id: Id, asked: Why) -> object:
    """Agree to what somebody else proposed: it is done."""
    acts = AgreementActs(acting.services)
    return acting.once(asked, lambda: shapes.Work.of(acts.agree(id, asked.reason)))


@router.post("/worklist/{id}/disagree", response_model=shapes.Work)
def disagree(acting: Releases, id: Id, asked: Why) -> object:
    """Not agree: nothing is done."""
    acts = AgreementActs(acting.services)
    return acting.once(asked, lambda: shapes.Work.of(acts.refuse(id, asked.reason)))


@router.post("/worklist/{id}/answer", response_model=shapes.Work)
def answer(acting: Tasks, id: Id, asked: Answer) -> object:
    """What was found out or decided, where the hub asked for that."""
    return acting.once(asked, lambda: shapes.Work.of(WorkActs(acting.services).answer(id, asked.answer)))


@router.post("/items/{id}/refuse", response_model=shapes.Item)
def refuse_one(acting: RefusesItems, id: Id, asked: Why) -> object:
    """A held or waiting item goes nowhere, for good."""
    return acting.once(asked, lambda: shapes.Item.of(refuse_item(acting.services, id, asked.reason)))


@router.post("/items/{id}/release", response_model=shapes.Item)
def release_one(acting: Releases, id: Id, asked: Why) -> object:
    """A held posting leaves with the next run of its route."""
    return acting.once(asked, lambda: shapes.Item.of(release_item(acting.services, id, asked.reason)))


@router.post("/routes/{id}/run", response_model=shapes.Ran)
def run(acting: Runs, id: Id, asked: RunNow) -> object:
    """Work a route now. What takes longer than some seconds goes on, and `under_way` says so."""
    found = acting.caller.route(id).id

    def act() -> shapes.Ran:
        work = lambda: acting.hub.run(found, business_date=asked.business_date)  # noqa: E731
        return _ran(found, acting.caller.console.work(f"running {found}", work))

    return acting.once(asked, act)


@router.post("/routes/{id}/pause", response_model=shapes.Paused)
def pause_route(acting: Pauses, id: Id, asked: Pause) -> object:
    """Nothing is fetched, sent or tidied there until then."""
    found = acting.caller.route(id).id

    def act() -> shapes.Paused:
        row = pause(acting.services, ROUTE, found, asked.until, asked.reason)
        return shapes.Paused(route=found, until=row.until)

    return acting.once(asked, act)


@router.post("/routes/{id}/resume", response_model=shapes.Paused)
def resume_route(acting: Pauses, id: Id, asked: Why) -> object:
    """It goes on."""
    found = acting.caller.route(id).id

    def act() -> shapes.Paused:
        resume(acting.services, ROUTE, found, asked.reason)
        return shapes.Paused(route=found, until=None)

    return acting.once(asked, act)


@router.post("/holds", response_model=shapes.Record)
def hold(acting: Holds, asked: Hold) -> object:
    """Hold a rent account, at once."""

    def act() -> shapes.Record:
        made = add_hold(
            acting.services,
            asked.account,
            asked.kind,
            until=asked.until,
            reason=asked.reason,
            unknown_account=asked.unknown_account,
        )
        return shapes.Record.of(made)

    return acting.once(asked, act)


@router.post("/holds/end", response_model=list[shapes.Record])
def end_hold(acting: Holds, asked: EndHold) -> object:
    """End what holds a rent account for that kind of reason, at once."""

    def act() -> list[shapes.Record]:
        ended = end_holds(acting.services, asked.account, asked.kind, asked.reason)
        return [shapes.Record.of(one) for one in ended]

    return acting.once(asked, act)


def _carried(acting: Acting, row: TransferRow) -> shapes.Transfer:
    """The decision is committed; then the transfer goes as far as it goes now, for a while at least."""
    acting.caller.console.work(f"carrying {row.route}", lambda: carry_on(acting.hub, row))
    with acting.caller.look() as look:
        return whole_state(look, row.id)


def _ran(route: str, report: RunReport | None) -> shapes.Ran:
    if report is None:
        return shapes.Ran(route=route, under_way=True)
    return shapes.Ran(
        route=route,
        under_way=False,
        run=report.run_id,
        trouble=report.trouble,
        waits=report.waits,
        transfers=[outcome.id for outcome in report.transfers],
    )

"""Placements, and what of them a person must look at. Source: debt_agency.md, section 1.1."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from hub.api import Deadline, Effect, Facts, Lifecycle, Move, Record, Task, years
from plugins.debt_agency import codes
from plugins.debt_agency.debtors import DEBTOR_LIFE
from plugins.debt_agency.exceptions import EXCEPTION_LIFE
from plugins.debt_agency.fan_out import FOLLOWS_HOLDS, action, held
from plugins.debt_agency.holds import OF_THE_ACCOUNT, stopping
from plugins.debt_agency.notices import SPACE_LIFE
from plugins.debt_agency.pay_records import RECEIPT_LIFE, REMITTANCE_LIFE
from plugins.debt_agency.placements import (
    ACTIVE,
    CANCELLED,
    CLOSED,
    DRAFT,
    HELD,
    MOVES,
    PLACEMENT,
    QUEUED,
    RECALL_PENDING,
    REJECTED,
    RETURNED,
)
from plugins.debt_agency.returns import ROUTING
from plugins.debt_agency.settings import settings_of
from plugins.debt_agency.updating import deletion

OBJECTIONS = {"PAY": "the debtor pays", "PRM": "the debtor has promised", "LEG": "legal steps are under way"}


def what_follows(old: Record | None, new: Record, facts: Facts) -> Iterator[Effect]:
    """What a placement's change brings about."""
    yield from _released(old, new, facts)
    if new.data.get("objection") and (old is None or old.data.get("objection") != new.data["objection"]):
        yield _objected(new)
    if old is not None and old.state == new.state:
        return
    if new.state == REJECTED:
        yield Move(kind=PLACEMENT, key=new.key, to=DRAFT, reason=f"the agency refused it ({_refusal(new)})")
        yield _refused(new)
    elif new.state == RECALL_PENDING and facts.today is not None:
        on = facts.today + timedelta(settings_of(facts).objection_days)
        yield action(new, codes.RECALL_FINAL, on, after=RECALL_PENDING, reason=new.data.get("recalled_for"))
    elif new.state == RETURNED:
        yield _what_now(new, facts)
    elif new.state == CLOSED and facts.today is not None:
        days = settings_of(facts).deletion_days
        if days is not None:
            yield deletion(new, facts.today, facts.today + timedelta(days))


def _released(old: Record | None, new: Record, facts: Facts) -> Iterator[Effect]:
    """Somebody agreed that the agency goes on; unless another hold has come since."""
    if old is None or not old.data.get("hold") or new.data.get("hold") or facts.today is None:
        return
    code, hold = next(stopping(facts, new.account), (None, None))
    if hold is not None and code is not None:
        yield Move(kind=PLACEMENT, key=new.key, data=held(code, hold), reason=f"on hold ({code}) again")
        return
    if new.state == HELD:
        yield Move(kind=PLACEMENT, key=new.key, to=ACTIVE, reason="its hold is over")
    yield action(new, codes.RELEASED, facts.today, hold_code=old.data["hold"]["code"])


def _refusal(record: Record) -> str:
    return str(record.data.get("refused") or "no reason given")


def _refused(new: Record) -> Task:
    code = _refusal(new)
    told = codes.REJECT_REASONS.get(code, code)
    return Task(
        "refused",
        f"{new.data['agency']} refused the placement {new.data['request']} ({code}: {told}). "
        "Mend the debt in the rent system and place it anew, or drop it.",
        answers={"drop": Move(kind=PLACEMENT, key=new.key, to=CANCELLED, reason="it is not placed")},
    )


def _objected(new: Record) -> Task:
    code = str(new.data["objection"]["code"])
    return Task(
        "objection",
        f"{new.data['agency']} objects to the recall of {new.key} ({code}: {OBJECTIONS[code]}).",
        answers={
            "agree": Move(
                kind=PLACEMENT,
                key=new.key,
                to=HELD if new.data.get("hold") else ACTIVE,
                data={"recalled_for": None},
                reason=f"the objection was agreed to ({code})",
            ),
            "insist": Move(kind=PLACEMENT, key=new.key, reason="the recall stands"),
        },
    )


def _what_now(new: Record, facts: Facts) -> Task:
    code: Any = str(new.data["closed"]["code"])
    usually = settings_of(facts).routing.get(code, ROUTING[code])
    return Task(
        "returned",
        f"{new.data['agency']} gave {new.key} back: {codes.CLOSE_CODES[code]} ({code}). Usually: {usually}.",
        answers={"closed": Move(kind=PLACEMENT, key=new.key, to=CLOSED, reason="seen to")},
    )


def _guard(record: Record, facts: Facts) -> date | None:
    told = record.data.get("limitation_date")
    guard = timedelta(settings_of(facts).limitation_guard_days)
    return date.fromisoformat(str(told)) - guard if told else None


def _term(record: Record, facts: Facts) -> date | None:
    told = record.data.get("planned_recall")
    return date.fromisoformat(str(told)) if told else None


def _review(record: Record, facts: Facts) -> date | None:
    """The day after a hold's last; of one without, some weeks on."""
    hold = record.data.get("hold") or {}
    if hold.get("until"):
        return date.fromisoformat(hold["until"]) + timedelta(1)
    return facts.today + timedelta(settings_of(facts).review_days) if facts.today else None


def _objection(record: Record, facts: Facts) -> date | None:
    return facts.today + timedelta(settings_of(facts).objection_days + 1) if facts.today else None


_LIMITED = "a court can soon be asked for it no more; decide about a claim, or take it back"

PLACEMENT_LIFE = Lifecycle(
    kind=PLACEMENT,
    title="Debts placed with an agency",
    begins=(DRAFT, QUEUED),
    moves=MOVES,
    deadlines=(
        Deadline("limitation", ACTIVE, _guard, _LIMITED),
        Deadline("limitation while held", HELD, _guard, _LIMITED),
        Deadline("term", ACTIVE, _term, "the agency's term is over; take it back, or agree to a longer one"),
        Deadline("review", HELD, _review, "look whether its hold still stands; it is not lifted by itself"),
        Deadline("final recall", RECALL_PENDING, _objection, "the final recall should have left"),
    ),
    when=what_follows,
    looks_up=(OF_THE_ACCOUNT,),
    follows=(FOLLOWS_HOLDS,),
    owner="rents",
    keep=years(7),
    money=("total_due", "balance", "paid", "adjusted"),
)
LIFECYCLES = (PLACEMENT_LIFE, DEBTOR_LIFE, SPACE_LIFE, EXCEPTION_LIFE, RECEIPT_LIFE, REMITTANCE_LIFE)

"""What holds on a rent account mean for the debts of it that are with agencies.

A hold goes to every agency with the next run of its holds route; its end is never passed on by itself: a
person says that the agency may go on. Source: debt_agency.md, sections 0, 3.5 and 5.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from hub.api import HOLD, Facts, Follow, Item, Lookup, Move, Record, Task, Waiting
from plugins.debt_agency import codes
from plugins.debt_agency.holding import ACTION
from plugins.debt_agency.holds import OF_THE_ACCOUNT, code_of, diary, last_day, stopping
from plugins.debt_agency.placements import ACCEPTED, ACTIVE, AT_AN_AGENCY, HELD, PLACEMENT
from plugins.debt_agency.settings import settings_of

FEED = "debt_agency.hold"
EFFECTIVE = "ACTIVE"
"""The state of a hold that has not been ended."""


def action(
    placement: Record, what: str, on: date, *, at: str | None = None, account: str | None = None, **told: Any
) -> Waiting:
    """Something that the agency of a placement is told to do. `on`: the day from which it may be sent."""
    data = {"action": what, "agency": placement.data["agency"], "at": at, **told}
    item = Item(ACTION, 0, placement.key, 0, on, data)
    return Waiting(FEED, ACTION, item, account or placement.account)


def hold_told(placement: Record, code: str, hold: Record, facts: Facts, on: date) -> Waiting:
    """The line by which an agency is told of a hold."""
    end = last_day(hold)
    review = end or on + timedelta(settings_of(facts).review_days)
    return action(
        placement,
        codes.HELD,
        on,
        at=hold.since.isoformat(timespec="seconds") if hold.since else None,
        hold_code=code,
        end_date=end.isoformat() if end else None,
        review_date=review.isoformat(),
        hold=hold.key,
    )


def held(code: str, hold: Record) -> dict[str, Any]:
    """What a placement remembers of the hold that stopped it last."""
    end = last_day(hold)
    return {"hold": {"code": code, "key": hold.key, "until": end.isoformat() if end else None, **diary(hold)}}


def a_hold_changed(old: Record | None, new: Record, facts: Facts) -> Iterator[Move | Task | Waiting]:
    code = code_of(new, facts)
    if code is None or new.account is None or facts.records is None or facts.today is None:
        return
    placed = [one for one in facts.records.about(PLACEMENT, new.account) if one.state in AT_AN_AGENCY]
    for placement in placed:
        if new.state == EFFECTIVE and _says_something_new(old, new):
            yield from tell_agency(placement, new, facts)
        elif new.state != EFFECTIVE and not any(stopping(facts, new.account)):
            yield ask_for_release(placement, code)


def tell_agency(placement: Record, hold: Record, facts: Facts) -> Iterator[Move | Waiting]:
    """The agency of a placement, if one has it, is told of a hold."""
    code = code_of(hold, facts)
    if code is None or facts.today is None or placement.state not in AT_AN_AGENCY:
        return
    yield hold_told(placement, code, hold, facts, facts.today)
    to = HELD if placement.state in (ACCEPTED, ACTIVE) else None
    yield Move(kind=PLACEMENT, key=placement.key, to=to, data=held(code, hold), reason=f"on hold ({code})")


def _says_something_new(old: Record | None, new: Record) -> bool:
    return old is None or old.state != new.state or old.data.get("until") != new.data.get("until")


def ask_for_release(placement: Record, code: str) -> Task:
    """A hold is never lifted by itself."""
    return Task(
        f"release {placement.key}",
        f"The hold ({code}) on the account of {placement.key} has ended. May {placement.data['agency']} "
        "go on collecting?",
        answers={
            "release": Move(
                kind=PLACEMENT,
                key=placement.key,
                data={"hold": None},
                reason="somebody agreed that the agency goes on",
            ),
            "keep": Move(kind=PLACEMENT, key=placement.key, reason="it stays on hold"),
        },
    )


FOLLOWS_HOLDS = Follow(HOLD, a_hold_changed, looks_up=(Lookup(PLACEMENT, accounts=True), OF_THE_ACCOUNT))

"""Which holds on a rent account stop agencies, and what agencies are told that they are.

Holds are the hub's own records (`feedhub holds`, the extract of rent accounts). Source: debt_agency.md,
section 5.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, cast

from hub.api import HOLD, Facts, HoldKind, Lookup, Record, effective_holds
from plugins.debt_agency.codes import HOLD_CODES
from plugins.debt_agency.settings import settings_of

OF_THE_ACCOUNT = Lookup(HOLD, accounts=True)
EVERY = (Lookup(HOLD), OF_THE_ACCOUNT)
"""Where an item names a placement, and its account is known only once that is looked up."""

STANDARD_DAYS = 60
"""Of a standard moratorium; the first day counts. One whose end was notified is never reckoned."""

REVIEW, DECISION, COURT = 20, 35, 50
"""Days within which the council may ask the adviser for a review, the adviser decides, a court is asked
(regulations 17 to 19); each begins with the day on which the moratorium started."""


def code_of(hold: Record, facts: Facts) -> str | None:
    """What agencies are told that a hold is; None for one that does not stop them. A code of its own that is
    none of theirs is passed over."""
    kind = cast(HoldKind, hold.data["kind"])
    own = hold.data.get("code")
    return str(own) if own in HOLD_CODES else settings_of(facts).hold_codes.get(kind)


def stopping(facts: Facts, account: str | None) -> Iterator[tuple[str, Record]]:
    """The holds that stop agencies today, each with its code, the oldest first."""
    if facts.records is None or facts.today is None or account is None:
        return
    for hold in effective_holds(facts.records, account, facts.today):
        code = code_of(hold, facts)
        if code is not None:
            yield code, hold


def last_day(hold: Record) -> date | None:
    """As it was notified; of a standard moratorium without it, the sixtieth day."""
    if hold.data.get("until"):
        return date.fromisoformat(str(hold.data["until"]))
    if hold.data["kind"] != "BREATHING_SPACE" or hold.data.get("code") == "MHC":
        return None
    return nth_day(hold, STANDARD_DAYS)


def nth_day(hold: Record, days: int) -> date:
    """The day so many days from the start, the start being day 1."""
    return date.fromisoformat(str(hold.data["from"])) + timedelta(days - 1)


def diary(hold: Record) -> dict[str, str]:
    """The dates of a breathing space that a person needs (debt_agency.md, section 5.3)."""
    dates = {"review_by": REVIEW, "decision_by": DECISION, "court_by": COURT}
    if hold.data["kind"] != "BREATHING_SPACE":
        return {}
    told: dict[str, Any] = {name: nth_day(hold, days).isoformat() for name, days in dates.items()}
    end = last_day(hold)
    return {**told, "last_protected_day": end.isoformat()} if end else told

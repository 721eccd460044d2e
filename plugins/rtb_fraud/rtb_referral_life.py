"""How a referral lives on: the status that the fraud team gives it, and what the case learns of it.

Source: formats page rtb_fraud.md, 7.2 [project layout].
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from hub.api import Compartment, Deadline, Effect, Facts, Lifecycle, Lookup, Move, Record, years
from plugins.rtb_fraud.rtb_cases import CASE, CONCLUDED, ENDED, ENQUIRIES, REFERRED
from plugins.rtb_fraud.rtb_settings import unsayable
from plugins.rtb_fraud.settings import settings_of

REFERRAL = "rtb_referral"
SENT, REOPENED, DECLINED = "SENT", "REOPENED", "DECLINED"
WAY = ("RECEIVED", "TRIAGE", "ACCEPTED", "INVESTIGATING", "INTERVIEW_UNDER_CAUTION", "CONCLUDED", "CLOSED")
"""In this order; a status may be passed over, none comes twice without REOPENED."""
STATUSES = (*WAY, DECLINED, REOPENED)
OUTCOMES = (
    "NO_FRAUD",
    "UNPROVEN",
    "WITHDRAWN_BY_APPLICANT",
    "DENIED",
    "ELIGIBILITY_ONLY",
    "DISCOUNT_REDUCED",
    "TENANCY_RECOVERED",
    "SALE_RECOVERED",
    "PROSECUTED",
    "CAUTION",
    "REFERRED_OUT",
)
_OVER = ("CONCLUDED", "CLOSED", DECLINED)


def _moves() -> dict[str, tuple[str, ...]]:
    """Forward only: from each status to all after it."""
    ahead = {status: WAY[number + 1 :] for number, status in enumerate(WAY)}
    before_accepted = ("RECEIVED", "TRIAGE")
    moves = {
        SENT: (*WAY, DECLINED),
        **{status: (*ahead[status], *((DECLINED,) if status in before_accepted else ())) for status in WAY},
        DECLINED: ("CLOSED", REOPENED),
        REOPENED: (*WAY, DECLINED),
    }
    return {**moves, "CONCLUDED": ("CLOSED", REOPENED), "CLOSED": (REOPENED,)}


def referral_follows(old: Record | None, new: Record, facts: Facts) -> Iterable[Effect]:
    """The case learns where the referral stands, what came of it, and whether the sale is to be held."""
    if old is None or new.state == SENT:
        return
    case = facts.records.get(CASE, str(new.data["rtb_ref"])) if facts.records else None
    if case is None or case.state == ENDED:
        return
    told = {
        "referral_status": new.state,
        "outcome": new.data.get("outcome"),
        "hold": _hold(new, case.data.get("hold") or {}),
    }
    state = CONCLUDED if new.state in _OVER else ENQUIRIES
    yield Move(kind=CASE, key=case.key, to=_next(case, state), data=told, reason=f"{new.key}: {new.state}")


def _next(case: Record, state: str) -> str | None:
    """What was decided since stays: a referral that was concluded is closed without asking again."""
    return state if case.state in (REFERRED, ENQUIRIES) or state == ENQUIRIES else None


def _hold(referral: Record, standing: Mapping[str, Any]) -> Mapping[str, Any]:
    """Until when the fraud team asks to hold the sale; nothing where it does not. What a legal officer said
    of it stands as long as the day is the same."""
    until = referral.data.get("hold_until")
    if until and until == standing.get("until"):
        return standing
    return {"until": until, "referral_id": referral.key} if until else {}


def _received_by(referral: Record, facts: Facts) -> date | None:
    if facts.calendar is None or facts.today is None:
        return None
    return facts.calendar.add_working_days(facts.today, settings_of(facts).rtb.received_within)


REFERRAL_LIFE = Lifecycle(
    kind=REFERRAL,
    title="Referrals to the fraud team and what became of them",
    begins=(SENT,),
    moves=_moves(),
    deadlines=(Deadline("received", SENT, _received_by, "the fraud team has not said that it has it: ask"),),
    when=referral_follows,
    looks_up=(Lookup(CASE, keys=lambda referral: (str(referral.data["rtb_ref"]),)),),
    owner="fraud-team",
    compartment=Compartment.FRAUD,
    keep=years(6),
    unsayable=unsayable,
)

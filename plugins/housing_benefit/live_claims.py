"""Whose claim is live or recent: benefits is told of nobody else (data minimisation).

Source: formats page housing_benefit.md, section 5.4.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from hub.api import Facts, Record
from plugins.housing_benefit.claims import CLAIM, KNOWN


def claims_of(account: str | None, facts: Facts) -> Sequence[Record]:
    """The claims that were last paid for an account, the latest first."""
    known = facts.records.about(CLAIM, account) if facts.records is not None and account else ()
    claims = [claim for claim in known if claim.state == KNOWN]
    return sorted(claims, key=lambda claim: (_paid_until(claim), claim.key), reverse=True)


def claim_of(account: str | None, told: str | None, facts: Facts, weeks: int) -> str | None:
    """The live or recent claim of an account: one that was paid for it within so many weeks or, where nothing
    was paid for it yet, the one that the rent system tells. None where there is none."""
    claims = claims_of(account, facts)
    if not claims:
        return told or None
    since = (facts.today or date.max) - timedelta(weeks=weeks)
    recent = [claim for claim in claims if _paid_until(claim) >= since]
    return recent[0].key if recent else None


def _paid_until(claim: Record) -> date:
    return date.fromisoformat(claim.data["accounts"][claim.account])

"""When the hub tries again by itself: a table, and one function that reads it.

A route's `retry:` key replaces `attempts` and `first_wait`; what is never retried stays so.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from hub.errors import AnswerLost, FeedHubError, LeftAlone, Throttled, Unreachable


@dataclass(frozen=True, slots=True)
class Plan:
    """`attempts` in all; the wait doubles from `first_wait` seconds up to `longest` seconds."""

    attempts: int
    first_wait: int
    longest: int = 3600


PLANS: dict[type[FeedHubError], Plan] = {
    Unreachable: Plan(attempts=8, first_wait=60),
    Throttled: Plan(attempts=8, first_wait=60),
    AnswerLost: Plan(attempts=8, first_wait=60),  # of calls that may be made again
}


LOOK_AGAIN = timedelta(minutes=15)
"""How often it is looked whether what waits for somebody to act is mended."""


def next_attempt(
    error: FeedHubError, attempts: int, now: datetime, own: Plan | None = None
) -> datetime | None:
    """When to try again after `attempts` tries; None = a person decides."""
    if isinstance(error, LeftAlone):
        return error.until or now + LOOK_AGAIN
    plan = next((plan for kind, plan in PLANS.items() if isinstance(error, kind)), None)
    if plan is None:
        return None
    plan = own or plan
    if attempts >= plan.attempts:
        return None
    wait = float(min(plan.first_wait * 2 ** max(attempts - 1, 0), plan.longest))
    if isinstance(error, Throttled):
        wait = max(wait, error.wait)
    return now + timedelta(seconds=wait)

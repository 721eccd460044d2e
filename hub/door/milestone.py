"""Milestones: facts of a business date ("debit raised") that routes wait for, as records of a kind."""

from __future__ import annotations

from datetime import date

from hub.door.lifecycle import Lifecycle

KIND, REACHED = "milestone", "REACHED"

MILESTONE = Lifecycle(kind=KIND, title="Milestones", begins=(REACHED,), moves={REACHED: ()})
"""Reached once and for all: by a transfer of a route that says `reaches`, or by a person.

`data` holds `name` and `on`, the business date."""


def milestone_key(name: str, day: date) -> str:
    """The key of a milestone's record.

    >>> milestone_key("debit_raised", date(2026, 11, 2))
    'debit_raised/2026-11-02'
    """
    return f"{name}/{day.isoformat()}"

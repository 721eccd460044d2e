"""What the fraud team and home ownership ask: how cases stand beside their clocks, what matches came to.

Source: formats page rtb_fraud.md, 0 (4), 4 and 6.3. Both lie in the compartment `fraud`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from hub.api import Compartment, Day, Digits, Layout, Matching, Pounds, Report, Reported, Text, column
from plugins.rtb_fraud.match_life import KIND as MATCH
from plugins.rtb_fraud.match_life import WITHDRAWN
from plugins.rtb_fraud.rtb_cases import CASE, ENDED, running_due

Row = Mapping[str, Any]
TEXT, COUNT, POUNDS, DAY = Text(), Digits(), Pounds(), Day("%Y-%m-%d")
DAYS = Matching(r"-?[0-9]{1,5}", "days, negative once they are over")
CASES = Layout(
    "cases",
    (
        column("rtb_ref", TEXT),
        column("state", TEXT),
        column("due", DAY, required=False, note="the RTB2 or the s.125 notice, whichever runs"),
        column("days_left", DAYS, required=False),
        column("score", COUNT, required=False),
        column("band", TEXT, required=False),
        column("coverage_pct", COUNT, required=False),
        column("recommendation", TEXT, required=False),
        column("rules", TEXT, required=False),
        column("referral_id", TEXT, required=False),
        column("referral_status", TEXT, required=False),
        column("hold_until", DAY, required=False),
    ),
)
OUTCOMES = Layout(
    "outcomes",
    (
        column("cycle", TEXT),
        column("report_no", TEXT),
        column("state", TEXT),
        column("outcome", TEXT, required=False),
        column("matches", COUNT),
        column("detected", POUNDS),
        column("prevented", POUNDS),
        column("estimated", POUNDS),
    ),
)
VALUES = ("value_detected", "value_prevented", "value_estimated")


def cases(told: Reported) -> Iterator[Row]:
    """Every case that has not ended, the one whose time is nearest first."""
    rows = [
        _case(one.key, one.state, one.data, told.today) for one in told.records[CASE] if one.state != ENDED
    ]
    return iter(sorted(rows, key=lambda row: (row["due"] or date.max, row["rtb_ref"])))


def _case(key: str, state: str, data: Mapping[str, Any], today: date) -> Row:
    due, until = running_due(data), (data.get("hold") or {}).get("until")
    same = ("score", "band", "coverage_pct", "recommendation", "referral_id", "referral_status")
    return {
        **{name: None if data.get(name) is None else str(data[name]) for name in same},
        "rtb_ref": key,
        "state": state,
        "due": due,
        "days_left": str((due - today).days) if due else None,
        "rules": " ".join(text[:3] for text in data.get("fired", ())),
        "hold_until": date.fromisoformat(until) if until else None,
    }


def outcomes(told: Reported) -> Iterator[Row]:
    """How many matches stand where, by cycle and report, and what they are worth."""
    sums: dict[tuple[str, ...], list[int]] = defaultdict(lambda: [0] * (1 + len(VALUES)))
    for one in told.records[MATCH]:
        outcome = "" if one.state == WITHDRAWN else str(one.data.get("outcome") or "")
        found = sums[str(one.data["cycle"]), str(one.data["report_no"]), one.state, outcome]
        found[0] += 1
        for place, name in enumerate(VALUES, start=1):
            found[place] += int(one.data.get(name) or 0)
    for (cycle, report, state, outcome), (count, *worth) in sorted(sums.items()):
        who = {"cycle": cycle, "report_no": report, "state": state, "outcome": outcome, "matches": str(count)}
        yield who | dict(zip(("detected", "prevented", "estimated"), worth, strict=True))


REPORTS: tuple[Report, ...] = (
    Report(
        name="rtb_fraud.cases",
        title="Right to Buy cases that are open, with the statutory time that is left",
        layout=CASES,
        rows=cases,
        records=(CASE,),
        compartment=Compartment.FRAUD,
    ),
    Report(
        name="rtb_fraud.outcomes",
        title="What matches of the NFI came to",
        layout=OUTCOMES,
        rows=outcomes,
        records=(MATCH,),
        compartment=Compartment.FRAUD,
    ),
)

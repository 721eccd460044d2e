"""What matches of the NFI say of a case: the input `nfi`, made of the match records (`match_life.py`).

A case that begins knows the open matches about it; a match that arrives, or is closed, assesses it again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from hub.api import Effect, Facts, Follow, Lookup, Move, Record, canonical_json, read_json
from plugins.rtb_fraud.match_life import IN_PROGRESS as LOOKED_INTO
from plugins.rtb_fraud.match_life import KIND as MATCH_KIND
from plugins.rtb_fraud.match_life import NEW, OPENED, about_one
from plugins.rtb_fraud.match_life import REFERRED as MATCH_REFERRED
from plugins.rtb_fraud.rtb_evidence import Input

INPUT, SOURCE, MATCH = "nfi", "nfi", MATCH_KIND
OPEN = (NEW, OPENED, LOOKED_INTO, MATCH_REFERRED)
LOOKS_UP = Lookup(MATCH, states=OPEN)


def matches_input(case: Record, matches: Sequence[Record], on: date) -> Input | None:
    """The open matches about a case, and those that were and are no more; None where there never was one."""
    was = read_json(case.personal[INPUT])["value"] if INPUT in case.personal else None
    told: dict[str, Any] = {one["match_id"]: {**one, "open": False} for one in (was or {}).get("matches", ())}
    for match in matches:
        if match.state in OPEN and about_one(match, case):
            told[_id(match)] = {"match_id": _id(match), "risk": match.data["risk"], "open": True}
    if not told:
        return None
    return Input(SOURCE, on, "verified", {"matches": [told[id] for id in sorted(told)]})


def _id(match: Record) -> str:
    """One match of one report: the id alone is unique in its report only."""
    return f"{match.data.get('report_no', '')}-{match.data['match_id']}"[:30]


def known_input(case: Record, name: str, input: Input) -> dict[str, Any]:
    """What a move says of an input: sealed, and beside it where it comes from."""
    about = {"source": input.source, "quality": input.quality, "as_of": input.as_of.isoformat()}
    return {
        "data": {"inputs": {**(case.data.get("inputs") or {}), name: about}},
        "personal": {name: canonical_json(input.as_json())},
    }


def heard(case_kind: str, ended: str) -> Follow:
    """A match was made or changed: the cases that it is about know it."""

    def when(old: Record | None, match: Record, facts: Facts) -> Iterable[Effect]:
        if facts.records is None or facts.today is None or (old is not None and old.state == match.state):
            return
        for case in facts.records.all(case_kind):
            if case.state == ended or not about_one(match, case):
                continue
            known = matches_input(case, facts.records.all(MATCH), facts.today)
            if known is not None:
                why = f"NFI match {match.key} is {match.state}"
                yield Move(kind=case_kind, key=case.key, reason=why, **known_input(case, INPUT, known))

    return Follow(MATCH, when, (Lookup(case_kind), LOOKS_UP))

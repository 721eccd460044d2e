"""The access record as tables: each step of each enquiry with its hashes, for DWP's audit and for a breach;
and what came of enquiries.

Source: formats page dwp_cis.md, section 3.2, whose names the columns have. What is sealed (the reason,
numbers, names, what was answered) is not in it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from hub.api import Compartment, Digits, Layout, Report, Reported, ReportedMove, Text, column
from plugins.dwp_cis.access import ANSWERED, ASKED, KIND, REFUSED, WANTED, WANTED_AT
from plugins.dwp_cis.management import KIND as CHECK

TEXT = Text()
COLUMNS = (
    *("audit_id", "prev_hash", "this_hash", "at_utc", "step", "actor_type", "actor_id", "owner_id", "role"),
    *(
        "client_ip",
        "purpose",
        "mou_ref",
        "case_ref",
        "justification",
        "batch_id",
        "check_ref",
        "correlation_id",
        "nino_hmac",
    ),
    *("scopes_requested", "scopes_returned", "driver", "endpoint", "http_status", "outcome"),
    *("response_sha256", "duration_ms", "exported", "check_sampled", "check_result"),
)
VIEWED, SEEN = "VIEWED", "seen"
"""The step, and the one fact that it changes, of somebody who looked at what is sealed."""
LAYOUT = Layout("access record", tuple(column(name, TEXT, required=False) for name in COLUMNS))
Row = Mapping[str, str | None]


def access_record(reported: Reported) -> Iterator[Row]:
    """Steps that fall into the period, by enquiry; what a step does not change is as the steps before left
    it."""
    checks = {one.key: one.state for one in reported.records.get(CHECK, ())}
    known: dict[str, Any] = {}
    for move in reported.moves.get(KIND, ()):
        known = {**(known if move.number > 1 else {}), **move.data}
        if reported.first <= move.at.date() <= reported.last:
            yield _row(move, known, checks.get(move.key))


def _row(move: ReportedMove, known: Mapping[str, Any], check: str | None) -> Row:
    step = _step(move)
    calls: Sequence[Mapping[str, Any]] = (known.get("calls") or ()) if step == ANSWERED else ()
    asks = step in (ASKED, ANSWERED)
    told: dict[str, Any] = {
        "audit_id": f"{move.key}/{move.number}",
        "prev_hash": move.previous,
        "this_hash": move.hash,
        "at_utc": move.at.isoformat(timespec="seconds"),
        "step": step,
        "actor_type": known.get("actor_type") if asks else "user",
        "actor_id": _actor(move, known, step),
        "owner_id": known.get("owner_id") if asks else None,
        "role": known.get("role") if asks else None,
        "client_ip": known.get(WANTED_AT if step == WANTED else "by_hand_at") if step != VIEWED else None,
        "justification": move.reason,  # of who looked; that of the enquiry is sealed
        "batch_id": move.transfer,
        "check_ref": move.key,
        "nino_hmac": known.get("nino_digest"),
        "scopes_requested": known.get("scopes"),
        "http_status": _each(calls, "http_status"),
        "response_sha256": _each(calls, "response_sha256"),
        "duration_ms": _each(calls, "duration_ms"),
        "exported": "NO",  # nothing takes an answer out of the hub; who looks at one is a step of its own
        "check_sampled": "YES" if check else "NO",
        "check_result": check,
    }
    for name in ("purpose", "mou_ref", "case_ref", "correlation_id", "driver", "endpoint"):
        told[name] = known.get(name)
    for name in ("scopes_returned", "outcome"):
        told[name] = known.get(name) if step == ANSWERED else None
    return {name: None if told.get(name) is None else str(told[name]) for name in COLUMNS}


def _step(move: ReportedMove) -> str:
    return VIEWED if set(move.data) == {SEEN} else move.state


def _actor(move: ReportedMove, known: Mapping[str, Any], step: str) -> str | None:
    """Who wants to know; who took it to DWP's screens; else who made the step."""
    if step == WANTED:
        return known.get("officer")
    return move.who


def _each(calls: Sequence[Mapping[str, Any]], name: str) -> str | None:
    """What the calls say, in their order, with blanks between."""
    return " ".join(str(one[name]) for one in calls) or None


OUTCOMES = Layout(
    "outcomes",
    (column("purpose", TEXT), column("outcome", TEXT), column("enquiries", Digits())),
)
UNANSWERED = {WANTED: "waits to be asked", ASKED: "asked, and no answer yet", REFUSED: "given up"}
"""What is no answer is never told as one."""


def outcomes(reported: Reported) -> Iterator[Mapping[str, str]]:
    """How many enquiries of the period came to what, by purpose."""
    days = reported.first.isoformat(), reported.last.isoformat()
    found = Counter(
        (str(one.data["purpose"]), UNANSWERED.get(one.state) or str(one.data["outcome"]))
        for one in reported.records.get(KIND, ())
        if days[0] <= str(one.data.get("on")) <= days[1]
    )
    for (purpose, outcome), count in sorted(found.items()):
        yield {"purpose": purpose, "outcome": outcome, "enquiries": str(count)}


REPORTS = (
    Report(
        name="dwp_cis.access",
        title="Who asked DWP about whom, step by step, as the memorandum's audit wants it",
        layout=LAYOUT,
        rows=access_record,
        records=(CHECK,),
        moves=(KIND,),
        compartment=Compartment.DWP,
    ),
    Report(
        name="dwp_cis.outcomes",
        title="What came of enquiries to DWP, by purpose",
        layout=OUTCOMES,
        rows=outcomes,
        records=(KIND,),
        compartment=Compartment.DWP,
    ),
)

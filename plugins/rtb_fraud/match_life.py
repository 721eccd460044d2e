"""A match: two records that agree on identity and conflict in fact. It is a reason to look, and no more.

Source: formats page rtb_fraud.md, section 4. Each lives on in the compartment `fraud` and is worked to an
outcome; what is said of it here is pending until a later list of the application says the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from hub.api import (
    Compartment,
    Deadline,
    Effect,
    Facts,
    Follow,
    Item,
    Lifecycle,
    Listed,
    Lookup,
    Move,
    Record,
    Task,
    Waiting,
)
from plugins.rtb_fraud.rtb_settings import unsayable
from plugins.rtb_fraud.settings import settings_of

CASE = "rtb_case"
KIND, STATUS_FEED, WAITS_AS = "nfi_match", "rtb_fraud.nfi_status", "NFI_STATUS"
NEW, OPENED, IN_PROGRESS = "NEW", "OPENED", "IN_PROGRESS"
NO_ISSUE, KNOWN, ERROR, FRAUD = "CLOSED_NO_ISSUE", "CLOSED_ALREADY_KNOWN", "CLOSED_ERROR", "CLOSED_FRAUD"
CLOSED = (NO_ISSUE, KNOWN, ERROR, FRAUD)
NOT_SELECTED, REFERRED, WITHDRAWN = "NOT_SELECTED", "REFERRED", "WITHDRAWN"
STATES = (NEW, OPENED, IN_PROGRESS, *CLOSED, NOT_SELECTED, REFERRED)
"""Those that a list may say."""
OUTCOMES = (
    "NONE",
    "ERROR_CORRECTED",
    "FRAUD_TENANCY_RECOVERED",
    "FRAUD_RTB_STOPPED",
    "FRAUD_RTB_RECOVERED",
    "WL_REMOVED",
    "BENEFIT_OVERPAYMENT",
    "PROSECUTION",
    "REFERRED_OTHER",
)
HIGH = "H"
PENDING, CONFLICT, MEETS = "pending", "conflict", "rtb"
"""Facts of a match. PENDING: what was decided here and the application does not say yet; CONFLICT: what the
application says instead; MEETS: the open Right to Buy case that it is about."""


def told(record: Record) -> str:
    """How people call a match: no name, no address."""
    return f"NFI match {record.key} ({record.data.get('report_title') or record.data.get('our_dataset')})"


def to_open(record: Record, facts: Facts) -> date | None:
    """By when it is opened: the same day where a sale could be the loss, since that cannot be undone."""
    if record.data.get(MEETS):
        return facts.today
    setting = settings_of(facts).nfi
    days = setting.open_high_days if record.data.get("risk") == HIGH else setting.open_days
    return _working_days(record, facts, days)


def to_look(record: Record, facts: Facts) -> date | None:
    """Half of that time: whoever leads the team hears that nobody has opened it."""
    if record.data.get("risk") != HIGH:
        return None
    return _working_days(record, facts, settings_of(facts).nfi.escalate_days)


def _working_days(record: Record, facts: Facts, days: int) -> date | None:
    released = date.fromisoformat(str(record.data["released_at"]))
    return facts.calendar.add_working_days(released, days) if facts.calendar and days else None


def to_close(record: Record, facts: Facts) -> date | None:
    """By when a match of high risk is closed."""
    if record.data.get("risk") != HIGH:
        return None
    released = date.fromisoformat(str(record.data["released_at"]))
    return released + timedelta(days=settings_of(facts).nfi.close_high_days)


def kept_until(state: str, facts: Facts) -> date | None:
    """The last day on which what a match says of people is kept, once it has come into a state; None while it
    is open."""
    if state not in (*CLOSED, WITHDRAWN) or facts.today is None:
        return None
    return facts.today + timedelta(days=settings_of(facts).nfi.keep_days)


def what_follows(old: Record | None, new: Record, facts: Facts) -> Iterable[Effect]:
    """What a change of a match brings about."""
    if old is None:
        yield from _met(new, facts)
    if old is None and new.state == NEW:
        yield _sift(new)
    if new.data.get(CONFLICT) and new.data[CONFLICT] != (old.data.get(CONFLICT) if old else None):
        title = (
            f"{told(new)} is {new.state} here, and the application says {new.data[CONFLICT]}: which holds?"
        )
        yield Task("nfi conflict", title, fact="conflict_looked_at")
    if new.data.get(PENDING) and (
        old is None or (old.state, old.data.get(PENDING)) != (new.state, new.data[PENDING])
    ):
        yield _to_be_told(new, facts)


def _sift(match: Record) -> Task:
    """Somebody opens it. What is not selected has a reason, and comes with the sheet (`match_work.py`)."""
    moves = {"open": Move(kind=KIND, key=match.key, to=OPENED, data={PENDING: OPENED})}
    return Task("nfi match", f"{told(match)}, risk {match.data['risk']}: open it", moves)


def _to_be_told(match: Record, facts: Facts) -> Waiting:
    """What was decided waits for the status sheet, from which somebody keys it into the application."""
    assert facts.today is not None  # noqa: S101 - a life cycle is always asked on a day
    data = {
        name: match.data.get(name)
        for name in (
            "cycle",
            "report_no",
            "match_id",
            "outcome",
            "value_detected",
            "value_prevented",
            "recovering",
        )
    }
    closed = facts.today.isoformat() if match.state in CLOSED else None
    item = Item(WAITS_AS, 0, match.key, 0, facts.today, {**data, "status": match.state, "closed_at": closed})
    return Waiting(STATUS_FEED, WAITS_AS, item, match.account)


def _met(match: Record, facts: Facts) -> Iterator[Effect]:
    """An open Right to Buy case of the same tenancy or application: somebody hears of it the same day.
    What the case itself makes of it is the case's (`rtb_matches.py`)."""
    for case in facts.records.all(CASE) if facts.records else ():
        if about_one(match, case):
            yield Move(kind=KIND, key=match.key, data={MEETS: case.key})
            yield _urgent(match, case)
            return


def case_begun(old: Record | None, case: Record, facts: Facts) -> Iterable[Effect]:
    """A Right to Buy case begins, and there are open matches about its tenancy."""
    for match in facts.records.all(KIND) if old is None and facts.records else ():
        if about_one(match, case) and match.data.get(MEETS) != case.key:
            yield Move(kind=KIND, key=match.key, data={MEETS: case.key})
            yield _urgent(match, case)


def _urgent(match: Record, case: Record) -> Task:
    meets = f"is about the open Right to Buy case {case.key}: look today"
    return Task(f"nfi meets rtb {case.key}", f"{told(match)}, risk {match.data['risk']}, {meets}")


def about_one(match: Record, case: Record) -> bool:
    """Whether a match and a case are about one tenancy or application."""
    reference = match.data.get("our_reference")
    same_account = match.account is not None and match.account == case.account
    return same_account or reference in (case.key, case.data.get("tenancy_ref"))


MATCH_LIFE = Lifecycle(
    kind=KIND,
    title="Matches of the NFI",
    begins=STATES,
    moves={
        NEW: (OPENED, NOT_SELECTED, WITHDRAWN),
        NOT_SELECTED: (OPENED, WITHDRAWN),
        OPENED: (IN_PROGRESS, *CLOSED, REFERRED, NOT_SELECTED, WITHDRAWN),
        IN_PROGRESS: (*CLOSED, REFERRED, WITHDRAWN),
        REFERRED: (IN_PROGRESS, *CLOSED, WITHDRAWN),
        WITHDRAWN: STATES,
    },
    deadlines=(
        Deadline("nfi look", NEW, to_look, lambda record: f"{told(record)}: nobody has opened it yet"),
        Deadline("nfi open", NEW, to_open, lambda record: f"{told(record)} is opened"),
        *(
            Deadline("nfi close", state, to_close, lambda record: f"{told(record)} is closed")
            for state in (OPENED, IN_PROGRESS, REFERRED)
        ),
    ),
    when=what_follows,
    looks_up=(Lookup(CASE),),
    follows=(Follow(CASE, case_begun, (Lookup(KIND),)),),
    owner="fraud-team",
    compartment=Compartment.FRAUD,
    listed=(
        Listed("Report", "report_title"),
        Listed("Risk", "risk"),
        Listed("Our reference", "our_reference"),
        Listed("Matched with", "other_body"),
        Listed("Their records", "other_dataset", word=True),
        Listed("Agrees in", "match_fields"),
        Listed("Right to Buy case", MEETS),
        Listed("Our record has changed", "changed"),
        Listed("Outcome", "outcome", word=True),
        Listed("Detected", "value_detected"),
        Listed("Prevented", "value_prevented"),
    ),
    money=("value_detected", "value_prevented"),
    unsayable=unsayable,
)


def way(state: str, to: str) -> list[str] | None:
    """The shortest legal moves from one state into another, which is the last; None where there are none."""
    ways: dict[str, list[str]] = {state: []}
    ahead = [state]
    for here in ahead:
        for there in MATCH_LIFE.moves.get(here, ()):
            if there not in ways and there != WITHDRAWN:
                ways[there] = [*ways[here], there]
                ahead.append(there)
    return ways.get(to) if to != state else None

"""What is checked before anybody is asked: policy, purpose, scope, officer, reason and subject.

Source: formats page dwp_cis.md, section 3. It is one function: what may not leave yet is not gathered
(`when: allowed`), and in the moment of sending the same is asked once more, on that moment's facts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

from hub.api import Compartment, Facts, Found, Item, Level, Need, Record, Severity, Taken, check
from plugins.dwp_cis.access import KIND, WANTED_AT, scopes_of
from plugins.dwp_cis.breaches import frozen
from plugins.dwp_cis.management import overdue
from plugins.dwp_cis.networks import why_outside
from plugins.dwp_cis.officers import Asker, asker_of, stopped
from plugins.dwp_cis.policy import policy_in_force
from plugins.dwp_cis.purposes import IDENTITY, PURPOSES
from plugins.dwp_cis.settings import DwpSettings, Enquiring, settings_of
from plugins.dwp_cis.staff import is_staff

SUBJECT = ("nino", "surname", "date_of_birth")
SHORTEST, LONGEST = 5, 200
"""Characters of a justification."""


def why_not(item: Item, ctx: Enquiring, before: Counter[Asker] | None = None) -> str | None:
    """Why DWP may not be asked now, as a code with a sentence; None when it may. Nothing personal is said.

    before: how often officers ask in the same transfer, before this item"""
    policy, today = policy_in_force(ctx.facts.records), ctx.facts.today
    if policy is None or today is None:
        return "NO_POLICY: no policy is in force; nothing is asked until two people agree to one"
    settings = settings_of(ctx.facts)
    reasons = (
        frozen(ctx),
        _memorandum(policy, today),
        _purpose(item, policy),
        *(_officer(login, policy, today, ctx.facts) for login in _officers(item, ctx)),
        *(why_outside(address, settings) for address in _addresses(item, ctx)),
        justification(item.personal.get("justification", ""), settings),
        _subject(item),
        _own_people(item, policy),
        overdue(item, ctx),
        stopped(item, ctx, before or Counter()),
        _recorded(item, ctx),
    )
    return next(filter(None, reasons), None)


def _memorandum(policy: Record, today: date) -> str | None:
    if str(policy.data["starts"]) <= today.isoformat() <= str(policy.data["ends"]):
        return None
    return f"MOU_EXPIRED: {policy.key} counts from {policy.data['starts']} to {policy.data['ends']}"


def _purpose(item: Item, policy: Record) -> str | None:
    purpose, scopes = str(item.data.get("purpose")), scopes_of(item.data.get("scopes"))
    allowed: Mapping[str, Sequence[str]] = policy.data["purposes"]
    if purpose not in allowed or purpose not in PURPOSES:
        return f"PURPOSE_NOT_ALLOWED: {policy.key} does not allow {purpose}"
    if IDENTITY not in scopes or scopes - set(allowed[purpose]) or scopes - PURPOSES[purpose]:
        return f"SCOPE_NOT_ALLOWED: {policy.key} does not allow these scopes for {purpose}"
    return None


def _officers(item: Item, ctx: Enquiring) -> Iterator[str]:
    """Who answers for it: the officer who wants to know, and whoever takes it to DWP's screens."""
    yield str(item.data.get("officer"))
    if ctx.facts.by_hand is not None:
        yield ctx.facts.by_hand


def _addresses(item: Item, ctx: Enquiring) -> Iterator[str | None]:
    """From where they did so, as long as that is allowed still."""
    records = ctx.facts.records
    record = records.get(KIND, item.reference) if records else None
    yield record.data.get(WANTED_AT) if record else None
    yield ctx.facts.by_hand_at


def _officer(login: str, policy: Record, today: date, facts: Facts) -> str | None:
    roles, settings = facts.roles, settings_of(facts)
    known = policy.data["officers"].get(login)
    if known is None:
        return f"USER_NOT_KNOWN: {policy.key} names no officer {login}"
    if roles is not None and Compartment.DWP not in roles(login):
        return f"USER_NOT_KNOWN: {login} has not the role {Compartment.DWP}"
    if known["suspended"] != "NO":
        return f"USER_SUSPENDED: {login} is suspended"
    if str(known["confidentiality_on"]) > today.isoformat():
        return f"USER_NOT_TRAINED: {login} has not signed the confidentiality agreement"
    trained = date.fromisoformat(str(known["trained_on"]))
    if not trained <= today <= trained + timedelta(days=settings.training_days):
        return f"USER_NOT_TRAINED: {login} was trained on {trained}; the training is not in date"
    return None


def justification(text: str, settings: DwpSettings) -> str | None:
    """What is wrong with a reason that somebody gave."""
    if not SHORTEST <= len(text.strip()) <= LONGEST:
        return f"JUSTIFICATION_MISSING: it has {SHORTEST} to {LONGEST} characters"
    if text.strip().lower() in settings.blocked_words:
        return "JUSTIFICATION_MISSING: that is no reason"
    return None


def _subject(item: Item) -> str | None:
    missing = [name for name in SUBJECT if not item.personal.get(name)]
    return f"SUBJECT_MISSING: the enquiry has no {', '.join(missing)}" if missing else None


def _own_people(item: Item, policy: Record) -> str | None:
    if is_staff(item, policy):
        return "STAFF: nobody of the council is looked up here; ask the information asset owner"
    return None


def _recorded(item: Item, ctx: Enquiring) -> str | None:
    records = ctx.facts.records
    if records is None or records.get(KIND, item.reference) is None:
        return "NO_RECORD: the access record does not have this enquiry"
    return None


@check(
    "DWP-DOOR",
    level=Level.CROSS,
    severity=Severity.HOLD_ITEM,
    needs=(Need.TODAY, Need.RECORDS),
    at_send=True,
)
def may_be_asked(taken: Sequence[Taken], ctx: Enquiring) -> Iterator[Found]:
    """DWP is asked only under a policy in force, for a purpose and scopes that it allows, by an officer
    whom it names, whose training is in date and who is where they may ask (`networks`), with a case, a
    reason, a subject, and a place in the access record, and not while a breach is open.

    Asked when an enquiry is gathered, and once more before any call. What may not leave waits."""
    asks: Counter[Asker] = Counter()
    for one in taken:
        reason = why_not(one.item, ctx, asks)
        if reason is not None:
            yield Found(reason, one.item.line)
        else:
            asks[asker_of(one.item)] += 1


def allowed(one: Taken, ctx: Enquiring) -> str | None:
    """For `when: allowed` of a route: what may not be asked now is not even gathered."""
    return why_not(one.item, ctx)

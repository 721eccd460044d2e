"""The access record: each enquiry lives on as a record, and each time that somebody is asked is a move of it.

Source: formats page dwp_cis.md, section 3.2. Its history is chained and is kept for `audit_retention_years`;
numbers, names and what was answered are sealed, and go when the purpose's time is over. A keyed digest of
the number stays in it as long, so that a person can be told who asked about them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from uuid import UUID, uuid5

from hub.api import (
    Compartment,
    Effect,
    Facts,
    Heard,
    Item,
    Lifecycle,
    Lookup,
    Move,
    Record,
    Taken,
    Task,
    Waiting,
)
from plugins.dwp_cis.management import KIN, sampled
from plugins.dwp_cis.officers import counted
from plugins.dwp_cis.policy import policy_in_force
from plugins.dwp_cis.purposes import DECEASED, NOT_RUN, RESTRICTED, returned
from plugins.dwp_cis.settings import Enquiring, audit_kept, settings_of
from plugins.dwp_cis.staff import is_kin

FEED, WAITS_AS = "dwp_cis.enquiry", "DWP_ENQUIRY"
KIND = "dwp_enquiry"
WANTED, ASKED, ANSWERED, REFUSED = "WANTED", "ASKED", "ANSWERED", "REFUSED"
WANTED_AT = "wanted_at"
"""The fact of an enquiry from which network address it was handed in."""
_OURS = UUID("6a4c1c38-6f0f-5c7b-9d7e-0d7c6c0f4d11")
"""Below which correlation ids are made: an enquiry that is asked again has the same one."""


def key_of(item: Item) -> tuple[str, ...]:
    return (item.reference,)


LOOKS_UP = Lookup(KIND, keys=key_of)


def correlation_id(check_ref: str) -> str:
    """Follows from the enquiry alone, so that a call after a crash, or another day, has the same."""
    return str(uuid5(_OURS, check_ref))


def scopes_of(text: object) -> frozenset[str]:
    return frozenset(str(text).split())


def wanted(taken: Taken, ctx: Enquiring) -> Iterable[Move]:
    """Somebody wants to know: the record begins. A batch that is worked has its records already."""
    item = taken.item
    standing = ctx.facts.records.get(KIND, item.reference) if ctx.facts.records else None
    if item.kind == "ENQUIRY" and standing is None:
        yield Move(
            kind=KIND,
            key=item.reference,
            to=WANTED,
            account=taken.disposition.account,
            data={
                **item.data,
                "on": item.on.isoformat(),
                "asked": 0,
                WANTED_AT: ctx.facts.by_hand_at,
            },
            personal=item.personal,
            expires=item.expires,
        )


def asked(carried: Sequence[Taken], ctx: Enquiring) -> Iterable[Move]:
    """With every intent: who asks, by which way, under which agreement, for the how manieth time."""
    yield from counted(carried, ctx)
    records = ctx.facts.records
    policy = policy_in_force(records)
    way = _way(ctx.facts)
    for one in carried:
        standing = records.get(KIND, one.item.reference) if records else None
        yield Move(
            kind=KIND,
            key=one.item.reference,
            to=ASKED,
            data={
                "asked": int(standing.data["asked"]) + 1 if standing else 1,
                KIN: policy is not None and is_kin(one.item, policy),
                "correlation_id": correlation_id(one.item.reference),
                "mou_ref": policy.key if policy else None,
                "role": _roles(ctx.facts, ctx.facts.by_hand or str(one.item.data["officer"])),
                **way,
                "config": ctx.facts.config,
            },
        )


def _way(facts: Facts) -> Mapping[str, str | None]:
    """Whether a person asks or the schedule of a route, which somebody owns; and where."""
    to = facts.departing
    return {
        "actor_type": "user" if facts.by_hand else "schedule",
        "by_hand": facts.by_hand,
        "by_hand_at": facts.by_hand_at,
        "owner_id": to.owner if to else None,
        "driver": to.output if to else None,
        "endpoint": to.endpoint if to else None,
    }


def _roles(facts: Facts, login: str) -> str:
    return " ".join(sorted(facts.roles(login))) if facts.roles else ""


def answered(taken: Taken, ctx: Enquiring) -> Iterable[Move]:
    """What came of it. The facts are sealed, and kept as long as the purpose allows."""
    item, records = taken.item, ctx.facts.records
    standing = records.get(KIND, item.reference) if records else None
    if standing is None:
        return
    days = settings_of(ctx.facts).days_for(str(standing.data["purpose"]))
    not_run = item.data["outcome"] == NOT_RUN
    yield Move(
        kind=KIND,
        key=item.reference,
        to=WANTED if not_run else ANSWERED,
        data={
            **item.data,
            "answered_on": item.on.isoformat(),
            "scopes_returned": " ".join(returned(str(item.data["outcome"]), item.personal)),
            "calls": [_call(heard) for heard in ctx.facts.heard],
        },
        personal=item.personal,
        expires=item.on + timedelta(days=days),
    )
    if not not_run:
        yield from sampled(standing, item.on, ctx)


def _call(heard: Heard) -> Mapping[str, str | int]:
    """What is kept of a call: no body, and nothing of what it said."""
    return {
        "call": heard.call,
        "http_status": heard.status,
        "duration_ms": heard.milliseconds,
        "response_sha256": heard.sha256,
    }


def follows(old: Record | None, new: Record, facts: Facts) -> Iterable[Effect]:
    """What an answer asks of people. What DWP could not say waits again for the next run of the route."""
    if old is None or old.state != ASKED or new.state not in (ANSWERED, WANTED):
        return
    outcome = new.data.get("outcome")
    if new.state == WANTED and outcome == NOT_RUN:
        yield Waiting(FEED, WAITS_AS, enquiry_again(new, facts))
    if outcome == DECEASED:
        yield Task("deceased", f"{new.key}: stop automatic letters, and see to the tenancy")
    if outcome == RESTRICTED:
        yield Task("restricted", f"{new.key}: for the named senior only; nothing of it is shown")


_SUBJECT = ("nino", "surname", "forename", "date_of_birth", "postcode", "justification")
_OPEN = ("purpose", "scopes", "case_ref", "officer", "rent_ref")


def enquiry_again(record: Record, facts: Facts) -> Item:
    """The enquiry as it was, for another day."""
    personal = {name: record.personal[name] for name in _SUBJECT if name in record.personal}
    data = {name: record.data.get(name) for name in _OPEN}
    on = facts.today
    assert on is not None  # noqa: S101 - a life cycle is always asked on a day
    days = settings_of(facts).days_for(str(record.data["purpose"]))
    return Item("ENQUIRY", 0, record.key, 0, on, data, personal, on + timedelta(days=days))


ENQUIRY_LIFE = Lifecycle(
    kind=KIND,
    title="Who asked DWP about whom, why, and what came of it",
    begins=(WANTED,),
    moves={WANTED: (ASKED, REFUSED), ASKED: (ANSWERED, WANTED, REFUSED)},
    when=follows,
    owner="benefits-team",
    compartment=Compartment.DWP,
    keep_history=audit_kept,
    found_by=("nino",),
)

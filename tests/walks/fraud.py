"""A stranger's plug-in that looks at Right-to-Buy applications: a case whose inputs come one by one.

It is written against `hub.api` and the pages under `hub/docs/` alone; its layouts and its rules are its own.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from hub.api import (
    Again,
    Call,
    Compartment,
    Context,
    Conversation,
    Day,
    Deadline,
    Delimited,
    DeliveryState,
    Direction,
    Facts,
    Feed,
    Item,
    ItemState,
    Layout,
    Left,
    Lifecycle,
    Lookup,
    Matching,
    Move,
    Options,
    Output,
    Record,
    Rendered,
    Taken,
    Task,
    Text,
    Told,
    Waiting,
    column,
)

CASE, RULESET = "walk_case", "rules-2026.1"
DAY = Day("%Y-%m-%d")
SOURCES = ("tenancy_years", "elsewhere", "council_tax")
NOT_EVALUATED = "NOT_EVALUATED"


class Params(Options):
    """What `hub.yaml` may set: from how many years of tenancy on nothing is asked."""

    least_years: int = 3
    answer_days: int = 28


# The rules: a pure function of the snapshot and the parameters, so that it can be replayed


def assess(snapshot: Mapping[str, Any], params: Mapping[str, int]) -> dict[str, str]:
    """Rule → PASS, FAIL or NOT_EVALUATED; what was not heard of yet is never taken for sound."""

    def rule(source: str, passes: Any) -> str:
        if source not in snapshot:
            return NOT_EVALUATED
        return "PASS" if passes(snapshot[source]["value"]) else "FAIL"

    return {
        "R1": rule("tenancy_years", lambda years: int(years) >= params["least_years"]),
        "R2": rule("elsewhere", lambda found: found == "NONE"),
        "R3": rule("council_tax", lambda adults: adults != "OTHER"),
    }


def digest(params: Mapping[str, int]) -> str:
    return hashlib.sha256(json.dumps(params, sort_keys=True).encode()).hexdigest()[:16]


def snapshot_of(data: Mapping[str, Any]) -> dict[str, Any]:
    return {source: data[f"input_{source}"] for source in SOURCES if f"input_{source}" in data}


def _what_follows(old: Record | None, new: Record, facts: Facts) -> Iterator[Move | Task | Waiting]:
    now = snapshot_of(new.data)
    if new.state == "OPEN" and (old is None or snapshot_of(old.data) != now):
        settings = facts.settings
        assert isinstance(settings, Params)
        params = {"least_years": settings.least_years}
        found = assess(now, params)
        told = {"snapshot": now, "ruleset": RULESET, "params": params, "config": facts.config, "rules": found}
        yield Move(kind=CASE, key=new.key, data={"assessment": told}, reason="its inputs changed")
        if "FAIL" in found.values():
            yield Task("decide", f"{new.key}: refer it, or clear it?", answers=_choices(new.key))
    if new.state == "REFERRED" and old is not None and old.state == "OPEN":
        item = Item("REFERRAL", 1, new.key, 0, facts.today or date.min)
        yield Waiting("walk.referral", "WALK_REFERRAL", item)


def _choices(key: str) -> dict[str, Move]:
    return {
        "refer": Move(kind=CASE, key=key, to="REFERRED", data={"hold_sale": True}),
        "clear": Move(kind=CASE, key=key, to="CLEARED"),
    }


def _rtb2_due(case: Record, facts: Facts) -> date | None:
    """The landlord's notice; a hold of the sale moves it not, it stops the completion only."""
    assert isinstance(facts.settings, Params)
    return date.fromisoformat(case.data["applied"]) + timedelta(days=facts.settings.answer_days)


def _s125_due(case: Record, facts: Facts) -> date | None:
    """The landlord's offer, as long after the notice as the tenure says."""
    due = _rtb2_due(case, facts)
    return due and due + timedelta(weeks=8)


LIFE = Lifecycle(
    kind=CASE,
    title="Right-to-Buy cases",
    begins=("OPEN",),
    moves={"OPEN": ("REFERRED", "CLEARED"), "REFERRED": ("TAKEN_UP", "CLEARED"), "TAKEN_UP": ("CLEARED",)},
    deadlines=(
        Deadline("rtb2", "OPEN", _rtb2_due, "the notice RTB2 is due"),
        Deadline("s125", "OPEN", _s125_due, "the offer (section 125) is due"),
    ),
    when=_what_follows,
    owner="fraud-team",
    compartment=Compartment.FRAUD,
)


# In: applications, and what other sources say, each with its day


def _csv(name: str, *columns: Any) -> Delimited:
    return Delimited([Layout(name, columns)], header=True)


def _applications(chunk: Any, tally: Any, ctx: Context[Any]) -> Iterator[Item]:
    for row in chunk.rows():
        personal = {"tenant": row["tenant"]}
        yield Item("APPLICATION", row.line, row["case"], 0, DAY.read(row["applied"]), {}, personal)


def _opens(one: Taken, ctx: Context[Any]) -> Iterator[Move]:
    item = one.item
    data = {"applied": item.on.isoformat(), "hold_sale": False}
    yield Move(kind=CASE, key=item.reference, to="OPEN", data=data, personal=item.personal)


APPLICATIONS = Feed(
    name="walk.applications",
    title="Applications",
    direction=Direction.IN,
    formats={"csv": _csv("application", *(column(n, k) for n, k in (
        ("case", Text()), ("tenant", Text()), ("applied", DAY))))},
    items=_applications,
    moves=_opens,
    compartment=Compartment.FRAUD,
    personal_data=("tenant",),
)  # fmt: skip

INPUT = _csv(
    "input",
    column("case", Text()),
    column("source", Matching("|".join(SOURCES), expected="a source that the rules know")),
    column("value", Text()),
    column("as_of", DAY),
)


def _inputs(chunk: Any, tally: Any, ctx: Context[Any]) -> Iterator[Item]:
    for row in chunk.rows():
        data = {"source": row["source"], "value": row["value"]}
        yield Item("INPUT", row.line, row["case"], 0, DAY.read(row["as_of"]), data)


def _told(one: Taken, ctx: Context[Any]) -> Iterator[Move]:
    """An input counts unless a newer one of its source is there."""
    item = one.item
    case = ctx.facts.records.get(CASE, item.reference)
    name = f"input_{item.data['source']}"
    before = case.data.get(name) if case else None
    if before is None or before["as_of"] <= item.on.isoformat():
        told = {"value": item.data["value"], "as_of": item.on.isoformat()}
        yield Move(kind=CASE, key=item.reference, data={name: told})


INPUTS = Feed(
    name="walk.inputs",
    title="What other sources say",
    direction=Direction.IN,
    formats={"csv": INPUT},
    items=_inputs,
    moves=_told,
    looks_up=(Lookup(CASE, keys=lambda item: [item.reference]),),
    compartment=Compartment.FRAUD,
)


# Out: the referral, by calls


def _referral(carried: Sequence[Taken], ctx: Context[Any]) -> Rendered:
    """With the assessment that the person saw, which the record holds."""
    found = [ctx.facts.records.get(CASE, one.item.reference) for one in carried]
    told = [{"case": case.key, "assessment": case.data["assessment"]} for case in found]
    return Rendered(f"referral-{ctx.moment.transfer_id}.json", Call.json_body(told), {"count": len(told)})


def _hand_in(content: bytes, ctx: Context[Any]) -> Conversation:
    reply = yield Call(
        name="hand in", method="POST", path="/referrals", body=content, again=Again.KEYED, takes=(201,)
    )
    return Told(state=DeliveryState.CONFIRMED, reference=reply.json()["receipt"])


def _taken_up(carried: Sequence[Taken], left: Left, ctx: Context[Any]) -> Iterable[Move]:
    if left.state is DeliveryState.CONFIRMED:
        for one in carried:
            yield Move(kind=CASE, key=one.item.reference, to="TAKEN_UP", data={"receipt": left.reference})


REFERRAL = Feed(
    name="walk.referral",
    title="Referrals",
    direction=Direction.OUT,
    gathers=("WALK_REFERRAL",),
    looks_up=(Lookup(CASE, keys=lambda item: [item.reference]),),
    outputs=(Output("referral", ("REFERRAL",), write=_referral, converse=_hand_in, becomes=ItemState.SENT),),
    left=_taken_up,
    compartment=Compartment.FRAUD,
)

# In: what the team made of it


def _heard(chunk: Any, tally: Any, ctx: Context[Any]) -> Iterator[Item]:
    today = ctx.facts.today or date.min
    yield from (Item("UPDATE", row.line, row["case"], 0, today, {"to": row["state"]}) for row in chunk.rows())


def _moved(one: Taken, ctx: Context[Any]) -> Iterator[Move]:
    yield Move(kind=CASE, key=one.item.reference, to=one.item.data["to"], data={"hold_sale": False})


UPDATES = Feed(
    name="walk.updates",
    title="What became of referrals",
    direction=Direction.IN,
    formats={
        "csv": _csv(
            "update", column("case", Text()), column("state", Matching("CLEARED", expected="CLEARED"))
        )
    },
    items=_heard,
    moves=_moved,
    compartment=Compartment.FRAUD,
)

FEEDS = [APPLICATIONS, INPUTS, REFERRAL, UPDATES]

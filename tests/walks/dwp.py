"""A stranger's plug-in that asks a department about people: for an agreed purpose, by a trained officer, no
more often a day than agreed; what comes back is kept for as long as the purpose lasts.

It is written against `hub.api` and the pages under `hub/docs/` alone; its layouts and its API are its own.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from hub.api import (
    Again,
    Answered,
    Call,
    Compartment,
    Context,
    Conversation,
    Day,
    Delimited,
    DeliveryState,
    Direction,
    Disposition,
    Feed,
    Found,
    Item,
    ItemState,
    JsonLines,
    Layout,
    Level,
    Lifecycle,
    Lookup,
    Matching,
    Move,
    Need,
    Options,
    Output,
    Rendered,
    SentItem,
    Severity,
    Taken,
    Text,
    Told,
    check,
    column,
)

POLICY, OFFICER, VOLUME, ACCESS = "walk_policy", "walk_officer", "walk_volume", "walk_access"
DAY = Day("%Y-%m-%d")


def _life(kind: str, title: str, state: str, *ends: str) -> Lifecycle:
    moves = {state: (state, *ends)}
    return Lifecycle(kind=kind, title=title, begins=(state,), moves=moves, compartment=Compartment.DWP)


LIVES = (
    _life(POLICY, "Purposes that were agreed", "AGREED", "ENDED"),
    _life(OFFICER, "Officers who were trained", "TRAINED", "LEFT"),
    _life(VOLUME, "How often was asked", "ASKED"),
    _life(ACCESS, "Who asked about whom, and for what", "ASKED"),
)


def _csv(name: str, *columns: Any) -> Delimited:
    return Delimited([Layout(name, columns)], header=True)


# What was agreed: purposes with the most that may be asked a day, and officers

AGREED = _csv(
    "agreed",
    column("what", Matching("policy|officer", expected="policy or officer")),
    column("key", Text()),
    column("state", Matching("AGREED|ENDED|TRAINED|LEFT", expected="its state")),
    column("a_day", Matching("[0-9]*", expected="a number"), required=False),
)


def _agreed(chunk: Any, tally: Any, ctx: Context[Any]) -> Iterator[Item]:
    for row in chunk.rows():
        data = {"kind": f"walk_{row['what']}", "state": row["state"], "a_day": int(row["a_day"] or 0)}
        yield Item("AGREED", row.line, row["key"], 0, ctx.facts.today or date.min, data)


def _written_down(one: Taken, ctx: Context[Any]) -> Iterator[Move]:
    data = one.item.data
    told = {"a_day": data["a_day"]}
    yield Move(kind=data["kind"], key=one.item.reference, to=data["state"], data=told)


AGREEMENTS = Feed(
    name="walk.agreed",
    title="What was agreed with the department",
    direction=Direction.IN,
    formats={"csv": AGREED},
    items=_agreed,
    moves=_written_down,
    compartment=Compartment.DWP,
)

# The enquiry


class EnquiryOptions(Options):
    """purpose: what is asked for; at_once: whether a file's enquiries leave with it, or are gathered"""

    a_route_sets = ("purpose",)

    purpose: str = ""
    keep_days: int = 14
    at_once: bool = False


PERSON = ("surname", "born", "postcode")
ENQUIRY = _csv(
    "enquiry",
    column("reference", Text()),
    column("officer", Text()),
    *(column(name, Text(), personal=True) for name in PERSON),
)


def _enquiries(chunk: Any, tally: Any, ctx: Context[Any]) -> Iterator[Item]:
    for row in chunk.rows():
        personal = {name: row[name] for name in PERSON}
        data = {"officer": row["officer"]}
        yield Item("ENQUIRY", row.line, row["reference"], 0, ctx.facts.today or date.min, data, personal)


def _when(item: Item, ctx: Context[EnquiryOptions], sent: SentItem | None) -> Disposition:
    if ctx.options.at_once:
        return Disposition(ItemState.TAKEN)
    return Disposition(ItemState.WAITING, waits_as="WALK_ENQUIRY")


def _volume(ctx: Context[EnquiryOptions]) -> str:
    return f"{ctx.options.purpose}/{ctx.facts.today}"


@check("WALK-D1", level=Level.CROSS, severity=Severity.REFUSE_ITEM, needs=(Need.RECORDS,), at_send=True)
def purpose_is_agreed(taken: Sequence[Taken], ctx: Context[EnquiryOptions]) -> Iterator[Found]:
    """Nobody is asked about but for an agreed purpose, by a trained officer, and no more often a day than was
    agreed; otherwise nothing is told to the department."""
    records, purpose = ctx.facts.records, ctx.options.purpose
    policy, asked = records.get(POLICY, purpose), 0
    for known in records.all(VOLUME):
        asked = known.data["asked"] if known.key == _volume(ctx) else asked
    for before, one in enumerate(taken):
        officer = records.get(OFFICER, one.item.data["officer"])
        if policy is None or policy.state != "AGREED":
            yield Found(f"the purpose {purpose} is not agreed", one.item.line)
        elif officer is None or officer.state != "TRAINED":
            yield Found(f"the officer {one.item.data['officer']} is not trained", one.item.line)
        elif asked + before >= policy.data["a_day"]:
            yield Found("no more is asked today for this purpose", one.item.line)


def _counted(carried: Sequence[Taken], ctx: Context[EnquiryOptions]) -> Iterator[Move]:
    """Of a transfer once, however often it is tried."""
    known = next((one for one in ctx.facts.records.all(VOLUME) if one.key == _volume(ctx)), None)
    asked = (known.data["asked"] if known else 0) + len(carried)
    yield Move(kind=VOLUME, key=_volume(ctx), to="ASKED", data={"asked": asked})


def _accessed(carried: Sequence[Taken], ctx: Context[EnquiryOptions]) -> Iterator[Move]:
    """Each time somebody sets out to look, before anything is asked."""
    for one in carried:
        told = {"purpose": ctx.options.purpose, "officer": one.item.data["officer"]}
        who = {"by_hand": ctx.facts.by_hand}
        yield Move(kind=ACCESS, key=one.item.reference, to="ASKED", data={**told, **who})


def _asked(carried: Sequence[Taken], ctx: Context[Any]) -> Rendered:
    people = [{"item": one.id, "reference": one.item.reference, **one.item.personal} for one in carried]
    return Rendered(f"enquiry-{ctx.moment.transfer_id}.json", Call.json_body(people), {"count": len(people)})


def _call(name: str, method: str, path: str, body: Any = None) -> Call:
    """They change nothing there; only what the department says of itself is an answer."""
    data = b"" if body is None else Call.json_body(body)
    return Call(name=name, method=method, path=path, body=data, again=Again.SAFE, takes=(200, 404, 422))


def _ask(content: bytes, ctx: Context[EnquiryOptions]) -> Conversation:
    """Match, then details, then claims, each known by what the one before said."""
    answers, found = {}, []
    for person in json.loads(content):
        wanted = {name: person[name] for name in PERSON[:2]}
        match = yield _call("match", "POST", "/match", wanted)
        if match.status == 422:
            match = yield _call("match closer", "POST", "/match", {**wanted, "postcode": person["postcode"]})
        if not match.json() or match.status != 200:
            answers[person["item"]] = (Answered.REFUSED, "NO_MATCH")
            continue
        details = yield _call("details", "GET", f"/details/{match.json()['id']}")
        claims = yield _call("claims", "GET", f"/claims/{details.json()['id']}")
        answers[person["item"]] = (Answered.ACCEPTED, None)
        row = {"reference": person["reference"], "award": claims.json()["award"]}
        found.append(json.dumps(row).encode() + b"\n")
    until = ctx.moment.business_date + timedelta(days=ctx.options.keep_days) if ctx.moment else None
    reply = [Rendered(f"result-{ctx.moment.transfer_id}.jsonl", b"".join(found))] if found else []
    return Told(state=DeliveryState.CONFIRMED, answers=answers, inbound=reply, expires=until)


ENQUIRIES = Feed(
    name="walk.enquiry",
    title="Enquiries about people",
    direction=Direction.OUT,
    formats={"csv": ENQUIRY},
    options=EnquiryOptions,
    items=_enquiries,
    match=_when,
    gathers=("WALK_ENQUIRY",),
    checks=(purpose_is_agreed,),
    looks_up=(
        Lookup(POLICY),
        Lookup(VOLUME),
        Lookup(OFFICER, keys=lambda item: [item.data["officer"]]),
        Lookup(ACCESS, keys=lambda item: [item.reference]),
    ),
    outputs=(
        Output("calls", ("ENQUIRY",), write=_asked, converse=_ask, becomes=ItemState.SENT),
        Output("screens", ("ENQUIRY",), write=_asked, becomes=ItemState.SENT),
    ),
    leaves=_counted,
    attempts=_accessed,
    compartment=Compartment.DWP,
    personal_data=PERSON,
)

# What came back: kept for the purpose, and no longer

RESULT = JsonLines(Layout("result", (column("reference", Text()), column("award", Text(), personal=True))))


def _results(chunk: Any, tally: Any, ctx: Context[EnquiryOptions]) -> Iterator[Item]:
    today = ctx.facts.today or date.min
    until = today + timedelta(days=ctx.options.keep_days)
    for row in chunk.rows():
        data, personal = {"purpose": ctx.options.purpose}, {"award": row["award"]}
        yield Item("RESULT", row.line, row["reference"], 0, today, data, personal, expires=until)


RESULTS = Feed(
    name="walk.result",
    title="What the department answered",
    direction=Direction.IN,
    formats={"jsonl": RESULT},
    options=EnquiryOptions,
    items=_results,
    compartment=Compartment.DWP,
    personal_data=("award",),
)

FEEDS = [AGREEMENTS, ENQUIRIES, RESULTS]

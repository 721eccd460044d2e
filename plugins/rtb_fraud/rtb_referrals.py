"""Referrals out, once a person has decided: to a folder as JSON, XML or CSV, or over https to the fraud team.

`rtb_referral` (key `RFR-…`) lives on until the fraud team has closed it. Source: formats page rtb_fraud.md,
section 7.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any

from pydantic import StringConstraints

from hub.api import (
    Again,
    Call,
    CannotRender,
    Compartment,
    Context,
    Conversation,
    DeliveryState,
    Direction,
    Feed,
    Item,
    ItemState,
    Left,
    Lookup,
    Move,
    Number,
    Options,
    Output,
    Rendered,
    Taken,
    Told,
    read_json,
)
from plugins.rtb_fraud.rtb_cases import CASE
from plugins.rtb_fraud.rtb_referral_csv import as_csv
from plugins.rtb_fraud.rtb_referral_file import SCHEMA, Action, Referral, as_json, as_xml, read_referral
from plugins.rtb_fraud.rtb_referral_item import FEED, KIND, WAITS_AS
from plugins.rtb_fraud.rtb_referral_life import REFERRAL, SENT
from plugins.rtb_fraud.settings import settings_of

TAKES = (KIND,)
JSON, XML = "application/json", "application/xml"
CALLED = "referral"
"""Under this name the fraud team’s updates find what they are about."""


class ReferralOptions(Options):
    """Options of a route that refers. path: where the fraud team takes referrals."""

    recipient: Annotated[str, StringConstraints(min_length=1, max_length=60)] = "Council fraud team"
    requested_action: Action = "TRIAGE"
    path: Annotated[str, StringConstraints(pattern=r"^/[A-Za-z0-9/._\-]*$")] = "/referrals"


Referring = Context[ReferralOptions]


def _year(taken: Sequence[Taken], ctx: Referring) -> str:
    """One counter a year, whichever the output: a referral has one number."""
    return f"rtb_fraud.referral:{taken[0].item.on.year}"


NUMBERS = (Number("referral", _year, shared=True),)


def made(taken: Sequence[Taken], ctx: Referring) -> Referral:
    """The referral of the one item. Raises CannotRender."""
    if len(taken) != 1:
        raise CannotRender("a referral file holds one referral: say each: true in the route’s from:")
    item, moment = taken[0].item, ctx.moment
    number = moment.numbers["referral"] if moment else 0
    told = {name: item.data.get(name) for name in ("tenancy_ref", "uprn", "score", "band", "value_at_risk")}
    return read_referral(
        {
            **told,
            "schema": SCHEMA,
            "source": "feedhub",
            "sensitivity": "OFFICIAL-SENSITIVE",
            "referral_id": f"RFR-{item.on.year}-{number:06d}",
            "created_at": f"{moment.now:%Y-%m-%dT%H:%M:%SZ}" if moment else "",
            "legal_gateway": item.data["gateway"],
            "recipient": ctx.options.recipient,
            "rtb_ref": item.reference,
            "subjects": _subjects(item, settings_of(ctx.facts).rtb.nino_in_referral),
            "allegation_codes": item.data["allegations"],
            "ruleset_version": item.data["ruleset_version"],
            "fired_rules": [{**one, "evidence": item.data["assessment"]} for one in item.data["fired"]],
            "clock": {name: item.data.get(name) for name in ("rtb2_due", "s125_due")},
            "requested_action": ctx.options.requested_action,
            "handling": "Council fraud team only",
        }
    )


def _subjects(item: Item, with_number: bool) -> list[Mapping[str, Any]]:
    subjects: list[dict[str, Any]] = read_json(item.personal["subjects"])
    return [one if with_number else {**one, "nino": None} for one in subjects]


def write_json(taken: Sequence[Taken], ctx: Referring) -> Rendered:
    referral = made(taken, ctx)
    return _rendered(taken, referral, "json", as_json(referral))


def write_xml(taken: Sequence[Taken], ctx: Referring) -> Rendered:
    referral = made(taken, ctx)
    return _rendered(taken, referral, "xml", as_xml(referral))


def write_csv(taken: Sequence[Taken], ctx: Referring) -> Rendered:
    referral, sender = made(taken, ctx), settings_of(ctx.facts).nfi.organisation
    return _rendered(taken, referral, "csv", as_csv(referral, sender, taken[0].item.on))


def _rendered(taken: Sequence[Taken], referral: Referral, form: str, data: bytes) -> Rendered:
    id = referral.referral_id
    return Rendered(
        f"{id}.{form}",
        data,
        {"records": 1},
        identity=id,
        called={taken[0].id: {CALLED: id}},
    )


def converse_json(content: bytes, ctx: Referring) -> Conversation:
    return (yield from _posted(content, read_json(content.decode())["referral_id"], JSON, ctx.options))


def converse_xml(content: bytes, ctx: Referring) -> Conversation:
    id = content.decode().partition("<r:ReferralId>")[2].partition("<")[0]
    return (yield from _posted(content, id, XML, ctx.options))


def _posted(content: bytes, id: str, form: str, options: ReferralOptions) -> Conversation:
    """Posted once, under its own number: an answer that is lost is asked for again by the same key."""
    reply = yield Call(
        name="post referral",
        method="POST",
        path=options.path,
        headers={"Idempotency-Key": id},
        body=content,
        content_type=form,
        again=Again.KEYED,
        takes=(200, 201, 202, 422),
    )
    if reply.status == 422:
        return Told(state=DeliveryState.REFUSED, reason=f"the fraud team’s system does not accept {id}")
    told = reply.json()
    receipt = told.get("receipt") if isinstance(told, dict) else None
    return Told(state=DeliveryState.SENT, reference=str(receipt) if receipt else id)


def left(carried: Sequence[Taken], left: Left, ctx: Referring) -> Iterable[Move]:
    """The referral lives on once it has left; a second copy of it changes nothing."""
    if left.state is not DeliveryState.SENT or left.identity is None:
        return
    records = ctx.facts.records
    for one in carried:
        case = records.get(CASE, one.item.reference) if records else None
        if case is not None and case.data.get("referral_id") == left.identity:
            continue
        told = {"rtb_ref": one.item.reference, "receipt": left.reference}
        yield Move(kind=REFERRAL, key=left.identity, to=SENT, account=one.disposition.account, data=told)
        yield Move(kind=CASE, key=one.item.reference, data={"referral_id": left.identity})


REFERRALS = Feed(
    name=FEED,
    title="Right to Buy cases referred to the fraud team",
    direction=Direction.OUT,
    options=ReferralOptions,
    item_key=lambda item: str(item.data["assessment"]),
    gathers=(WAITS_AS,),
    outputs=(
        Output("json", TAKES, write=write_json, numbers=NUMBERS, becomes=ItemState.SENT),
        Output("xml", TAKES, write=write_xml, numbers=NUMBERS, becomes=ItemState.SENT),
        Output("csv", TAKES, write=write_csv, numbers=NUMBERS, becomes=ItemState.SENT),
        Output(
            "api_json",
            TAKES,
            write=write_json,
            converse=converse_json,
            numbers=NUMBERS,
            becomes=ItemState.SENT,
        ),
        Output(
            "api_xml", TAKES, write=write_xml, converse=converse_xml, numbers=NUMBERS, becomes=ItemState.SENT
        ),
    ),
    left=left,
    looks_up=(Lookup(CASE, keys=lambda item: (item.reference,)),),
    compartment=Compartment.FRAUD,
    personal_data=("subjects",),
)

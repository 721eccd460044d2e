"""A claim: the statutory process of an application, with its clocks. No fraud check stops them.

Steps come in as CSV from whoever runs home ownership [project layout]. A hold of the fraud team makes the
completion wait for a person, and nothing else. Source: formats page rtb_fraud.md, sections 5 and 7.2.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from hub.api import (
    Chunk,
    Code,
    Compartment,
    Context,
    Day,
    Deadline,
    Delimited,
    Direction,
    Disposition,
    Effect,
    Facts,
    Feed,
    Found,
    Item,
    ItemState,
    Layout,
    Level,
    Lifecycle,
    Lookup,
    Matching,
    Move,
    Need,
    Record,
    SentItem,
    Severity,
    Taken,
    Tally,
    Task,
    check,
    column,
    format_pounds,
    years,
)
from plugins.rtb_fraud.rtb_application import Application
from plugins.rtb_fraud.rtb_cases import CASE, ENDED, ENQUIRIES, REFERRED
from plugins.rtb_fraud.rtb_params import Clock, Parameters, months_after, rtb2_due, s125_due
from plugins.rtb_fraud.rtb_settings import unsayable
from plugins.rtb_fraud.settings import settings_of

CLAIM = "rtb_claim"
INCOMPLETE, APPLIED, ADMITTED, DENIED = "INCOMPLETE", "APPLIED", "ADMITTED", "DENIED"
OFFERED, ACCEPTED, COMPLETED, WITHDRAWN = "OFFERED", "ACCEPTED", "COMPLETED", "WITHDRAWN"
STEPS = (ADMITTED, DENIED, OFFERED, ACCEPTED, COMPLETED, WITHDRAWN)
VALUER, VALUED, REMINDED, RTB6, RTB7, RTB8 = "VALUER", "VALUED", "REMINDED", "RTB6", "RTB7", "RTB8"
DURING: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys((VALUER, VALUED, REMINDED), (OFFERED,)),
    **dict.fromkeys((RTB6, RTB7, RTB8), (APPLIED, ADMITTED)),
}
"""What else is told of a claim, and in which of its states: the tenant asks for the District Valuer's figure,
it is served, the landlord reminds (s.125E); notices of delay. None of them moves it."""
FORMAT = "rtb-steps-csv1"
DAY = Day("%Y-%m-%d")
REF = Matching(r"[A-Za-z0-9][A-Za-z0-9\-]{0,19}", "a reference of up to 20 letters, digits and -")
STEP = Layout(
    "step",
    (
        column("step_id", Matching(r"[A-Za-z0-9\-]{1,30}", "letters, digits and -"), note="never used again"),
        column("rtb_ref", REF),
        column("step", Code(*STEPS, *DURING)),
        column("on", DAY, note="the day on which it was served, or is to be completed"),
        column("reasons", Matching(r"[^\x00-\x1f\x7f-\x9f]{0,200}", "up to 200 characters"), required=False,
               personal=True, note="of a denial: the facts (s.124)"),
    ),
)  # fmt: skip


def begun(told: Application, law: Parameters | None, standing: Record | None) -> Move:
    """The claim of an application. One that is signed only now begins to run."""
    due = rtb2_due(told, law) if law is not None else None
    offer = None
    if law is not None and due and told.received_at:
        offer = s125_due(told.property.type, told.received_at, None, law.clock)
    clock = {"rtb2_due": due and due.isoformat(), "s125_due": offer and offer.isoformat()}
    if standing is not None and standing.state not in (INCOMPLETE, APPLIED):
        clock = dict(standing.data["clock"])
    to = (APPLIED if due else INCOMPLETE) if standing is None or standing.state == INCOMPLETE else None
    data = {
        "home": told.property.type,
        "received_at": told.received_at and told.received_at.isoformat(),
        "clock": clock,
        "terms": (law.clock if law is not None else Clock()).model_dump(mode="json"),
    }
    return Move(kind=CLAIM, key=told.rtb_ref, to=to, data=data)


def step_items(chunk: Chunk, tally: Tally, ctx: Context[Any]) -> Iterator[Item]:
    for row in chunk.rows():
        personal = {"reasons": row["reasons"]} if row["reasons"].strip() else {}
        data = {"step_id": row["step_id"]}
        yield Item(row["step"], row.line, row["rtb_ref"], 0, DAY.read(row["on"]), data, personal)


def match_step(item: Item, ctx: Context[Any], sent: SentItem | None) -> Disposition:
    history = ctx.facts.history
    if history is not None and str(item.data["step_id"]) in history.posted:
        return Disposition(ItemState.DUPLICATE, reason="this step_id was told before")
    claim = ctx.facts.records.get(CLAIM, item.reference) if ctx.facts.records else None
    if claim is None:
        return Disposition(ItemState.REJECTED, reason="no application of this reference is known")
    return Disposition(ItemState.NOTED, claim.account)


@check("RTB-REASONS", level=Level.RECORD)
def denial_has_reasons(chunk: Chunk, tally: Tally, ctx: Context[Any]) -> Iterator[Found]:
    """A denial names its reasons, which are facts (s.124); no shared text holds a blocked word."""
    settings = settings_of(ctx.facts).rtb
    for row in chunk.rows():
        if row["step"] == DENIED and not row["reasons"].strip():
            yield Found("a denial needs its reasons, which are facts (s.124)", row.line, "reasons")
        if settings.blocked_in(row["reasons"]):
            yield Found(
                "it holds a word that no shared text may hold: tell the MLRO alone", row.line, "reasons"
            )


@check("RTB-HOLD", level=Level.CROSS, severity=Severity.HOLD_ITEM, needs=(Need.RECORDS, Need.TODAY))
def sale_is_not_held(taken: Sequence[Taken], ctx: Context[Any]) -> Iterator[Found]:
    """While the fraud team asks to hold the sale, completion waits for a person. It is no legal ground: once
    terms are agreed the duty to convey can be enforced by injunction (s.138(3))."""
    records, today = ctx.facts.records, ctx.facts.today
    for one in taken:
        case = records.get(CASE, one.item.reference) if records else None
        if one.item.kind != COMPLETED or case is None or today is None or not is_held(case, today):
            continue
        hold = case.data["hold"]
        by = _LEGAL.get(hold.get("legal"), "no legal officer was asked, as nothing was accepted yet")
        yield Found(
            f"{one.item.reference}: enquiries continue, and completion is to wait until {hold['until']}; "
            f"{by}. This is no legal ground: the duty to convey can be enforced by injunction (s.138(3))",
            one.item.line,
        )


_LEGAL = {"ASKED": "no legal officer has approved it yet", "APPROVED": "a legal officer approved it"}


@check("RTB-STEP", level=Level.CROSS, severity=Severity.HOLD_ITEM, needs=(Need.RECORDS,))
def step_has_its_time(taken: Sequence[Taken], ctx: Context[Any]) -> Iterator[Found]:
    """The District Valuer and the reminder belong to a claim to which an offer was made, notices of delay to
    one that waits for the landlord's answer or offer."""
    states: dict[str, str] = {}
    for one in taken:
        key, kind = one.item.reference, one.item.kind
        claim = ctx.facts.records.get(CLAIM, key) if ctx.facts.records else None
        state = states.get(key, claim.state if claim else "")
        if kind not in DURING:
            states[key] = kind
        elif claim is not None and state not in DURING[kind]:
            yield Found(
                f"{key} is {state}, and {kind} belongs to one that is {' or '.join(DURING[kind])}",
                one.item.line,
            )


def is_held(case: Record, today: date) -> bool:
    """Whether the sale is to wait on a day; a hold that a legal officer refused is none."""
    hold = case.data.get("hold") or {}
    refused = hold.get("legal") == "REFUSED"
    return not refused and bool(hold.get("until")) and date.fromisoformat(hold["until"]) >= today


def step_moves(taken: Taken, ctx: Context[Any]) -> Iterable[Move]:
    """The claim goes on, with the dates that follow."""
    item, records = taken.item, ctx.facts.records
    claim = records.get(CLAIM, item.reference) if records else None
    if claim is None:
        return
    days = _days_after(item, claim, Clock.model_validate(claim.data["terms"]))
    told = {name: day and day.isoformat() for name, day in days.items()}
    yield Move(
        kind=CLAIM,
        key=item.reference,
        to=None if item.kind in DURING else item.kind,
        data={"clock": {**claim.data["clock"], **told}, f"{item.kind.lower()}_on": item.on.isoformat()},
        personal=item.personal,
    )


def _days_after(item: Item, claim: Record, terms: Clock) -> Mapping[str, date | None]:
    """What a step makes of the clock. What the landlord does ends a delay; while the District Valuer is
    asked, the tenant's time does not run out."""
    on, received = item.on, claim.data.get("received_at")
    tenant = on + timedelta(weeks=terms.tenant) - timedelta(days=1)
    if item.kind == ADMITTED and received:
        offer = s125_due(claim.data["home"], date.fromisoformat(received), on, terms)
        return {"s125_due": offer, "delay_due": None}
    if item.kind == OFFERED:
        return {
            "tenant_due": tenant,
            "valuer_until": months_after(on, terms.valuer_months),
            "delay_due": None,
        }
    if item.kind == DENIED:
        return {"appeal_until": on + timedelta(days=terms.appeal_days), "delay_due": None}
    if item.kind == VALUED:
        offered = _offer_ends(claim, terms)
        return {"tenant_due": max(tenant, offered) if offered else tenant}
    days: Mapping[str, Mapping[str, date | None]] = {
        VALUER: {"tenant_due": None},
        REMINDED: {"withdrawal_from": on + timedelta(days=terms.reminder_days)},
        RTB6: {"delay_due": months_after(on, terms.delay_months)},
        RTB7: {"delay_due": None},
    }
    return days.get(item.kind, {})


def _offer_ends(claim: Record, terms: Clock) -> date | None:
    """Until when the tenant may answer the s.125 notice itself."""
    told = claim.data.get("offered_on")
    return date.fromisoformat(told) + timedelta(weeks=terms.tenant) - timedelta(days=1) if told else None


def claim_follows(old: Record | None, new: Record, facts: Facts) -> Iterable[Effect]:
    """What the case is told of its claim; it ends with it, unless the fraud team still looks into it."""
    if old is not None and new.data.get("rtb8_on") != old.data.get("rtb8_on"):
        since = f"{new.key}: RTB8 of {new.data['rtb8_on']}"
        yield Task("delay", f"{since}: rent paid in the delay comes off the price; tell finance")
    case = facts.records.get(CASE, new.key) if facts.records else None
    if old is None or case is None or case.state == ENDED:
        return
    over = CLAIM_LIFE.has_ended(new.state) and case.state not in (REFERRED, ENQUIRIES)
    clock = {**(case.data.get("clock") or {}), **new.data["clock"]}
    yield Move(
        kind=CASE,
        key=new.key,
        to=ENDED if over else None,
        data={"claim": new.state, "clock": clock},
        reason=f"the claim is {new.state}",
    )


def _due(name: str) -> Any:
    def due(claim: Record, facts: Facts) -> date | None:
        told = claim.data["clock"].get(name)
        return date.fromisoformat(told) if told else None

    return due


def _before(name: str, setting: str) -> Any:
    """So many working days ahead of a day: the council's calendar says which."""

    def due(claim: Record, facts: Facts) -> date | None:
        told, days = claim.data["clock"].get(name), getattr(settings_of(facts).rtb, setting)
        if not told or facts.calendar is None:
            return None
        return facts.calendar.add_working_days(date.fromisoformat(told), -days)

    return due


CLAIM_LIFE = Lifecycle(
    kind=CLAIM,
    title="Right to Buy claims and the times that run for them",
    begins=(INCOMPLETE, APPLIED),
    moves={
        INCOMPLETE: (APPLIED, WITHDRAWN),
        APPLIED: (ADMITTED, DENIED, WITHDRAWN),
        ADMITTED: (OFFERED, WITHDRAWN),
        OFFERED: (ACCEPTED, WITHDRAWN),
        ACCEPTED: (COMPLETED, WITHDRAWN),
    },
    deadlines=(
        Deadline("rtb2", APPLIED, _due("rtb2_due"), "the RTB2 is due; no fraud check stops that clock"),
        Deadline("rtb2_soon", APPLIED, _before("rtb2_due", "rtb2_warning"), "the RTB2 is due in a few days"),
        Deadline("s125", ADMITTED, _due("s125_due"), "the s.125 notice is due"),
        Deadline("s125_soon", ADMITTED, _before("s125_due", "s125_warning"), "the s.125 notice is due soon"),
        *(
            Deadline("rtb6", state, _due("delay_due"), "the landlord acts, or serves an RTB7 (RTB6 came)")
            for state in (APPLIED, ADMITTED)
        ),
        Deadline(
            "reminded",
            OFFERED,
            _due("withdrawal_from"),
            "no answer to the reminder: it may count as withdrawn",
        ),
        Deadline("tenant", OFFERED, _due("tenant_due"), "no answer to the s.125 notice: remind (s.125E)"),
    ),
    when=claim_follows,
    looks_up=(Lookup(CASE, keys=lambda claim: (claim.key,)),),
    owner="rtb-team",
    compartment=Compartment.FRAUD,
    keep=years(6),
    unsayable=unsayable,
)


class StepTally(Tally):
    def add(self, chunk: Chunk) -> None:
        self.records += len(chunk)

    def totals(self) -> Mapping[str, str | int]:
        return {"count": self.records, "value": format_pounds(0)}


def _key(item: Item) -> tuple[str, ...]:
    return (item.reference,)


STEP_FEED = Feed(
    name="rtb_fraud.steps",
    title="Steps of Right to Buy claims: admitted, offered, completed",
    direction=Direction.IN,
    formats={FORMAT: Delimited((STEP,), header=True, skip_blank=True)},
    tally=StepTally,
    checks=(denial_has_reasons, step_has_its_time, sale_is_not_held),
    items=step_items,
    match=match_step,
    item_key=lambda item: str(item.data["step_id"]),
    moves=step_moves,
    looks_up=(Lookup(CLAIM, keys=_key), Lookup(CASE, keys=_key)),
    compartment=Compartment.FRAUD,
    personal_data=("reasons",),
)

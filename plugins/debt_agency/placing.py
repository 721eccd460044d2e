"""Placements as agencies are sent them (PLC): accounts, parties, charges, notes.

Source: debt_agency.md, section 3.2.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from hub.api import (
    CannotRender,
    Context,
    Found,
    Item,
    ItemState,
    Level,
    Lookup,
    Move,
    Need,
    Record,
    Rendered,
    Severity,
    Taken,
    check,
)
from plugins.debt_agency import charges, codes, debtors, debts, eligibility
from plugins.debt_agency.canonical import ACCOUNT_LINE, PARTY_LINE, PLC
from plugins.debt_agency.file_checks import OUR_FILE_CHECKS
from plugins.debt_agency.lines import Line, Proof, could_be_written, write_file
from plugins.debt_agency.placement_checks import PLACEMENT_FILE_CHECKS, PlacementTally
from plugins.debt_agency.placements import CANCELLED, DRAFT, PLACEMENT, QUEUED, SENT, UNSENT
from plugins.debt_agency.plans import Placed, plan_for
from plugins.debt_agency.references import placement_ref
from plugins.debt_agency.settings import PlacementOptions, settings_of

Options = Context[PlacementOptions]
WAITS_AS, ITEM = "PLACEMENT", "PLACEMENT"
PROOF = Proof(PlacementTally, (*OUR_FILE_CHECKS, *PLACEMENT_FILE_CHECKS))
LOOKS_UP = (*eligibility.LOOKS_UP, Lookup(debtors.TENANT, accounts=True), charges.OF_THE_ACCOUNT)


def of_the_agency(one: Taken, ctx: Options) -> str | None:
    """Condition `ours`: why a debt is not one for this route's agency."""
    agency = one.item.data.get("agency")
    return None if agency == ctx.options.called else f"it is for {agency}"


@check("DA-12", level=Level.CROSS, severity=Severity.REFUSE_ITEM)
def has_a_number(taken: Sequence[Taken], ctx: Options) -> Iterator[Found]:
    """The rent system's reference of a placement has one to nine digits, of which its number is made, and no
    other placement has that number: it is never used again."""
    for one in taken:
        if one.disposition.state is not ItemState.TAKEN:
            continue
        key = placement_ref(one.item.reference)
        if key is None:
            yield Found(
                f"{one.item.reference} has no number of up to nine digits in it",
                one.item.line,
                "placement_ref",
                "one to nine digits, or ten with their check digit",
            )
        elif (other := _other(key, one, ctx)) is not None:
            yield Found(f"placement {key} is {other.data['request']} already", one.item.line, "placement_ref")


def _other(key: str, one: Taken, ctx: Options) -> Record | None:
    known = ctx.facts.records.get(PLACEMENT, key) if ctx.facts.records else None
    return known if known is not None and known.data["request"] != one.item.reference else None


@check("DA-PLC-5", level=Level.CROSS, severity=Severity.REFUSE_ITEM, needs=(Need.TODAY, Need.RECORDS))
def can_be_written(taken: Sequence[Taken], ctx: Options) -> Iterator[Found]:
    """What the rent system tells of a debt fits the record that agencies are sent: it has an address, its
    postcode is one. One that does not stays in the council; the others go."""
    for one in taken:
        if one.disposition.state is ItemState.TAKEN and placement_ref(one.item.reference) is not None:
            try:
                could_be_written(account_lines(one, ctx), ctx)
            except CannotRender as problem:
                yield Found(f"DA-PLC-5: {problem}", one.item.line)


def queue(one: Taken, ctx: Options) -> Iterator[Move]:
    """The placement that is made of a debt; one that an agency refused before is given up for it."""
    key, item, records = placement_ref(one.item.reference), one.item, ctx.facts.records
    if key is None or one.disposition.state is not ItemState.TAKEN or records is None:
        return
    for old in records.about(PLACEMENT, str(one.disposition.account)):
        if old.state == DRAFT and old.key != key:
            yield Move(kind=PLACEMENT, key=old.key, to=CANCELLED, reason=f"it is placed anew as {key}")
    stage = _stage(one, ctx)
    yield Move(
        kind=PLACEMENT,
        key=key,
        to=QUEUED,
        account=one.disposition.account,
        data={
            "agency": ctx.options.called,
            "request": item.reference,
            "stage": stage,
            "debt_type": debts.type_of(item),
            "plan": ctx.options.plans.get(stage),
            "total_due": item.amount,
            "balance": item.amount,
            "paid": 0,
            "adjusted": 0,
            "debt_from": item.data["debt_from"],
            "limitation_date": _limitation(item, ctx).isoformat(),
            "withheld": debts.is_withheld(item, ctx.options.flags),
        },
    )


def _limitation(item: Item, ctx: Options) -> date:
    return debts.limitation_of(item, settings_of(ctx.facts).limitation_years)


def whose_debts(one: Taken, ctx: Options) -> Iterator[Move]:
    """By whom each placed debt is owed, so that a breathing space on one finds the others."""
    key, account = placement_ref(one.item.reference), one.disposition.account
    if key is not None and account is not None and one.disposition.state is ItemState.TAKEN:
        yield from debtors.placed(_tenants(one, ctx), account, key)


def moves(one: Taken, ctx: Options) -> Iterator[Move]:
    yield from queue(one, ctx)
    yield from whose_debts(one, ctx)


def _stage(one: Taken, ctx: Options) -> int:
    """How many agencies the debt is at by now: as the rent system says, else by the earlier placements."""
    told, records = one.item.data.get("stage"), ctx.facts.records
    if told or records is None:
        return int(told or 1)
    own, account = placement_ref(one.item.reference), str(one.disposition.account)
    earlier = (old for old in records.about(PLACEMENT, account) if old.key != own)
    return min(3, 1 + sum(old.state not in {*UNSENT, CANCELLED} for old in earlier))


def _recall_on(one: Taken, day: date, ctx: Options) -> date:
    """When a debt placed on a day is planned to be taken back: as its contract says, else the route."""
    stage = _stage(one, ctx)
    told = {**one.item.data, "plan": ctx.options.plans.get(stage), "stage": stage}
    told["debt_type"] = debts.type_of(one.item)
    plan = plan_for(ctx.options.contract, Placed.of(told, day), day)
    if plan is not None and plan.term_days is not None:
        return day + timedelta(plan.term_days)
    return debts.months_after(day, ctx.options.term_months)


def leaves(carried: Sequence[Taken], ctx: Options) -> Iterator[Move]:
    """From the moment of sending on, the agency may have it."""
    for one in carried:
        key, day = placement_ref(one.item.reference), ctx.facts.today
        if key is None or day is None or ctx.moment is None:
            continue
        recall = _recall_on(one, day, ctx)
        told = {"what": "PLC", "at": ctx.moment.now.isoformat(timespec="seconds"), "by": "council"}
        yield Move(
            kind=PLACEMENT,
            key=key,
            to=SENT,
            data={"placed_on": day.isoformat(), "planned_recall": recall.isoformat(), "action": told},
        )
        yield from charges.have_left(one, ctx)


def write_placements(taken: Sequence[Taken], ctx: Options) -> Rendered:
    """Raises CannotRender for a debt that no file can carry."""
    ordered = sorted(taken, key=lambda one: one.item.line)
    lines = [line for one in ordered for line in account_lines(one, ctx)]
    return write_file(PLC, lines, ctx, PROOF)


def account_lines(one: Taken, ctx: Options) -> list[Line]:
    """The account of a debt; behind it its parties, then its charges and notes."""
    key = placement_ref(one.item.reference)
    if key is None:
        raise CannotRender(f"line {one.item.line}: the placement has no number")
    parties = _parties(one, ctx)
    account = {**_account(one, ctx), "placement_ref": key, "party_count": str(len(parties))}
    numbered = [
        Line(PARTY_LINE, {**party, "placement_ref": key, "party_no": str(number)})
        for number, party in enumerate(parties, start=1)
    ]
    return [Line(ACCOUNT_LINE, account, one.id), *numbered, *charges.lines_behind(one, key, ctx)]


def _account(one: Taken, ctx: Options) -> dict[str, object]:
    item, today = one.item, ctx.facts.today
    if today is None:
        raise CannotRender("the day is not known here")
    costs, interest = debts.pence_of(item, "costs"), debts.pence_of(item, "interest")
    stage = _stage(one, ctx)
    vulnerable = next((flag for flag in debts.flags_of(item) if flag in codes.VULNERABILITIES), None)
    return {
        "client_account_ref": one.disposition.account,
        "debt_type": debts.type_of(item),
        "stage": str(stage),
        "tenancy_start": debts.day_of(item, "tenancy_start"),
        "tenancy_end": eligibility.ended_on(one, ctx),
        "debt_from": debts.day_of(item, "debt_from"),
        "debt_to": debts.day_of(item, "debt_to"),
        "limitation_date": _limitation(item, ctx),
        "principal": charges.principal_of(item),
        "costs": costs,
        "interest": interest,
        "total_due": item.amount,
        "last_payment_date": debts.day_of(item, "last_payment_date"),
        "last_payment_amount": item.data.get("last_payment_amount"),
        **_home(one, ctx),
        "uprn": None if debts.is_withheld(one.item, ctx.options.flags) else item.data.get("uprn"),
        "commission_plan": ctx.options.plans.get(stage),
        "planned_recall": _recall_on(one, today, ctx),
        "judgment_ref": item.data.get("judgment_ref"),
        "judgment_date": debts.day_of(item, "judgment_date"),
        "vuln_code": vulnerable,
    }


def _home(one: Taken, ctx: Options) -> dict[str, object]:
    """The rented home; where the rent system does not name it, the last known address."""
    if debts.is_withheld(one.item, ctx.options.flags):
        return {"prop_line1": debts.WITHHELD, "prop_postcode": debts.NOWHERE}
    told = debts.address_of(one.item.personal, "property_")
    lines = told if told[0] else debts.address_of(one.item.personal, "last_known_")
    return debts.laid_out(lines, "prop_line", "prop_postcode")


def _parties(one: Taken, ctx: Options) -> list[dict[str, object]]:
    """The debtor, the joint tenants whom the rent system's list of tenants names, then whom it tells of
    beside the charges."""
    tenants = _tenants(one, ctx)
    main = next((tenant for tenant in tenants if tenant.data["role"] == "MAIN"), None)
    joint = [tenant for tenant in tenants if tenant.data["role"] == "JOINT"]
    joined = (_joint(tenant, one, ctx) for tenant in joint)
    return [_debtor(one, main, ctx), *joined, *charges.further_parties(one, ctx)]


def _tenants(one: Taken, ctx: Options) -> Sequence[Record]:
    records, account = ctx.facts.records, one.disposition.account
    return records.about(debtors.TENANT, account) if records is not None and account is not None else ()


def _debtor(one: Taken, tenant: Record | None, ctx: Options) -> dict[str, object]:
    personal, flags = one.item.personal, debts.flags_of(one.item)
    forwarding = debts.address_of(personal, "forwarding_")
    lines = forwarding if forwarding[0] else debts.address_of(personal, "last_known_")
    meant = {ctx.options.flags.get(flag) for flag in flags}
    status = "G" if "gone" in meant else "C" if "confirmed" in meant else "L"
    return {
        "role": "D",
        **debts.person(personal, "debtor_"),
        **_at(lines, status, one, ctx),
        **_reached(tenant.personal if tenant else {}),
    }


def _joint(tenant: Record, one: Taken, ctx: Options) -> dict[str, object]:
    own = debts.address_of(tenant.personal, "corr_")
    lines = own if own[0] else debts.address_of(one.item.personal, "last_known_")
    return {
        "role": "J",
        **debts.person(tenant.personal, ""),
        **_at(lines, "L", one, ctx),
    }


def _at(lines: Sequence[str], status: str, one: Taken, ctx: Options) -> dict[str, object]:
    return debts.addressed(lines, status, withheld=debts.is_withheld(one.item, ctx.options.flags))


def _reached(personal: Mapping[str, Any]) -> dict[str, object]:
    return {name: personal.get(name) or None for name in ("phone1", "phone2", "email")}

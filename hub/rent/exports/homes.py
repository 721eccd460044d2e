"""Who lives where and what is charged for it (`rent.tenants`, `rent.properties`, `rent.charges`,
`rent.tenancy_changes`, `rent.benefit_rents`).

The first four live on as records, because several partners look at them. Nothing personal is in their open
facts: names, addresses, births and numbers are sealed.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hub.checks.base import Context, Found, Tally, check
from hub.door.lifecycle import Lifecycle
from hub.fields import nino
from hub.model import Chunk, Level, Move, Severity, Taken
from hub.rent.canonical import FREQUENCY
from hub.rent.exports.columns import (
    address,
    code,
    day,
    names,
    national_insurance,
    number,
    pounds,
    ref,
    text,
    uprn,
    yes_no,
)
from hub.rent.exports.feed import recorded, waiting
from hub.rent.exports.record_type import RecordType
from hub.rent.exports.rules import adds_up, in_order

CURRENT, ENDED, TOLD = "CURRENT", "ENDED", "TOLD"
OCCUPIED, VOID, SOLD = "OCCUPIED", "VOID", "SOLD"
INELIGIBLE = ("heating", "hot_water", "lighting", "cooking", "water", "other_ineligible")

TENANT = RecordType(
    name="TENANT",
    about="a person of a tenancy",
    columns=(
        ref("tenancy_ref"),
        ref("payment_ref", required=False),
        ref("person_ref"),
        code("role", "MAIN", "JOINT", "OTHER"),
        *names(),
        day("date_of_birth", required=False, personal=True),
        national_insurance(),
        text("phone1", 30, personal=True),
        text("phone2", 30, personal=True),
        text("email", 254, personal=True),
        *address("corr_"),
        day("start_date"),
        day("end_date", required=False),
    ),
    reference="tenancy_ref",
    kind="TENANT",
    key=("tenancy_ref", "person_ref", "start_date"),
    rules=(in_order("start_date", "end_date"),),
)

PROPERTY = RecordType(
    name="PROPERTY",
    about="a home, a garage, a pitch",
    columns=(
        ref("property_ref"),
        uprn(),
        *address(required=True),
        code("type", required=False),
        number("bedrooms", 0, 99, required=False),
        code("status", OCCUPIED, VOID, SOLD),
        day("void_date", required=False),
    ),
    reference="property_ref",
    kind="PROPERTY",
    key=("property_ref",),
)

CHARGE = RecordType(
    name="CHARGE",
    about="one priced part of what an account is charged",
    columns=(
        ref("payment_ref"),
        ref("property_ref", required=False),
        code("charge_code"),
        pounds("amount"),
        code("frequency", *FREQUENCY.values),
        day("effective_from"),
        day("effective_to", required=False),
        yes_no("hb_eligible"),
        code("vat_code", required=False),
    ),
    reference="payment_ref",
    kind="CHARGE",
    money="amount",
    unsummed=True,
    key=("payment_ref", "property_ref", "charge_code", "effective_from"),
    rules=(in_order("effective_from", "effective_to"),),
)

TENCHANGE = RecordType(
    name="TENCHANGE",
    about="something of a tenancy that changed",
    columns=(
        code("event", "NEW", "END", "MOVE", "NAME", "RENT", "JOINT"),
        ref("tenancy_ref"),
        ref("payment_ref", required=False),
        day("effective_date"),
        text("old_value", 240, personal=True, note="a name, an address or an amount, by the event"),
        text("new_value", 240, personal=True),
    ),
    reference="tenancy_ref",
    kind="TENANCY_CHANGE",
    on="effective_date",
)

HBRENT = RecordType(
    name="HBRENT",
    about="the rent of a claimant as the Benefits service needs it, split by what benefit can meet",
    columns=(
        ref("payment_ref"),
        ref("tenancy_ref", required=False),
        ref("claim_ref", required=False),
        text("surname", 60, required=True, personal=True),
        text("forenames", 60, personal=True),
        *address(required=True),
        day("effective_from"),
        pounds("gross"),
        pounds("eligible"),
        *(pounds(name, required=False) for name in INELIGIBLE),
        number("bedrooms", 0, 99, required=False),
    ),
    reference="payment_ref",
    account="payment_ref",
    kind="BENEFIT_RENT",
    money="gross",
    unsummed=True,
    on="effective_from",
    key=("payment_ref", "effective_from"),
    rules=(adds_up("gross", "eligible", *INELIGIBLE),),
)


def _either_way(*states: str) -> dict[str, tuple[str, ...]]:
    """An extract may say any of the states at any time."""
    return {state: tuple(other for other in states if other != state) for state in states}


TENANT_LIFE = Lifecycle(
    kind="tenant",
    title="Tenants, and other persons of a tenancy",
    begins=(CURRENT, ENDED),
    moves=_either_way(CURRENT, ENDED),
    owner="rents",
)
PROPERTY_LIFE = Lifecycle(
    kind="property",
    title="Homes, garages, pitches",
    begins=(OCCUPIED, VOID, SOLD),
    moves=_either_way(OCCUPIED, VOID, SOLD),
    owner="rents",
)
CHARGE_LIFE = Lifecycle(
    kind="charge",
    title="What rent accounts are charged",
    begins=(CURRENT, ENDED),
    moves=_either_way(CURRENT, ENDED),
    owner="rents",
)
TENANCY_CHANGE_LIFE = Lifecycle(
    kind="tenancy_change",
    title="What changed of tenancies",
    begins=(TOLD,),
    moves={TOLD: ()},
    owner="rents",
)
"""Each change once and for all: a plug-in that must act on them follows this kind."""


def _state(taken: Taken, ends: str, ctx: Context[Any]) -> str:
    """ENDED once the last day of that name has passed."""
    today, last = ctx.facts.today or taken.item.on, taken.item.data[ends]
    return ENDED if last is not None and str(last) < today.isoformat() else CURRENT


@check("NINO", level=Level.RECORD, severity=Severity.WARNING, layouts=("detail",))
def nino_may_be_one(chunk: Chunk, tally: Tally, ctx: Context[Any]) -> Iterator[Found]:
    """What stands as National Insurance number is one by its form. One that is not is left out of the record
    of the tenant: it would be asked about as somebody else's."""
    for line, told in zip(chunk.lines, chunk.columns["nino"], strict=True):
        if told.strip() and not nino.is_valid(told):
            yield Found("what stands there is no National Insurance number, and is not kept", line, "nino")


def tenant_moves(taken: Taken, ctx: Context[Any]) -> Iterator[Move]:
    item = taken.item
    yield Move(
        kind=TENANT_LIFE.kind,
        key=f"{item.reference}/{item.data['person_ref']}",
        to=_state(taken, "end_date", ctx),
        account=_text(item.data["payment_ref"]),
        data={"tenancy_ref": item.reference, **item.data},
        personal=item.personal,
    )


def property_moves(taken: Taken, ctx: Context[Any]) -> Iterator[Move]:
    item = taken.item
    data = {name: value for name, value in item.data.items() if name != "status"}
    yield Move(
        kind=PROPERTY_LIFE.kind,
        key=item.reference,
        to=str(item.data["status"]),
        data=data,
        personal=item.personal,
    )


def charge_moves(taken: Taken, ctx: Context[Any]) -> Iterator[Move]:
    item = taken.item
    place = (item.reference, item.data["property_ref"], item.data["charge_code"])
    yield Move(
        kind=CHARGE_LIFE.kind,
        key="/".join(str(part) for part in place if part is not None),
        to=_state(taken, "effective_to", ctx),
        account=item.reference,
        data=item.data,
    )


def change_moves(taken: Taken, ctx: Context[Any]) -> Iterator[Move]:
    """One a row; what the file says twice of a tenancy, an event and a day is one change."""
    item = taken.item
    yield Move(
        kind=TENANCY_CHANGE_LIFE.kind,
        key=f"{item.reference}/{item.data['event']}/{item.on}",
        to=TOLD,
        account=_text(item.data["payment_ref"]),
        data={"tenancy_ref": item.reference, **item.data},
        personal=item.personal,
    )


def _text(value: object) -> str | None:
    return None if value is None else str(value)


TENANTS = recorded(
    "rent.tenants",
    "Tenants from the rent system",
    TENANT,
    TENANT_LIFE,
    tenant_moves,
    checks=(nino_may_be_one,),
)
PROPERTIES = recorded(
    "rent.properties", "Properties from the rent system", PROPERTY, PROPERTY_LIFE, property_moves
)
CHARGES = recorded("rent.charges", "What each account is charged", CHARGE, CHARGE_LIFE, charge_moves)
TENANCY_CHANGES = recorded(
    "rent.tenancy_changes", "What changed of tenancies", TENCHANGE, TENANCY_CHANGE_LIFE, change_moves
)
BENEFIT_RENTS = waiting(
    "rent.benefit_rents",
    "Rents as the Benefits service needs them",
    HBRENT,
    {"BENEFIT_RENT": "housing_benefit.rent_changes"},
)

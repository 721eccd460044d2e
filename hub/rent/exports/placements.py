"""Former tenants' debt that goes to an agency, changes there, and comes back (`rent.placements`,
`rent.placement_lines`, `rent.placement_updates`, `rent.recalls`).

Whether a debt may be placed at all is for the debt agencies' plug-in to say; here stands only what the rent
system interface itself refuses.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from hub.checks.base import Context, Found, check
from hub.door.keep import days
from hub.door.lifecycle import Lifecycle, Lookup
from hub.formats.layout import Field
from hub.model import Level, Move, Need, Severity, Taken
from hub.rent.envelope import GenericOptions
from hub.rent.exports.columns import address, code, day, names, number, pounds, ref, text, uprn
from hub.rent.exports.feed import recorded, waiting
from hub.rent.exports.record_type import RecordType
from hub.rent.exports.rules import above_zero, all_or_none, given_when, in_order
from hub.rent.holds import HOLD, HoldKind, effective_holds

DEBT_TYPES = ("FTA", "RCG", "CTC", "GAR", "UOC", "HBO", "LHC", "SUN")
UPDATE_TYPES = ("DPY", "DPR", "ADJ-", "ADJ+", "WOF", "CST", "COR", "NTE")
METHODS = ("DD", "DC", "CC", "CA", "CQ", "SO", "BT", "PO")
PARTY_ROLES = ("D", "J", "G", "X", "R")
ADDRESS_STATUSES = ("C", "L", "G", "W")
"""The codes of debt_agency.md, sections 3.2, 3.4 and 3.7."""


def _party() -> tuple[Field, ...]:
    """Who somebody is, where they live and how they are reached."""
    return (
        *names("party_", required=False),
        day("party_date_of_birth", required=False, personal=True),
        *address("party_"),
        code("party_address_status", *ADDRESS_STATUSES, required=False, note="L if blank"),
        text("party_phone1", 20, personal=True),
        text("party_phone2", 20, personal=True),
        text("party_email", 254, personal=True),
    )


FTAPLACE = RecordType(
    name="FTAPLACE",
    about="a debt to be placed with an agency. Further debtors are those of the tenancy (TENANT)",
    columns=(
        ref("placement_ref"),
        ref("payment_ref"),
        code("agency"),
        pounds("balance_placed", note="more than 0.00"),
        day("debt_from"),
        day("debt_to"),
        day("tenancy_end", required=False),
        *names("debtor_"),
        day("debtor_date_of_birth", required=False, personal=True),
        *address("last_known_"),
        *address("forwarding_"),
        text("flags", 60, personal=True, note="codes with blanks between them"),
        code("debt_type", *DEBT_TYPES, required=False, note="FTA if blank"),
        number("stage", 1, 3, required=False),
        day("tenancy_start", required=False),
        pounds("costs", required=False, note="within balance_placed: court costs awarded"),
        pounds("interest", required=False, note="within balance_placed"),
        day("limitation_date", required=False, note="six years from debt_from if blank"),
        day("last_payment_date", required=False),
        pounds("last_payment_amount", required=False),
        *address("property_"),
        uprn(),
        ref("judgment_ref", required=False),
        day("judgment_date", required=False),
    ),
    later=16,
    reference="placement_ref",
    account="payment_ref",
    kind="PLACEMENT",
    amount="balance_placed",
    key=("placement_ref",),
    for_ever=True,
    rules=(
        above_zero("balance_placed"),
        in_order("debt_from", "debt_to"),
        in_order("tenancy_start", "tenancy_end"),
        all_or_none("last_payment_date", "last_payment_amount"),
        all_or_none("judgment_ref", "judgment_date"),
    ),
)

CHARGE, NOTE, PARTY = "C", "N", "P"
FTALINE = RecordType(
    name="FTALINE",
    about="a charge that a debt to be placed is made of, a note to the agency, or a further party: a "
    "guarantor, an executor, somebody who acts for the debtor. The charges of a debt sum to its balance "
    "without costs and interest",
    columns=(
        ref("placement_ref"),
        ref("payment_ref"),
        number("number", 1, 9999),
        code("line_type", CHARGE, NOTE, PARTY),
        day("from_date", note="of a note its day; of a party since when"),
        day("to_date", required=False),
        text("text", 300, personal=True, note="of a charge what it is for, up to 40 characters"),
        pounds("amount", required=False),
        code("party_role", *PARTY_ROLES[1:], required=False),
        *_party(),
    ),
    later=14,
    reference="placement_ref",
    account="payment_ref",
    kind="DEBT_LINE",
    money="amount",
    unsummed=True,
    key=("placement_ref", "number"),
    rules=(
        in_order("from_date", "to_date"),
        given_when("line_type", (CHARGE,), "to_date", "amount"),
        given_when("line_type", (NOTE,), "text"),
        given_when("line_type", (PARTY,), "party_role", "party_surname", "party_address1"),
    ),
)

FTAUPDATE = RecordType(
    name="FTAUPDATE",
    about="what changed of a placed debt and is told the agency. A Housing Benefit credit is an adjustment "
    "(ADJ-), not a payment: no commission falls on it. A correction (COR) tells a party as it is now: whole",
    columns=(
        ref("placement_ref"),
        code("update_type", *UPDATE_TYPES),
        day("effective_date"),
        pounds("amount", note="signed: what it adds to the debt"),
        ref("txn_id", required=False),
        code("method", *METHODS, required=False),
        text("text", 300, personal=True),
        number("party_no", 1, 9, required=False, check="E10"),
        code("party_role", *PARTY_ROLES, required=False),
        *_party(),
    ),
    later=15,
    reference="placement_ref",
    kind="PLACEMENT_UPDATE",
    amount="amount",
    on="effective_date",
    key=("placement_ref", "update_type", "effective_date", "txn_id", "party_no"),
    for_ever=True,
    rules=(given_when("update_type", ("COR",), "party_no", "party_role", "party_surname"),),
)

FTARECALL = RecordType(
    name="FTARECALL",
    about="a placed debt that the council takes back",
    columns=(
        ref("placement_ref"),
        code(
            "reason",
            *("PAID", "DISPUTE", "DECEASED", "BREATHING_SPACE", "WRITTEN_OFF", "ERROR", "RE_TENANCY"),
        ),
        day("effective_date"),
    ),
    reference="placement_ref",
    kind="RECALL",
    on="effective_date",
    key=("placement_ref", "reason", "effective_date"),
    for_ever=True,
)


class PlacementOptions(GenericOptions):
    """stopping_holds: the kinds of hold on an account whose debt is not placed"""

    stopping_holds: frozenset[HoldKind] = frozenset(
        {"BREATHING_SPACE", "DECEASED", "DISPUTE", "VULNERABLE", "LEGAL"}
    )


@check("E20", level=Level.CROSS, severity=Severity.REFUSE_ITEM, needs=(Need.RECORDS, Need.TODAY))
def account_is_not_on_hold(taken: Sequence[Taken], ctx: Context[PlacementOptions]) -> Iterator[Found]:
    """No debt is placed of an account that is on a hold of the kinds in `stopping_holds`. Breathing space is
    the law's. The placement is refused; when the hold has ended, the rent system asks for it again."""
    records, today = ctx.facts.records, ctx.facts.today
    for one in taken:
        account = one.disposition.account
        if records is None or today is None or account is None:
            continue
        kinds = {str(hold.data["kind"]) for hold in effective_holds(records, account, today)}
        for kind in sorted(kinds & ctx.options.stopping_holds):
            yield Found(f"the account is on hold for {kind}", one.item.line, "payment_ref")


DEBT_LINE_LIFE = Lifecycle(
    kind="debt_line",
    title="Charges, notes and further parties of debts to be placed",
    begins=("TOLD",),
    moves={"TOLD": ("TOLD", "SENT"), "SENT": ()},
    owner="rents",
    keep=days(396),
)
"""Those of a debt go with its placement, and have ended then."""


def line_keys(item: Any) -> tuple[str, ...]:
    return (f"{item.reference}/{item.data['number']}",)


def line_moves(taken: Taken, ctx: Context[Any]) -> Iterator[Move]:
    """One that has left with its placement stays as it was."""
    item, records = taken.item, ctx.facts.records
    told = (
        "payment_ref",
        "number",
        "line_type",
        "from_date",
        "to_date",
        "party_role",
        "party_address_status",
    )
    (key,) = line_keys(item)
    known = records.get(DEBT_LINE_LIFE.kind, key) if records else None
    if known is not None and known.state == "SENT":
        return
    yield Move(
        kind=DEBT_LINE_LIFE.kind,
        key=key,
        to="TOLD",
        account=str(item.data["payment_ref"]),
        data={
            "placement_ref": item.reference,
            "amount": item.data["debt_line_amount"],
            **{name: item.data[name] for name in told},
        },
        personal=item.personal,
    )


PLACEMENT_LINES = recorded(
    "rent.placement_lines",
    "Charges, notes and further parties of debts to be placed",
    FTALINE,
    DEBT_LINE_LIFE,
    line_moves,
    looks_up=(Lookup(DEBT_LINE_LIFE.kind, keys=line_keys),),
)
PLACEMENTS = waiting(
    "rent.placements",
    "Debts to be placed with an agency",
    FTAPLACE,
    {"PLACEMENT": "debt_agency.placement"},
    options=PlacementOptions,
    checks=(account_is_not_on_hold,),
    looks_up=(Lookup(HOLD),),
)
PLACEMENT_UPDATES = waiting(
    "rent.placement_updates",
    "What changed of placed debts",
    FTAUPDATE,
    {"PLACEMENT_UPDATE": "debt_agency.update"},
)
RECALL_LIFE = Lifecycle(
    kind="debt_recall",
    title="Placed debts that the rent system has taken back",
    begins=("TOLD",),
    moves={"TOLD": ()},
    owner="rents",
)
"""By the rent system's reference of the placement: one that has not left yet stays."""


def recall_moves(taken: Taken, ctx: Context[Any]) -> Iterator[Move]:
    item, records = taken.item, ctx.facts.records
    if records is None or records.get(RECALL_LIFE.kind, item.reference) is None:
        data = {"reason": item.data["reason"], "on": item.on.isoformat()}
        yield Move(kind=RECALL_LIFE.kind, key=item.reference, to="TOLD", data=data)


RECALLS = waiting(
    "rent.recalls",
    "Placed debts that are taken back",
    FTARECALL,
    {"RECALL": "debt_agency.hold"},
    looks_up=(Lookup(RECALL_LIFE.kind, keys=lambda item: (item.reference,)),),
    moves=recall_moves,
)

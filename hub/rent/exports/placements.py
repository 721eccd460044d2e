"""Former tenants' debt that goes to an agency, changes there, and comes back (`rent.placements`,
`rent.placement_updates`, `rent.recalls`).

Whether a debt may be placed at all is for the debt agencies' plug-in to say; here stands only what the rent
system interface itself refuses.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from hub.checks.base import Context, Found, check
from hub.door.lifecycle import Lookup
from hub.model import Level, Need, Severity, Taken
from hub.rent.envelope import GenericOptions
from hub.rent.exports.columns import address, code, day, names, number, pounds, ref, text, uprn
from hub.rent.exports.feed import waiting
from hub.rent.exports.record_type import RecordType
from hub.rent.exports.rules import above_zero, all_or_none, in_order
from hub.rent.holds import HOLD, HoldKind, effective_holds

DEBT_TYPES = ("FTA", "RCG", "CTC", "GAR", "UOC", "HBO", "LHC", "SUN")
UPDATE_TYPES = ("DPY", "DPR", "ADJ-", "ADJ+", "WOF", "CST", "NTE")
METHODS = ("DD", "DC", "CC", "CA", "CQ", "SO", "BT", "PO")
"""The codes of debt_agency.md, sections 3.2, 3.4 and 3.7."""

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

FTAUPDATE = RecordType(
    name="FTAUPDATE",
    about="what changed of a placed debt and is told the agency. A Housing Benefit credit is an adjustment "
    "(ADJ-), not a payment: no commission falls on it",
    columns=(
        ref("placement_ref"),
        code("update_type", *UPDATE_TYPES),
        day("effective_date"),
        pounds("amount", note="signed: what it adds to the debt"),
        ref("txn_id", required=False),
        code("method", *METHODS, required=False),
        text("text", 300, personal=True),
    ),
    reference="placement_ref",
    kind="PLACEMENT_UPDATE",
    amount="amount",
    on="effective_date",
    key=("placement_ref", "update_type", "effective_date", "txn_id"),
    for_ever=True,
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
RECALLS = waiting(
    "rent.recalls",
    "Placed debts that are taken back",
    FTARECALL,
    {"RECALL": "debt_agency.hold"},
)

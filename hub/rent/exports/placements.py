"""Former tenants' debt that goes to an agency, and comes back (`rent.placements`, `rent.recalls`).

Whether a debt may be placed at all is for the debt agencies' plug-in to say; here stands only what the rent
system interface itself refuses.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from hub.checks.base import Context, Found, check
from hub.door.lifecycle import Lookup
from hub.model import Level, Need, Severity, Taken
from hub.rent.envelope import GenericOptions
from hub.rent.exports.columns import address, code, day, names, pounds, ref, text
from hub.rent.exports.feed import waiting
from hub.rent.exports.record_type import RecordType
from hub.rent.exports.rules import above_zero, in_order
from hub.rent.holds import HOLD, HoldKind, effective_holds

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
    ),
    reference="placement_ref",
    account="payment_ref",
    kind="PLACEMENT",
    amount="balance_placed",
    key=("placement_ref",),
    for_ever=True,
    rules=(above_zero("balance_placed"), in_order("debt_from", "debt_to")),
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
RECALLS = waiting(
    "rent.recalls",
    "Placed debts that are taken back",
    FTARECALL,
    {"RECALL": "debt_agency.hold"},
)

"""What the rent system tells partners who look at rent accounts from outside: how each account stands
(`rent.positions`) and its transactions (`rent.transactions`). The hub checks them and hands them on.

Source: rent system interface, 3.7 and 3.8: the columns are those that such extracts were seen to have; their
layouts are no supplier's [project layout].
"""

from __future__ import annotations

from hub.rent.exports.columns import code, day, pounds, ref, text, yes_no
from hub.rent.exports.feed import handed_on
from hub.rent.exports.record_type import RecordType

POSITION = RecordType(
    name="POSITION",
    about="how a rent account stands, for who works arrears",
    columns=(
        ref("payment_ref"),
        ref("tenancy_ref", required=False),
        ref("property_ref", required=False),
        code("tenure_type", required=False),
        day("start_date"),
        day("end_date", required=False),
        code("patch", required=False),
        code("officer", required=False, note="by a code of the rent system, not by name"),
        pounds("balance", note="positive = the customer owes"),
        pounds("year_start", required=False, note="the balance at the end of the last rent year"),
        pounds("paid", required=False, note="payments of the week"),
        day("as_of"),
        yes_no("universal_credit"),
        ref("hb_claim_ref", required=False),
        day("breathing_space_until", required=False, note="a moratorium: nothing is enforced until then"),
    ),
    reference="payment_ref",
    kind="POSITION",
    money="balance",
    unsummed=True,
    on="as_of",
    key=("payment_ref",),
)

TRANSACTION = RecordType(
    name="TRANSACTION",
    about="what was charged to a rent account or paid into it",
    columns=(
        ref("transaction_ref"),
        ref("payment_ref"),
        code("type_code"),
        day("transaction_date"),
        day("post_date"),
        pounds("amount", note="positive = the customer owes more"),
        text("narrative", 240, personal=True),
    ),
    reference="transaction_ref",
    kind="TRANSACTION",
    money="amount",
    unsummed=True,
    on="post_date",
    key=("transaction_ref",),
)
"""transaction_ref is the rent system's own and the same in every extract, so that its reader can tell what it
has."""

POSITIONS = handed_on("rent.positions", "Rent positions: how each account stands", POSITION)
TRANSACTIONS = handed_on(
    "rent.transactions", "Transactions of rent accounts, for partners outside", TRANSACTION
)

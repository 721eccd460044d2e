"""`rent.refunds`: credit that the rent system gives back to its payers (REFUND)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Literal

from hub.checks.base import Context, Found, check
from hub.model import Item, ItemState, Level, Need, Severity, Taken, format_pounds
from hub.rent.envelope import GenericOptions
from hub.rent.exports.columns import bank_account, code, day, pounds, ref, text
from hub.rent.exports.feed import waiting
from hub.rent.exports.record_type import RecordType
from hub.rent.exports.rules import above_zero, given_when, two_people

BACS, CHEQUE, TRANSFER = "BACS", "CHEQUE", "TRANSFER"
BY_BACS, BY_FINANCE = "REFUND", "REFUND_REQUEST"
NOT_CLEARED = "NO"

REFUND = RecordType(
    name="REFUND",
    about="credit of one rent account that is given back to whoever paid it",
    columns=(
        ref("refund_ref"),
        ref("payment_ref"),
        text("payee_name", 60, required=True, personal=True),
        pounds("amount", note="more than 0.00"),
        code("method", BACS, CHEQUE, TRANSFER),
        *bank_account(),
        text("reason", 240, note="free text, and so kept as personal", personal=True),
        text("requested_by", 60, required=True, personal=True),
        text("approved_by", 60, required=True, personal=True, note="another than requested_by"),
        day("approved_on"),
        code(
            "hb_clearance",
            *("YES", NOT_CLEARED, "NOT_NEEDED"),
            required=False,
            note="whether the Benefits service has given the credit free; a file may lack this column",
        ),
    ),
    reference="refund_ref",
    account="payment_ref",
    kind="REFUND",
    amount="amount",
    on="approved_on",
    key=("refund_ref",),
    for_ever=True,
    later=1,
    rules=(
        above_zero("amount"),
        two_people("requested_by", "approved_by"),
        given_when("method", (BACS,), "sort_code", "account_number"),
    ),
)


class RefundOptions(GenericOptions):
    """by_finance:        methods whose refunds the financial system pays: they wait as REFUND_REQUEST
    clearance_is_told: whether a refund waits of which the file does not say hb_clearance
    credit_must_cover: whether a refund waits that is more than the credit that the register knows of. Not for
                       rent systems that have posted a refund before they export it
    """

    by_finance: frozenset[Literal["BACS", "CHEQUE", "TRANSFER"]] = frozenset({"CHEQUE"})
    clearance_is_told: bool = False
    credit_must_cover: bool = True


@check("HB", level=Level.CROSS, severity=Severity.HOLD_ITEM)
def benefit_has_no_claim(taken: Sequence[Taken], ctx: Context[RefundOptions]) -> Iterator[Found]:
    """A refund whose credit the Benefits service has not given free (hb_clearance NO) is held: the credit may
    be benefit that it claims back. Once it has, the rent system exports the refund again."""
    stopping = (NOT_CLEARED, None) if ctx.options.clearance_is_told else (NOT_CLEARED,)
    for one in taken:
        if one.item.data["hb_clearance"] in stopping:
            message = "the Benefits service has not given this credit free"
            yield Found(message, one.item.line, "hb_clearance", "YES or NOT_NEEDED")


@check("CREDIT", level=Level.CROSS, severity=Severity.HOLD_ITEM, needs=(Need.REGISTER,))
def credit_covers_it(taken: Sequence[Taken], ctx: Context[RefundOptions]) -> Iterator[Found]:
    """The refunds of an account are no more than the credit on it, as the last extract of rent accounts has
    it. One that is more is held: somebody else may have had the money already."""
    register = ctx.facts.register
    if register is None or not ctx.options.credit_must_cover:
        return
    paid: Counter[str] = Counter()
    for one in taken:
        if one.disposition.state is not ItemState.WAITING or one.disposition.account is None:
            continue
        account = register.account(one.disposition.account)
        paid[one.disposition.account] += one.item.amount
        if account is None or account.balance is None:
            continue
        credit = max(-account.balance, 0)
        if paid[account.payment_ref] > credit:
            more = f"{format_pounds(paid[account.payment_ref])} would be refunded"
            yield Found(f"{more}, and the credit is {format_pounds(credit)}", one.item.line, "amount")


def _waits_as(item: Item, ctx: Context[RefundOptions]) -> str | None:
    method = item.data["method"]
    if method in ctx.options.by_finance:
        return BY_FINANCE
    return BY_BACS if method == BACS else None


REFUNDS = waiting(
    "rent.refunds",
    "Refunds from the rent system",
    REFUND,
    {BY_BACS: "bacs.submission", BY_FINANCE: "agresso.refund_requests"},
    options=RefundOptions,
    waits_as=_waits_as,
    checks=(benefit_has_no_claim, credit_covers_it),
)

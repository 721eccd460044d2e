"""What a route sets for an agency's receipts, and where its commission belongs in the ledger."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from hub.api import Tax
from plugins.debt_agency.settings import AgencyOptions, HoldCode

Code = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9_\-]{1,12}$")]
Account = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9_/\-]{1,25}$")]


class LedgerOptions(BaseModel):
    """Where a remittance belongs in the financial system; accounts are the council's own.

    supplier_ref:       the agency as a supplier; order_no: an order that its invoices are for
    commission_account, cost_centre: the expense
    bank_account:       where the bank's line is booked
    control_account:    the agency's cash in hand, which the rent system's postings debit
    offset_account:     where what the agency kept back is set against its invoice
    terms_days:         after which its invoice is to be paid
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    supplier_ref: Account
    order_no: Account | None = None
    commission_account: Account
    cost_centre: Account | None = None
    bank_account: Account
    control_account: Account
    offset_account: Account
    terms_days: Annotated[int, Field(ge=0)] = 30


class PaymentOptions(AgencyOptions):
    """Options of `debt_agency.payment`.

    type_codes:     the rent system's codes of what the agency collected: PA (and what takes it back), CST
    methods:        the rent system's method of payment by the agency's; others go as they come
    vat, vat_rates: what the service is for tax, and the code map of per cent
    late_days:      how long after a placement was closed money for it is still posted
    overpaid:       more than is owed: `post` it all to the account, or `suspend` the receipt
    not_kept:       the holds under which a receipt is not the council's to keep, and goes to suspense
    all_or_nothing: whether one money line that cannot stand refuses the whole file
    ledger:         without it nothing goes to the financial system
    """

    type_codes: Mapping[Literal["PA", "CST"], Code] = {"PA": "RDA", "CST": "RDC"}
    methods: Mapping[str, Code] = {}
    vat: Tax = Tax.STANDARD
    vat_rates: str = "vat_rates"
    late_days: Annotated[int, Field(ge=0)] = 90
    overpaid: Literal["post", "suspend"] = "post"
    not_kept: frozenset[HoldCode] = frozenset({"BKR", "IVA", "DRO", "FRD"})
    all_or_nothing: bool = True
    ledger: LedgerOptions | None = None

    def code_maps(self) -> Iterable[str]:
        return (self.vat_rates,)

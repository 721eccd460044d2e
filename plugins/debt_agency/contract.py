"""What the contract makes of a receipt: the rate, the tax and the amounts that its line must have.

What takes a receipt back bears the rate and the tax of that receipt, whatever the contract says by then.
Source: formats page debt_agency.md, sections 3.7 and 6.3.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from hub.api import Context, Record, tax_rate
from plugins.debt_agency.commission import Amounts, amounts_of
from plugins.debt_agency.pay_options import PaymentOptions
from plugins.debt_agency.pay_records import RECEIPT, key_of
from plugins.debt_agency.placements import PLACEMENT
from plugins.debt_agency.plans import Placed, Plan, plan_for, rate_for
from plugins.debt_agency.remittance import Receipt, Remittance

Pay = Context[PaymentOptions]


@dataclass(frozen=True, slots=True)
class Original:
    """What a receipt takes back. `left`: pence of it that nothing has taken back yet."""

    kind: str
    placement_ref: str
    left: int
    rate: Decimal
    vat_percent: Decimal
    minimum: int


@dataclass(frozen=True, slots=True)
class Terms:
    """By what a line is reckoned. `plan`: the row of the contract table, where one counts."""

    rate: Decimal
    vat_percent: Decimal
    minimum: int
    plan: Plan | None = None

    def amounts(self, receipt: Receipt, remittance: Remittance) -> Amounts:
        return amounts_of(
            receipt.kind, receipt.gross, self.rate, self.vat_percent, remittance.basis, self.minimum
        )


def original_of(receipt: Receipt, above: Mapping[str, Receipt], on: date, ctx: Pay) -> Original | None:
    """What a receipt takes back, from this file (`above`: by txn_id) or from earlier ones; None when nobody
    knows it. What of it is taken back already, earlier in this file too, is not in `left`."""
    if receipt.reverses is None:
        return None
    known = ctx.facts.records.get(RECEIPT, _key(receipt.reverses, ctx)) if ctx.facts.records else None
    if known is not None:
        return _recorded(known)
    here = above.get(receipt.reverses)
    if here is None or here.at > receipt.at:
        return None
    terms = terms_of(here, above, on, ctx)
    if isinstance(terms, str):
        return None
    return Original(here.kind, here.placement_ref, here.gross, terms.rate, terms.vat_percent, terms.minimum)


def _recorded(known: Record) -> Original:
    told = known.data
    return Original(
        told["kind"],
        told["placement_ref"],
        told["gross"] - told["reversed"],
        Decimal(told["rate"]),
        Decimal(told["vat_percent"]),
        told["minimum"],
    )


def terms_of(receipt: Receipt, above: Mapping[str, Receipt], on: date, ctx: Pay) -> Terms | str:
    """By what a line is reckoned, or why nobody can say. `on`: the day of the remittance, for its tax.

    Without a contract table the rate is the line's own; so it is for a debt that nobody knows here."""
    if receipt.kind.takes_back:
        original = original_of(receipt, above, on, ctx)
        if original is not None:
            return Terms(original.rate, original.vat_percent, original.minimum)
    plan = _plan(receipt, ctx)
    if isinstance(plan, str):
        return plan
    percent = _percent(plan.vat if plan else ctx.options.vat, on, ctx)
    if percent is None:
        return f"{ctx.options.vat_rates} has no rate of tax for {on}"
    if plan is None and receipt.rate is None:
        return "neither the file nor a contract says the rate"
    if plan is None:
        return Terms(receipt.rate or Decimal(0), percent, 0)
    placed = _placed(receipt, ctx)
    rate = rate_for(plan, receipt.kind, placed, receipt.received) if placed else plan.rate
    return Terms(rate, percent, plan.minimum if rate else 0, plan)


def _plan(receipt: Receipt, ctx: Pay) -> Plan | str | None:
    placed = _placed(receipt, ctx)
    if not ctx.options.contract or placed is None:
        return None
    found = plan_for(ctx.options.contract, placed, receipt.received)
    return found or (
        f"the contract table has no row for plan {placed.plan}, stage {placed.stage}, {placed.debt_type}, "
        f"{placed.age_days} days old, on {receipt.received}"
    )


def _placed(receipt: Receipt, ctx: Pay) -> Placed | None:
    """What a rate depends on; None of a debt that was never placed with this agency."""
    record = placement_of(receipt.placement_ref, ctx)
    if record is None or not record.data.get("placed_on"):
        return None
    return Placed.of(record.data, date.fromisoformat(record.data["placed_on"]))


def placement_of(reference: str, ctx: Pay) -> Record | None:
    """The placement, if it is with this agency."""
    record = ctx.facts.records.get(PLACEMENT, reference) if ctx.facts.records else None
    return record if record is not None and record.data["agency"] == ctx.options.called else None


def _key(txn_id: str, ctx: Pay) -> str:
    return key_of(ctx.options.called, txn_id)


def _percent(meaning: str, on: date, ctx: Pay) -> Decimal | None:
    codes = ctx.facts.codes
    return tax_rate(codes, ctx.options.vat_rates, meaning, on) if codes else None

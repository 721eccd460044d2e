"""What rules measure of money, funders and the price. Each is named as its function; see `rtb_measure.py`."""

from __future__ import annotations

from typing import Any

from plugins.rtb_fraud.rtb_evidence import Stay
from plugins.rtb_fraud.rtb_measure import (
    COUNT,
    MONEY,
    ROWS,
    WORD,
    YES_NO,
    Asked,
    Measures,
    Unknown,
    any_declared,
    declaring,
    months_ago,
    told,
)
from plugins.rtb_fraud.rtb_params import discount
from plugins.rtb_fraud.rtb_tables import band_of

MONEY_MEASURES: Measures = {}
measure = declaring(MONEY_MEASURES)


@measure(MONEY, "application")
def discount_claimed(asked: Asked) -> int:
    return int(told(asked.application.discount_claimed, "which discount is claimed"))


@measure(MONEY, "application", "tenancy")
def discount_computed(asked: Asked) -> int:
    """Of the home as the property record has it, where that says what it is, else as the application does."""
    record = asked.inputs.get("tenancy")
    kind = (record.home if record is not None else None) or asked.application.property.type
    found = discount(asked.application, asked.law, kind)
    if found.pence is None:
        raise Unknown(found.why or "it cannot be computed")
    return found.pence


@measure(ROWS, "benefits", kind=WORD, months_ago=COUNT)
def benefits(asked: Asked) -> list[dict[str, Any]]:
    awards = asked.get("benefits").awards
    ago = months_ago([Stay(starts=one.starts, ends=one.ends) for one in awards], asked.received)
    return [{"kind": one.kind, **since} for one, since in zip(awards, ago, strict=True)]


def _funding(asked: Asked) -> Any:
    return told(asked.application.funding, "where the money comes from")


@measure(MONEY, "application")
def mortgage(asked: Asked) -> int:
    return sum(one.amount for one in _funding(asked) if one.type == "mortgage")


@measure(MONEY, "application")
def unverified_funding(asked: Asked) -> int:
    return sum(one.amount for one in _funding(asked) if one.evidence_status != "verified")


@measure(MONEY, "application")
def cash_funding(asked: Asked) -> int:
    return sum(one.amount for one in _funding(asked) if one.is_cash)


@measure(ROWS, "application", relationship=WORD, amount=MONEY)
def funders(asked: Asked) -> list[dict[str, Any]]:
    """Who gives money, as what they are to the applicants; a mortgage is nobody's gift."""
    return [
        {"relationship": one.source_relationship, "amount": one.amount}
        for one in _funding(asked)
        if one.type != "mortgage" and one.source_relationship != "self"
    ]


@measure(MONEY, "credit")
def verified_income(asked: Asked) -> int:
    return int(asked.get("credit").verified_income)


@measure(MONEY, "application")
def price(asked: Asked) -> int:
    return int(told(asked.application.price, "the price"))


@measure(MONEY, "application")
def valuation(asked: Asked) -> int:
    return int(told(asked.application.valuation, "the valuation"))


@measure(MONEY, "application")
def funding_gap(asked: Asked) -> int:
    """How far all funding together is from the price, either way."""
    whole = sum(one.amount for one in _funding(asked))
    return abs(int(whole) - price(asked))


@measure(ROWS, "earlier", "index", what=WORD, applications=COUNT)
def shared(asked: Asked) -> list[dict[str, Any]]:
    """Of what the index of the hub and another's say; the hub's alone is known only where it found some."""
    index = asked.inputs.get("index")
    elsewhere = asked.get("earlier") if index is None else asked.inputs.get("earlier")
    both = [*(index.shared if index else ()), *(elsewhere.shared if elsewhere else ())]
    return [{"what": one.what, "applications": one.applications} for one in both]


@measure(YES_NO, "earlier", "index")
def prior_discount(asked: Asked) -> bool:
    """Whether an earlier purchase is known here, or elsewhere, which alone can say that there is none."""
    index = asked.inputs.get("index")
    return bool((index and index.prior_discount) or asked.get("earlier").prior_discount)


@measure(YES_NO, "application")
def declared_prior_discount(asked: Asked) -> bool:
    return any_declared(asked, "declared_previous_discount", "whether there was an earlier discount")


@measure(ROWS, "application", "rent_account", payer=WORD, amount=MONEY, days_before=COUNT)
def clearing_payments(asked: Asked) -> list[dict[str, Any]]:
    """Single payments that cleared the arrears, with days before the RTB1."""
    return [
        {"payer": one.payer, "amount": one.amount, "days_before": (asked.received - one.on).days}
        for one in asked.get("rent_account").payments
        if one.cleared_arrears and one.on <= asked.received
    ]


@measure(COUNT, "rent_account")
def weeks_in_credit(asked: Asked) -> int:
    """Whole weeks of rent by which the account was in credit all through the last twelve months."""
    account = asked.get("rent_account")
    if account.weekly_rent == 0:
        raise Unknown("the rent account has no weekly rent")
    return int(account.least_credit // account.weekly_rent)


@measure(YES_NO, "application")
def outside_price_band(asked: Asked) -> bool:
    """Whether the valuation lies outside what such homes are expected to sell for there."""
    home = asked.application.property
    code, bedrooms = told(home.la_code, "the local authority"), told(home.bedrooms, "the bedrooms")
    band = band_of(code, bedrooms)
    if band is None:
        raise Unknown("no price band is known for this authority and number of bedrooms")
    return not band.least <= valuation(asked) <= band.most


@measure(YES_NO, "sanctions")
def sanctions_hit(asked: Asked) -> bool:
    return bool(asked.get("sanctions").hit)


@measure(ROWS, "application", days_ahead=COUNT)
def rule_changes(asked: Asked) -> list[dict[str, Any]]:
    """Published changes that came into force after the RTB1, in days."""
    ahead = [(day - asked.received).days for day in asked.law.rule_changes if day > asked.received]
    return [{"days_ahead": days} for days in ahead]

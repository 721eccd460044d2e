"""The referral file RFR as CSV: one H, one R, an S for each subject, an F for each rule that fired, one T.

Header and trailer are those of debt_agency.md 3.1 with `FHRFR1.0`; the records are this project's own
(formats page rtb_fraud.md, 7.1) [project layout]. Lists stand in one cell, parted by semicolons.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from hub.api import Delimited, Layout, format_pounds
from plugins.rtb_fraud.rtb_referral_file import Referral

VERSION, KIND = "FHRFR1.0", "RFR"
_HASH = 10**15
_OUT = Delimited([Layout("record", ())])


def as_csv(referral: Referral, sender: str, business_date: date) -> bytes:
    """`sender`: the council's code. Raises CannotRender."""
    body = list(_records(referral))
    number = int(referral.referral_id[4:].replace("-", ""))
    created = referral.created_at.replace("Z", "+00:00")
    start = ["H", VERSION, KIND, sender, referral.recipient, str(number % 10**6), created]
    start += [business_date.isoformat(), "GBP", "N", ""]
    at_risk = format_pounds(referral.value_at_risk or 0)
    end = ["T", str(len(body)), "1", at_risk, "0.00", str(number % _HASH)]
    return _OUT.encode(_OUT.join(cells) for cells in (start, *body, end))


def _records(told: Referral) -> Iterator[Sequence[str]]:
    at_risk = "" if told.value_at_risk is None else format_pounds(told.value_at_risk)
    yield [
        *("R", told.referral_id, told.schema_, told.source, told.sensitivity, told.legal_gateway),
        *(told.rtb_ref, told.tenancy_ref or "", told.uprn or "", ";".join(told.allegation_codes)),
        *(str(told.score), told.band, told.ruleset_version, _day(told.clock.rtb2_due)),
        *(_day(told.clock.s125_due), at_risk, told.requested_action, told.handling),
    ]
    for one in told.subjects:
        who = (one.role, one.surname, one.forename, one.dob.isoformat(), one.nino or "")
        yield ["S", told.referral_id, *who, ";".join(one.addresses)]
    for rule in told.fired_rules:
        yield ["F", told.referral_id, rule.id, rule.reason, rule.evidence]


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""

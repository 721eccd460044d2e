"""What benefits and rents ask at the end of a month.

Source: formats page housing_benefit.md, sections 4.7, 4.10 and 4.11.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from hub.api import Day, Digits, ItemState, Layout, Pounds, Report, Reported, ReportedItem, Text, column
from plugins.housing_benefit.claims import CLAIM, FEED, KNOWN, SCHEDULES
from plugins.housing_benefit.rents_told import RENT
from plugins.housing_benefit.shbe import AWARD, IN_PAYMENT

Row = Mapping[str, Any]
POUNDS, TEXT, COUNT, DAY = Pounds(), Text(), Digits(), Day("%Y-%m-%d")
AGES = ((7, "up to a week"), (30, "up to a month"), (90, "up to three months"))
OLDEST = "more than three months"
NOT_POSTED = (ItemState.SUSPENDED, ItemState.HELD, ItemState.REJECTED, ItemState.WAITING)
NEVER_MEANT = (ItemState.NOTED, ItemState.WITHDRAWN, ItemState.DUPLICATE)
"""Of a test, a file that was given up, or one that came twice."""
FEEDS = (FEED, SCHEDULES)
WEEK = timedelta(weeks=1)

UNMATCHED = Layout(
    "unmatched",
    (
        column("age", TEXT),
        column("days", COUNT),
        column("claim", TEXT),
        column("quoted_reference", TEXT, required=False),
        column("posting_date", DAY),
        column("type", TEXT),
        column("credit", POUNDS),
        column("reason", TEXT, required=False),
        column("item", TEXT),
    ),
)
OVERPAYMENTS = Layout(
    "overpayments",
    (
        column("class", TEXT),
        column("rows", COUNT),
        column("pounds", POUNDS),
        column("not_posted", POUNDS),
    ),
)
AWARDED = Layout(
    "awarded",
    (
        column("claim", TEXT),
        column("account", TEXT, required=False),
        column("weekly", POUNDS),
        column("awarded", POUNDS),
        column("posted", POUNDS),
        column("recovered", POUNDS),
        column("not_posted", POUNDS),
        column("difference", POUNDS),
        column("why", TEXT, required=False),
    ),
)


def unmatched(reported: Reported) -> Iterator[Row]:
    """Suspended postings, the oldest first."""
    for item in sorted(reported.items, key=lambda one: (one.came or one.on, one.id)):
        days = (reported.today - (item.came or item.on)).days
        yield {
            "age": next((name for most, name in AGES if days <= most), OLDEST),
            "days": str(days),
            "claim": _text(item, "claim_ref"),
            "quoted_reference": item.reference or None,
            "posting_date": item.on,
            "type": _text(item, "entry_type"),
            "credit": -item.amount,
            "reason": item.reason,
            "item": item.id,
        }


CLASSES = {
    "HBE": "taken from ongoing benefit",
    "OPD": "charged to rent accounts",
    "OPR": "charges reversed",
    "HBA": "earlier periods adjusted down",
    "DHR": "discretionary payments taken back",
}


def overpayments(reported: Reported) -> Iterator[Row]:
    """What is got back of overpaid benefit, by the way in which it is; a reversal is below zero."""
    rows, pounds, waiting = Counter[str](), Counter[str](), Counter[str]()
    for item in reported.items:
        entry, pence = _text(item, "entry_type"), _got_back(item)
        if pence and item.state not in NEVER_MEANT:
            rows[entry] += 1
            pounds[entry] += pence
            waiting[entry] += pence if item.state in NOT_POSTED else 0
    for entry, name in CLASSES.items():
        if rows[entry]:
            told = {"rows": str(rows[entry]), "pounds": pounds[entry], "not_posted": waiting[entry]}
            yield {"class": name, **told}


def _got_back(item: ReportedItem) -> int:
    """Pence; of an entitlement what was recovered, of anything else what debits the account."""
    entry = _text(item, "entry_type")
    if entry == "HBE":
        return _recovered(item)
    if entry == "HBA":
        return max(item.amount, 0)
    return item.amount if entry in CLASSES else 0


def posted_against_awards(reported: Reported) -> Iterator[Row]:
    """For each claim what its award comes to in the whole benefit weeks of the period, and what was posted.

    An award is what the last extract says: one that changed within the period differs by that."""
    weeks = _weeks(reported.first, reported.last)
    sums = _sums(reported)
    awards = {one.key: one for one in reported.records.get(AWARD, ())}
    accounts = {one.key: one.account for one in reported.records.get(CLAIM, ())}
    for claim in sorted({*sums, *(key for key, one in awards.items() if one.state == IN_PAYMENT)}):
        award, had = awards.get(claim), sums.get(claim, Counter())
        weekly = int(award.data["weekly"]) if award is not None and award.state == IN_PAYMENT else 0
        gross = had["posted"] + had["recovered"] + had["not_posted"]
        yield {
            "claim": claim,
            "account": accounts.get(claim),
            "weekly": weekly,
            "awarded": weekly * weeks,
            **{name: had[name] for name in ("posted", "recovered", "not_posted")},
            "difference": weekly * weeks - gross,
            "why": _why(weekly, gross, award is not None),
        }


def _weeks(first: date, last: date) -> int:
    """Whole benefit weeks, Monday to Sunday, between two days."""
    monday = first + timedelta(days=-first.weekday() % 7)
    return max((last + timedelta(days=1) - monday) // WEEK, 0)


def _sums(reported: Reported) -> Mapping[str, Counter[str]]:
    """By claim, the credits for days of the period: posted, recovered and not posted."""
    sums: dict[str, Counter[str]] = {}
    for item in reported.items:
        is_benefit = _text(item, "entry_type") in ("HBE", "HBA") and item.state not in NEVER_MEANT
        if is_benefit and _is_within(item, reported):
            had = sums.setdefault(_text(item, "claim_ref"), Counter())
            had["not_posted" if item.state in NOT_POSTED else "posted"] -= item.amount
            had["recovered"] += _recovered(item)
    return sums


def _is_within(item: ReportedItem, reported: Reported) -> bool:
    first = date.fromisoformat(_text(item, "from_date")) if item.data["from_date"] else item.on
    last = date.fromisoformat(_text(item, "to_date")) if item.data["to_date"] else item.on
    return reported.first <= first and last <= reported.last


def _why(weekly: int, gross: int, is_awarded: bool) -> str | None:
    if weekly and not gross:
        return "nothing was posted"
    if gross and not weekly:
        return "the award is not in payment" if is_awarded else "no award is known"
    return None


def _recovered(item: ReportedItem) -> int:
    return int(_text(item, "recovered").replace(".", ""))


def _text(item: ReportedItem, name: str) -> str:
    return str(item.data[name])


UNTOLD = Layout(
    "untold",
    (
        column("account", TEXT),
        column("claim", TEXT),
        column("paid_until", DAY),
        column("told_from", DAY, required=False),
        column("gross", POUNDS, required=False),
    ),
)


def untold(reported: Reported) -> Iterator[Row]:
    """Accounts of claims that were paid in the period or later, and of whose rent benefits was told nothing
    that counts from the period on: after the annual increase there should be none."""
    told = {one.key: one.data["told"] for one in reported.records.get(RENT, ())}
    for claim in sorted(reported.records.get(CLAIM, ()), key=lambda one: one.key):
        until = claim.data["accounts"].get(claim.account)
        rent = told.get(str(claim.account))
        if claim.state != KNOWN or until is None or date.fromisoformat(until) < reported.first:
            continue
        if rent is None or date.fromisoformat(rent["from"]) < reported.first:
            yield {
                "account": claim.account,
                "claim": claim.key,
                "paid_until": date.fromisoformat(until),
                "told_from": date.fromisoformat(rent["from"]) if rent else None,
                "gross": rent["gross"] if rent else None,
            }


ABOVE_RENT = Layout(
    "above rent",
    (
        column("account", TEXT),
        column("weekly_rent", POUNDS, note="what benefit can meet of it"),
        column("rent", POUNDS),
        column("credited", POUNDS),
        column("above", POUNDS),
    ),
)
CHARGE, CURRENT = "charge", "CURRENT"
IN_WEEKS = {"WEEKLY": 1, "FORTNIGHTLY": 2, "FOUR_WEEKLY": 4}


def above_rent(reported: Reported) -> Iterator[Row]:
    """Accounts on which more benefit was posted than their rent in the whole benefit weeks of the period, the
    furthest above first. Of an account whose charges are not known, or not by rent weeks, nothing is told."""
    weeks, weekly, credited = _weeks(reported.first, reported.last), Counter[str](), Counter[str]()
    for charge in reported.records.get(CHARGE, ()):
        if charge.state == CURRENT and charge.data.get("hb_eligible") == "Y":
            in_weeks = IN_WEEKS.get(str(charge.data.get("frequency")))
            weekly[str(charge.account)] += int(charge.data["amount"]) // in_weeks if in_weeks else 0
    for item in reported.items:
        is_posted = item.account and item.state not in (*NOT_POSTED, *NEVER_MEANT)
        if is_posted and _text(item, "entry_type") in ("HBE", "HBA") and _is_within(item, reported):
            credited[str(item.account)] -= item.amount
    above = {one: credited[one] - weekly[one] * weeks for one in credited if weekly[one]}
    for account in sorted((one for one in above if above[one] > 0), key=lambda one: (-above[one], one)):
        yield {
            "account": account,
            "weekly_rent": weekly[account],
            "rent": weekly[account] * weeks,
            "credited": credited[account],
            "above": above[account],
        }


REPORTS = (
    Report(
        name="housing_benefit.unmatched",
        title="Postings in suspense, by age",
        layout=UNMATCHED,
        rows=unmatched,
        feeds=FEEDS,
        states=(ItemState.SUSPENDED,),
        dated=False,
    ),
    Report(
        name="housing_benefit.overpayments",
        title="Overpaid benefit that is got back, by class",
        layout=OVERPAYMENTS,
        rows=overpayments,
        feeds=FEEDS,
    ),
    Report(
        name="housing_benefit.awards",
        title="What was posted against what was awarded",
        layout=AWARDED,
        rows=posted_against_awards,
        feeds=(FEED,),
        dated=False,
        records=(AWARD, CLAIM),
    ),
    Report(
        name="housing_benefit.above_rent",
        title="Accounts credited with more benefit than their rent",
        layout=ABOVE_RENT,
        rows=above_rent,
        feeds=(FEED,),
        dated=False,
        records=(CHARGE,),
    ),
    Report(
        name="housing_benefit.untold",
        title="Claimants' accounts whose new rent benefits was not told",
        layout=UNTOLD,
        rows=untold,
        records=(CLAIM, RENT),
    ),
)

"""Awards from D records, and the reports that hold postings against them."""

from __future__ import annotations

import io
from collections import Counter
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.checks.base import Context
from hub.door.report import Reported, ReportedItem
from hub.model import Facts, ItemState, Record, Verdict
from hub.transfer.examine import Examined, examine, judge
from hub.transfer.records import Snapshot
from plugins.housing_benefit.claims import CLAIM
from plugins.housing_benefit.rents_told import RENT
from plugins.housing_benefit.reports import (
    REPORTS,
    above_rent,
    overpayments,
    posted_against_awards,
    unmatched,
    untold,
)
from plugins.housing_benefit.shbe import AWARD, IN_PAYMENT, SHBE, SUSPENDED, award_moves

SECRET = "SECRET-INCOME"


def d_record(**at: str) -> str:
    """A D record of 290 fields; `p2="…"` says what stands at position 2. All else is nobody's business."""
    cells = ["D", *[SECRET] * 289]
    for place, text in {"p6": "1", "p29": "1", "p39": "11234", "p275": "12/04/2026", **at}.items():
        cells[int(place[1:]) - 1] = text
    return ",".join(cells)


def extract(*records: str) -> bytes:
    return "".join(f"{line}\r\n" for line in ("H,9999", *records, "S,90000012X,1", "T,3")).encode()


def read(data: bytes, facts: Facts | None = None, **options: Any) -> tuple[Examined, Context[Any]]:
    ctx = Context(SHBE.options.model_validate(options), facts or Facts(), "shbe-d")
    return examine(SHBE, io.BytesIO(data), ctx), ctx


def moves(data: bytes, *known: Record, **options: Any) -> list[Any]:
    examined, ctx = read(data, Facts(records=Snapshot(known)), **options)
    taken = judge(examined, ctx, "t")
    return [move for one in taken for move in award_moves(one, ctx)]


def test_an_award_becomes_a_record_and_other_tenants_claims_are_passed_over() -> None:
    data = extract(d_record(p2="90000012X"), d_record(p2="90000027B", p6="4"))
    (move,) = moves(data)
    assert (move.key, move.to) == ("90000012X", IN_PAYMENT)
    assert move.data == {"weekly": 11234, "paid_to": "2026-04-12"}
    examined, _ = read(data)
    assert examined.tally.totals() == {"count": 1, "value": "112.34", "other_tenants": 1}


def test_nothing_else_of_a_claimant_is_kept() -> None:
    examined, _ = read(extract(d_record(p2="90000012X")))
    assert SECRET not in repr([examined.items, examined.reading.findings.kept, examined.tally.totals()])


def test_an_extract_that_says_nothing_new_moves_nothing() -> None:
    data = {"weekly": 11234, "paid_to": "2026-04-12"}
    known = Record(kind=AWARD, key="90000012X", state=IN_PAYMENT, data=data)
    assert moves(extract(d_record(p2="90000012X")), known) == []
    (move,) = moves(extract(d_record(p2="90000012X", p29="2")), known)
    assert move.to == SUSPENDED


def test_a_council_says_where_its_own_extract_has_each_fact() -> None:
    places = {"claim_ref": 3, "tenancy_type": 6, "status": 29, "weekly": 40, "paid_to": 275}
    (move,) = moves(extract(d_record(p3="90000034C", p40="500")), positions=places)
    assert (move.key, move.data["weekly"]) == ("90000034C", 500)
    with pytest.raises(ValueError, match="paid_to has none"):
        SHBE.options.model_validate({"positions": {"claim_ref": 2}})


@pytest.mark.parametrize(
    ("record", "check"),
    [
        (d_record(p2="90000012X", p39="112.34"), "SHBE-03"),
        (d_record(p2="90000012X", p275="2026-04-12"), "SHBE-03"),
        (d_record(p2="90000012X", p29="7"), "SHBE-03"),
        (d_record(p2=""), "SHBE-03"),
        ("D," + "x," * 210 + "x", "SHBE-00"),
        (d_record(p2="90000012X", p6="4"), "SHBE-04"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(record: str, check: str) -> None:
    examined, _ = read(extract(record))
    (finding,) = examined.reading.findings.kept
    assert (finding.check, finding.line) == (check, None if check == "SHBE-04" else 2)
    verdicts = {"SHBE-00": Verdict.UNREADABLE, "SHBE-03": Verdict.REJECTED, "SHBE-04": Verdict.HELD}
    assert examined.verdict is verdicts[check]


def test_content_decides_what_it_is() -> None:
    assert SHBE.recognise(extract(d_record(p2="1")))
    assert not SHBE.recognise(b"D,90000012X,1\r\n")


@given(st.binary(max_size=400))
def test_no_bytes_make_it_raise(junk: bytes) -> None:
    read(extract(d_record(p2="90000012X"))[:900] + junk)


# Reports.


def item(entry: str, pence: int, **told: Any) -> ReportedItem:
    """A posting of two weeks; `pence` as the account owes more."""
    data = {"claim_ref": "90000012X", "entry_type": entry, "recovered": "0.00"}
    data |= {"from_date": "2026-03-30", "to_date": "2026-04-12", **told.pop("data", {})}
    known: dict[str, Any] = {"state": ItemState.POSTED, "reason": None, "came": date(2026, 4, 13)}
    known |= {"account": "1900000001", "route": "housing_benefit.postings", "reference": "FAKE0001/1"} | told
    return ReportedItem(
        "i1", "housing_benefit.postings", "BENEFIT", amount=pence, on=date(2026, 4, 13), data=data, **known
    )


def reported(*items: ReportedItem, weekly: int | None = 11234, state: str = IN_PAYMENT) -> Reported:
    award = Record(kind=AWARD, key="90000012X", state=state, data={"weekly": weekly})
    paid = {"accounts": {"1900000001": "2026-04-12"}}
    claim = Record(kind=CLAIM, key="90000012X", state="KNOWN", account="1900000001", data=paid)
    records = {AWARD: [award] if weekly is not None else [], CLAIM: [claim]}
    return Reported(date(2026, 3, 30), date(2026, 4, 12), date(2026, 5, 1), iter(items), records)


def charged(account: str, amount: int, **data: Any) -> Record:
    told = {"amount": amount, "frequency": "WEEKLY", "hb_eligible": "Y", **data}
    return Record(kind="charge", key=f"{account}/{amount}", state="CURRENT", account=account, data=told)


def test_accounts_are_told_that_were_credited_with_more_than_their_rent() -> None:
    """Two weeks at 100.00 and half of 20.00 a fortnight that benefit meets, and at 5.00 that it does not."""
    charges = [
        charged("1900000001", 100_00),
        charged("1900000001", 20_00, frequency="FORTNIGHTLY"),
        charged("1900000001", 5_00, hb_eligible="N"),
        charged("1900000002", 100_00),
    ]
    suspended = item("HBE", -900_00, state=ItemState.SUSPENDED)
    others = item("HBE", -200_00, account="1900000002"), item("HBE", -900_00, account="1900000003")
    for paid, above in ((-220_00, []), (-220_01, [("1900000001", 220_00, 220_01, 1)])):
        given = replace(reported(item("HBE", paid), suspended, *others), records={"charge": charges})
        told = [(row["account"], row["rent"], row["credited"], row["above"]) for row in above_rent(given)]
        assert told == above


def test_what_was_posted_is_what_was_awarded() -> None:
    paid = item("HBE", -20158, data={"recovered": "23.10"})
    (row,) = posted_against_awards(reported(paid))
    assert (row["awarded"], row["posted"], row["recovered"], row["difference"]) == (22468, 20158, 2310, 0)
    assert (row["account"], row["why"]) == ("1900000001", None)


@pytest.mark.parametrize(
    ("given", "difference", "why"),
    [
        (reported(), 22468, "nothing was posted"),
        (reported(item("HBE", -22468), weekly=None), -22468, "no award is known"),
        (reported(item("HBE", -22468), state=SUSPENDED), -22468, "the award is not in payment"),
        (reported(item("HBE", -22400)), 68, None),
        (reported(item("HBE", -22468, state=ItemState.SUSPENDED)), 0, None),
        (reported(item("HBE", -22468, state=ItemState.WAITING)), 0, None),
        (reported(item("HBE", -22468, state=ItemState.WITHDRAWN)), 22468, "nothing was posted"),
        (reported(item("HBE", -22468, state=ItemState.NOTED)), 22468, "nothing was posted"),
        (reported(item("HBE", -22468), item("HBA", 468)), 468, None),
        (reported(item("DHP", -3000)), 22468, "nothing was posted"),
        (reported(item("HBE", -22468, data={"to_date": "2026-04-13"})), 22468, "nothing was posted"),
    ],
)
def test_a_difference_is_told_with_what_is_known_of_it(given: Reported, difference: int, why: str) -> None:
    (row,) = posted_against_awards(given)
    assert (row["difference"], row["why"]) == (difference, why)


def test_what_is_got_back_is_told_by_class() -> None:
    rows = list(
        overpayments(
            reported(
                item("HBE", -20158, data={"recovered": "23.10"}),
                item("HBE", -22468),
                item("OPD", 4000),
                item("OPD", 1000, state=ItemState.HELD),
                item("OPR", -500),
                item("HBA", 5425),
                item("HBA", -100),
                item("DHP", -3000),
                item("OPD", 777, state=ItemState.WITHDRAWN),
            )
        )
    )
    assert [(row["class"], row["rows"], row["pounds"], row["not_posted"]) for row in rows] == [
        ("taken from ongoing benefit", "1", 2310, 0),
        ("charged to rent accounts", "2", 5000, 1000),
        ("charges reversed", "1", -500, 0),
        ("earlier periods adjusted down", "1", 5425, 0),
    ]


@pytest.mark.parametrize(
    ("came", "age"),
    [
        (date(2026, 4, 24), "up to a week"),
        (date(2026, 4, 23), "up to a month"),
        (date(2026, 4, 1), "up to a month"),
        (date(2026, 3, 31), "up to three months"),
        (date(2026, 1, 30), "more than three months"),
    ],
)
def test_suspended_money_is_told_by_its_age(came: date, age: str) -> None:
    (row,) = unmatched(reported(item("HBE", -100, came=came, state=ItemState.SUSPENDED)))
    assert (row["age"], row["credit"]) == (age, 100)


def test_every_row_fits_its_report() -> None:
    """What a report yields can be written, whatever is missing."""
    bare = item("HBE", -100, reference="", reason=None, account=None)
    counted: Counter[str] = Counter()
    for report in REPORTS:
        for row in report.rows(reported(bare)):
            report.layout.texts(row)
            counted[report.name] += 1
    assert counted["housing_benefit.unmatched"] == counted["housing_benefit.awards"] == 1


@pytest.mark.parametrize(
    ("told", "rows"), [(None, 1), ("2026-03-29", 1), ("2026-03-30", 0), ("2026-04-06", 0)]
)
def test_a_claimant_whose_new_rent_was_not_told_is_listed(told: str | None, rows: int) -> None:
    given = reported()
    rent = Record(kind=RENT, key="1900000001", state="SENT", data={"told": {"from": told, "gross": 110_00}})
    records = {**given.records, RENT: [rent] if told else []}
    listed = list(untold(replace(given, records=records)))
    assert [row["account"] for row in listed] == ["1900000001"] * rows
    assert all(row["gross"] == (110_00 if told else None) for row in listed)


def test_a_claim_that_was_paid_before_the_period_needs_no_new_rent() -> None:
    given = replace(reported(), first=date(2026, 4, 13))
    assert list(untold(given)) == []

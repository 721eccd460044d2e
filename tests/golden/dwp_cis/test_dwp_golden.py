"""Known files of DWP: the formats page's worked examples, and published mock answers."""

from __future__ import annotations

import csv
import json
from pathlib import Path

from lxml import etree

from hub.api import Reply
from hub.model import ItemState, Verdict, format_pounds
from plugins.dwp_cis import citizen_api, gateway_xml
from plugins.dwp_cis.payments import UC
from plugins.dwp_cis.settings import EnquiryOptions
from tests.unit.dwp_cis.subjects import subject
from tests.unit.dwp_cis.uc_files import read

HERE = Path(__file__).parent
API = HERE / "citizen_api"
BATCH = "0f6b7c1e-52a4-4c3e-9a55-3d2f0b7e1a01"


def test_the_worked_example_becomes_the_items_of_the_table():
    outcome = read((HERE / "uc_apa.csv").read_bytes())
    assert (outcome.verdict, outcome.told, outcome.warned) == (Verdict.ACCEPTED, [], [])
    told = [
        {
            "line": str(one.item.line),
            "kind": one.item.kind,
            "amount": format_pounds(one.item.amount),
            "state": one.disposition.state.value,
            "account": one.disposition.account or "",
            "reason": (one.disposition.reason or "").partition(":")[0],
        }
        for one in outcome.taken
    ]
    with (HERE / "uc_apa.items.csv").open(encoding="utf-8", newline="") as file:
        assert told == list(csv.DictReader(file))


def test_the_worked_example_comes_to_what_the_page_says():
    """Posted 1,012.17, suspense 22.10, bank 1,034.27."""
    outcome = read((HERE / "uc_apa.csv").read_bytes())
    sums = {state: -sum(p for s, p, _ in outcome.placed if s == state) for state in ("TAKEN", "SUSPENDED")}
    assert (sums, UC.banked(outcome.examined.items)) == ({"TAKEN": 101217, "SUSPENDED": 2210}, 103427)


def test_the_deductions_post_rent_and_suspend_the_rest():
    outcome = read((HERE / "tpd.csv").read_bytes())
    assert outcome.placed == [
        ("TAKEN", -3933, "1900000001"),
        ("TAKEN", -460, "1900000002"),
        ("SUSPENDED", -600, None),
    ]
    assert outcome.examined.tally.identity() == "FAKECRN01:T0001"


def test_housing_and_arrears_are_two_postings_under_two_codes():
    outcome = read((HERE / "uc_apa.csv").read_bytes())
    makes = UC.output("postings").makes
    assert makes is not None
    taken = [one for one in outcome.taken if one.disposition.state is ItemState.TAKEN]
    postings = [posting for one in taken for posting in makes(one, outcome.ctx)]
    told = [(one.payment_ref, one.kind, one.type_code, one.amount) for one in postings]
    assert told == [
        ("1900000001", "RECEIPT", "RUC", -51333),
        ("1900000001", "RECEIPT", "RDP", -2500),
        ("1900000002", "RECEIPT", "RUC", -47384),
    ]


def test_the_page_s_answer_reads_as_it_says():
    answers, counted = gateway_xml.response((HERE / "response.xml").read_bytes(), BATCH)
    assert counted == (2, 1)
    first, second = answers
    assert (first.check_ref, first.outcome, second.outcome) == ("FAKE0001-1", "MATCHED", "AMBIGUOUS")
    assert first.facts == {
        "benefits": "universal_credit:in_payment:2025-09-11::calendar_monthly:90634",
        "housing_element": "513.33",
        "managed_payment": "YES",
        "payee_is_landlord": "YES",
        "arrears_deduction": "25.00",
        "next_payment_date": "2026-05-17",
    }


def test_the_page_s_request_is_valid():
    assert gateway_xml._schema().validate(etree.fromstring((HERE / "request.xml").read_bytes()))


def test_published_details_are_judged_and_cut_down():
    """The sample's next call uses `guid`, which is not the id; it names nobody."""
    kept = json.loads(citizen_api.needed_of_person((API / "foundDetailsResponse.json").read_bytes()))
    person = kept["data"]["attributes"]
    assert set(person) == {"guid", "nino"}
    assert citizen_api.judge(subject(nino="NP112233C"), person).outcome == "MATCHED_NAME_VARIES"
    assert citizen_api.judge(subject(nino="NP112233D"), person).outcome == "NO_MATCH"


def test_both_publishers_ambiguous_answers_are_understood():
    own = EnquiryOptions(match_with=("firstName",))
    bodies = [
        (API / "ambiguousResponse.json").read_bytes(),
        json.dumps(json.loads((API / "match_422_more_details.json").read_bytes())["body"]).encode(),
    ]
    for body in bodies:
        reply = Reply(422, body)
        assert citizen_api._wanted(reply, subject(), own) == ["ninoFragment"]
        assert citizen_api._refusal(reply) == ("AMBIGUOUS", "WANTS NINOFRAGMENT")


def test_published_claims_are_read():
    body = json.dumps(json.loads((API / "claims_200_pension_credit.json").read_bytes())["body"]).encode()
    told = citizen_api._benefits(Reply(200, citizen_api.needed_of_claims(body)))
    assert told == "pensions_credit:in_payment:2021-10-01:::21856"

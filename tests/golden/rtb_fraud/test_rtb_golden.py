"""The golden applications and their evidence, assessed; the referral that is written of one, in both."""

from __future__ import annotations

import csv
import json
import xml.etree.ElementTree as ElementTree
from dataclasses import replace
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path

import pytest
from lxml import etree

from hub.checks.base import Context
from hub.errors import CannotRender
from hub.model import Disposition, Facts, ItemState, Moment, Record, Taken, Verdict
from hub.transfer.examine import examine
from plugins.rtb_fraud.rtb_applications import APPLICATIONS
from plugins.rtb_fraud.rtb_cases import inputs_of, summary
from plugins.rtb_fraud.rtb_evidence import Input
from plugins.rtb_fraud.rtb_feeds import RTB_FEEDS
from plugins.rtb_fraud.rtb_inputs import EVIDENCE_FEED
from plugins.rtb_fraud.rtb_referral_file import JSON_SCHEMA, XSD, json_schema
from plugins.rtb_fraud.rtb_referral_item import referral
from plugins.rtb_fraud.rtb_referrals import REFERRALS, ReferralOptions
from plugins.rtb_fraud.rtb_rules import shipped
from plugins.rtb_fraud.rtb_scoring import assess
from tests.json_schema import mistakes

HERE = Path(__file__).parent
ON = date(2026, 3, 11)
FILES = {
    "rtb_fraud.applications": "applications.jsonl",
    "rtb_fraud.evidence": "evidence.jsonl",
    "rtb_fraud.steps": "steps.csv",
    "rtb_fraud.case_updates": "case_updates.csv",
    "rtb_fraud.disclosures": "disclosures.csv",
}
SCORES = {
    "RTB-1": (0, "LOW", 100, "PROCEED"),
    "RTB-2": (80, "HIGH", 32, "REFER"),
    "RTB-3": (0, "LOW", 7, "MORE_EVIDENCE"),
}
"""Worked by hand from the table of rules."""


def examined(feed):
    name = next(iter(feed.formats))
    content = (HERE / FILES[feed.name]).read_bytes()
    return examine(feed, BytesIO(content), Context(feed.options(), Facts(today=ON), name))


@pytest.mark.parametrize("feed", [feed for feed in RTB_FEEDS if feed.formats], ids=lambda feed: feed.name)
def test_each_file_reads_as_expected(feed):
    read = examined(feed)
    told = [
        [item.kind, item.reference, item.on.isoformat(), dict(item.data), sorted(item.personal)]
        for item in read.items
    ]
    expected = json.loads((HERE / "expected.json").read_text("utf-8"))
    assert read.verdict is Verdict.ACCEPTED
    assert json.loads(json.dumps(told)) == expected[feed.name]


def known(ref):
    """All that the two golden files say of a case."""
    personal = {}
    for item in examined(APPLICATIONS).items:
        if item.reference == ref:
            raw = json.loads(item.personal["application"])
            personal["application"] = json.dumps(Input("application", item.on, "declared", raw).as_json())
    for item in examined(EVIDENCE_FEED).items:
        if item.reference == ref:
            personal[str(item.data["input"])] = item.personal["value"]
    return personal


@pytest.mark.parametrize("ref", SCORES)
def test_each_case_scores_as_worked_by_hand(ref):
    found = assess(inputs_of(known(ref)), shipped(), ON)
    assert (found.score, found.band, found.coverage, found.recommendation.value) == SCORES[ref]


def taken():
    """The item that waits once RTB-2 is referred."""
    inputs = inputs_of(known("RTB-2"))
    found = summary(assess(inputs, shipped(), ON))
    clock = {"rtb2_due": "2026-03-30", "s125_due": None}
    data = {
        **found,
        "tenancy_ref": "T0004711",
        "assessment": "RTB-2/2",
        "value_at_risk": 3_800_000,
        "clock": clock,
    }
    case = Record(kind="rtb_case", key="RTB-2", state="REFERRED", data=data, personal=known("RTB-2"))
    item = referral(case, inputs, Facts(today=ON)).item
    return [Taken("t.1", item, Disposition(ItemState.TAKEN))]


def ctx(**options):
    moment = Moment(datetime(2026, 3, 11, 9, 30, tzinfo=UTC), ON, "t", {"referral": 17})
    return Context(ReferralOptions(**options), Facts(today=ON), "batch", moment)


@pytest.mark.parametrize("form", ["json", "xml", "csv"])
def test_a_referral_is_written_byte_for_byte(form):
    for output in (form,) if form == "csv" else (form, f"api_{form}"):
        rendered = REFERRALS.output(output).write(taken(), ctx())
        assert (rendered.name, rendered.identity) == (f"RFR-2026-000017.{form}", "RFR-2026-000017")
        assert rendered.data == (HERE / "referral" / rendered.name).read_bytes()


def test_the_two_forms_say_the_same_and_fit_their_schemas():
    told = json.loads((HERE / "referral/RFR-2026-000017.json").read_text("utf-8"))
    assert mistakes(told, json.loads(JSON_SCHEMA.read_text("utf-8"))) == []
    root = etree.parse(str(HERE / "referral/RFR-2026-000017.xml"))
    assert etree.XMLSchema(etree.parse(str(XSD))).validate(root)
    tree = ElementTree.parse(HERE / "referral/RFR-2026-000017.xml")  # noqa: S314 - our own
    texts = [one.text for one in tree.iter() if one.text and one.text.strip()]
    assert sorted(texts) == sorted(leaves(told))
    assert "AB123457C" not in texts


def test_the_csv_form_says_the_same_and_its_trailer_counts():
    told = json.loads((HERE / "referral/RFR-2026-000017.json").read_text("utf-8"))
    with (HERE / "referral/RFR-2026-000017.csv").open(encoding="utf-8", newline="") as file:
        start, *body, end = csv.reader(file)
    assert (start[:5], start[5]) == (["H", "FHRFR1.0", "RFR", "FAKESHIRE", told["recipient"]], "17")
    (referral,) = [row for row in body if row[0] == "R"]
    assert referral[1] == told["referral_id"]
    assert referral[9].split(";") == told["allegation_codes"]
    assert [row[3:6] for row in body if row[0] == "S"] == [
        [one["surname"], one["forename"], one["dob"]] for one in told["subjects"]
    ]
    assert [row[2:4] for row in body if row[0] == "F"] == [
        [one["id"], one["reason"]] for one in told["fired_rules"]
    ]
    at_risk = f"{told['value_at_risk'] / 100:.2f}"
    assert end == ["T", str(len(body)), "1", at_risk, "0.00", "2026000017"]


def leaves(value):
    if isinstance(value, dict | list):
        return [
            leaf for one in (value.values() if isinstance(value, dict) else value) for leaf in leaves(one)
        ]
    return [str(value)]


def test_the_json_schema_is_that_of_what_is_written():
    assert json.loads(JSON_SCHEMA.read_text("utf-8")) == json_schema()


@pytest.mark.parametrize(
    ("change", "said"),
    [({"score": 101}, "score"), ({"allegations": ["GUESS"]}, "allegation_codes"), ({"band": None}, "band")],
)
def test_what_the_schema_refuses_does_not_leave(change, said):
    (one,) = taken()
    wrong = replace(one, item=replace(one.item, data={**one.item.data, **change}))
    for output in ("json", "xml"):
        with pytest.raises(CannotRender, match=said):
            REFERRALS.output(output).write([wrong], ctx())


def test_a_file_holds_one_referral():
    with pytest.raises(CannotRender, match="each: true"):
        REFERRALS.output("json").write(taken() * 2, ctx())

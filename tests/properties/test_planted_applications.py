"""Spoiled applications: what can be seen to be wrong is refused at its line and field, nothing crashes, and
no finding quotes a person.

Bytes are spoiled by seed (`tests/mutator.py`), a fixed set and a fresh one. A judge of its own few lines over
the standard library's JSON says what a reader must refuse; a changed digit that is still a day or an amount
nobody can see. The failings that the formats page publishes (rtb_fraud.md, 9) are planted one by one.
"""

from __future__ import annotations

import json
import re
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest

from hub.checks.base import Context
from hub.model import Facts, Severity, Verdict
from hub.transfer.examine import examine
from plugins.rtb_fraud.rtb_applications import APPLICATIONS, FORMAT
from plugins.rtb_fraud.rtb_inputs import EVIDENCE_FEED
from tests.mutator import SEED, faults
from tests.rtb_ground import application, evidence, lines

FOLDER = Path(__file__).parents[1] / "golden/rtb_fraud"
SOUND = (FOLDER / "applications.jsonl").read_bytes()
PEOPLE = ("TESTERMAN", "SAMPLETON", "AB123457C", "Nowhere Homes", "Sham and Co")
DAYS = ("received_at", "starts", "date_of_birth", "resident_since", "declared_tenancy_start")
MONEY = ("valuation", "discount_claimed", "price", "amount", "cost_floor")


def read(data, feed=APPLICATIONS):
    format = next(iter(feed.formats))
    return examine(
        feed, BytesIO(data), Context(feed.options(), Facts(today=date(2026, 3, 11)), format)
    ).reading


def errors(reading):
    return [one for one in reading.findings.kept if one.severity is Severity.ERROR]


def is_wrong(line):
    """Whether a line can be seen to be no application, as the page describes one."""
    try:
        told = json.loads(line.decode(), object_pairs_hook=_once)
    except ValueError:
        return True
    return not isinstance(told, dict) or any(map(_bad, _leaves(told)))


def _once(pairs):
    if len(dict(pairs)) < len(pairs):
        raise ValueError
    return dict(pairs)


def _leaves(value, name=""):
    if isinstance(value, dict):
        return [leaf for key, one in value.items() for leaf in _leaves(one, key)]
    if isinstance(value, list):
        return [leaf for one in value for leaf in _leaves(one, name)]
    return [(name, value)]


def _bad(leaf):
    name, value = leaf
    if name in DAYS:
        return not _is_day(value)
    if name in MONEY:
        return re.fullmatch(r"\s*[0-9]+(\.[0-9]{1,2})?\s*", str(value)) is None
    return False


def _is_day(value):
    try:
        return bool(date.fromisoformat(value))
    except (TypeError, ValueError):
        return False


def spoiled(seed, count):
    return list(faults(SOUND, count, seed))


@pytest.mark.parametrize("fresh", [False, True], ids=["fixed", "fresh"])
def test_what_can_be_seen_to_be_wrong_is_refused_at_its_line(fresh, run_seed):
    seen = 0
    for data, fault in spoiled(run_seed if fresh else SEED, 120):
        reading = read(data)
        told = errors(reading)
        wrong = [
            number for number, line in enumerate(data.split(b"\n"), 1) if line.strip() and is_wrong(line)
        ]
        assert (reading.verdict is Verdict.ACCEPTED) == (not told)
        assert not [word for word in PEOPLE for one in reading.findings.kept if word in str(one)]
        seen += bool(wrong)
        for number in wrong:
            assert number in {one.line for one in told}, (fault, number)
    assert seen > 30


def _of(**changes):
    return lines(application(**changes)).encode()


def _applicant(**changes):
    return _of(applicants=[{**application()["applicants"][0], **changes}])


PUBLISHED = {
    "received date blank": (_of(received_at="  "), "received_at"),
    "impossible day": (_of(received_at="2026-02-31"), "received_at"),
    "day first": (_of(received_at="02/03/2026"), "received_at"),
    "comma in money": (_of(valuation="185,000.00"), "valuation"),
    "pound sign": (_of(price="£161000.00"), "price"),
    "three decimals": (_of(price="161000.001"), "price"),
    "three decimals, the last a nought": (_of(price="161000.070"), "price"),
    "an exponent": (_of(price="161e3"), "price"),
    "negative money": (_of(discount_claimed="-1.00"), "discount_claimed"),
    "unknown name": (_of(colour="red"), "colour"),
    "no applicant": (_of(applicants=[]), "applicants"),
    "unknown home": (_of(property={"type": "castle"}), "property.type"),
    "no NI number": (_applicant(nino="QQ123456C"), "applicants.1.nino"),
    "temporary NI number": (_applicant(nino="TN123456C"), "applicants.1.nino"),
    "born later": (_applicant(date_of_birth="2026-03-02"), None),
    "unknown relationship": (_applicant(relationship="cousin"), "applicants.1.relationship"),
    "landlord ends first": (
        _of(
            landlord_history=[
                {"landlord": "X", "starts": "2020-01-02", "ends": "2020-01-01", "public_sector": True}
            ]
        ),
        None,
    ),
    "control character": (_of(adviser={"solicitor": "a\tb"}), "adviser.solicitor"),
    "not JSON": (SOUND + b"{oops\n", None),
    "a workbook": (b"PK\x03\x04" + SOUND, None),
}


@pytest.mark.parametrize("name", PUBLISHED)
def test_each_published_failing_is_named_with_its_field(name):
    data, field = PUBLISHED[name]
    told = errors(read(data if isinstance(data, bytes) else data.encode()))
    assert told
    assert field is None or field in {one.field for one in told}
    assert all(one.line for one in told)


def test_an_application_without_its_day_is_told_and_taken():
    """No clock runs (formats page rtb_fraud.md, 9 (10)): `e2e/test_rtb_cases.py` follows it."""
    reading = read(lines({k: v for k, v in application().items() if k != "received_at"}).encode())
    assert [(one.check, one.line, one.field) for one in reading.findings.kept] == [
        ("RTB-UNSIGNED", 1, "received_at")
    ]
    assert reading.verdict is Verdict.ACCEPTED


def test_the_same_reference_twice_is_refused():
    reading = read(lines(application(), application()).encode())
    assert [one.check for one in errors(reading)] == ["RTB-ONCE"]


def test_a_number_with_blanks_and_small_letters_is_one():
    assert not errors(read(_applicant(nino="ab 12 34 57 c")))


@pytest.mark.parametrize(
    ("piece", "field"),
    [
        (evidence("title", {"other_properties": "many"}), "value.other_properties"),
        (evidence("title", {"other_properties": -1}), "value.other_properties"),
        (evidence("title", {}), "value.other_properties"),
        (evidence("title", quality="missing", why="none"), "why"),
        (evidence("title", quality="missing"), "why"),
        ({k: v for k, v in evidence("title").items() if k != "value"}, "value"),
        (evidence("title", colour="red"), "colour"),
        (evidence("title", input="horoscope"), "input"),
        (evidence("title", as_of="2026-13-01"), "as_of"),
        (
            evidence("nfi", {"matches": [{"match_id": "M", "risk": "X", "open": True}]}),
            "value.matches.1.risk",
        ),
        (evidence("credit", {"verified_income": "£42,000"}), "value.verified_income"),
        (evidence("title", why="told the NCA"), "why"),
    ],
)
def test_evidence_that_has_not_its_shape_is_refused(piece, field):
    told = errors(read(lines(piece).encode(), EVIDENCE_FEED))
    assert field in {one.field for one in told}


def test_sound_files_pass():
    assert FORMAT in APPLICATIONS.formats
    assert not errors(read(SOUND))
    assert not errors(read((FOLDER / "evidence.jsonl").read_bytes(), EVIDENCE_FEED))

"""The gateway's XML: valid both ways, and what the schema or the checks beside it refuse."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.api import CannotRender, RemoteRefused, Unreachable
from plugins.dwp_cis import gateway, gateway_xml
from plugins.dwp_cis.asking import Answer
from tests.unit.dwp_cis.subjects import context, subject

RESPONSE = (Path(__file__).parents[2] / "golden/dwp_cis/response.xml").read_text("utf-8")
BATCH = "0f6b7c1e-52a4-4c3e-9a55-3d2f0b7e1a01"


def test_a_request_carries_every_enquiry_and_is_always_the_same():
    both = [subject(), subject(check_ref="FAKE0002-1", nino="CS100700A", forename="", postcode="")]
    told = gateway_xml.request(both, context()).decode()
    assert told.count("<Item>") == 2 and "<ItemCount>2</ItemCount>" in told
    assert "<Scope>IDENTITY</Scope><Scope>UC_APA</Scope>" in told
    assert gateway_xml.request(both, context()).decode() == told


@pytest.mark.parametrize(
    "changes",
    [
        {"nino": "QQ123456A"},
        {"nino": "AB123456E"},
        {"mou_ref": ""},
        {"purpose": "CURIOSITY"},
        {"date_of_birth": "1981-02-29"},
        {"postcode": "ZZ999ZZ"},
        {"check_ref": "no blanks"},
        {"justification": "why"},
        {"surname": ""},
        {"scopes": frozenset()},
    ],
)
def test_the_schema_refuses_without_telling_whose(changes):
    with pytest.raises(CannotRender) as raised:
        gateway_xml.request([subject(**changes)], context())
    assert not [text for text in (*changes.values(), "TESTER") if text and str(text) in str(raised.value)]


def test_two_of_one_reference_are_refused():
    with pytest.raises(CannotRender):
        gateway_xml.request([subject(), subject()], context())


@pytest.mark.parametrize(
    ("was", "becomes", "error"),
    [
        ("<CheckRef>FAKE0002-1<", "<CheckRef>FAKE0001-1<", RemoteRefused),
        (">MATCHED<", ">PERHAPS<", RemoteRefused),
        ("<?xml version", "<!-- --><x/><?xml version", Unreachable),
        (BATCH, "11111111-52a4-4c3e-9a55-3d2f0b7e1a01", RemoteRefused),
        ("<BatchStatus>COMPLETE", "<BatchStatus>REJECTED", RemoteRefused),
        ("urn:feedhub:dwp:check:1", "urn:another", Unreachable),
        ('encoding="UTF-8"?>', 'encoding="UTF-8"?><!DOCTYPE x [<!ENTITY y "z">]>', RemoteRefused),
    ],
)
def test_an_answer_that_breaks_the_contract_is_refused(was, becomes, error):
    assert was in RESPONSE
    with pytest.raises(error):
        gateway_xml.response(RESPONSE.replace(was, becomes).encode(), BATCH)


def test_an_answer_that_is_a_page_or_too_long_is_none():
    with pytest.raises(Unreachable):
        gateway_xml.response(b"<html><body>away</body></html>", BATCH)
    with pytest.raises(RemoteRefused):
        gateway_xml.response(b" " * (gateway_xml.LARGEST + 1), BATCH)


def answers(*refs, outcome="MATCHED"):
    return [Answer(ref, outcome) for ref in refs]


@pytest.mark.parametrize(
    ("came", "counted"),
    [
        (answers("FAKE0001-1"), (1, 1)),
        (answers("FAKE0001-1", "FAKE0002-1", "FAKE0009-1"), (3, 3)),
        (answers("FAKE0001-1", "FAKE0001-1"), (2, 2)),
        (answers("FAKE0001-1", "FAKE0002-1"), (3, 2)),
        (answers("FAKE0001-1", "FAKE0002-1"), (2, 1)),
    ],
)
def test_a_batch_of_answers_is_taken_whole_or_not_at_all(came, counted):
    asked = [subject(), subject(check_ref="FAKE0002-1")]
    gateway.whole(answers("FAKE0002-1", "FAKE0001-1"), asked, (2, 2))
    with pytest.raises(RemoteRefused):
        gateway.whole(came, asked, counted)


def test_a_batch_is_for_one_purpose():
    with pytest.raises(CannotRender):
        gateway.refuse_mixed([subject(), subject(purpose="HB_ADMIN")])


def test_the_gateway_is_given_up_after_its_time():
    waits = list(gateway.wait(context(poll_seconds=30, longest_poll_seconds=300).options))
    assert waits[:5] == [30, 60, 120, 240, 300] and max(waits) == 300
    assert 86_400 <= sum(waits) < 86_400 + 300

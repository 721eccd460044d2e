"""What cannot be true of an application, evidence, a step, an update or the timetable is refused with line
and field; what only is not complete yet is told. No message holds a value."""

from __future__ import annotations

from datetime import date
from io import BytesIO

import pytest

from hub.checks.base import Context
from hub.model import Disposition, Facts, Item, ItemState, Severity, Taken
from hub.transfer.examine import examine
from plugins.rtb_fraud.match_import import MATCHES_FEED, match_moves, our_reference_is_known
from plugins.rtb_fraud.nfi_timetable import CALENDAR
from plugins.rtb_fraud.rtb_applications import APPLICATIONS
from plugins.rtb_fraud.rtb_claims import STEP_FEED
from plugins.rtb_fraud.rtb_disclosures import DISCLOSURES
from plugins.rtb_fraud.rtb_inputs import EVIDENCE_FEED
from plugins.rtb_fraud.rtb_updates import UPDATES
from tests.nfi_ground import CALENDAR as STEPS_OF_2026
from tests.rtb_ground import APPLICATION, application, evidence, lines, steps, update, updates

TODAY = date(2026, 3, 11)
TENANT = APPLICATION["applicants"][0]
ERROR, TOLD, ITEM = Severity.ERROR, Severity.WARNING, Severity.REFUSE_ITEM


def found(feed, text):
    name = next(iter(feed.formats))
    read = examine(feed, BytesIO(text.encode()), Context(feed.options(), Facts(today=TODAY), name))
    return read.reading.findings.kept


def person(**changes):
    return application(applicants=[{**TENANT, **changes}])


@pytest.mark.parametrize(
    ("told", "check", "field", "severity"),
    [
        (person(ethnicity="any"), "RTB-APPLICATION", "applicants.1.ethnicity", ERROR),
        (application(signed=False), "RTB-UNSIGNED", "signed", TOLD),
        (application(received_at=None), "RTB-UNSIGNED", "received_at", TOLD),
        (application(price="160999.99"), "RTB-PRICE", "price", TOLD),
    ],
)  # fmt: skip
def test_an_application_is_refused_or_told_with_its_field(told, check, field, severity):
    """`properties/test_planted_applications.py` plants everything else that cannot be."""
    kept = found(APPLICATIONS, lines(told))
    assert (check, 1, field, severity) in [(one.check, one.line, one.field, one.severity) for one in kept]
    assert {one.check for one in kept} == {check}
    for value in ("TESTERMAN", "QQ123456C", "1979-06-18", "161000"):
        assert value not in "".join(one.message for one in kept)


def test_of_a_sound_application_nothing_is_told():
    assert found(APPLICATIONS, lines(application(), application(rtb_ref="RTB-2"))) == []


@pytest.mark.parametrize(
    ("told", "field"),
    [
        (evidence("title", {"other_properties": "many"}), "value.other_properties"),
        (evidence("title", {"other_properties": 0, "rumour": "x"}), "value.rumour"),
        (evidence("title", quality="missing", why=""), "why"),
        ({**evidence("title", quality="missing", why="no search was made")}, "why"),
        ({**evidence("title"), "value": None}, "value"),
        (evidence("title", why="the NCA asked for it"), "why"),
        (evidence("title", gossip="x"), "gossip"),
    ],
)
def test_evidence_is_refused_with_its_field(told, field):
    assert {(one.check, one.field) for one in found(EVIDENCE_FEED, lines(told))} == {("RTB-EVIDENCE", field)}


def test_evidence_of_no_known_input_is_refused():
    (one, *_) = found(EVIDENCE_FEED, lines({**evidence("title"), "input": "horoscope"}))
    assert (one.check, one.line, one.field) == ("FIELD", 1, "input")


@pytest.mark.parametrize(
    ("feed", "text", "expected"),
    [
        (STEP_FEED, steps("S1,RTB-1,DENIED,2026-03-12,"), ("RTB-REASONS", 2, "reasons", ERROR)),
        (STEP_FEED, steps("S1,RTB-1,DENIED,2026-03-12,a SAR was made"), ("RTB-REASONS", 2, "reasons", ERROR)),
        (STEP_FEED, steps("S1,RTB-1,SOLD,2026-03-12,"), ("FIELD", 2, "step", ERROR)),
        (STEP_FEED, steps("S1,RTB-1,OFFERED,2026-02-30,"), ("FIELD", 2, "on", ERROR)),
        (UPDATES, updates(update("E1", "2026-03-11T12:00:00Z", "TRIAGE", outcome="NO_FRAUD")),
         ("RTB-UPDATE", 2, "outcome", ITEM)),
        (UPDATES, updates(update("E1", "2026-03-11T12:00:00Z", "CONCLUDED")),
         ("RTB-UPDATE", 2, "outcome", ITEM)),
        (UPDATES, updates(update("E1", "2026-03-11T12:00:00Z", "TRIAGE", hold_sale="Y")),
         ("RTB-UPDATE", 2, "next_review", ITEM)),
        (UPDATES, updates(update("E1", "2026-03-11T12:00:00Z", "REOPENED")), ("RTB-UPDATE", 2, "text", ITEM)),
        (UPDATES, updates(update("E1", "2026-02-30T12:00:00Z", "TRIAGE")),
         ("RTB-UPDATE", 2, "event_at", ITEM)),
        (UPDATES, updates(update("E1", "2026-03-11", "TRIAGE")), ("FIELD", 2, "event_at", ERROR)),
        (UPDATES, updates(update("E1", "2026-03-11T12:00:00Z", "GUILTY")), ("FIELD", 2, "status", ERROR)),
        (DISCLOSURES, "disclosure_id,made_on,rtb_ref,made_by,suspicion\nD-1,2026-03-12,RTB-1,mia,hm\n",
         ("FIELD", 2, "suspicion", ERROR)),
        (CALENDAR, STEPS_OF_2026.replace("2026-07-03,2026-10-06", "2026-10-07,2026-10-06"),
         ("NFI-STEP", 2, "to", ERROR)),
        (CALENDAR, STEPS_OF_2026 + STEPS_OF_2026.splitlines()[1] + "\n", ("NFI-TWICE", 4, "activity", ERROR)),
        (CALENDAR, STEPS_OF_2026.replace("2026/27,submit", "2026,submit"), ("FIELD", 3, "cycle", ERROR)),
    ],
)  # fmt: skip
def test_a_line_that_cannot_be_is_refused_with_its_field(feed, text, expected):
    (one,) = found(feed, text)
    assert (one.check, one.line, one.field, one.severity) == expected


class Register:
    """Knows one tenancy."""

    def account(self, reference):
        return type("Account", (), {"payment_ref": "1900000001"}) if reference == "T0004711" else None


@pytest.mark.parametrize(("reference", "gone"), [("T0004711", False), ("T0009999", True)])
def test_a_tenancy_that_is_gone_is_told_and_its_match_kept(reference, gone):
    data = {"our_dataset": "Housing tenants", "our_reference": reference, "status": "NEW"}
    item = Item("NFI_MATCH", 2, "2026/27:101:M1", 0, TODAY, data)
    one = Taken("i1", item, Disposition(ItemState.NOTED))
    ctx = Context(MATCHES_FEED.options(), Facts(today=TODAY, register=Register()), "nfi-matches")
    told = [(finding.line, finding.field) for finding in our_reference_is_known.run([one], ctx)]
    (move,) = match_moves(one, ctx)
    assert told == ([(2, "our_reference")] if gone else [])
    assert (move.to, move.data["gone"], move.account) == ("NEW", gone, None if gone else "1900000001")

"""Files that officers hand in: each check by its id, and what it leaves of the rest."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from hub.checks.base import Context
from hub.door.feed import Feed
from hub.model import Facts, History, Severity
from hub.transfer.examine import examine, judge
from plugins.dwp_cis.feeds import ENQUIRIES
from plugins.dwp_cis.policy import POLICY
from plugins.dwp_cis.results import RESULTS
from plugins.dwp_cis.settings import DwpSettings
from tests.asking_dwp import ALEX, OTHER, enquiries, enquiry, policy

TODAY = date(2026, 11, 2)


def told(feed: Feed, text: str, known: Mapping[str, Any] | None = None, **options: Any) -> list[Any]:
    """Check, line and severity of each finding, but for that which a policy always has."""
    facts = replace(Facts(today=TODAY, by_hand="olive", history=History()), **(known or {}))
    ctx = Context(feed.options.model_validate(options), facts, next(iter(feed.formats)))
    examined = examine(feed, io.BytesIO(text.encode()), ctx)
    judge(examined, ctx, "t")
    found = examined.reading.findings.kept
    return [(one.check, one.line, one.severity.value) for one in found if one.check != "DWP-AGREED"]


@pytest.mark.parametrize(
    ("changes", "check"),
    [
        ({"nino": "QQ123456A"}, "DWP-NINO"),
        ({"nino": "ZZ123456A"}, "DWP-NINO"),
        ({"nino": "AB123456"}, "DWP-NINO"),
        ({"date_of_birth": "2026-11-03"}, "DWP-BORN"),
        ({"date_of_birth": "1900-01-01"}, "DWP-BORN"),
        ({"justification": "why"}, "DWP-REASON"),
        ({"justification": "N/A"}, "DWP-REASON"),
        ({"scopes": "IDENTITY UC_APA"}, "DWP-SCOPES"),
        ({"scopes": "BENEFITS"}, "DWP-SCOPES"),
    ],
)
def test_a_row_that_may_not_be_asked_is_refused_and_the_rest_is_not(
    changes: dict[str, str], check: str
) -> None:
    rows = enquiry("R1", OTHER), enquiry("R2", ALEX, **changes)
    assert told(ENQUIRIES, enquiries(*rows)) == [(check, 3, Severity.REFUSE_ITEM.value)]


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("AB1234567", "FORMAT"),
        ("AB12345OC", "FORMAT"),
        ("QQ123456A", "PREFIX"),
        ("TN010180", "PREFIX"),
        ("11a11111", "TRN"),
    ],
)
def test_what_is_wrong_with_a_number_has_a_code_of_its_own(number: str, code: str) -> None:
    ctx = Context(ENQUIRIES.options(), Facts(today=TODAY, by_hand="olive"), next(iter(ENQUIRIES.formats)))
    text = enquiries(enquiry("R1", ALEX, nino=number)).encode()
    (found,) = examine(ENQUIRIES, io.BytesIO(text), ctx).reading.findings.kept
    assert found.message.startswith(f"NINO_{code}: ")
    assert number not in found.message


def test_a_number_of_a_test_gateway_and_one_for_administration_are_told_and_pass() -> None:
    warned = [("DWP-NINO", 2, Severity.WARNING.value)]
    assert told(ENQUIRIES, enquiries(enquiry("R1", ALEX, nino="QQ123456A")), nino_check="warn") == warned
    assert told(ENQUIRIES, enquiries(enquiry("R1", ALEX, nino="MW123456A"))) == warned


@pytest.mark.parametrize(
    ("rows", "known", "found"),
    [
        ([enquiry("R1", ALEX), enquiry("R1", OTHER)], {}, ("DWP-REF", None, "error")),
        ([enquiry("R1", ALEX, officer="oscar")], {}, ("DWP-OFFICER", None, "hold")),
        (
            [enquiry("R1", ALEX)],
            {"by_hand_at": "203.0.113.9", "settings": DwpSettings(networks=("10.0.0.0/8",))},
            ("DWP-NETWORK", None, "error"),
        ),
    ],
)
def test_a_file_that_is_not_this_officers_own_and_of_single_enquiries_is_stopped(
    rows: list[str], known: dict[str, Any], found: tuple[Any, ...]
) -> None:
    assert told(ENQUIRIES, enquiries(*rows), known) == [found]


SOUND = policy()
ROWS = SOUND.splitlines()


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        (policy(starts="2027-04-01"), [1]),
        ("\n".join([ROWS[0], *ROWS[:-1], "T,6", ""]), [None]),
        ("\n".join([ROWS[0], *ROWS[3:5], "T,3", ""]), [None]),
        ("\n".join([*ROWS[:3], "T,3", ""]), [None]),
        (SOUND.replace("T,5", "T,6"), [None]),
        (policy(purposes="U,NINO_VERIFY,IDENTITY BENEFITS"), [None]),
    ],
)
def test_a_policy_that_is_not_whole_is_refused(text: str, lines: list[int | None]) -> None:
    assert told(POLICY, SOUND) == []
    assert told(POLICY, text) == [("DWP-POLICY", line, "error") for line in lines]


def test_two_answers_to_one_enquiry_refuse_the_file() -> None:
    text = "check_ref,outcome\nR1,MATCHED\nR1,NO_MATCH\n"
    assert ("DWP-RESULT-REF", None, "error") in told(RESULTS, text)

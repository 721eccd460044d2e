"""Subjects for tests of the drivers."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from hub.checks.base import Context
from hub.model import Facts, Moment
from plugins.dwp_cis.asking import Subject
from plugins.dwp_cis.settings import EnquiryOptions

ALEX = Subject(
    check_ref="FAKE0001-1",
    purpose="UC_HOUSING_VERIFY",
    scopes=frozenset({"IDENTITY", "UC_APA"}),
    mou_ref="MOU-EXAMPLE-2026",
    justification="housing cost verification case HC-0001",
    nino="AB123456C",
    surname="TESTER",
    forename="ALEX",
    date_of_birth="1980-02-29",
    postcode="ZZ99 9ZZ",
    rent_ref="FAKE0001/1",
    expires=date(2026, 12, 2),
)
MOMENT = Moment(datetime(2026, 11, 2, 9, tzinfo=UTC), date(2026, 11, 2), "t1")


def subject(**changes: Any) -> Subject:
    return replace(ALEX, **changes)


def context(**options: Any) -> Context[EnquiryOptions]:
    told = {"context": "EXAMPLE-HOUSING", "la_code": "E9999", "instigating_user": "feedhub.scheduler"}
    return Context(EnquiryOptions.model_validate(told | options), Facts(), "batch", MOMENT)

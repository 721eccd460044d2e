"""What a mandate allows, and whether what it says of the payer can be written."""

from __future__ import annotations

from datetime import date

from hub.api import (
    Calendar,
    Context,
    Mandate,
    Matching,
)
from plugins.bacs.days import entry_day
from plugins.bacs.settings import SubmissionOptions

Options = Context[SubmissionOptions]
NAME = Matching(r".*\S.*", expected="a name")


def out_of_force(mandate: Mandate, processing: date, calendar: Calendar | None) -> str | None:
    """Why a mandate doesn't cover the day on which the tenant would be debited; None where it does.

    Not known, and so None, without a calendar."""
    if calendar is None:
        return None
    entry = entry_day(processing, calendar)
    if mandate.end_date is not None and entry > mandate.end_date:
        return f"ends on {mandate.end_date}, before the tenant is debited on {entry}"
    if mandate.start_date is not None and entry < mandate.start_date:
        return f"starts on {mandate.start_date}, after the tenant is debited on {entry}"
    return None

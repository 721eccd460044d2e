"""Management checks: of some enquiries somebody else says whether there was a business reason.

Source: formats page dwp_cis.md, section 3 ("management checks", "self and family"): the first of each month
and then a share of them, and each whose subject may be of the officer's family. Overdue ones stop their
purpose.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from hub.api import Compartment, Deadline, Effect, Facts, Item, Lifecycle, Lookup, Move, Record, Task
from plugins.dwp_cis.settings import DwpSettings, Enquiring, audit_kept, settings_of

KIND, OPEN, FOUND_RIGHT, FOUND_WRONG = "dwp_check", "OPEN", "FOUND_RIGHT", "FOUND_WRONG"
MONTH, COUNTED = "dwp_checked_month", "COUNTED"
KIN = "kin"
"""The fact of an enquiry that its subject has the officer's surname and postcode."""

STANDING = Lookup(KIND, states=(OPEN,))


def month_of(on: date) -> str:
    return f"{on:%Y-%m}"


THE_MONTH = Lookup(MONTH, keys=lambda item: (month_of(item.on),))


def overdue(item: Item, ctx: Enquiring) -> str | None:
    """Why nothing is asked for a purpose now."""
    records, today, purpose = ctx.facts.records, ctx.facts.today, item.data.get("purpose")
    late = [
        one
        for one in (records.all(KIND) if records else ())
        if one.state == OPEN and one.data["purpose"] == purpose and today and one.data["due"] < f"{today}"
    ]
    if not late:
        return None
    return f"CHECKS_OVERDUE: {len(late)} management checks for {purpose} are overdue; do these first"


def sampled(enquiry: Record, on: date, ctx: Enquiring) -> Iterator[Move]:
    """For an enquiry that has its answer: the check that somebody else makes, if one is made."""
    settings, records = settings_of(ctx.facts), ctx.facts.records
    month = records.get(MONTH, month_of(on)) if records else None
    so_far = int(month.data["made"]) if month else 0
    kin = bool(enquiry.data.get(KIN))
    if not kin and not _is_sampled(enquiry.key, so_far, settings):
        return
    data = {
        "purpose": enquiry.data["purpose"],
        "officer": enquiry.data["officer"],
        "why": "same surname and postcode as the officer" if kin else "sample",
        "due": (on + timedelta(days=settings.check_days)).isoformat(),
    }
    yield Move(kind=KIND, key=enquiry.key, to=OPEN, data=data)
    yield Move(kind=MONTH, key=month_of(on), to=COUNTED, data={"made": so_far + 1})


def _is_sampled(check_ref: str, so_far: int, settings: DwpSettings) -> bool:
    """The first of a month, then so many of a hundred references, always the same."""
    if settings.sample_percent == 0:
        return False
    return so_far < settings.sample_at_least or zlib.crc32(check_ref.encode()) % 100 < settings.sample_percent


def asks(old: Record | None, new: Record, facts: Facts) -> Iterable[Effect]:
    """Of somebody who is not the officer; what had no reason is a breach."""
    if old is None and new.state == OPEN:
        right, wrong = (
            Move(kind=KIND, key=new.key, to=to, data={}, reason=why)
            for to, why in ((FOUND_RIGHT, "there was a business reason"), (FOUND_WRONG, "there was none"))
        )
        title = f"{new.key}: was there a business reason to ask? ({new.data['why']})"
        answers = {"yes": right, "no": wrong}
        yield Task("management check", title, answers=answers, not_by=str(new.data["officer"]))
    if new.state == FOUND_WRONG and old is not None and old.state == OPEN:
        title = f"{new.key}: nobody should have asked. Tell the information asset owner, and DWP as agreed"
        yield Task("breach", title, fact="told", not_by=str(new.data["officer"]))


def _due(record: Record, facts: Facts) -> date:
    return date.fromisoformat(str(record.data["due"]))


CHECK_LIFE = Lifecycle(
    kind=KIND,
    title="Whether there was a business reason to ask DWP",
    begins=(OPEN,),
    moves={OPEN: (FOUND_RIGHT, FOUND_WRONG)},
    deadlines=(Deadline("management check", OPEN, _due, "somebody looks whether there was a reason to ask"),),
    when=asks,
    owner="benefits-team",
    compartment=Compartment.DWP,
    keep_history=audit_kept,
)
MONTH_LIFE = Lifecycle(
    kind=MONTH,
    title="How many management checks were begun in a month",
    begins=(COUNTED,),
    moves={COUNTED: (COUNTED,)},
    owner="benefits-team",
    compartment=Compartment.DWP,
)

"""What Bacs moves at the council's bank, as entries of finance's journal, where a route says `book_entries`:
the contra of a submission on its entry day, and what banks take back, on the day on which they do.

For councils whose rent system does not book it itself. Amounts at the bank are debit positive. Source:
formats page bacs.md, sections 6.2, 6.6 and 7 (who sends what).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from hub.api import (
    Answered,
    Calendar,
    Context,
    DeliveryState,
    EntryLine,
    Left,
    Side,
    Taken,
    Waiting,
    ledger_entry,
    to_be_booked,
)
from plugins.bacs.claims import CLAIM_TAKEN_BACK, CLAIMED_BACK
from plugins.bacs.days import entry_day
from plugins.bacs.origins import origin_of
from plugins.bacs.settings import SubmissionOptions
from plugins.bacs.tally import is_numbered
from plugins.bacs.unpaid import UNPAID_DEBIT

_TAKEN_BY_BACS = (Answered.ACCEPTED, Answered.AMENDED)
_SAID = {"COLLECTION": "Direct Debits collected", "REFUND": "Refunds paid by Bacs"}
Sums = Mapping[tuple[date, str, str | None], int]
"""By day, text and account at the bank (None = the one): pence that come in."""


def contra_of_submission(
    carried: Sequence[Taken], left: Left, ctx: Context[SubmissionOptions]
) -> Iterator[Waiting]:
    """What Bacs accepted, once it says so: one entry for each entry day."""
    calendar = ctx.facts.calendar
    if left.state is not DeliveryState.CONFIRMED or not ctx.options.book_entries or calendar is None:
        return
    sums = Counter[tuple[date, str, str | None]]()
    for one in carried:
        if one.item.kind in _SAID and left.answers.get(one.id) in _TAKEN_BY_BACS:
            origin = origin_of(one, ctx)
            account = origin.account_number if origin else None
            comes_in = abs(one.item.amount) * (1 if one.item.kind == "COLLECTION" else -1)
            sums[entry_day(one.item.on, calendar), _SAID[one.item.kind], account] += comes_in
    name = left.identity if left.identity and is_numbered(left.identity) else carried[0].id
    yield from _entries(f"BACS {name}", sums)


def taken_back(carried: Sequence[Taken], left: Left, ctx: Context[Any]) -> Iterator[Waiting]:
    """Unpaid debits and claims, once the rent system has the reversals."""
    calendar, sent = ctx.facts.calendar, (left.state, left.output) == (DeliveryState.SENT, "reversals")
    if not sent or not ctx.options.book_entries or calendar is None:
        return
    sums = Counter[tuple[date, str, str | None]]()
    for one in carried:
        for day, said in _at_the_bank(one, calendar):
            sums[day, said, None] -= one.item.amount
    yield from _entries(f"BACS {left.output} {carried[0].id}" if carried else "", sums)


def _at_the_bank(one: Taken, calendar: Calendar) -> Iterator[tuple[date, str]]:
    """The day on which the bank moves it, and what it is: an unpaid debit a working day after the report."""
    item = one.item
    if item.kind == UNPAID_DEBIT:
        processed = date.fromisoformat(str(item.data["processing_day"]))
        yield calendar.add_working_days(processed, 1), "Direct Debits unpaid"
    elif item.kind == CLAIMED_BACK:
        yield date.fromisoformat(str(item.data["debited"])), "Direct Debits claimed back"
    elif item.kind == CLAIM_TAKEN_BACK:
        yield item.on, "Claims of Direct Debits taken back"


def _entries(name: str, sums: Sums) -> Iterator[Waiting]:
    """One for each day. The name is of one transfer, so that no number comes twice."""
    for day in sorted({day for day, _, _ in sums}):
        of_day = {(said, which): pence for (on, said, which), pence in sums.items() if on == day and pence}
        bank = [
            EntryLine(side=Side.BANK, amount=pence, text=f"{said} {day}", which=which)
            for (said, which), pence in of_day.items()
        ]
        debtors = EntryLine(side=Side.DEBTORS, amount=-sum(of_day.values()), text=f"Direct Debits {day}")
        for item in ledger_entry(f"{name} {day}", day, [*bank, debtors]):
            yield to_be_booked(item)

"""What banks take back is booked on the day on which they do: for each kind, against what tenants owe."""

from __future__ import annotations

from datetime import date
from typing import Any

from hub.api import Context, DeliveryState, Disposition, Facts, Item, ItemState, Left, Taken
from plugins.bacs.booked import taken_back
from plugins.bacs.settings import UnpaidOptions
from tests.unit.bacs.bacs_files import CALENDAR

FRIDAY = date(2026, 11, 27)


def unpaid(number: int, pence: int) -> Taken:
    item = Item("UNPAID_DEBIT", number, "R1", pence, FRIDAY, {"processing_day": FRIDAY.isoformat()})
    return Taken(f"t.{number}", item, Disposition(ItemState.TAKEN, "91000010"))


def booked(
    state: DeliveryState = DeliveryState.SENT, output: str = "reversals", **options: bool
) -> list[tuple[Any, ...]]:
    ctx = Context(UnpaidOptions.model_validate(options), Facts(calendar=CALENDAR), "")
    change = Taken("t.9", Item("MANDATE_CHANGE", 9, "R1", 0, FRIDAY), Disposition(ItemState.TAKEN))
    waiting = taken_back([unpaid(1, 8000), unpaid(2, 2050), change], Left(output, state), ctx)
    told = [(one.item.on, one.item.data["side"], one.item.amount, one.item.reference) for one in waiting]
    assert sum(row[2] for row in told) == 0
    return told


def test_unpaid_debits_leave_the_bank_on_the_working_day_after_the_report() -> None:
    name = "BACS reversals t.1 2026-11-30"
    monday = date(2026, 11, 30)
    assert booked(book_entries=True) == [(monday, "BANK", -10050, name), (monday, "DEBTORS", 10050, name)]


def test_nothing_is_booked_unless_the_route_says_so_or_before_the_rent_system_knows() -> None:
    assert booked() == []
    assert booked(DeliveryState.REFUSED, book_entries=True) == []


def test_what_is_told_in_two_ways_is_booked_once() -> None:
    assert booked(output="rejects", book_entries=True) == []

"""The feed `housing_benefit.schedules`: benefit that another council pays us as a landlord, in one sum.

A route gates it on the bank: `awaits: {money: housing_benefit}`. Source: formats page housing_benefit.md,
section 4.8.
"""

from __future__ import annotations

from typing import Any

from hub.api import (
    Context,
    Direction,
    Disposition,
    Feed,
    Item,
    Output,
    SentItem,
    first_match,
    learned_pairs,
)
from plugins.housing_benefit.claims import LOOKS_UP, SCHEDULES, claim_moves
from plugins.housing_benefit.mapping import SCHEDULE_RULES, item_key, match_charge, rent_transaction
from plugins.housing_benefit.schedule_checks import SCHEDULE_CHECKS
from plugins.housing_benefit.schedule_rows import SCHEDULES_CSV, ScheduleTally, schedule_items
from plugins.housing_benefit.settings import RAW, ScheduleOptions


def match_schedule(item: Item, ctx: Context[Any], sent: SentItem | None) -> Disposition:
    """A charge is found by its claim, which is all that the schedule tells; else as any posting."""
    if item.data["entry_type"] == "OPD":
        return match_charge(item, ctx)
    return first_match(item, SCHEDULE_RULES, ctx)


SCHEDULE_FEED = Feed(
    name=SCHEDULES,
    title="Housing Benefit that another council pays us as a landlord",
    direction=Direction.IN,
    options=ScheduleOptions,
    formats={"hb-landlord-schedule-csv1": SCHEDULES_CSV},
    tally=ScheduleTally,
    checks=SCHEDULE_CHECKS,
    items=schedule_items,
    match=match_schedule,
    keep=RAW,
    item_key=item_key,
    looks_up=(learned_pairs(SCHEDULES), LOOKS_UP),
    moves=claim_moves,
    outputs=(Output("postings", takes=("BENEFIT", "BENEFIT_ADJ"), makes=rent_transaction),),
)

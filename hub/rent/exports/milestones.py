"""`rent.milestones`: what the rent system says has happened on a day: the debit raised, a week closed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from pydantic import Field as Setting
from pydantic import StringConstraints

from hub.checks.base import Context, Found, Tally, check
from hub.door.milestone import KIND, MILESTONE, REACHED, milestone_key
from hub.model import Chunk, Level, Move, Need, Taken
from hub.rent.exports.columns import code, day, number
from hub.rent.exports.feed import recorded
from hub.rent.exports.partner_layout import ExtractOptions
from hub.rent.exports.record_type import RecordType
from hub.rent.exports.rules import all_or_none

MILESTONE_ROW = RecordType(
    name="MILESTONE",
    about="a fact of a business date that routes wait for",
    columns=(
        code("milestone", note="the rent system's own word; the option `milestones` says what it means"),
        day("business_date"),
        code("rent_group", required=False),
        number("rent_year", 2000, 2100, required=False, check="E17"),
        number("rent_period", 1, 53, required=False, check="E17"),
    ),
    reference="milestone",
    kind="MILESTONE",
    on="business_date",
    key=("milestone", "business_date", "rent_group"),
    rules=(all_or_none("rent_group", "rent_year", "rent_period"),),
)


class MilestoneOptions(ExtractOptions):
    """milestones: the hub's milestone by the rent system's word for it, `{DEBIT_RAISED: debit_raised}`. Those
    that no route reaches by `reaches:` are listed under milestones: in hub.yaml"""

    a_route_sets = ("milestones",)

    milestones: Mapping[str, Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]] = Setting(
        default_factory=dict
    )


@check("E16", level=Level.RECORD, options=("milestones",), layouts=("detail",))
def milestone_is_mapped(chunk: Chunk, tally: Tally, ctx: Context[MilestoneOptions]) -> Iterator[Found]:
    """The option `milestones` says which milestone of the hub a word of the rent system means."""
    for line, word in zip(chunk.lines, chunk.columns["milestone"], strict=True):
        if word not in ctx.options.milestones:
            expected = " or ".join(ctx.options.milestones)
            yield Found(f"the option milestones has no {word}", line, "milestone", expected)


@check("E17", level=Level.RECORD, needs=(Need.RENT_CALENDAR,), layouts=("detail",))
def period_is_one_of_its_group(chunk: Chunk, tally: Tally, ctx: Context[Any]) -> Iterator[Found]:
    """The period is one that the rent calendar has for the rent group in that year."""
    calendar = ctx.facts.rent_calendar
    names = ("rent_group", "rent_year", "rent_period")
    for line, group, year, period in zip(chunk.lines, *(chunk.columns[name] for name in names), strict=True):
        if calendar is None or not (group and year and period):
            continue
        if calendar.period(group, int(year), int(period)) is None:
            message = f"rent group {group} has no period {period} in the year {year}"
            yield Found(message, line, "rent_period")


def milestone_moves(taken: Taken, ctx: Context[MilestoneOptions]) -> Iterator[Move]:
    """The milestone is reached for its business date; once it is, it stays so."""
    item = taken.item
    name = ctx.options.milestones.get(item.reference)
    if name is not None:
        data = {"name": name, "on": item.on.isoformat()}
        reason = f"the rent system says {item.reference}"
        yield Move(kind=KIND, key=milestone_key(name, item.on), to=REACHED, data=data, reason=reason)


MILESTONES = recorded(
    "rent.milestones",
    "Facts of the day from the rent system",
    MILESTONE_ROW,
    MILESTONE,
    milestone_moves,
    options=MilestoneOptions,
    checks=(milestone_is_mapped, period_is_one_of_its_group),
)

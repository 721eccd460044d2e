"""Parameters of the Right to Buy as of a day, and what is computed with them: years, discount, dates.

Source: formats page rtb_fraud.md, section 5. The day that counts is the one on which the RTB1 was served.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from plugins.rtb_fraud.rtb_application import Application, Landlord
from plugins.rtb_fraud.rtb_tables import cap_of
from plugins.rtb_fraud.rtb_types import Shape

_DAY = timedelta(days=1)
Percent = Annotated[int, Field(ge=0, le=100)]
Weeks = Annotated[int, Field(ge=1, le=104)]


class Discount(Shape):
    """`first` percent for the qualifying years up to `first_years`, then `each_year` more."""

    first: Percent
    first_years: Annotated[int, Field(ge=0, le=100)]
    each_year: Percent


class Clock(Shape):
    """Weeks in which the landlord must answer (s.124(2), s.125) and the tenant (s.125D(2)).

    reminder_days: after the landlord's reminder (s.125E), until the claim may be treated as withdrawn
    valuer_months: after the s.125 notice, in which the District Valuer may be asked (s.128)
    delay_months:  after an RTB6, in which the landlord acts or serves an RTB7
    appeal_days:   after a denial, in which the tribunal may be asked (sheltered homes)
    """

    rtb2: Weeks = 4
    rtb2_other_landlords: Weeks = 8
    s125_house: Weeks = 8
    s125_flat: Weeks = 12
    s125_from: Literal["admitted", "applied"] = "admitted"
    tenant: Weeks = 12
    reminder_days: Annotated[int, Field(ge=1, le=365)] = 28
    valuer_months: Annotated[int, Field(ge=1, le=12)] = 3
    delay_months: Annotated[int, Field(ge=1, le=12)] = 1
    appeal_days: Annotated[int, Field(ge=1, le=365)] = 56


class Parameters(Shape):
    """What the law says of applications whose RTB1 was served on or after `starts`.

    funding_tolerance: how far the funding may be from the price, as a share of the value
    rule_changes: days on which published changes come into force
    """

    starts: date
    qualifying_years: Annotated[int, Field(ge=0, le=100)] = 3
    house: Discount = Discount(first=35, first_years=5, each_year=1)
    flat: Discount = Discount(first=50, first_years=5, each_year=2)
    most_percent: Percent = 70
    clock: Clock = Clock()
    funding_tolerance: Decimal = Decimal("0.001")
    rule_changes: tuple[date, ...] = ()


def in_force(parameters: Sequence[Parameters], received: date) -> Parameters | None:
    """Those for an RTB1 that was served on a day."""
    begun = [one for one in parameters if one.starts <= received]
    return max(begun, key=lambda one: one.starts) if begun else None


def qualifying_years(history: Iterable[Landlord], received: date) -> int:
    """Whole years of public-sector tenancies before the RTB1, in total and not necessarily in one piece;
    days of two at once count once."""
    years = days = 0
    for starts, ends in _stays(history, received):
        whole = months_between(starts, ends) // 12
        years += whole
        days += (ends - _years_after(starts, whole)).days
    return years + days // 365


def _stays(history: Iterable[Landlord], received: date) -> Iterable[tuple[date, date]]:
    """From the first day to the day after the last, none of them meeting another."""
    told = [(one.starts, one.ends) for one in history if one.public_sector and one.starts < received]
    ends_of = sorted((starts, min(ends + _DAY if ends else received, received)) for starts, ends in told)
    merged: list[tuple[date, date]] = []
    for starts, ends in ends_of:
        if merged and starts <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], ends))
        else:
            merged.append((starts, ends))
    return merged


def _years_after(day: date, years: int) -> date:
    """29 February becomes the 28th where there is none."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def months_after(day: date, months: int) -> date:
    """The same day so many months on; the last of the month where there is none."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return day.replace(year=year, month=month + 1, day=min(day.day, monthrange(year, month + 1)[1]))


def months_between(earlier: date, later: date) -> int:
    """Whole months; negative when the order is the other."""
    months = (later.year - earlier.year) * 12 + later.month - earlier.month
    return months - (1 if later.day < earlier.day else 0)


@dataclass(frozen=True, slots=True)
class Computed:
    """A computed discount in pence, or why there is none."""

    pence: int | None = None
    why: str | None = None


def discount(application: Application, parameters: Parameters, kind: str) -> Computed:
    """Of a house or a flat (`kind`): the percentage of the value, at most the cap, and no more than leaves
    the cost floor."""
    history, home, value = application.landlord_history, application.property, application.valuation
    if history is None or value is None:
        return Computed(why="the application has no landlord history or no valuation")
    received = application.received_at
    if received is None:
        return Computed(why="the RTB1 has no day of receipt")
    cap = cap_of(received, home.region, home.district)
    if cap.pence is None:
        return Computed(why=cap.why)
    years = qualifying_years(history, received)
    raw = value * percent_for(years, kind, parameters) // 100
    most = [raw, cap.pence]
    if home.cost_floor is not None:
        most.append(max(0, value - home.cost_floor))
    return Computed(min(most))


def percent_for(years: int, kind: str, parameters: Parameters) -> int:
    """0 below the qualifying years."""
    if years < parameters.qualifying_years:
        return 0
    terms = parameters.house if kind == "house" else parameters.flat
    percent = terms.first + max(0, years - terms.first_years) * terms.each_year
    return min(percent, parameters.most_percent)


def rtb2_due(application: Application, parameters: Parameters) -> date | None:
    """The last day for the RTB2: four weeks if the qualifying period is satisfied with this landlord alone,
    else eight; a history that is not known says four, the stricter. None while there is no signed RTB1, or no
    day of its receipt."""
    received = application.received_at
    if not application.signed or received is None:
        return None
    history, clock = application.landlord_history, parameters.clock
    own = [one for one in history or () if one.this_landlord]
    here = history is None or qualifying_years(own, received) >= parameters.qualifying_years
    return received + timedelta(weeks=clock.rtb2 if here else clock.rtb2_other_landlords)


def s125_due(kind: str, received: date, admitted: date | None, clock: Clock) -> date | None:
    """The last day for the landlord's offer; None while it does not run yet."""
    start = received if clock.s125_from == "applied" else admitted
    weeks = clock.s125_house if kind == "house" else clock.s125_flat
    return start + timedelta(weeks=weeks) if start is not None else None

"""Checks on rents and events before benefits is told of them.

Source: formats page housing_benefit.md, sections 5.2, 5.4 and 5.5. The ids are the project's own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from decimal import Decimal

from hub.api import Context, Found, Item, Level, Need, Severity, Taken, check, format_pounds
from plugins.housing_benefit.live_claims import claim_of
from plugins.housing_benefit.rent_files import PERSONAL, WIDTHS
from plugins.housing_benefit.rent_layouts import LARGEST, RENT_CHANGE
from plugins.housing_benefit.rent_options import RentChangeOptions
from plugins.housing_benefit.rents_told import BENEFIT_RENT, INELIGIBLE, is_known, known_rent

Options = Context[RentChangeOptions]
MONDAY = 0
REFERENCE = RENT_CHANGE.field("rent_ref").width or 0
HOLD, REFUSE = Severity.HOLD_ITEM, Severity.REFUSE_ITEM


@check("HB-LIVE-CLAIM", level=Level.CROSS, severity=REFUSE, needs=(Need.RECORDS, Need.TODAY))
def claim_is_live(taken: Sequence[Taken], ctx: Options) -> Iterator[Found]:
    """Benefits is told only of tenants with a live or recent claim: one that was paid for the account within
    `recent_claim_weeks` or, before anything was paid, one that the rent system knows. Others are left out."""
    weeks = ctx.options.recent_claim_weeks
    for one in taken:
        told = one.item.data.get("claim_ref")
        if claim_of(one.disposition.account, str(told) if told else None, ctx.facts, weeks) is None:
            yield Found("the account has no live or recent claim", one.item.line, "claim_ref")


@check("HB-RENT-KNOWN", level=Level.CROSS, severity=REFUSE, needs=(Need.RECORDS,))
def rent_is_news(taken: Sequence[Taken], ctx: Options) -> Iterator[Found]:
    """Only what changed is sent: a rent with the same figures as the last one that benefits was told, and did
    not reject, is left out."""
    for one in _rents(taken):
        if is_known(one.item, known_rent(one.disposition.account, ctx)):
            yield Found("benefits was told this rent already", one.item.line)


@check("HB-RENT-WIDTH", level=Level.CROSS, severity=REFUSE)
def values_fit(taken: Sequence[Taken], ctx: Options) -> Iterator[Found]:
    """A rent reference has at most 24 characters and is never cut; an amount fits 8 characters."""
    for one in taken:
        reference = one.item.reference
        if ctx.options.rent_reference == "tenancy_ref":
            reference = str(one.item.data.get("tenancy_ref") or one.disposition.tenancy or "")
        if len(reference) > REFERENCE:
            told = f"the reference has {len(reference)} characters and is not cut"
            yield Found(told, one.item.line, "rent_ref", f"at most {REFERENCE}")
    for one in _rents(taken):
        for name, pence in _amounts(one.item):
            if pence > LARGEST:
                told = f"{format_pounds(pence)} does not fit"
                yield Found(told, one.item.line, name, f"at most {format_pounds(LARGEST)}")


@check("HB-RENT-CUT", level=Level.CROSS, severity=Severity.WARNING)
def texts_fit(taken: Sequence[Taken], ctx: Options) -> Iterator[Found]:
    """Names and lines of the address fit their fields of `hb-rentchange-fw1`; longer ones are cut there."""
    for one in _rents(taken):
        for name, told in PERSONAL.items():
            if len(one.item.personal.get(told, "")) > WIDTHS[name]:
                message = f"it is cut at {WIDTHS[name]} characters in the fixed-width file"
                yield Found(message, one.item.line, told)


@check("HB-RENT-MONDAY", level=Level.CROSS, severity=HOLD)
def begins_on_a_monday(taken: Sequence[Taken], ctx: Options) -> Iterator[Found]:
    """A rent counts from a Monday, as benefit weeks do."""
    for one in _rents(taken):
        if one.item.on.weekday() != MONDAY:
            yield Found(
                f"the rent counts from {one.item.on:%A} {one.item.on}", one.item.line, "effective_from"
            )


@check("HB-RENT-INCREASE", level=Level.CROSS, severity=HOLD, needs=(Need.RECORDS,))
def increase_is_plausible(taken: Sequence[Taken], ctx: Options) -> Iterator[Found]:
    """The gross rent rises by nothing to `increase_ceiling_percent` of what benefits was told last; else a
    person looks, and a waiver or a refusal of the item settles it."""
    most = ctx.options.increase_ceiling_percent
    for one in _rents(taken):
        known, gross = known_rent(one.disposition.account, ctx), one.item.data.get("gross")
        if known is None or not isinstance(gross, int):
            continue
        before = known["gross"]
        if not before <= gross <= ceiling(before, most):
            told = f"the rent goes from {format_pounds(before)} to {format_pounds(gross)}"
            yield Found(told, one.item.line, "gross", f"0 to {most} % more")


def ceiling(before: int, percent: Decimal) -> int:
    """The most that so many pence may become, to the penny that is nearest.

    >>> format_pounds(ceiling(110_00, Decimal("4.8")))
    '115.28'
    """
    return round(before * (100 + percent) / 100)


@check("HB-RENT-SUM", level=Level.CROSS, severity=HOLD)
def charges_make_the_gross(taken: Sequence[Taken], ctx: Options) -> Iterator[Found]:
    """What benefit meets and what it does not make the gross rent together, and none of it is negative."""
    for one in _rents(taken):
        amounts = dict(_amounts(one.item))
        negative = [name for name, pence in amounts.items() if pence < 0]
        if negative:
            yield Found(f"{negative[0]} is below zero", one.item.line, negative[0], "zero or more")
        gross = amounts.pop("gross")
        if sum(amounts.values()) != gross:
            told = f"the charges make {format_pounds(sum(amounts.values()))}"
            yield Found(f"{told}, the gross rent is {format_pounds(gross)}", one.item.line, "gross")


@check("HB-RENT-TWICE", level=Level.CROSS, severity=HOLD)
def rent_comes_once(taken: Sequence[Taken], ctx: Options) -> Iterator[Found]:
    """No two rents of a batch are of the same account and day. Which one is right a person says, by refusing
    the other (`feedhub items refuse`)."""
    times = Counter((one.disposition.account, one.item.on) for one in _rents(taken))
    for one in _rents(taken):
        if times[one.disposition.account, one.item.on] > 1:
            yield Found(f"the account has two rents from {one.item.on}", one.item.line, "effective_from")


def _rents(taken: Sequence[Taken]) -> list[Taken]:
    return [one for one in taken if one.item.kind == BENEFIT_RENT]


def _amounts(item: Item) -> Iterator[tuple[str, int]]:
    for name in ("gross", "eligible", *INELIGIBLE):
        pence = item.data.get(name)
        yield name, pence if isinstance(pence, int) else 0


RENT_CHECKS = (
    claim_is_live,
    rent_is_news,
    values_fit,
    texts_fit,
    begins_on_a_monday,
    increase_is_plausible,
    charges_make_the_gross,
    rent_comes_once,
)

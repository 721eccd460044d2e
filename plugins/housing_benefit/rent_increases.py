"""The rent-increase CSV of one benefits system, and the companion that goes before it.

Source: formats page housing_benefit.md, section 5.3.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from hub.api import CannotRender, Context, Item, Rendered, Taken, format_pounds, plain_text
from plugins.housing_benefit.rent_files import (
    before_and_after,
    live_claim,
    ordered,
    pence_of,
    rent_reference,
    stem,
    written,
)
from plugins.housing_benefit.rent_layouts import COMPANIONS, MONTHS, thi
from plugins.housing_benefit.rent_options import RentChangeOptions
from plugins.housing_benefit.rents_told import INELIGIBLE

Options = Context[RentChangeOptions]


def write_increases(taken: Sequence[Taken], ctx: Options) -> Rendered:
    """`nec-thi-csv`. Raises CannotRender while what only the council's own sample tells is not set."""
    options, them = ctx.options, ordered(taken)
    if not options.thi_address:
        raise CannotRender("set thi_address: the ten headings N to W, from a sample of the benefits system")
    services = [_services(one.item, options) for one in them]
    titles = _service_titles(max(map(len, services), default=0), options)
    file = thi(tuple(options.thi_address), titles)
    rows = [
        file.write_row(file.layouts[0], {**_thi(one, options), **_pairs(own, titles)})
        for one, own in zip(them, services, strict=True)
    ]
    total = format_pounds(sum(pence_of(one.item, "gross") for one in taken))
    summary = {"count": len(rows), "gross": total, **before_and_after(taken, ctx)}
    return Rendered(f"{stem('THI', ctx)}.csv", file.encode(rows), summary)


def write_companion(taken: Sequence[Taken], ctx: Options) -> Rendered:
    """The file that goes before the increases: landlord account, claim and barred reference of each."""
    rows = [written(COMPANIONS, _companion(one, ctx)) for one in ordered(taken)]
    return Rendered(f"{stem('THI_REFERENCES', ctx)}.csv", COMPANIONS.encode(rows), {"count": len(rows)})


def landlord(options: RentChangeOptions) -> str:
    """Raises CannotRender while it is not set."""
    if options.landlord_account is None:
        raise CannotRender("set landlord_account in the route's options: our number in the benefits system")
    return options.landlord_account


def _companion(one: Taken, ctx: Options) -> dict[str, object]:
    own = ctx.options
    return {"landlord": landlord(own), "claim": live_claim(one, ctx), "rent_ref": barred(one, own)}


def barred(one: Taken, options: RentChangeOptions) -> str:
    """`1234|AB215478X`: landlord account, vertical bar, rent reference."""
    return f"{landlord(options)}|{rent_reference(one, options)}"


def _thi(one: Taken, options: RentChangeOptions) -> dict[str, object]:
    item, personal = one.item, one.item.personal
    address = {
        heading: plain_text(personal.get(part, "")) or None for heading, part in options.thi_address.items()
    }
    return {
        "THI_RAC_PAY_REF": barred(one, options),
        "THI_GROSS_RENT": pence_of(item, "gross"),
        "THI_REBATEABLE_RENT": pence_of(item, "gross"),
        "THI_RENT_START_DATE": thi_day(item.on),
        "THI_SURNAME": plain_text(personal.get("surname", "")),
        "THI_FORENAME": plain_text(personal.get("forenames", "")) or None,
        **address,
    }


def thi_day(day: date) -> str:
    """
    >>> thi_day(date(2021, 4, 5))
    '05-Apr-2021'
    """
    return f"{day.day:02d}-{MONTHS[day.month - 1]}-{day.year}"


def _services(item: Item, options: RentChangeOptions) -> list[tuple[str, int]]:
    """Service codes with their pence. Raises CannotRender for a charge that has no code."""
    found = [(name, pence) for name in INELIGIBLE if (pence := pence_of(item, name))]
    codes = {str(name): code for name, code in options.thi_services.items()}
    missing = [name for name, _ in found if name not in codes]
    if missing:
        raise CannotRender(f"account {item.reference} pays {missing[0]}; add its code to thi_services")
    return [(f"{landlord(options)}_{codes[name]}", pence) for name, pence in found]


def _service_titles(pairs: int, options: RentChangeOptions) -> tuple[tuple[str, str], ...]:
    code, amount = options.thi_service_titles
    return tuple((f"{code}_{n}", f"{amount}_{n}") for n in range(1, pairs + 1))


def _pairs(services: Sequence[tuple[str, int]], titles: Sequence[tuple[str, str]]) -> dict[str, object]:
    return {
        title: value
        for names, pair in zip(titles, services, strict=False)
        for title, value in zip(names, pair, strict=True)
    }

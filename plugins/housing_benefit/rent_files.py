"""The 26-field export of rents with its control file, and what all files for benefits share.

Source: formats page housing_benefit.md, section 5.2.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

from hub.api import (
    CannotRender,
    Context,
    Delimited,
    Item,
    Moment,
    Rendered,
    Taken,
    format_pounds,
    plain_text,
)
from plugins.housing_benefit.live_claims import claim_of
from plugins.housing_benefit.rent_layouts import (
    LATIN,
    RENT_CHANGE,
    RENT_CHANGES,
    RENT_CONTROLS,
)
from plugins.housing_benefit.rent_options import RentChangeOptions
from plugins.housing_benefit.rents_told import known_rent

Options = Context[RentChangeOptions]
FILE, EVENT = "file", "event"
"""Numbers: of a file, of an event."""

WIDTHS = {
    field.name: field.width for field in RENT_CHANGE.fields if field.personal and field.width is not None
}
PERSONAL = {
    "forename": "forenames",
    "surname": "surname",
    "addr1": "address1",
    "addr2": "address2",
    "addr3": "address3",
    "addr4": "address4",
    "post_code": "postcode",
}
"""What the export calls them, and what the rent system does."""

AMOUNTS = {
    "water_rates_amt": "water",
    "heating_amt": "heating",
    "hot_water_amt": "hot_water",
    "lighting_amt": "lighting",
    "cooking_amt": "cooking",
    "inelig_serv_amt": "other_ineligible",
}
UNTOLD = ("gencounselling_amt", "nursing_amt", "emergencyalarm_amt", "roomclean_amt")


def rent_reference(one: Taken, options: RentChangeOptions) -> str:
    """The reference by which benefits knows the account. Raises CannotRender where the tenancy's is wanted
    and not known."""
    if options.rent_reference == "payment_ref":
        return one.item.reference
    tenancy = one.item.data.get("tenancy_ref") or one.disposition.tenancy
    if not tenancy:
        raise CannotRender(f"the tenancy of account {one.item.reference} is not known; see rent_reference")
    return str(tenancy)


def write_rents(taken: Sequence[Taken], ctx: Options) -> Rendered:
    """`hb-rentchange-fw1`: one record an account, by rent reference. Raises CannotRender."""
    rows = sorted((_rent_row(one, ctx) for one in taken), key=lambda row: (row["rent_ref"], row["from_date"]))
    data = RENT_CHANGES.encode((RENT_CHANGE.write(row) for row in rows), "\r\n")
    total = sum(row["rent_amt"] for row in rows)
    summary = {"count": len(rows), "rent_amt": format_pounds(total), **before_and_after(taken, ctx)}
    return Rendered(f"{stem('HBRENT', ctx)}.txt", data, summary)


def write_rent_control(taken: Sequence[Taken], ctx: Options) -> Rendered:
    """The control file beside the export: its name, count, total and SHA-256."""
    export = write_rents(taken, ctx)
    total = int(str(export.summary["rent_amt"]).replace(".", ""))
    values = {
        "file": export.name,
        "count": str(export.summary["count"]),
        "rent_amt": total,
        "sha256": sha256(export.data).hexdigest(),
    }
    row = RENT_CONTROLS.write_row(RENT_CONTROLS.layouts[0], values)
    return Rendered(f"{stem('HBRENT', ctx)}.ctl", RENT_CONTROLS.encode([row]), export.summary)


def _rent_row(one: Taken, ctx: Options) -> dict[str, Any]:
    item, options = one.item, ctx.options
    if options.ha_code is None:
        raise CannotRender("set ha_code in the route's options: the landlord's code in the benefits system")
    register = ctx.facts.register
    account = register.account(str(one.disposition.account)) if register else None
    bedrooms = item.data.get("bedrooms")
    return {
        "ha_code": options.ha_code,
        "rent_ref": rent_reference(one, options),
        "title": "",
        **{name: _cut(item, told, WIDTHS[name]) for name, told in PERSONAL.items()},
        "from_date": item.on,
        "rent_amt": pence_of(item, options.rent_amount),
        **{name: pence_of(item, told) for name, told in AMOUNTS.items()},
        **dict.fromkeys(UNTOLD, 0),
        "no_bedr": None if bedrooms is None else str(bedrooms),
        "supported_accom": "Y" if account and account.rent_group in options.supported_groups else "N",
        "warning_ind": "",
    }


def _cut(item: Item, name: str, width: int) -> str:
    """A text that the export's characters can hold, and no longer than its field."""
    text = plain_text(item.personal.get(name, ""))
    return text.encode(LATIN, "replace").decode(LATIN)[:width]


def pence_of(item: Item, name: str) -> int:
    """Of a charge; none is 0."""
    pence = item.data.get(name)
    return pence if isinstance(pence, int) else 0


def before_and_after(taken: Sequence[Taken], ctx: Options) -> dict[str, str | int]:
    """Gross a week of the accounts that benefits knew, before and after; and how many are new to it."""
    known = [(one, known_rent(one.disposition.account, ctx)) for one in taken]
    before = sum(rent["gross"] for _, rent in known if rent is not None)
    after = sum(pence_of(one.item, "gross") for one, rent in known if rent is not None)
    new = sum(rent is None for _, rent in known)
    return {"before": format_pounds(before), "after": format_pounds(after), "new": new}


def ordered(taken: Sequence[Taken]) -> Sequence[Taken]:
    return sorted(taken, key=lambda one: (one.item.reference, one.item.on, one.item.line))


def written(file: Delimited, values: Mapping[str, object]) -> str:
    return file.write_row(file.layouts[0], values)


def live_claim(one: Taken, ctx: Options) -> str | None:
    told = one.item.data.get("claim_ref")
    weeks = ctx.options.recent_claim_weeks
    return claim_of(one.disposition.account, str(told) if told else None, ctx.facts, weeks)


def drawn(ctx: Context[Any]) -> Moment:
    """The moment that the hub drew before it asked for bytes. Raises CannotRender when it did not."""
    if ctx.moment is None:
        raise CannotRender("the clock value and the numbers of this transfer are not known here")
    return ctx.moment


def stem(name: str, ctx: Options) -> str:
    moment = drawn(ctx)
    return f"{name}_{moment.business_date:%Y%m%d}_{moment.numbers[FILE]:06d}"

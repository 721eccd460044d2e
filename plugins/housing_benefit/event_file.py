"""Events as benefits reads them: `hb-events-csv1`.

Source: formats page housing_benefit.md, section 5.4.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence

from hub.api import Context, Moment, Rendered, Taken, format_pounds, plain_text
from plugins.housing_benefit import events
from plugins.housing_benefit.rent_files import drawn, live_claim, ordered, rent_reference, stem, written
from plugins.housing_benefit.rent_layouts import EVENTS
from plugins.housing_benefit.rent_options import RentChangeOptions
from plugins.housing_benefit.rents_told import BENEFIT_RENT, known_rent

Options = Context[RentChangeOptions]
EVENT = "event"
"""The number of an event, and what replies call it."""


def write_events(taken: Sequence[Taken], ctx: Options) -> Rendered:
    """`hb-events-csv1`: one row an event, each with a number that is used once and never again."""
    moment, them = drawn(ctx), ordered(taken)
    ids = {one.id: event_id(one, moment) for one in them}
    rows = [written(EVENTS, _event(one, ids[one.id], ctx)) for one in them]
    called = {id: {EVENT: number} for id, number in ids.items()}
    kinds = [events.event_type(one, known_rent(one.disposition.account, ctx)) for one in them]
    summary = {"count": len(rows), **Counter(kinds)}
    return Rendered(f"{stem('HBEVENTS', ctx)}.csv", EVENTS.encode(rows), summary, called=called)


def event_id(one: Taken, moment: Moment) -> str:
    """R and nine digits for a rent, E for what happens to a tenancy."""
    return f"{'R' if one.item.kind == BENEFIT_RENT else 'E'}{moment.number_of(one, EVENT):09d}"


def _event(one: Taken, id: str, ctx: Options) -> dict[str, object]:
    item, told = one.item, events.who(one, ctx)
    known = known_rent(one.disposition.account, ctx)
    lines = [plain_text(told[f"address{n}"]) for n in range(1, 5) if told.get(f"address{n}")]
    weekly = item.data.get("gross", item.data.get("weekly"))
    parts = {name: format_pounds(pence) for name, pence in events.charges(item).items()}
    return {
        "event_id": id,
        "event_type": events.event_type(one, known),
        "rent_ref": rent_reference(one, ctx.options),
        "claim_ref": live_claim(one, ctx),
        "effective_date": item.on,
        "previous_weekly": events.previous(one, ctx),
        "new_weekly": weekly,
        "charges_json": json.dumps(parts, separators=(",", ":")) if parts else None,
        "reason": item.data.get("reason"),
        "tenant_surname": plain_text(told.get("surname", "")) or None,
        "tenant_forename": plain_text(told.get("forenames", "")) or None,
        "address": ", ".join(lines) or None,
        "postcode": told.get("postcode") or None,
        "forwarding_postcode": told.get("forwarding_postcode") or None,
        "sent_at": f"{drawn(ctx).now:%Y-%m-%dT%H:%M:%SZ}",
    }

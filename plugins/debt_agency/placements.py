"""The life of one placement: one debt with one agency. Source: debt_agency.md, section 1.1.

A record of the kind `placement`, known by the number that files call it (`references`). Its facts:

    agency, agency_ref      with whom it is, and what they call it
    request, stage          the rent system's own reference; 1, 2 or 3: which agency it is with by now
    debt_type, plan         as placed; `plan`: the commission plan
    total_due, balance      pence: what was placed, and what is owed by the hub's own reckoning
    paid, adjusted          pence: what the agency told of as paid (positive), what changed beside that
    direct, recognised      pence of that which was paid to the council directly, as the agency was told and
                            as it tells itself (negative: they take from the debt)
    placed_on, debt_from, planned_recall, limitation_date   ISO days
    withheld                whether no address may leave
    action                  the last that was said of it to the agency or by it: {what, at, by}
    hold                    the hold that stopped it and was not released since: {code, key, until, …}
    recalled_for            why the council takes it back
    closed                  {code, on, balance} once it is returned
"""

from __future__ import annotations

from hub.api import Facts, Item, Lookup, Record
from plugins.debt_agency.references import placement_ref

PLACEMENT = "placement"

DRAFT, QUEUED, SENT, ACCEPTED, REJECTED = "DRAFT", "QUEUED", "SENT", "ACCEPTED", "REJECTED"
ACTIVE, HELD, RECALL_PENDING, RECALLED = "ACTIVE", "HELD", "RECALL_PENDING", "RECALLED"
RETURNED, PAID, SETTLED, CLOSED, CANCELLED = "RETURNED", "PAID", "SETTLED", "CLOSED", "CANCELLED"

UNSENT = frozenset({DRAFT, QUEUED})
AT_AN_AGENCY = frozenset({SENT, ACCEPTED, ACTIVE, HELD, RECALL_PENDING})
"""The agency has it, or may have it."""

MOVES = {
    DRAFT: (QUEUED, CANCELLED),
    QUEUED: (SENT, DRAFT),
    SENT: (ACCEPTED, REJECTED, RECALL_PENDING, RECALLED, RETURNED),
    ACCEPTED: (ACTIVE, HELD, RECALL_PENDING, RECALLED, RETURNED),
    REJECTED: (DRAFT,),
    ACTIVE: (HELD, RECALL_PENDING, RECALLED, RETURNED, PAID, SETTLED),
    HELD: (ACTIVE, RECALL_PENDING, RECALLED, RETURNED, PAID, SETTLED),
    RECALL_PENDING: (RECALLED, RETURNED, ACTIVE, HELD),
    RECALLED: (CLOSED,),
    RETURNED: (CLOSED,),
    PAID: (CLOSED,),
    SETTLED: (CLOSED,),
    CLOSED: (),
    CANCELLED: (),
}


def keys_of(item: object) -> tuple[str, ...]:
    """The placement that an item, or a record about one, names."""
    reference = placement_ref(str(getattr(item, "reference", "") or ""))
    return (reference,) if reference else ()


OF_THE_ITEM = Lookup(PLACEMENT, keys=keys_of)
"""What the feeds of agencies look up."""


def placement_of(item: Item, facts: Facts) -> Record | None:
    """The placement that an item names, as far as it is known."""
    key = placement_ref(item.reference)
    return facts.records.get(PLACEMENT, key) if facts.records is not None and key is not None else None

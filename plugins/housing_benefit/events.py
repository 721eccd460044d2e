"""What happens to the tenancy of a claimant, as benefits needs to know it.

Source: formats page housing_benefit.md, sections 5.1 and 5.4.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from hub.api import (
    Account,
    Context,
    Facts,
    Follow,
    Item,
    Lookup,
    Pounds,
    Record,
    Register,
    Taken,
    Waiting,
)
from plugins.housing_benefit.claims import CLAIM
from plugins.housing_benefit.live_claims import claims_of
from plugins.housing_benefit.rents_told import BENEFIT_RENT, INELIGIBLE, Figures, known_rent

FEED = "housing_benefit.rent_changes"
HB_EVENT = "HB_EVENT"
CHANGE, TENANT = "tenancy_change", "tenant"
TYPES = {
    "NEW": "TEN_START",
    "END": "TEN_END",
    "MOVE": "TEN_END",
    "NAME": "NAME_CHANGE",
    "RENT": "RENT_CHANGE",
    "JOINT": "JOINT_CHANGE",
}
"""What the rent system calls a change, and what benefits does. A death comes as the end of a tenancy: the
rent system's export does not tell it apart."""

_POUNDS = Pounds()
_POSTCODE = re.compile(r"([A-Z]{1,2}[0-9][A-Z0-9]? ?[0-9][A-Z]{2})\W*$", re.IGNORECASE)


def _when_changed(old: Record | None, change: Record, facts: Facts) -> Iterator[Waiting]:
    """A change of a tenancy waits to be told, if its account has, or had, a claim. Whether that is live is
    looked at once more when it leaves."""
    event = TYPES.get(str(change.data["event"]))
    account = _account(change, facts.register)
    claims = [claim.key for claim in claims_of(change.account, facts)]
    claim = next(iter(claims), account.claim_ref if account else None)
    if old is not None or event is None or claim is None:
        return
    data: dict[str, str | int | bool | None] = {
        "event_type": event,
        "claim_ref": claim,
        "tenancy_ref": str(change.data["tenancy_ref"]),
        "reason": str(change.data["event"]),
        **_rents(event, change.personal),
    }
    on = date.fromisoformat(change.key.rpartition("/")[2])
    found = account.payment_ref if account else change.account
    item = Item(HB_EVENT, 0, found or change.key, 0, on, data, _forwarding(event, change.personal))
    yield Waiting(FEED, HB_EVENT, item, found)


FOLLOWS = (Follow(CHANGE, _when_changed, looks_up=(Lookup(CLAIM, accounts=True),)),)


def _account(change: Record, register: Register | None) -> Account | None:
    if register is None:
        return None
    return register.account(change.account or str(change.data["tenancy_ref"]))


def _rents(event: str, told: Mapping[str, str]) -> dict[str, int | None]:
    """The rent before and after, where the change is of a rent and tells amounts."""
    if event != "RENT_CHANGE":
        return {}
    return {
        name: _POUNDS.read(text) if _POUNDS.fits(text) else None
        for name, text in (
            ("previous", told.get("old_value", "")),
            ("weekly", told.get("new_value", "")),
        )
    }


def _forwarding(event: str, told: Mapping[str, str]) -> dict[str, str]:
    """The postcode that ends the new address of somebody who leaves."""
    found = _POSTCODE.search(told.get("new_value", "")) if event == "TEN_END" else None
    return {"forwarding_postcode": found[1].upper()} if found else {}


def event_type(one: Taken, known: Figures | None) -> str:
    """A rent of which only charges changed that benefit does not meet is a change of charges."""
    if one.item.kind != BENEFIT_RENT:
        return str(one.item.data["event_type"])
    same = known is not None and known["eligible"] == one.item.data["eligible"]
    return "CHARGE_CHANGE" if same else "RENT_CHANGE"


def previous(one: Taken, ctx: Context[Any]) -> int | None:
    """The weekly rent that benefits knows, or that the change itself names."""
    known = known_rent(one.disposition.account, ctx)
    pence = known["gross"] if known is not None else one.item.data.get("previous")
    return pence if isinstance(pence, int) else None


def charges(item: Item) -> dict[str, int]:
    """Pence by charge, those that are there."""
    found = {name: item.data.get(name) for name in ("eligible", *INELIGIBLE)}
    return {name: pence for name, pence in found.items() if isinstance(pence, int)}


def who(one: Taken, ctx: Context[Any]) -> Mapping[str, str]:
    """Names and address: as exported with the rent, else of the main tenant that the rent system tells."""
    if one.item.kind == BENEFIT_RENT:
        return one.item.personal
    records, account = ctx.facts.records, one.disposition.account
    tenants = records.about(TENANT, account) if records is not None and account is not None else ()
    main = [tenant for tenant in tenants if tenant.data.get("role") == "MAIN"]
    told = main[-1].personal if main else {}
    return {**{name: told[name] for name in ("surname", "forenames") if name in told}, **one.item.personal}

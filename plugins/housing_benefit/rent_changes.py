"""The feed that tells benefits of rents and tenancies.

Source: formats page housing_benefit.md, sections 5.1 to 5.5.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hub.api import (
    Context,
    Direction,
    Feed,
    ItemState,
    Lookup,
    Number,
    Output,
    Taken,
)
from plugins.housing_benefit.claims import CLAIM
from plugins.housing_benefit.event_file import EVENT, write_events
from plugins.housing_benefit.events import FEED, FOLLOWS, HB_EVENT, TENANT
from plugins.housing_benefit.rent_checks import RENT_CHECKS
from plugins.housing_benefit.rent_files import (
    FILE,
    write_rent_control,
    write_rents,
)
from plugins.housing_benefit.rent_increases import write_companion, write_increases
from plugins.housing_benefit.rent_options import RentChangeOptions
from plugins.housing_benefit.rents_told import (
    BENEFIT_RENT,
    LOOKS_UP,
    rents_left,
)


def _of_rents(taken: Sequence[Taken], ctx: Context[Any]) -> str:
    return "housing_benefit.rents"


def _of_increases(taken: Sequence[Taken], ctx: Context[Any]) -> str:
    return "housing_benefit.increases"


def _of_event_files(taken: Sequence[Taken], ctx: Context[Any]) -> str:
    return "housing_benefit.event_files"


def _of_events(taken: Sequence[Taken], ctx: Context[Any]) -> str:
    return "housing_benefit.events"


_RENTS = (Number(FILE, _of_rents, shared=True),)
_INCREASES = (Number(FILE, _of_increases, shared=True),)
_EVENTS = (Number(FILE, _of_event_files), Number(EVENT, _of_events, last=999_999_999, each=True))
_ONLY_RENTS = (BENEFIT_RENT,)

RENT_CHANGES = Feed(
    name=FEED,
    title="Rents and tenancies as benefits is told of them",
    direction=Direction.OUT,
    options=RentChangeOptions,
    checks=RENT_CHECKS,
    gathers=(BENEFIT_RENT, HB_EVENT),
    follows=FOLLOWS,
    looks_up=(LOOKS_UP, Lookup(CLAIM, accounts=True), Lookup(TENANT, accounts=True)),
    left=rents_left,
    outputs=(
        Output("rents", _ONLY_RENTS, write=write_rents, numbers=_RENTS),
        Output("rents_control", _ONLY_RENTS, write=write_rent_control, numbers=_RENTS),
        Output("companion", _ONLY_RENTS, write=write_companion, numbers=_INCREASES),
        Output("increases", _ONLY_RENTS, write=write_increases, numbers=_INCREASES),
        Output(
            "events", (BENEFIT_RENT, HB_EVENT), write=write_events, numbers=_EVENTS, becomes=ItemState.SENT
        ),
    ),
)

"""The feeds of debt agencies. Start reading here: each tells a file's whole story."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hub.api import Check, Direction, Feed, ItemState, Output, days
from plugins.debt_agency import (
    acknowledging,
    charges,
    events,
    holding,
    inventory,
    placing,
    rest,
    returns,
    traces,
    updating,
)
from plugins.debt_agency.canonical import ACK, AUP, HLD, INV, PLC, RTN, UPD, Kind
from plugins.debt_agency.eligibility import ELIGIBILITY
from plugins.debt_agency.file_checks import FILE_CHECKS
from plugins.debt_agency.lines import Proof, sequence
from plugins.debt_agency.mapping import LAYOUT, Mapped
from plugins.debt_agency.notices import NOTICE_FEED
from plugins.debt_agency.pay_feed import PAYMENT
from plugins.debt_agency.reading import main_items, personal_of, tally_of
from plugins.debt_agency.settings import AgencyOptions, HoldOptions, PlacementOptions

CANONICAL = "canonical"
KEPT = days(396)
"""Thirteen months (debt_agency.md, section 8); what is about money seven years."""


def _sent(kind: Kind, output: str, takes: tuple[str, ...], write: Any) -> tuple[Output, ...]:
    """As a file or, to an agency with an API, by a call; a route says which."""
    as_file = Output(output, takes=takes, write=write, numbers=(sequence(kind),), becomes=ItemState.SENT)
    return (as_file, replace(as_file, name="rest", converse=rest.converse))


def _read_as(proof: Proof) -> tuple[Check, ...]:
    """The checks of a file of ours, where somebody looks at one (`feedhub inspect`)."""
    return tuple(check.only(CANONICAL) for check in proof.checks)


PLACEMENT = Feed(
    name="debt_agency.placement",
    title="Debts that are placed with an agency",
    direction=Direction.OUT,
    options=PlacementOptions,
    formats={CANONICAL: PLC.format},
    tally=placing.PROOF.tally,
    checks=(
        *_read_as(placing.PROOF),
        placing.has_a_number,
        placing.can_be_written,
        charges.charges_make_the_debt,
        *ELIGIBILITY,
    ),
    looks_up=placing.LOOKS_UP,
    gathers=(placing.WAITS_AS,),
    conditions={"ours": placing.of_the_agency},
    moves=placing.moves,
    leaves=placing.leaves,
    outputs=_sent(PLC, "placements", (placing.ITEM,), placing.write_placements),
    personal_data=personal_of(PLC),
    keep=KEPT,
)

HOLD = Feed(
    name="debt_agency.hold",
    title="Holds, releases and recalls that an agency is told",
    direction=Direction.OUT,
    options=HoldOptions,
    formats={CANONICAL: HLD.format},
    tally=holding.PROOF.tally,
    checks=(
        *_read_as(holding.PROOF),
        holding.agency_has_the_debt,
        holding.nothing_held_is_released,
        holding.nothing_is_told_twice,
    ),
    looks_up=holding.LOOKS_UP,
    gathers=(holding.ACTION, holding.RECALL),
    conditions={"ours": holding.of_the_agency},
    moves=holding.recalls,
    leaves=holding.leaves,
    outputs=_sent(HLD, "holds", (holding.ACTION, holding.RECALL), holding.write_holds),
    keep=KEPT,
)

UPDATE = Feed(
    name=updating.FEED,
    title="What changed of placed debts, that an agency is told",
    direction=Direction.OUT,
    options=AgencyOptions,
    formats={CANONICAL: UPD.format},
    tally=updating.PROOF.tally,
    checks=(
        *_read_as(updating.PROOF),
        updating.agency_has_the_debt,
        updating.no_charge_in_a_moratorium,
        updating.can_be_written,
    ),
    looks_up=updating.LOOKS_UP,
    gathers=(updating.WAITS_AS,),
    conditions={"ours": updating.of_the_agency},
    moves=updating.moves,
    unnamed=updating.untold,
    outputs=_sent(UPD, "updates", (updating.ITEM,), updating.write_updates),
    personal_data=personal_of(UPD),
    keep=KEPT,
)

ACKNOWLEDGEMENT = Feed(
    name="debt_agency.acknowledgement",
    title="What an agency made of what it was sent",
    direction=Direction.IN,
    formats={CANONICAL: ACK.format, LAYOUT: Mapped(ACK)},
    tally=tally_of(ACK),
    options=AgencyOptions,
    checks=(*FILE_CHECKS, *acknowledging.CHECKS),
    items=main_items(ACK, acknowledging.ITEM, "received_date"),
    match=acknowledging.match,
    answers=acknowledging.ANSWERS,
    looks_up=acknowledging.LOOKS_UP,
    moves=acknowledging.moves,
    personal_data=personal_of(ACK),
    keep=KEPT,
)

AGENCY_UPDATE = Feed(
    name=events.FEED,
    title="What an agency found out and did",
    direction=Direction.IN,
    formats={CANONICAL: AUP.format, LAYOUT: Mapped(AUP)},
    tally=tally_of(AUP),
    options=events.EventOptions,
    checks=(*FILE_CHECKS, *events.CHECKS, traces.address_may_still_go),
    items=main_items(AUP, events.ITEM, "event_at"),
    match=events.match,
    item_key=events.item_key,
    looks_up=events.LOOKS_UP,
    moves=events.moves,
    outputs=(traces.OUTPUT,),
    personal_data=personal_of(AUP),
    keep=KEPT,
)

RETURN = Feed(
    name="debt_agency.return",
    title="Debts that an agency gives back",
    direction=Direction.IN,
    formats={CANONICAL: RTN.format, LAYOUT: Mapped(RTN)},
    tally=tally_of(RTN),
    options=AgencyOptions,
    checks=(*FILE_CHECKS, *returns.CHECKS),
    items=main_items(RTN, returns.ITEM, "close_date"),
    match=returns.match,
    looks_up=returns.LOOKS_UP,
    moves=returns.moves,
    personal_data=personal_of(RTN),
    keep=KEPT,
)

RECONCILIATION = Feed(
    name="debt_agency.reconciliation",
    title="What an agency says that it has",
    direction=Direction.IN,
    formats={CANONICAL: INV.format, LAYOUT: Mapped(INV)},
    tally=inventory.InventoryTally,
    options=inventory.InventoryOptions,
    checks=(*FILE_CHECKS, *inventory.CHECKS),
    items=inventory.items,
    match=inventory.match,
    looks_up=inventory.LOOKS_UP,
    moves=inventory.moves,
    keep=KEPT,
)

FEEDS = (
    *(PLACEMENT, HOLD, UPDATE, ACKNOWLEDGEMENT, AGENCY_UPDATE, PAYMENT, RETURN, RECONCILIATION),
    NOTICE_FEED,
)

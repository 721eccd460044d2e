"""The feeds of debt agencies. Start reading here: each tells a file's whole story."""

from __future__ import annotations

from hub.api import Direction, Feed, days
from plugins.debt_agency.canonical import ACK, AUP, INV, RTN
from plugins.debt_agency.file_checks import FILE_CHECKS
from plugins.debt_agency.pay_feed import PAYMENT
from plugins.debt_agency.pay_records import RECEIPT_LIFE, REMITTANCE_LIFE
from plugins.debt_agency.placements import OF_THE_ITEM, PLACEMENT_LIFE
from plugins.debt_agency.reading import main_items, personal_of, tally_of
from plugins.debt_agency.settings import AgencyOptions

CANONICAL = "canonical"
KEPT = days(396)
"""Thirteen months (debt_agency.md, section 8); what is about money seven years."""

ACKNOWLEDGEMENT = Feed(
    name="debt_agency.acknowledgement",
    title="What an agency made of what it was sent",
    direction=Direction.IN,
    formats={CANONICAL: ACK.format},
    tally=tally_of(ACK),
    options=AgencyOptions,
    checks=FILE_CHECKS,
    items=main_items(ACK, "ACKNOWLEDGEMENT", "received_date"),
    looks_up=(OF_THE_ITEM,),
    personal_data=personal_of(ACK),
    keep=KEPT,
)

AGENCY_UPDATE = Feed(
    name="debt_agency.agency_update",
    title="What an agency found out and did",
    direction=Direction.IN,
    formats={CANONICAL: AUP.format},
    tally=tally_of(AUP),
    options=AgencyOptions,
    checks=FILE_CHECKS,
    items=main_items(AUP, "AGENCY_EVENT", "event_at"),
    looks_up=(OF_THE_ITEM,),
    personal_data=personal_of(AUP),
    keep=KEPT,
)

RETURN = Feed(
    name="debt_agency.return",
    title="Debts that an agency gives back",
    direction=Direction.IN,
    formats={CANONICAL: RTN.format},
    tally=tally_of(RTN),
    options=AgencyOptions,
    checks=FILE_CHECKS,
    items=main_items(RTN, "RETURN", "close_date"),
    looks_up=(OF_THE_ITEM,),
    personal_data=personal_of(RTN),
    keep=KEPT,
)

RECONCILIATION = Feed(
    name="debt_agency.reconciliation",
    title="What an agency says that it has",
    direction=Direction.IN,
    formats={CANONICAL: INV.format},
    tally=tally_of(INV),
    options=AgencyOptions,
    checks=FILE_CHECKS,
    items=main_items(INV, "INVENTORY", "placed_date"),
    looks_up=(OF_THE_ITEM,),
    personal_data=personal_of(INV),
    keep=KEPT,
)

FEEDS = (ACKNOWLEDGEMENT, AGENCY_UPDATE, PAYMENT, RETURN, RECONCILIATION)
LIFECYCLES = (PLACEMENT_LIFE, RECEIPT_LIFE, REMITTANCE_LIFE)

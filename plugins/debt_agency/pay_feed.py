"""The feed `debt_agency.payment`: what an agency collected, and what it passes on. Start reading here."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from hub.api import HOLD, Direction, Feed, Lookup, Output, years
from plugins.debt_agency.canonical import PAY
from plugins.debt_agency.file_checks import FILE_CHECKS
from plugins.debt_agency.mapping import LAYOUT, Mapped
from plugins.debt_agency.pay_accounts import ACCOUNT_CHECKS
from plugins.debt_agency.pay_checks import PAY_CHECKS
from plugins.debt_agency.pay_history import HISTORY_CHECKS
from plugins.debt_agency.pay_moves import payment_moves
from plugins.debt_agency.pay_options import PaymentOptions
from plugins.debt_agency.pay_records import RECEIPT
from plugins.debt_agency.pay_tally import PaymentTally
from plugins.debt_agency.payments import (
    POSTED,
    REMITTANCE,
    banked,
    item_key,
    match_receipt,
    payment_items,
    posting,
    receipt_keys,
    remittance_of,
)
from plugins.debt_agency.placements import PLACEMENT, keys_of
from plugins.debt_agency.reading import personal_of

FILES = ("canonical", LAYOUT)
"""What arrives; a batch of receipts that somebody let go was checked when it came."""


def placements_of(item: Any) -> Iterable[str]:
    """The debts that an item is about."""
    if item.kind == REMITTANCE:
        return tuple(one["placement_ref"] for one in item.data["lines"])
    return keys_of(item)


PAYMENT = Feed(
    name="debt_agency.payment",
    title="What an agency collected and passes on",
    direction=Direction.IN,
    formats={"canonical": PAY.format, LAYOUT: Mapped(PAY)},
    tally=PaymentTally,
    options=PaymentOptions,
    checks=(*(one.only(*FILES) for one in (*FILE_CHECKS, *PAY_CHECKS, *HISTORY_CHECKS)), *ACCOUNT_CHECKS),
    items=payment_items,
    match=match_receipt,
    item_key=item_key,
    looks_up=(
        Lookup(PLACEMENT, keys=placements_of),
        Lookup(RECEIPT, keys=receipt_keys),
        Lookup(HOLD),
    ),
    moves=payment_moves,
    parts={"remittance": remittance_of},
    banked=banked,
    outputs=(Output("postings", takes=POSTED, makes=posting),),
    personal_data=personal_of(PAY),
    keep=years(7),
)

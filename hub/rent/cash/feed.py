"""The feed `rent.cash`. Start reading here."""

from __future__ import annotations

from collections.abc import Iterable

from hub.checks.base import Context
from hub.door.feed import Feed, Output, RefusedFile
from hub.door.lifecycle import Lookup, Waiting
from hub.model import Direction, Item
from hub.rent.allpay import ALLPAY, AMOUNT_TOTAL, COUNT_TOTAL, GAP
from hub.rent.card_network import CARD_NETWORK
from hub.rent.cash import options
from hub.rent.cash.account_checks import ACCOUNT_CHECKS
from hub.rent.cash.file_checks import FILE_CHECKS
from hub.rent.cash.line_checks import LINE_CHECKS
from hub.rent.cash.matching import (
    FEED,
    UNMAPPED,
    item_key,
    match_receipt,
    not_mapped_yet,
    posting,
    receipt_items,
)
from hub.rent.cash.tally import cash_tally
from hub.rent.cash.totals import TOTALS, total_key
from hub.rent.export43 import EXPORT43
from hub.rent.learned import learned_pairs
from hub.rent.refused_files import answered
from hub.rent.rentack import ACKNOWLEDGEMENTS
from hub.rent.renttran import RENTTRAN
from hub.rent.universal_housing import CASH


def _totals_of(item: Item) -> tuple[str, ...]:
    """The total that the sender would tell of a file with this as its latest payment."""
    source = item.data.get("totals_from")
    return (total_key(str(source), item.on),) if source else ()


NO_PAYMENTS = ("header", "trailer", *(one.name for one in (GAP, AMOUNT_TOTAL, COUNT_TOTAL)))
"""Layouts whose rows are no payments."""


def _answer(file: RefusedFile, ctx: Context[options.CashOptions]) -> Iterable[Waiting]:
    """Payments that were read and those that could not be; money only of the former."""
    unread = sum(count for layout, count in file.tally.left_out.items() if layout not in NO_PAYMENTS)
    received: int = getattr(file.tally, "received", 0)
    return answered(file, file.tally.records + unread, -received)


RENT_CASH = Feed(
    name=FEED,
    title="Payments from counters, cards, telephone and online, to rent accounts",
    direction=Direction.IN,
    options=options.CashOptions,
    formats={
        options.CASH: CASH,
        options.ALLPAY: ALLPAY,
        options.CARD: CARD_NETWORK,
        options.EXPORT43: EXPORT43,
        options.RENTTRAN: RENTTRAN,
    },
    tally=cash_tally,
    checks=(*LINE_CHECKS, *FILE_CHECKS, *ACCOUNT_CHECKS),
    items=receipt_items,
    match=match_receipt,
    item_key=item_key,
    looks_up=(learned_pairs(FEED), Lookup(TOTALS, keys=_totals_of)),
    outputs=(
        Output("postings", takes=("RECEIPT", "REVERSAL", "TRANSFER"), makes=posting),
        ACKNOWLEDGEMENTS,
    ),
    gathers=(UNMAPPED,),
    conditions={"mapped": not_mapped_yet},
    refused_whole=_answer,
)

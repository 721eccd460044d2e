"""The feeds of Housing Benefit. Start reading here."""

from __future__ import annotations

from hub.api import SENDERS_TOTALS, Direction, Feed, Lookup, Output, learned_pairs
from plugins.housing_benefit.account_checks import ACCOUNT_CHECKS
from plugins.housing_benefit.checks import ROW_CHECKS
from plugins.housing_benefit.claims import FEED, LOOKS_UP, claim_moves
from plugins.housing_benefit.earlier import EARLIER_CHECKS, recalls
from plugins.housing_benefit.file_checks import FILE_CHECKS
from plugins.housing_benefit.layouts import CSV, FIXED, Nine
from plugins.housing_benefit.mapping import (
    item_key,
    match_posting,
    posting_items,
    rent_transaction,
    totals_of,
)
from plugins.housing_benefit.settings import ACADEMY, CSV1, FW1, RAW, PostingOptions
from plugins.housing_benefit.tally import PostingTally

POSTINGS = Feed(
    name=FEED,
    title="Housing Benefit credited to rent accounts",
    direction=Direction.IN,
    options=PostingOptions,
    formats={FW1: FIXED, CSV1: CSV, ACADEMY: Nine()},
    tally=PostingTally,
    checks=(*ROW_CHECKS, *FILE_CHECKS, *ACCOUNT_CHECKS, *EARLIER_CHECKS),
    items=posting_items,
    match=match_posting,
    keep=RAW,
    item_key=item_key,
    recalls=recalls,
    looks_up=(learned_pairs(FEED), LOOKS_UP, Lookup(SENDERS_TOTALS, keys=totals_of)),
    moves=claim_moves,
    outputs=(Output("postings", takes=("BENEFIT", "BENEFIT_ADJ", "DHP", "DHP_ADJ"), makes=rent_transaction),),
)

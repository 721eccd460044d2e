"""The feeds of Bacs. Start reading here: each feed tells a file's whole story."""

from __future__ import annotations

from typing import Any

from hub.api import ENVELOPE_CHECKS, Answers, Context, Direction, Feed, ItemState, Number, On, Output, Tally
from plugins.bacs.arudd import ARUDD_CHECKS, UnpaidTally
from plugins.bacs.checks import COLLECTION_CHECKS, DDCALL, PAYMENT_CHECKS, STANDARD18
from plugins.bacs.layouts import ARUDD_FILE, STANDARD18_FILE
from plugins.bacs.layouts import DDCALL as DDCALL_FILE
from plugins.bacs.mapping import item_key, match_submission, submission_items
from plugins.bacs.settings import SubmissionOptions, UnpaidOptions
from plugins.bacs.standard18 import file_number_counter, forwarded_name, serial_counter, write_submission
from plugins.bacs.standard18_checks import STANDARD18_CHECKS
from plugins.bacs.tally import CollectionsTally, Standard18Tally
from plugins.bacs.unpaid import fits, match_unpaid, to_reversal, unpaid_items

BANK_DETAILS = ("account_name", "sort_code", "account_number")


def _is_standard18(ctx: Context[Any]) -> bool:
    return ctx.format == STANDARD18


def _tally(ctx: Context[Any]) -> Tally:
    return Standard18Tally(ctx) if _is_standard18(ctx) else CollectionsTally(ctx)


SUBMISSION = Feed(
    name="bacs.submission",
    title="Direct Debit collections to Bacs",
    direction=Direction.OUT,
    options=SubmissionOptions,
    formats={DDCALL: DDCALL_FILE, STANDARD18: STANDARD18_FILE},
    tally=_tally,
    checks=(
        *(check.only(STANDARD18) for check in STANDARD18_CHECKS),
        *(check.only(DDCALL) for check in ENVELOPE_CHECKS),
        *PAYMENT_CHECKS,
        *COLLECTION_CHECKS,
    ),
    items=submission_items,
    match=match_submission,
    item_key=item_key,
    outputs=(
        Output(
            "submission",
            takes=("COLLECTION", "REFUND", "INSTRUCTION"),
            write=write_submission,
            forward=_is_standard18,
            name_forwarded=forwarded_name,
            numbers=(
                Number("serial", serial_counter),
                Number("file_number", file_number_counter, last=999),
            ),
            becomes=ItemState.SENT,
        ),
    ),
    personal_data=BANK_DETAILS,
)

ARUDD = Feed(
    name="bacs.arudd",
    title="Unpaid Direct Debits",
    direction=Direction.IN,
    options=UnpaidOptions,
    formats={"xml": ARUDD_FILE},
    tally=UnpaidTally,
    checks=ARUDD_CHECKS,
    items=unpaid_items,
    match=match_unpaid,
    answers=Answers("bacs.submission", kind="unpaid", rules=(On(fits),)),
    outputs=(Output("reversals", takes=("UNPAID_DEBIT",), makes=to_reversal),),
    personal_data=(*BANK_DETAILS, "return_description"),
)

FEEDS = (SUBMISSION, ARUDD)

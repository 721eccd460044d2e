"""The feeds of Bacs. Start reading here: each feed tells a file's whole story. What comes back is read by
those in `report_feeds.py`."""

from __future__ import annotations

from typing import Any

from hub.api import (
    BATCH,
    ENVELOPE_CHECKS,
    HOLD,
    Context,
    Direction,
    Feed,
    ItemState,
    Lookup,
    Number,
    Output,
    Tally,
)
from plugins.bacs import (
    awacs,
    claims,
    collected,
    first_collections,
    instructions,
    notice_checks,
    notice_file,
    notices,
    payee_checks,
    unpaid_debits,
    unused,
)
from plugins.bacs.bureau_checks import BUREAU_CHECKS
from plugins.bacs.bureau_layouts import NAMED, Mapped
from plugins.bacs.bureau_tally import BureauTally
from plugins.bacs.checks import PAYMENT_CHECKS
from plugins.bacs.codes import INSTRUCTION
from plugins.bacs.day_witnesses import DAY_WITNESSES
from plugins.bacs.instruction_checks import GATHERED_CHECKS, instruction_fits_its_mandate, write_instructions
from plugins.bacs.layouts import DDCALL as DDCALL_FILE
from plugins.bacs.mapping import gathered_day, item_key, match_submission, submission_items
from plugins.bacs.report_feeds import (
    ADDACS,
    ARRIVAL,
    ARUCS,
    ARUDD,
    AUDDIS,
    AUDDIS_FILES,
    AWACS,
    DDIC,
    INPUT_REPORT,
    INSTRUCTION_INPUT,
    REPORTS,
    WITHDRAWAL,
)
from plugins.bacs.requests import CollectionsTally
from plugins.bacs.settings import (
    AdvanceNoticeOptions,
    InstructionOptions,
    SubmissionOptions,
    kept,
)
from plugins.bacs.standard18_checks import STANDARD18_CHECKS
from plugins.bacs.submission import (
    file_number_counter,
    forwarded_name,
    serial_counter,
    submission_left,
    write_submission,
)
from plugins.bacs.tally import Standard18Tally
from plugins.bacs.told_apart import Carrying
from plugins.bacs.unpaid import (
    BANK_DETAILS,
)
from plugins.bacs.ways import DDCALL, MAPPED, STANDARD18, forwards
from plugins.bacs.written_checks import WRITTEN_CHECKS


def _tally(ctx: Context[Any]) -> Tally:
    kinds = {STANDARD18: Standard18Tally, DDCALL: CollectionsTally}
    return kinds.get(ctx.format, BureauTally)(ctx)


SUBMISSION = Feed(
    name="bacs.submission",
    title="Direct Debit collections and refunds to Bacs",
    direction=Direction.OUT,
    keep=kept,
    options=SubmissionOptions,
    formats={
        DDCALL: DDCALL_FILE,
        STANDARD18: Carrying(instructions=False),
        **NAMED,
        MAPPED: Mapped(),
    },
    tally=_tally,
    checks=(
        *STANDARD18_CHECKS,
        *(check.only(DDCALL) for check in ENVELOPE_CHECKS),
        *BUREAU_CHECKS,
        *PAYMENT_CHECKS,
        *WRITTEN_CHECKS,
        *DAY_WITNESSES,
        instruction_fits_its_mandate.only(STANDARD18),
        unused.mandate_is_still_known,
        notice_checks.collection_is_as_notified,
        payee_checks.refund_goes_where_it_belongs,
    ),
    items=submission_items,
    match=match_submission,
    looks_up=(
        Lookup(HOLD),
        *first_collections.LOOKS_UP,
        *unpaid_debits.LOOKS_UP,
        *notices.LOOKS_UP,
        *payee_checks.LOOKS_UP,
    ),
    moves=unused.dormant_moves,
    item_key=item_key,
    gathers=("COLLECTION", "REFUND"),
    dated=gathered_day,
    left=submission_left,
    outputs=(
        Output(
            "submission",
            takes=("COLLECTION", "REFUND", "INSTRUCTION"),
            write=write_submission,
            forward=forwards,
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

INSTRUCTIONS = Feed(
    name=instructions.FEED,
    title="Direct Debit instructions to Bacs",
    direction=Direction.OUT,
    keep=kept,
    options=InstructionOptions,
    formats={STANDARD18: Carrying(instructions=True)},
    tally=Standard18Tally,
    checks=(
        *STANDARD18_CHECKS,
        *PAYMENT_CHECKS,
        *DAY_WITNESSES,
        instruction_fits_its_mandate.only(STANDARD18),
        *(check.only(BATCH) for check in GATHERED_CHECKS),
    ),
    items=submission_items,
    match=match_submission,
    looks_up=first_collections.LOOKS_UP,
    gathers=(INSTRUCTION,),
    follows=instructions.FOLLOWS,
    dated=instructions.next_processing_day,
    left=instructions.instructions_left,
    outputs=(
        Output(
            "instructions",
            takes=(INSTRUCTION,),
            write=write_instructions,
            forward=forwards,
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

COLLECTED = Feed(
    name=collected.FEED,
    title="Direct Debit collections that Bacs accepted, as receipts",
    direction=Direction.OUT,
    keep=kept,
    options=collected.CollectedOptions,
    checks=(collected.rent_account_is_known,),
    outputs=(Output("receipts", takes=(collected.COLLECTED,), makes=collected.to_receipt),),
    gathers=(collected.COLLECTED,),
)

ADVANCE_NOTICES = Feed(
    name="bacs.advance_notice",
    title="Advance notices of collections to the mailing house",
    direction=Direction.OUT,
    keep=kept,
    options=AdvanceNoticeOptions,
    formats={DDCALL: notice_file.Planned()},
    tally=CollectionsTally,
    checks=(*ENVELOPE_CHECKS, *notice_checks.NOTICE_CHECKS),
    items=notice_file.planned_items,
    match=notice_file.match_planned,
    looks_up=(Lookup(HOLD), *notices.LOOKS_UP),
    outputs=(Output("notices", takes=(notice_file.ADVANCE_NOTICE,), write=notice_file.write_notices),),
    left=notice_file.notices_left,
)

FEEDS = (SUBMISSION, COLLECTED, INSTRUCTIONS, ADVANCE_NOTICES, *REPORTS)
LIFECYCLES = (
    claims.CLAIM_LIFE,
    awacs.PAYEE_LIFE,
    unpaid_debits.UNPAID_LIFE,
    notices.NOTICE_LIFE,
    payee_checks.REFUND_ACCOUNT_LIFE,
)

__all__ = [
    "ADDACS",
    "ADVANCE_NOTICES",
    "ARRIVAL",
    "ARUCS",
    "ARUDD",
    "AUDDIS",
    "AUDDIS_FILES",
    "AWACS",
    "COLLECTED",
    "DDIC",
    "FEEDS",
    "INPUT_REPORT",
    "INSTRUCTIONS",
    "INSTRUCTION_INPUT",
    "LIFECYCLES",
    "SUBMISSION",
    "WITHDRAWAL",
]

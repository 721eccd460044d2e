"""The feeds of Bacs. Start reading here: each feed tells a file's whole story."""

from __future__ import annotations

from functools import partial
from typing import Any

from hub.api import (
    BATCH,
    ENVELOPE_CHECKS,
    HOLD,
    Answers,
    Context,
    Direction,
    Feed,
    ItemState,
    Lookup,
    MandateChange,
    Number,
    On,
    Output,
    Tally,
)
from plugins.bacs import (
    arrival,
    auddis,
    awacs,
    claims,
    collected,
    first_collections,
    instruction_input,
    instructions,
    mandate_changes,
    notice_checks,
    notice_file,
    notices,
    returned,
    unpaid_debits,
    unused,
    withdrawal,
)
from plugins.bacs.advices import PERSONAL, AdviceTally, advice_checks, mandate_items
from plugins.bacs.arudd import ARUDD_CHECKS, UnpaidTally
from plugins.bacs.bureau_checks import BUREAU_CHECKS
from plugins.bacs.bureau_layouts import NAMED, Mapped
from plugins.bacs.bureau_tally import BureauTally
from plugins.bacs.checks import PAYMENT_CHECKS
from plugins.bacs.codes import INSTRUCTION
from plugins.bacs.ddic import CLAIM_CHECKS, ClaimTally
from plugins.bacs.input_report import INPUT_CHECKS, InputTally
from plugins.bacs.instruction_checks import GATHERED_CHECKS, instruction_fits_its_mandate, write_instructions
from plugins.bacs.instruction_input import Counting
from plugins.bacs.layouts import DDCALL as DDCALL_FILE
from plugins.bacs.mandate_changes import MANDATE_CHANGE
from plugins.bacs.mapping import gathered_day, item_key, match_submission, submission_items
from plugins.bacs.refused import INPUT_ANSWERS, error_items, match_error
from plugins.bacs.report_layouts import (
    ADDACS_FILE,
    ARUCS_FILE,
    ARUDD_FILE,
    AUDDIS_FILE,
    AWACS_FILE,
    CLAIMS_FILE,
    INSTRUCTION_FILE,
    WITHDRAWAL_FILE,
)
from plugins.bacs.requests import CollectionsTally
from plugins.bacs.settings import (
    AddacsOptions,
    AdvanceNoticeOptions,
    ArucsOptions,
    AuddisOptions,
    AwacsOptions,
    ClaimOptions,
    InputReportOptions,
    InstructionFileOptions,
    InstructionOptions,
    ReportOptions,
    SubmissionOptions,
    UnpaidOptions,
    WithdrawalOptions,
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
    UNPAID_DEBIT,
    fits,
    match_unpaid,
    of_the_debit,
    to_reversal,
    told_reason,
    unpaid_items,
    unpaid_moves,
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
        instruction_fits_its_mandate.only(STANDARD18),
        unused.mandate_is_still_known,
        notice_checks.collection_is_as_notified,
    ),
    items=submission_items,
    match=match_submission,
    looks_up=(Lookup(HOLD), *first_collections.LOOKS_UP, *unpaid_debits.LOOKS_UP, *notices.LOOKS_UP),
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
    options=InstructionOptions,
    formats={STANDARD18: Carrying(instructions=True)},
    tally=Standard18Tally,
    checks=(
        *STANDARD18_CHECKS,
        *PAYMENT_CHECKS,
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
    options=collected.CollectedOptions,
    checks=(collected.rent_account_is_known,),
    outputs=(Output("receipts", takes=(collected.COLLECTED,), makes=collected.to_receipt),),
    gathers=(collected.COLLECTED,),
)

MANDATE_CHANGES = Output(
    "mandate_changes", takes=(MANDATE_CHANGE,), makes=mandate_changes.to_change, of=MandateChange
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
    answers=Answers("bacs.submission", kind="unpaid", rules=(On(fits, of_the_debit),), why=told_reason),
    looks_up=(*mandate_changes.LOOKS_UP, *unpaid_debits.LOOKS_UP),
    moves=unpaid_moves,
    outputs=(Output("reversals", takes=(UNPAID_DEBIT,), makes=to_reversal), MANDATE_CHANGES),
    personal_data=(*BANK_DETAILS, "return_description"),
)

ADDACS = Feed(
    name="bacs.addacs",
    title="What banks changed of Direct Debit instructions",
    direction=Direction.IN,
    options=AddacsOptions,
    formats={"addacs_xml": ADDACS_FILE},
    tally=partial(AdviceTally, format=ADDACS_FILE),
    checks=advice_checks("ADDACS", "A", "addacs_report_types"),
    items=mandate_items("ADDACS"),
    match=mandate_changes.match_change,
    looks_up=mandate_changes.LOOKS_UP,
    moves=mandate_changes.mandate_moves,
    outputs=(MANDATE_CHANGES,),
    personal_data=PERSONAL,
)

AUDDIS = Feed(
    name="bacs.auddis",
    title="Direct Debit instructions that banks returned",
    direction=Direction.IN,
    options=AuddisOptions,
    formats={"auddis_xml": AUDDIS_FILE},
    tally=partial(AdviceTally, format=AUDDIS_FILE),
    checks=advice_checks("AUDDIS", "NDS", "auddis_report_types"),
    items=mandate_items("AUDDIS"),
    match=auddis.match_returned,
    answers=auddis.RETURNED_ANSWERS,
    looks_up=mandate_changes.LOOKS_UP,
    moves=mandate_changes.mandate_moves,
    outputs=(MANDATE_CHANGES,),
    personal_data=PERSONAL,
)

AUDDIS_FILES = Feed(
    name="bacs.auddis_file",
    title="Whether Bacs took a file's Direct Debit instructions",
    direction=Direction.IN,
    options=InstructionFileOptions,
    formats={"auddis_file_xml": INSTRUCTION_FILE},
    tally=partial(auddis.InstructionFileTally, format=INSTRUCTION_FILE),
    checks=auddis.FILE_CHECKS,
    items=auddis.file_items,
    match=auddis.match_file,
    answers=auddis.FILE_ANSWERS,
    moves=auddis.file_moves,
)

AWACS = Feed(
    name="bacs.awacs",
    title="Bank details of refunds that banks corrected",
    direction=Direction.IN,
    options=AwacsOptions,
    formats={"awacs_xml": AWACS_FILE},
    tally=partial(AdviceTally, format=AWACS_FILE),
    checks=advice_checks("AWACS", "W", "awacs_report_types"),
    items=awacs.payee_items,
    match=awacs.match_payee,
    answers=awacs.PAYEE_ANSWERS,
    moves=awacs.payee_moves,
    personal_data=PERSONAL,
)

ARUCS = Feed(
    name="bacs.arucs",
    title="Refunds that came back",
    direction=Direction.IN,
    options=ArucsOptions,
    formats={"arucs_xml": ARUCS_FILE},
    tally=returned.ReturnedTally,
    checks=returned.RETURNED_CHECKS,
    items=returned.returned_items,
    match=returned.match_returned,
    answers=returned.RETURNED_ANSWERS,
    looks_up=returned.LOOKS_UP,
    moves=returned.hold_moves,
    outputs=(Output("reversals", takes=(returned.RETURNED_REFUND,), makes=returned.to_receipt),),
    personal_data=(*BANK_DETAILS, "return_description"),
)

DDIC = Feed(
    name="bacs.ddic",
    title="Indemnity claims for Direct Debits",
    direction=Direction.IN,
    options=ClaimOptions,
    formats={"ddic_xml": CLAIMS_FILE},
    tally=ClaimTally,
    checks=CLAIM_CHECKS,
    items=claims.claim_items,
    match=claims.match_claim,
    answers=claims.CLAIM_ANSWERS,
    looks_up=claims.LOOKS_UP,
    moves=claims.claim_moves,
    outputs=(
        Output("reversals", takes=(claims.CLAIMED_BACK, claims.CLAIM_TAKEN_BACK), makes=claims.to_posting),
        MANDATE_CHANGES,
    ),
    personal_data=BANK_DETAILS,
)

INPUT_REPORT = Feed(
    name="bacs.input_report",
    title="What Bacs accepted of a submission",
    direction=Direction.IN,
    options=InputReportOptions,
    formats={"input_report_xml": Counting(payments=True)},
    tally=InputTally,
    checks=INPUT_CHECKS,
    items=error_items,
    match=match_error,
    answers=INPUT_ANSWERS,
)

INSTRUCTION_INPUT = Feed(
    name="bacs.instruction_input",
    title="What Bacs accepted of a submission's instructions",
    direction=Direction.IN,
    options=InputReportOptions,
    formats={"instruction_input_xml": Counting(payments=False)},
    tally=InputTally,
    checks=instruction_input.INSTRUCTION_INPUT_CHECKS,
    items=error_items,
    match=match_error,
    answers=instruction_input.INSTRUCTION_INPUT_ANSWERS,
    looks_up=instruction_input.LOOKS_UP,
    moves=instruction_input.refused_moves,
)

WITHDRAWAL = Feed(
    name="bacs.withdrawal",
    title="Submissions that were withdrawn",
    direction=Direction.IN,
    options=WithdrawalOptions,
    formats={"withdrawal_xml": WITHDRAWAL_FILE},
    tally=withdrawal.WithdrawalTally,
    checks=withdrawal.WITHDRAWAL_CHECKS,
    items=withdrawal.withdrawal_items,
    match=withdrawal.match_withdrawal,
    answers=withdrawal.WITHDRAWAL_ANSWERS,
)

ARRIVAL = Feed(
    name="bacs.arrival",
    title="Whether files arrived at Bacs",
    direction=Direction.IN,
    options=ReportOptions,
    formats={"arrival_xml": arrival.Arrivals()},
    tally=arrival.ArrivalTally,
    checks=arrival.ARRIVAL_CHECKS,
)

ADVANCE_NOTICES = Feed(
    name="bacs.advance_notice",
    title="Advance notices of collections to the mailing house",
    direction=Direction.OUT,
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

FEEDS = (
    SUBMISSION,
    COLLECTED,
    INSTRUCTIONS,
    ADVANCE_NOTICES,
    INPUT_REPORT,
    INSTRUCTION_INPUT,
    WITHDRAWAL,
    ARRIVAL,
    ARUDD,
    ADDACS,
    AUDDIS,
    AUDDIS_FILES,
    AWACS,
    ARUCS,
    DDIC,
)
LIFECYCLES = (claims.CLAIM_LIFE, awacs.PAYEE_LIFE, unpaid_debits.UNPAID_LIFE, notices.NOTICE_LIFE)

"""The feeds that read what Bacs and banks send back: one a report."""

from __future__ import annotations

from functools import partial

from hub.api import (
    Answers,
    CollectionReject,
    Direction,
    Feed,
    MandateChange,
    On,
    Output,
)
from plugins.bacs import (
    acknowledgement,
    arrival,
    auddis,
    awacs,
    claims,
    instruction_input,
    mandate_changes,
    returned,
    unpaid_debits,
    withdrawal,
)
from plugins.bacs.advices import PERSONAL, AdviceTally, advice_checks, mandate_items
from plugins.bacs.arudd import ARUDD_CHECKS, UnpaidTally
from plugins.bacs.booked import taken_back
from plugins.bacs.ddic import CLAIM_CHECKS, ClaimTally
from plugins.bacs.input_report import INPUT_CHECKS, InputTally
from plugins.bacs.instruction_input import Counting
from plugins.bacs.mandate_changes import MANDATE_CHANGE
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
from plugins.bacs.settings import (
    AcknowledgementOptions,
    AddacsOptions,
    ArucsOptions,
    AuddisOptions,
    AwacsOptions,
    ClaimOptions,
    InputReportOptions,
    InstructionFileOptions,
    ReportOptions,
    UnpaidOptions,
    WithdrawalOptions,
    kept,
)
from plugins.bacs.unpaid import (
    BANK_DETAILS,
    UNPAID_DEBIT,
    fits,
    match_unpaid,
    of_the_debit,
    to_reject,
    to_reversal,
    told_reason,
    unpaid_items,
    unpaid_moves,
)

MANDATE_CHANGES = Output(
    "mandate_changes", takes=(MANDATE_CHANGE,), makes=mandate_changes.to_change, of=MandateChange
)

ARUDD = Feed(
    name="bacs.arudd",
    title="Unpaid Direct Debits",
    direction=Direction.IN,
    keep=kept,
    options=UnpaidOptions,
    formats={"xml": ARUDD_FILE},
    tally=UnpaidTally,
    checks=ARUDD_CHECKS,
    items=unpaid_items,
    match=match_unpaid,
    answers=Answers("bacs.submission", kind="unpaid", rules=(On(fits, of_the_debit),), why=told_reason),
    looks_up=(*mandate_changes.LOOKS_UP, *unpaid_debits.LOOKS_UP),
    moves=unpaid_moves,
    left=taken_back,
    outputs=(
        Output("reversals", takes=(UNPAID_DEBIT,), makes=to_reversal),
        Output("rejects", takes=(UNPAID_DEBIT,), makes=to_reject, of=CollectionReject),
        MANDATE_CHANGES,
    ),
    personal_data=(*BANK_DETAILS, "return_description"),
)

ADDACS = Feed(
    name="bacs.addacs",
    title="What banks changed of Direct Debit instructions",
    direction=Direction.IN,
    keep=kept,
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
    keep=kept,
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
    keep=kept,
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
    keep=kept,
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
    keep=kept,
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
    keep=kept,
    options=ClaimOptions,
    formats={"ddic_xml": CLAIMS_FILE},
    tally=ClaimTally,
    checks=CLAIM_CHECKS,
    items=claims.claim_items,
    match=claims.match_claim,
    answers=claims.CLAIM_ANSWERS,
    looks_up=claims.LOOKS_UP,
    moves=claims.claim_moves,
    left=taken_back,
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
    keep=kept,
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
    keep=kept,
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
    keep=kept,
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
    keep=kept,
    options=ReportOptions,
    formats={"arrival_xml": arrival.Arrivals()},
    tally=arrival.ArrivalTally,
    checks=arrival.ARRIVAL_CHECKS,
)

ACKNOWLEDGEMENT = Feed(
    name="bacs.acknowledgement",
    title="What the bureau's software made of files",
    direction=Direction.IN,
    keep=kept,
    options=AcknowledgementOptions,
    formats={"table": acknowledgement.FORMAT},
    tally=acknowledgement.AcknowledgementTally,
    checks=acknowledgement.CHECKS,
    answers=acknowledgement.ANSWERS,
)

REPORTS = (
    ACKNOWLEDGEMENT,
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

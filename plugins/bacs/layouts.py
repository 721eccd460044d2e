"""Record types of Standard 18 and of the Input report, with positions as the source tables print them.

Source: formats page bacs.md, sections 2 and 6.4; the other reports are in `report_layouts.py`. On reading,
fields that the sources fill differently take any text; what the hub writes there is in `standard18.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, BinaryIO

from hub.api import (
    REFERENCE,
    Blank,
    Chunk,
    Code,
    Day,
    Digits,
    Field,
    FieldType,
    Fixed,
    Julian,
    Layout,
    Matching,
    Pence,
    Pounds,
    Text,
    Unreadable,
    Xml,
    at,
    attr,
    column,
    generic_csv,
    literal,
)

BACS_TEXT = Text("A-Z0-9.&/ -", expected="only capitals, digits, full stop, &, /, hyphen and space")
ANY = Blank(Text())
SERIAL = Matching(r"(?!0{6})[0-9A-Z]{6}", expected="six letters or digits, not all zero")
SORT_CODE = Matching(r"(?!0{6})[0-9]{6}", expected="six digits, not all zero")
ACCOUNT = Matching(r"(?!0{8})[0-9]{8}", expected="eight digits, not all zero")
JULIAN = Blank(Julian())
DAILY, MULTI = "1 DAILY  ", "4 MULTI  "


def _free(name: str, start: int, end: int) -> Field:
    return at(name, start, end, ANY, check="S18-003")


VOL1 = Layout(
    "VOL1",
    (
        literal(1, 4, "VOL1"),
        at("serial", 5, 10, SERIAL, check="S18-004"),
        _free("accessibility", 11, 11),
        _free("reserved_12_31", 12, 31),
        _free("reserved_32_37", 32, 37),
        _free("owner_38_41", 38, 41),
        _free("owner", 42, 47),
        _free("owner_48_51", 48, 51),
        _free("reserved_52_79", 52, 79),
        literal(80, 80, "1", check="S18-001"),
    ),
    tag="VOL1",
)


def _file_label(tag: str) -> Layout:
    """HDR1 or EOF1: section 2.3."""
    return Layout(
        tag,
        (
            literal(1, 4, tag, name="label"),
            literal(5, 5, "A", check="S18-001"),
            at("service_user_number", 6, 11, Matching("[0-9]{6}", expected="six digits"), check="S18-005"),
            literal(12, 12, "S", check="S18-001"),
            _free("identifier_13_14", 13, 14),
            _free("identifier_15", 15, 15),
            _free("service_user_number_again", 16, 21),
            _free("set_identification", 22, 27),
            _free("section_number", 28, 31),
            _free("sequence_number", 32, 35),
            _free("generation", 36, 39),
            _free("generation_version", 40, 41),
            at("creation", 42, 47, Julian(), check="S18-007"),
            at("expiry", 48, 53, Julian(), check="S18-007"),
            _free("accessibility", 54, 54),
            _free("block_count", 55, 60),
            _free("system_code", 61, 73),
            _free("reserved_74_80", 74, 80),
        ),
        tag=tag,
    )


def _record_label(tag: str) -> Layout:
    """HDR2 or EOF2: section 2.4."""
    return Layout(
        tag,
        (
            literal(1, 4, tag, name="label"),
            literal(5, 5, "F", check="S18-001"),
            _free("block_length", 6, 10),
            _free("record_length", 11, 15),
            _free("reserved_16_50", 16, 50),
            _free("buffer_offset", 51, 52),
            _free("reserved_53_80", 53, 80),
        ),
        tag=tag,
    )


HDR1, EOF1 = _file_label("HDR1"), _file_label("EOF1")
HDR2, EOF2 = _record_label("HDR2"), _record_label("EOF2")

UHL1 = Layout(
    "UHL1",
    (
        literal(1, 4, "UHL1"),
        at("processing_day", 5, 10, JULIAN, check="S18-008"),
        _free("receiving_party", 11, 16),
        _free("receiving_party_17_20", 17, 20),
        _free("currency", 21, 22),
        _free("country", 23, 28),
        at("work_code", 29, 37, Code(DAILY, MULTI), check="S18-009"),
        at("file_number", 38, 40, Matching("(?!000)[0-9]{3}", expected="001 to 999"), check="S18-024"),
        _free("reserved_41_47", 41, 47),
        _free("audit_print", 48, 54),
        _free("user_55_80", 55, 80),
    ),
    tag="UHL1",
)

_DATA_FIELDS = (
    at("sort_code", 1, 6, SORT_CODE, check="S18-010", personal=True),
    at("account_number", 7, 14, ACCOUNT, check="S18-010", personal=True),
    at("account_type", 15, 15, Digits(), check="S18-010"),
    at("transaction_code", 16, 17, ANY, check="S18-011"),
    at("originating_sort_code", 18, 23, SORT_CODE, check="S18-010", personal=True),
    at("originating_account", 24, 31, ACCOUNT, check="S18-010", personal=True),
    at("free_format", 32, 35, ANY, check="S18-003"),
    at("amount", 36, 46, Pence(), check="S18-013"),
    at("user_name", 47, 64, BACS_TEXT, check="S18-003"),
    at("reference", 65, 82, BACS_TEXT, check="S18-003"),
    at("account_name", 83, 100, BACS_TEXT, check="S18-003", personal=True),
)
DATA = Layout("data", _DATA_FIELDS)
DATED = Layout("dated data", (*_DATA_FIELDS, at("day", 101, 106, JULIAN, check="S18-008")))
"""Data and contra records of one-day and of several-day files: sections 2.6 and 2.7."""

UTL1 = Layout(
    "UTL1",
    (
        literal(1, 4, "UTL1"),
        at("debit_value", 5, 17, Digits(), check="S18-015"),
        at("credit_value", 18, 30, Digits(), check="S18-015"),
        at("debit_count", 31, 37, Digits(), check="S18-015"),
        at("credit_count", 38, 44, Digits(), check="S18-015"),
        _free("reserved_45_52", 45, 52),
        at("instruction_count", 53, 59, Blank(Digits()), check="S18-016"),
        _free("user_60_80", 60, 80),
    ),
    tag="UTL1",
)

_NOT_ASCII = re.compile(rb"[\0\x80-\xff]")
BANK_WIDTH = 120  # characters of the records that Bacs hands to banks: section 4.2


class Standard18(Fixed):
    """Standard 18 files, with a plain word on two mistakes that a length alone would not explain."""

    def decode(self, stream: BinaryIO, options: Any = None) -> Iterator[Chunk | Unreadable]:
        for part in super().decode(stream, options):
            yield _explained(part) if isinstance(part, Unreadable) else part


def _explained(part: Unreadable) -> Unreadable:
    if _NOT_ASCII.search(part.raw):
        return replace(part, check="S18-003")
    if len(part.raw) == BANK_WIDTH:
        message = f"line {part.line} has 120 characters: that is Bacs's output to banks, not a submission"
        return replace(part, message=message)
    return part


def _is_label(options: Any, layout: Layout) -> bool:
    return layout.tag is not None


STANDARD18_FILE = Standard18(
    (VOL1, HDR1, HDR2, UHL1, DATA, DATED, EOF1, EOF2, UTL1),
    eof=b"\x1a",
    tolerate=_is_label,
    structure="S18-002",
)
"""A line that lost trailing spaces is filled up again if it is a label; a data line never is."""

DDCALL = generic_csv(
    "DDCALL",
    (
        column("mandate_ref", Text(), check="E13"),
        column("payment_ref", REFERENCE, check="E13"),
        column("collection_date", Day("%Y-%m-%d"), check="E11"),
        column("amount", Pounds(), check="E12"),
        column("transaction_code", Text(), check="E16"),
        column("run_id", Text(), required=False, check="E10"),
    ),
    money="amount",
)
"""The rent system's request to collect, in the hub's generic CSV."""


class ReportMoney(Pounds):
    """Money as reports write it: pounds with two decimals, no sign; a pound sign may lead."""

    def __init__(self) -> None:
        FieldType.__init__(self, r"£?[0-9]{1,13}\.[0-9]{2}", "pounds with two decimals")

    def read(self, text: str) -> int:
        return super().read(text.removeprefix("£"))


MONEY = ReportMoney()
ISO = Day("%Y-%m-%d")

_INPUT = "Data/InputReport"
_SUBMISSION = f"{_INPUT}/Submission"
_USER_FILE = f"{_SUBMISSION}/UserFile/InputUserFile"


def _entries(names: dict[str, str], check: str) -> tuple[Field, ...]:
    """Number and value of debits and of credits, for each of these sub-elements by the name it is given."""
    return tuple(
        attr(f"{side}_{name}_{what}", f"{element}/{part}/@{told}", kind, required=False, check=check)
        for side, element in (("debit", "DebitEntry"), ("credit", "CreditEntry"))
        for name, part in names.items()
        for what, told, kind in (("count", "numberOf", Digits()), ("value", "valueOf", MONEY))
    )


INPUT_HEADER = Layout(
    "input header",
    (
        attr("report_type", "@reportType", Text(), check="INPUT-01"),
        attr("produced_on", "ProducedOn/@date", ISO, check="INPUT-01"),
        attr("produced_at", "ProducedOn/@time", Text(), required=False, check="INPUT-01"),
        attr("processing_day", "ProcessingDate/@date", ISO, check="INPUT-01"),
    ),
    path=f"{_INPUT}/Header",
)
INPUT_SUBMISSION = Layout(
    "submission",
    (
        attr("serial", "SubmissionInformation/@volumeSerialNumber", SERIAL, check="INPUT-01"),
        *(
            attr(f"{name}_records", f"sum(.//TotalNumberOfErrors/@{name}Records)", Digits(), check="INPUT-04")
            for name in ("rejected", "returned", "amended")
        ),
    ),
    path=_SUBMISSION,
)
"""Where the numbers of errors stand is not known, so they are looked for anywhere in the submission."""

INPUT_FILE = Layout(
    "user file",
    (
        attr("service_user_number", "@userNumber", Text(), check="INPUT-02"),
        attr("file_number", "@userFileNumber", Text(), check="INPUT-01"),
        attr("message", "../../@fileLevelMessage", Text(), required=False, check="INPUT-07"),
    ),
    path=f"{_USER_FILE}/UserFileInformation",
)
INPUT_ERROR = Layout(
    "error",
    (
        attr("type", "ErrorMessage/@type", Text(), required=False, check="INPUT-05"),
        attr("text", "ErrorMessage/@line1", Text(), required=False, check="INPUT-05"),
        attr("reference", "ErrorItem/@reference", Text(), required=False, check="INPUT-03"),
        attr("amount", "ErrorItem/@valueOf", MONEY, required=False, check="INPUT-03"),
        attr("day", "ancestor::InputReport/Header/ProcessingDate/@date", ISO, check="INPUT-01"),
    ),
    path=f"{_USER_FILE}/Errors/Error",
)
INPUT_DAY = Layout(
    "day",
    (
        attr("processing_day", "@processingDate", ISO, check="INPUT-03"),
        attr("message", "../@daySectionLevelErrorMessage", Text(), required=False, check="INPUT-07"),
    ),
    path=f"{_USER_FILE}/DaySection/DaySectionRecord",
)
_PARTS = {"accepted": "AcceptedRecords", "rejected": "RejectedRecords"}
INPUT_ACCOUNT = Layout(
    "account totals",
    _entries({**_PARTS, "all": "TotalsRecords"}, "INPUT-04"),
    path=f"{_USER_FILE}/InputReportSummary/AccountTotals/AccountTotal",
)
INPUT_AGREEMENT = Layout(
    "agreement",
    _entries({**_PARTS, "all": "UserTrailerTotals", "adjusted": "AdjustmentRecords"}, "INPUT-04"),
    path=f"{_USER_FILE}/InputReportSummary/AgreementOfFileTotals",
)
"""Contras are counted in here, and in the account totals apart: section 6.4."""

INPUT_REPORT_FILE = Xml(
    "BACSDocument",
    (
        INPUT_HEADER,
        INPUT_SUBMISSION,
        INPUT_FILE,
        INPUT_ERROR,
        INPUT_DAY,
        INPUT_ACCOUNT,
        INPUT_AGREEMENT,
    ),
    marker=_INPUT,
    structure="INPUT-00",
)

"""Record types of the reports that come back, but for the Input report.

Source: formats page bacs.md, sections 6.2, 6.3, 6.6 and 6.7. ARUCS is [assumed] to have the shape of ARUDD.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from hub.api import Code, Digits, Field, FieldType, Layout, Text, Xml, attr
from plugins.bacs.layouts import ISO, MONEY, SERIAL, ReportMoney

_RECORD = "Advice/OriginatingAccountRecords/OriginatingAccountRecord"
_ORIGIN = (
    attr("origin_sort_code", "../OriginatingAccount/@sortCode", Text(), required=False, personal=True),
    attr("origin_account", "../OriginatingAccount/@number", Text(), required=False, personal=True),
)


def _optional(name: str, path: str, *, check: str = "FIELD", personal: bool = False) -> Field:
    return attr(name, path, Text(), required=False, check=check, personal=personal)


def _returns(report: str, returned: Layout) -> tuple[Layout, Layout, Layout, Layout]:
    """Header, service user, returned payments and totals of a report of returned payments."""
    header = Layout(
        "header",
        (
            attr("report_type", "@reportType", Text(), check=f"{report}-01"),
            attr("advice_number", "@adviceNumber", Text(), check=f"{report}-01"),
            attr("processing_day", "@currentProcessingDate", ISO, check=f"{report}-01"),
        ),
        path=f"Data/{report}/Header",
    )
    user = Layout(
        "service user",
        (attr("service_user_number", "@userNumber", Text(), check=f"{report}-02"),),
        path=f"Data/{report}/ServiceLicenseInformation",
    )
    totals = Layout(
        "totals",
        (
            attr("count", "@numberOf", Digits(), check=f"{report}-04"),
            attr("value", "@valueOf", MONEY, check=f"{report}-04"),
            *_ORIGIN,
        ),
        path=f"Data/{report}/{_RECORD}/Totals",
    )
    return header, user, returned, totals


def _returned(name: str, path: str, check: str, *, known: bool = True) -> Layout:
    """A returned payment; what `sort_code` and so on tell is the account of the tenant.

    known: whether there are samples of it, so that a missing fact is a fault"""
    return Layout(
        name,
        (
            attr("reference", "@ref", Text(), check=check),
            attr("transaction_code", "@transCode", Text(), required=known, check=check),
            attr("return_code", "@returnCode", Text(), check=check),
            _optional("description", "@returnDescription", check=check, personal=True),
            attr("original_day", "@originalProcessingDate", ISO, required=known, check=check),
            attr("amount", "@valueOf", MONEY, check=check),
            attr("currency", "@currency", Code("GBP"), required=False, check=check),
            _optional("sort_code", "*/@sortCode", personal=True),
            _optional("account_number", "*/@number", personal=True),
            _optional("account_name", "*/@name", personal=True),
            *_ORIGIN,
        ),
        path=path,
    )


ARUDD_HEADER, ARUDD_USER, ARUDD_ITEM, ARUDD_TOTALS = _returns(
    "ARUDD", _returned("returned debit", f"Data/ARUDD/{_RECORD}/ReturnedDebitItem", "ARUDD-03")
)
ARUDD_FILE = Xml(
    "BACSDocument",
    (ARUDD_HEADER, ARUDD_USER, ARUDD_ITEM, ARUDD_TOTALS),
    marker="Data/ARUDD",
    structure="ARUDD-00",
)

ARUCS_HEADER, ARUCS_USER, ARUCS_ITEM, ARUCS_TOTALS = _returns(
    "ARUCS", _returned("returned credit", "Data/**/Returned*[@ref]", "ARUCS-03", known=False)
)
ARUCS_FILE = Xml(
    "BACSDocument",
    (ARUCS_HEADER, ARUCS_USER, ARUCS_ITEM, ARUCS_TOTALS),
    marker="Data/ARUCS",
    structure="ARUCS-00",
)


class Advices(Xml):
    """Reports of messaging advices (ADDACS, AUDDIS, AWACS), which differ in their header alone.

    told: what the start tag of the header or of an advice holds in this report, as a pattern
    """

    def __init__(self, layouts: Sequence[Layout], *, told: str, structure: str) -> None:
        super().__init__("BACSDocument", layouts, marker=_ADVICES, structure=structure)
        self._told = re.compile(told.encode())

    def recognises(self, head: bytes) -> bool:
        return super().recognises(head) and self._told.search(head.replace(b"\0", b"")) is not None


_ADVICES = "Data/MessagingAdvices"


def _header_with(advice_types: str, report_types: str) -> str:
    """A header that tells one of these advice types or, whatever its advice type is called, report types."""
    by_type = _attribute("advice-type", advice_types)
    of_another = _attribute("advice-type", "ADDACS|AUDDIS|AUDACC|AUDREJ|AWACS")
    by_number = _attribute("report-type", report_types)
    return rf"<(?:Messaging)?Header\b(?:{by_type}|(?!{of_another}){by_number})"


def _attribute(name: str, values: str) -> str:
    """That the start tag goes on to give an attribute one of the values."""
    return rf"[^>]*\b{name}\s*=\s*[\"'](?:{values})[\"']"


def _advice_header(report: str, element: str, name: str) -> Layout:
    return Layout(
        name,
        (
            _optional("advice_type", "@advice-type", check=f"{report}-01"),
            attr("report_type", "@report-type", Text(), check=f"{report}-01"),
            attr("service_user_number", "@user-number", Text(), check=f"{report}-02"),
            attr("report_day", "@report-generation-date", ISO, check=f"{report}-01"),
            _optional("sequence", "@envelope-sequence-number", check=f"{report}-04"),
            attr("first", "@subject-first-aosn", Digits(), required=False, check=f"{report}-04"),
            attr("last", "@subject-last-aosn", Digits(), required=False, check=f"{report}-04"),
        ),
        path=f"{_ADVICES}/{element}",
    )


def _advice(report: str) -> Layout:
    check = f"{report}-03"
    return Layout(
        "advice",
        (
            _optional("service_user_number", "@user-number", check=f"{report}-02"),
            _optional("record_type", "@record-type", check=check),
            attr("effective_day", "@effective-date", ISO, required=False, check=check),
            attr("reference", "@reference", Text(), check=check),
            attr("reason_code", "@reason-code", Text(), check=check),
            attr("number", "@aosn", Digits(), required=False, check=f"{report}-04"),
            _optional("account_name", "@payer-name", personal=True),
            _optional("sort_code", "@payer-sort-code", personal=True),
            _optional("account_number", "@payer-account-number", personal=True),
            _optional("new_sort_code", "@payer-new-sort-code", personal=True),
            _optional("new_account_number", "@payer-new-account-number", personal=True),
        ),
        path=f"{_ADVICES}/MessagingAdvice",
    )


def _instruction_file(report: str) -> Layout:
    """What became of the instructions of one submission as a whole (AUDACC, AUDREJ)."""
    check = f"{report}-03"
    return Layout(
        "instruction file",
        (
            _optional("service_user_number", "@user-number", check=f"{report}-02"),
            _optional("record_type", "@record-type", check=check),
            attr("serial", "@vol-serial-number", Text(), check=check),
            _optional("file_number", "@originator-file-number", check=check),
            attr("processing_day", "@processing-date", ISO, required=False, check=check),
            attr("file_type", "@file-type", Text(), check=check),
            attr("accepted", "@accepted-ddi", Digits(), check=check),
            attr("rejected", "@rejected-ddi", Digits(), check=check),
            _optional("error_code", "@file-error-code", check=check),
            attr("number", "@aosn", Digits(), required=False, check=f"{report}-04"),
        ),
        path=f"{_ADVICES}/MessagingAdvice",
    )


ADVICE_MESSAGE = Layout(
    "message",
    tuple(_optional(f"line{number}", f"@line{number}", personal=True) for number in (1, 2, 3)),
    path=f"{_ADVICES}/MessagingError",
)


def _advices(report: str, told: str, advice: Layout) -> Advices:
    headers = (
        _advice_header(report, "MessagingHeader", "advice header"),
        _advice_header(report, "Header", "plain header"),
    )
    return Advices((*headers, advice, ADVICE_MESSAGE), told=told, structure=f"{report}-00")


ADDACS_FILE = _advices("ADDACS", _header_with("ADDACS", "7001"), _advice("ADDACS"))
AUDDIS_FILE = _advices("AUDDIS", _header_with("AUDDIS", "7002"), _advice("AUDDIS"))
AWACS_FILE = _advices(
    "AWACS",
    rf"{_header_with('AWACS', '7005')}|<MessagingAdvice\b{_attribute('record-type', 'W')}",
    _advice("AWACS"),
)
INSTRUCTION_FILE = _advices(
    "AUDFILE", _header_with("AUDACC|AUDREJ", "7003|7004"), _instruction_file("AUDFILE")
)


_WITHDRAWAL = "Data/WithdrawalReport/Submission"
WITHDRAWN = Layout(
    "withdrawn submission",
    (
        attr("service_user_number", "@bureauNumber", Text(), check="WITHDR-02"),
        attr("serial", "@volumeSerialNumber", SERIAL, check="WITHDR-01"),
    ),
    path=f"{_WITHDRAWAL}/SubmissionInformation",
)
WITHDRAWAL_TOTALS = Layout(
    "withdrawn totals",
    (
        attr("credit", "Credit/@valueOf", MONEY, required=False, check="WITHDR-03"),
        attr("debit", "Debit/@valueOf", MONEY, required=False, check="WITHDR-03"),
    ),
    path=f"{_WITHDRAWAL}/UserFile/WithdrawalUserFile/DaySection/Totals",
)
WITHDRAWAL_FILE = Xml(
    "BACSDocument",
    (WITHDRAWN, WITHDRAWAL_TOTALS),
    marker="Data/WithdrawalReport",
    structure="WITHDR-00",
)

_ARRIVAL = "Data/*Arrival*"
ARRIVED = Layout(
    "arrived submission",
    (_optional("serial", "@volumeSerialNumber"),),
    path=f"{_ARRIVAL}/**/SubmissionInformation",
)
ARRIVAL_USER = Layout(
    "arrived file",
    (_optional("service_user_number", "@userNumber"),),
    path=f"{_ARRIVAL}/**/*[@userNumber]",
)
ARRIVAL_MESSAGE = Layout(
    "arrival message",
    (_optional("message", "@fileLevelMessage", personal=True),),
    path=f"{_ARRIVAL}/**/*[@fileLevelMessage]",
)
ARRIVAL_REJECTED = Layout("rejected arrival", (_optional("type", "*/@reportType"),), path="Data/*Reject*")
ARRIVAL_FILE = Xml(
    "BACSDocument",
    (ARRIVED, ARRIVAL_USER, ARRIVAL_MESSAGE, ARRIVAL_REJECTED),
    marker="Data",
    structure="ARRIVE-00",
)
"""Nothing of it is published but that it is there: see `arrival.py`."""


class ClaimMoney(ReportMoney):
    """Money as reports of indemnity claims write it: commas may part the thousands."""

    def __init__(self) -> None:
        FieldType.__init__(
            self, r"£?(?:[0-9]{1,13}|[0-9]{1,3}(?:,[0-9]{3}){1,4})\.[0-9]{2}", "pounds with two decimals"
        )


CLAIM_MONEY = ClaimMoney()
_DOCUMENT = "Data/Document"

CLAIM_USER = Layout(
    "service user",
    (attr("service_user_number", ".", Text(), check="DDIC-02"),),
    path=f"{_DOCUMENT}/ServiceUserNumber",
)


def _claim(name: str, element: str) -> Layout:
    return Layout(
        name,
        (
            attr("claim", "PayingBankReference", Text(), check="DDIC-03"),
            attr("reference", "SUReference", Text(), check="DDIC-03"),
            attr("reason_code", "ReasonCode", Text(), check="DDIC-03"),
            _optional("meaning", "ReasonCodeMeaning"),
            _optional("sort_code", "PayerSortCode", personal=True),
            _optional("account_number", "PayerAccount", personal=True),
            _optional("account_name", "PayerName", personal=True),
            attr("total", "TotalAmount", CLAIM_MONEY, check="DDIC-04"),
        ),
        path=f"{_DOCUMENT}/{element}",
    )


NEW_CLAIM = _claim("claim", "NewAdvices/DDICAdvice")
TAKEN_BACK = _claim("cancellation", "Cancellations/DDICCancellation")
CLAIMED_DEBIT = Layout(
    "claimed debit",
    (
        attr("claim", "../../PayingBankReference", Text(), check="DDIC-03"),
        attr("day", "DateOfDirectDebit", ISO, check="DDIC-03"),
        attr("amount", "Amount", CLAIM_MONEY, check="DDIC-03"),
    ),
    path=f"{_DOCUMENT}/NewAdvices/DDICAdvice/DDCollections/*",
)
NEW_CLAIMS = Layout(
    "claims",
    (
        attr("value", "TotalValueOfDebits", CLAIM_MONEY, required=False, check="DDIC-04"),
        attr("day", "DateOfDebit", ISO, required=False, check="DDIC-03"),
    ),
    path=f"{_DOCUMENT}/NewAdvices",
)
ALL_TAKEN_BACK = Layout(
    "cancellations",
    (attr("value", "TotalValueOfCancellations", CLAIM_MONEY, required=False, check="DDIC-04"),),
    path=f"{_DOCUMENT}/Cancellations",
)
CLAIMS_FILE = Xml(
    "VocaDocument",
    (CLAIM_USER, CLAIMED_DEBIT, NEW_CLAIM, NEW_CLAIMS, TAKEN_BACK, ALL_TAKEN_BACK),
    marker="Data/Document",
    structure="DDIC-00",
)
"""A debit's element has no name that is known: every child of DDCollections is one."""

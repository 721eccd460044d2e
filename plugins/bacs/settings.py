"""What an administrator sets for the feeds of Bacs, per route.

Everything on which the sources differ, or which is the project's own choice, is here with its default;
README.md says what each is for.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, ClassVar, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator, model_validator

from hub.api import GenericOptions, HoldKind, Keep, Options
from plugins.bacs.bureau_layouts import KINDS as COLUMNS
from plugins.bacs.bureau_layouts import NEEDED, OTHER
from plugins.bacs.codes import FINAL, INSTRUCTIONS, KNOWN, reasons
from plugins.bacs.text import TEXT
from plugins.bacs.ways import MAPPED

SCHEME_LIMIT = Decimal("20000000.00")  # of one payment, in pounds; assumed, a sponsor's own limit is lower

ServiceUserNumber = Annotated[str, StringConstraints(pattern=r"^[0-9]{6}$")]
BacsText = Annotated[str, StringConstraints(pattern=rf"^{TEXT}{{1,18}}$")]
Code = Annotated[str, StringConstraints(pattern=f"^({'|'.join(sorted(KNOWN))})$")]
MandateAction = Literal["keep", "suspend", "cancel", "amend", "relodge", "reinstate"]
ModulusSeverity = Literal["error", "warning", "note", "off"]
Actions = Mapping[str, Mapping[str, MandateAction]]
Repeats = Literal["monthly", "weekly", "fortnightly", "four_weekly", "none"]
Pounds = Annotated[Decimal, Field(gt=0, decimal_places=2)]


class OriginatingAccount(BaseModel):
    """An account of the council that collections are paid into or refunds are paid from."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    sort_code: str = Field(pattern=r"^[0-9]{6}$")
    account_number: str = Field(pattern=r"^[0-9]{8}$")
    account_name: BacsText
    carries: frozenset[Literal["collections", "refunds"]] = frozenset({"collections", "refunds"})
    rent_groups: frozenset[str] = frozenset()

    def carries_kind(self, kind: str) -> bool:
        """Whether it takes part in payments of a kind of item; instructions go with the collections."""
        return ("refunds" if kind == "REFUND" else "collections") in self.carries


class OwnCsv(BaseModel):
    """The columns of a council's own CSV file, in their order.

    columns: sort_code, account_number, account_name, amount, transaction_code and reference; those that a
             file may have beside them; - for any other
    titles:  what the first row says; none = there is no such row
    date:    how days are written
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    columns: tuple[str, ...]
    titles: tuple[str, ...] = ()
    date: Literal["DD/MM/YYYY", "DD/MM/YY", "YYYY-MM-DD", "YYYYMMDD", "DD-MMM-YYYY"] = "DD/MM/YYYY"
    amounts: Literal["pounds", "pence"] = "pounds"
    delimiter: Literal[",", ";", "|"] = ","
    quote_all: bool = False

    @model_validator(mode="after")
    def _can_be_read(self) -> Self:
        named = [name for name in self.columns if name != OTHER]
        if unknown := [name for name in named if name not in COLUMNS]:
            raise ValueError(f"has unknown columns {', '.join(unknown)}; known: {', '.join(COLUMNS)}")
        if missing := [name for name in NEEDED if name not in named]:
            raise ValueError(f"needs the columns {', '.join(missing)}, too")
        if len(set(named)) < len(named):
            raise ValueError("names a column twice")
        if self.titles and len(self.titles) != len(self.columns):
            raise ValueError("has another number of titles than of columns")
        return self


class SubmissionOptions(GenericOptions):
    """Options of `bacs.submission`."""

    a_route_sets = ("service_user_number", "user_name", "originating_accounts")
    required_for: ClassVar = {MAPPED: ("csv",)}

    service_user_number: ServiceUserNumber | None = None
    bureau_number: str | None = Field(default=None, pattern=r"^(B[0-9]{5}|[0-9]{6})$")
    originating_accounts: tuple[OriginatingAccount, ...] = ()
    user_name: BacsText | None = None
    contra_narrative: BacsText = "CONTRA"

    write_as: Literal["standard18", "paygate", "sddirect", "eazipay", "accesspay_custom", "csv"] | None = None
    csv: OwnCsv | None = None
    csv_day: Literal["processing", "entry"] = "processing"
    undated: Literal["refuse", "soonest"] = "refuse"
    days_to_pay: int = Field(default=2, ge=1)

    days: Literal["single", "multi"] = "single"
    line_end: Literal["crlf", "lf"] = "crlf"
    hdr1_15: Literal[" ", "1"] = " "
    unused_numbers: Literal["zeros", "spaces"] = "zeros"
    receiving_party: Literal["999999", "service_user_number"] = "999999"
    file_name: str = "{sun}_{kind}_{processing:%Y%m%d}_{serial}.txt"

    allowed_codes: frozenset[Code] = KNOWN - {FINAL}
    allow_final: bool = False
    item_limit: Pounds = SCHEME_LIMIT
    file_limit: Pounds | None = None
    tolerance_percent: int = Field(default=25, ge=0)

    creation_age: int = Field(default=31, ge=0)
    expiry_days: int = Field(default=7, ge=1)
    expires_exactly: bool = False
    collection_days: tuple[Annotated[int, Field(ge=1, le=31)], ...] = ()
    max_days_ahead: int = Field(default=30, ge=1)
    lead_time: int = Field(default=5, ge=2)
    unused_months: int = Field(default=24, ge=1)
    advance_notice: Literal["hold", "warn"] | None = None
    notice_days: int = Field(default=10, ge=1)
    notice_repeats: Repeats = "monthly"
    first_collection: Literal["choose", "verify"] = "choose"
    known_mandates_only: bool = False
    unknown_payees: Literal["hold", "pass"] = "pass"
    unseen_unpaid: Literal["refuse", "warn"] = "refuse"
    represent_notice: int = Field(default=5, ge=0)
    modulus_instructions: ModulusSeverity = "error"
    modulus_payments: ModulusSeverity = "warning"
    accept_multi_in_daily: bool = False
    bad_records: Literal["refuse", "quarantine"] = "refuse"
    same_payment_twice: Literal["refuse", "warn"] = "refuse"
    repeats_allowed: int = Field(default=10, ge=0)
    stopping_holds: frozenset[HoldKind] = frozenset({"DECEASED", "DISPUTE"})
    post_collections: bool = False
    book_entries: bool = False

    @field_validator("file_name")
    @classmethod
    def _can_be_filled(cls, template: str) -> str:
        day, made = date(2026, 11, 30), datetime(2026, 11, 30, tzinfo=UTC)
        told = {"processing": day, "serial": "000124", "made": made, "unix": 0}
        named(template, sun="654321", kind="collections", **told)
        return template

    @property
    def codes(self) -> frozenset[str]:
        """The transaction codes that may leave: a final collection closes the mandate at the bank."""
        return self.allowed_codes | {FINAL} if self.allow_final else self.allowed_codes - {FINAL}


class BacsSettings(Options):
    """`settings: {bacs: …}` of hub.yaml.

    keep_months: how long the bytes and personal values of Bacs files are kept once they are over. Claims have
                 no time limit; what a claim is matched by stays
    """

    keep_months: int = Field(default=13, ge=1, le=120)

    @property
    def keep(self) -> Keep:
        """A month is 31 days at the most."""
        return Keep(years=self.keep_months // 12, days=31 * (self.keep_months % 12))


def kept(settings: BacsSettings) -> Keep:
    """How long a feed of Bacs keeps its files: all of them hold bank details."""
    return settings.keep


NoticeColumn = Literal[
    "reference", "payment_ref", "account_name", "account_ending", "collection_date", "amount", "reason",
    "repeats", "service_user_number", "user_name", "notice_date",
]  # fmt: skip


class AdvanceNoticeOptions(GenericOptions):
    """Options of `bacs.advance_notice`."""

    a_route_sets = ("service_user_number",)

    service_user_number: ServiceUserNumber | None = None
    user_name: BacsText | None = None
    notice_days: int = Field(default=10, ge=1)
    notice_repeats: Repeats = "monthly"
    no_notice_holds: frozenset[HoldKind] = frozenset({"DECEASED"})
    columns: tuple[NoticeColumn, ...] = (
        "reference", "payment_ref", "account_name", "account_ending", "collection_date", "amount", "reason",
    )  # fmt: skip
    titles: tuple[str, ...] = ()
    file_name: str = "{sun}_advance_notice_{on:%Y%m%d}.csv"

    @model_validator(mode="after")
    def _can_be_written(self) -> Self:
        if len(set(self.columns)) < len(self.columns) or not self.columns:
            raise ValueError("names a column twice, or none")
        if self.titles and len(self.titles) != len(self.columns):
            raise ValueError("has another number of titles than of columns")
        named(self.file_name, sun="654321", on=date(2026, 11, 30))
        return self


class InstructionOptions(SubmissionOptions):
    """Options of `bacs.instructions`."""

    allowed_codes: frozenset[Code] = INSTRUCTIONS


class ReportOptions(Options):
    """Options of the feeds that read reports from Bacs."""

    a_route_sets = ("service_user_number",)

    service_user_number: ServiceUserNumber | None = None


class MandateReportOptions(ReportOptions):
    """Options of the feeds whose reports say something of mandates.

    mandate_actions: report → reason code → what becomes of the mandate, where that is not the default
    """

    mandate_actions: Actions = Field(default={})

    @field_validator("mandate_actions")
    @classmethod
    def _are_of_known_reasons(cls, actions: Actions) -> Actions:
        for report, of_report in actions.items():
            unknown = [code for code in of_report if code not in reasons(report)]
            if unknown or not reasons(report):
                raise ValueError(f"{report} has no reason code {', '.join(unknown)}")
        return actions


class AddacsOptions(MandateReportOptions):
    """Options of `bacs.addacs`."""

    addacs_report_types: tuple[str, ...] = ("7001",)


class AuddisOptions(MandateReportOptions):
    """Options of `bacs.auddis`."""

    auddis_report_types: tuple[str, ...] = ("7002",)


class InstructionFileOptions(ReportOptions):
    """Options of `bacs.auddis_file`."""

    instruction_file_types: tuple[str, ...] = ("7003", "7004")


class AwacsOptions(ReportOptions):
    """Options of `bacs.awacs`."""

    awacs_report_types: tuple[str, ...] = ("7005",)


class ArucsOptions(ReportOptions):
    """Options of `bacs.arucs`."""

    arucs_report_types: tuple[str, ...] = ("REFT1027", "REFT1028")
    arucs_layout_proven: bool = False
    returned_refund_method: str = "DDR"
    returned_refund_type: str = "RDR"


class ClaimOptions(MandateReportOptions):
    """Options of `bacs.ddic`."""

    book_entries: bool = False
    claim_dated: Literal["debit", "report"] = "debit"
    claim_method: str = "DDN"
    claim_type: str = "RDN"
    challenge_days: int = Field(default=9, ge=1)


class UnpaidOptions(MandateReportOptions):
    """Options of `bacs.arudd`."""

    report_types: tuple[str, ...] = ("REFT1019",)
    dated: Literal["report", "original"] = "report"
    book_entries: bool = False
    method_code: str = "DDN"
    type_code: str = "RDN"


class InputReportOptions(ReportOptions):
    """Options of `bacs.input_report`."""

    input_report_types: tuple[str, ...] = ("REFT2013",)
    error_types: Mapping[str, Literal["refused", "amended"]] = Field(
        default={"REJECTED": "refused", "RETURNED": "refused", "AMENDED": "amended"}
    )


class WithdrawalOptions(ReportOptions):
    """Options of `bacs.withdrawal`."""

    bureau_number: str | None = Field(default=None, pattern=r"^(B[0-9]{5}|[0-9]{6})$")


class AcknowledgementOptions(ReportOptions):
    """Options of `bacs.acknowledgement`."""

    columns: Mapping[Literal["file", "outcome", "reason"], tuple[str, ...]] = Field(default_factory=dict)
    imported_words: frozenset[str] = frozenset({"ACCEPTED", "IMPORTED", "OK"})
    refused_words: frozenset[str] = frozenset({"REJECTED", "REFUSED", "FAILED"})
    serial_in: str = r"_([0-9A-Z]{6})\."

    @field_validator("serial_in")
    @classmethod
    def _holds_the_serial(cls, pattern: str) -> str:
        try:
            groups = re.compile(pattern).groups
        except re.error as error:
            raise ValueError(f"is no pattern ({error})") from error
        if groups != 1:
            raise ValueError("needs one group, which is the serial")
        return pattern


def named(template: str, **values: object) -> str:
    """A file name from its template. Raises ValueError with a sentence when the template cannot be filled."""
    try:
        return template.format(**values)
    except (KeyError, IndexError, ValueError, AttributeError) as error:
        known = ", ".join(f"{{{name}}}" for name in values)
        raise ValueError(f"cannot be filled ({error}); it may use {known}") from error


def in_pence(pounds: Decimal) -> int:
    """Whole pence of an option that is written in pounds."""
    return int(pounds * 100)

"""What `hub.yaml` may set for the National Fraud Initiative, and options of its routes. README.md tells
more."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from hashlib import sha256
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from hub.api import Options
from plugins.rtb_fraud.nfi_columns import Column, Header, default_columns

Cycle = Annotated[str, StringConstraints(pattern=r"^20[0-9]{2}/[0-9]{2}$")]
Level = Literal["stop", "drop", "warn", "off"]
Check = Annotated[str, StringConstraints(pattern=r"^(Q0[1-9]|Q1[0-24-7]|DATE|MONEY|LENGTH|LIVE)$")]
"""A check whose level a route may set. Whether somebody who is suppressed stays out (Q13) is no matter of a
level, nor what stands at the door (Q18)."""


OUTCOME_VALUES: Mapping[str, Mapping[str, int]] = {
    "2016/17": {"FRAUD_RTB_STOPPED": 65_000},
    "2018/19": {"FRAUD_TENANCY_RECOVERED": 93_000},
}
"""Published estimates (formats page rtb_fraud.md, 4): quoted from the Cabinet Office in 2016, and the NFI's
report of 2018. There are newer ones; a council enters those of its cycle."""


class NfiSettings(Options):
    """`settings: {rtb_fraud: {nfi: …}}` of hub.yaml.

    cycle:        the exercise that extracts are for
    organisation: the council's code in file names
    uploaders:    the logins of those who upload files; nobody else takes one
    open_high_days, open_days: working days in which a match of high risk, or another, is to be opened; 0: as
                   long as it takes
    escalate_days: working days after which its owner hears that nobody has opened one of high risk
    close_high_days: calendar days in which a match of high risk is to be closed
    keep_extract_days: days for which an extract is kept, should it be wanted again (about six months)
    keep_days: days for which what a match says of people is kept once it is over
    outcome_values: by cycle, what an outcome is reckoned to be worth in reports, in pounds; the newest counts
                   that is not after a match's own cycle
    """

    cycle: Cycle = "2026/27"
    organisation: Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]{2,12}$")] = "FAKESHIRE"
    uploaders: frozenset[str] = frozenset()
    open_high_days: int = Field(default=10, ge=0)
    escalate_days: int = Field(default=5, ge=0)
    open_days: int = Field(default=0, ge=0)
    close_high_days: int = Field(default=183, ge=1)
    keep_extract_days: int = Field(default=183, ge=1)
    keep_days: int = Field(default=4 * 365 + 1, ge=1)
    outcome_values: Mapping[Cycle, Mapping[str, int]] = Field(default_factory=lambda: OUTCOME_VALUES)

    def worth(self, cycle: str, outcome: str | None) -> int | None:
        """What an outcome of a cycle is reckoned to be worth, in pence; that of a service counts as of this
        cycle. None where nothing is known."""
        own = cycle if cycle.startswith("20") else self.cycle
        known = [one for one, told in self.outcome_values.items() if outcome in told and one <= own]
        return self.outcome_values[max(known)][outcome] * 100 if known and outcome else None


class ExtractOptions(Options):
    """Options of a route that makes an extract. Those of one data set are its `…Options`.

    columns:      all columns, in place of the defaults; headers: other headers, by field
    sources:      what the export calls a field, where not by its name or its header
    dates:        how the export writes dates; the extract has them as ddmmyyyy
    extract_date: the day that the export was made for, else the day on which it is worked
    quality:      by check (`Q03`), what it does, where not what it does by default
    suppressed:   what becomes of persons who are suppressed, as the council decided in writing (`decision`)
    lookups:      by field, what its codes mean
    drift:        by how much the count may differ from the last cycle's, in percent
    query:        what made the export, with its version; the manifest keeps it
    delimiter, header_row: how the extract is written; what holds the delimiter is quoted
    """

    dataset: ClassVar[str] = ""

    columns: tuple[Column, ...] = ()
    headers: Mapping[str, Header] = Field(default_factory=dict)
    sources: Mapping[str, str] = Field(default_factory=dict)
    dates: Literal["DDMMYYYY", "YYYY-MM-DD"] = "DDMMYYYY"
    extract_date: date | None = None
    quality: Mapping[Check, Level] = Field(default_factory=dict)
    suppressed: Literal["exclude", "include"] = "exclude"
    decision: str = ""
    lookups: Mapping[str, Mapping[str, str]] = Field(default_factory=dict)
    drift: int = Field(default=10, ge=1)
    query: Annotated[str, StringConstraints(max_length=60)] = ""
    delimiter: Literal["|", ",", "~"] = "|"
    header_row: bool = True

    @model_validator(mode="after")
    def _names_fields(self) -> Self:
        known = {column.field for column in self.own_columns}
        for name in (*self.headers, *self.sources, *self.lookups):
            if name not in known:
                raise ValueError(f"names the field {name}, which no column has")
        return self

    @property
    def name(self) -> str:
        """What the data set is called in file names and manifests."""
        return self.dataset

    @property
    def own_columns(self) -> tuple[Column, ...]:
        """The columns, each under the header that is set."""
        return tuple(
            column.model_copy(update={"header": self.headers.get(column.field, column.header)})
            for column in self.columns or default_columns(self.dataset)
        )

    @property
    def mapping_version(self) -> str:
        """Which mapping of columns it is: the same as long as nothing of it changes."""
        told = [column.model_dump_json() for column in self.own_columns]
        return sha256("\n".join([*told, *map(str, sorted(self.sources.items()))]).encode()).hexdigest()[:12]


RESIDENTIAL = ("FLAT", "HOUSE", "BUNGALOW", "MAISONETTE", "BEDSIT", "STUDIO")
STAGES = {
    "A": "application received",
    "D": "admitted",
    "N": "denied",
    "O": "s.125 offer made",
    "C": "accepted",
    "W": "withdrawn",
    "X": "completed",
}


class TenantOptions(ExtractOptions):
    """residential: asset types that are homes; temporary: those that are temporary accommodation, and whether
    they stay in
    joint: how many named tenants one tenancy has on the average, at least and at most
    """

    dataset = "tenants"

    residential: frozenset[str] = frozenset(RESIDENTIAL)
    temporary: frozenset[str] = frozenset()
    with_temporary: bool = False
    joint: tuple[float, float] = (1.0, 1.6)


class RtbExtractOptions(ExtractOptions):
    """completed_from: applications that were completed before are left out; else 1 April of the year two
    years before the exercise"""

    dataset = "rtb"

    completed_from: date | None = None
    lookups: Mapping[str, Mapping[str, str]] = Field(
        default_factory=lambda: {"rtb_stage": STAGES, "role": {"T": "tenant", "F": "family sharing"}}
    )


class WaitingListOptions(ExtractOptions):
    """active: the words for an application that is active"""

    dataset = "waiting_list"

    active: frozenset[str] = frozenset({"ACTIVE"})


class CreditorOptions(ExtractOptions):
    """active: the words for a creditor that is neither dormant nor suspended"""

    dataset = "creditors"

    active: frozenset[str] = frozenset({"ACTIVE"})


class PaymentOptions(ExtractOptions):
    """paid_from, paid_to: the period that the specification sets, for payments"""

    dataset = "payments"

    paid_from: date | None = None
    paid_to: date | None = None


class PayrollOptions(ExtractOptions):
    dataset = "payroll"


class OtherOptions(ExtractOptions):
    """A data set of which this project knows no columns: council tax, the electoral register, licences and
    so on. Checks say what they can of the fields that are there.

    data_set: its name; columns: all of them, `reference` being the field that identifies a row
    """

    data_set: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{1,29}$")]
    columns: tuple[Column, ...] = Field(min_length=1)

    @property
    def name(self) -> str:
        return self.data_set


class MatchOptions(Options):
    """Options of a route that takes in matches. The application's own words are not public: say them here.

    columns, sheet, header_row: how the list is laid out
    cycles:    earlier cycles whose matches still come
    reports:   the reports that are this council's, each with what it is about; without any, all are taken
    risks, statuses, outcomes: the application's words, by ours
    scores:    where its risk is a number: from which on it is ours of H, M and L; less is N
    complete:  whether a list names all matches of its reports, so that one that it leaves out is withdrawn
    tenancies: what the list calls data sets whose references are tenancies
    """

    columns: Mapping[str, tuple[str, ...]] = Field(default_factory=dict)
    sheet: str | None = None
    header_row: int = Field(default=1, ge=1)
    cycles: frozenset[str] = frozenset()
    reports: Mapping[str, str] = Field(default_factory=dict)
    risks: Mapping[str, frozenset[str]] = Field(default_factory=dict)
    statuses: Mapping[str, frozenset[str]] = Field(default_factory=dict)
    outcomes: Mapping[str, frozenset[str]] = Field(default_factory=dict)
    scores: Mapping[Annotated[str, StringConstraints(pattern="^[HML]$")], int] = Field(default_factory=dict)
    complete: bool = False
    tenancies: frozenset[str] = frozenset({"housing tenants", "tenants"})

    def risk(self, word: str) -> str | None:
        """H, M, L or N; None for a word that is not known."""
        if self.scores and word.strip().isdecimal():
            least = self.scores
            return next((risk for risk in "HML" if risk in least and int(word) >= least[risk]), "N")
        found = _ours(self.risks, word.strip())
        return found if found in ("H", "M", "L", "N") else None

    def status(self, word: str) -> str:
        return _ours(self.statuses, word.strip())

    def outcome(self, word: str) -> str:
        return _ours(self.outcomes, word.strip())


def _ours(words: Mapping[str, frozenset[str]], word: str) -> str:
    """Our word for one of theirs, else the word itself."""
    return next((ours for ours, theirs in words.items() if word in theirs), word)

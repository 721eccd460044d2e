"""What may be set: for the whole plug-in under `settings: {debt_agency: …}`, and on routes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Annotated, BinaryIO, ClassVar, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from hub.api import CannotRender, Facts, HoldKind, Options
from plugins.debt_agency.mapping import LAYOUT
from plugins.debt_agency.mapping_spec import AgencyLayout
from plugins.debt_agency.mapping_versions import clashes, on_day, version_of, versions
from plugins.debt_agency.plans import DebtType, Plan, overlaps

Pounds = Annotated[Decimal, Field(ge=0, decimal_places=2)]
HoldCode = Literal["BSP", "MHC", "DEC", "BKR", "DRO", "IVA", "DIS", "VUL", "CMP", "DBT", "LEG", "FRD"]
CloseCode = Literal[
    "PIF", "SIF", "GNA", "DEC", "INS", "BSP", "DIS", "UNC", "UNE", "VUL", "PRI", "ABR", "SBL", "RCL", "EXP",
    "DUP", "ERR",
]  # fmt: skip
RecallReason = Literal["PAID", "DISPUTE", "DECEASED", "BREATHING_SPACE", "WRITTEN_OFF", "ERROR", "RE_TENANCY"]

HOLD_CODES: Mapping[HoldKind, HoldCode] = {
    "BREATHING_SPACE": "BSP",
    "DECEASED": "DEC",
    "DISPUTE": "DIS",
    "VULNERABLE": "VUL",
    "LEGAL": "LEG",
    "OTHER": "CMP",
}


class DebtSettings(Options):
    """Of all placements, whichever agency they are with.

    hold_codes:  which holds on a rent account stop agencies, by their kind, and what agencies are told
                 that it is. A hold whose own facts name a `code` is told as that
    limitation_guard_days: so long before a debt may no longer be sued for it is placed no more, and who
                 has it at an agency is told
    limitation_years: by kind of debt, after how many years it may be sued for no more; others after six
    objection_days: how long an agency may object to a recall before the final one leaves
    deletion_days: after a placement has closed, until when its agency is told to delete what it knows; none =
                 it is not told
    review_days: after which somebody looks whether a hold without a last day still stands
    routing:     by code of a return, what is usually made of it; over the sentences that there are
    """

    hold_codes: Mapping[HoldKind, HoldCode] = Field(default_factory=lambda: HOLD_CODES)
    limitation_guard_days: int = Field(default=90, ge=0)
    limitation_years: Mapping[DebtType, Annotated[int, Field(ge=1, le=30)]] = Field(default_factory=dict)
    objection_days: int = Field(default=14, ge=0)
    deletion_days: int | None = Field(default=90, ge=0)
    review_days: int = Field(default=30, ge=1)
    routing: Mapping[CloseCode, str] = Field(default_factory=dict)


def settings_of(facts: Facts) -> DebtSettings:
    """As `hub.yaml` sets them, else as they are by default."""
    return facts.settings if isinstance(facts.settings, DebtSettings) else DebtSettings()


class AgencyOptions(Options):
    """Of every feed of one agency. Its partner file sets them once and uses them again.

    council_id:  what files call the council; agency_id: what they call the agency
    agency:      what the rent system calls it; blank = as files do
    client_code: the agency's code for this council and stream of debts
    test:        whether files are tests: they are written so, and only such are taken
    layout:      the agency's own layout of the kind of file, or the name of a ready one; several where it
                 changes from a day on (`valid_from`, `valid_to`); none = canonical
    contract:    what was agreed with the agency, a row a plan and span of days (debt_agency.md 6.3); none =
                 rates are as files say, and not checked
    rest_path:   of an agency with an API: where a document is handed over; rest_reference: what of its answer
                 tells what it calls that
    """

    a_route_sets: ClassVar[tuple[str, ...]] = ("council_id", "agency_id")
    goes_by: ClassVar[Mapping[str, str]] = {"layout": LAYOUT}

    council_id: str = ""
    agency_id: str = ""
    agency: str = ""
    client_code: str = ""
    test: bool = False
    layout: Annotated[tuple[AgencyLayout, ...], BeforeValidator(versions)] = ()
    contract: tuple[Plan, ...] = ()
    rest_path: str | None = Field(default=None, pattern=r"^/")
    rest_reference: str = "id"

    @model_validator(mode="after")
    def _contract_is_clear(self) -> Self:
        for one, other in overlaps(self.contract):
            days = f"{max(one.valid_from, other.valid_from)}"
            raise ValueError(f"contract: two rows of {one.plan} count from {days} on; nobody can say which")
        return self

    @model_validator(mode="after")
    def _one_layout_a_day(self) -> Self:
        problem = next(clashes(self.layout), None)
        if problem is not None:
            raise ValueError(f"layout: {problem}")
        return self

    def reading(self, stream: BinaryIO, today: date | None) -> Self:
        """With the one layout that a file is in."""
        if not self.layout:
            return self
        chosen = version_of(self.layout, stream, today)
        return self.model_copy(update={"layout": (chosen,) if chosen else ()})

    @property
    def own(self) -> AgencyLayout | None:
        """The layout of a file that is read; None where it is canonical."""
        return self.layout[-1] if self.layout else None

    def own_on(self, day: date | None) -> AgencyLayout | None:
        """The layout of a file that leaves on a day; None where it is canonical. Raises CannotRender."""
        if not self.layout or day is None:
            return self.own
        if (found := on_day(self.layout, day)) is None:
            raise CannotRender(f"no version of the layout {self.layout[-1].layout} holds on {day}")
        return found

    @property
    def called(self) -> str:
        """What the rent system and the placements' records call the agency."""
        return self.agency or self.agency_id


class PlacementOptions(AgencyOptions):
    """min_placement_amount: pounds below which a debt is not worth placing (E02)
    settle_days: after the end of a tenancy, within which its balance may still change (E06)
    plans:       the commission plan by stage: 1, 2 or 3
    term_months: after which a debt is planned to be taken back
    flags:       what the rent system's flags of a debt mean: why it stays in the council (E05, E10), that its
                 address may not be told (`withheld`), that it is confirmed or the debtor known to have
                 gone, or a vulnerability (`MH`, `PH` …). Flags that are not named are passed over
    """

    min_placement_amount: Pounds = Decimal("25.00")
    settle_days: int = Field(default=28, ge=0)
    plans: Mapping[int, str] = Field(default_factory=lambda: {1: "P1", 2: "P2", 3: "P2"})
    term_months: int = Field(default=6, ge=1, le=60)
    flags: Mapping[str, str] = Field(
        default_factory=lambda: {
            "HB_PENDING": "E05",
            "UC_PENDING": "E05",
            "CREDIT": "E05",
            "WRITTEN_OFF": "E10",
            "WITHHELD": "withheld",
            "GONE": "gone",
            "CONFIRMED": "confirmed",
        }
    )


class HoldOptions(AgencyOptions):
    """final_at_once: the reasons of a recall to which an agency may not object"""

    final_at_once: frozenset[RecallReason] = frozenset(
        {"PAID", "DECEASED", "BREATHING_SPACE", "WRITTEN_OFF", "ERROR"}
    )

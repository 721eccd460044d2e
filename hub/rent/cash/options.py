"""What a council sets for its files of payments, per route. Councils differ in nearly all of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field as Setting

from hub.rent.card_network import TRAILERS
from hub.rent.control import ControlOptions, Count
from hub.rent.envelope import GenericOptions
from hub.rent.references import ReferenceRules

CASH = "universal_housing.cash"
ALLPAY = "allpay"
CARD = "card_network"
EXPORT43 = "export43"
RENTTRAN = "generic.renttran"
UNCONTROLLED = (CASH, CARD, EXPORT43)
"""Formats that carry no control total of their own."""


class CashOptions(GenericOptions, ControlOptions):
    """Options of `rent.cash`.

    types:        the code map that turns a method of payment into the rent system's receipt type
    methods:      by format, the code map that turns the partner's own code into the council's method; without
                  one, the format has the council's methods already
    references:   how references come (`hub.rent.references`)
    card_references: the same for `card_network`, whose references are card barcodes
    control, expected_count, expected_total: see `hub.rent.control`
    totals_from:  the source under which `rent.cash_totals` tells the totals that a file is compared with
    ended:        money for an account that has ended: `owed` posts it while a balance is owed and suspends it
                  otherwise; `post` always posts it, `suspend` never
    other_account: a payment that a leaseholder's other account seems meant for (service charge and major
                  works): `tell` says so, `suspend` lets a person decide
    repeats:      the same reference, day, amount and method as in an earlier file: `hold` the file for a
                  person, `suspend` the payment, or `tell`
    largest_line: a payment above it holds the file; nothing = no limit
    deviations:   a file whose net is more than so many standard deviations from those of the last `like_days`
                  files of the same weekday is held; nothing = not looked at
    back_months, ahead_days: how far dates of payment may lie back and ahead
    open_weeks:   RENTTRAN: how many rent weeks before today's are still open; nothing = not looked at
    allow_empty:  true takes a file without payments, where its own totals say so
    partial:      true refuses a line with a wrong sign or period alone, and not the file
    trailer_lines: how many lines end a file of the card network
    """

    types: str = "cash_methods"
    methods: Mapping[str, str] = Setting(default_factory=dict)
    references: ReferenceRules = ReferenceRules()
    card_references: ReferenceRules | None = None
    totals_from: str | None = None
    ended: Literal["owed", "post", "suspend"] = "owed"
    other_account: Literal["tell", "suspend"] = "tell"
    repeats: Literal["hold", "suspend", "tell"] = "hold"
    largest_line: Annotated[Decimal, Setting(gt=0, decimal_places=2)] | None = Decimal("10000.00")
    deviations: Annotated[Decimal, Setting(gt=0)] | None = Decimal(3)
    like_days: int = Setting(default=8, ge=2, le=52)
    back_months: Annotated[int, Setting(ge=1)] = 24
    ahead_days: Count = 1
    open_weeks: Count | None = None
    allow_empty: bool = False
    partial: bool = False
    trailer_lines: int = Setting(default=TRAILERS, ge=0, le=10)

    @property
    def is_compared(self) -> bool:
        return super().is_compared or self.totals_from is not None

    def code_maps(self) -> Sequence[str]:
        return (self.types, *self.methods.values())

    def rules_for(self, format: str) -> ReferenceRules:
        return self.card_references or self.references if format == CARD else self.references

"""Values of the canonical files. Source: debt_agency.md, sections 2 and 3 [project layout]."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from hub.api import Code, Day, FieldType, Matching, Pounds, Text
from plugins.debt_agency.references import is_placement_ref

NO_DAY = "1900-01-01"
"""What systems write where they know no date; a layout that means that says so (`empty_dates`)."""


class RealDay(Day):
    """A day that can be meant."""

    def __init__(self) -> None:
        super().__init__("%Y-%m-%d")

    def sound(self, text: str) -> bool:
        return text != NO_DAY and super().sound(text)


MONEY, DAY, FLAG = Pounds(), RealDay(), Code("Y", "N")
COUNT = Matching("[0-9]{1,9}", "a whole number")
SEQUENCE = Matching("[0-9]{6}", "six digits")
HASH = Matching("[0-9]{1,15}", "a whole number of up to 15 digits")
RATE = Matching(r"0\.[0-9]{4}", "a rate with four decimals, such as 0.1250")
ACCOUNT = Matching(
    r"[A-Z0-9/\-]{1,20}",
    "up to 20 capital letters, digits, slashes and hyphens (7.00123E+09: it was opened in a spreadsheet)",
)
AGENCY_REF = Matching("[!-~]{1,30}", "up to 30 characters without blanks")
TXN = Matching(r"[A-Za-z0-9\-]{1,30}", "up to 30 letters, digits and hyphens")
REMITTANCE = Matching(r"[A-Za-z0-9\-/]{1,18}", "up to 18 letters, digits, hyphens and slashes")
PARTNER = Matching("[A-Z0-9]{1,10}", "up to ten capital letters and digits")
PLAN = Matching("[A-Z0-9]{1,6}", "up to six capital letters and digits")
JUDGMENT = Matching("[0-9A-Za-z]{8}", "eight letters and digits")
POSTCODE = Matching(
    "[A-Z]{1,2}[0-9R][0-9A-Z]? [0-9][ABD-HJLNP-UW-Z]{2}", "a postcode in capitals with one space"
)
UPRN = Matching("[0-9]{1,12}", "up to 12 digits")
VAT_NUMBER = Matching("GB[0-9]{9}", "GB and nine digits")


def upto(length: int) -> FieldType:
    """Text of at most so many characters."""
    return Matching(rf"[^\x00-\x1f\x7f-\x9f]{{0,{length}}}", f"text of up to {length} characters")


class PlacementRef(Text):
    """Ten digits, the last of which is the Luhn check digit of the others."""

    joined = False

    def __init__(self) -> None:
        super().__init__(
            "0-9",
            "ten digits, the last a check digit (opened in a spreadsheet it loses its leading zeros)",
        )

    def sound(self, text: str) -> bool:
        return is_placement_ref(text)


class Instant(FieldType):
    """A moment with its offset: 2026-03-02T06:15:00+00:00."""

    joined = False

    def __init__(self) -> None:
        super().__init__(
            r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(Z|[+-][0-9]{2}:[0-9]{2})",
            "a date and time with its offset, as 2026-03-02T06:15:00+00:00",
        )

    def sound(self, text: str) -> bool:
        try:
            datetime.fromisoformat(text)
        except ValueError:
            return False
        return True

    def read(self, text: str) -> datetime:
        return datetime.fromisoformat(text)

    def _text(self, value: Any) -> str:
        if not isinstance(value, datetime) or value.tzinfo is None:
            raise self._refusal()
        return value.isoformat(timespec="seconds")


PLACEMENT_REF, INSTANT = PlacementRef(), Instant()

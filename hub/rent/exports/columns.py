"""The columns of exports: each kind of value of the rent system interface (6.2) with its check's id."""

from __future__ import annotations

from hub.fields import nino
from hub.formats.layout import Field, column
from hub.formats.types import Code, Day, Matching, Pounds
from hub.rent.canonical import CODE, REFERENCE, ShortText, normal_reference, text_up_to
from hub.rent.mandates import ACCOUNT_NUMBER, SORT_CODE

DAY = Day("%Y-%m-%d")


class Reference(Matching):
    """A reference as it may come; reads with its outer blanks off and in capitals."""

    def read(self, text: str) -> str:
        return normal_reference(text)


class SortCode(Matching):
    """With or without hyphens; reads as six digits."""

    def read(self, text: str) -> str:
        return text.replace("-", "")


class NationalInsurance(ShortText):
    """Reads as nine characters, or as None where it cannot be one."""

    def read(self, text: str) -> str | None:
        return nino.validate(text) if nino.is_valid(text) else None


class Number(Matching):
    """A whole number without leading zeros; reads as one."""

    def __init__(self, first: int, last: int) -> None:
        super().__init__(f"0|[1-9][0-9]{{0,{len(str(last)) - 1}}}", f"a number from {first} to {last}")
        self.first, self.last = first, last

    def sound(self, text: str) -> bool:
        return self.first <= int(text) <= self.last

    def read(self, text: str) -> int:
        return int(text)

    def _text(self, value: object) -> str:
        return str(value) if isinstance(value, int) else super()._text(value)


def ref(name: str, *, required: bool = True, check: str = "E13") -> Field:
    kind = Reference(REFERENCE.pattern, REFERENCE.expected)
    return column(name, kind, required=required, check=check)


def code(name: str, *values: str, required: bool = True, note: str = "") -> Field:
    """One of the values; without any, a code of the rent system's own."""
    kind = Code(*values) if values else CODE
    return column(name, kind, required=required, check="E16", note=note)


def yes_no(name: str, *, required: bool = True) -> Field:
    return code(name, "Y", "N", required=required)


def day(name: str, *, required: bool = True, personal: bool = False, note: str = "") -> Field:
    return column(name, DAY, required=required, check="E11", personal=personal, note=note)


def pounds(name: str, *, required: bool = True, note: str = "") -> Field:
    return column(name, Pounds(), required=required, check="E12", note=note)


def number(name: str, first: int, last: int, *, required: bool = True, check: str = "E10") -> Field:
    return column(name, Number(first, last), required=required, check=check)


def text(name: str, width: int, *, required: bool = False, personal: bool = False, note: str = "") -> Field:
    return column(name, text_up_to(width), required=required, check="E10", personal=personal, note=note)


def uprn() -> Field:
    kind = Matching("[0-9]{1,12}", expected="up to 12 digits")
    return column("uprn", kind, required=False, check="E13")


def postcode(name: str = "postcode", *, required: bool = False) -> Field:
    return text(name, 8, required=required, personal=True)


def address(prefix: str = "", *, required: bool = False) -> tuple[Field, ...]:
    """Four lines and a postcode; who lives there makes them personal. `required`: the first line."""
    lines = (
        text(f"{prefix}address{n}", 60, required=required and n == 1, personal=True) for n in range(1, 5)
    )
    return (*lines, postcode(f"{prefix}postcode"))


def names(prefix: str = "", *, required: bool = True) -> tuple[Field, ...]:
    """Title, forenames, surname; `required`: the surname."""
    return (
        text(f"{prefix}title", 10, personal=True),
        text(f"{prefix}forenames", 60, personal=True),
        text(f"{prefix}surname", 60, required=required, personal=True),
    )


def national_insurance(name: str = "nino") -> Field:
    """One that is none refuses no extract of twenty thousand people: it is told, and not kept."""
    return column(name, NationalInsurance(13), required=False, check="E10", personal=True)


def bank_account() -> tuple[Field, ...]:
    sort_code = SortCode(SORT_CODE.pattern, SORT_CODE.expected)
    return (
        column("sort_code", sort_code, required=False, check="E20", personal=True),
        column("account_number", ACCOUNT_NUMBER, required=False, check="E20", personal=True),
    )

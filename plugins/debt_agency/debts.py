"""What the rent system says of a debt to be placed (FTAPLACE), as agencies are told it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from hub.api import Item

WITHHELD, NOWHERE = "WITHHELD", "ZZ99 3WZ"
"""In place of an address that may not be told; the postcode stands for an address that is not known."""

LIMITATION_YEARS = 6
"""Limitation Act 1980, sections 5, 9 and 19; of kinds of debt that `limitation_years` does not name
(debt_agency.md, section 6.2)."""


def type_of(item: Item) -> str:
    return str(item.data.get("debt_type") or "FTA")


def flags_of(item: Item) -> list[str]:
    return item.personal.get("flags", "").split()


def is_withheld(item: Item, flags: Mapping[str, str]) -> bool:
    """Whether no address may leave in any column: so the rent system flags it, and domestic abuse means
    it."""
    told = flags_of(item)
    return "DA" in told or any(flags.get(flag) == "withheld" for flag in told)


def day_of(item: Item, name: str) -> date | None:
    told = item.data.get(name)
    return date.fromisoformat(str(told)) if told else None


def pence_of(item: Item, name: str) -> int:
    return int(item.data.get(name) or 0)


def limitation_of(item: Item, years: Mapping[Any, int]) -> date:
    """After which no court can be asked for the oldest part of it: as the rent system says, where a person
    has entered an acknowledgment, else so many years from when it fell due. No payment moves it."""
    oldest = date.fromisoformat(str(item.data["debt_from"]))
    return day_of(item, "limitation_date") or years_after(oldest, years.get(type_of(item), LIMITATION_YEARS))


def years_after(day: date, years: int) -> date:
    """29 February becomes the 28th: a day early is safe."""
    return day.replace(year=day.year + years, day=28 if (day.month, day.day) == (2, 29) else day.day)


def months_after(day: date, months: int) -> date:
    """The same day of a later month, or its last."""
    year, month = divmod(day.month - 1 + months, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(day.year + year, month + 1, min(day.day, last))
        except ValueError:
            continue
    raise ValueError(f"{day} has no such day {months} months later")


def address_of(values: Any, prefix: str) -> list[str]:
    """Four lines and a postcode; all blank where there is none."""
    names = [*(f"{prefix}address{number}" for number in range(1, 5)), f"{prefix}postcode"]
    return [str(values.get(name) or "").strip() for name in names]


def person(values: Any, prefix: str) -> dict[str, object]:
    """Who somebody is and how they are reached, by the names of columns."""
    names = ("title", "forenames", "surname", "phone1", "phone2", "email")
    born = values.get(f"{prefix}date_of_birth")
    told = {name: values.get(f"{prefix}{name}") or None for name in names}
    return {**told, "dob": date.fromisoformat(born) if born else None}


def laid_out(address: Sequence[str], line: str, postcode: str) -> dict[str, object]:
    """By the names of columns."""
    names = [*(f"{line}{number}" for number in range(1, 5)), postcode]
    return {name: text or None for name, text in zip(names, address, strict=True)}


def addressed(address: Sequence[str], status: str, *, withheld: bool) -> dict[str, object]:
    """A party's address as its line has it."""
    if withheld:
        return {"addr_line1": WITHHELD, "addr_status": "W"}
    return {**laid_out(address, "addr_line", "postcode"), "addr_status": status}

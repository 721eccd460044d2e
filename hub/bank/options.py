"""What a route of `bank.receipts` says: whose accounts these are, and what the money on them is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from functools import cached_property
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, StringConstraints, field_validator, model_validator
from pydantic import Field as Setting

from hub.door.feed import Options
from hub.formats.types import Day

Called = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,31}$")]
_NOT_SHOWN = re.compile(r"[^A-Z0-9]")


class Part(BaseModel):
    """Base of what stands inside the options."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class OwnAccount(Part):
    """An account of the council's."""

    sort_code: str = Setting(pattern=r"^[0-9]{6}$")
    account_number: str = Setting(pattern=r"^[0-9]{8}$")

    def is_called(self, text: str) -> bool:
        """Whether a statement means it: sort code and number, with whatever before them (an IBAN, a BIC)."""
        return plain(text).endswith(self.sort_code + self.account_number)


class Money(Part):
    """A kind of money that files tell more of, known by what the bank says of it.

    says:            texts, any of which the line holds (large and small letters are alike)
    file_within:     working days by which a file should have explained it; else its owner is told
    """

    says: tuple[str, ...] = Setting(min_length=1)
    file_within: int = Setting(default=10, ge=0, le=60)

    @field_validator("says", mode="before")
    @classmethod
    def _one_or_many(cls, value: object) -> object:
        return (value,) if isinstance(value, str) else value

    @field_validator("says")
    @classmethod
    def _something(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if not all(plain(text) for text in value):
            raise ValueError("says: each text has letters or digits in it")
        return value

    def is_meant(self, text: str) -> bool:
        """`text` as `plain` gives it."""
        return any(plain(said) in text for said in self.says)


class ReceiptOptions(Options):
    """accounts: the council's own, by the name that people use
    money:       by the name that routes await it by (`awaits: {money: dwp}`), what it is known by; of several
                 that fit a line the first counts
    columns, day_format, newest_first, one_account: of `bank-lines-csv1` only: the names of the file's columns
                 by our own, how days are written, the order of lines, and the account of a file without a
                 column for it
    """

    a_route_sets = ("accounts",)

    accounts: Mapping[Called, OwnAccount] = Setting(default_factory=dict)
    money: Mapping[Called, Money] = Setting(default_factory=dict)
    columns: Mapping[str, str] = Setting(default_factory=dict)
    day_format: str = "%Y-%m-%d"
    newest_first: bool = False
    one_account: str | None = None

    @field_validator("day_format")
    @classmethod
    def _usable(cls, value: str) -> str:
        Day(value).fits(date(2026, 1, 1).isoformat())
        return value

    @model_validator(mode="after")
    def _knows_its_columns(self) -> Self:
        from hub.bank.lines_csv import NAMES

        unknown = sorted(set(self.columns) - set(NAMES))
        if unknown:
            raise ValueError(f"columns: {', '.join(unknown)} is none of {', '.join(NAMES)}")
        return self

    @cached_property
    def _alone(self) -> Mapping[str, str]:
        """Account numbers that only one of the accounts has."""
        numbers = [account.account_number for account in self.accounts.values()]
        return {
            account.account_number: name
            for name, account in self.accounts.items()
            if numbers.count(account.account_number) == 1
        }

    def account_of(self, text: str) -> str | None:
        """The name of the account that a statement means; some banks write its number alone."""
        named = (name for name, account in self.accounts.items() if account.is_called(text))
        return next(named, None) or self._alone.get(plain(text))

    def money_of(self, *texts: str) -> str | None:
        """The kind of money that a line with these texts is."""
        text = plain(" ".join(texts))
        return next((name for name, money in self.money.items() if money.is_meant(text)), None)


def plain(text: str) -> str:
    """What counts when two texts are compared: letters and digits, letters as capitals.

    >>> plain("Dwp-UC  s0007.")
    'DWPUCS0007'
    """
    return _NOT_SHOWN.sub("", text.upper())

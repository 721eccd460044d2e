"""What a route says of the bank: which money its files tell of, and what waits until the bank shows it."""

from __future__ import annotations

from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, field_validator, model_validator
from pydantic import Field as Setting

from hub.formats.types import Pounds

FILE = "file"
_POUNDS = Pounds()


class Awaits(BaseModel):
    """`awaits:` of a route.

    money:         the kind of money, as the route of `bank.receipts` names it
    lets_go:       `whole`: a file goes when the bank shows all of its money; `part`: each part goes when its
                   money is there, and the rest waits; `at_once`: nothing waits, the money is only expected
    each:          what a part is: `file`, `date` (of the items), `reference`, `item`, or one that the feed
                   names
    before, after: between which days the bank's lines count: so many days before and after those of the items
    within:        working days after the last of these by which the money is there; else the owner is told
    quoted:        whether a line counts only when its text quotes the part
    shares:        whether a line may hold the money of more files than this one
    tolerance:     pounds that the lines may differ by
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    money: str = Setting(pattern=r"^[a-z][a-z0-9_]{0,31}$")
    lets_go: Literal["whole", "part", "at_once"] = "whole"
    each: str = FILE
    before: int = Setting(default=5, ge=0, le=60)
    after: int = Setting(default=5, ge=0, le=60)
    within: int = Setting(default=3, ge=0, le=60)
    quoted: bool = False
    shares: bool = False
    tolerance: int = 0

    @field_validator("tolerance", mode="before")
    @classmethod
    def _pence(cls, value: Any) -> Any:
        """Written in pounds, held in pence."""
        text = f"{value}.00" if str(value).isdecimal() else str(value)
        if not _POUNDS.fits(text) or text.startswith("-"):
            raise ValueError(f"“{value}” is not an amount; write pounds: 0.05")
        return _POUNDS.read(text)

    @model_validator(mode="after")
    def _has_parts(self) -> Self:
        if self.each == FILE and (self.lets_go == "part" or self.quoted):
            raise ValueError("needs `each` to say what a part is, for `lets_go: part` and for `quoted`")
        return self

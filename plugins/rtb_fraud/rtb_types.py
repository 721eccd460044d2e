"""What values of an application and of evidence are made of: money, days, references, free text."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, StringConstraints

from hub.api import KINDS

LARGEST_DIGITS = 8
"""Of whole pounds."""


def _pence(value: Any) -> int:
    """Pounds as they are written ("185000", "185000.50", 185000) in whole pence."""
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        raise ValueError("is an amount in pounds, such as 185000.00")
    if not (written := re.fullmatch(r"([0-9]+)(?:\.([0-9]+))?", str(value).strip(), re.ASCII)):
        raise ValueError("is an amount in pounds, such as 185000.00, without a sign, a pound sign or commas")
    pounds, pence = written[1], written[2] or ""
    if len(pence) > 2:
        raise ValueError("has more than two decimals")
    if len(pounds.lstrip("0")) > LARGEST_DIGITS:
        raise ValueError("is an amount from 0 to 99999999.99")
    return int(pounds + pence.ljust(2, "0"))


def _nino(value: Any) -> str:
    """In capitals and without blanks, by HMRC's rules. The message never holds it."""
    number = str(value).replace(" ", "").replace("-", "").upper()
    told = KINDS["nino"].check({"nino": number}, {})
    if told.status == "invalid":
        raise ValueError(f"is no National Insurance number: {told.reason}")
    return number


Money = Annotated[int, BeforeValidator(_pence)]
"""Written in pounds, held in pence."""
Nino = Annotated[str, BeforeValidator(_nino)]
Reference = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._/\-]{0,29}$")]
Name = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f-\x9f]{1,60}$")]
Words = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f-\x9f]{1,200}$")]


class Shape(BaseModel):
    """Part of what comes in: unknown names are mistakes, what is not there is None and never a guess."""

    model_config = ConfigDict(extra="forbid", frozen=True)

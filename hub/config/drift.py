"""`hold: {drift: …}`: how far a file may be from what is usual on its route before a person looks at it."""

from __future__ import annotations

import re
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field, model_validator

from hub.config.strict import Settings
from hub.model import RECENT

LEAST = 4
"""Files that it takes to know what is usual."""
_PERCENT = re.compile(r"([1-9]\d{0,3})%")


def _read_percent(value: Any) -> Any:
    if isinstance(value, str):
        found = _PERCENT.fullmatch(value)
        if found is None:
            raise ValueError(f"“{value}” is not a share; write a whole percentage: 50%")
        return int(found[1])
    return value


Percent = Annotated[int, BeforeValidator(_read_percent), Field(ge=1)]


class Drift(Settings):
    """value, count: how far either may be from what is usual; of: the middle of so many accepted files"""

    value: Percent | None = None
    count: Percent | None = None
    of: int = Field(default=8, ge=LEAST, le=RECENT)

    @model_validator(mode="after")
    def _of_something(self) -> Self:
        if self.value is None and self.count is None:
            raise ValueError("needs value or count, such as value: 50%")
        return self

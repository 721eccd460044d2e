"""`arrives:` of a route: what comes to it by when, in the words of `schedule:`."""

from __future__ import annotations

from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field, model_validator

from hub.clock.words import Schedule
from hub.config.values import Duration, TimeOfDay


def _only_one(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


class Arrival(Schedule):
    """Files that come by a time of day, written `by`, on days as in a schedule.

    count: so many of them
    amber: so long before it, people are told that it is not there yet; else as `alerts:` says
    """

    at: Annotated[
        tuple[TimeOfDay, ...], Field(alias="by", min_length=1, max_length=1), BeforeValidator(_only_one)
    ]
    count: int = Field(default=1, ge=1, le=1000)
    amber: Duration | None = None

    @model_validator(mode="after")
    def _days_only(self) -> Self:
        other = {"every", "cron", "between"} & self.model_fields_set
        if other:
            raise ValueError(f"has {min(other)}, which is for a schedule; an arrival has by and days")
        return self

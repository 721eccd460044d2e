"""When an endpoint is not to be talked with: its own hours of maintenance, in the words of schedules."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any

from pydantic import AfterValidator, field_validator

from hub.clock.calendar import Calendars
from hub.clock.due import slots
from hub.clock.now import local_date, local_instant
from hub.clock.words import Schedule, check_window
from hub.config.strict import Settings
from hub.config.values import TimeOfDay

_DAY = timedelta(days=1)
_SECOND = timedelta(seconds=1)


class Window(Settings):
    """From when until when, past midnight when the last is the earlier; on which days: `days` or `dates`, as
    in `schedule:`, every day without either."""

    between: Annotated[tuple[TimeOfDay, ...], AfterValidator(check_window)]
    days: Any = ("all",)
    dates: Any = None

    @field_validator("days", "dates")
    @classmethod
    def _in_words(cls, value: Any, info: Any) -> Any:
        """Raises ValueError as the schedule does."""
        if value is not None:
            Schedule.model_validate({"at": ["00:00"], info.field_name: value})
        return value

    def until(self, calendars: Calendars, now: datetime) -> datetime | None:
        """When it is over; None outside."""
        first, last = self.between
        kind = {"dates": self.dates} if self.dates is not None else {"days": self.days}
        begun = slots(Schedule.model_validate({"at": [first], **kind}), calendars, now - _DAY, now + _SECOND)
        for slot in reversed(begun):
            day = local_date(slot.at)
            end = local_instant(day if first < last else day + _DAY, last)
            if slot.at <= now < end:
                return end
        return None


class Maintained(Settings):
    """maintenance: when nothing is sent there or fetched from there"""

    maintenance: tuple[Window, ...] = ()


def maintained_until(windows: Sequence[Window], calendars: Calendars, now: datetime) -> datetime | None:
    """When the maintenance that is under way is over; None when there is none."""
    return max((end for one in windows if (end := one.until(calendars, now))), default=None)

"""The demo's clock: the story's days, with the real time of day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from hub.clock.now import SystemClock


class StoryClock(SystemClock):
    """Real time, shifted so that today is the story's day. Never goes back."""

    def __init__(self) -> None:
        super().__init__()
        self._shift = timedelta()

    def turn_to(self, day: date) -> None:
        """Make it nine in the morning of `day`, or leave it when it is that day already."""
        morning = datetime(day.year, day.month, day.day, 9, tzinfo=UTC)
        if self.now().date() != day:
            self._shift = morning - super().now()

    def now(self) -> datetime:
        return super().now() + self._shift

    def pass_on(self, time: timedelta) -> None:
        """Let so much time pass."""
        self._shift += time

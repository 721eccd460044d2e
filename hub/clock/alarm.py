"""APScheduler as the alarm clock: it rings, and nothing more. What is due then, the engine works out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from apscheduler.schedulers.background import BackgroundScheduler  # type: ignore[import-untyped]

_DUE, _ROUND = "due", "round"


class Alarm:
    """Calls `ring`, from a thread of its own, every so many seconds and at an instant that is set.

    A ring that comes late comes nevertheless, once: APScheduler's own grace would drop it after a second."""

    def __init__(self, ring: Callable[[], None], every: int) -> None:
        self._ring, self._every = ring, every
        self._scheduler = _scheduler()

    def start(self) -> None:
        self._scheduler.add_job(self._ring, "interval", seconds=self._every, id=_ROUND)
        self._scheduler.start()

    def set(self, at: datetime | None) -> None:
        """The one instant at which it rings next, beside the rounds; None for no such."""
        if at is not None:
            self._scheduler.add_job(self._ring, "date", run_date=at, id=_DUE, replace_existing=True)
        elif self._scheduler.get_job(_DUE) is not None:
            self._scheduler.remove_job(_DUE)

    def stop(self) -> None:
        self._scheduler.shutdown(wait=False)


def _scheduler() -> BackgroundScheduler:
    # Only the service has one, and no other command should wait for what it doesn't use.
    from apscheduler.schedulers.background import BackgroundScheduler

    usual = {"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
    return BackgroundScheduler(timezone=UTC, job_defaults=usual)

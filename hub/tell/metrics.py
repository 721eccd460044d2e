"""What Prometheus may know: numbers about what is open, never about a closed compartment."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_SECONDS = (0.1, 0.5, 1, 5, 15, 60, 300, 900, 3600)


class Metrics:
    """Counted since the start, or as they stand at the last look."""

    def __init__(self) -> None:
        own = self._registry = CollectorRegistry()
        self._runs = Counter("feedhub_runs_total", "Runs that have ended", ["route", "outcome"], registry=own)
        self._run_seconds = Histogram(
            "feedhub_run_seconds", "How long runs took", ["route"], buckets=_SECONDS, registry=own
        )
        self._transfers = Counter(
            "feedhub_transfers_total", "Transfers that runs have told of", ["route", "state"], registry=own
        )
        self._last_done = Gauge(
            "feedhub_last_run_done_seconds", "When a run last went well", ["route"], registry=own
        )
        self._waiting = Gauge("feedhub_slots_waiting", "Due times that are not worked yet", registry=own)
        self._work = Gauge("feedhub_worklist", "What waits for a person", ["kind"], registry=own)
        self._late = Gauge("feedhub_promises_late", "What should have happened and did not", registry=own)
        self._looked = Gauge("feedhub_looked_seconds", "When the clock last looked", registry=own)

    def ran(
        self, route: str, outcome: str, began: datetime, ended: datetime, states: Mapping[str, int]
    ) -> None:
        self._runs.labels(route, outcome).inc()
        self._run_seconds.labels(route).observe((ended - began).total_seconds())
        for state, count in states.items():
            self._transfers.labels(route, state).inc(count)
        if outcome == "done":
            self._last_done.labels(route).set(ended.timestamp())

    def stands(self, at: datetime, waiting: int, work: Mapping[str, int], late: int) -> None:
        self._looked.set(at.timestamp())
        self._waiting.set(waiting)
        self._late.set(late)
        for kind, count in work.items():
            self._work.labels(kind).set(count)

    def text(self) -> bytes:
        """In the format that Prometheus reads."""
        return generate_latest(self._registry)

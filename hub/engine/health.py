"""`/health`, `/ready` and `/metrics` of a running service, for a monitor on this machine or in front of it.

They tell numbers and the words ok or not, nothing that a stranger may not know."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from hub.config.people import Viewer
from hub.config.settings import Role
from hub.engine.report import RunReport
from hub.engine.slots import waiting
from hub.errors import FeedHubError
from hub.model import Compartment, PromiseState, WorkKind
from hub.store.look import Look
from hub.tell.metrics import CONTENT_TYPE, Metrics
from hub.transfer.services import Services

SILENT = timedelta(minutes=3)
"""A clock that has not looked for so long is stuck."""
_MONITOR = Viewer("monitor", "the monitor", frozenset({Role.VIEWER}))
_TIMEOUT = 10


class Health:
    """What the service is asked from outside. `look` is a chore of the service."""

    def __init__(self, services: Services) -> None:
        self.metrics = Metrics()
        self._clock = services.clock
        self._looked = services.clock.now()
        self._trouble: str | None = None

    def look(self, services: Services) -> None:
        """Counted anew; whether the store can be read is part of it."""
        now = services.clock.now()
        try:
            with services.store.read() as conn:
                look = Look(conn, services.store.keys, _MONITOR)
                work = dict.fromkeys((kind.value for kind in WorkKind), 0)
                for entry in look.worklist(limit=None):
                    work[entry.kind.value] += 1
                late = len(look.promises(states=(PromiseState.BROKEN,), limit=None))
        except FeedHubError:
            self._trouble = "the store cannot be read"
            raise
        self._trouble, self._looked = None, now
        self.metrics.stands(now, len(waiting(replace(services, viewer=_MONITOR))), work, late)

    def ran(self, services: Services, report: RunReport, began: datetime) -> None:
        """A run has ended. Of closed compartments nothing is told."""
        route = services.route(report.route)
        if services.compartment(route) is not Compartment.OPEN:
            return
        states: dict[str, int] = {}
        for one in report.transfers:
            states[one.state] = states.get(one.state, 0) + 1
        outcome = "failed" if report.trouble else "done"
        self.metrics.ran(route.id, outcome, began, services.clock.now(), states)

    def trouble(self) -> str | None:
        """Why the service is not well, in words; None when it is."""
        if self._trouble is not None:
            return self._trouble
        silent = self._clock.now() - self._looked
        return "the clock has not looked for minutes" if silent > SILENT else None


def answering(health: Health, host: str, port: int) -> AbstractContextManager[int]:
    """Answer while it is entered; gives the port (0 takes a free one).

    Raises OSError, at once, when the address cannot be had."""
    server = ThreadingHTTPServer((host, port), _handler(health))
    server.daemon_threads = True
    return _serving(server)


@contextmanager
def _serving(server: ThreadingHTTPServer) -> Iterator[int]:
    thread = Thread(target=server.serve_forever, name="health", daemon=True)
    thread.start()
    try:
        yield int(server.server_address[1])
    finally:
        server.shutdown()
        server.server_close()


def _handler(health: Health) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        timeout = _TIMEOUT

        def do_GET(self) -> None:
            status, content_type, body = answer(health, self.path)
            self.send_response(status)
            for name, value in _headers(content_type, len(body)).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """A monitor asks every few seconds; that is no line of a log."""

    return Handler


def answer(health: Health, path: str) -> tuple[HTTPStatus, str, bytes]:
    """Status, type and content of what is at a path."""
    if path == "/metrics":
        return HTTPStatus.OK, CONTENT_TYPE, health.metrics.text()
    if path in ("/health", "/ready"):
        trouble = health.trouble()
        status = HTTPStatus.SERVICE_UNAVAILABLE if trouble else HTTPStatus.OK
        return status, "text/plain; charset=utf-8", f"{trouble or 'ok'}\n".encode()
    return HTTPStatus.NOT_FOUND, "text/plain; charset=utf-8", b"there is /health, /ready and /metrics\n"


def _headers(content_type: str, length: int) -> Mapping[str, str]:
    return {"Content-Type": content_type, "Content-Length": str(length), "Cache-Control": "no-store"}

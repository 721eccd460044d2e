"""A partner's API on loopback that answers as a function says, for tests.

with Loopback(answer) as api:  # answer(method, path, body, headers) → (status, JSON-able or a page), or LOST
    ...  # api.url, api.calls
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

LOST = None
"""An answer that never comes: the line is closed."""
Answering = Callable[[str, str, bytes, Mapping[str, str]], tuple[int, Any] | None]


class Loopback:
    """Runs from `with` to its end. `calls`: method and path of what came, in order."""

    def __init__(self, answer: Answering) -> None:
        self.calls: list[str] = []
        self._answer = answer

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        loopback = self

        class Handler(BaseHTTPRequestHandler):
            def _do(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                loopback.calls.append(f"{self.command} {self.path}")
                answer = loopback._answer(self.command, self.path, body, dict(self.headers))
                if answer is LOST:
                    self.close_connection = True
                    return
                page = isinstance(answer[1], bytes)
                told = answer[1] if page else json.dumps(answer[1]).encode()
                self.send_response(answer[0])
                self.send_header("Content-Type", "text/html" if page else "application/json")
                self.send_header("Content-Length", str(len(told)))
                self.end_headers()
                self.wfile.write(told)

            do_GET = do_POST = do_PUT = do_DELETE = _do  # noqa: N815 - the library's names

            def log_message(self, *told: Any) -> None:
                """Nothing of a call reaches the output."""

        return Handler

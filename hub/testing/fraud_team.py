"""A pretend fraud team on loopback, over https. It reads referrals with a few lines of its own."""

from __future__ import annotations

import json
import threading
import xml.etree.ElementTree as ElementTree
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from hub.testing.certificates import Authority

LOSE, BUSY, REFUSE = "lose", "busy", "refuse"


class FraudTeam:
    """Runs from `with` to its end. `authority` signs for it, and is whom callers are to trust.

    troubles: what happens to the next posts, one each: LOSE = it takes it and closes the line; BUSY; REFUSE
    taken:    referrals by their id, as told first; posts: every post that came, with its key
    """

    def __init__(self, authority: Authority) -> None:
        self.authority = authority
        self.troubles: list[str | None] = []
        self.taken: dict[str, dict[str, Any]] = {}
        self.posts: list[tuple[str, str]] = []

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        team = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                team.answer(self, self.headers.get("Idempotency-Key", ""), self.headers["Content-Type"], body)

            def log_message(self, *told: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._server.socket = self.authority.server().wrap_socket(
            self._server.socket, server_side=True, do_handshake_on_connect=False
        )
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *told: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def answer(self, handler: BaseHTTPRequestHandler, key: str, form: str, body: bytes) -> None:
        self.posts.append((handler.path, key))
        trouble = self.troubles.pop(0) if self.troubles else None
        if trouble in (BUSY, REFUSE):
            self._say(handler, 503 if trouble == BUSY else 422, {})
            return
        told = json.loads(body) if form == "application/json" else _of_xml(body)
        first = key not in self.taken
        self.taken.setdefault(key, told)
        if trouble == LOSE:
            handler.close_connection = True
            handler.connection.close()
            return
        self._say(handler, 201 if first else 200, {"receipt": f"FT-{len(self.taken)}"})

    @staticmethod
    def _say(handler: BaseHTTPRequestHandler, status: int, told: dict[str, Any]) -> None:
        body = json.dumps(told).encode()
        handler.send_response(status)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)


def _of_xml(body: bytes) -> dict[str, Any]:
    """What the team needs of a referral in XML."""
    space = "{urn:feedhub:rtb:referral:1}"
    root = ElementTree.fromstring(body)  # noqa: S314 - our own hub's, on loopback
    return {
        "referral_id": root.findtext(f"{space}ReferralId"),
        "rtb_ref": root.findtext(f"{space}RtbRef"),
        "subjects": [one.findtext(f"{space}Surname") for one in root.iter(f"{space}Subject")],
        "allegation_codes": [one.text for one in root.iter(f"{space}Code")],
    }

"""A rent system's API on loopback (rent system interface, 6.4), for tests. Can misbehave on order.

with RentApi() as api:
    api.troubles["post"].append(Trouble.LOSE)
    ...  # api.url, api.token_url; afterwards api.posted
"""

from __future__ import annotations

import base64
import gzip
import json
import re
import ssl
import threading
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum, auto
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

CLIENT, SECRET = "feedhub", "not-a-real-secret"
STEPS = {
    "token": ("POST", "/token"),
    "create": ("POST", "/transaction-batches"),
    "lines": ("POST", "/transaction-batches/([^/]+)/lines"),
    "validate": ("POST", "/transaction-batches/([^/]+)/validate"),
    "post": ("POST", "/transaction-batches/([^/]+)/post"),
    "reverse": ("POST", "/transaction-batches/([^/]+)/reverse"),
    "look": ("GET", "/transaction-batches/([^/]+)"),
    "delete": ("DELETE", "/transaction-batches/([^/]+)"),
    "diary": ("POST", "/accounts/([^/]+)/actions"),
}

Answer = tuple[int, Any]


class Trouble(Enum):
    """LOSE: does what was asked and closes the line; DROP: closes it at once; HOLD: does it and answers only
    when `gate` is opened; PACKED: an answer that is much longer than it looks."""

    LOSE = auto()
    DROP = auto()
    HOLD = auto()
    THROTTLE = auto()
    BUSY = auto()
    BROKEN = auto()
    FORBID = auto()
    MAINTENANCE = auto()
    ELSEWHERE = auto()
    HUGE = auto()
    PACKED = auto()


_JSON = {"Content-Type": "application/json"}
_INSTEAD: Mapping[Trouble, tuple[int, Mapping[str, str], bytes]] = {
    Trouble.THROTTLE: (429, {"Retry-After": "120"}, b""),
    Trouble.BUSY: (503, {"Retry-After": "300"}, b""),
    Trouble.BROKEN: (500, _JSON, b'{"name": "MRS A EXAMPLE"}'),
    Trouble.FORBID: (403, _JSON, b'{"name": "MRS A EXAMPLE"}'),
    Trouble.MAINTENANCE: (200, {"Content-Type": "text/html"}, b"<h1>We are away for a moment</h1>"),
    Trouble.ELSEWHERE: (307, {"Location": "http://127.0.0.1:9/elsewhere"}, b""),
    Trouble.HUGE: (200, _JSON, b'"' + b"x" * 3_000_000 + b'"'),
    Trouble.PACKED: (200, {**_JSON, "Content-Encoding": "gzip"}, gzip.compress(bytes(50_000_000), 9)),
}


@dataclass
class Batch:
    id: str
    declared: dict[str, Any]
    state: str = "DRAFT"
    taken: bool = False
    lines: list[dict[str, Any]] = field(default_factory=list)

    def shown(self) -> dict[str, Any]:
        return {**self.declared, "id": self.id, "state": self.state}

    def is_as_declared(self) -> bool:
        total = sum((Decimal(line["amount"]) for line in self.lines), Decimal())
        declared = self.declared["declaredCount"], Decimal(self.declared["declaredTotal"])
        return (len(self.lines), total) == declared


class RentApi:
    """Runs from `with` to its end.

    troubles:  by step, what goes wrong with its next calls, one each; None: nothing
    unknown:   payment references that `validate` refuses
    patience:  after how many looks a batch that was taken is posted; 0: at once
    can_reverse: whether it reverses a batch as one
    calls:     the steps that came, in order; posted: (reference, pounds) of each line posted
    diary:     the accounts of which an entry was made
    """

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.troubles: defaultdict[str, list[Trouble | None]] = defaultdict(list)
        self.unknown: set[str] = set()
        self.patience = 0
        self.can_reverse = True
        self.calls: list[str] = []
        self.keys: list[str | None] = []
        self.posted: list[tuple[str, str]] = []
        self.diary: list[str] = []
        self.batches: dict[str, Batch] = {}
        self.tokens: set[str] = set()
        self.gate = threading.Event()
        self._tls = tls
        self._done: dict[tuple[str, str], Answer] = {}  # by idempotency key
        self._lock = threading.Lock()

    @property
    def url(self) -> str:
        scheme = "https" if self._tls else "http"
        return f"{scheme}://127.0.0.1:{self._server.server_address[1]}"

    @property
    def token_url(self) -> str:
        return f"{self.url}/token"

    def __enter__(self) -> Self:
        self._server = _Server(self)
        if self._tls is not None:
            # The handshake is left to the thread of the call: a client that breaks it off stops nobody.
            self._server.socket = self._tls.wrap_socket(
                self._server.socket, server_side=True, do_handshake_on_connect=False
            )
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.gate.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def trouble(self, step: str) -> Trouble | None:
        """What goes wrong with the call that has come."""
        with self._lock:
            self.calls.append(step)
            waiting = self.troubles[step]
            return waiting.pop(0) if waiting else None

    def is_welcome(self, step: str, authorization: str) -> bool:
        """With a token that we gave, or without any as long as none was asked for."""
        scheme, _, proof = authorization.partition(" ")
        return step == "token" or not self.tokens or (scheme == "Bearer" and proof in self.tokens)

    def revoke(self) -> None:
        """The tokens that were given count no more."""
        self.tokens = {"nobody-has-this-one"}

    def do(self, step: str, about: str, key: str | None, proof: str, body: bytes) -> Answer:
        """Do what is asked; once for a key."""
        with self._lock:
            self.keys.append(key)
            if key is not None and (step, key) in self._done:
                return self._done[step, key]
            answer = self._token(proof, body) if step == "token" else self._act(step, about, body)
            if key is not None:
                self._done[step, key] = answer
            return answer

    def _act(self, step: str, about: str, body: bytes) -> Answer:
        if step == "create":
            return self._create(json.loads(body))
        if step == "diary":
            return self._note(about)
        if about not in self.batches:
            return 404, {"code": "E01"}
        acts: Mapping[str, Callable[[Batch, bytes], Answer]] = {
            "lines": self._add,
            "validate": self._validate,
            "post": self._post,
            "reverse": self._reverse,
            "look": self._look,
            "delete": self._delete,
        }
        return acts[step](self.batches[about], body)

    def _token(self, authorization: str, body: bytes) -> Answer:
        proof = base64.b64decode(authorization.removeprefix("Basic ")).decode()
        if proof != f"{CLIENT}:{SECRET}" or parse_qs(body.decode()).get("grant_type") != [
            "client_credentials"
        ]:
            return 401, {"error": "invalid_client"}
        token = f"token-{len(self.calls)}"
        self.tokens.add(token)
        return 200, {"access_token": token, "token_type": "Bearer", "expires_in": 3600}

    def _create(self, declared: dict[str, Any]) -> Answer:
        for earlier in self.batches.values():
            if earlier.declared["sequence"] == declared["sequence"]:
                return 409, earlier.shown()
        batch = Batch(f"B{len(self.batches) + 1:04}", declared)
        self.batches[batch.id] = batch
        return 201, batch.shown()

    def _note(self, account: str) -> Answer:
        self.diary.append(account)
        return 201, {}

    def _add(self, batch: Batch, body: bytes) -> Answer:
        if batch.state != "DRAFT":
            return 409, {"code": "E06"}
        batch.lines += json.loads(body)["lines"]
        return 202, {}

    def _validate(self, batch: Batch, body: bytes) -> Answer:
        results = [self._result(line) for line in batch.lines]
        if batch.state == "DRAFT" and all(result["accepted"] for result in results):
            batch.state = "VALIDATED"
        return 200, {"state": batch.state, "results": results}

    def _result(self, line: dict[str, Any]) -> dict[str, Any]:
        sound = line["paymentRef"] not in self.unknown
        trouble = {} if sound else {"code": "E14", "message": "no account of MRS A EXAMPLE"}
        return {"lineNo": line["lineNo"], "accepted": sound, **trouble}

    def _post(self, batch: Batch, body: bytes) -> Answer:
        if batch.state != "VALIDATED" or not batch.is_as_declared():
            return 409, {"code": "E03"}
        batch.taken = True
        if self.patience:
            return 202, batch.shown()
        self._settle(batch)
        return 200, batch.shown()

    def _look(self, batch: Batch, body: bytes) -> Answer:
        if batch.state == "VALIDATED" and batch.taken:
            self.patience -= 1
            if not self.patience:
                self._settle(batch)
        return 200, batch.shown()

    def _settle(self, batch: Batch) -> None:
        batch.state = "POSTED"
        self.posted += [(line["paymentRef"], line["amount"]) for line in batch.lines]

    def _reverse(self, batch: Batch, body: bytes) -> Answer:
        if not self.can_reverse:
            return 405, {"code": "E01"}
        if batch.state != "POSTED":
            return 409, {"code": "E17"}
        batch.state = "REVERSED"
        self.posted += [(line["paymentRef"], str(-Decimal(line["amount"]))) for line in batch.lines]
        return 200, batch.shown()

    def _delete(self, batch: Batch, body: bytes) -> Answer:
        if batch.state == "POSTED":
            return 409, {"code": "E17"}
        del self.batches[batch.id]
        return 204, None


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, api: RentApi) -> None:
        self.api = api
        super().__init__(("127.0.0.1", 0), _Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A line that the other side broke off is what many tests want."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        self._serve()

    do_POST = do_DELETE = do_GET  # noqa: N815 - named by the standard library

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""

    def _serve(self) -> None:
        api, body = self.server.api, self.rfile.read(int(self.headers.get("Content-Length", 0)))
        proof = self.headers.get("Authorization", "")
        step, about = _step_of(self.command, urlsplit(self.path).path)
        trouble = api.trouble(step)
        if trouble is Trouble.DROP:
            return
        if trouble is not None and trouble in _INSTEAD:
            self._send(*_INSTEAD[trouble])
        elif not api.is_welcome(step, proof):
            self._send(401, {}, b"")
        else:
            status, told = api.do(step, about, self.headers.get("Idempotency-Key"), proof, body)
            if trouble is Trouble.HOLD:
                api.gate.wait()
            if trouble is not Trouble.LOSE:
                self._send(status, _JSON, b"" if told is None else json.dumps(told).encode())

    def _send(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def _step_of(method: str, path: str) -> tuple[str, str]:
    for step, (verb, pattern) in STEPS.items():
        found = re.fullmatch(pattern, path)
        if verb == method and found:
            return step, found[1] if found.groups() else ""
    return "look", ""

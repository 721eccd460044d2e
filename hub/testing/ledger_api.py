"""A financial system's REST interface on loopback, for tests and the demo, with a few lines of its own to
read what it is told.

It stages batches, posts them when GL07 is ordered, and shows its ledger. It can lose an answer after it has
done what was asked, refuse accounts, close periods, and have finance edit a line in between.
"""

from __future__ import annotations

import json
import re
import threading
from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

Answer = tuple[int, Mapping[str, str], Any]
Query = Mapping[str, Sequence[str]]
Line = dict[str, Any]


class LedgerApi:
    """Runs from `with` to its end.

    lose, drop:  how many of the next batch calls are done without an answer, or not done at all
    instead:     what it answers to batch calls instead, one each: status, headers, body; None = nothing
    says:        the body of its yes to a batch
    unknown:     accounts whose vouchers stay in batch input; closed: periods in which nothing is posted
    edits:       by account, the pounds that finance adds to a line before it is posted
    patience:    how often it says that GL07 is running
    calls:       method and path of what came
    """

    def __init__(self) -> None:
        self.lose = self.drop = self.patience = 0
        self.instead: list[Answer | None] = []
        self.says: bytes | None = None
        self.unknown: set[str] = set()
        self.closed: set[str] = set()
        self.edits: dict[str, Decimal] = {}
        self.staged: dict[str, list[Line]] = defaultdict(list)
        self.ledger: list[Line] = []
        self.calls: list[tuple[str, str]] = []
        self.orders: dict[str, int] = {}

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        self._server = _Server(("127.0.0.1", 0), _handler(self))
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:  # fmt: skip
        self._server.shutdown()
        self._server.server_close()

    def is_batch(self, method: str, path: str, body: bytes) -> bool:
        return method in ("POST", "PUT") and path.endswith("financial-transaction-batch")

    def answer(self, method: str, path: str, query: Query, body: bytes) -> Answer:
        if path == "/identity/connect/token":
            return 200, {}, {"access_token": "t", "expires_in": 3600}
        if path == "/v1/financial-transaction-batch":
            return self.stage(json.loads(body, parse_float=Decimal))
        if path == "/v1/report-jobs/order":
            return self.order(json.loads(body))
        if task := re.fullmatch("/v1/report-jobs/order/(.+)", path):
            return 200, {}, {"status": self.running(task[1])}
        return self.look(path, query)

    def look(self, path: str, query: Query) -> Answer:
        if staged := re.fullmatch("/v1/financial-transaction-batch/([^/]+)/([^/]+)", path):
            found = self.staged.get(staged[1])
            told = [{"externalReference": line["key"]} for line in found or ()]
            return (200, {}, told) if found else (404, {}, {})
        if not {"registered", "posted", "historical"} & query.keys():
            return 400, {}, {"code": 1020, "message": "one of registered, posted, historical"}
        batch = re.fullmatch("batchId eq '(.+)'", query["filter"][0])
        return 200, {}, [row for row in self.ledger if batch and row["batchId"] == batch[1]]

    def stage(self, lines: Sequence[Any]) -> Answer:
        """Amounts that are no pounds with two decimals are refused."""
        for line in lines:
            told = line["transactionInformation"]
            detail = told["transactionDetailInformation"]
            amount = detail["amounts"]["amount"]
            if not isinstance(amount, Decimal) or amount.as_tuple().exponent != -2:
                return 400, {}, {"code": "AMOUNT", "message": "an amount has not two decimals"}
            self.staged[line["batchInformation"]["batchId"]].append(
                {
                    "key": told["invoice"]["externalReference"],
                    "voucher": told["transactionNumber"],
                    "period": told["period"],
                    "account": detail["accountingInformation"]["account"],
                    "amount": amount,
                }
            )
        return 200, {}, self.says

    def order(self, order: Mapping[str, Any]) -> Answer:
        batch = order["parameters"][0]["value"]
        if batch not in self.staged:
            return 404, {}, {"code": "NOBATCH"}
        task = f"7-GL07-{len(self.orders) + 1}"
        self.orders[task] = self.patience
        self.post(batch)
        return 202, {"Location": f"/v1/report-jobs/order/{task}"}, None

    def post(self, batch: str) -> None:
        """Whole vouchers that balance, in open periods, of known accounts; the others stay."""
        vouchers: dict[int, list[Line]] = defaultdict(list)
        for line in self.staged[batch]:
            vouchers[line["voucher"]].append(line)
        for lines in vouchers.values():
            sound = sum(line["amount"] for line in lines) == 0
            known = not {line["account"] for line in lines} & self.unknown
            if sound and known and str(lines[0]["period"]) not in self.closed:
                self.staged[batch] = [line for line in self.staged[batch] if line not in lines]
                self.ledger += [self.row(batch, place, line) for place, line in enumerate(lines, start=1)]

    def row(self, batch: str, place: int, line: Line) -> Line:
        return {
            "batchId": batch,
            "externalReference": line["key"],
            "amount": float(line["amount"] + self.edits.get(line["account"], 0)),
            "transactionNumber": 26004400 + line["voucher"],
            "sequenceNumber": place,
            "period": line["period"],
            "account": line["account"],
        }

    def running(self, task: str) -> str:
        self.orders[task] -= 1
        return "W" if self.orders[task] >= 0 else "T"


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: Any, client_address: Any) -> None:
        """Quiet: a line that is cut off is what was asked for."""


def _handler(system: LedgerApi) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            place = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            system.calls.append((self.command, place.path))
            is_batch = system.is_batch(self.command, place.path, body)
            instead = system.instead.pop(0) if is_batch and system.instead else None
            if instead is not None:
                return self.send(*instead)
            if is_batch and system.drop:
                system.drop -= 1
                return None
            told = system.answer(self.command, place.path, parse_qs(place.query), body)
            if is_batch and system.lose:
                system.lose -= 1
                return None
            return self.send(*told)

        do_POST = do_PUT = do_GET  # noqa: N815 - named by the standard library

        def log_message(self, format: str, *args: Any) -> None:
            """Quiet."""

        def send(self, status: int, headers: Mapping[str, str], told: Any) -> None:
            body = b"" if told is None else told if isinstance(told, bytes) else json.dumps(told).encode()
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

    return Handler

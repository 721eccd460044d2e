"""A financial system's REST interface on loopback, with a few lines of its own to read what it is told.

It stages batches, posts them when GL07 is ordered, and shows its ledger. It can lose an answer after it has
done what was asked, refuse accounts, close periods, and have finance edit a line in between.
"""

from __future__ import annotations

import json
import re
import threading
from collections import defaultdict
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit


class Unit4:
    """Runs from `with` to its end.

    lose, drop:  how many of the next batch calls are done without an answer, or not done at all
    instead:     what it answers to batch calls instead, one each: status, headers, body; None = nothing
    says:        the body of its yes to a batch
    unknown:     accounts whose vouchers stay in batch input; closed: periods in which nothing is posted
    edits:       by account, the pounds that finance adds to a line before it is posted
    patience:    how often it says that GL07 is running
    """

    def __init__(self):
        self.lose = self.drop = self.patience = 0
        self.instead, self.says = [], None
        self.unknown, self.closed, self.edits = set(), set(), {}
        self.staged, self.ledger, self.calls, self.tokens = defaultdict(list), [], [], set()
        self.orders = {}

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def __enter__(self):
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.server.handle_error = lambda *about: None
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *about):
        self.server.shutdown()
        self.server.server_close()

    def is_batch(self, method, path, body):
        return method in ("POST", "PUT") and path.endswith("financial-transaction-batch")

    def answer(self, method, path, query, body):
        if path == "/identity/connect/token":
            assert parse_qs(body.decode())["grant_type"] == ["client_credentials"]
            return 200, {}, {"access_token": "t", "expires_in": 3600}
        if path == "/v1/financial-transaction-batch":
            return self.stage(json.loads(body, parse_float=Decimal))
        if path == "/v1/report-jobs/order":
            return self.order(json.loads(body))
        if task := re.fullmatch("/v1/report-jobs/order/(.+)", path):
            return 200, {}, {"status": self.running(task[1])}
        return self.look(path, query)

    def look(self, path, query):
        if staged := re.fullmatch("/v1/financial-transaction-batch/([^/]+)/([^/]+)", path):
            found = self.staged.get(staged[1])
            return (
                (200, {}, [{"externalReference": line["key"]} for line in found]) if found else (404, {}, {})
            )
        if not {"registered", "posted", "historical"} & query.keys():
            return 400, {}, {"code": 1020, "message": "one of registered, posted, historical"}
        batch = re.fullmatch("batchId eq '(.+)'", query["filter"][0])[1]
        return 200, {}, [row for row in self.ledger if row["batchId"] == batch]

    def stage(self, lines):
        for line in lines:
            told = line["transactionInformation"]
            detail = told["transactionDetailInformation"]
            amount = detail["amounts"]["amount"]
            assert isinstance(amount, Decimal) and amount.as_tuple().exponent == -2
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

    def order(self, order):
        batch = order["parameters"][0]["value"]
        if batch not in self.staged:
            return 404, {}, {"code": "NOBATCH"}
        task = f"7-GL07-{len(self.orders) + 1}"
        self.orders[task] = self.patience
        self.post(batch)
        return 202, {"Location": f"/v1/report-jobs/order/{task}"}, None

    def post(self, batch):
        """Whole vouchers that balance, in open periods, of known accounts; the others stay."""
        vouchers = defaultdict(list)
        for line in self.staged[batch]:
            vouchers[line["voucher"]].append(line)
        for lines in vouchers.values():
            sound = sum(line["amount"] for line in lines) == 0
            known = not {line["account"] for line in lines} & self.unknown
            if sound and known and str(lines[0]["period"]) not in self.closed:
                self.staged[batch] = [line for line in self.staged[batch] if line not in lines]
                self.ledger += [self.row(batch, place, line) for place, line in enumerate(lines, start=1)]

    def row(self, batch, place, line):
        return {
            "batchId": batch,
            "externalReference": line["key"],
            "amount": float(line["amount"] + self.edits.get(line["account"], 0)),
            "transactionNumber": 26004400 + line["voucher"],
            "sequenceNumber": place,
            "period": line["period"],
            "account": line["account"],
        }

    def running(self, task):
        self.orders[task] -= 1
        return "W" if self.orders[task] >= 0 else "T"


def _handler(system):
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
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

        def log_message(self, *about):
            """Quiet."""

        def send(self, status, headers, told):
            body = b"" if told is None else told if isinstance(told, bytes) else json.dumps(told).encode()
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

    return Handler

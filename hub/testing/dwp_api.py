"""A pretend DWP on loopback, for tests and the demo: the Citizen API as its public clients use it, and the
project's own checking gateway in JSON and XML. It reads what it is sent with a few lines of its own.

with DwpApi(PEOPLE) as api:
    api.instead["match"].append(OUTAGE)
    ...  # api.url, api.token_url; afterwards api.asked
"""

from __future__ import annotations

import json
import re
import threading
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, NamedTuple, Self
from urllib.parse import parse_qs, urlsplit

CLIENT, SECRET = "feedhub", "not-a-real-secret"


class Instead(NamedTuple):
    """What is answered in place of what should be."""

    status: int
    body: bytes = b""
    content_type: str = "text/html"
    headers: Mapping[str, str] = {}


PAGE = Instead(404, b"<html><h1>404 Not Found</h1>proxy.example</html>")
AWAY = Instead(503, b"<html>Maintenance</html>")
SLOW_DOWN = Instead(429, b"", "application/json", {"Retry-After": "1"})
BUSY = Instead(429, b"", "application/json", {"Retry-After": "600"})
FORBIDDEN = Instead(403, b'{"errors":[{"status":"403"}]}', "application/json")
STRANGE = Instead(404, b'{"message":"no such route"}', "application/json")
LOST = Instead(0)
"""It does what it is asked and closes the line."""


@dataclass(frozen=True)
class Citizen:
    """Somebody whom DWP knows. All of it is invented.

    wants: what a match needs beside, else it is ambiguous
    flags: of details, such as statusIndicator
    claims: as the Citizen API tells them; housing: as the gateway does
    """

    nino: str
    surname: str
    forename: str
    born: str
    postcode: str = ""
    wants: str = ""
    died: str = ""
    flags: Sequence[str] = ()
    claims: Sequence[Mapping[str, Any]] = ()
    housing: Mapping[str, Any] = field(default_factory=dict)


class Asked(NamedTuple):
    """A match that came, or one enquiry of a batch."""

    correlation_id: str
    surname: str
    born: str
    fragment: str
    purpose: str


class DwpApi:
    """Runs from `with` to its end.

    instead: by step (token, match, details, claims, submit, look, results, erase), what is answered to its
             next calls, one each; None: what should be
    always:  what is answered to every call instead of what should be; None: nothing
    a_second: calls that it takes in one second, 0 = any number; more are answered 429
    slow:    seconds that each answer takes
    looks:   so often a batch is not finished yet when it is looked at
    answers_more: whether the gateway answers scopes that were not asked for
    asked:   all that was asked, in order; headers: of each call, by step
    """

    def __init__(self, people: Iterable[Citizen] = (), token: str = "pretend-token") -> None:  # noqa: S107
        self.people, self._token_word = list(people), token
        self.instead: defaultdict[str, list[Instead | None]] = defaultdict(list)
        self.always: Instead | None = None
        self.a_second, self.slow, self.looks = 0, 0.0, 0
        self.answers_more = False
        self.asked: list[Asked] = []
        self.calls: list[str] = []
        self.headers: list[tuple[str, Mapping[str, str]]] = []
        self.refused = 0
        self.batches: dict[str, tuple[str, bytes]] = {}
        self.on_asked = threading.Condition()
        self._recent: list[float] = []
        self._looked: defaultdict[str, int] = defaultdict(int)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def token_url(self) -> str:
        return f"{self.url}/citizen-information/oauth2/token"

    def __enter__(self) -> Self:
        self._server = _Server(self)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def wait_until_asked(self, times: int, timeout: float = 60) -> bool:
        """Whether so many were asked before the time was over."""
        with self.on_asked:
            return self.on_asked.wait_for(lambda: len(self.asked) >= times, timeout)

    def answer(self, step: str, about: str, headers: Mapping[str, str], body: bytes) -> Instead:
        """What a call is answered."""
        with self.on_asked:
            self.calls.append(step)
            self.headers.append((step, headers))
            waiting = self.instead[step]
            instead = waiting.pop(0) if waiting else self.always
            if instead is None and step != "token" and self._too_many():
                self.refused += 1
                return SLOW_DOWN
            if instead is not None and instead is not LOST:
                return instead
            told = self._told(step, about, headers, body)
            self.on_asked.notify_all()
        if self.slow:
            time.sleep(self.slow)
        return LOST if instead is LOST else told

    def _too_many(self) -> bool:
        now = time.monotonic()
        self._recent = [at for at in self._recent if now - at < 1]
        if self.a_second and len(self._recent) >= self.a_second:
            return True
        self._recent.append(now)
        return False

    def _told(self, step: str, about: str, headers: Mapping[str, str], body: bytes) -> Instead:
        if step == "token":
            return self._token(body)
        if headers.get("authorization") != f"Bearer {self._token_word}":
            return _json(401, _errors("401"))
        of_one = {"match": self._match, "details": self._details, "claims": self._claims}
        if step in of_one:
            return of_one[step](about, headers, body)
        return self._of_batch(step, about, headers, body)

    def _token(self, body: bytes) -> Instead:
        form = parse_qs(body.decode())
        if (form.get("client_id"), form.get("client_secret")) != ([CLIENT], [SECRET]):
            return _json(401, _errors("401"))
        return _json(200, {"access_token": self._token_word, "token_type": "Bearer", "expires_in": "3600"})

    def _match(self, about: str, headers: Mapping[str, str], body: bytes) -> Instead:
        told = json.loads(body)["data"]["attributes"]
        known = (told.get("lastName", ""), told.get("dateOfBirth", ""), told.get("ninoFragment", ""))
        self.asked.append(Asked(headers.get("correlation-id", ""), *known, ""))
        if not known[0]:
            return _json(400, _errors("400"))
        fitting = [
            number
            for number, one in enumerate(self.people)
            if one.born == known[1] and one.nino[4:8] == (known[2] or one.nino[4:8])
        ]
        if len(fitting) != 1:
            return _json(404, _errors("404"))
        wants = self.people[fitting[0]].wants
        if wants and wants not in told:
            return _json(422, _errors("422", pointer=f"/data/attributes/{wants}"))
        return _json(200, {"data": {"id": f"first-{fitting[0]}", "type": "MatchResult", "attributes": {}}})

    def _details(self, about: str, headers: Mapping[str, str], body: bytes) -> Instead:
        number = int(about.rpartition("-")[2])
        one = self.people[number]
        person: dict[str, Any] = {
            "guid": f"second-{number}",
            "nino": one.nino,
            "name": {"title": "MX", "firstName": one.forename, "lastName": one.surname},
            "nationality": "NOBODY-NEEDS-THIS",
            **dict.fromkeys(one.flags, True),
        }
        if one.died:
            person["dateOfDeath"] = {"date": one.died}
        return _json(200, {"data": {"id": about, "type": "Citizen", "attributes": person}})

    def _claims(self, about: str, headers: Mapping[str, str], body: bytes) -> Instead:
        """Only the id of the details finds them."""
        if not about.startswith("second-"):
            return _json(400, _errors("400"))
        claims = self.people[int(about.rpartition("-")[2])].claims
        told = [{"id": f"c{n}", "type": "Claim", "attributes": one} for n, one in enumerate(claims)]
        return _json(200, {"data": told}) if told else _json(404, _errors("404"))

    def _of_batch(self, step: str, about: str, headers: Mapping[str, str], body: bytes) -> Instead:
        if step == "submit":
            return self._submit(headers, body)
        if about not in self.batches:
            return _json(410, _errors("410"))
        if step == "erase":
            del self.batches[about]
            return Instead(204)
        kind, sent = self.batches[about]
        done = self._looked[about] >= self.looks
        if step == "look" or (kind == "xml" and not done):
            self._looked[about] += 1
        if kind == "xml":
            told = _xml_answer(about, self._answers(_xml_items(sent)))
            return Instead(200, told, "application/xml") if done else Instead(202)
        items = json.loads(sent)["items"]
        if step == "look":
            state = "COMPLETE" if done else "RUNNING"
            counts = {"itemCount": len(items), "doneCount": len(items) if done else 0}
            return _json(200, {"batchId": about, "status": state, **counts})
        return _json(200, {"results": self._answers(items)})

    def _submit(self, headers: Mapping[str, str], body: bytes) -> Instead:
        kind = "xml" if body.lstrip().startswith(b"<") else "json"
        key = headers.get("idempotency-key", "")
        if key in self.batches:
            same = self.batches[key] == (kind, body)
            return _json(202 if same else 409, {"batchId": key, "status": "ACCEPTED"})
        self.batches[key] = kind, body
        items = _xml_items(body) if kind == "xml" else json.loads(body)["items"]
        who = headers.get("correlation-id", ""), headers.get("purpose", "")
        for item in items:
            known = item["surname"], item["dateOfBirth"], item["nino"][4:8]
            self.asked.append(Asked(who[0], *known, who[1]))
        return _json(202, {"batchId": key, "status": "ACCEPTED"})

    def _answers(self, items: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
        return [self._of_item(item) for item in items]

    def _of_item(self, item: Mapping[str, Any]) -> dict[str, Any]:
        ref = {"checkRef": item["checkRef"]}
        one = next((p for p in self.people if p.nino == item["nino"] and p.born == item["dateOfBirth"]), None)
        if one is None:
            return {**ref, "matchStatus": "NO_MATCH"}
        if one.died:
            return {**ref, "matchStatus": "DECEASED", "dateOfDeath": one.died}
        if one.flags:
            return {**ref, "matchStatus": "RESTRICTED"}
        same = one.surname[:3] == item["surname"][:3]
        told: dict[str, Any] = {**ref, "matchStatus": "MATCHED" if same else "MATCHED_NAME_VARIES"}
        if one.housing and (self.answers_more or "UC_APA" in item["scopes"]):
            told["ucHousing"] = dict(one.housing)
        return told


def _json(status: int, told: Any) -> Instead:
    return Instead(status, json.dumps(told).encode(), "application/json")


def _errors(status: str, **source: str) -> dict[str, Any]:
    return {"errors": [{"status": status, "title": "no", "detail": "MRS A EXAMPLE", "source": source}]}


def _xml_items(body: bytes) -> list[dict[str, Any]]:
    text = body.decode()
    return [
        {
            "checkRef": _of(item, "CheckRef"),
            "nino": _of(item, "Nino"),
            "surname": _of(item, "Surname"),
            "dateOfBirth": _of(item, "DateOfBirth"),
            "scopes": re.findall("<Scope>(.*?)</Scope>", item),
        }
        for item in re.findall("<Item>(.*?)</Item>", text, re.DOTALL)
    ]


def _of(text: str, name: str) -> str:
    found = re.search(f"<{name}>(.*?)</{name}>", text)
    return found[1] if found else ""


_HOUSING = (
    ("HousingElementPence", "housingElementPence"),
    ("ManagedPaymentToLandlord", "managedPaymentToLandlord"),
    ("PayeeIsThisLandlord", "payeeIsThisLandlord"),
    ("ArrearsDeductionPence", "arrearsDeductionPence"),
    ("NextPaymentDate", "nextPaymentDate"),
)


def _xml_answer(batch: str, answers: Sequence[Mapping[str, Any]]) -> bytes:
    found = sum(str(one["matchStatus"]).startswith("MATCHED") for one in answers)
    head = (
        f"<BatchId>{batch}</BatchId><CompletedAt>2026-12-01T09:00:00Z</CompletedAt>"
        f"<BatchStatus>COMPLETE</BatchStatus><ItemCount>{len(answers)}</ItemCount>"
        f"<MatchedCount>{found}</MatchedCount>"
    )
    rows = "".join(f"<Result>{_xml_result(one)}</Result>" for one in answers)
    space = 'xmlns="urn:feedhub:dwp:check:1"'
    return f"<CheckResponse {space}><Header>{head}</Header>{rows}</CheckResponse>".encode()


def _xml_result(one: Mapping[str, Any]) -> str:
    told = f"<CheckRef>{one['checkRef']}</CheckRef><MatchStatus>{one['matchStatus']}</MatchStatus>"
    if "dateOfDeath" in one:
        told += f"<DateOfDeath>{one['dateOfDeath']}</DateOfDeath>"
    housing = one.get("ucHousing", {})
    inner = "".join(f"<{tag}>{housing[name]}</{tag}>" for tag, name in _HOUSING if name in housing)
    return told + (f"<UcHousing>{inner}</UcHousing>" if inner else "")


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 50

    def __init__(self, api: DwpApi) -> None:
        self.api = api
        super().__init__(("127.0.0.1", 0), _Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A line that the other side broke off is what some tests want."""


_STEPS = {
    "token": ("POST", ".*/oauth2/token()"),
    "match": ("POST", ".*/citizens/match()"),
    "claims": ("GET", ".*/citizens/([^/]+)/claims"),
    "details": ("GET", ".*/citizens/([^/]+)"),
    "submit": ("POST", ".*/check-batches()"),
    "results": ("GET", ".*/check-batches/([^/]+)/results"),
    "look": ("GET", ".*/check-batches/([^/]+)"),
    "erase": ("DELETE", ".*/check-batches/([^/]+)"),
}


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        step, about = _step_of(self.command, urlsplit(self.path).path)
        told = {name.lower(): value for name, value in self.headers.items()}
        answer = self.server.api.answer(step, about, told, body) if step else Instead(404, b"<html/>")
        if answer is LOST:
            return
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Type", answer.content_type)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)

    do_POST = do_DELETE = do_GET  # noqa: N815 - named by the standard library

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""


def _step_of(method: str, path: str) -> tuple[str, str]:
    for step, (verb, pattern) in _STEPS.items():
        found = re.fullmatch(pattern, path)
        if verb == method and found:
            return step, found[1]
    return "", ""

"""Accounts at APIs, over httpx.

Nothing that a partner or a secret says gets into a message: neither a header nor a body, only the status and
the name of the call. Redirects are never followed; the server's certificate is always checked.
"""

from __future__ import annotations

import base64
import json
import logging
import os
import ssl
import tempfile
import threading
import time
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from urllib.parse import quote_plus, urlsplit
from xml.sax.saxutils import escape

import httpx

from hub.config.endpoints import HttpsEndpoint, OAuth2
from hub.connectors.base import ApiSession, Secrets
from hub.door.conversation import PASSWORD, USERNAME, Again, Call, Reply
from hub.errors import (
    AnswerLost,
    AuthFailed,
    ConfigError,
    HostKeyChanged,
    RemoteRefused,
    Throttled,
    TransportError,
    Unreachable,
)

# httpx logs addresses and httpcore headers; what is worth telling is in our errors.
for _library in ("httpx", "httpcore"):
    logging.getLogger(_library).setLevel(logging.CRITICAL)

_EARLY = 60  # seconds before its end that a token is renewed
_UNKNOWN_LIFE = 300  # seconds, of a token whose server does not say how long it lasts
_LONGEST_TOKEN = 1 << 20
_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
_KEPT = ("content-type", "etag", "last-modified", "link", "location", "retry-after")
"""The headers that a reply keeps. Others (cookies, tokens) are nobody's business."""


class HttpsConnector:
    """Keeps what it knows of each endpoint (tokens, refusals) as long as its secrets stay the same."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: dict[tuple[str, HttpsEndpoint, tuple[str, ...]], Api] = {}

    @contextmanager
    def open(self, name: str, endpoint: HttpsEndpoint, secrets: Secrets) -> Iterator[ApiSession]:
        read = {reference: secrets(reference) for reference in endpoint.secrets}
        key = (name, endpoint, tuple(read.values()))
        with self._lock:
            if key not in self._known:
                self._known[key] = Api(name, endpoint, read)
            api = self._known[key]
        yield api

    def forget(self, name: str) -> None:
        """What was refused at an endpoint may be tried again."""
        with self._lock:
            for (known, *_), api in self._known.items():
                if known == name:
                    api.forget()

    def close(self) -> None:
        with self._lock:
            known, self._known = list(self._known.values()), {}
        for api in known:
            api.close()


@dataclass(frozen=True, slots=True)
class _Answer:
    """A reply as it came, its body within the limit; None when it was longer, or packed as we cannot read."""

    status: int
    headers: httpx.Headers
    body: bytes | None


class Api:
    """An account at an API; shared by threads. Credentials that were refused are not tried again.

    Each call has a connection of its own: one that was kept, and that the server closed meanwhile, would look
    like an answer that was lost."""

    def __init__(self, name: str, endpoint: HttpsEndpoint, secrets: Mapping[str, str]) -> None:
        self.title = f"endpoint {name} ({urlsplit(endpoint.url).netloc})"
        self._endpoint, self._secrets = endpoint, secrets
        self._refused: str | None = None
        self._token: tuple[str, float] | None = None  # and until when it is good, monotonic
        self._signing_in = threading.Lock()
        self._pacing = threading.Lock()
        self._ready_at = 0.0  # monotonic: when the next call may be made
        self._client = httpx.Client(
            verify=self._trust(),
            timeout=httpx.Timeout(endpoint.timeout, connect=endpoint.connect_timeout),
            limits=httpx.Limits(max_connections=endpoint.connections, max_keepalive_connections=0),
            follow_redirects=False,
            trust_env=False,
            headers={"User-Agent": "feedhub", "Accept": "application/json", "Accept-Encoding": "identity"},
        )

    def close(self) -> None:
        self._client.close()

    def forget(self) -> None:
        """Somebody has found that it works: what was refused may be tried again."""
        self._refused = self._token = None

    def describe(self) -> str:
        look = Call(name="look", method="GET", path="", again=Again.SAFE)
        answer = self._signed_in(look, "")
        return f"{self._endpoint.url} answers with status {answer.status}"

    def server_time(self) -> datetime | None:
        look = Call(name="look", method="GET", path="", again=Again.SAFE)
        with suppress(ValueError, TypeError, KeyError):
            return parsedate_to_datetime(self._signed_in(look, "").headers["date"])
        return None

    def call(self, call: Call, key: str) -> Reply:
        answer = self._patiently(call, key)
        if answer.status not in call.takes:
            raise self._not_taken(call, answer)
        if answer.body is None:
            raise self._unusable(
                call, "with more than the hub reads, or packed in a way that it does not know; see max_reply"
            )
        headers = {name: answer.headers[name] for name in _KEPT if name in answer.headers}
        return Reply(answer.status, answer.body, headers)

    def _patiently(self, call: Call, key: str) -> _Answer:
        """The answer to a call. One that comes too soon was not done, and is made again once the peer is
        ready for it, unless that takes longer than the endpoint's patience. Other calls wait as well."""
        self._wait_for_its_turn()
        answer = self._signed_in(call, key)
        while self._came_too_soon(call, answer):
            with self._pacing:
                self._ready_at = max(self._ready_at, time.monotonic() + _wait(answer.headers))
            self._wait_for_its_turn()
            answer = self._signed_in(call, key)
        return answer

    def _came_too_soon(self, call: Call, answer: _Answer) -> bool:
        """Whether it is worth waiting here. One who says not how long is asked again later."""
        told = answer.status == 429 and answer.status not in call.takes
        return told and 0 < _wait(answer.headers) <= self._endpoint.patience

    def _wait_for_its_turn(self) -> None:
        """No sooner than the peer is ready, and one after the other where the endpoint has a rate."""
        with self._pacing:
            now = time.monotonic()
            turn = max(self._ready_at, now)
            self._ready_at = turn + self._endpoint.rate
        if turn > now:
            time.sleep(turn - now)

    def _signed_in(self, call: Call, key: str) -> _Answer:
        """The answer to a call; a token that is refused is renewed once. Raises AuthFailed."""
        answer = self._sent(call, key, self._proof())
        if answer.status == 401 and self._endpoint.oauth2 is not None:
            self._token = None
            answer = self._sent(call, key, self._proof())
        if answer.status == 401:
            raise self._refusal("the account was refused (status 401)")
        return answer

    def _sent(self, call: Call, key: str, proof: Mapping[str, str]) -> _Answer:
        own = {"Content-Type": call.content_type} if call.body else {}
        keyed = {"Idempotency-Key": key} if call.again is Again.KEYED else {}  # unless the call has its own
        request = self._client.build_request(
            call.method,
            f"{self._endpoint.url.rstrip('/')}/{call.path.lstrip('/')}",
            params=dict(call.query) or None,
            headers={**keyed, **call.headers, **own, **proof},
            content=self._filled(call) or None,
        )
        try:
            return self._exchange(request, int(self._endpoint.max_reply))
        except _NOT_SENT as error:
            raise self._not_sent(error) from error
        except httpx.RequestError as error:
            raise self._broke_off(call, error) from error

    def _filled(self, call: Call) -> bytes:
        """The body with the account where the call has a place for it. Raises ConfigError."""
        end, own = self._endpoint, {USERNAME, PASSWORD}
        if not any(place in call.body for place in own):
            return call.body
        if end.proof_in != "body" or end.username is None or end.password is None:
            told = "the call says who asks in its body; set username, password and proof_in: body"
            raise ConfigError(f"{self.title}: {told}.")
        safe = _in_xml if "xml" in call.content_type else _in_json
        body = call.body.replace(USERNAME, safe(end.username))
        return body.replace(PASSWORD, safe(self._secrets[end.password]))

    def _exchange(self, request: httpx.Request, limit: int) -> _Answer:
        response = self._client.send(request, stream=True)
        try:
            return _Answer(response.status_code, response.headers, _body(response, limit))
        finally:
            response.close()

    def _proof(self) -> dict[str, str]:
        """The header that proves who we are."""
        end = self._endpoint
        if self._refused is not None:
            raise AuthFailed(self._refused)
        if end.oauth2 is not None:
            return {"Authorization": f"Bearer {self._current_token(end.oauth2)}"}
        if end.token is not None:
            return {"Authorization": f"Bearer {self._secrets[end.token]}"}
        if end.username is not None and end.password is not None and end.proof_in == "header":
            return {"Authorization": _basic(end.username, self._secrets[end.password])}
        return {}

    def _current_token(self, oauth2: OAuth2) -> str:
        with self._signing_in:
            if self._token is None or time.monotonic() >= self._token[1]:
                self._token = self._new_token(oauth2)
            return self._token[0]

    def _new_token(self, oauth2: OAuth2) -> tuple[str, float]:
        """Whatever goes wrong here, the call itself was not sent."""
        form = {"grant_type": "client_credentials", **({"scope": oauth2.scope} if oauth2.scope else {})}
        client, secret, headers = oauth2.client_id, self._secrets[oauth2.client_secret], dict[str, str]()
        if oauth2.proof_in == "body":
            form |= {"client_id": client, "client_secret": secret}
        else:
            headers["Authorization"] = _basic(quote_plus(client), quote_plus(secret))
        request = self._client.build_request("POST", oauth2.token_url, data=form, headers=headers)
        try:
            answer = self._exchange(request, _LONGEST_TOKEN)
        except httpx.RequestError as error:
            raise self._not_sent(error) from error
        if answer.status in (400, 401, 403):
            raise self._refusal(f"the token was refused (status {answer.status})")
        try:
            told = json.loads(answer.body or b"")
            life = float(told.get("expires_in", _UNKNOWN_LIFE))
            return str(told["access_token"]), time.monotonic() + max(life - _EARLY, 0)
        except (ValueError, TypeError, KeyError, AttributeError):
            raise Unreachable(
                f"{self.title}: where tokens come from answered with status {answer.status} and no token. "
                "The hub tries again."
            ) from None

    def _refusal(self, what: str) -> AuthFailed:
        self._refused = (
            f"{self.title}: {what}. The hub does not try these credentials again. Correct the secret, or ask "
            "the partner."
        )
        return AuthFailed(self._refused)

    def _not_taken(self, call: Call, answer: _Answer) -> TransportError:
        """What a status means that the conversation does not take."""
        status, what = answer.status, f"{self.title}: “{call.name}” was answered with status {answer.status}"
        if status == 429 or (status == 503 and "retry-after" in answer.headers):
            return Throttled(f"{what}: slow down. The hub waits.", _wait(answer.headers))
        if status in (408, 503):
            return Unreachable(f"{what}: not now. The hub tries again.")
        if 400 <= status < 500:
            return RemoteRefused(f"{what}, which is a refusal. Ask the partner what is wrong, then retry.")
        if 300 <= status < 400:
            return self._unusable(
                call, "by sending us elsewhere; the hub does not go there, correct the address"
            )
        return AnswerLost(f"{what}, which says not whether it was done.")

    def _unusable(self, call: Call, how: str) -> TransportError:
        """A call that changes something may have been done, whatever its answer looks like."""
        kind = RemoteRefused if call.again is Again.SAFE else AnswerLost
        return kind(f"{self.title}: “{call.name}” was answered {how}.")

    def _not_sent(self, error: httpx.RequestError) -> TransportError:
        if isinstance(_cause(error), ssl.SSLCertVerificationError):
            return HostKeyChanged(
                f"{self.title}: its certificate is not one that we trust. Nothing was sent. Ask the "
                "partner, and set ca_file if they have an authority of their own."
            )
        return Unreachable(f"{self.title}: no connection ({type(error).__name__}). The hub tries again.")

    def _broke_off(self, call: Call, error: httpx.RequestError) -> TransportError:
        if "CERTIFICATE" in (getattr(_cause(error), "reason", None) or ""):
            return AuthFailed(f"{self.title}: our certificate was refused, or is missing. Ask the partner.")
        return AnswerLost(
            f"{self.title}: the answer to “{call.name}” did not come ({type(error).__name__}); it may "
            "have been done."
        )

    def _trust(self) -> ssl.SSLContext:
        """Whom we trust and, for mutual TLS, who we are."""
        end = self._endpoint
        try:
            context = ssl.create_default_context(cafile=end.ca_file)
            if end.certificate is not None:
                _present(context, self._secrets[end.certificate])
        except (OSError, ssl.SSLError):
            raise ConfigError(
                f"{self.title}: ca_file or certificate cannot be used. Each is PEM text; certificate holds "
                "our own certificate and its key, without a passphrase."
            ) from None
        return context


def _present(context: ssl.SSLContext, pem: str) -> None:
    """Python takes a certificate from a file only: nobody else may read this one, and it is gone at once."""
    handle, path = tempfile.mkstemp(prefix="feedhub-")
    try:
        with open(handle, "w", encoding="ascii", errors="replace") as file:
            file.write(pem)
        context.load_cert_chain(path, password="")  # or the console would be asked for one
    finally:
        os.unlink(path)


def _body(response: httpx.Response, limit: int) -> bytes | None:
    """The body, unpacked; None when it is longer than the limit or packed in an unknown way. What comes
    packed although we asked for it plain is not unpacked any further than the limit either."""
    packing = response.headers.get("content-encoding", "identity").strip().lower()
    if packing == "identity":
        return _up_to(limit, response.iter_raw())
    if packing == "gzip":
        return _up_to(limit, _unpacked(response.iter_raw(), limit))
    return None


def _up_to(limit: int, pieces: Iterable[bytes]) -> bytes | None:
    body = bytearray()
    for piece in pieces:
        body += piece
        if len(body) > limit:
            return None
    return bytes(body)


def _unpacked(pieces: Iterator[bytes], limit: int) -> Iterator[bytes]:
    """At most one byte more than the limit at a time."""
    inflate = zlib.decompressobj(wbits=31)
    try:
        for piece in pieces:
            yield inflate.decompress(piece, limit + 1)
    except zlib.error as error:
        raise httpx.DecodingError(str(error)) from error
    if not inflate.eof:
        raise httpx.RemoteProtocolError("the packed body ends too early")


def _basic(username: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{username}:{password}".encode()).decode("ascii")


def _in_xml(text: str) -> bytes:
    return escape(text).encode()


def _in_json(text: str) -> bytes:
    return json.dumps(text)[1:-1].encode()


def _wait(headers: httpx.Headers) -> float:
    """How many seconds the peer wants us to wait: it says a number, or a date beside its own."""
    said = headers.get("retry-after", "")
    if said.isdecimal():
        return float(said)
    with suppress(ValueError, TypeError, KeyError):
        seconds = (parsedate_to_datetime(said) - parsedate_to_datetime(headers["date"])).total_seconds()
        return max(seconds, 0.0)
    return 0.0


def _cause(error: BaseException) -> BaseException | None:
    """What the operating system or TLS said, below the layers of the library."""
    cause = error.__cause__ or error.__context__
    while cause is not None and not isinstance(cause, OSError):
        cause = cause.__cause__ or cause.__context__
    return cause

"""Which program asks, for whom, and what it may: every address of the API says which right it needs."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock
from typing import Annotated, Any

from fastapi import Depends, Header, Request
from fastapi.encoders import jsonable_encoder
from fastapi.responses import JSONResponse, Response
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel

from hub.config.people import Right
from hub.config.routes import Route
from hub.console.api.problem import Refused
from hub.console.console import Console
from hub.engine.credentials import digest
from hub.engine.local import Hub
from hub.engine.once import once
from hub.engine.rights import demand
from hub.engine.tokens import who_asks
from hub.errors import Unknown, UsageError
from hub.store.look import Look
from hub.store.token_rows import TokenRow
from hub.transfer.services import Services

_MINUTE = timedelta(minutes=1)
_BEARER = HTTPBearer(auto_error=False, description="A token that `feedhub tokens add` printed.")


@dataclass(slots=True)
class Rate:
    """How often each token may ask. Forgotten when the hub starts anew."""

    now: Callable[[], datetime]
    a_minute: int
    _lock: Lock = field(default_factory=Lock)
    _asked: dict[str, deque[datetime]] = field(default_factory=dict)

    def count(self, token_id: str) -> None:
        """One more. Raises Refused with how long to wait."""
        now = self.now()
        with self._lock:
            asked = self._asked.setdefault(token_id, deque())
            while asked and now - asked[0] >= _MINUTE:
                asked.popleft()
            if len(asked) >= self.a_minute:
                wait = max(1, int((asked[0] + _MINUTE - now).total_seconds()))
                told = f"This token may ask {self.a_minute} times a minute. Ask again in {wait} seconds."
                raise Refused(429, told, Retry_After=str(wait))
            asked.append(now)


@dataclass(frozen=True, slots=True)
class Caller:
    """A program, and the hub as it is for the person for whom it acts."""

    console: Console
    token: TokenRow
    hub: Hub

    @contextmanager
    def look(self) -> Iterator[Look]:
        with self.hub.look() as look:
            yield look

    def route(self, id: str) -> Route:
        """Raises Unknown for one that there is not, or that the person may not know of."""
        if id not in self.routes:
            raise Unknown("There is no such route.")
        return self.routes[id]

    @property
    def routes(self) -> Mapping[str, Route]:
        """Those that can be worked."""
        services = self.hub.services
        found = services.known.routes.items()
        return {id: route for id, route in found if id not in services.config.unavailable}


class Asks:
    """Lets in a token that has the scope, of somebody who has the right."""

    def __init__(self, right: Right) -> None:
        self._right = right

    def __call__(
        self,
        request: Request,
        given: Annotated[HTTPAuthorizationCredentials | None, Depends(_BEARER)],
    ) -> Caller:
        caller = _caller(request, given)
        scope = self._right.name.lower()
        if scope not in caller.token.scopes:
            raise Refused(403, f"This token has not the scope “{scope}”.")
        demand(caller.hub.services, self._right)
        return caller


def _caller(request: Request, given: HTTPAuthorizationCredentials | None) -> Caller:
    state = request.app.state
    known = who_asks(state.console.newest().services, given.credentials) if given else None
    if known is None:
        if given is not None:
            _count_failure(request)
        told = "Say who asks: Authorization: Bearer, and a token that is good (`feedhub tokens list`)."
        raise Refused(401, told, WWW_Authenticate="Bearer")
    token, viewer = known
    state.rate.count(token.id)
    return Caller(state.console, token, state.console.hub(viewer))


def _count_failure(request: Request) -> None:
    try:
        request.app.state.attempts.count(request.client.host if request.client else "")
    except UsageError as error:
        raise Refused(429, f"{error}.", Retry_After="600") from error


_Key = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        pattern="^[!-~]{8,64}$",
        description="New for each act; the same again for the same act, when its answer was lost.",
    ),
]


@dataclass(frozen=True, slots=True)
class Acting:
    """A program that does something, under a key of its own."""

    caller: Caller
    key: str
    address: str

    @property
    def hub(self) -> Hub:
        return self.caller.hub

    @property
    def services(self) -> Services:
        return self.hub.services

    def once(self, asked: BaseModel, act: Callable[[], Any]) -> Response:
        """What `act` came to, now or when the same was asked before."""
        request = digest(f"{self.address} {asked.model_dump_json()}")
        done = lambda: (200, jsonable_encoder(act()))  # noqa: E731
        (status, body), again = once(self.services, self.caller.token.id, self.key, request, done)
        return JSONResponse(body, status, {"Idempotency-Replayed": "true"} if again else None)


class Acts:
    """As `Asks`, for what changes something."""

    def __init__(self, right: Right) -> None:
        self._asks = Asks(right)

    def __call__(
        self,
        request: Request,
        given: Annotated[HTTPAuthorizationCredentials | None, Depends(_BEARER)],
        key: _Key,
    ) -> Acting:
        return Acting(self._asks(request, given), key, request.url.path)


Looks = Annotated[Caller, Depends(Asks(Right.LOOK))]

"""A program that calls the API of a small hub."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from httpx import Client, Response

from hub.config.settings import ConsoleSettings
from hub.console.console import Console
from hub.console.serving import serving
from hub.engine.local import Hub
from hub.engine.tokens import SCOPES, add_token
from tests.world import HUB, World

PEOPLE = "".join(
    f"  - {{login: {login}, name: {login.title()} Example, roles: [{roles}]}}\n"
    for login, roles in {
        "vera": "viewer",
        "otto": "operator",
        "paul": "approver",
        "clara": "clerk",
        "adam": "administrator",
        "frida": "viewer, fraud",
    }.items()
)
"""One of each kind; two who may approve."""
PERSON = HUB + "people:\n" + PEOPLE


@dataclass
class Calling:
    """`as_` says for whom the program calls."""

    hub: Hub
    console: Console
    client: Client
    _tokens: dict[tuple[str, tuple[str, ...]], str] = field(default_factory=dict)
    _keys: Iterator[int] = field(default_factory=count)

    def token(self, login: str, *scopes: str) -> str:
        """One for each login and scopes; without any, all scopes."""
        named = (login, scopes)
        if named not in self._tokens:
            made = add_token(self.hub.services, login, "tests", scopes=scopes or SCOPES, days=30)
            self._tokens[named] = made[0]
        return self._tokens[named]

    def get(self, path: str, login: str = "vera", **query: Any) -> Response:
        return self.client.get(f"/api/v1{path}", params=query, headers=self.headers(login))

    def post(self, path: str, login: str, *, key: str | None = None, **body: Any) -> Response:
        key = key or f"key-{next(self._keys):08d}"
        headers = self.headers(login) | {"Idempotency-Key": key}
        return self.client.post(f"/api/v1{path}", json=body, headers=headers)

    def headers(self, login: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token(login)}"}


@contextmanager
def calling(world: World) -> Iterator[Calling]:
    """The API over a hub whose people are those of `PEOPLE`."""
    world.write("config/hub.yaml", PERSON)
    with world.hub() as hub:
        console = Console(lambda: hub, ConsoleSettings(address="127.0.0.1:9464"))
        console.settings = console.settings.model_copy(update={"address": ("127.0.0.1", 0)})
        with serving(console) as address, Client(base_url=address, timeout=30) as client:
            yield Calling(hub, console, client)

"""What in the configuration decides where money goes, so that one person alone may not change it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from hub.config.endpoints import Endpoint, FolderEndpoint, HttpsEndpoint, SftpEndpoint
from hub.config.load import ENDPOINTS, Config
from hub.config.routes import Route

OPTIONS = ("service_user_number", "originating_accounts")
"""Options of routes that a second person agrees to: whose account is debited or credited, and for whom. So is
where the files of such a route go."""


@dataclass(frozen=True, slots=True)
class Guarded:
    """One such value. `routes`: those that wait while it is not agreed; `file`: where it stands."""

    name: str
    value: str
    routes: frozenset[str]
    file: str

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.value.encode()).hexdigest()


def guarded(config: Config) -> list[Guarded]:
    """All of a configuration, as they are written."""
    return [*_addresses(config), *_options(config)]


def _addresses(config: Config) -> Iterator[Guarded]:
    for name, endpoint in config.endpoints.items():
        address = _address(endpoint)
        using = frozenset(id for id, route in config.routes.items() if name in route.endpoints)
        if address is not None:
            yield Guarded(f"address of endpoint {name}", address, using, ENDPOINTS)


def _address(endpoint: Endpoint) -> str | None:
    """With who we are there, and by what the other side proves who it is."""
    match endpoint:
        case SftpEndpoint():
            keys = ", ".join(key.line for key in endpoint.host_keys)
            return f"{endpoint.username}@{endpoint.host}:{endpoint.port} ({keys})"
        case HttpsEndpoint():
            token = f" (tokens from {endpoint.oauth2.token_url})" if endpoint.oauth2 else ""
            return f"{endpoint.url}{token}"
        case FolderEndpoint():
            return str(endpoint.path)
        case _:
            return None


def _options(config: Config) -> Iterator[Guarded]:
    for id, route in config.routes.items():
        file = f"routes/{id.rpartition('.')[0]}.yaml"
        found = [(option, *each) for option in OPTIONS for each in _written(route, option)]
        for option, where, value in found:
            yield Guarded(f"{option} of {where} {id}", _text(value), frozenset({id}), file)
        if found and route.to:
            places = "; ".join(f"{way.output} to {way.endpoint}:{way.folder}" for way in route.ways)
            yield Guarded(f"destinations of route {id}", places, frozenset({id}), file)


def _written(route: Route, option: str) -> Iterator[tuple[str, Any]]:
    if option in route.options:
        yield "route", route.options[option]
    for target in route.ways:
        if option in target.options:
            yield f"output {target.output} to {target.endpoint} of route", target.options[option]


def _text(value: Any) -> str:
    """As a person reads it, one text for one value."""
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {_text(one)}" for key, one in sorted(value.items()))
    if isinstance(value, list | tuple):
        return "; ".join(map(_text, value))
    return value if isinstance(value, str) else json.dumps(value, default=str)

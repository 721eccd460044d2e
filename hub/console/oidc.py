"""Signing in by a service that vouches for people (OpenID Connect, such as Microsoft Entra ID): its groups
become roles, and nobody without one gets in.

The authorisation code flow with PKCE (RFC 7636), a state and a nonce; the token is looked at here, signature
and all (OpenID Connect Core, 3.1.3.7)."""

from __future__ import annotations

import secrets
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from typing import Any

from authlib.deprecate import AuthlibDeprecationWarning
from joserfc import jwk, jwt
from joserfc.errors import JoseError

from hub.config.settings import OidcSettings, Role
from hub.engine.credentials import digest, new_token
from hub.errors import UsageError

with warnings.catch_warnings():
    # What its makers plan for httpx is nothing that an administrator should read at each start.
    warnings.simplefilter("ignore", AuthlibDeprecationWarning)
    from authlib.integrations.httpx_client import OAuth2Client

_DISCOVERY = "/.well-known/openid-configuration"
_ALGORITHMS = ["RS256", "ES256", "PS256"]
_PATIENCE = timedelta(minutes=10)
"""So long may somebody take at the other service."""
_MOST = 1000
_TIMEOUT = 10.0
FAILED = "The other service did not let you in, or took too long. Try again, or tell an administrator"


@dataclass(frozen=True, slots=True)
class Vouched:
    """Who somebody is, as the service says, with the roles of their groups."""

    login: str
    name: str
    roles: Sequence[Role]


@dataclass(frozen=True, slots=True)
class _Asked:
    """What was asked for a browser that has not come back yet."""

    state: str
    nonce: str
    verifier: str
    then: str
    at: datetime


class Oidc:
    """`now`: the clock; `secret`: what proves to the service that it is we who ask."""

    def __init__(
        self, settings: OidcSettings, secret: Callable[[], str], now: Callable[[], datetime]
    ) -> None:
        self._settings, self._secret, self._now = settings, secret, now
        self._asked: dict[str, _Asked] = {}
        self._lock = Lock()

    def address(self, cookie: str, back: str, then: str) -> str:
        """Where to send a browser; `back`: where it comes back to. Raises UsageError when the service does
        not answer."""
        asked = _Asked(new_token(), new_token(), secrets.token_urlsafe(48), then, self._now())
        with self._lock:
            kept = {key: one for key, one in self._asked.items() if self._now() - one.at < _PATIENCE}
            self._asked = dict(list(kept.items())[-_MOST:]) | {digest(cookie): asked}
        with self._client(back) as client:
            told = self._metadata(client)
            address, _ = client.create_authorization_url(
                told["authorization_endpoint"],
                state=asked.state,
                nonce=asked.nonce,
                code_verifier=asked.verifier,
            )
        return str(address)

    def came_back(self, cookie: str, back: str, code: str, state: str) -> tuple[Vouched, str]:
        """Who came back, and where they wanted to go. Raises UsageError for whom the service, or the groups,
        do not let in."""
        with self._lock:
            asked = self._asked.pop(digest(cookie), None)
        fresh = asked is not None and self._now() - asked.at < _PATIENCE
        if asked is None or not fresh or not secrets.compare_digest(asked.state.encode(), state.encode()):
            raise UsageError(FAILED)
        return self._vouched(self._claims(back, code, asked)), asked.then

    def _claims(self, back: str, code: str, asked: _Asked) -> Mapping[str, Any]:
        try:
            with self._client(back) as client:
                told = self._metadata(client)
                given = client.fetch_token(told["token_endpoint"], code=code, code_verifier=asked.verifier)
                keys = jwk.KeySet.import_key_set(client.get(told["jwks_uri"]).json())
            token = jwt.decode(given["id_token"], keys, algorithms=_ALGORITHMS)
            self._expected(told["issuer"], asked.nonce).validate(token.claims)
        except UsageError:
            raise
        except (JoseError, KeyError, ValueError, TypeError) as error:
            raise UsageError(FAILED) from error
        except Exception as error:  # authlib raises whatever its HTTP library does
            raise UsageError(FAILED) from error
        return token.claims

    def _expected(self, issuer: str, nonce: str) -> jwt.JWTClaimsRegistry:
        return jwt.JWTClaimsRegistry(
            now=int(self._now().timestamp()),
            leeway=60,
            iss={"essential": True, "value": issuer},
            aud={"essential": True, "value": self._settings.client_id},
            exp={"essential": True},
            nonce={"essential": True, "value": nonce},
        )

    def _vouched(self, claims: Mapping[str, Any]) -> Vouched:
        login = str(claims.get(self._settings.login_claim) or "").strip()
        groups = claims.get(self._settings.groups_claim) or []
        told = groups if isinstance(groups, list) else [groups]
        roles = [role for group in map(str, told) for role in self._settings.groups.get(group, ())]
        if not login or not roles:
            raise UsageError("None of your groups has a role here. Ask an administrator for one")
        return Vouched(login, str(claims.get("name") or login), list(dict.fromkeys(roles)))

    def _client(self, back: str) -> OAuth2Client:
        return OAuth2Client(
            client_id=self._settings.client_id,
            client_secret=self._secret(),
            scope="openid profile email",
            redirect_uri=back,
            code_challenge_method="S256",
            timeout=_TIMEOUT,
        )

    def _metadata(self, client: OAuth2Client) -> Mapping[str, Any]:
        """What the service says of itself; another issuer than the one configured is believed nothing."""
        issuer = self._settings.issuer.rstrip("/")
        try:
            told: Mapping[str, Any] = client.request("GET", issuer + _DISCOVERY, withhold_token=True).json()
        except Exception as error:
            raise UsageError(FAILED) from error
        if str(told.get("issuer", "")).rstrip("/") != issuer:
            raise UsageError(FAILED)
        return told

"""Signing in by a service that vouches for people: a pretend one on loopback, which can lie."""

from __future__ import annotations

import json
import subprocess
import sys
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from joserfc import jwk, jwt

from hub.config.settings import OidcSettings
from hub.errors import UsageError
from tests.serving import served

GROUPS = {"11111111-aaaa": ("clerk", "operator"), "22222222-bbbb": ("auditor",)}
LIES = {
    "another audience": {"aud": "somebody-else"},
    "another issuer": {"iss": "https://elsewhere.invalid"},
    "another nonce": {"nonce": "not-the-one"},
    "too old": {"exp": 1},
    "no group": {"groups": []},
    "a group without a role": {"groups": ["33333333-cccc"]},
    "no name of a login": {"preferred_username": ""},
}


class Issuer:
    """Vouches for Pat of the group 11111111-aaaa; `lies` are laid over what it says, `forges`: signed by a
    key that it does not publish."""

    def __init__(self, now) -> None:
        self.now, self.lies, self.forges, self.url = now, {}, False, ""
        self.key, self.other = (jwk.RSAKey.generate_key(2048, {"kid": "1"}, private=True) for _ in "ab")
        self.nonce = self.challenge = ""

    def answer(self, path, form):
        if path.endswith("openid-configuration"):
            ends = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "keys"}
            return {"issuer": self.url, **{name: f"{self.url}/{end}" for name, end in ends.items()}}
        if path == "/keys":
            return {"keys": [self.key.as_dict(private=False)]}
        verifier = sha256(form["code_verifier"][0].encode()).digest()
        assert urlsafe_b64encode(verifier).decode().rstrip("=") == self.challenge
        claims = {"iss": self.url, "aud": "feedhub", "exp": self.now() + 300, "nonce": self.nonce}
        claims |= {"preferred_username": "pat", "name": "Pat Pretender", "groups": ["11111111-aaaa"]}
        key = self.other if self.forges else self.key
        token = jwt.encode({"alg": "RS256", "kid": "1"}, claims | self.lies, key, algorithms=["RS256"])
        return {"access_token": "x", "token_type": "Bearer", "id_token": token}


@contextmanager
def issuing(now) -> Iterator[Issuer]:
    issuer = Issuer(now)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self._say(issuer.answer(self.path, {}))

        def do_POST(self):
            form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
            self._say(issuer.answer(self.path, form))

        def _say(self, told):
            body = json.dumps(told).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args):
            """Nobody reads it."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    issuer.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield issuer
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    from datetime import UTC, datetime

    start = int(datetime(2026, 11, 2, 9, tzinfo=UTC).timestamp())
    with pytest.MonkeyPatch.context() as patch, issuing(lambda: start) as issuer:
        patch.setenv("FEEDHUB_TEST_OIDC", "not-a-real-secret")
        told = {"issuer": issuer.url, "client_id": "feedhub", "client_secret": "env:FEEDHUB_TEST_OIDC"}
        settings = OidcSettings.model_validate({**told, "groups": GROUPS})
        with served(tmp_path_factory.mktemp("oidc"), fill=False, oidc=settings) as console:
            yield console, issuer


@pytest.fixture
def console(place):
    return place[0]


@pytest.fixture
def issuer(place):
    place[1].lies, place[1].forges = {}, False
    return place[1]


def go_there(client, issuer):
    """What the browser was sent with: the state is what it must come back with."""
    assert "Sign in with your council account" in client.get("/sign-in").text
    away = client.get("/sign-in/elsewhere?then=/worklist")
    asked = parse_qs(urlsplit(away.headers["location"]).query)
    issuer.nonce, issuer.challenge = asked["nonce"][0], asked["code_challenge"][0]
    assert asked["code_challenge_method"] == ["S256"]
    return asked["state"][0]


def come_back(client, state) -> httpx.Response:
    return client.get("/sign-in/back", params={"code": "any", "state": state})


def test_who_is_vouched_for_comes_in_with_the_roles_of_their_groups(console, issuer):
    with console.client() as client:
        answer = come_back(client, go_there(client, issuer))
        assert (answer.status_code, answer.headers["location"]) == (303, "/worklist")
        page = client.text("/account")
        assert "Pat Pretender" in page
        assert "clerk, operator" in page
        assert "Compartments you see" in page


@pytest.mark.parametrize("lie", LIES)
def test_a_token_that_is_not_for_us_lets_nobody_in(console, issuer, lie):
    issuer.lies = LIES[lie]
    with console.client() as client:
        assert come_back(client, go_there(client, issuer)).status_code == 400
        assert client.get("/account").status_code == 303


def test_a_token_signed_by_somebody_else_lets_nobody_in(console, issuer):
    issuer.forges = True
    with console.client() as client:
        assert come_back(client, go_there(client, issuer)).status_code == 400


def test_another_state_another_browser_and_a_second_time_let_nobody_in(console, issuer):
    with console.client() as client, console.client() as other:
        assert come_back(client, f"{go_there(client, issuer)}x").status_code == 400
        state = go_there(client, issuer)
        assert come_back(other, state).status_code == 400
        assert come_back(client, state).status_code == 303
        assert come_back(client, state).status_code == 400


def test_an_issuer_that_calls_itself_otherwise_is_believed_nothing(console, issuer, monkeypatch):
    monkeypatch.setattr(issuer, "url", "http://127.0.0.1:1")
    with pytest.raises(UsageError, match="did not let you in"):
        console.console.oidc.address("cookie", f"{console.address}/sign-in/back", "/")


def test_it_is_loaded_only_where_it_is_used_and_without_a_word() -> None:
    """A small machine runs the service with its console for good, and each of these is megabytes. What their
    makers plan for the next release is nothing for the log of each start."""
    script = "import sys, hub.console.serving; print(*sys.modules); import hub.console.oidc"
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert not {"authlib", "joserfc", "markdown_it"} & set(told.stdout.split())
    assert told.stderr == ""

"""The connector for APIs, against a server that misbehaves: what each trouble is called, and that nothing
which was said to us, or that opens a door, gets into a message."""

from __future__ import annotations

import gzip
import json
import os
import tempfile

import httpx
import pytest
import respx

from hub.config.endpoints import HttpsEndpoint
from hub.connectors.http import HttpsConnector
from hub.door.conversation import Again, Ask, Call
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
from hub.testing.certificates import Authority
from hub.testing.rent_api import CLIENT, SECRET, RentApi, Trouble

BATCH = {"feed": "RENTTRAN", "sequence": 1, "declaredCount": 0, "declaredTotal": "0.00"}
OUTSIDE = "https://rent.example"
LOOK = Call(name="look", method="GET", path="/transaction-batches/B0001", again=Again.SAFE)


def create(again=Again.KEYED, **changes):
    body = Call.json_body(BATCH)
    made = {"name": "create batch", "method": "POST", "path": "/transaction-batches", "body": body}
    return Call(**{**made, "again": again, **changes})


@pytest.fixture
def api():
    with RentApi() as server:
        yield server


@pytest.fixture
def connector():
    made = HttpsConnector()
    yield made
    made.close()


@pytest.fixture
def call(connector):
    """Make a call at an address, with settings and secrets."""

    def make(url, wanted, key="key-1", secrets=None, **settings):
        endpoint = HttpsEndpoint.model_validate({"type": "https", "url": url, "timeout": 5, **settings})
        with connector.open("rent", endpoint, (secrets or {}).__getitem__) as session:
            return session.call(wanted, key)

    return make


@pytest.fixture
def signed_in(api, call):
    """Make a call with OAuth2."""
    oauth2 = {"token_url": api.token_url, "client_id": CLIENT, "client_secret": "env:SECRET"}
    return lambda wanted, secret=SECRET: call(api.url, wanted, secrets={"env:SECRET": secret}, oauth2=oauth2)


def test_a_call_is_made_and_its_reply_read(api, call):
    reply = call(api.url, create())
    assert (reply.status, reply.json()["state"]) == (201, "DRAFT")
    assert reply.headers == {"content-type": "application/json"}


@pytest.mark.parametrize(
    ("again", "sent"), [(Again.KEYED, "key-1"), (Again.NEVER, None), (Ask(LOOK, lambda reply: None), None)]
)
def test_a_keyed_call_carries_its_key(api, call, again, sent):
    call(api.url, create(again))
    assert api.keys == [sent]


@pytest.mark.parametrize(
    ("trouble", "error"),
    [
        (Trouble.LOSE, AnswerLost),
        (Trouble.DROP, AnswerLost),
        (Trouble.BROKEN, AnswerLost),
        (Trouble.THROTTLE, Throttled),
        (Trouble.BUSY, Throttled),
        (Trouble.FORBID, RemoteRefused),
        (Trouble.ELSEWHERE, AnswerLost),
        (Trouble.HUGE, AnswerLost),
        (Trouble.PACKED, AnswerLost),
    ],
)
def test_each_trouble_has_its_error_and_keeps_what_was_said_to_itself(api, call, trouble, error):
    api.troubles["create"].append(trouble)
    with pytest.raises(error, match="endpoint rent .*“create batch”") as raised:
        call(api.url, create(takes=(201, 200)), max_reply=2_000_000)
    assert "EXAMPLE" not in str(raised.value)
    assert "key-1" not in str(raised.value)
    assert api.calls == ["create"]


@pytest.mark.parametrize("trouble", [Trouble.ELSEWHERE, Trouble.HUGE, Trouble.PACKED])
def test_a_look_that_cannot_be_read_is_refused_for_good(api, call, trouble):
    api.troubles["look"].append(trouble)
    with pytest.raises(RemoteRefused):
        call(api.url, LOOK, max_reply=2_000_000)


def test_a_packed_reply_within_the_limit_is_read(api, call):
    api.troubles["look"].append(Trouble.PACKED)
    assert len(call(api.url, LOOK, max_reply=60_000_000).body) == 50_000_000


def test_the_peer_says_how_long_to_wait(api, call):
    api.troubles["create"].append(Trouble.THROTTLE)
    with pytest.raises(Throttled) as raised:
        call(api.url, create())
    assert raised.value.wait == 120


def test_an_answer_that_takes_too_long_is_lost_and_the_call_was_made(api, call):
    api.troubles["create"].append(Trouble.HOLD)
    with pytest.raises(AnswerLost):
        call(api.url, create(), timeout=1)
    assert len(api.batches) == 1


def test_nobody_at_the_address_is_unreachable(call):
    with RentApi() as gone:
        url = gone.url
    with pytest.raises(Unreachable):
        call(url, create())


def test_a_token_is_fetched_once_and_used_for_every_call(api, signed_in):
    signed_in(create())
    signed_in(LOOK)
    assert api.calls == ["token", "create", "look"]


def test_a_token_that_is_revoked_is_renewed_once(api, signed_in):
    signed_in(create())
    api.revoke()
    signed_in(LOOK)
    assert api.calls == ["token", "create", "look", "token", "look"]


def test_an_account_that_is_refused_is_not_tried_again_until_its_secret_changes(api, signed_in):
    for _ in range(2):
        with pytest.raises(AuthFailed, match="token was refused") as raised:
            signed_in(create(), secret="wrong-secret")
        assert "wrong-secret" not in str(raised.value)
    assert api.calls == ["token"]
    signed_in(create())


@pytest.mark.parametrize("trouble", [Trouble.DROP, Trouble.MAINTENANCE, Trouble.BROKEN])
def test_trouble_with_the_token_means_that_the_call_was_not_sent(api, signed_in, trouble):
    api.troubles["token"].append(trouble)
    with pytest.raises(Unreachable):
        signed_in(create())
    assert api.calls == ["token"]


@pytest.mark.parametrize(
    ("settings", "proof"),
    [
        ({"token": "env:T"}, "Bearer fake-secret"),
        ({"username": "hub", "password": "env:T"}, "Basic aHViOmZha2Utc2VjcmV0"),
    ],
)
def test_other_ways_to_sign_in(call, settings, proof):
    with respx.mock:
        route = respx.get(f"{OUTSIDE}/api/transaction-batches/B0001").mock(httpx.Response(200, json={}))
        call(f"{OUTSIDE}/api/", LOOK, secrets={"env:T": "fake-secret"}, **settings)
    assert route.calls.last.request.headers["authorization"] == proof


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (httpx.ConnectTimeout, Unreachable),
        (httpx.PoolTimeout, Unreachable),
        (httpx.WriteTimeout, AnswerLost),
        (httpx.WriteError, AnswerLost),
        (httpx.ReadError, AnswerLost),
        (httpx.Response(502), AnswerLost),
        (httpx.Response(503), Unreachable),
        (httpx.Response(408), Unreachable),
        (httpx.Response(401), AuthFailed),
        (httpx.Response(418), RemoteRefused),
        (httpx.Response(201, headers={"content-encoding": "br"}, stream=httpx.ByteStream(b"?")), AnswerLost),
        (
            httpx.Response(201, headers={"content-encoding": "gzip"}, stream=httpx.ByteStream(b"!")),
            AnswerLost,
        ),
    ],
)
def test_rare_answers(call, answer, error):
    with respx.mock:
        how = {"return_value": answer} if isinstance(answer, httpx.Response) else {"side_effect": answer}
        respx.post(f"{OUTSIDE}/transaction-batches").mock(**how)
        with pytest.raises(error):
            call(OUTSIDE, create())


def test_a_packed_answer_that_ends_too_early_is_lost(call):
    half = gzip.compress(b'{"state": "DRAFT"}')[:-9]
    with respx.mock:
        packed = httpx.Response(201, headers={"content-encoding": "gzip"}, stream=httpx.ByteStream(half))
        respx.post(f"{OUTSIDE}/transaction-batches").mock(packed)
        with pytest.raises(AnswerLost):
            call(OUTSIDE, create())


@pytest.mark.parametrize("said", ["soon", "", "Sat, 22 Nov 2036 10:05:00 GMT"])
def test_a_wait_that_cannot_be_counted_leaves_it_to_the_retry_table(call, said):
    with respx.mock:
        respx.post(f"{OUTSIDE}/transaction-batches").mock(httpx.Response(429, headers={"Retry-After": said}))
        with pytest.raises(Throttled) as raised:
            call(OUTSIDE, create())
    assert raised.value.wait == 0


def test_a_date_to_wait_for_is_counted_from_the_peers_own_clock(call):
    headers = {"Retry-After": "Sat, 22 Nov 2036 10:05:00 GMT", "Date": "Sat, 22 Nov 2036 10:00:30 GMT"}
    with respx.mock:
        respx.post(f"{OUTSIDE}/transaction-batches").mock(httpx.Response(429, headers=headers))
        with pytest.raises(Throttled) as raised:
            call(OUTSIDE, create())
    assert raised.value.wait == 270


def test_cookies_and_tokens_in_a_reply_are_not_kept(call):
    headers = {"Set-Cookie": "session=fake", "Authorization": "fake", "ETag": "one"}
    with respx.mock:
        respx.post(f"{OUTSIDE}/transaction-batches").mock(httpx.Response(201, headers=headers))
        assert call(OUTSIDE, create()).headers == {"etag": "one"}


def test_a_proxy_of_the_environment_is_not_used(api, call, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    assert call(api.url, create()).status == 201


def test_an_endpoint_is_described(api, connector):
    endpoint = HttpsEndpoint(type="https", url=api.url)
    with connector.open("rent", endpoint, {}.__getitem__) as session:
        assert session.describe() == f"{api.url} answers with status 404"


def test_a_server_that_we_do_not_trust_gets_nothing(tmp_path, call):
    with RentApi(Authority(tmp_path).server()) as server:
        with pytest.raises(HostKeyChanged, match="certificate is not one that we trust"):
            call(server.url, create())
        assert server.calls == []


def test_an_authority_of_the_partners_own_is_trusted_where_it_is_named(tmp_path, call):
    authority = Authority(tmp_path)
    with RentApi(authority.server()) as server:
        assert call(server.url, create(), ca_file=authority.file).status == 201


def test_mutual_tls_shows_our_certificate_and_leaves_no_file_of_it(tmp_path, call, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    authority = Authority(tmp_path)
    ours = {"env:PEM": authority.sign("hub").pem}
    with RentApi(authority.server(asks_for_certificate=True)) as server:
        made = {"ca_file": authority.file, "certificate": "env:PEM", "secrets": ours}
        assert call(server.url, create(), **made).status == 201
    assert os.listdir(tmp_path / "temporary") == []


def test_without_our_certificate_mutual_tls_does_nothing(tmp_path, call):
    authority = Authority(tmp_path)
    with RentApi(authority.server(asks_for_certificate=True)) as server:
        with pytest.raises(TransportError):
            call(server.url, create(), ca_file=authority.file)
        assert server.calls == []


@pytest.mark.parametrize("pem", ["no certificate", ""])
def test_a_certificate_that_cannot_be_used_is_a_mistake_of_the_configuration(call, pem):
    with pytest.raises(ConfigError, match="certificate cannot be used"):
        call(OUTSIDE, create(), certificate="env:PEM", secrets={"env:PEM": pem})


@pytest.mark.parametrize(
    "url",
    [
        "http://rent.example",
        "ftp://rent.example",
        "https://",
        "rent.example",
        "https://me:fake@rent.example",
        "https://rent.example/?a=b",
        "https://[bad",
    ],
)
def test_an_address_that_is_not_safe_is_refused(url):
    with pytest.raises(ValueError, match="address"):
        HttpsEndpoint(type="https", url=url)


def test_nothing_is_logged(api, signed_in, caplog):
    caplog.set_level("DEBUG")
    signed_in(create())
    assert json.dumps([record.getMessage() for record in caplog.records]) == "[]"

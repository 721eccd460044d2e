"""What an endpoint may say of a partner: how long to wait in a run, where the secret stands, whose key."""

from __future__ import annotations

import httpx
import pytest
import respx

from hub.config.endpoints import HttpsEndpoint
from hub.connectors.http import HttpsConnector
from hub.door.conversation import Again, Call
from hub.errors import Throttled

URL = "https://partner.example"
LOOK = Call(name="look", method="GET", path="/x", again=Again.SAFE)


@pytest.fixture
def call():
    made = HttpsConnector()

    def make(wanted=LOOK, **settings):
        endpoint = HttpsEndpoint.model_validate({"type": "https", "url": URL, **settings})
        with made.open("partner", endpoint, lambda name: "not-a-real-secret") as session:
            return session.call(wanted, "the-hub-s-key")

    yield make
    made.close()


def slow_down(seconds):
    return httpx.Response(429, headers={"Retry-After": str(seconds)})


@respx.mock
def test_within_its_patience_the_hub_waits_and_asks_again(call, monkeypatch):
    waits = []
    monkeypatch.setattr("hub.connectors.http.time.sleep", waits.append)
    route = respx.get(f"{URL}/x").mock(side_effect=[slow_down(7), httpx.Response(200, json={})])
    assert call(patience="10s").status == 200
    assert route.call_count == 2
    assert 6 < max(waits) <= 7


@pytest.mark.parametrize(("patience", "asks"), [("10s", 11), ("0s", 1)])
@respx.mock
def test_beyond_it_the_delivery_waits(call, patience, asks):
    route = respx.get(f"{URL}/x").mock(return_value=slow_down(asks))
    with pytest.raises(Throttled) as raised:
        call(patience=patience)
    assert (raised.value.wait, route.call_count) == (asks, 1)


@respx.mock
def test_a_rate_gives_each_call_its_turn(call, monkeypatch):
    waits = []
    monkeypatch.setattr("hub.connectors.http.time.monotonic", lambda: 100.0)
    monkeypatch.setattr("hub.connectors.http.time.sleep", waits.append)
    respx.get(f"{URL}/x").respond(json={})
    for _ in range(3):
        call(rate="5/s")
    assert waits == pytest.approx([0.2, 0.4])
    with pytest.raises(ValueError, match="“5” is not a rate"):
        call(rate="5")


@respx.mock
def test_the_secret_may_stand_in_the_body(call):
    token = respx.post(f"{URL}/token").respond(json={"access_token": "t", "expires_in": "3600"})
    respx.get(f"{URL}/x").respond(json={})
    told = {"token_url": f"{URL}/token", "client_id": "feedhub", "client_secret": "env:X"}
    call(oauth2={**told, "proof_in": "body"})
    sent = token.calls.last.request
    assert b"client_id=feedhub&client_secret=not-a-real-secret" in sent.content
    assert "authorization" not in sent.headers


@respx.mock
def test_a_key_of_the_call_s_own_goes_before_the_hub_s(call):
    route = respx.post(f"{URL}/x").respond(json={})
    own = {"Idempotency-Key": "batch-7"}
    call(Call(name="submit", method="POST", path="/x", again=Again.KEYED, headers=own))
    assert route.calls.last.request.headers["idempotency-key"] == "batch-7"

"""What each status means that DWP, or a gateway, may answer with (formats page dwp_cis.md, 5.2 and 6.1), over
the real connector: an outcome, a wait or a stop; and never "no match" for what is not DWP's own word."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import httpx
import pytest
import respx

from hub.api import Call, RemoteRefused, Told, Unreachable
from hub.config.endpoints import HttpsEndpoint
from hub.connectors.http import HttpsConnector
from hub.errors import AnswerLost, AuthFailed, Throttled
from plugins.dwp_cis import citizen_api, gateway_rest, gateway_xml
from tests.unit.dwp_cis.subjects import ALEX, context

HOST, IDS = "https://gateway.example", "https://gateway.example/oauth2/token"
MATCH, BATCHES = "/capi/v2/citizens/match", "/v1/check-batches"
WAYS = {"citizen_api": citizen_api, "gateway_rest": gateway_rest, "gateway_xml": gateway_xml}
OAUTH2 = {"token_url": IDS, "client_id": "a", "client_secret": "env:S", "proof_in": "body"}
ENDPOINT = {"type": "https", "url": HOST, "timeout": 5, "oauth2": OAUTH2}
TOKEN = httpx.Response(200, json={"access_token": "t", "expires_in": "3600"})
ERRORS = {"errors": [{"status": "x", "title": "MRS A EXAMPLE"}]}
PAGE = httpx.Response(404, text="<html>no such page</html>")


@pytest.fixture(scope="module")
def connector() -> Iterator[HttpsConnector]:
    made = HttpsConnector()
    yield made
    made.close()


@pytest.fixture
def remote(connector: HttpsConnector) -> Iterator[respx.MockRouter]:
    connector.forget("dwp")
    with respx.mock(assert_all_called=False) as router:
        router.post(IDS).mock(TOKEN)
        yield router


def talk(connector: HttpsConnector, way: str, options: Mapping[str, Any] | None = None) -> Told:
    """The conversation about one person until it ends, as the engine leads it when nothing is asked again."""
    ctx = context(**(options or {}))
    going = WAYS[way].converse(one_enquiry(), ctx)
    step: Any = next(going)
    endpoint = HttpsEndpoint.model_validate(ENDPOINT)
    with connector.open("dwp", endpoint, {"env:S": "x"}.__getitem__) as session:
        while True:
            try:
                step = going.send(session.call(step, "key")) if isinstance(step, Call) else next(going)
            except StopIteration as end:
                told: Told = end.value
                return told


def one_enquiry() -> bytes:
    row = {name: getattr(ALEX, name) for name in ALEX.__dataclass_fields__}
    row |= {"scopes": " ".join(sorted(ALEX.scopes)), "expires": ALEX.expires.isoformat()}
    return Call.json_body([row])


def outcome(told: Told) -> list[str]:
    (answers,) = told.inbound
    return answers.data.decode().splitlines()[1].split(",")[1:3]


@pytest.mark.parametrize(
    ("status", "said"),
    [(404, ["NO_MATCH", ""]), (400, ["REJECTED", "BAD_REQUEST"]), (422, ["AMBIGUOUS", "WANTS"])],
)
def test_what_dwp_says_of_a_match_is_an_outcome(
    connector: HttpsConnector, remote: respx.MockRouter, status: int, said: list[str]
) -> None:
    remote.post(f"{HOST}{MATCH}").mock(httpx.Response(status, json=ERRORS))
    assert outcome(talk(connector, "citizen_api")) == said


STOPS = [(status, RemoteRefused) for status in (403, 405, 412)]
WAITS = [
    (httpx.Response(429, headers={"Retry-After": "600"}), Throttled),
    (httpx.Response(503, text="<html>maintenance</html>"), Unreachable),
    (httpx.Response(500, json=ERRORS), AnswerLost),
    (httpx.ConnectTimeout("no"), Unreachable),
    (httpx.ReadTimeout("no"), AnswerLost),
]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("answer", "error"), [*((httpx.Response(status, json=ERRORS), error) for status, error in STOPS), *WAITS]
)
def test_what_is_no_answer_waits_or_stops_by_every_way(
    connector: HttpsConnector, remote: respx.MockRouter, way: str, answer: Any, error: type[Exception]
) -> None:
    remote.post(f"{HOST}{MATCH if way == 'citizen_api' else BATCHES}").mock(side_effect=[answer])
    with pytest.raises(error) as caught:
        talk(connector, way)
    assert "MRS A EXAMPLE" not in str(caught.value)


def test_a_proxys_page_is_no_answer(connector: HttpsConnector, remote: respx.MockRouter) -> None:
    remote.post(f"{HOST}{MATCH}").mock(PAGE)
    with pytest.raises(Unreachable):
        talk(connector, "citizen_api")


@pytest.mark.parametrize("way", WAYS)
def test_a_token_that_is_refused_is_renewed_once_and_then_it_stops(
    connector: HttpsConnector, remote: respx.MockRouter, way: str
) -> None:
    call = remote.post(f"{HOST}{MATCH if way == 'citizen_api' else BATCHES}").mock(httpx.Response(401))
    with pytest.raises(AuthFailed):
        talk(connector, way)
    assert call.call_count == 2


@pytest.mark.parametrize("way", ["gateway_rest", "gateway_xml"])
@pytest.mark.parametrize("status", [409, 410])
def test_a_batch_that_is_another_or_gone_stops_for_a_person(
    connector: HttpsConnector, remote: respx.MockRouter, way: str, status: int
) -> None:
    remote.post(f"{HOST}{BATCHES}").mock(
        httpx.Response(status if status == 409 else 202, json={"status": "ACCEPTED"})
    )
    remote.get(url__startswith=f"{HOST}{BATCHES}/").mock(httpx.Response(410, json=ERRORS))
    with pytest.raises(RemoteRefused):
        talk(connector, way)

"""Every trouble of the REST interface that the formats page lists (agresso.md, 7.3 to 7.6), over the real
connector: what each is called, and that nothing counts as posted or as refused that is not."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
import respx

from hub.api import Call, DeliveryState, Told
from hub.config.endpoints import HttpsEndpoint
from hub.connectors.http import HttpsConnector
from hub.errors import AnswerLost, AuthFailed, FeedHubError, RemoteRefused, Throttled, Unreachable
from plugins.agresso import rest_lines
from plugins.agresso.rest import converse
from plugins.agresso.settings import DocumentOptions
from tests.unit.agresso.making import context
from tests.unit.agresso.worked import invoices

HOST, IDS = "https://eu.erpx.example", "https://ids.example/identity/connect/token"
BATCH, ORDER, TASK = (
    "/v1/financial-transaction-batch",
    "/v1/report-jobs/order",
    "/v1/report-jobs/order/7-GL07-1",
)
LEDGER = "/v1/objects/general-ledger-transactions"
OAUTH2 = {"token_url": IDS, "client_id": "a", "client_secret": "env:S", "scope": "u4erp"}
ENDPOINT = {"type": "https", "url": HOST, "timeout": 5}
TOKEN = httpx.Response(200, json={"access_token": "t", "token_type": "Bearer", "expires_in": 3600})
ORDERED = httpx.Response(202, headers={"Location": TASK})
DONE, EMPTY = httpx.Response(200, json={"status": "T"}), httpx.Response(200, json=[])
NAME = "MRS A EXAMPLE"
Talked = Callable[..., Told]


@pytest.fixture
def remote() -> Iterator[respx.MockRouter]:
    with respx.mock(assert_all_called=False) as router:
        router.post(IDS).mock(TOKEN)
        router.route(method="POST", url=f"{HOST}{BATCH}").mock(httpx.Response(200))
        router.route(method="POST", url=f"{HOST}{ORDER}").mock(ORDERED)
        router.route(method="GET", url=f"{HOST}{TASK}").mock(DONE)
        router.route(method="GET", url__startswith=f"{HOST}{LEDGER}").mock(EMPTY)
        yield router


@pytest.fixture(scope="module")
def connector() -> Iterator[HttpsConnector]:
    made = HttpsConnector()
    yield made
    made.close()


@pytest.fixture
def talked(remote: respx.MockRouter, connector: HttpsConnector) -> Callable[..., Told]:
    """The conversation until it ends, as the engine leads it when nothing is asked again."""
    ctx = context(DocumentOptions, rest={"pause": 1})
    lines = rest_lines.vouchers(invoices(), ctx)
    file = {"batch": "FHLEAS260608001", "interface": "BI", "client": "ZZ", "vouchers": lines}

    def talk(**oauth2: str) -> Told:
        endpoint = HttpsEndpoint.model_validate({**ENDPOINT, "oauth2": {**OAUTH2, **oauth2}})
        going = converse(json.dumps(file).encode(), ctx)
        step: Any = next(going)
        try:
            with connector.open("erp", endpoint, {"env:S": "x"}.__getitem__) as session:
                while True:
                    step = going.send(session.call(step, "key")) if isinstance(step, Call) else next(going)
        except StopIteration as end:
            told: Told = end.value
            return told

    return talk


def at(remote: respx.MockRouter, method: str, path: str, *answers: Any) -> None:
    """What is answered there instead."""
    where = {"url__startswith": f"{HOST}{path}"} if path == LEDGER else {"url": f"{HOST}{path}"}
    remote.route(method=method, **where).mock(side_effect=list(answers))


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"code": "GL-77", "message": NAME}, "400: GL-77"),
        ({"errors": [{"code": "P01", "message": NAME}], "warnings": [{"code": "W1"}]}, "400: P01, W1"),
        ({"transactionResults": [{"errors": [{"code": "P02"}]}]}, "400: P02"),
        ([NAME], "status 400."),
    ],
)
def test_a_batch_that_is_refused_is_refused_by_its_codes(
    talked: Talked, remote: respx.MockRouter, body: Any, said: str
) -> None:
    at(remote, "POST", BATCH, httpx.Response(400, json=body))
    told = talked()
    assert told.state is DeliveryState.REFUSED
    assert said in str(told.reason)
    assert NAME not in str(told.reason)


@pytest.mark.parametrize("status", [404, 409, 413, 422])
def test_other_refusals_of_a_batch_are_told_by_their_status(
    talked: Talked, remote: respx.MockRouter, status: int
) -> None:
    at(remote, "POST", BATCH, httpx.Response(status, text=f"<html>{NAME}</html>"))
    told = talked()
    assert (told.state, f"status {status}" in str(told.reason), NAME in str(told.reason)) == (
        DeliveryState.REFUSED, True, False,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (httpx.Response(401), AuthFailed),
        (httpx.Response(403), RemoteRefused),
        (httpx.Response(429, headers={"Retry-After": "120"}), Throttled),
        (httpx.Response(503), Unreachable),
        (httpx.Response(502), AnswerLost),
        (httpx.Response(504), AnswerLost),
        (httpx.ReadTimeout("240 s"), AnswerLost),
        (httpx.RemoteProtocolError("cut off"), AnswerLost),
        (httpx.ConnectError("away"), Unreachable),
    ],
)
def test_what_says_nothing_of_the_batch_is_an_error_that_says_so(
    talked: Talked, remote: respx.MockRouter, answer: Any, error: type[FeedHubError]
) -> None:
    """AnswerLost: the batch may lie there; the others: it does not."""
    at(remote, "POST", BATCH, answer, answer)
    with pytest.raises(error) as raised:
        talked(client_id=str(answer))  # a client whose login failed is not tried again
    assert isinstance(raised.value, AnswerLost) is (error is AnswerLost)


@pytest.mark.parametrize(
    "answer", [httpx.Response(400, json={"error": "invalid_client"}), httpx.Response(401)]
)
def test_without_a_token_nothing_is_posted(
    talked: Talked, remote: respx.MockRouter, answer: httpx.Response
) -> None:
    remote.post(IDS).mock(answer)
    with pytest.raises(AuthFailed):
        talked(client_id=f"never-seen-{answer.status_code}")
    assert not any(call.request.url.path == BATCH for call in remote.calls)


@pytest.mark.parametrize(
    "yes", [httpx.Response(204), httpx.Response(200), httpx.Response(201, text="OK, received")]
)
def test_a_yes_may_be_empty_or_no_json_and_is_not_posted(
    talked: Talked, remote: respx.MockRouter, yes: httpx.Response
) -> None:
    at(remote, "POST", BATCH, yes)
    told = talked()
    assert (told.state, told.reference, told.inbound) == (DeliveryState.SENT, "7-GL07-1", [])


def test_an_order_that_comes_too_early_is_given_again_and_the_batch_is_not(
    talked: Talked, remote: respx.MockRouter
) -> None:
    at(remote, "POST", ORDER, httpx.Response(404, json={"code": "NOBATCH"}), ORDERED)
    assert talked().state is DeliveryState.SENT
    posted = [call.request.url.path for call in remote.calls if call.request.method == "POST"]
    assert (posted.count(BATCH), posted.count(ORDER)) == (1, 2)


@pytest.mark.parametrize(
    ("method", "path", "answers", "said"),
    [
        ("POST", ORDER, [httpx.Response(400, json={"code": "VARIANT"})],
         "GL07 could not be ordered (400: VARIANT)"),
        ("GET", TASK, [httpx.Response(200, json={"status": "W"}), httpx.Response(200, json={"status": "E"})],
         "GL07 ended as E"),
        ("GET", LEDGER, [httpx.Response(400, json={"code": 1020, "message": "one of three"})],
         "the ledger cannot be read (400: 1020)"),
        ("GET", LEDGER, [httpx.Response(404)], "the ledger cannot be read (404)"),
    ],
)  # fmt: skip
def test_what_goes_wrong_after_the_batch_was_taken_leaves_it_sent_and_unknown(
    talked: Talked, remote: respx.MockRouter, method: str, path: str, answers: list[httpx.Response], said: str
) -> None:
    at(remote, method, path, *answers)
    told = talked()
    assert (told.state, list(told.inbound)) == (DeliveryState.SENT, [])
    assert said in str(told.reason)


def test_the_ledger_is_asked_for_one_of_its_three_kinds_and_the_batch(
    talked: Talked, remote: respx.MockRouter
) -> None:
    talked()
    asked = remote.calls.last.request.url.params
    assert {asked["registered"], asked["posted"], asked["historical"]} == {"true"}
    assert asked["filter"] == "batchId eq 'FHLEAS260608001'"

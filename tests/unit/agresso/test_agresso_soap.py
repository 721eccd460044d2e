"""What is made of the SOAP services' answers: a fault refuses, what cannot be told asks a person, and a batch
that is found there is not imported again. The conversation without a network."""

from __future__ import annotations

import json
from typing import Any

import pytest

from hub.api import PASSWORD, USERNAME, Ask, Call, Context, DeliveryState, Facts, RemoteRefused, Reply, Told
from plugins.agresso.settings import LedgerOptions
from plugins.agresso.soap import converse
from tests.unit4_soap import ENVELOPE, answered, row_of

FILE = {"batch": "FHRENT261102001", "client": "ZZ", "interface": "BI", "vouchers": [], "xml": "<a/>"}
SOAP = {"look_template": 7}
FAULT = ENVELOPE.format("<s:Fault><faultcode>s:Client</faultcode><faultstring>A NAME</faultstring></s:Fault>")
ACCEPTED = answered("ExecuteServerProcessAsynchronously", "<OrderNumber>12</OrderNumber>")


def begun(**soap: Any) -> tuple[Any, Call]:
    ctx = Context(LedgerOptions.model_validate({"client": "ZZ", "soap": {**SOAP, **soap}}), Facts(), "")
    talk = converse(json.dumps(FILE).encode(), ctx)
    call = next(talk)
    assert isinstance(call, Call)
    return talk, call


def ended(status: int, body: bytes) -> Told:
    talk, _ = begun()
    with pytest.raises(StopIteration) as end:
        talk.send(Reply(status, body))
    told: Told = end.value.value
    return told


def test_the_import_has_places_for_the_account_and_no_account() -> None:
    _, call = begun(parameters={"recalc_amt": "1"})
    assert (call.body.count(USERNAME), call.body.count(PASSWORD)) == (1, 1)
    assert b"<Name>recalc_amt</Name><Value>1</Value>" in call.body
    assert call.path == "service.svc?ImportService/ImportV200606"


def test_an_order_number_is_accepted_and_not_posted() -> None:
    told = ended(200, ACCEPTED)
    assert (told.state, told.reference, told.inbound) == (DeliveryState.SENT, "12", [])


def test_a_fault_refuses_and_its_words_are_not_told() -> None:
    told = ended(500, FAULT.encode())
    assert told.state is DeliveryState.REFUSED
    assert "(s:Client)" in str(told.reason)
    assert "A NAME" not in str(told.reason)


@pytest.mark.parametrize("body", [b"<html>Gateway error</html>", b"", ENVELOPE.format("<Else/>").encode()])
def test_an_answer_that_says_neither_is_left_to_a_person(body: bytes) -> None:
    talk, _ = begun()
    with pytest.raises(RemoteRefused, match="neither an order number nor a fault"):
        talk.send(Reply(500, body))


@pytest.mark.parametrize(("rows", "there"), [([{"externalReference": "k1"}], True), ([], False)])
def test_a_lost_answer_is_looked_for_by_the_batch(rows: list[dict[str, str]], there: bool) -> None:
    _, call = begun()
    assert isinstance(call.again, Ask)
    assert b"<FromValue>FHRENT261102001</FromValue>" in call.again.call.body
    told = f"<Agresso>{''.join(map(row_of, rows))}</Agresso>".replace("<", "&lt;")
    shown = Reply(200, answered("GetTemplateResultAsXML", f"<TemplateResult>{told}</TemplateResult>"))
    found = call.again.found(shown)
    assert (found is not None) is there
    if found is not None:
        talk, _ = begun()
        with pytest.raises(StopIteration) as end:
            talk.send(found)
        assert end.value.value.state is DeliveryState.SENT

"""The conversation of `generic.rest`, call by call, and what it makes of each answer."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.api import (
    Again,
    Answered,
    Ask,
    CannotRender,
    Context,
    Facts,
    Later,
    Moment,
    RentTransaction,
    Reply,
)
from hub.errors import RemoteRefused, Unreachable
from hub.rent.rest import GENERIC_REST, LOOKS, RestOptions

DAY = date(2030, 6, 4)
MOMENT = Moment(datetime(2030, 6, 4, 1, tzinfo=UTC), DAY, "t1", {"sequence": 7})
POSTING = RentTransaction("t1.1", "1900000011", None, "RECEIPT", None, "RPY", DAY, DAY, -11235)
CONTRA = [
    RentTransaction("t1.2", "1900000029", None, "TRANSFER", None, "TRF", DAY, DAY, -500),
    RentTransaction("t1.2-S", "SSSSSS", None, "TRANSFER", None, "TRF", DAY, DAY, 500),
]
MADE = {"id": "B1", "state": "DRAFT"}
HTML = Reply(404, b"<h1>not here</h1>")


def context(moment=MOMENT, **options):
    return Context(RestOptions(landlord="FAKE", **options), Facts(), "", moment)


def written(postings=(POSTING, *CONTRA)):
    return GENERIC_REST.write(list(postings), context()).data


def reply(status, **told):
    return Reply(status, json.dumps(told).encode())


def results(*accepted):
    return [{"lineNo": number, "accepted": one} for number, one in enumerate(accepted, start=1)]


def hold(*replies, **options):
    """The whole conversation with these replies: the calls, and what it told."""
    conversation = GENERIC_REST.converse(written(), context(moment=None, **options))
    calls = [next(conversation)]
    for one in replies:
        try:
            calls.append(conversation.send(one))
        except StopIteration as end:
            return calls, end.value
    return calls, None


UP_TO_POST = (reply(201, **MADE), reply(202), reply(200, results=results(True, True, True)))


def test_the_bytes_are_the_whole_batch():
    rendered = GENERIC_REST.write([POSTING], context())
    told = json.loads(rendered.data)
    assert told["batch"] == {
        "feed": "RENTTRAN",
        "businessDate": "2030-06-04",
        "sequence": 7,
        "declaredCount": 1,
        "declaredTotal": "-112.35",
    }
    (line,) = told["lines"]
    assert (line["lineNo"], line["transactionId"], line["amount"]) == (1, "t1.1", "-112.35")
    assert (rendered.name, rendered.summary["net"]) == ("batch_FAKE_000007.json", "-112.35")


@pytest.mark.parametrize("bad", [replace(POSTING, amount=11235), CONTRA[0]])
def test_what_breaks_the_canonical_rules_is_not_written(bad):
    with pytest.raises(CannotRender):
        written([bad])


def test_without_its_number_nothing_is_written():
    with pytest.raises(CannotRender, match="sequence"):
        GENERIC_REST.write([POSTING], context(replace(MOMENT, numbers={})))


@given(st.integers(1, 60), st.integers(1, 25))
def test_every_line_goes_out_once_in_its_order(count, page):
    postings = [replace(POSTING, transaction_id=f"t1.{number}") for number in range(1, count + 1)]
    conversation = GENERIC_REST.converse(written(postings), context(moment=None, lines_per_call=page))
    next(conversation)
    call, sent = conversation.send(reply(201, **MADE)), []
    while call.name.startswith("lines"):
        sent += [line["transactionId"] for line in json.loads(call.body)["lines"]]
        call = conversation.send(reply(202))
    assert sent == [posting.transaction_id for posting in postings]


def test_each_call_says_what_may_be_done_when_its_answer_is_lost():
    calls, _ = hold(*UP_TO_POST, reply(200, state="POSTED"))
    assert [call.again for call in calls if call.name != "post"] == [
        Again.KEYED,
        Again.KEYED,
        Again.SAFE,
        Again.SAFE,
    ]
    (post,) = (call for call in calls if call.name == "post")
    assert isinstance(post.again, Ask)


@pytest.mark.parametrize(
    ("state", "done"), [("DRAFT", False), ("VALIDATED", False), ("POSTED", True), ("REVERSED", True)]
)
def test_a_post_whose_answer_was_lost_is_made_again_only_while_the_batch_waits_for_it(state, done):
    calls, _ = hold(*UP_TO_POST)
    assert (calls[-1].again.found(reply(200, state=state)) is not None) == done


@pytest.mark.parametrize(
    ("answers", "state"),
    [
        ([reply(200), reply(200, state="POSTED")], "CONFIRMED"),
        ([reply(409), reply(200, state="POSTED")], "CONFIRMED"),
        ([reply(409), reply(200, state="VALIDATED")], "REFUSED"),
        ([reply(200), reply(200, state="REJECTED")], "REFUSED"),
        ([reply(202), reply(200, state="VALIDATED"), Reply(204), reply(200, state="POSTED")], "CONFIRMED"),
        (
            [reply(202), *[reply(200, state="VALIDATED"), Reply(204)] * LOOKS, reply(200, state="VALIDATED")],
            "SENT",
        ),
    ],
)
def test_what_the_batch_itself_says_counts(answers, state):
    _, told = hold(*UP_TO_POST, *answers)
    assert (told.state, told.reference) == (state, "B1")


def test_while_a_batch_is_being_posted_the_conversation_waits():
    calls, _ = hold(*UP_TO_POST, reply(202), reply(200, state="VALIDATED"))
    assert isinstance(calls[-1], Later)


def test_a_batch_that_an_earlier_call_made_is_gone_on_with():
    declared = json.loads(written())["batch"]
    calls, _ = hold(reply(409, **MADE, **declared))
    assert calls[-1].path == "/transaction-batches/B1/lines"


@pytest.mark.parametrize("changed", [{"declaredTotal": "1.00"}, {"state": "POSTED"}, {"declaredCount": 1}])
def test_another_batch_under_our_number_is_refused(changed):
    declared = json.loads(written())["batch"]
    _, told = hold(reply(409, **{**MADE, **declared, **changed}))
    assert told.state == "REFUSED"


def test_an_item_of_two_postings_is_told_once_what_is_wrong():
    checked = [{"lineNo": 1, "accepted": True}, {"lineNo": 2, "accepted": True}, {"lineNo": 3, "code": "E15"}]
    calls, told = hold(*UP_TO_POST[:2], reply(200, results=checked), Reply(204))
    assert calls[-1].method == "DELETE"
    assert told.answers == {"t1.2": (Answered.REFUSED, "E15 account ended")}


@pytest.mark.parametrize("step", [0, 1, 2, 3])
def test_a_refusal_at_any_step_ends_it_with_the_code_and_nothing_else(step):
    refusal = reply(422, code="E17", detail="MRS A EXAMPLE")
    _, told = hold(*UP_TO_POST[:step], refusal, reply(200, state="VALIDATED"))
    assert told.state == "REFUSED"
    assert "EXAMPLE" not in told.reason
    assert "E17 period closed" in told.reason


@pytest.mark.parametrize("step", [0, 1, 2, 3])
def test_a_page_of_something_in_between_is_no_refusal(step):
    with pytest.raises(Unreachable):
        hold(*UP_TO_POST[:step], HTML)


@pytest.mark.parametrize(
    "replies",
    [
        [reply(201, state="DRAFT")],
        [reply(201, id="../accounts")],
        [*UP_TO_POST[:2], reply(200, results=results(True, True))],
        [*UP_TO_POST[:2], reply(200)],
        [*UP_TO_POST, reply(200), reply(200, state=3)],
    ],
)
def test_an_answer_that_breaks_the_interface_stops_with_a_sentence(replies):
    with pytest.raises(RemoteRefused, match="The rent system"):
        hold(*replies)

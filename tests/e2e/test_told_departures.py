"""What a feed is told when a partner says what became of a file: CONFIRMED or REFUSED, by a report or in a
conversation."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hub.api import Answered, DeliveryState, Move, Told
from hub.door.milestone import MILESTONE
from hub.testing.rent_api import RentApi
from hub.transfer.effects import apply_moves
from tests.cases import case, opened
from tests.e2e.test_answers import CALL, CALLS, REPORTS, ROUTES, report, take
from tests.e2e.test_conversation_of_a_feed import telling
from tests.talking import FILE, connectors, talking_with
from tests.world import World

ALL = ["ABC001", "ABC002", "ABC003"]


@pytest.fixture
def told():
    """Each time: the state, what the output carried, what it went out as, reference, reason."""
    return []


@pytest.fixture
def left(told):
    def left(carried, became, ctx):
        said = (became.identity, became.reference, became.reason)
        told.append((became.state.value, [one.item.reference for one in carried], *said))
        return ()

    return left


@pytest.fixture
def reports(tmp_path, left):
    """Calls whose feed hears what becomes of them, and reports that say so."""
    world = World(tmp_path, feeds=[replace(CALLS, left=left), replace(REPORTS, outputs=())])
    world.write("config/routes/little.yaml", ROUTES.replace("    to: [{output: notes, endpoint: out}]\n", ""))
    return world


SENT = ("SENT", ALL, "CALL-ABC001", None, None)


def test_a_report_that_confirms_tells_the_feed_after_it_was_told_sent(reports, told):
    with reports.hub() as hub:
        take(reports, hub, "calls", "call1", CALL)
        take(reports, hub, "reports", "report1", report("CALL-ABC001", ("BAD", "ABC002")))
        hub.run("calls")
    assert told == [SENT, ("CONFIRMED", ALL, "CALL-ABC001", None, None)]


def test_a_report_that_refuses_all_tells_the_feed_why(reports, told):
    said = [("BAD", reference) for reference in ALL]
    with reports.hub() as hub:
        take(reports, hub, "calls", "call1", CALL)
        take(reports, hub, "reports", "report1", report("CALL-ABC001", *said))
    assert told == [SENT, ("REFUSED", ALL, "CALL-ABC001", None, "the partner refused all 3 items")]


def test_what_follows_from_a_refusal_is_moved_with_the_report_or_not_at_all(reports):
    """In one commit: a crash leaves neither."""

    def closes(carried, became, ctx):
        if became.state is DeliveryState.REFUSED:
            yield Move(kind="case", key="ABC001", to="PAID", reason=became.reason)

    class Killed(BaseException):
        pass

    def dies(name):
        if name == "rendered":
            raise Killed

    calls, says = reports.feeds
    reports.feeds, reports.lifecycles = [replace(calls, left=closes), says], [MILESTONE, case()]
    with reports.hub() as hub:
        made = opened("ABC001")
        hub.services.commit(lambda conn: apply_moves(conn, hub.services, made, who="tester"))
        take(reports, hub, "calls", "call1", CALL)
    reports.arrive("report1", report("CALL-ABC001", *(("BAD", reference) for reference in ALL)))
    with reports.hub(boundary=dies) as hub, pytest.raises(Killed):
        hub.run("reports")
    with reports.hub() as hub:
        with hub.look() as look:
            assert look.record("case", "ABC001").state == "OPEN"
        hub.run("reports")
        with hub.look() as look:
            assert look.record("case", "ABC001").state == "PAID"
            assert [move.reason for move in look.moves("case", "ABC001")][-1] == (
                "the partner refused all 3 items"
            )


@pytest.fixture
def api():
    with RentApi() as server:
        yield server


def talked(tmp_path, api, left, outcome):
    """A world whose file is handed over by a conversation that came to this; run once."""
    world = talking_with(tmp_path, api.url, telling(outcome))
    world.feeds = [replace(feed, left=left) for feed in world.feeds]
    world.arrive("a.txt", FILE)
    with world.hub(**connectors()) as hub:
        (one,) = hub.run("payments").transfers
        hub.run("payments")
    return one


def test_a_conversation_that_confirms_tells_sent_and_confirmed(tmp_path, api, left, told):
    outcome = talked(tmp_path, api, left, Told(state=DeliveryState.CONFIRMED, reference="R-7"))
    assert outcome.state == "CONFIRMED"
    assert told == [("SENT", ALL, None, "R-7", None), ("CONFIRMED", ALL, None, "R-7", None)]


def test_a_conversation_that_is_refused_tells_that_alone_with_the_reason(tmp_path, api, left, told):
    outcome = talked(
        tmp_path, api, left, Told(state=DeliveryState.REFUSED, reference="R-8", reason="the period is closed")
    )
    assert outcome.state == "REFUSED"
    assert told == [("REFUSED", ALL, None, "R-8", "the period is closed")]


def test_a_refusal_tells_also_of_the_items_that_were_answered_one_by_one(tmp_path, api, left, told):
    def one_line(ctx):
        answers = {f"{ctx.moment.transfer_id}.1": (Answered.REFUSED, "unknown account")}
        return Told(state=DeliveryState.REFUSED, reason="one line is wrong", answers=answers)

    talked(tmp_path, api, left, one_line)
    assert told == [("REFUSED", ALL, None, None, "one line is wrong")]

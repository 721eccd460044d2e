"""What should happen by when: answers that are expected, kept, broken and late; and what people are told."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from hub.api import Output
from hub.clock.now import end_of_day
from hub.engine.overdue import overdue
from hub.model import DeliveryState, ItemState, PromiseState
from hub.store import queries
from hub.transfer import move, promises
from hub.transfer.answers import take_back
from tests.little import ANSWERS, items, little, write
from tests.world import World

NEXT_MORNING = datetime(2026, 11, 3, 8, 30, tzinfo=UTC)

ROUTES = """
partner: Little
routes:
  calls:
    feeds: [little.calls]
    from: {endpoint: in, pattern: "*.call"}
    to: [{output: calls, endpoint: out}]
    expect: {little.answers: {by: "08:00", days: 1}}
    mode: live
    owner: rents-team
  answers:
    feeds: [little.answers]
    from: {endpoint: in, pattern: "*.answer"}
    mode: live
    owner: rents-team
"""


class Killed(BaseException):
    """The process is gone: nothing catches it."""


@pytest.fixture
def world(tmp_path):
    calls = Output("calls", ("PAYMENT", "REFUND"), write=write, becomes=ItemState.SENT)
    feeds = [
        little(name="little.calls", outputs=(calls,)),
        little(name="little.answers", outputs=(), answers=ANSWERS, checks=()),
    ]
    world = World(tmp_path, feeds=feeds)
    world.write("config/routes/little.yaml", ROUTES)
    return world


def sent(world):
    """A transfer of two calls that has left; its id."""
    world.arrive("a.call", b"ABC001+0001000\nABC002+0002000\n")
    with world.hub() as hub:
        (outcome,) = hub.run("calls").transfers
    assert outcome.state == "SENT"
    return outcome.id


ONE = b"ABC001+0001000\n"
BOTH = b"ABC001+0001000\nABC002+0002000\n"


def answer(world, content=BOTH, name="b.answer"):
    world.arrive(name, content)
    with world.hub() as hub:
        hub.run("answers")


def run_at(world, instant):
    world.clock.at = instant
    with world.hub() as hub:
        hub.run("answers")


def states(world, transfer_id):
    with world.hub() as hub, hub.store.read() as conn:
        return [item.state for item in queries.items_of(conn, None, transfer_id)]


def events(world, transfer_id):
    with world.hub() as hub, hub.store.read() as conn:
        return [event.kind for event in queries.events_of(conn, "transfer", transfer_id)]


def promised(world):
    """State and due time of each promise there is."""
    with world.hub() as hub, hub.look() as look:
        found = look.promises(states=tuple(PromiseState))
    return [(one.name, one.state, one.due_at) for one in found]


def due(world):
    with world.hub() as hub, hub.look() as look:
        return overdue(hub.services, look)


def test_what_was_sent_promises_an_answer_on_the_next_working_day(world):
    sent(world)
    by = datetime(2026, 11, 3, 8, tzinfo=UTC)
    assert promised(world) == [("little.answers", PromiseState.OPEN, by)]


def test_answers_to_all_items_in_time_keep_the_promise(world):
    id = sent(world)
    answer(world)
    run_at(world, NEXT_MORNING)
    assert [state for _, state, _ in promised(world)] == [PromiseState.KEPT]
    assert states(world, id) == [ItemState.ANSWERED, ItemState.ANSWERED]
    assert events(world, id)[-3:] == ["promised", "tidied", "promise_kept"]
    assert due(world) == []


def test_answers_to_a_part_leave_the_promise_open_and_the_rest_is_unanswered_when_it_breaks(world):
    id = sent(world)
    answer(world, ONE)
    assert [state for _, state, _ in promised(world)] == [PromiseState.OPEN]
    run_at(world, NEXT_MORNING)
    assert states(world, id) == [ItemState.ANSWERED, ItemState.UNANSWERED]
    (red,) = due(world)
    assert (red.late, red.what) == (True, "not yet: little.answers answers a.call: answered 1 of 2")
    answer(world, b"ABC002+0002000\n", "c.answer")
    assert [state for _, state, _ in promised(world)] == [PromiseState.KEPT]
    assert due(world) == []


def test_what_another_feed_answered_keeps_no_promise(world):
    world.feeds.append(little(name="little.more", outputs=(), answers=replace(ANSWERS, kind="more")))
    world.write(
        "config/routes/little.yaml",
        ROUTES.replace(
            'expect: {little.answers: {by: "08:00", days: 1}}', "expect: {little.more: {within: 2h}}"
        ),
    )
    sent(world)
    answer(world)
    assert [state for _, state, _ in promised(world)] == [PromiseState.OPEN]


def test_items_of_kinds_that_a_feed_does_not_answer_are_not_awaited(world):
    calls, answers = world.feeds
    world.feeds = [calls, replace(answers, answers=replace(ANSWERS, kinds=("PAYMENT",)))]
    world.feeds[0] = replace(calls, items=mixed)
    world.arrive("a.call", b"ABC001+0001000\nABC002-0002000\n")
    with world.hub() as hub:
        hub.run("calls")
    answer(world, ONE)
    assert [state for _, state, _ in promised(world)] == [PromiseState.KEPT]


def mixed(chunk, tally, ctx):
    """What is credited is of another kind, which leaves with the rest."""
    return [replace(one, kind="PAYMENT" if one.amount > 0 else "REFUND") for one in items(chunk, tally, ctx)]


def test_without_an_answer_the_promise_breaks_once_and_the_items_are_unanswered(world):
    id = sent(world)
    run_at(world, NEXT_MORNING)
    run_at(world, NEXT_MORNING)
    assert states(world, id) == [ItemState.UNANSWERED, ItemState.UNANSWERED]
    assert events(world, id)[-4:] == ["promised", "tidied", "promise_broken", "unanswered"]


def test_nothing_breaks_at_the_very_time_that_is_promised(world):
    sent(world)
    run_at(world, datetime(2026, 11, 3, 8, tzinfo=UTC))
    assert [state for _, state, _ in promised(world)] == [PromiseState.OPEN]


def test_an_answer_that_comes_late_still_counts_and_is_overdue_no_more(world):
    id = sent(world)
    run_at(world, NEXT_MORNING)
    answer(world)
    assert states(world, id) == [ItemState.ANSWERED, ItemState.ANSWERED]
    assert events(world, id)[-1] == "promise_kept"
    assert due(world) == []


def test_an_answer_that_the_hub_fetches_too_late_was_late(world):
    id = sent(world)
    world.clock.at = NEXT_MORNING
    answer(world)
    told = [kind for kind in events(world, id) if kind.startswith("promise_")]
    assert told == ["promise_broken", "promise_kept"]


def test_an_answer_to_something_else_keeps_nothing(world):
    id = sent(world)
    answer(world, b"XYZ009+0001000\n")
    assert "promise_kept" not in events(world, id)


def test_an_answer_that_is_taken_back_is_awaited_again(world):
    id = sent(world)
    answer(world)
    with world.hub() as hub, hub.look() as look:
        (row,) = look.transfers(route="little.answers")
        hub.services.commit(lambda conn: take_back(conn, hub.services, row, "was withdrawn"))
    assert [state for _, state, _ in promised(world)] == [PromiseState.OPEN]
    run_at(world, NEXT_MORNING)
    assert states(world, id) == [ItemState.UNANSWERED, ItemState.UNANSWERED]


def test_of_two_answers_the_one_that_is_taken_back_is_awaited_again(world):
    sent(world)
    answer(world, ONE)
    answer(world, b"ABC002+0002000\n", "c.answer")
    assert [state for _, state, _ in promised(world)] == [PromiseState.KEPT]
    with world.hub() as hub, hub.look() as look:
        newest, _ = look.transfers(route="little.answers")
        hub.services.commit(lambda conn: take_back(conn, hub.services, newest, "was withdrawn"))
    assert [state for _, state, _ in promised(world)] == [PromiseState.OPEN]


def test_nobody_answers_anything_else_to_what_was_refused(world):
    expected = "expect: {little.answers: {within: 1h}, little.more: {within: 2h}}"
    world.feeds.append(little(name="little.more", outputs=(), answers=ANSWERS))
    world.write(
        "config/routes/little.yaml",
        ROUTES.replace('expect: {little.answers: {by: "08:00", days: 1}}', expected),
    )
    id = sent(world)
    with world.hub() as hub:
        hub.services.commit(lambda conn: refuse(conn, hub.services, id))
    assert [(name, state) for name, state, _ in promised(world)] == [
        ("little.answers", PromiseState.KEPT),
        ("little.more", PromiseState.VOID),
    ]


def refuse(conn, services, id):
    """What a report does that refuses a transfer whole."""
    (delivery,) = queries.deliveries_of(conn, id)
    move.delivery(conn, services, delivery, DeliveryState.REFUSED, event="refused")
    promises.answered(conn, services, id, "little.answers")


def test_within_is_counted_from_the_sending(world):
    world.write("config/routes/little.yaml", ROUTES.replace('by: "08:00", days: 1', "within: 90m"))
    sent(world)
    assert promised(world) == [
        ("little.answers", PromiseState.OPEN, datetime(2026, 11, 2, 10, 30, tzinfo=UTC))
    ]


def test_what_left_after_its_business_date_counts_from_when_it_left(world):
    world.clock.at = datetime(2026, 11, 6, 18, tzinfo=UTC)  # a Friday
    sent(world)
    assert [at for _, _, at in promised(world)] == [datetime(2026, 11, 9, 8, tzinfo=UTC)]


def test_a_promise_over_the_change_of_the_clocks_is_council_time(world):
    world.clock.at = datetime(2027, 3, 26, 9, tzinfo=UTC)
    sent(world)
    assert [at for _, _, at in promised(world)] == [datetime(2027, 3, 29, 7, tzinfo=UTC)]


@pytest.mark.parametrize("boundary", ["intent", "arrived", "sent"])
def test_a_crash_round_the_sending_never_loses_the_promise(world, boundary):
    def stop(point):
        if point == boundary:
            raise Killed

    world.arrive("a.call", b"ABC001+0001000\n")
    with pytest.raises(Killed), world.hub(boundary=stop) as hub:
        hub.run("calls")
    with world.hub() as hub:
        for outcome in hub.run("calls").transfers:
            if outcome.state == "IN_DOUBT":
                hub.acts.settle(outcome.id, sent=True, reason="the partner has it")
    assert len(promised(world)) == 1


def test_overdue_says_what_is_late_and_what_is_due_today_and_what_to_do(world):
    id = sent(world)
    assert due(world) == []
    world.clock.at = datetime(2026, 11, 3, 7, tzinfo=UTC)
    (amber,) = due(world)
    world.clock.at = NEXT_MORNING
    (red,) = due(world)
    assert (amber.late, red.late) == (False, True)
    assert (red.owner, red.subject, red.subject_id) == ("rents-team", "transfer", id)
    assert red.what == "not yet: little.answers answers a.call"
    assert red.next == "feedhub run little.answers, or ask Little for it"


def make(hub, due_at, name="decide", subject_id="CASE-1"):
    hub.services.commit(
        lambda conn: promises.make(
            conn,
            hub.services,
            name=name,
            subject="record",
            subject_id=f"case:{subject_id}",
            says=f"{subject_id}: decide",
            owner="benefits",
            due_at=due_at,
        )
    )


def test_a_promise_for_another_time_replaces_the_one_that_stands(world):
    first, second = end_of_day(date(2026, 11, 3)), end_of_day(date(2026, 11, 4))
    with world.hub() as hub:
        for at in (first, first, second):
            make(hub, at)
    assert promised(world) == [("decide", PromiseState.VOID, first), ("decide", PromiseState.OPEN, second)]


def test_a_broken_promise_is_not_made_again_for_the_same_time(world):
    past = end_of_day(date(2026, 11, 1))
    with world.hub() as hub:
        make(hub, past)
        assert promises.sweep(hub.services) == 1
        make(hub, past)
        assert promises.sweep(hub.services) == 0
    assert promised(world) == [("decide", PromiseState.BROKEN, past)]


def test_what_is_over_without_it_voids_all_its_promises_and_no_others(world):
    at = end_of_day(date(2026, 11, 3))
    with world.hub() as hub:
        make(hub, at)
        make(hub, at, name="tell")
        make(hub, at, subject_id="CASE-2")
        hub.services.commit(lambda conn: promises.void(conn, "record", "case:CASE-1"))
    assert [state for _, state, _ in promised(world)] == [
        PromiseState.VOID,
        PromiseState.VOID,
        PromiseState.OPEN,
    ]


def test_what_has_waited_for_a_person_for_a_day_is_late(world):
    held = ROUTES.replace("    mode: live", "    hold: {above_value: 5.00}\n    mode: live", 1)
    world.write("config/routes/little.yaml", held)
    world.arrive("a.call", b"ABC001+0001000\n")
    with world.hub() as hub:
        hub.run("calls")
    waits = [due(world)]
    for hours in (15, 10):
        world.clock.turn(hours=hours)
        waits.append(due(world))
    assert [[one.late for one in found] for found in waits] == [[], [False], [True]]
    assert waits[-1][0].next == "feedhub approvals list"

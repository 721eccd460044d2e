"""A report about a whole file that left: what it names, what its silence says, and that each item is answered
once, in whatever order reports come."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import update

from hub.api import (
    Answered,
    Answers,
    Disposition,
    Fixed,
    Item,
    ItemState,
    Layout,
    On,
    Output,
    Rest,
    Text,
    at,
    literal,
)
from hub.model import DeliveryState
from hub.store.schema import delivery
from tests.little import DAY, LittleTally, little, match, write
from tests.world import ENDPOINTS, World

ABOUT = Layout("about", (literal(1, 6, "ABOUT "), at("identity", 7, 18, Text())), tag="ABOUT ")
SAID = Layout(
    "said",
    (literal(1, 5, "SAID "), at("word", 6, 8, Text()), at("reference", 9, 18, Text())),
    tag="SAID ",
)
ROUTES = """
partner: Little
routes:
  calls:
    feeds: [little.calls]
    from: {endpoint: in, pattern: "call*", then: "archive:done"}
    to: [{output: payments, endpoint: out}]
    expect: {little.reports: {within: 2h}}
    mode: live
    owner: tests
  reports:
    feeds: [little.reports]
    from: {endpoint: in, pattern: "report*", then: "archive:done"}
    to: [{output: notes, endpoint: out}]
    mode: live
    owner: tests
"""
CALL = b"ABC001+0001000\nABC002+0000200\nABC003+0000200\n"
OTHER = b"XYZ001+0001000\nABC002+0000200\n"


def write_call(carried, ctx):
    """It goes out under the first reference: that is what reports call it."""
    return replace(write(carried, ctx), identity=f"CALL-{carried[0].item.reference}")


class ReportTally(LittleTally):
    about = None

    def add(self, chunk):
        if chunk.layout is ABOUT:
            self.about = chunk.columns["identity"][0].strip()

    def business_date(self) -> date:
        return DAY


def report_items(chunk, tally, ctx):
    if chunk.layout is SAID:
        for row in chunk.rows():
            yield Item("SAID", row.line, row["reference"].strip(), 0, DAY, {"word": row["word"]})


def match_said(item, ctx, sent):
    if sent is None:
        return Disposition(ItemState.HELD, reason="NOT_SENT")
    state = ItemState.TAKEN if item.data["word"] in WORDS else ItemState.HELD
    return Disposition(state, sent.account, answers=sent.id)


def rest(tally):
    """An identity that ends with a question mark says nothing of what it does not name."""
    return None if tally.about.endswith("?") else Rest(Answered.ACCEPTED)


def names(tally):
    """`S9=ABC001`: CALL-S9 is what the partner calls the one that went out as CALL-ABC001."""
    if tally.about and "=" in tally.about:
        return [f"CALL-{name}" for name in tally.about.split("=")]
    return tally.about and tally.about.rstrip("?")


WORDS = {"BAD": Answered.REFUSED, "FIX": Answered.AMENDED}
CALLS = little(
    name="little.calls",
    match=match,
    outputs=(Output("payments", ("PAYMENT",), write=write_call, becomes=ItemState.SENT),),
)
REPORTS = little(
    name="little.reports",
    formats={"lines": Fixed([ABOUT, SAID])},
    tally=ReportTally,
    items=report_items,
    match=match_said,
    checks=(),
    outputs=(Output("notes", ("SAID",), write=write),),
    answers=Answers(
        "little.calls",
        kind="report",
        rules=(On(lambda item, sent: True, alone=True),),
        says=lambda item: WORDS[item.data["word"]],
        why=lambda item: f"said {item.data['word']}",
        whole=names,
        rest=rest,
    ),
)


def report(about, *said):
    lines = [f"ABOUT {about:12}", *(f"SAID {word}{reference:10}" for word, reference in said)]
    return "".join(f"{line}\n" for line in lines).encode()


@pytest.fixture
def world(tmp_path):
    return made(tmp_path)


def made(folder):
    world = World(folder, feeds=[CALLS, REPORTS])
    world.write("config/routes/little.yaml", ROUTES)
    return world


def take(world, hub, route, name, content):
    world.arrive(name, content)
    (outcome,) = hub.run(route).transfers
    return outcome


def view(hub, outcome):
    with hub.look() as look:
        return look.transfer(outcome.id)


def deliveries(hub, outcome):
    return [one.state for one in view(hub, outcome).deliveries]


def test_a_report_answers_what_it_names_and_by_its_silence_the_rest(world):
    with world.hub() as hub:
        call = take(world, hub, "calls", "call1", CALL)
        said = take(
            world, hub, "reports", "report1", report("CALL-ABC001", ("BAD", "ABC002"), ("FIX", "ABC003"))
        )
        seen, answering = view(hub, call), view(hub, said)
    assert seen.answered.said == {Answered.ACCEPTED: 1, Answered.REFUSED: 1, Answered.AMENDED: 1}
    assert [(one.reference, one.said, one.reason, one.by_transfer) for one in seen.objections] == [
        ("ABC002", Answered.REFUSED, "said BAD", said.id),
        ("ABC003", Answered.AMENDED, "said FIX", said.id),
    ]
    assert {item.state for item in seen.items} == {ItemState.ANSWERED}
    assert [one.state for one in seen.deliveries] == [DeliveryState.CONFIRMED]
    assert [(one.id, one.items) for one in answering.answers] == [(call.id, 3)]


def test_silence_that_means_nothing_leaves_the_rest_unanswered(world):
    with world.hub() as hub:
        call = take(world, hub, "calls", "call1", CALL)
        take(world, hub, "reports", "report1", report("CALL-ABC001?", ("BAD", "ABC002")))
        counts = view(hub, call).answered
        assert deliveries(hub, call) == [DeliveryState.CONFIRMED]
    assert (counts.left, counts.answered, counts.unanswered) == (3, 1, 2)


def test_what_a_held_item_names_is_not_answered_by_silence_either(world):
    with world.hub() as hub:
        call = take(world, hub, "calls", "call1", CALL)
        take(world, hub, "reports", "report1", report("CALL-ABC001", ("ASK", "ABC002")))
        seen = view(hub, call)
    assert seen.answered.said == {Answered.ACCEPTED: 2}
    assert [item.reference for item in seen.items if item.state is ItemState.SENT] == ["ABC002"]


def test_items_of_a_kind_that_the_report_is_not_about_wait_on(world):
    answers = replace(REPORTS.answers, kinds=("INSTRUCTION",))
    world.feeds = [CALLS, replace(REPORTS, answers=answers)]
    with world.hub() as hub:
        call = take(world, hub, "calls", "call1", CALL)
        take(world, hub, "reports", "report1", report("CALL-ABC001"))
        assert (deliveries(hub, call), view(hub, call).answered.answered) == ([DeliveryState.CONFIRMED], 0)


def test_only_items_of_the_file_that_the_report_is_about_are_answered(world):
    with world.hub() as hub:
        first = take(world, hub, "calls", "call1", OTHER)
        second = take(world, hub, "calls", "call2", CALL)
        take(world, hub, "reports", "report1", report("CALL-ABC001", ("BAD", "ABC002")))
        assert view(hub, first).answered.answered == 0
        assert view(hub, second).answered.answered == 3


def test_a_file_of_which_nothing_was_accepted_is_refused_and_a_person_is_told(world):
    with world.hub() as hub:
        call = take(world, hub, "calls", "call1", OTHER)
        said = report("CALL-XYZ001", ("BAD", "XYZ001"), ("BAD", "ABC002"))
        take(world, hub, "reports", "report1", said)
        (refused,) = view(hub, call).deliveries
    assert refused.state is DeliveryState.REFUSED
    assert refused.reason == "the partner refused all 2 items"


@pytest.mark.parametrize(
    ("before", "about", "sentence"),
    [
        ([], "CALL-ABC999", "no transfer of little.calls went out as CALL-ABC999"),
        ([report("CALL-ABC001")], "CALL-ABC001", "CALL-ABC001 was answered before, by transfer"),
    ],
)
def test_a_report_about_nothing_that_waits_for_it_is_held_and_answers_nothing(world, before, about, sentence):
    with world.hub(who="anna") as hub:
        call = take(world, hub, "calls", "call1", CALL)
        for content in before:
            take(world, hub, "reports", "report1", content)
        answered = view(hub, call).answered
        held = take(world, hub, "reports", "report2", report(about, ("BAD", "ABC002")))
        assert (held.state, held.reason[: len(sentence)]) == ("HELD", sentence)
        hub.acts.release(held.id, "it is a stray")
        assert hub.advance(held.id).state == "APPLIED"
        assert view(hub, call).answered == answered


def test_a_report_about_what_may_not_have_left_waits_until_that_is_settled(world):
    with world.hub() as hub:
        call = take(world, hub, "calls", "call1", CALL)
        doubt = update(delivery).values(state=DeliveryState.IN_DOUBT)
        hub.store.write(lambda conn: conn.execute(doubt))
        held = take(world, hub, "reports", "report1", report("CALL-ABC001"))
        assert held.state == "HELD"
        assert f"Settle transfer {call.id}, then retry this report" in held.reason
        hub.acts.settle(call.id, sent=True, reason="they have it")
        hub.acts.retry(held.id, "settled")
        hub.advance(held.id)
        assert deliveries(hub, call) == [DeliveryState.CONFIRMED]


def test_a_held_report_answers_when_it_is_released_and_not_before(world):
    world.write("config/routes/little.yaml", ROUTES + "    hold: {first_file: true}\n")
    with world.hub(who="anna") as hub:
        call = take(world, hub, "calls", "call1", CALL)
        held = take(world, hub, "reports", "report1", report("CALL-ABC001", ("BAD", "ABC002")))
        assert (held.state, view(hub, call).answered.answered) == ("HELD", 0)
        assert deliveries(hub, call) == [DeliveryState.SENT]
        hub.acts.release(held.id, "looked at")
        assert hub.advance(held.id).state == "SENT"
        assert deliveries(hub, call) == [DeliveryState.CONFIRMED]
        assert view(hub, call).answered.answered == 3


def nowhere(world):
    """What the reports make cannot be delivered, so that they may still be withdrawn."""
    world.write("config/endpoints.yaml", ENDPOINTS + "  gone: {type: folder, path: ../gone}\n")
    world.write(
        "config/routes/little.yaml",
        ROUTES.replace("output: notes, endpoint: out", "output: notes, endpoint: gone"),
    )


def test_a_report_that_is_withdrawn_has_answered_nothing(world):
    nowhere(world)
    with world.hub(who="anna") as hub:
        call = take(world, hub, "calls", "call1", CALL)
        stopped = take(world, hub, "reports", "report1", report("CALL-ABC001", ("BAD", "ABC002")))
        assert view(hub, call).answered.answered == 3
        hub.acts.withdraw(stopped.id, "of the wrong bank")
        seen = view(hub, call)
    assert seen.answered.answered == 0
    assert {item.state for item in seen.items} == {ItemState.SENT}
    assert [(one.state, one.answered_by) for one in seen.deliveries] == [(DeliveryState.SENT, None)]
    assert "answer_taken_back" in [event.kind for event in seen.events]


def test_a_name_that_a_report_brought_is_known_until_the_report_is_taken_back(world):
    def reported(about, number):
        world.arrive(f"report{number}", report(about, ("BAD", f"ABC00{number}")))
        return next(one for one in hub.run("reports").transfers if one.name == f"report{number}")

    nowhere(world)
    with world.hub(who="anna") as hub:
        call = take(world, hub, "calls", "call1", CALL)
        first = reported("S9=ABC001", 1)
        assert f"CALL-S9 was answered before, by transfer {first.id}" in reported("CALL-S9", 2).reason
        hub.acts.withdraw(first.id, "of the wrong bank")
        assert "no transfer of little.calls went out as CALL-S9" in reported("CALL-S9", 3).reason
        assert view(hub, call).deliveries[0].identity == "CALL-ABC001"


class Crash(BaseException):
    """Nobody catches it."""


@pytest.mark.parametrize("point", ["examined", "rendered", "worked", "arrived"])
def test_a_crash_at_an_edge_answers_all_or_nothing_and_then_once(world, point):
    def crash(name):
        if name == point:
            raise Crash

    with world.hub() as hub:
        call = take(world, hub, "calls", "call1", CALL)
    world.arrive("report1", report("CALL-ABC001", ("BAD", "ABC002")))
    with world.hub(boundary=crash) as hub, pytest.raises(Crash):
        hub.run("reports")
    with world.hub() as hub:
        assert view(hub, call).answered.answered in (0, 3)
        hub.run("reports")
        seen = view(hub, call)
    assert seen.answered.said == {Answered.ACCEPTED: 2, Answered.REFUSED: 1}
    assert [event.kind for event in seen.events].count("confirmed") == 1


def test_a_report_that_another_one_forestalls_is_held(world):
    """Both were about a file that waited; the other one's commit came first."""

    def forestall(name):
        if name == "rendered" and seen == []:
            seen.append(name)
            other = update(delivery).values(state=DeliveryState.CONFIRMED, answered_by="another")
            hub.store.write(lambda conn: conn.execute(other))

    seen = ["not yet"]
    with world.hub(boundary=forestall) as hub:
        call = take(world, hub, "calls", "call1", CALL)
        seen.clear()
        held = take(world, hub, "reports", "report1", report("CALL-ABC001", ("BAD", "ABC002")))
        assert held.state == "HELD"
        assert "was answered before, by transfer another" in held.reason
        assert view(hub, call).answered.answered == 0


def promised(hub):
    with hub.look() as look:
        return [promise.name for promise in look.promises()]


def test_the_report_that_was_expected_keeps_its_promise_until_it_is_taken_back(world):
    nowhere(world)
    with world.hub(who="anna") as hub:
        take(world, hub, "calls", "call1", CALL)
        assert promised(hub) == ["little.reports"]
        stopped = take(world, hub, "reports", "report1", report("CALL-ABC001", ("BAD", "ABC002")))
        assert promised(hub) == []
        hub.acts.withdraw(stopped.id, "of the wrong bank")
        assert promised(hub) == ["little.reports"]


REFERENCES = ["ABC001", "ABC002", "ABC003", "XYZ001", "LOST01"]
a_report = st.tuples(
    st.sampled_from(["CALL-ABC001", "CALL-ABC001?", "CALL-XYZ001", "CALL-LOST01"]),
    st.lists(st.tuples(st.sampled_from(["BAD", "FIX", "ASK"]), st.sampled_from(REFERENCES)), max_size=4),
)


@settings(max_examples=20)
@given(reports=st.lists(a_report, max_size=4))
def test_in_any_order_each_item_is_answered_once_and_the_counts_add_up(tmp_path_factory, reports):
    world = made(tmp_path_factory.mktemp("mix"))
    with world.hub() as hub:
        calls = [take(world, hub, "calls", f"call{n}", one) for n, one in enumerate([CALL, OTHER])]
        for number, (about, said) in enumerate(reports):
            take(world, hub, "reports", f"report{number}", report(about, *said))
        seen = [view(hub, call) for call in calls]
    for one in seen:
        states = Counter(item.state for item in one.items)
        assert states[ItemState.ANSWERED] == one.answered.answered
        assert one.answered.answered + one.answered.unanswered == len(one.items)
        (left,) = one.deliveries
        reported = left.answered_by is not None
        assert reported == (left.state in (DeliveryState.CONFIRMED, DeliveryState.REFUSED))
        assert reported or one.answered.answered == 0


def test_a_second_report_about_some_items_answers_them_and_leaves_the_first_ones_word(world):
    second = replace(REPORTS, answers=replace(REPORTS.answers, kind="second", settles=False))
    with world.hub() as hub:
        call = take(world, hub, "calls", "call1", CALL)
        take(world, hub, "reports", "report1", report("CALL-ABC001"))
        (first,) = view(hub, call).deliveries
    world.feeds = [CALLS, second]
    with world.hub() as hub:
        other = take(world, hub, "reports", "report2", report("CALL-ABC001", ("BAD", "ABC002")))
        assert other.state != "HELD"
        assert [one.answered_by for one in view(hub, call).deliveries] == [first.answered_by]
        assert deliveries(hub, call) == [DeliveryState.CONFIRMED]
        assert view(hub, call).answered.said[Answered.REFUSED] == 1

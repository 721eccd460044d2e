"""The walks of a collection: a run is numbered, agreed, sent in time and reported on; a debit comes back."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from zipfile import ZipFile

import pytest

from hub.clock.due import slots
from hub.door.milestone import MILESTONE
from hub.model import Answered, ItemState, Move, PromiseState
from hub.rent.mandate_changes import GENERIC_MANDATES
from hub.rent.mandates import MANDATE_LIFE
from hub.rent.renttran import GENERIC_RENTTRAN
from hub.transfer.effects import apply_moves
from tests.walks.bacs import FEEDS
from tests.world import World

ENDPOINTS = """
endpoints:
  in: {type: folder, path: ../in}
  out: {type: folder, path: ../out}
"""
ROUTES = """
partner: A bureau
routes:
  runs:
    feed: walk.runs
    from: {endpoint: in, pattern: "run*.csv", done: "*.ok", then: "archive:done"}
    format: csv
    options: {sun: "654321", days: single, largest: 90000, mode: MODE}
    to: [{output: submission, endpoint: out}]
    schedule: {at: "16:00", collections: [15], on: last_input_day}
    expect: {walk.input_report: {by: "08:00"}}
    hold: {above_value: "100.00"}
    mode: live
    owner: rents
  reports:
    feeds: [walk.input_report, walk.unpaid]
    from: {endpoint: in, pattern: "reports*", then: "archive:done", unpack: zip}
    options: {sun: "654321"}
    to:
      - {output: reversal, endpoint: out, profile: generic.renttran, options: {landlord: FAKE}}
      - {output: mandate_change, endpoint: out, profile: generic.mandates, options: {landlord: FAKE}}
      - {output: action, endpoint: out}
    mode: live
    owner: rents
  collected:
    feed: walk.collected
    from: {items: WALK_COLLECTED, when: due}
    to:
      - {output: posting, endpoint: out, profile: generic.renttran, options: {landlord: FAKE}}
      - {output: journal, endpoint: out}
    mode: live
    owner: rents
"""
HEAD = "mandate,account,amount,day,serial\n"
RUN = f"{HEAD}M00001,1900000011,100.50,2026-11-04,\nM00002,1900000022,20.25,2026-11-04,\n"
MANY = RUN + "M00009,1900000011,1.00,2026-11-04,\nM00002,1900000022,900.01,2026-11-04,\n"
UNPAID = "sun,mandate,amount,processed,code,text\n"
ENDED = "654321,M00001,100.50,2026-11-04,1012,INSTRUCTION CANCELLED\n"
REFERRED = "654321,M00002,20.25,2026-11-04,0128,REFER TO PAYER\n"


@pytest.fixture
def world(tmp_path):
    made = World(
        tmp_path,
        feeds=list(FEEDS),
        lifecycles=[MANDATE_LIFE, MILESTONE],
        profiles=[GENERIC_RENTTRAN, GENERIC_MANDATES],
    )
    made.write("config/endpoints.yaml", ENDPOINTS)
    configure(made)
    banks = {"account_name": "A PRETEND TENANT", "sort_code": "000299"}
    move(
        made,
        *(
            Move(
                kind="mandate",
                key=f"M0000{n}",
                to="ACTIVE",
                account=f"19000000{n}{n}",
                personal={**banks, "account_number": f"4015482{n}"},
            )
            for n in (1, 2)
        ),
    )
    return made


def configure(world, mode="build"):
    world.write("config/routes/little.yaml", ROUTES.replace("MODE", mode))


def move(world, *moves):
    with world.hub() as hub:
        hub.services.commit(lambda conn: apply_moves(conn, hub.services, moves, who="anna"))


def run(world, route, who="anna", **how):
    with world.hub(who=who, **how) as hub:
        return hub.run(f"little.{route}").transfers


def arrives(world, text, name="run1"):
    world.arrive(f"{name}.csv", text.encode())
    assert run(world, "runs") == [], "its marker is not there yet"
    world.arrive(f"{name}.csv.ok", b"")
    (outcome,) = run(world, "runs")
    return outcome


def agreed(world, outcome, **how):
    """Somebody else agrees to the totals; then it leaves."""
    with world.hub(who="carla", **how) as hub:
        hub.acts.release(outcome.id, "agreed with the call")
    return run(world, "runs", **how)


def sent(world):
    (left,) = agreed(world, arrives(world, RUN))
    assert left.state == "SENT"
    return left


def hears(world, name="reports", **members):
    """A bundle of reports."""
    bundle = BytesIO()
    with ZipFile(bundle, "w") as zipped:
        for member, text in members.items():
            zipped.writestr(f"{member}.csv", text)
    world.arrive(f"{name}.zip", bundle.getvalue())
    return run(world, "reports")


def view(world, outcome):
    with world.hub() as hub, hub.look() as look:
        return look.transfer(outcome.id)


def out(world, start):
    found = world.delivered()
    return [found[name].decode() for name in sorted(found) if name.startswith(start)]


def test_a_run_waits_with_its_totals_and_leaves_numbered(world):
    held = arrives(world, MANY)
    assert held.state == "HELD", held
    seen = view(world, held)
    assert seen.transfer.summary["totals"]["contra"] == "1021.76"
    assert seen.money == {ItemState.TAKEN: (2, -12075), ItemState.HELD: (2, -90101)}
    agreed(world, held)
    assert out(world, "RUN") == [
        "00029940154821,M00001,100.50\n00029940154822,M00002,20.25\nCONTRA,1,1,120.75\n"
    ]


def test_a_serial_is_used_once_and_a_run_is_for_one_day(world):
    configure(world, "forward")
    brought = f"{HEAD}M00001,1900000011,100.50,2026-11-04,1\n"
    held = arrives(world, brought)
    agreed(world, held)
    assert out(world, "run1") == [brought], "as it came"
    again = arrives(world, f"{HEAD}M00001,1900000011,90.00,2026-11-05,1\n", "run2")
    two = arrives(world, RUN + "M00001,1900000011,2.00,2026-11-05,\n", "run3")
    assert [(one.state, view(world, one).findings[0].check) for one in (again, two)] == [
        ("REJECTED", "WALK-S2"),
        ("REJECTED", "WALK-S1"),
    ]
    configure(world)
    agreed(world, arrives(world, RUN, "run4"))
    assert "CONTRA,2,1," in out(world, "RUN")[0], "the first serial came with a file"


def test_what_was_right_when_it_was_agreed_is_asked_again_at_the_door(world):
    held = arrives(world, RUN)

    def boundary(point):
        if point == "before_intent":
            move(world, Move(kind="mandate", key="M00001", to="CANCELLED", reason="the tenant rang"))

    (left,) = agreed(world, held, boundary=boundary)
    assert left.state == "HELD", "what was agreed to is not what would leave"
    assert view(world, left).money[ItemState.HELD] == (1, -10050)
    world.clock.turn(days=2)
    (late,) = agreed(world, held)
    assert late.state == "REJECTED"
    assert "the last input day for 2026-11-04 was 2026-11-03" in late.reason
    assert out(world, "RUN") == []


def test_it_runs_on_the_last_input_day(world):
    first, end = world.clock.at, world.clock.at.replace(month=12, day=31)
    with world.hub() as hub:
        config = hub.services.config
        runs = slots(config.routes["little.runs"].schedule, config.calendars, first, end)
    assert [run.business_date for run in runs] == [date(2026, 11, 12), date(2026, 12, 11)]


def test_the_report_answers_each_item_keeps_the_promise_and_the_money_comes_in_on_its_day(world):
    left = sent(world)
    with world.hub() as hub, hub.look() as look:
        (promise,) = look.promises()
    assert promise.due_at.isoformat() == "2026-11-04T08:00:00+00:00"
    (bundle, report) = hears(world, input="run,mandate,refused\n654321/1,M00002,no such sort code\n")
    assert (bundle.state, report.state) == ("APPLIED", "APPLIED")
    seen = view(world, left)
    assert [one.state.value for one in seen.deliveries] == ["CONFIRMED"]
    assert (seen.answered.left, seen.answered.said) == (2, {Answered.ACCEPTED: 1, Answered.REFUSED: 1})
    with world.hub() as hub, hub.look() as look:
        (kept,) = look.promises(states=PromiseState)
    assert kept.state is PromiseState.KEPT
    assert run(world, "collected") == [], "it comes in on the day after it was processed"
    world.clock.turn(days=3)
    (posted,) = run(world, "collected")
    assert posted.state == "SENT", posted
    assert out(world, "JOURNAL") == ["BANK,-100.50\n"]
    assert ",1900000011,,RECEIPT,,RDD,2026-11-05,2026-11-05,-100.50," in out(world, "RENTTRAN")[0]


def test_what_a_bank_returns_is_reversed_once_and_ends_its_mandate(world):
    left = sent(world)
    world.clock.turn(days=3)
    (_, unpaid, strange) = hears(world, returned=UNPAID + ENDED + REFERRED, other="what,is,this\n1,2,3\n")
    assert (unpaid.state, strange.state) == ("SENT", "HELD")
    assert "no feed" in strange.reason
    assert work(world) == [strange.id], "somebody looks at what nobody knows"
    (postings, mandates, actions) = out(world, "RENTTRAN") + out(world, "MANDATE") + out(world, "ACTIONS")
    assert ",1900000011,,REVERSAL,,RDD,2026-11-05,2026-11-05,100.50," in postings
    assert ",M00001,1900000011," in mandates and ",CANCELLED," in mandates and "M00002" not in mandates
    assert actions == "1900000022,ARREARS LETTER\n"
    with world.hub() as hub, hub.look() as look:
        assert look.record("mandate", "M00001").state == "CANCELLED"
        assert {one.reason for one in look.objections(left.id)} == {"instruction cancelled", "refer to payer"}
    (_, again) = hears(world, "reports2", returned=UNPAID + REFERRED)
    assert view(world, again).money == {ItemState.HELD: (1, 2025)}, "each debit comes back once"


def test_a_code_that_says_other_than_its_text_is_looked_at(world):
    sent(world)
    (_, unpaid) = hears(world, returned=UNPAID + REFERRED.replace("0128", "B128"))
    assert view(world, unpaid).money == {ItemState.HELD: (1, 2025)}
    assert [one.check for one in view(world, unpaid).findings] == ["WALK-U2"]


def test_nothing_is_told_of_what_is_somebody_elses(world):
    (_, foreign) = hears(world, returned=UNPAID + REFERRED.replace("654321", "123456"))
    seen = view(world, foreign)
    assert (seen.transfer.state, seen.items, seen.transfer.value) == ("REJECTED", [], 0)
    assert [one.message for one in seen.findings] == ["the report is about another service user number"]
    with world.hub() as hub, hub.look() as look:
        told = [str(one) for one in look.transfer_events(foreign.id)]
    assert "M00002" not in "".join(told)


def work(world):
    with world.hub() as hub, hub.look() as look:
        return [one.subject_id for one in look.worklist()]

"""Routes that stay behind a milestone, or behind another route: per business date, over runs and restarts."""

from __future__ import annotations

from datetime import date

import pytest

from hub.config.people import Viewer
from hub.config.settings import Role
from hub.door.milestone import KIND
from hub.engine.milestones import set_milestone
from hub.errors import UsageError
from hub.model import TransferState
from hub.store import queries
from tests.little import LittleTally, little
from tests.world import World

SECOND, THIRD = date(2026, 11, 2), date(2026, 11, 3)
ROUTES = """
partner: Little
routes:
  debit:
    feeds: [little.debit]
    from: {endpoint: in, pattern: "*.debit"}
    reaches: debit_raised
    mode: live
    owner: tests
  payments:
    feeds: [little.payments]
    from: {endpoint: in, pattern: "*.txt", then: "archive:done"}
    to: [{output: payments, endpoint: out}]
    after: debit_raised
    in_order: true
    mode: live
    owner: tests
"""


class Dated(LittleTally):
    """The business date is the day of November that the first reference ends with: ABC002."""

    def add(self, chunk):
        super().add(chunk)
        self.day = date(2026, 11, int(chunk.columns["reference"][0][3:]))

    def business_date(self):
        return self.day


@pytest.fixture
def world(tmp_path):
    feeds = [little(tally=Dated), little(name="little.debit", tally=Dated, outputs=())]
    world = World(tmp_path, feeds=feeds)
    world.write("config/routes/little.yaml", ROUTES)
    return world


def change(world, old, new):
    assert old in ROUTES
    world.write("config/routes/little.yaml", ROUTES.replace(old, new))


def run(world, route="payments"):
    """State and reason of each transfer that a run worked, by a hub freshly opened."""
    with world.hub() as hub:
        return [(outcome.state, outcome.reason) for outcome in hub.run(route).transfers]


def reach(world, day=SECOND, name="debit_raised"):
    with world.hub(who="clare") as hub:
        return set_milestone(hub.services, name, day, "the rent system says so")


def arrive(world, day, name=None):
    world.arrive(name or f"{day}.txt", b"ABC%03d+0001000\n" % day)


def test_a_file_waits_untouched_until_a_person_sets_the_milestone(world):
    arrive(world, 2)
    waits = [("STAGED", "waits for debit_raised of 2 November 2026")]
    assert [run(world), run(world)] == [waits, waits]
    assert world.delivered() == {}
    assert (world.folder / "in/2.txt").exists()
    assert reach(world)
    assert run(world) == [("SENT", None)]
    assert len(world.delivered()) == 1


def test_waiting_is_one_event_however_many_runs_find_it(world):
    arrive(world, 2)
    for _ in range(3):
        run(world)
    with world.hub() as hub, hub.look() as look:
        (row,) = look.transfers(route="little.payments")
        kinds = [event.kind for event in look.events("transfer", row.id)]
        assert look.items(row.id) == []
    assert kinds == ["found", "staged", "waits"]


def test_a_milestone_is_reached_for_one_business_date_and_no_other(world):
    change(world, "in_order: true", "in_order: false")
    arrive(world, 2)
    arrive(world, 3)
    reach(world, THIRD)
    assert run(world) == [("STAGED", "waits for debit_raised of 2 November 2026"), ("SENT", None)]


def test_what_comes_after_a_file_that_waits_keeps_its_order(world):
    arrive(world, 2)
    run(world)
    arrive(world, 3)
    reach(world, THIRD)
    assert [state for state, _ in run(world)] == ["STAGED", "STAGED"]
    reach(world, SECOND)
    assert [state for state, _ in run(world)] == ["SENT", "SENT"]


def test_a_route_reaches_its_milestone_when_its_transfer_is_over(world):
    arrive(world, 2)
    run(world)
    world.arrive("a.debit", b"ABC002+0001000\n")
    run(world, "debit")
    assert run(world) == [("SENT", None)]


def test_a_milestone_is_reached_once_and_names_the_transfer_that_reached_it(world):
    for name, content in (("a.debit", b"ABC002+0001000\n"), ("b.debit", b"ABC002+0002000\n")):
        world.arrive(name, content)
        run(world, "debit")
    assert not reach(world)
    with world.hub() as hub, hub.look() as look:
        *_, first = look.transfers(route="little.debit")
        (move,) = look.moves(KIND, "debit_raised/2026-11-02")
    assert (move.transfer_id, move.to_state) == (first.id, "REACHED")


def test_a_refused_or_held_transfer_reaches_nothing(world):
    world.arrive("a.debit", b"ABC002+0001001\n")  # an odd sum is refused
    change(world, "reaches: debit_raised", "reaches: debit_raised\n    hold: {above_value: 20.00}")
    world.arrive("b.debit", b"ABC002+0002002\n")
    assert [state for state, _ in run(world, "debit")] == ["REJECTED", "HELD"]
    arrive(world, 2)
    assert [state for state, _ in run(world)] == ["STAGED"]


def test_a_held_transfer_reaches_its_milestone_when_it_is_released(world):
    change(world, "reaches: debit_raised", "reaches: debit_raised\n    hold: {above_value: 20.00}")
    world.arrive("b.debit", b"ABC002+0002002\n")
    run(world, "debit")
    with world.hub(who="clare") as hub, hub.look() as look:
        (row,) = look.transfers(state=TransferState.HELD)
        hub.acts.release(row.id, "agreed")
    assert not reach(world)


def test_a_route_that_delivers_reaches_its_milestone_with_the_last_of_its_files(world):
    two = "to: [{output: payments, endpoint: out}, {output: payments, endpoint: shut}]\n    reaches: paid"
    change(world, "to: [{output: payments, endpoint: out}]\n    after: debit_raised", two)
    endpoints = (world.folder / "config/endpoints.yaml").read_text("utf-8")
    world.write("config/endpoints.yaml", f"{endpoints}  shut: {{type: folder, path: ../shut}}\n")
    arrive(world, 2)
    run(world)
    assert record(world, "paid/2026-11-02") is None
    (world.folder / "shut").mkdir()
    world.clock.turn(hours=1)
    run(world)
    assert record(world, "paid/2026-11-02").state == "REACHED"


def record(world, key):
    with world.hub() as hub, hub.store.read() as conn:
        return queries.get_record(conn, hub.store.keys, KIND, key)


def test_a_route_may_stay_behind_another_route(world):
    change(world, "after: debit_raised", "after: [debit_raised, little.debit]")
    arrive(world, 2)
    world.arrive("a.debit", b"ABC003+0001000\n")
    run(world, "debit")
    reach(world)
    assert run(world) == [("STAGED", "waits for little.debit of 2 November 2026")]
    world.arrive("b.debit", b"ABC002+0001000\n")
    run(world, "debit")
    assert run(world) == [("SENT", None)]


def test_the_reason_follows_what_is_still_missing(world):
    change(world, "after: debit_raised", "after: [debit_raised, little.debit]")
    arrive(world, 2)
    assert run(world) == [("STAGED", "waits for debit_raised and little.debit of 2 November 2026")]
    reach(world)
    assert run(world) == [("STAGED", "waits for little.debit of 2 November 2026")]


def test_a_bad_file_is_refused_without_waiting(world):
    world.arrive("bad.txt", b"ABC002+0001000\nxxx\n")
    assert [state for state, _ in run(world)] == ["REJECTED"]


def test_a_file_without_a_date_of_its_own_waits_for_that_of_the_day_it_came(world):
    world.feeds = [little(tally=Undated), *world.feeds[1:]]
    arrive(world, 2)
    assert run(world) == [("STAGED", "waits for debit_raised of 2 November 2026")]
    world.clock.turn(days=1)
    reach(world, SECOND)
    assert run(world) == [("SENT", None)]
    with world.hub() as hub, hub.look() as look:
        assert look.transfers(route="little.payments")[0].business_date == SECOND


class Undated(LittleTally):
    def business_date(self):
        return None


def test_a_rehearsal_reaches_nothing(world):
    change(world, "reaches: debit_raised\n    mode: live", "reaches: debit_raised\n    mode: rehearse")
    world.arrive("a.debit", b"ABC002+0001000\n")
    assert run(world, "debit") == [("APPLIED", None)]
    assert record(world, "debit_raised/2026-11-02") is None


def test_a_milestone_that_nobody_named_cannot_be_set(world):
    with pytest.raises(UsageError, match="no milestone “debit_rased”; did you mean “debit_raised”"):
        reach(world, name="debit_rased")


def test_who_has_not_the_right_sets_no_milestone(world):
    clerk = Viewer("carl", "Carl", frozenset({Role.CLERK}))
    with world.hub(viewer=clerk) as hub, pytest.raises(UsageError, match="may not set milestones"):
        set_milestone(hub.services, "debit_raised", SECOND, "he says so")
    assert record(world, "debit_raised/2026-11-02") is None

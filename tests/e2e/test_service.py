"""The hub unattended: each due time is one run, whatever happens between; nothing is dropped in silence."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest

from hub.connectors.folder import FolderConnector
from hub.engine.chores import Chore
from hub.engine.milestones import set_milestone
from hub.engine.renew import Renewal
from hub.engine.service import Service
from hub.engine.status import status
from hub.errors import StoreError, Unreachable
from hub.store import queries
from hub.store.schema import run, slot
from tests.world import ROUTES, World

HALF_PAST = 'schedule: {at: "09:30"}'
FILE = b"ABC001+0001000\nABC002+0000200\n"


@pytest.fixture
def world(tmp_path):
    made = World(tmp_path)
    made.change_route(HALF_PAST)
    return made


@contextmanager
def service(world, **how):
    """As `feedhub start` has it, with the test as the alarm clock."""
    with world.hub(**how) as hub:
        made = Service(hub, renewed=Renewal(world.folder / "config"))
        made.recover()
        try:
            yield made
        finally:
            made.drain(60)


def look(made, times=1):
    for _ in range(times):
        made.look()
        made.rest()


def rows(made, table):
    with made.hub.store.read() as conn:
        return conn.execute(table.select().order_by(table.c.id)).all()


def slots(made):
    """Of each due time: when, whether it is over, and why it was left out."""
    return [(row.due, row.over_at is not None, row.why) for row in rows(made, slot) if row.kind == "clock"]


def runs(made):
    return [(row.outcome, row.business_date.isoformat()) for row in rows(made, run)]


def events(made, subject="route", id="little.payments"):
    with made.hub.store.read() as conn:
        return [event.kind for event in queries.events_of(conn, subject, id)]


def test_a_route_runs_when_it_is_due_and_not_before(world):
    world.arrive("a.txt", FILE)
    with service(world) as made:
        look(made)
        assert made.next_at() == datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
        world.clock.turn(minutes=29, seconds=59)
        look(made)
        assert (slots(made), world.delivered()) == ([], {})
        world.clock.turn(seconds=1)
        look(made, times=3)
        assert slots(made) == [("2026-11-02T09:30", True, None)]
        assert runs(made) == [("done", "2026-11-02")]
    assert len(world.delivered()) == 1


def test_the_first_start_makes_up_for_nothing(world):
    world.clock.turn(hours=3)
    with service(world) as made:
        look(made)
        assert slots(made) == []


def test_a_second_service_does_not_work_beside_the_first(world):
    with service(world) as made, service(world) as other, made.hub.store.alone("service"):
        assert status(made.hub.services).running
        with pytest.raises(StoreError, match="another feedhub command is working service"):
            other.serve()
    with service(world) as made:
        assert not status(made.hub.services).running


@pytest.mark.parametrize(
    ("catch_up", "worked", "why"),
    [
        ("latest", 1, "missed; the run of 2026-11-05T09:30 stands for it (catch_up: latest)"),
        ("all", 4, None),
        ("none", 0, "missed, and the route makes up for nothing (catch_up: none)"),
    ],
)
def test_what_was_missed_while_the_hub_was_off_is_made_up_for_or_left_out_with_the_reason(
    world, catch_up, worked, why
):
    world.change_route(HALF_PAST, f"catch_up: {catch_up}")
    with service(world) as made:
        look(made)
    world.clock.turn(days=3, hours=5)  # four mornings
    with service(world) as made:
        look(made, times=5)
        told = slots(made)
        assert [over for _, over, _ in told] == [True] * 4
        assert [one for *_, one in told if one] == [why] * (4 - worked)
        assert len(runs(made)) == worked
        assert ("runs_missed" in events(made)) == (worked < 4)


def test_what_is_late_by_less_than_the_grace_is_in_time(world):
    world.change_route(HALF_PAST, "catch_up: none")
    with service(world) as made:
        look(made)
        world.clock.turn(minutes=44)
        look(made)
        assert slots(made) == [("2026-11-02T09:30", True, None)]


class Away(FolderConnector):
    """A folder whose machine is away for a while."""

    def __init__(self, until):
        super().__init__()
        self.until = until

    def open(self, name, settings, secrets):
        if self.until():
            raise Unreachable(f"endpoint {name} is away")
        return super().open(name, settings, secrets)


def test_a_source_that_is_away_is_tried_again_and_the_run_is_not_lost(world):
    world.arrive("a.txt", FILE)
    back = datetime(2026, 11, 2, 9, 32, 30, tzinfo=UTC)
    with service(world, folder=Away(lambda: world.clock.now() < back)) as made:
        look(made)
        world.clock.turn(minutes=30)
        look(made)
        assert slots(made) == [("2026-11-02T09:30", False, None)]
        for _ in range(4):
            world.clock.turn(minutes=1)
            look(made)
        assert slots(made) == [("2026-11-02T09:30", True, None)]
        assert [outcome for outcome, _ in runs(made)] == ["failed"] * 3 + ["done"]
    assert len(world.delivered()) == 1


def test_a_source_that_stays_away_is_tried_until_the_next_due_time_stands_for_it(world):
    with service(world, folder=Away(lambda: True)) as made:
        look(made)
        for _ in range(49):
            world.clock.turn(minutes=30)
            look(made)
        first, second = slots(made)
        assert first[1:] == (True, "not worked before 2026-11-03T09:30 was due, whose run stands for it")
        assert second == ("2026-11-03T09:30", False, None)
        assert len(runs(made)) > 40


def test_a_delivery_that_was_put_off_goes_without_a_due_time_of_the_route(world):
    world.write(
        "config/endpoints.yaml",
        "endpoints:\n  in: {type: folder, path: ../in}\n  out: {type: folder, path: ../later}\n",
    )
    world.arrive("a.txt", FILE)
    with service(world) as made:
        look(made)
        world.clock.turn(minutes=30)
        look(made)
        assert not (world.folder / "later").exists()
        (world.folder / "later").mkdir()
        world.clock.turn(minutes=5)
        look(made)
        assert len(runs(made)) == 1
    assert [path.name[:4] for path in (world.folder / "later").iterdir()] == ["out-"]


def test_a_file_that_waits_for_a_milestone_goes_once_somebody_else_sets_it(world):
    world.write("config/hub.yaml", "plugins: [little]\nlog: {file: hub.log}\nmilestones: [debit_raised]\n")
    world.change_route(HALF_PAST, "after: [debit_raised]")
    world.arrive("a.txt", FILE)
    with service(world) as made:
        look(made)
        world.clock.turn(minutes=30)
        look(made, times=2)
        assert world.delivered() == {}
        with world.hub(who="anna") as other:
            (row,) = other.services.store.write(queries.unfinished_transfers)
            set_milestone(other.services, "debit_raised", row.business_date, "the debit run is through")
        world.clock.turn(minutes=1)
        look(made)
    assert len(world.delivered()) == 1


def test_several_that_wait_are_one_run(world):
    """The route could not be worked for two hours: another command had it."""
    world.change_route('schedule: {every: 1h, between: ["09:30", "18:00"]}')
    with service(world) as made:
        look(made)
        with made.hub.store.alone("little.payments"):
            for minutes in (30, 60, 60):
                world.clock.turn(minutes=minutes)
                look(made)
        world.clock.turn(minutes=1)
        look(made)
        assert [over for _, over, _ in slots(made)] == [True] * 3
        assert [why for *_, why in slots(made)] == [
            "not worked before 2026-11-02T10:30Z was due, whose run stands for it",
            "not worked before 2026-11-02T11:30Z was due, whose run stands for it",
            None,
        ]
        assert len(runs(made)) == 1


def test_a_run_that_a_crash_cut_off_is_worked_again(world):
    class Killed(BaseException):
        pass

    def kill(point):
        if point == "staged":
            raise Killed

    world.arrive("a.txt", FILE)
    with service(world, boundary=kill) as made:
        look(made)
        world.clock.turn(minutes=30)
        made.hub.services.commit(lambda conn: None)
        made.look()
        made.rest()
        made.hub.store.write(lambda conn: conn.execute(run.update().values(ended_at=None, outcome=None)))
    with service(world) as made:
        look(made)
        assert [outcome for outcome, _ in runs(made)] == ["interrupted", "done"]
        assert slots(made) == [("2026-11-02T09:30", True, None)]
    assert len(world.delivered()) == 1


def test_a_stop_lets_what_is_being_worked_end_and_begins_nothing_more(world):
    """Two files: the stop comes while the first is on its way, and the next start carries on the second."""
    world.change_route(HALF_PAST, "in_order: true")
    world.arrive("a.txt", FILE)
    world.arrive("b.txt", FILE.replace(b"ABC", b"XYZ"))
    reached, go_on = threading.Event(), threading.Event()

    def wait(point):
        if point == "before_intent":
            reached.set()
            go_on.wait(60)

    with service(world, boundary=wait) as made:
        look(made)
        world.clock.turn(minutes=30)
        made.look()
        assert reached.wait(60)
        made.stop()
        assert made.drain(0) == ["little.payments"]
        go_on.set()
        assert made.drain(60) == []
        assert [outcome for outcome, _ in runs(made)] == ["stopped"]
        assert slots(made) == [("2026-11-02T09:30", False, None)]
    assert len(world.delivered()) == 1
    with service(world) as made:
        look(made)
        assert slots(made) == [("2026-11-02T09:30", True, None)]
    assert len(world.delivered()) == 2


def test_a_changed_schedule_is_taken_up_once_nobody_saves_any_more(world):
    with service(world) as made:
        look(made)
        world.change_route('schedule: {at: "09:10"}')
        look(made)
        assert made.next_at() == datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
        world.clock.turn(seconds=11)
        look(made)
        assert made.next_at() == datetime(2026, 11, 2, 9, 10, tzinfo=UTC)
        assert events(made, "hub", "config") == ["config_changed"]
        world.clock.turn(minutes=10)
        look(made)
        assert [due for due, *_ in slots(made)] == ["2026-11-02T09:10"]


def test_a_mistake_in_the_configuration_changes_nothing_and_is_told(world):
    with service(world) as made:
        look(made)
        world.write("config/routes/little.yaml", ROUTES.replace("mode: live", "mode: alive"))
        look(made)
        world.clock.turn(minutes=30)
        look(made, times=2)
        assert events(made, "hub", "config") == ["config_refused"]
        assert slots(made) == [("2026-11-02T09:30", True, None)]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ("mode: off", "the route is switched off"),
        ("gone", "the configuration has no such route any more"),
    ],
)
def test_a_due_time_whose_route_is_no_more_is_left_out_with_the_reason(world, change, why):
    other = ROUTES.replace("payments:", "others:").replace(
        "feeds: [little.others]", "feeds: [little.payments]"
    )
    with service(world) as made, made.hub.store.alone("little.payments"):
        look(made)
        world.clock.turn(minutes=30)
        look(made)
    text = (
        ROUTES.replace("mode: live", change)
        if change != "gone"
        else other.replace("output: others:", "output: payments")
    )
    world.write("config/routes/little.yaml", text)
    with service(world) as made:
        look(made)
        assert slots(made) == [("2026-11-02T09:30", True, why)]


def test_a_clock_that_was_wrong_and_is_put_right_rings_each_due_time_once(world):
    with service(world) as made:
        look(made)
        world.clock.turn(days=2)
        look(made, times=3)
        world.clock.turn(days=-2)
        look(made)
        world.clock.turn(minutes=30)
        look(made)
        world.clock.turn(days=1)
        look(made)
        dues = sorted(due for due, *_ in slots(made))
        assert dues == ["2026-11-02T09:30", "2026-11-03T09:30"]


def test_a_fault_of_one_part_stops_no_other(world):
    def broken(services):
        raise RuntimeError("a chore")

    with world.hub() as hub:
        made = Service(hub, [Chore("break", timedelta(minutes=5), broken)])
        look(made)
        world.clock.turn(minutes=30)
        look(made)
        assert slots(made) == [("2026-11-02T09:30", True, None)]
        made.drain(60)
    assert "a chore" in (world.folder / "config/hub.log").read_text("utf-8")

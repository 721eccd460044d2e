"""What is paused, in maintenance or dead is left alone: nothing is lost, nothing fails, all goes on after."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest

from hub.connectors.folder import FolderConnector
from hub.engine import pauses
from hub.engine.overdue import overdue
from hub.errors import AuthFailed, HostKeyChanged, RemoteRefused, Unreachable, UsageError
from hub.model import DeliveryState
from hub.store import queries
from tests.world import START, World

GOOD = b"ABC001+0001000\n"
TWICE = b"ABC002+0002000\n"
TOMORROW = START + timedelta(days=1)


class Ends(FolderConnector):
    """Folders, of which each can be made to fail."""

    def __init__(self):
        super().__init__()
        self.errors, self.opened, self.forgotten = {}, [], []

    @contextmanager
    def open(self, name, endpoint, secrets):
        self.opened.append(name)
        if name in self.errors:
            raise self.errors[name]
        with super().open(name, endpoint, secrets) as session:
            yield session

    def forget(self, name):
        self.forgotten.append(name)


@pytest.fixture
def world(tmp_path):
    return World(tmp_path)


@pytest.fixture
def ends():
    return Ends()


def run(world, ends, content=None, name="a.txt"):
    if content:
        world.arrive(name, content)
    with world.hub(folder=ends) as hub:
        return hub.run(world.route)


def pause(world, kind, name, until=TOMORROW):
    with world.hub() as hub:
        pauses.pause(hub.services, kind, name, until, "they move house")


def deliveries(world):
    with world.hub() as hub, hub.store.read() as conn:
        ids = [row.id for row in queries.unfinished_transfers(conn, route=world.route)]
        return [(one.state, one.attempts) for id in ids for one in queries.deliveries_of(conn, id)]


def told(world):
    """What is late or due, of routes and endpoints."""
    with world.hub() as hub, hub.look() as look:
        return [one for one in overdue(hub.services, look) if one.subject in ("route", "endpoint")]


def alerts(world):
    with world.hub() as hub, hub.look() as look:
        return [(one.subject, one.says) for one in look.alerts() if one.subject == "endpoint"]


def test_a_run_of_a_paused_route_touches_nothing_says_so_and_is_no_failure(world, ends):
    pause(world, "route", "payments")
    report = run(world, ends, GOOD)
    said = "The route little.payments is paused until Tue 03 Nov 09:00 by hub: they move house."
    assert (report.well, report.trouble, report.waits) == (True, None, said)
    assert ends.opened == []
    with world.hub() as hub, hub.look() as look:
        assert [one.outcome for one in look.runs(world.route)] == ["paused"]
        assert [event.kind for event in look.events("route", world.route)] == ["paused"]
    [due] = told(world)
    assert (due.late, due.what, due.next) == (False, said, "feedhub resume route little.payments --reason …")


def test_a_paused_source_is_left_as_it_is_and_what_is_here_goes_on(world, ends):
    ends.errors["out"] = Unreachable("down")
    run(world, ends, GOOD)
    ends.errors.clear()
    pause(world, "endpoint", "in")
    world.clock.turn(minutes=5)
    ends.opened.clear()
    report = run(world, ends, TWICE, "b.txt")
    assert (report.trouble, len(world.delivered())) == (None, 1)
    assert "in" not in ends.opened
    assert sorted(path.name for path in (world.folder / "in").glob("*.txt")) == ["a.txt", "b.txt"]
    world.clock.turn(days=1)
    run(world, ends)
    assert len(world.delivered()) == 2
    assert list((world.folder / "in").glob("*.txt")) == []


def test_what_would_go_to_a_paused_endpoint_stays_ready_and_goes_once_it_is_resumed(world, ends):
    pause(world, "endpoint", "out")
    for _ in range(3):
        report = run(world, ends, None if world.delivered() or ends.opened else GOOD)
    assert (report.well, "out" in ends.opened) == (True, False)
    assert deliveries(world) == [(DeliveryState.READY, 0)]
    with world.hub() as hub:
        assert pauses.resume(hub.services, "endpoint", "out", "they are there")
        assert not pauses.resume(hub.services, "endpoint", "out", "again")
    run(world, ends)
    assert len(world.delivered()) == 1
    assert told(world) == []


def test_a_pause_that_comes_between_the_last_look_and_the_door_holds_the_file_back(world, ends):
    world.arrive("a.txt", GOOD)
    hubs = []

    def pause_now(point):
        if point == "before_intent":
            pauses.pause(hubs[0].services, "endpoint", "out", TOMORROW, "stop")

    with world.hub(folder=ends, boundary=pause_now) as hub:
        hubs.append(hub)
        [outcome] = hub.run(world.route).transfers
        with hub.look() as look:
            assert "sending" not in [event.kind for event in look.transfer_events(outcome.id)]
    assert "out" not in ends.opened
    assert deliveries(world) == [(DeliveryState.READY, 0)]


def test_a_pause_ends_by_itself(world, ends):
    pause(world, "route", "payments")
    world.clock.turn(days=1)
    run(world, ends, GOOD)
    assert len(world.delivered()) == 1
    assert told(world) == []


@pytest.mark.parametrize(
    ("kind", "name", "until", "said"),
    [
        ("route", "payment", TOMORROW, "There is no route “payment”"),
        ("endpoint", "inn", TOMORROW, "There is no endpoint “inn”; did you mean “in”?"),
        ("route", "payments", START, "--until is over already"),
    ],
)
def test_what_cannot_be_paused_is_said(world, kind, name, until, said):
    with pytest.raises(Exception, match=said):
        pause(world, kind, name, until)


def test_somebody_without_the_right_pauses_nothing(world):
    world.write("config/hub.yaml", "people: [{login: ann, name: Ann, roles: [clerk]}]\nplugins: [little]\n")
    from hub.config.people import Viewer
    from hub.config.settings import Role

    ann = Viewer("ann", "Ann", frozenset({Role.CLERK}))
    with world.hub(viewer=ann) as hub, pytest.raises(UsageError, match="pause or resume routes"):
        pauses.pause(hub.services, "route", "payments", TOMORROW, "why not")


@pytest.mark.parametrize(
    ("window", "at", "sent"),
    [
        ('{between: ["02:00", "06:00"]}', datetime(2026, 11, 2, 3, tzinfo=UTC), False),
        ('{between: ["02:00", "06:00"]}', datetime(2026, 11, 2, 6, tzinfo=UTC), True),
        ('{between: ["22:00", "06:00"], days: sun}', datetime(2026, 11, 2, 5, 59, tzinfo=UTC), False),
        ('{between: ["22:00", "06:00"], days: sun}', datetime(2026, 11, 3, 5, 59, tzinfo=UTC), True),
        ('{between: ["02:00", "06:00"], dates: last}', datetime(2026, 11, 30, 3, tzinfo=UTC), False),
        ('{between: ["02:00", "06:00"]}', datetime(2026, 7, 1, 1, 30, tzinfo=UTC), False),
    ],
)
def test_nothing_goes_to_an_endpoint_in_its_hours_of_maintenance(world, ends, window, at, sent):
    out = f"out: {{type: folder, path: ../out, maintenance: [{window}]}}"
    world.write("config/endpoints.yaml", f"endpoints:\n  in: {{type: folder, path: ../in}}\n  {out}\n")
    world.clock.at = at
    report = run(world, ends, GOOD)
    assert bool(world.delivered()) == sent
    assert report.well
    assert ("is in maintenance until" in (report.waits or "")) != sent


def test_what_does_not_answer_is_left_alone_for_longer_each_time_and_told_once(world, ends):
    ends.errors["in"] = Unreachable("endpoint in (folder): no connection. The hub tries again.")
    failed = [run(world, ends).trouble for _ in range(3)]
    assert all(failed)
    assert len(ends.opened) == 3
    assert alerts(world) == [("endpoint", "endpoint in (folder): no connection. The hub tries again.")]
    for _ in range(24 * 60):
        world.clock.turn(minutes=1)
        if world.clock.at.minute % 10 == 0:
            report = run(world, ends)
    assert len(ends.opened) < 22
    assert "has failed" in report.waits or report.trouble
    [due] = told(world)
    assert (due.late, due.next) == (True, "feedhub endpoints test in")
    assert len(alerts(world)) == 1
    ends.errors.clear()
    world.clock.turn(hours=2)
    run(world, ends, GOOD)
    assert len(world.delivered()) == 1
    assert (told(world), alerts(world)) == ([], [])
    with world.hub() as hub, hub.look() as look:
        assert [one.kind for one in look.events("endpoint", "in")] == ["left_alone", "answers_again"]


def test_one_success_begins_the_count_anew(world, ends):
    for _ in range(4):
        for error in (Unreachable("down"), Unreachable("down"), None):
            ends.errors = {"in": error} if error else {}
            run(world, ends)
    assert len(ends.opened) == 12
    assert told(world) == []


def test_a_refusal_of_a_folder_is_an_answer(world, ends):
    ends.errors["in"] = RemoteRefused("no such folder")
    for _ in range(6):
        assert run(world, ends).trouble
    assert len(ends.opened) == 6


@pytest.mark.parametrize(
    "error", [AuthFailed("endpoint in: refused"), HostKeyChanged("endpoint in: a new key")]
)
def test_what_refused_us_is_not_tried_again_after_a_restart_nor_after_a_year(world, ends, error):
    ends.errors["in"] = error
    assert run(world, ends).trouble == str(error)
    for _ in range(5):
        world.clock.turn(days=73)
        report = run(world, ends)
        assert (report.trouble, report.waits) == (None, str(error))
    assert ends.opened == ["in"]
    assert len(alerts(world)) == 1


def test_it_is_tried_again_once_the_settings_are_others(world, ends):
    ends.errors["in"] = AuthFailed("endpoint in: refused")
    run(world, ends)
    ends.errors.clear()
    moved = (
        "endpoints:\n  in: {type: folder, path: ../in, sweeps: false}\n  out: {type: folder, path: ../out}\n"
    )
    world.write("config/endpoints.yaml", moved)
    run(world, ends, GOOD)
    assert len(world.delivered()) == 1
    assert alerts(world) == []


def test_it_is_tried_again_once_a_person_has_found_that_it_works_and_the_connector_forgets(world, ends):
    ends.errors["in"] = AuthFailed("endpoint in: refused")
    run(world, ends)
    ends.errors.clear()
    with world.hub() as hub:
        pauses.found_working(hub.services, "in")
    run(world, ends, GOOD)
    assert len(world.delivered()) == 1
    assert ends.forgotten == ["in"]
    assert told(world) == []


def test_files_for_a_dead_endpoint_wait_ready_and_lose_no_attempts(world, ends):
    ends.errors["out"] = Unreachable("down")
    run(world, ends, GOOD)
    world.clock.turn(seconds=30)
    run(world, ends)
    world.clock.turn(seconds=60)
    run(world, ends)
    assert deliveries(world) == [(DeliveryState.READY, 3)]
    for n in range(5):
        run(world, ends, b"ABC10%d+0001000\n" % n, f"c{n}.txt")
    assert ends.opened.count("out") == 3
    assert sorted(deliveries(world))[:5] == [(DeliveryState.READY, 0)] * 5
    ends.errors.clear()
    world.clock.turn(hours=1)
    run(world, ends)
    assert len(world.delivered()) == 6

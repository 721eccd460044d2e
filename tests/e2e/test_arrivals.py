"""What should come by when: amber before, red after, kept by what comes, in time or late."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from hub.engine import pauses
from hub.engine.overdue import overdue
from hub.model import PromiseState, Urgency
from hub.store.queries.arrivals import Came
from hub.transfer import promises
from hub.transfer.arrivals import Awaited, expect_arrivals, share_out
from tests.little import LittleTally, little
from tests.world import World

KEPT, BROKEN, OPEN, VOID = PromiseState.KEPT, PromiseState.BROKEN, PromiseState.OPEN, PromiseState.VOID
MONDAY = datetime(2026, 11, 2, tzinfo=UTC)


class Undated(LittleTally):
    def business_date(self):
        return None


def at(clock, day=2):
    hours, minutes = map(int, clock.split(":"))
    return MONDAY + timedelta(days=day - 2, hours=hours, minutes=minutes)


@pytest.fixture
def world(tmp_path):
    world = World(tmp_path, feeds=[little(tally=Undated)])
    world.change_route('arrives: {by: "09:00", days: working}')
    world.clock.at = at("12:00", 1)
    tick(world)
    return world


def tick(world, instant=None):
    """What the service does each minute."""
    world.clock.at = instant or world.clock.at
    with world.hub() as hub:
        expect_arrivals(hub.services)
        promises.sweep(hub.services)


def come(world, instant, number=1):
    world.clock.at = instant
    world.arrive(f"{instant:%d%H%M}-{number}.txt", b"ABC001+%06d0\n" % (world.clock.made + number))
    with world.hub() as hub:
        [outcome] = hub.run(world.route).transfers
    assert outcome.state == "SENT"


def states(world):
    with world.hub() as hub, hub.look() as look:
        found = look.promises(states=tuple(PromiseState), subject=("route", world.route))
    return [(one.name, one.state) for one in found]


def alerts(world):
    with world.hub() as hub, hub.look() as look:
        return [(one.urgency, one.owner, one.says) for one in look.alerts()]


def test_what_comes_in_time_keeps_it_and_nobody_is_told(world):
    tick(world, at("07:00"))
    come(world, at("07:30"))
    tick(world, at("09:01"))
    assert states(world)[0] == ("arrival 2026-11-02", KEPT)
    assert alerts(world) == []


def test_what_is_not_there_is_amber_then_red_with_its_owner_and_kept_when_it_comes_late(world):
    tick(world, at("07:59"))
    assert alerts(world) == []
    tick(world, at("08:00"))
    said = "a file comes to little.payments for 2026-11-02"
    assert alerts(world) == [(Urgency.AMBER, "tests", f"{said}: due by Mon 02 Nov 09:00")]
    tick(world, at("09:01"))
    assert alerts(world) == [(Urgency.RED, "tests", f"{said}: not so by Mon 02 Nov 09:00")]
    with world.hub() as hub, hub.look() as look:
        [due] = [one for one in overdue(hub.services, look) if one.late]
        assert (due.what, due.next) == (f"not yet: {said}", "feedhub routes show little.payments")
        kinds = [event.kind for event in look.events("route", world.route)]
    assert kinds == ["promised", "promised", "promise_broken"]
    come(world, at("14:00"))
    assert states(world)[0] == ("arrival 2026-11-02", KEPT)
    assert alerts(world) == []
    tick(world, at("09:01", 3))
    assert states(world)[1] == ("arrival 2026-11-03", BROKEN)


def test_the_route_says_how_long_before(world):
    world.change_route('arrives: {by: "09:00", days: [tue], amber: 3h}')
    tick(world, at("08:00"))
    tick(world, at("05:59", 3))
    assert [urgency for urgency, *_ in alerts(world)] == []
    tick(world, at("06:00", 3))
    assert [urgency for urgency, *_ in alerts(world)] == [Urgency.AMBER]


def test_weekends_and_bank_holidays_expect_nothing(tmp_path):
    world = World(tmp_path, feeds=[little(tally=Undated)])
    world.change_route('arrives: {by: "09:00", days: working}')
    world.clock.at = datetime(2026, 12, 23, 12, tzinfo=UTC)
    for _ in range(24 * 7):
        world.clock.turn(hours=1)
        if world.clock.at.hour % 6 == 0:
            tick(world)
    days = [name for name, _ in states(world)]
    assert days == [f"arrival 2026-12-{day}" for day in (24, 28, 29, 30, 31)]


def test_so_many_files_as_are_counted(world):
    world.change_route('arrives: {by: "09:00", days: working, count: 2}')
    come(world, at("07:00"))
    tick(world)
    assert states(world)[0][1] is OPEN
    come(world, at("07:10"), 2)
    assert states(world)[0][1] is KEPT


def test_a_refused_file_has_not_arrived(world):
    world.clock.at = at("08:00")
    world.arrive("odd.txt", b"ABC001+0001001\n")
    with world.hub() as hub:
        hub.run(world.route)
    tick(world, at("09:01"))
    assert states(world)[0] == ("arrival 2026-11-02", BROKEN)


def test_what_was_missed_while_the_hub_stood_still_is_told_each_day_once(world):
    for _ in range(3):
        tick(world, at("12:00", 5))
    broken = [f"arrival 2026-11-0{day}" for day in (2, 3, 4, 5)]
    assert states(world) == [*((name, BROKEN) for name in broken), ("arrival 2026-11-06", OPEN)]


def test_a_new_expectation_does_not_look_back(tmp_path):
    world = World(tmp_path)
    world.change_route('arrives: {by: "09:00"}')
    tick(world, at("10:00"))
    assert states(world) == [("arrival 2026-11-03", OPEN)]


def test_what_is_expected_no_more_is_void(world):
    world.change_route("tidy: at_end")
    tick(world, at("10:00"))
    assert {state for _, state in states(world)} == {VOID}
    assert alerts(world) == []


def test_nothing_is_expected_within_a_pause(world):
    with world.hub() as hub:
        pauses.pause(hub.services, "route", "payments", at("10:00", 4), "they move")
    tick(world)
    for day in (2, 3, 4, 5):
        tick(world, at("09:30", day))
    assert states(world) == [
        ("arrival 2026-11-02", VOID),
        ("arrival 2026-11-05", BROKEN),
        ("arrival 2026-11-06", OPEN),
    ]


@pytest.mark.parametrize(
    ("files", "counted"),
    [
        ([], [0, 0]),
        ([(None, 10)], [1, 0]),
        ([(None, 10), (None, 12)], [1, 0]),
        ([(None, 30)], [1, 0]),
        ([(None, 30), (None, 31)], [1, 1]),
        ([(3, 30)], [0, 1]),
        ([(3, 10)], [0, 1]),
        ([(3, 30), (2, 31)], [1, 1]),
        ([(3, 30), (3, 31)], [1, 1]),
        ([(9, 10)], [1, 0]),
    ],
)
def test_a_file_counts_for_its_own_day_else_for_the_oldest_that_waits(files, counted):
    days = [MONDAY.date(), MONDAY.date() + timedelta(days=1)]
    awaited = [Awaited(days[0], at("00:00"), 1), Awaited(days[1], at("00:00", 3), 1)]
    came = [Came(day and MONDAY.date().replace(day=day), MONDAY + timedelta(hours=h)) for day, h in files]
    share_out(awaited, came)
    assert [one.came for one in awaited] == counted

"""A crash at every edge on the way of a file that awaits the bank, and of the statement that shows its money:
what goes out goes once, and not before the money is there; nothing is lost."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress

import pytest

from hub.bank.receipts import RECEIPTS
from hub.bank.records import ACCOUNT_LIFE, DUE_LIFE, LINE_LIFE
from hub.door.milestone import MILESTONE
from hub.store import queries
from tests.banking import Entry, Statement, mt940
from tests.crash.test_boundaries import Crash, crash_at
from tests.e2e.test_awaiting_the_bank import BANK
from tests.little import little
from tests.world import World

FILE = b"ABC001-0001000\nABC002-0002000\nABC003-0003000\n"
ENDPOINTS = """
endpoints:
  in: {type: folder, path: ../in}
  out: {type: folder, path: ../out, sweeps: false}
"""
"""Nobody picks files up there, so that the hub can tell what arrived."""
FIRST, REST = Counter({"ABC001-0001000": 1}), Counter({"ABC002-0002000": 1, "ABC003-0003000": 1})
POINTS = [
    *("awaited", "examined", "rendered", "worked", "gathered"),
    *("before_intent", "intent", "arrived", "sent", "moved_away"),
]


@pytest.fixture
def world(tmp_path):
    lives = [MILESTONE, ACCOUNT_LIFE, LINE_LIFE, DUE_LIFE]
    made = World(tmp_path, feeds=[little(checks=()), RECEIPTS], lifecycles=lives)
    made.write("config/endpoints.yaml", ENDPOINTS)
    made.write("config/routes/bank.yaml", BANK)
    made.change_route("awaits: {money: dwp, lets_go: part, each: reference}")
    made.arrive("1.mt940", mt940(Statement(1, 0, (Entry(1_000, "DWP UC"),))))
    with made.hub() as hub:
        hub.run("receipts")
    made.arrive("2.mt940", mt940(Statement(2, 1_000, (Entry(2_000, "DWP UC"), Entry(3_000, "DWP UC")))))
    made.arrive("a.txt", FILE)
    return made


def out(world):
    return Counter(line for data in world.delivered().values() for line in data.decode().split())


def carry_on(world, *routes):
    with world.hub() as hub:
        for _ in range(2):
            world.clock.turn(minutes=5)
            for route in routes:
                hub.run(route)


@pytest.mark.parametrize("point", POINTS)
def test_the_first_part_goes_once_and_the_rest_not_before_its_money(world, point):
    stop(world, point, "payments")
    carry_on(world, "payments")
    assert out(world) == FIRST
    carry_on(world, "receipts", "payments")
    assert out(world) == FIRST + REST
    assert every_penny(world) == -6_000


@pytest.mark.parametrize("point", POINTS)
def test_what_stayed_behind_goes_once_whenever_the_hub_stops(world, point):
    carry_on(world, "payments")
    stop(world, point, "receipts", "payments")
    carry_on(world, "receipts", "payments")
    assert out(world) == FIRST + REST
    assert every_penny(world) == -6_000


def stop(world, point, *routes):
    """Not every point is on the way of every run."""
    with world.hub(boundary=crash_at(point)) as hub, suppress(Crash):
        for route in routes:
            hub.run(route)


def every_penny(world):
    with world.hub() as hub, hub.look() as look:
        (file,) = [row for row in look.transfers(route="little.payments") if row.name == "a.txt"]
    with world.hub() as hub, hub.store.read() as conn:
        return sum(item.amount for item in queries.items_of(conn, None, file.id))

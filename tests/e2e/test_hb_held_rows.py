"""Rows that wait for a person: let go, they post once; and adjustments find what they put right."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from hub.door.feed import RegisterChange
from hub.door.milestone import MILESTONE
from hub.engine.items import refuse_item, release_item
from hub.errors import UsageError
from hub.model import ItemState
from hub.rent.cash.totals import TOTAL_LIFE
from hub.rent.learned import LEARNED_PAIR
from hub.rent.renttran import GENERIC_RENTTRAN
from hub.store import queries
from plugins.housing_benefit.claims import CLAIM_LIFE
from plugins.housing_benefit.feeds import POSTINGS
from tests.little import little
from tests.unit.housing_benefit.posting_files import ADJUSTMENT, OVERPAYMENT, Row, posting_file
from tests.world import World

ROUTES = """
partner: Benefits service
routes:
  postings:
    feed: housing_benefit.postings
    from: {endpoint: in, pattern: "*.dat", then: "archive:done"}
    to: [{output: postings, endpoint: out, profile: generic.renttran, options: {landlord: FAKESHIRE}}]
    options:
      {authority_code: "9999", hold_opd_over: 30.00, drift_total_percent: 1000, drift_count_percent: 1000}
    mode: live
    owner: benefits-team
"""
NEXT = {"run": "20260427", "start": "20260413", "end": "20260426"}
LATER = {"run": "20260511", "start": "20260427", "end": "20260510"}


@pytest.fixture
def world(tmp_path):
    world = World(
        tmp_path,
        feeds=[little(), POSTINGS],
        lifecycles=[MILESTONE, LEARNED_PAIR, CLAIM_LIFE, TOTAL_LIFE],
        profiles=[GENERIC_RENTTRAN],
    )
    world.clock.at = datetime(2026, 5, 11, 9, tzinfo=UTC)
    world.write("config/routes/benefits.yaml", ROUTES)
    world.arrive("first.txt", b"ABC001-0000002\n")
    rows = {
        f"190000000{n}": (
            {"payment_ref": f"190000000{n}", "tenancy_ref": f"FAKE000{n}/1", "balance": -100_000},
            {},
        )
        for n in (1, 2)
    }
    with world.hub() as hub:
        (came,) = hub.run("little.payments").transfers
        keys = hub.store.keys
        hub.store.write(lambda conn: queries.apply_register(conn, keys, RegisterChange(rows), came.id))
    return world


def work(world, name, *rows, **header):
    world.arrive(f"{name}.dat", posting_file(*rows, **header))
    return run(world)[-1]


def run(world):
    with world.hub() as hub:
        return hub.run("postings").transfers


def posted(world):
    """Pence at the rent system, in all files."""
    files = [data.decode() for name, data in world.delivered().items() if name.startswith("RENTTRAN")]
    lines = [line.split(",") for text in files for line in text.splitlines() if line.startswith("D")]
    return sorted(int(line[9].replace(".", "")) for line in lines)


def rows_of(world, transfer_id):
    with world.hub() as hub, hub.look() as look:
        return look.items(transfer_id)


def test_an_overpayment_that_was_held_posts_once_somebody_lets_it_go(world):
    came = work(world, "a", Row(), OVERPAYMENT)
    assert posted(world) == [-224_68]
    (_, held) = rows_of(world, came.id)
    assert (held.state, held.account) == (ItemState.HELD, "1900000001")
    with world.hub(who="carla") as hub:
        row = release_item(hub.services, held.id, "agreed with the tenant")
    assert (row.state, row.waits_as) == (ItemState.WAITING, "RELEASED")
    (batch,) = run(world)
    assert (batch.state, batch.money) == ("SENT", {ItemState.POSTED: (1, 40_00)})
    assert posted(world) == [-224_68, 40_00]
    assert run(world) == []
    assert [one.state for one in rows_of(world, came.id)] == [ItemState.POSTED, ItemState.POSTED]
    with world.hub() as hub, hub.look() as look:
        told = [(e.kind, e.who) for e in look.events("transfer", came.id) if e.kind == "item_released"]
    assert told == [("item_released", "carla")]


def test_a_row_that_comes_again_waits_and_is_refused_or_let_go(world):
    work(world, "a", Row())
    again = work(world, "b", Row(), sequence=43, **NEXT)
    (held,) = rows_of(world, again.id)
    assert held.reason == "HB-REPEAT"
    with world.hub(who="carla") as hub:
        refuse_item(hub.services, held.id, "it is the same")
        with pytest.raises(UsageError, match="REJECTED; only what is held"):
            release_item(hub.services, held.id, "after all")
    assert posted(world) == [-224_68]


def test_a_row_that_is_let_go_is_not_held_again_for_the_same_reason(world):
    """It is a second payment of the same dates, and meant."""
    work(world, "a", Row())
    again = work(world, "b", Row(), sequence=43, **NEXT)
    (held,) = rows_of(world, again.id)
    with world.hub(who="carla") as hub:
        release_item(hub.services, held.id, "benefits says that both are meant")
    (batch,) = run(world)
    assert (batch.state, posted(world)) == ("SENT", [-224_68, -224_68])


def test_who_handed_the_file_in_lets_nothing_of_it_go(world):
    path = world.folder / "handed.dat"
    path.write_bytes(posting_file(OVERPAYMENT))
    with world.hub(who="ben") as hub:
        (came,) = hub.put("postings", path).transfers
        (held,) = rows_of(world, came.id)
        with pytest.raises(UsageError, match=r"You \(ben\) handed handed.dat in"):
            release_item(hub.services, held.id, "mine")
        with pytest.raises(UsageError, match="no item nothing"):
            release_item(hub.services, "nothing", "a guess")


def test_money_without_an_account_is_not_let_go_but_cleared(world):
    came = work(world, "a", Row(rent_ref="FAKE9999/9"))
    (suspended,) = rows_of(world, came.id)
    with world.hub(who="carla") as hub, pytest.raises(UsageError, match="SUSPENDED; only what is held"):
        release_item(hub.services, suspended.id, "a guess")


def test_an_adjustment_finds_the_posting_of_an_earlier_file_and_undoes_it_once(world):
    work(world, "a", Row())
    undo = replace(ADJUSTMENT, gross=-224_68, original="000042-0000002", rent_ref="FAKE0001/1")
    undone = work(world, "b", undo, sequence=43, **NEXT)
    (one,) = rows_of(world, undone.id)
    assert (one.state, one.reason.partition(":")[0]) == (ItemState.POSTED, "ADJUSTS")
    assert posted(world) == [-224_68, 224_68]
    again = replace(undo, first="20260330", last="20260405")
    twice = work(world, "c", again, sequence=44, **LATER)
    (two,) = rows_of(world, twice.id)
    assert (two.state, two.reason) == (ItemState.HELD, "HB-ADJUSTED")
    assert posted(world) == [-224_68, 224_68]

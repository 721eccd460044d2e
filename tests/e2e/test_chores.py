"""What the service does by itself is done once when it is due, and not in between."""

from __future__ import annotations

import pytest

from hub.api import days
from hub.config.people import HUB
from hub.engine.chores import CHORES
from hub.errors import StoreError
from hub.store.backup import backups
from tests.little import little
from tests.world import World


@pytest.fixture
def world(tmp_path):
    world = World(tmp_path)
    hub = (tmp_path / "config/hub.yaml").read_text()
    extra = "audit: {copy_to: ../outside}\nbackup: {to: ../saved, keep: 2}\n"
    world.write("config/hub.yaml", f"{hub}{extra}")
    return world


def each_hour(world, hours):
    """As the service does, which is the hub itself."""
    for _ in range(hours):
        with world.hub(viewer=HUB) as hub:
            for chore in CHORES:
                chore.do(hub.services)
        world.clock.turn(hours=1)


def test_three_days_make_a_back_up_a_day_of_which_two_stay(world):
    each_hour(world, 1)
    (first,) = backups(world.folder / "saved")
    each_hour(world, 71)
    held = backups(world.folder / "saved")
    assert len(held) == 2
    assert first.folder not in [one.folder for one in held]
    days = [one.manifest.taken_at for one in held]
    assert (days[1] - days[0]).total_seconds() == 86_400
    assert not held[0].manifest.with_keys


def test_what_happened_is_sealed_within_the_hour_and_nothing_else_is(world):
    each_hour(world, 5)
    quiet = len(list((world.folder / "outside").glob("seal-*.json")))
    world.arrive("a.txt", b"ABC001+0001000\n")
    with world.hub() as hub:
        hub.run("payments")
    each_hour(world, 5)
    assert len(list((world.folder / "outside").glob("seal-*.json"))) == quiet + 1


def test_what_is_past_its_keep_is_let_go_at_night(tmp_path):
    world = World(tmp_path, feeds=[little(keep=days(30))])
    world.arrive("a.txt", b"ABC001+0001000\n")
    with world.hub() as hub:
        (outcome,) = hub.run("payments").transfers

    def held():
        with world.hub() as hub, hub.look() as look:
            return "purged" not in [event.kind for event in look.transfer_events(outcome.id)]

    world.clock.turn(days=31)
    assert (world.clock.at.hour, held()) == (9, True)
    each_hour(world, 16)
    assert (world.clock.at.hour, held()) == (1, True)
    each_hour(world, 1)
    assert not held()


def test_a_folder_that_cannot_be_written_is_a_sentence(world):
    (world.folder / "saved").write_text("a file stands here")
    with pytest.raises(StoreError, match="cannot use"):
        each_hour(world, 1)

"""A route that takes zips: each member is a transfer of its own, or the zip is refused whole."""

from __future__ import annotations

import io
import zipfile
from hashlib import sha256

import pytest

from hub.model import TransferState
from tests.crash.test_boundaries import Crash, crash_at
from tests.world import ROUTES, World

GOOD = b"ABC001+0001000\nABC002-0000200\n"
OTHER = b"ABC003+0000300\nABC004+0000100\n"
WHEN = (2026, 11, 2, 8, 0, 0)


def zipped(files, **how):
    """A zip of (name, content) pairs, always the same bytes."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files:
            archive.writestr(zipfile.ZipInfo(name, WHEN), content, zipfile.ZIP_DEFLATED)
    return made.getvalue()


def taking_zips(folder, *lines, unpack="zip"):
    world = World(folder)
    routes = ROUTES.replace('pattern: "*.txt"', f'pattern: "*", unpack: {unpack}')
    world.write("config/routes/little.yaml", routes + "".join(f"    {line}\n" for line in lines))
    return world


@pytest.fixture
def world(tmp_path):
    return taking_zips(tmp_path)


def states(report):
    return {outcome.name: outcome.state for outcome in report.transfers}


def lines_delivered(world):
    return sorted(line for content in world.delivered().values() for line in content.split())


def rows(hub):
    with hub.look() as look:
        return list(reversed(look.transfers()))


def checks(hub, transfer_id):
    with hub.look() as look:
        return [finding.check for finding in look.findings(transfer_id)]


@pytest.mark.parametrize(
    ("unpack", "refused"), [("zip", []), ("{type: zip, max_ratio: 100}", ["BUNDLE-RATIO"])]
)
def test_a_source_may_say_how_far_a_zip_grows(tmp_path, unpack, refused):
    world = taking_zips(tmp_path, unpack=unpack)
    grows = sha256(b"x").digest() * 2 + b"".join(
        sha256(bytes([n % 256, n // 256])).digest() for n in range(500)
    )
    world.arrive("a.zip", zipped([("one.txt", grows + bytes(3 << 20))]))
    with world.hub() as hub:
        (bundle,) = [one for one in hub.run("little.payments").transfers if one.name == "a.zip"]
        assert checks(hub, bundle.id) == refused
    assert bundle.state == ("REJECTED" if refused else "APPLIED")


def test_each_member_is_a_transfer_of_its_own(world):
    world.arrive("a.zip", zipped([("one.txt", GOOD), ("folder/two.txt", OTHER)]))
    with world.hub() as hub:
        report = hub.run("payments")
        bundle, one, two = rows(hub)
    assert states(report) == {"a.zip": "APPLIED", "one.txt": "SENT", "two.txt": "SENT"}
    assert [outcome.name for outcome in report.transfers] == ["a.zip", "one.txt", "two.txt"]
    assert one.parent_id == two.parent_id == bundle.id
    assert lines_delivered(world) == sorted((GOOD + OTHER).split())
    assert [path.name for path in (world.folder / "in/done").iterdir()] == ["a.zip"]


def test_what_is_no_zip_is_worked_as_it_is(world):
    world.arrive("plain.txt", GOOD)
    with world.hub() as hub:
        assert states(hub.run("payments")) == {"plain.txt": "SENT"}


def test_one_fault_refuses_the_bundle_whole(world):
    world.arrive("a.zip", zipped([("one.txt", GOOD), ("../two.txt", OTHER)]))
    with world.hub() as hub:
        report = hub.run("payments")
        (row,) = rows(hub)
        assert checks(hub, row.id) == ["BUNDLE-NAME"]
    assert states(report) == {"a.zip": "REJECTED"}
    assert world.delivered() == {}


def test_a_member_that_came_before_is_a_duplicate(world):
    world.arrive("first.zip", zipped([("one.txt", GOOD)]))
    world.arrive("second.zip", zipped([("one.txt", GOOD), ("two.txt", OTHER), ("again.txt", OTHER)]))
    with world.hub() as hub:
        report = hub.run("payments")
    assert states(report)["again.txt"] == "DUPLICATE"
    assert sorted(outcome.state for outcome in report.transfers if outcome.name == "one.txt") == [
        "DUPLICATE",
        "SENT",
    ]
    assert lines_delivered(world) == sorted((GOOD + OTHER).split())


def test_the_source_stays_until_every_member_is_over(tmp_path):
    world = taking_zips(tmp_path, "hold: {above_count: 1}")
    world.arrive("a.zip", zipped([("one.txt", b"ABC001+0001000\n"), ("two.txt", GOOD)]))
    with world.hub() as hub:
        assert states(hub.run("payments"))["two.txt"] == "HELD"
        assert hub.run("payments").transfers == []
        assert (world.folder / "in/a.zip").exists()
        held = next(row for row in rows(hub) if row.state is TransferState.HELD)
        hub.acts.withdraw(held.id, "not wanted")
        hub.run("payments")
    assert (world.folder / "in/done/a.zip").exists()


def test_in_order_the_members_go_before_what_came_after_their_bundle(tmp_path):
    world = taking_zips(tmp_path, "in_order: true", "hold: {above_count: 1}")
    world.arrive("a.zip", zipped([("one.txt", b"ABC001+0001000\n"), ("two.txt", GOOD)]))
    world.arrive("b.txt", b"ABC009+0000900\n")
    with world.hub() as hub:
        assert states(hub.run("payments")) == {
            "a.zip": "APPLIED",
            "one.txt": "SENT",
            "two.txt": "HELD",
            "b.txt": "STAGED",
        }


def test_a_person_may_hand_a_bundle_in(world):
    path = world.folder / "by_hand.zip"
    path.write_bytes(zipped([("one.txt", GOOD)]))
    with world.hub() as hub:
        assert states(hub.put("payments", path)) == {"by_hand.zip": "APPLIED", "one.txt": "SENT"}


def test_a_long_bundle_is_read_as_a_short_one(world):
    """Beyond some megabytes stored bytes can only be read from their start."""
    noise = b"".join(sha256(b"%d" % n).digest() for n in range(5 << 15))
    world.arrive("a.zip", zipped([("one.txt", GOOD), ("noise.bin", noise)]))
    with world.hub() as hub:
        assert states(hub.run("payments")) == {"a.zip": "APPLIED", "one.txt": "SENT", "noise.bin": "HELD"}
        noisy = next(row for row in rows(hub) if row.name == "noise.bin")
        assert hub.store.blobs(noisy.compartment).read(noisy.blob) == noise


@pytest.mark.parametrize("point", ["staged", "inflated", "unpacked", "worked", "arrived", "moved_away"])
@pytest.mark.parametrize("occasion", [1, 2])
def test_a_crash_makes_each_member_exactly_once(world, point, occasion):
    world.arrive("a.zip", zipped([("one.txt", GOOD), ("two.txt", OTHER)]))
    with world.hub(boundary=crash_at(point, occasion)) as hub:
        try:
            hub.run("payments")
        except Crash:
            pass
        else:
            assert occasion == 2, "the point was never reached"
    with world.hub() as hub:
        for _ in range(3):
            world.clock.turn(hours=2)
            hub.run("payments")
        assert [row.name for row in rows(hub)] == ["a.zip", "one.txt", "two.txt"]
    assert lines_delivered(world) == sorted((GOOD + OTHER).split())
    assert (world.folder / "in/done/a.zip").exists()


def test_nothing_is_unpacked_to_disk(world):
    noise = bytes(range(256)) * 1024
    world.arrive("a.zip", zipped([("one.txt", GOOD), ("long.bin", noise)]))
    with world.hub() as hub:
        hub.run("payments")
    state = world.folder / "config/state"
    for path in state.rglob("*"):
        assert not path.is_file() or noise[:512] not in path.read_bytes()

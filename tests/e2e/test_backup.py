"""The state is backed up, the hub goes on for a day, the state is lost and restored: nothing is sent twice,
and nothing that came is lost."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from threading import Event, Thread

import pytest

from hub.door.feed import Number
from hub.engine.backup import back_up, chosen, restore
from hub.engine.purge import purge
from hub.errors import StoreError, UsageError
from hub.model import DeliveryState, ItemState
from hub.store import queries
from hub.store.backup import backups
from hub.transfer.states import derived_state
from tests.parcels import lines_out, parcels_world
from tests.world import World

ONE, TWO, THREE = b"ABC001+0001000\n", b"ABC002+0000200\n", b"ABC003+0000030\n"
LONG = b"ABC009+0001000\n" * 6000


@pytest.fixture
def world(tmp_path):
    world = World(tmp_path)
    (tmp_path / "taken").mkdir()
    return world


def saved(world, **how):
    with world.hub() as hub:
        return back_up(hub.services, world.folder / "saved", with_keys=how.pop("with_keys", True), **how)


def run(world, **how):
    with world.hub(**how) as hub:
        return hub.run("payments")


def a_day_goes_on(world, *files):
    """Files come and are worked; the partner takes what it got; then the state is lost."""
    for name, content in files:
        world.arrive(name, content)
    run(world)
    swept(world)
    shutil.rmtree(world.folder / "config/state")
    world.clock.turn(hours=20)


def swept(world):
    for path in (world.folder / "out").iterdir():
        path.rename(world.folder / "taken" / path.name)


def restored(world, **how):
    state = world.folder / "config/state"
    return restore(state, chosen(world.folder / "saved"), lambda part: world.hub(state=part), **how)


def sent(world):
    """All that the partner ever had, line by line."""
    names = [*(world.folder / "taken").iterdir(), *(world.folder / "out").iterdir()]
    return sorted(line for path in names for line in path.read_bytes().splitlines())


def found(world):
    """Each transfer's name with its id and state, as a person is told it."""
    with world.hub() as hub, hub.look() as look:
        rows = [look.transfer(row.id) for row in look.transfers()]
    return {
        one.transfer.name: (
            one.transfer.id,
            derived_state(one.transfer.state, [delivery.state for delivery in one.deliveries]),
        )
        for one in rows
    }


def ids(world, wanted):
    return [id for id, state in found(world).values() if state == wanted]


def stop_at(point):
    class Stop(BaseException):
        pass

    def boundary(name):
        if name == point:
            raise Stop

    return boundary, Stop


def ready_then_lost(world):
    """A back-up is taken while a file is about to leave; then it leaves, and the state is lost."""
    world.arrive("a.txt", ONE)
    boundary, stop = stop_at("before_intent")
    with pytest.raises(stop):
        run(world, boundary=boundary)
    made = saved(world)
    run(world)
    return made


def test_what_was_ready_then_and_lies_at_the_partner_is_known_to_be_sent(world):
    ready_then_lost(world)
    assert len(sent(world)) == 1
    shutil.rmtree(world.folder / "config/state")
    assert restored(world).doubted == 1
    run(world)
    assert len(sent(world)) == 1
    with world.hub() as hub, hub.look() as look:
        (row,) = look.transfers()
        (delivery,) = look.transfer(row.id).deliveries
        assert delivery.state is DeliveryState.SENT
        assert delivery.remote["checked"] == "found there after a restore"


@pytest.mark.parametrize("sweeps", ["true", "false"])
def test_what_was_ready_then_and_is_not_there_is_a_persons(world, sweeps):
    """A night later its absence proves nothing, not even in a folder that nobody sweeps at once."""
    world.write(
        "config/endpoints.yaml",
        "endpoints:\n  in: {type: folder, path: ../in}\n"
        f"  out: {{type: folder, path: ../out, sweeps: {sweeps}}}\n",
    )
    ready_then_lost(world)
    a_day_goes_on(world)
    restored(world)
    for _ in range(3):
        run(world)
        world.clock.turn(hours=1)
    assert len(sent(world)) == 1
    (id,) = ids(world, "IN_DOUBT")
    with world.hub() as hub, hub.look() as look:
        (asked,) = look.worklist()
        assert "was restored at" in asked.title
        hub.acts.settle(id, sent=True, reason="they have it")
    run(world)
    assert len(sent(world)) == 1


def test_what_came_and_went_meanwhile_is_taken_in_again_and_not_sent(world):
    world.arrive("a.txt", ONE)
    run(world)
    saved(world)
    a_day_goes_on(world, ("b.txt", TWO), ("c.txt", THREE))
    restored(world)
    world.clock.turn(hours=3)
    world.arrive("d.txt", b"ABC004+0000004\n")
    for _ in range(3):
        run(world)
    assert len(sent(world)) == 4, "a, b and c once before the loss, d after it"
    held = ids(world, "HELD")
    assert len(held) == 2
    with world.hub(who="boss") as hub:
        for id in held:
            hub.acts.settle(id, sent=True, reason="they have both")
    run(world)
    assert len(sent(world)) == 4
    with world.hub() as hub, hub.look() as look:
        rows = look.transfers()
        items = [item for row in rows for item in look.transfer(row.id).items]
        assert {item.state for item in items} == {ItemState.POSTED}
        assert all(not look.transfer(row.id).work for row in rows)
    names = ["a.txt", "b.txt", "c.txt", "d.txt"]
    assert {name: state for name, (_, state) in found(world).items()} == dict.fromkeys(names, "SENT")


def test_what_had_not_gone_out_is_let_go_by_a_person(world):
    """It lay at the source, or was taken in and not sent, when the state was lost."""
    world.arrive("a.txt", ONE)
    boundary, stop = stop_at("staged")
    with pytest.raises(stop):
        run(world, boundary=boundary)
    saved(world)
    world.arrive("b.txt", TWO)
    shutil.rmtree(world.folder / "config/state")
    world.clock.turn(hours=20)
    restored(world)
    run(world)
    assert sent(world) == []
    held = ids(world, "HELD")
    assert len(held) == 2
    with world.hub(who="boss") as hub:
        for id in held:
            hub.acts.release(id, "they do not have it")
    run(world)
    assert sorted(sent(world)) == sorted([ONE.strip(), TWO.strip()])


def test_the_same_file_in_the_archive_is_known_by_its_bytes(world):
    world.arrive("a.txt", ONE)
    run(world)
    saved(world)
    shutil.copy(world.folder / "in/done/a.txt", world.folder / "in/done/copied.txt")
    a_day_goes_on(world)
    restored(world)
    run(world)
    assert len(sent(world)) == 1
    assert len(ids(world, "DUPLICATE")) == 1
    assert ids(world, "HELD") == []


def test_where_sources_are_removed_a_person_asks_for_what_came(world):
    routes = (world.folder / "config/routes/little.yaml").read_text()
    world.write("config/routes/little.yaml", routes.replace('"archive:done"', "remove"))
    saved(world)
    a_day_goes_on(world, ("b.txt", TWO))
    restored(world)
    run(world)
    with world.hub() as hub, hub.look() as look:
        (asked,) = look.worklist()
    assert "Ask Little for what they sent since then" in asked.title


def test_who_releases_what_was_held_then_is_told(world):
    world.change_route("options: {limit: 5}")
    world.arrive("a.txt", ONE)
    run(world)
    saved(world)
    a_day_goes_on(world)
    assert restored(world).held == 1
    with world.hub() as hub, hub.look() as look:
        (asked,) = look.worklist()
        (row,) = look.transfers()
    assert row.state == "HELD"
    assert "somebody may have released it meanwhile" in asked.title
    with world.hub(who="boss") as hub:
        hub.acts.settle(row.id, sent=True, reason="it was released on the day")
    run(world)
    assert sent(world) == []


def test_numbers_that_partners_may_have_seen_are_skipped_or_asked_for(world):
    with world.hub() as hub:
        hub.store.write(lambda conn: queries.set_counter(conn, "free", 7, "so", "me"))
        drawn(hub, "strict", "no_gap")
    saved(world)
    a_day_goes_on(world)
    put = restored(world, margin=50)
    assert (put.burnt, put.asked) == (["free"], ["strict"])
    with world.hub() as hub:
        with hub.store.read() as conn:
            assert {row.scope: row.next_value for row in queries.counters(conn)} == {"free": 57, "strict": 2}
        with pytest.raises(Exception, match="Ask them for the last number"):
            drawn(hub, "strict", "no_gap", "t2")
        hub.store.write(lambda conn: queries.set_counter(conn, "strict", 9, "they had 8", "me"))
        assert drawn(hub, "strict", "no_gap", "t2") == 9


def drawn(hub, scope, policy, transfer="t1"):
    from tests.unit.store.making import put_transfer

    with hub.store.read() as conn:
        known = queries.get_transfer(conn, transfer)
    if known is None:
        put_transfer(hub.store, transfer)
    return hub.store.write(
        lambda conn: queries.draw_numbers(
            conn, scope=scope, name=Number.__name__, transfer_id=transfer, policy=policy, first=1, last=99
        )
    )[""]


def test_a_back_up_while_the_hub_writes_is_of_one_moment(world):
    """Each commit writes two rows; a back-up never holds one of them alone."""
    stop, began = Event(), Event()
    with world.hub() as hub:

        def write():
            number = 0
            while not stop.is_set():
                number += 1
                hub.store.write(lambda conn, n=number: pair(conn, n))
                began.set()

        def pair(conn, number):
            for scope in ("left", "right"):
                queries.set_counter(conn, f"{scope}{number}", number, "x" * 2000, "me")

        writer = Thread(target=write)
        writer.start()
        began.wait(10)
        made = back_up(hub.services, world.folder / "saved")
        stop.set()
        writer.join()
    with closing(sqlite3.connect(made.folder / "feedhub.db")) as db:
        scopes = [scope for (scope,) in db.execute("SELECT scope FROM counter")]
    assert len([s for s in scopes if s.startswith("left")]) == len(
        [s for s in scopes if s.startswith("right")]
    )
    assert scopes


def test_stored_bytes_are_copied_once_and_go_with_the_last_back_up_that_names_them(world):
    from hub.api import days
    from tests.little import little

    world.feeds = [little(keep=days(30))]
    world.arrive("long.txt", LONG)
    run(world)
    first = saved(world)
    (blob,) = (world.folder / "saved/blobs").glob("*/??/*")
    before = blob.stat()
    world.clock.turn(hours=1)
    second = saved(world)
    assert blob.stat().st_ino == before.st_ino
    assert first.manifest.blobs == second.manifest.blobs != {}
    world.clock.turn(days=40)
    with world.hub() as hub:
        assert purge(hub.services).transfers
    saved(world, keep=1)
    assert len(backups(world.folder / "saved")) == 1
    assert list((world.folder / "saved/blobs").glob("*/??/*")) == []


@pytest.mark.parametrize("what", ["feedhub.db", "blob", "missing", "key"])
def test_a_back_up_that_is_not_whole_is_refused_and_nothing_is_left(world, what):
    world.arrive("long.txt", LONG)
    run(world)
    made = saved(world)
    paths = {
        "feedhub.db": made.folder / "feedhub.db",
        "key": made.folder / "keys/open/columns.key",
    }
    path = paths.get(what) or next((world.folder / "saved/blobs").glob("*/??/*"))
    if what == "missing":
        path.unlink()
    else:
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 1
        path.unlink()  # it may be a link to the hub's own
        path.write_bytes(content)
    shutil.rmtree(world.folder / "config/state")
    with pytest.raises(StoreError, match="is not whole"):
        restored(world)
    assert not (world.folder / "config/state").exists()
    assert not list((world.folder / "config").glob("*.restoring"))


def test_a_restore_needs_an_empty_place_and_the_keys(world):
    world.arrive("a.txt", ONE)
    run(world)
    saved(world, with_keys=False)
    with pytest.raises(UsageError, match="is not empty"):
        restored(world)
    shutil.move(world.folder / "config/state/keys", world.folder / "safe")
    shutil.rmtree(world.folder / "config/state")
    with pytest.raises(UsageError, match="holds no keys"):
        restored(world)
    other = World(world.folder / "other")
    with other.hub():
        pass
    with pytest.raises(StoreError, match="are not the ones"):
        restored(world, keys=other.folder / "config/state/keys")
    restored(world, keys=world.folder / "safe")
    with world.hub() as hub, hub.look() as look:
        (row,) = look.transfers()
        assert look.transfer(row.id).items[0].personal == {"account_name": "NAME OF ABC001"}


def test_a_back_up_that_was_interrupted_is_none(world):
    made = saved(world)
    (made.folder / "manifest.json").unlink()
    with pytest.raises(UsageError, match="no back-up"):
        chosen(world.folder / "saved")


def test_the_manifest_tells_what_is_in_it(world):
    world.arrive("a.txt", ONE)
    run(world)
    told = json.loads((saved(world).folder / "manifest.json").read_text())
    assert (told["schema"], told["counts"]["transfer"], told["with_keys"]) == ("0001", 1, True)
    assert {"feedhub.db", "keys/open/blobs.age"} <= told["files"].keys()


def test_only_an_administrator_backs_up_and_never_into_the_state(world):
    from hub.config.people import Viewer
    from hub.config.settings import Role

    clerk = Viewer("c", "C", frozenset({Role.CLERK}))
    with world.hub(viewer=clerk) as hub, pytest.raises(UsageError, match="may not back the hub up"):
        back_up(hub.services, world.folder / "saved")
    with world.hub() as hub, pytest.raises(UsageError, match="lies in the state folder"):
        back_up(hub.services, world.folder / "config/state/saved")


@pytest.mark.parametrize("came", ["before", "meanwhile"])
def test_what_waited_in_the_hub_and_was_gathered_meanwhile_does_not_go_out_by_itself(tmp_path, came):
    """Its items wait again in the restored state, or are taken in again from the archive."""
    world = parcels_world(tmp_path)
    (tmp_path / "taken").mkdir()
    saved(world)
    world.arrive("a.txt", b"WAI002+0000200\nWAI003+0000400\n")
    with world.hub() as hub:
        hub.run("payments")
    if came == "before":
        world.clock.turn(minutes=1)
        saved(world)
    with world.hub() as hub:
        hub.run("parcels")
    before = lines_out(world)
    assert before["WAI002+0000200"] == 1
    shutil.rmtree(world.folder / "config/state")
    world.clock.turn(hours=20)
    restored(world)
    world.clock.turn(minutes=1)
    with world.hub(who="boss") as hub:
        for outcome in hub.run("payments").transfers:
            if outcome.state == "HELD":
                hub.acts.settle(outcome.id, sent=True, reason="it was taken in on the day")
        (batch,) = hub.run("parcels").transfers
        assert batch.state == "HELD"
        hub.acts.settle(batch.id, sent=True, reason="the partner has it")
        assert hub.run("parcels").transfers == []
    assert lines_out(world) == before

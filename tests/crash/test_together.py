"""Small files are worked in one commit and leave one after the other. A crash at every edge, and what a
partner sweeps while the hub is down: each line arrives once or is in doubt, and of what may be swept only one
file at a time is. The oracle reads what lies at the partner, and what was swept, with a slice of its own."""

from __future__ import annotations

import errno
from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest

from hub.api import Found, Level, check
from hub.connectors import folder
from hub.connectors.folder import FolderPlace
from hub.engine.pauses import pause
from hub.errors import StoreError
from hub.model import DeliveryState
from hub.transfer.steps import deliver_together
from tests.crash.test_boundaries import POINTS, Crash, crash_at
from tests.little import little
from tests.world import World

NAMES = "abcdefg"
FILES = {f"{name}.txt": f"ABC{ord(name):03d}+0001000\n".encode() for name in NAMES}
EXPECTED = Counter(content.strip().decode() for content in FILES.values())
ENDPOINTS = """
endpoints:
  in: {{type: folder, path: ../in}}
  out: {{type: folder, path: ../out, sweeps: {}}}
"""
EDGES = [point for point in POINTS if point != "numbered"]  # the little feed draws no number


@pytest.fixture(params=[True, False], ids=["swept", "not swept"])
def sweeps(request):
    return request.param


@pytest.fixture
def world(tmp_path, sweeps):
    made = World(tmp_path)
    made.write("config/endpoints.yaml", ENDPOINTS.format(str(sweeps).lower()))
    for name, content in FILES.items():
        made.arrive(name, content)
    return made


def sweep(world):
    """The partner takes what has its final name."""
    taken = Counter()
    for name, content in world.delivered().items():
        if name[0] != ".":
            taken[content.strip().decode()] += 1
            (world.folder / "out" / name).unlink()
    return taken


def doubts(hub):
    with hub.look() as look:
        found = [delivery for row in look.transfers() for delivery in look.deliveries(row.id)]
    return sum(delivery.state is DeliveryState.IN_DOUBT for delivery in found)


def carried_on(world, **after):
    """The hub starts again, soon unless it is said when, and runs twice more; how many files are in doubt."""
    world.clock.turn(**(after or {"minutes": 5}))
    with world.hub() as hub:
        for _ in range(3):
            hub.run("payments")
            world.clock.turn(hours=2)
        return doubts(hub)


@pytest.mark.parametrize("occasion", [1, 3, len(NAMES)])
@pytest.mark.parametrize("point", EDGES)
def test_each_file_arrives_once_or_is_in_doubt(world, point, occasion, sweeps):
    occasion = 1 if point == "found" else occasion  # once a run
    with world.hub(boundary=crash_at(point, occasion)) as hub, pytest.raises(Crash):
        hub.run("payments")
    swept = sweep(world) if sweeps else Counter()
    doubtful = carried_on(world)
    arrived = swept + sweep(world)
    assert all(arrived[line] <= 1 for line in EXPECTED)
    assert doubtful <= (1 if sweeps else 0), "no more than the one that was on its way"
    assert sum(arrived.values()) >= len(EXPECTED) - doubtful


@pytest.mark.parametrize("occasion", [1, 3, len(NAMES)])
@pytest.mark.parametrize("point", ["intent", "arrived", "sent"])
def test_what_a_reader_took_while_the_hub_was_down_for_long_is_never_sent_again(world, point, occasion):
    """Nobody sweeps the folder at once, but ten hours have passed."""
    with world.hub(boundary=crash_at(point, occasion)) as hub, pytest.raises(Crash):
        hub.run("payments")
    taken = sweep(world)
    doubtful = carried_on(world, hours=10)
    arrived = taken + sweep(world)
    assert all(arrived[line] <= 1 for line in EXPECTED)
    assert doubtful <= deliver_together.AT_ONCE
    assert sum(arrived.values()) >= len(EXPECTED) - doubtful


@pytest.mark.parametrize("stops", ["pause", "stop"])
def test_a_pause_or_a_stop_is_heard_before_the_next_file_leaves(world, stops):
    heard = []

    def one_has_arrived(point):
        if point == "arrived" and not heard:
            heard.append(point)
            if stops == "stop":
                hub.stopping.set()
            else:
                pause(
                    hub.services,
                    "endpoint",
                    "out",
                    until=world.clock.at + timedelta(hours=1),
                    reason="their disk is full",
                )

    with world.hub(boundary=one_has_arrived) as hub:
        hub.run("payments")
        with hub.look() as look:
            found = [delivery for row in look.transfers() for delivery in look.deliveries(row.id)]
    assert sum(delivery.state is DeliveryState.SENT for delivery in found) == 1
    assert all(delivery.attempts == 0 for delivery in found if delivery.state is DeliveryState.READY)
    assert Counter(delivery.state for delivery in found)["SENDING"] == 0


def test_of_files_that_were_worked_but_not_committed_nothing_is_left(world):
    with world.hub(boundary=crash_at("worked", 3)) as hub, pytest.raises(Crash):
        hub.run("payments")
    with world.hub() as hub, hub.look() as look:
        rows = list(look.transfers())
        assert {row.state for row in rows} == {"STAGED"}
        assert not any(look.deliveries(row.id) for row in rows)


def test_nobody_hears_of_what_was_not_committed(world):
    told = []
    with world.hub(told=told.append, boundary=crash_at("worked", 3)) as hub, pytest.raises(Crash):
        hub.run("payments")
    assert {event["kind"] for event in told if event["subject"] != "route"} == {"found", "staged"}


def test_the_suite_notices_when_the_intent_is_not_committed(world, monkeypatch):
    """As in `test_boundaries`: what was sent without an intent goes again."""

    def no_intent(conn, services, row, delivery):
        return row, replace(delivery, state=DeliveryState.SENDING)

    monkeypatch.setattr(deliver_together, "commit_intent", no_intent)
    with world.hub(boundary=crash_at("arrived", 2)) as hub, pytest.raises(Crash):
        hub.run("payments")
    monkeypatch.undo()
    swept = sweep(world)
    carried_on(world)
    arrived = swept + sweep(world)
    assert any(arrived[line] > 1 for line in EXPECTED), "the doubled file went unnoticed"


def test_files_leave_in_their_order_each_with_its_whole_history(world):
    told = []
    with world.hub(told=told.append) as hub:
        report = hub.run("payments")
        with hub.look() as look:
            histories = {
                tuple(event.kind for event in look.events("transfer", one.id)) for one in report.transfers
            }
    assert [(one.name, one.state) for one in report.transfers] == [(name, "SENT") for name in sorted(FILES)]
    assert histories == {("found", "staged", "accepted", "tidied")}
    heard = Counter(event["kind"] for event in told if event["subject"] == "delivery")
    assert heard == Counter(dict.fromkeys(("made", "sending", "sent"), len(FILES)))
    assert sweep(world) == EXPECTED


def test_a_name_that_is_taken_stops_its_own_file_alone(world, monkeypatch):
    whole, seen = FolderPlace.rename, []

    def rename(place, path, new):
        seen.append(new)
        if len(seen) == 3:
            raise FileExistsError(errno.EEXIST, "File exists")
        whole(place, path, new)

    monkeypatch.setattr(FolderPlace, "rename", rename)
    with world.hub() as hub:
        report = hub.run("payments")
    stopped = [one for one in report.transfers if one.state != "SENT"]
    assert [one.name for one in stopped] == ["c.txt"]
    assert "is there already with other content" in stopped[0].reason
    assert sum(sweep(world).values()) == len(FILES) - 1


def test_where_the_place_goes_away_nothing_is_called_sent_or_left_as_if_on_its_way(
    world, sweeps, monkeypatch
):
    write, look, seen = FolderPlace.write, FolderPlace.look, []

    def is_gone():
        return len(seen) > 2

    def tried(do):
        def guarded(place, path, *given):
            if path.startswith("/.") and do is write:
                seen.append(path)
            if is_gone():
                raise TimeoutError("timed out")
            return do(place, path, *given)

        return guarded

    monkeypatch.setattr(FolderPlace, "write", tried(write))
    monkeypatch.setattr(FolderPlace, "look", tried(look))
    with world.hub() as hub:
        outcomes = hub.run("payments").transfers
        with hub.look() as found:
            states = Counter(found.deliveries(one.id)[0].state for one in outcomes)
    monkeypatch.undo()
    assert states == Counter(SENT=2, READY=len(FILES) - 2)
    assert carried_on(world) == 0
    assert sweep(world) == EXPECTED


def test_names_are_made_safe_before_files_are_called_sent(world, monkeypatch):
    whole, seen = folder._sync_folder, []

    def sync(path):
        if path == str(world.folder / "out"):
            seen.append("safe")
        whole(path)

    monkeypatch.setattr(folder, "_sync_folder", sync)
    with world.hub(boundary=seen.append) as hub:
        hub.run("payments")
    steps = [step for step in seen if step in ("arrived", "safe", "sent")]
    unsafe = 0
    for step in steps:
        unsafe = unsafe + 1 if step == "arrived" else 0 if step == "safe" else unsafe
        assert not (step == "sent" and unsafe)
    assert Counter(steps)["sent"] == len(FILES)


@pytest.mark.parametrize("at", ["before_intent", "arrived", "sent"])
def test_a_fault_of_the_hubs_own_store_ends_the_run(world, at):
    seen = []

    def fails(point):
        seen.append(point)
        if point == at and seen.count(at) == 1:
            raise StoreError("the disk is full")

    with world.hub(boundary=fails) as hub, pytest.raises(StoreError, match="disk is full"):
        hub.run("payments")
    carried_on(world)
    assert sweep(world) == EXPECTED


def test_where_the_names_may_not_be_safe_the_files_are_looked_for_and_not_sent_again(world, monkeypatch):
    whole, failed = folder._sync_folder, []

    def sync(path):
        if path == str(world.folder / "out") and not failed:
            failed.append(path)
            raise OSError(errno.EIO, "Input/output error")
        whole(path)

    monkeypatch.setattr(folder, "_sync_folder", sync)
    with world.hub() as hub:
        report = hub.run("payments")
    assert failed
    assert [one.state for one in report.transfers] == ["SENT"] * len(FILES)
    assert sweep(world) == EXPECTED


def test_the_door_is_asked_for_each_of_them(tmp_path, sweeps):
    """It shuts when two have passed: the others are turned back, and refused when they are worked again."""
    passed = []

    @check("DOOR", level=Level.CROSS, at_send=True)
    def door_is_open(taken, ctx):
        """Two may pass."""
        if len(passed) > 2:
            yield Found("the door is shut")

    def counts(point):
        if point == "before_intent":
            passed.append(point)

    world = World(tmp_path, feeds=[little(checks=(door_is_open,))])
    world.write("config/endpoints.yaml", ENDPOINTS.format(str(sweeps).lower()))
    for name, content in FILES.items():
        world.arrive(name, content)
    with world.hub(boundary=counts) as hub:
        report = hub.run("payments")
        with hub.look() as look:
            kinds = [[event.kind for event in look.events("transfer", one.id)] for one in report.transfers]
    assert [one.state for one in report.transfers] == ["SENT"] * 2 + ["REJECTED"] * (len(FILES) - 2)
    assert all("stopped_at_the_door" in each for each in kinds[2:])
    assert sum(sweep(world).values()) == 2

"""`mode: rehearse`: everything is done as it would be, and nothing of it is meant.

What a rehearsal must not touch is compared table by table, and folder by folder, by statements of this file's
own."""

from __future__ import annotations

import sqlite3
from collections import Counter
from contextlib import closing
from dataclasses import replace

import pytest

from hub.api import Disposition, Found, Level, Lifecycle, Move, Need, Number, Output, Severity, check
from hub.door.milestone import MILESTONE
from hub.errors import UsageError
from hub.model import ItemState
from hub.store.keys import DATABASE
from tests.crash.test_boundaries import Crash, crash_at
from tests.little import ANSWERS, little, match, write
from tests.world import World

FILES = {
    "a.txt": b"ABC001+0001000\nABC002-0000200\nNOA003+0000100\n",
    "b.txt": b"ABC004+0000300\nWAI005+0000500\n",
    "c.txt": b"ABC004+0000300\nxxx\n",
}
PERSON = "  by_hand: {type: person, who: clerk, what: take it to the partner}\n"
API = "  api: {type: https, url: https://localhost:1/never}\n"
CASE = Lifecycle(kind="case", title="Cases", begins=("OPEN",), moves={"OPEN": ("OPEN",)})
OWN = {"transfer", "delivery", "item", "item_digest", "finding", "number", "used_value"}
"""Tables whose rows hang on a transfer, which says that it is a rehearsal."""
NAMES = {f"transfer_name{part}" for part in ("", "_config", "_content", "_data", "_docsize", "_idx")}
"""The index of all transfers' file names: who looks is told which are rehearsals."""
TOLD = {"event", "run", "slot", "blob", "sqlite_sequence", "config_version", "config_file"}


def counted(carried, ctx):
    return replace(write(carried, ctx), name=f"out-{ctx.moment.numbers['serial']:06d}.txt")


def copied(carried, ctx):
    return replace(write(carried, ctx), name="copy.txt")


def never(data, ctx):
    raise AssertionError("somebody was called")


def waits(item, ctx, sent):
    if item.reference.startswith("WAI"):
        return Disposition(ItemState.WAITING, item.reference, waits_as="later")
    return match(item, ctx, sent)


def opens_a_case(taken, ctx):
    yield Move(kind="case", key=taken.item.reference, to="OPEN", account=taken.item.reference)


FEED = little(
    match=waits,
    item_key=lambda item: f"{item.reference}{item.amount}",
    moves=opens_a_case,
    outputs=(
        Output(
            "payments", ("PAYMENT",), write=counted, numbers=(Number("serial", scope=lambda *_: "serial"),)
        ),
        Output("copy", ("PAYMENT",), write=copied, converse=never),
    ),
)
ROUTE = """
partner: Little
routes:
  payments:
    feeds: [little.payments]
    from: {endpoint: in, pattern: "*.txt", then: "archive:done"}
    to:
      - {output: payments, endpoint: out}
      - {output: copy, endpoint: WHERE, folder: /for/them}
    reaches: paid
    in_order: true
    mode: MODE
    owner: tests
"""


def town(folder, where="by_hand"):
    (folder / "out/for/them").mkdir(parents=True)
    world = World(folder, feeds=[FEED], lifecycles=[MILESTONE, CASE])
    endpoints = (folder / "config/endpoints.yaml").read_text()
    world.write("config/endpoints.yaml", endpoints + PERSON + API)
    for name, content in FILES.items():
        world.arrive(name, content)
    set_mode(world, "rehearse", where)
    return world


def set_mode(world, mode, where="by_hand"):
    world.write("config/routes/little.yaml", ROUTE.replace("MODE", mode).replace("WHERE", where))


@pytest.fixture
def world(tmp_path):
    return town(tmp_path)


def run(world, times=1, **how):
    with world.hub(**how) as hub:
        for _ in range(times):
            report = hub.run("payments")
    return {outcome.name: outcome for outcome in report.transfers}


def database(world):
    return closing(sqlite3.connect(f"file:{world.folder}/config/state/{DATABASE}?mode=ro", uri=True))


def tables(world):
    """Every row of every table."""
    with database(world) as db:
        names = [row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {name: Counter(db.execute(f"SELECT * FROM {name}")) for name in names}


def asked(world, statement):
    with database(world) as db:
        return sorted(db.execute(statement))


def places(world):
    """What lies in the folders of the live endpoints, with its time."""
    return {
        str(path.relative_to(world.folder)): path.stat().st_mtime_ns
        for name in ("in", "out")
        for path in (world.folder / name).rglob("*")
        if path.is_file()
    }


def laid_down(world):
    root = world.folder / "config/state/rehearsal"
    return {str(p.relative_to(root).as_posix()).partition("/")[2] for p in root.rglob("*") if p.is_file()}


def meant(world):
    """What the live world is: without ids and times, which differ from run to run."""
    live = "transfer_id IN (SELECT id FROM transfer WHERE mode = 'live')"
    return {
        "transfers": asked(world, "SELECT name, state, records, value FROM transfer WHERE mode = 'live'"),
        "items": asked(world, f"SELECT reference, amount, state, account FROM item WHERE {live}"),
        "deliveries": asked(world, f"SELECT output, endpoint, name, blob, state FROM delivery WHERE {live}"),
        "counters": asked(world, "SELECT scope, next_value FROM counter"),
        "numbers": asked(world, f"SELECT scope, name, value FROM number WHERE {live}"),
        "records": asked(world, "SELECT kind, key, state, version FROM record"),
        "work": asked(world, "SELECT kind, name, state FROM worklist"),
        "sightings": asked(world, "SELECT path, size FROM sighting"),
        "there": sorted(world.delivered().items()),
    }


def test_a_rehearsal_says_so_and_lays_everything_down(world):
    told = run(world)
    assert {name: outcome.state for name, outcome in told.items()} == {
        "a.txt": "SENT",
        "b.txt": "SENT",
        "c.txt": "REJECTED",
    }
    assert all(outcome.rehearsed for outcome in told.values())
    assert "rehearsal: nothing was sent to by_hand; the file lies in " in told["a.txt"].reason
    assert laid_down(world) == {
        "out/out-000001.txt",
        "out/out-000002.txt",
        "by_hand/for/them/copy.txt",
        "by_hand/for/them/copy_2.txt",
    }


@pytest.mark.parametrize("where", ["out", "by_hand", "api"])
def test_nothing_but_the_rehearsal_itself_is_changed(tmp_path, where):
    world = town(tmp_path, where)
    with world.hub():
        before, there = tables(world), places(world)
    run(world, times=2)
    after = tables(world)
    assert {name for name in after if after[name] != before[name]} <= OWN | TOLD | NAMES
    assert asked(world, "SELECT DISTINCT mode FROM transfer") == [("rehearse",)]
    assert places(world) == there


@pytest.mark.parametrize(("where", "numbers"), [("out", [1, 2]), ("by_hand", [1])])
def test_live_after_two_rehearsals_is_as_if_there_had_been_none(tmp_path, where, numbers):
    rehearsed, fresh = town(tmp_path / "rehearsed", where), town(tmp_path / "fresh", where)
    run(rehearsed, times=2)
    for world in (rehearsed, fresh):
        set_mode(world, "live", where)
        run(world)
    assert meant(rehearsed) == meant(fresh)
    assert len(meant(fresh)["transfers"]) == len(FILES)
    assert [row[2] for row in meant(fresh)["numbers"]] == numbers


def test_two_rehearsals_rehearse_the_same(world):
    first, second = run(world), run(world)
    assert {n: (o.state, o.money) for n, o in first.items()} == {
        n: (o.state, o.money) for n, o in second.items()
    }
    runs = sorted((world.folder / "config/state/rehearsal").iterdir())
    assert len(runs) == 2
    content = [
        {str(path.relative_to(run)): path.read_bytes() for path in run.rglob("*") if path.is_file()}
        for run in runs
    ]
    assert content[0] == content[1]


def test_a_rehearsal_goes_on_from_what_is_live(world):
    set_mode(world, "live", "out")
    run(world)
    set_mode(world, "rehearse", "out")
    world.arrive("again.txt", FILES["a.txt"])
    world.arrive("d.txt", b"ABC009+0000900\n")
    told = run(world)
    assert {name: outcome.state for name, outcome in told.items()} == {
        "again.txt": "DUPLICATE",
        "d.txt": "SENT",
    }
    assert "out/out-000003.txt" in laid_down(world)


def test_what_is_live_and_unfinished_waits_while_the_route_rehearses(world):
    set_mode(world, "live")
    with pytest.raises(Crash):
        run(world, boundary=crash_at("before_intent"))
    there = places(world)
    set_mode(world, "rehearse")
    run(world)
    assert places(world) == there
    set_mode(world, "live")
    assert run(world)["a.txt"].state in ("SENT", "ACCEPTED")


def test_what_would_wait_for_a_person_goes_on_and_says_so(world):
    text = (world.folder / "config/routes/little.yaml").read_text()
    world.write("config/routes/little.yaml", text.replace("reaches: paid", "hold: {first_file: true}"))
    told = run(world)
    assert told["a.txt"].state == "SENT"
    assert told["a.txt"].reason.startswith("in earnest it would wait for a person: this is the first file")
    assert asked(world, "SELECT * FROM worklist") == []


def test_what_would_be_stopped_at_the_door_is_told_once(world):
    @check("STOP", level=Level.CROSS, severity=Severity.HOLD, at_send=True)
    def stop(taken, ctx):
        """Nothing may leave."""
        yield Found("nothing may leave today")

    world.feeds = [replace(FEED, checks=(stop,))]
    told = run(world)["a.txt"]
    assert told.state == "SENT"
    assert "in earnest it would wait for a person: nothing may leave today" in told.reason


def test_nobody_is_asked_about_content_that_nothing_reads(world):
    world.arrive("d.txt", b"nonsense")
    with world.hub() as hub:
        held = next(outcome for outcome in hub.run("payments").transfers if outcome.state == "HELD")
        with pytest.raises(UsageError, match="rehearsal"):
            hub.acts.release(held.id, "looks right")
        hub.acts.withdraw(held.id, "seen")
    assert asked(world, "SELECT * FROM worklist") == []


@pytest.mark.parametrize(
    "point", ["found", "staged", "numbered", "rendered", "worked", "intent", "laid_down"]
)
def test_a_rehearsal_that_was_broken_off_harms_nothing(world, point):
    there = places(world)
    with pytest.raises(Crash):
        run(world, boundary=crash_at(point))
    run(world, times=2)
    states = asked(world, "SELECT state FROM delivery")
    assert places(world) == there
    assert set(states) == {("SENT",)}


@pytest.mark.parametrize("point", ["staged", "worked", "laid_down"])
def test_live_after_a_rehearsal_that_was_broken_off_is_as_if_there_had_been_none(tmp_path, point):
    broken, fresh = town(tmp_path / "broken", "out"), town(tmp_path / "fresh", "out")
    with pytest.raises(Crash):
        run(broken, boundary=crash_at(point))
    for world in (broken, fresh):
        set_mode(world, "live", "out")
        run(world)
    assert meant(broken) == meant(fresh)


def test_history_is_what_is_live(tmp_path):
    seen = []

    @check("SEEN", level=Level.HISTORY, needs=(Need.HISTORY,))
    def note(tally, ctx):
        """What a check is told of earlier transfers."""
        history = ctx.facts.history
        seen.append((history.last and history.last.records, sorted(history.posted)))
        return ()

    world = town(tmp_path, "out")
    world.feeds = [replace(FEED, checks=(note,))]
    for name in ("b.txt", "c.txt"):
        (world.folder / "in" / name).unlink()
    keys = ["ABC0011000", "ABC002-200", "NOA003100"]
    for mode in ("rehearse", "rehearse", "live", "rehearse"):
        set_mode(world, mode, "out")
        world.clock.turn(hours=1)
        world.arrive("a.txt", FILES["a.txt"] + b"ZZZ%03d+0000001\n" % len(seen))
        run(world)
    assert seen == [(None, []), (None, []), (None, []), (4, keys)]


def test_what_left_earlier_is_found_but_not_answered(tmp_path):
    calls = little(
        name="little.calls", outputs=(Output("payments", ("PAYMENT",), write=write, becomes=ItemState.SENT),)
    )
    reports = little(name="little.reports", answers=ANSWERS, outputs=())
    world = World(tmp_path, feeds=[calls, reports])
    route = (
        (world.folder / "config/routes/little.yaml").read_text().replace("little.payments", "little.calls")
    )
    world.write("config/routes/little.yaml", route)
    world.arrive("call.txt", b"ABC001+0001000\n")
    run(world)
    said = route.replace("little.calls", "little.reports").replace("mode: live", "mode: rehearse")
    world.write(
        "config/routes/little.yaml", "\n".join(line for line in said.split("\n") if "to:" not in line)
    )
    world.arrive("report.txt", b"ABC001+0001000\nABC002+0000000\n")
    run(world)
    reports = "SELECT reference, answers IS NOT NULL FROM item WHERE feed = 'little.reports'"
    assert asked(world, reports) == [("ABC001", 1), ("ABC002", 0)]
    assert asked(world, "SELECT * FROM answer") == []
    assert asked(world, "SELECT state FROM item WHERE feed = 'little.calls'") == [("SENT",)]


def gathering(folder, *, payments, sums):
    """A town where what waits is gathered, by a route of its own; the modes of the two routes."""
    out = Output("sums", None, write=write)
    gathers = little(name="little.sums", formats={}, gathers=("later",), outputs=(out,))
    world = town(folder, "out")
    world.feeds = [FEED, gathers]
    route = ROUTE.replace("WHERE", "out").replace("MODE", payments)
    waiting = (
        "  sums:\n    feeds: [little.sums]\n    from: {items: later}\n"
        f"    to: [{{output: sums, endpoint: out}}]\n    mode: {sums}\n    owner: tests\n"
    )
    world.write("config/routes/little.yaml", route + waiting)
    run(world)
    return world


def test_waiting_items_are_read_and_left_waiting(tmp_path):
    world = gathering(tmp_path, payments="live", sums="rehearse")
    there = places(world)
    with world.hub() as hub:
        for _ in range(2):
            (outcome,) = hub.run("sums").transfers
            assert (outcome.state, outcome.records) == ("SENT", 1)
    assert places(world) == there
    assert asked(world, "SELECT state, batch_id FROM item WHERE reference = 'WAI005'") == [("WAITING", None)]


def test_what_waits_in_a_rehearsal_is_never_gathered(tmp_path):
    world = gathering(tmp_path, payments="rehearse", sums="live")
    with world.hub() as hub:
        assert hub.run("sums").transfers == []


def test_a_rehearsal_reaches_no_milestone(tmp_path):
    world = World(tmp_path, feeds=[little(outputs=())])
    route = (world.folder / "config/routes/little.yaml").read_text()
    rehearsing = route.replace("mode: live", "mode: rehearse\n    reaches: paid")
    without = "\n".join(line for line in rehearsing.split("\n") if "to:" not in line)
    world.write("config/routes/little.yaml", without)
    world.arrive("a.txt", FILES["a.txt"])
    assert run(world)["a.txt"].state == "APPLIED"
    assert asked(world, "SELECT * FROM record") == []


def test_money_in_suspense_is_money_that_is_there(world):
    run(world)
    with world.hub() as hub, hub.look() as look:
        assert look.suspense() == []
        assert look.find("NOA003") == []
    set_mode(world, "live")
    run(world)
    with world.hub() as hub, hub.look() as look:
        assert [item.reference for item, *_ in look.suspense()] == ["NOA003"]

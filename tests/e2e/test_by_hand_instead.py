"""An API that is away for longer than the route says: a person takes the file, and it is never at both."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hub.api import Again, Call, DeliveryState, Found, ItemState, Later, Level, Output, Severity, Told, check
from hub.model import WorkKind
from hub.testing.rent_api import RentApi, Trouble
from tests.crash.test_boundaries import Crash, crash_at
from tests.little import little, write
from tests.talking import FILE, connectors, deliveries, states
from tests.world import World

NOBODY = "http://127.0.0.1:9"
ENDPOINTS = """
endpoints:
  in: {{type: folder, path: ../in}}
  out: {{type: folder, path: ../out}}
  rent: {{type: https, url: "{url}", timeout: 5s}}
  officers: {{type: person, who: clerk, what: Key it into the rent system}}
"""
ROUTES = """
partner: Little
routes:
  payments:
    feeds: [little.payments]
    from: {endpoint: in, pattern: "*.txt", then: "archive:done"}
    to: [{output: calls, endpoint: rent, otherwise: {output: sheet, endpoint: officers, after: 4h}}MORE]
    mode: live
    owner: tests
"""
MARKED: set[str] = set()


@check("MARKED", level=Level.CROSS, severity=Severity.HOLD_ITEM, at_send=True)
def is_not_marked(taken, ctx):
    """A marked item waits."""
    for one in taken:
        if one.item.reference in MARKED:
            yield Found("the item is marked", one.item.line)


def looks_then_enters(content, ctx):
    yield Call(name="look", method="GET", path="/transaction-batches/none", again=Again.SAFE, takes=(404,))
    for line in content.decode().split():
        path = f"/accounts/{line[:6]}/actions"
        yield Call(name=f"entry {line[:6]}", method="POST", path=path, again=Again.KEYED, takes=(201,))
    return Told()


def waits_long(content, ctx):
    yield Call(name="look", method="GET", path="/transaction-batches/none", again=Again.SAFE, takes=(404,))
    yield Later(5 * 3600, "they work at night")
    yield Call(name="look", method="GET", path="/transaction-batches/none", again=Again.SAFE, takes=(404,))
    return Told()


def sheet(carried, ctx):
    rendered = write(carried, ctx)
    return replace(rendered, name="sheet.csv", data=b"to be keyed\n" + rendered.data)


def made(folder, url, converse=looks_then_enters, more=""):
    outputs = (
        Output("calls", ("PAYMENT",), write=write, converse=converse),
        Output("sheet", ("PAYMENT",), write=sheet),
        Output("control", ("PAYMENT",), write=write),
    )
    world = World(folder, feeds=[little(outputs=outputs, checks=(is_not_marked,))])
    world.write("config/endpoints.yaml", ENDPOINTS.format(url=url))
    world.write("config/routes/little.yaml", ROUTES.replace("MORE", more))
    world.arrive("a.txt", FILE)
    (folder / "desk").mkdir()
    MARKED.clear()
    return world


@pytest.fixture
def api():
    with RentApi() as server:
        yield server


def runs(world, hours, **how):
    """Run the route every hour for so long."""
    with world.hub(**connectors(), **how) as hub:
        for _ in range(hours + 1):
            hub.run("payments")
            world.clock.turn(hours=1)
        return deliveries(hub)


def come_back(world, api):
    """The API is there again, under another address."""
    world.write("config/endpoints.yaml", ENDPOINTS.format(url=api.url))


def hand_over(world, **how):
    with world.hub(who="anna", **connectors()) as hub:
        with hub.look() as look:
            (entry,) = look.worklist()
        assert entry.kind is WorkKind.HAND_OVER
        taken = hub.worklist.take(entry.id, world.folder / "desk")
        return taken.stopped or hub.worklist.handed_over(entry.id, "KEYED-1")


def test_after_the_stated_time_a_person_is_asked_and_the_api_hears_nothing_of_it(tmp_path, api):
    world = made(tmp_path, NOBODY)
    (waits,) = runs(world, 3)
    assert (waits.endpoint, waits.state) == ("rent", DeliveryState.READY)
    given, sheet = runs(world, 1)
    assert (given.endpoint, given.state) == ("rent", DeliveryState.WITHDRAWN)
    assert (sheet.endpoint, sheet.state) == ("officers", DeliveryState.READY)
    come_back(world, api)
    assert states(runs(world, 2)) == ["WITHDRAWN", "READY"]
    hand_over(world)
    assert states(runs(world, 2)) == ["WITHDRAWN", "SENT"]
    assert api.calls == []
    (path,) = (tmp_path / "desk").iterdir()
    assert (path.name, path.read_bytes()) == ("sheet.csv", b"to be keyed\n" + FILE)
    with world.hub(**connectors()) as hub, hub.look() as look:
        view = look.transfer(given.transfer_id)
    assert view.money == {ItemState.POSTED: (3, -1500)}
    told = "rent has been away since Mon 02 Nov 09:00; officers takes it by hand instead"
    story = [event for event in view.events if event.kind == "given_over"]
    assert {(event.subject, event.data["reason"]) for event in story} == {
        ("transfer", told),
        ("delivery", told),
    }
    assert (given.reason, view.transfer.reason) == (told, None)


def test_an_api_that_comes_back_in_time_has_it(tmp_path, api):
    world = made(tmp_path, NOBODY)
    runs(world, 1)
    come_back(world, api)
    assert states(runs(world, 2)) == ["SENT"]
    assert api.diary == ["ABC001", "ABC002", "ABC003"]


def test_an_api_that_only_says_not_now_is_away_too(tmp_path, api):
    api.troubles["look"] = [Trouble.BUSY] * 50
    assert states(runs(made(tmp_path, api.url), 5)) == ["WITHDRAWN", "READY"]
    assert api.diary == []


def test_what_it_was_told_in_part_stays_and_a_person_decides(tmp_path, api):
    api.troubles["diary"] = [None, *[Trouble.BUSY] * 50]
    (stalled,) = runs(made(tmp_path, api.url), 6)
    assert (stalled.endpoint, stalled.state) == ("rent", DeliveryState.SENDING)
    assert api.diary == ["ABC001"]


def test_what_is_refused_is_not_away(tmp_path, api):
    api.troubles["look"] = [Trouble.FORBID] * 50
    assert states(runs(made(tmp_path, api.url), 6)) == ["READY"]


def test_a_wait_that_was_asked_for_is_no_failure(tmp_path, api):
    world = made(tmp_path, api.url, waits_long)
    api.troubles["look"] = [None, Trouble.BUSY]
    assert states(runs(world, 8)) == ["SENT"]


def test_the_door_is_asked_when_the_person_takes_it(tmp_path):
    world = made(tmp_path, NOBODY)
    runs(world, 4)
    MARKED.add("ABC002")
    assert hand_over(world) is True
    assert list((tmp_path / "desk").iterdir()) == []
    found = runs(world, 0)
    assert states(found) == ["WITHDRAWN", "WITHDRAWN", "READY"]
    hand_over(world)
    (path,) = (tmp_path / "desk").iterdir()
    assert b"ABC002" not in path.read_bytes()


def test_what_stays_behind_it_stays_behind_the_person(tmp_path):
    world = made(tmp_path, NOBODY, more=", {output: control, endpoint: out, after: calls}")
    assert {d.output: d.state for d in runs(world, 5)} == {
        "calls": "WITHDRAWN",
        "sheet": "READY",
        "control": "READY",
    }
    assert world.delivered() == {}
    hand_over(world)
    runs(world, 0)
    assert list(world.delivered().values()) == [FILE]


@pytest.mark.parametrize("point", ["given_over", "worked"])
def test_a_crash_while_it_is_given_over_leaves_it_with_one(tmp_path, api, point):
    world = made(tmp_path, NOBODY)
    runs(world, 3)
    world.clock.turn(hours=1)
    with world.hub(boundary=crash_at(point), **connectors()) as hub, pytest.raises(Crash):
        hub.run("payments")
    come_back(world, api)
    assert states(runs(world, 1)) == ["WITHDRAWN", "READY"]
    assert api.calls == []


def test_a_rehearsal_asks_nobody(tmp_path):
    world = made(tmp_path, NOBODY)
    path = tmp_path / "config/routes/little.yaml"
    path.write_text(path.read_text().replace("mode: live", "mode: rehearse"))
    assert {delivery.endpoint for delivery in runs(world, 5)} == {"rent"}

"""What leaves, in which order, and what becomes of the items, when a transfer has more than one delivery."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hub.api import Found, ItemState, Level, Output, Severity, check
from hub.connectors.folder import FolderConnector
from hub.errors import ConfigError, RemoteRefused
from hub.model import DeliveryState, TransferState
from hub.store import queries
from tests.little import ANSWERS, items, little, write
from tests.parcels import PARCELS, parcels_world, set_route, waits
from tests.world import ROUTES, World

FILE = b"ABC001+0001000\nABC002+0000200\n"
ENDPOINTS = """
endpoints:
  in: {type: folder, path: ../in}
  out: {type: folder, path: ../out}
  second: {type: folder, path: ../second}
"""
TO = 'to: [{output: payments, endpoint: out, folder: ""}]'
TWO_PLACES = "to: [{output: payments, endpoint: out}, {output: payments, endpoint: second}]"
TWO_OUTPUTS = "to: [{output: payments, endpoint: out}, {output: copies, endpoint: second}]"
SHUT = "options: {shut: true}"
PAYMENTS = Output("payments", ("PAYMENT",), write=write, becomes=ItemState.SENT)
COPIES = Output("copies", ("PAYMENT",), write=write)


@pytest.fixture
def world(tmp_path):
    made = World(tmp_path, feeds=[little(outputs=(PAYMENTS, COPIES))])
    made.write("config/endpoints.yaml", ENDPOINTS)
    made.arrive("a.txt", FILE)
    return made


def sends(world, to, *lines):
    """Set the targets of the route, and further keys of it."""
    more = "".join(f"    {line}\n" for line in lines)
    world.write("config/routes/little.yaml", ROUTES.replace(TO, to) + more)


def open_second(world):
    (world.folder / "second").mkdir(exist_ok=True)


def run(hub):
    (outcome,) = hub.run("payments").transfers
    return outcome


def states(hub, id):
    """By endpoint."""
    with hub.store.read() as conn:
        live = [d for d in queries.deliveries_of(conn, id) if d.state is not DeliveryState.WITHDRAWN]
    return {delivery.endpoint: delivery for delivery in live}


def lines_at(world, place):
    return [path.read_bytes() for path in (world.folder / place).iterdir() if path.is_file()]


# A check that concerns one item, at the door


class Marked:
    """References that a check holds, from the moment that the test says so."""

    def __init__(self):
        self.references = set()

    def feed(self, line=lambda one: one.item.line):
        @check("MARKED", level=Level.CROSS, severity=Severity.HOLD_ITEM, at_send=True)
        def is_not_marked(taken, ctx):
            """An item that somebody has marked waits."""
            for one in taken:
                if one.item.reference in self.references:
                    yield Found("the item is marked", line(one))

        return little(checks=(is_not_marked,))


def mark_before_sending(world, marked):
    """Run the route; the mark comes once the transfer is worked and before its file leaves."""

    def boundary(point):
        if point == "worked":
            marked.references = {"ABC002"}

    with world.hub(boundary=boundary) as hub:
        return run(hub)


def test_an_item_that_is_held_at_the_door_stays_and_the_rest_goes(world):
    marked = Marked()
    world.feeds = [marked.feed()]
    outcome = mark_before_sending(world, marked)
    assert outcome.state == "SENT"
    assert outcome.money == {ItemState.HELD: (1, 200), ItemState.POSTED: (1, 1000)}
    assert lines_at(world, "out") == [b"ABC001+0001000\n"]


def test_a_finding_at_the_door_that_holds_no_item_stops_nothing(world):
    marked = Marked()
    world.feeds = [marked.feed(line=lambda one: None)]
    assert mark_before_sending(world, marked).state == "SENT"
    assert lines_at(world, "out") == [FILE]


# Items that more than one delivery carries


@pytest.mark.parametrize("to", [TWO_PLACES, TWO_OUTPUTS])
def test_items_leave_once_all_that_carries_them_has_left(world, to):
    sends(world, to)
    with world.hub() as hub:
        half = run(hub)
        assert states(hub, half.id)["out"].state is DeliveryState.SENT
        assert half.money == {ItemState.TAKEN: (2, 1200)}
        open_second(world)
        world.clock.turn(hours=1)
        whole = run(hub)
    assert (whole.state, whole.money) == ("SENT", {ItemState.SENT: (2, 1200)})
    assert lines_at(world, "out") == lines_at(world, "second") == [FILE]


def test_items_wait_for_an_answer_whichever_output_leaves_last(world):
    sends(world, "to: [{output: copies, endpoint: out}, {output: payments, endpoint: second}]")
    open_second(world)
    with world.hub() as hub:
        assert run(hub).money == {ItemState.SENT: (2, 1200)}


@pytest.mark.parametrize("to", [TWO_PLACES, TWO_OUTPUTS])
def test_what_left_twice_is_answered_once(world, to):
    calls = little(name="little.calls", outputs=(PAYMENTS, COPIES))
    unpaid = little(name="little.unpaid", answers=ANSWERS)
    world.feeds = [calls, unpaid]
    sends(world, to)
    text = (world.folder / "config/routes/little.yaml").read_text().replace("little.payments", "little.calls")
    world.write("config/routes/little.yaml", text)
    world.write("config/routes/back.yaml", BACK)
    open_second(world)
    with world.hub() as hub:
        sent = run(hub)
        world.arrive("b.ret", b"ABC002+0000200\n")
        hub.run("back")
        with hub.store.read() as conn:
            money = queries.money_of_each(conn, [sent.id])[sent.id]
    assert money == {ItemState.SENT: (1, 1000), ItemState.ANSWERED: (1, 200)}


BACK = """
partner: Back
routes:
  back:
    feeds: [little.unpaid]
    from: {endpoint: in, pattern: "*.ret"}
    to: [{output: payments, endpoint: out}]
    mode: live
    owner: tests
"""


# Stopped at the door when a partner was told already


@pytest.fixture
def half_gone(world):
    """The id of a transfer of which one of two files has left before the route was shut."""
    sends(world, TWO_PLACES)
    with world.hub() as hub:
        half = run(hub)
    open_second(world)
    sends(world, TWO_PLACES, SHUT)
    world.clock.turn(hours=1)
    return half.id


def test_what_is_stopped_after_a_part_has_left_is_not_made_anew(world, half_gone):
    with world.hub() as hub:
        stopped = run(hub)
        there = states(hub, half_gone)
        row = hub.acts.transfer(half_gone)
        with hub.store.read() as conn:
            (told, asked) = queries.events_of(conn, "delivery", there["second"].id)[-2:]
    assert row.state is TransferState.ACCEPTED
    assert (there["out"].state, there["second"].state) == (DeliveryState.SENT, DeliveryState.READY)
    assert there["second"].next_attempt_at is None
    assert stopped.needs_person
    assert "the route is shut" in stopped.reason
    assert f"feedhub transfers retry {half_gone}" in stopped.reason
    assert (told.kind, told.data["checks"]) == ("stopped_at_the_door", ["SHUT"])
    assert (asked.kind, asked.data["what"]) == ("work_asked", "settle")
    assert stopped.money == {ItemState.TAKEN: (2, 1200)}


def test_a_person_lets_what_was_stopped_go(world, half_gone):
    with world.hub() as hub:
        run(hub)
        assert states(hub, half_gone)["second"].attempts == 1
    sends(world, TWO_PLACES)
    with world.hub() as hub:
        world.clock.turn(days=1)
        assert run(hub).state == "ACCEPTED", "nobody said so yet"
        hub.acts.retry(half_gone, "opened again")
        assert hub.advance(half_gone).money == {ItemState.SENT: (2, 1200)}
    assert lines_at(world, "out") == lines_at(world, "second") == [FILE]


# One output after another


ORDERED = "to: [{output: copies, endpoint: second, after: payments}, {output: payments, endpoint: out}]"


class Down:
    """A connector at which `out` refuses, while the test says so."""

    def __init__(self):
        self.down, self.opened, self._real = True, [], FolderConnector()

    def open(self, name, endpoint, secrets):
        self.opened.append(name)
        if name == "out" and self.down:
            raise RemoteRefused("no right to write.")
        return self._real.open(name, endpoint, secrets)

    def close(self):
        self._real.close()


def test_an_output_leaves_only_after_the_one_that_it_stays_behind(world):
    sends(world, ORDERED)
    open_second(world)
    connector = Down()
    with world.hub(folder=connector) as hub:
        first = run(hub)
        assert lines_at(world, "second") == []
        connector.down = False
        hub.acts.retry(first.id, "the right was given")
        assert hub.advance(first.id).state == "SENT"
    assert [name for name in connector.opened if name != "in"] == ["out", "out", "second"]
    assert lines_at(world, "out") == lines_at(world, "second") == [FILE]


def test_an_output_does_not_wait_for_one_that_carries_nothing(world):
    other = Output("others", ("OTHER",), write=write)
    world.feeds = [little(outputs=(PAYMENTS, other))]
    sends(world, "to: [{output: payments, endpoint: out, after: others}, {output: others, endpoint: second}]")
    with world.hub() as hub:
        assert run(hub).state == "SENT"


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("after: copys", "folder: a", "did you mean “copies”?"),
        ("after: payments", "folder: a", "no other target takes the output “payments”"),
        ("after: copies", "after: payments", "“copies” itself stays behind “payments”"),
    ],
)
def test_an_order_in_which_nothing_could_ever_leave_is_a_mistake(world, one, other, expected):
    to = f"to: [{{output: payments, endpoint: out, {one}}}, {{output: copies, endpoint: second, {other}}}]"
    sends(world, to)
    with pytest.raises(ConfigError) as caught, world.hub():
        pass
    assert expected in str(caught.value)
    assert "little.yaml line" in str(caught.value)


# What no output takes, what is refused, what is emptied


def parcels(tmp_path, feed=PARCELS):
    world = parcels_world(tmp_path, little(match=waits), feed)
    world.arrive("a.txt", b"WAI002+0000200\nWAI003+0000400\n")
    return world


def gather(hub):
    hub.run("payments")
    (batch,) = hub.run("parcels").transfers
    return batch


@pytest.mark.parametrize("hold", [(), ("hold: {above_count: 1}",)])
def test_what_was_gathered_and_goes_nowhere_is_noted(tmp_path, hold):
    world = parcels(tmp_path, replace(PARCELS, outputs=()))
    set_route(world, *hold)
    text = (world.folder / "config/routes/parcels.yaml").read_text()
    world.write(
        "config/routes/parcels.yaml",
        text.replace('to: [{output: parcels, endpoint: out, folder: ""}]', "to: []"),
    )
    with world.hub(who="anna") as hub:
        batch = gather(hub)
        if hold:
            hub.acts.release(batch.id, "agreed")
        with hub.store.read() as conn:
            items = queries.items_of(conn, None, batch.id)
        assert hub.run("parcels").transfers == []
    assert {(item.state, item.reason) for item in items} == {
        (ItemState.NOTED, "the route sends it nowhere (NO_TARGET)")
    }


def test_what_was_gathered_and_nothing_carries_is_noted_once_the_rest_has_left(tmp_path):
    def two_kinds(chunk, tally, ctx):
        for item in items(chunk, tally, ctx):
            yield replace(item, kind="LETTER") if item.amount == 400 else item

    world = parcels_world(tmp_path, little(match=waits, items=two_kinds), PARCELS)
    world.arrive("a.txt", b"WAI002+0000200\nWAI003+0000400\n")
    with world.hub() as hub, hub.store.read() as conn:
        batch = gather(hub)
        found = queries.items_of(conn, None, batch.id)
    assert {(item.kind, item.state, item.reason) for item in found} == {
        ("PAYMENT", ItemState.SENT, None),
        ("LETTER", ItemState.NOTED, "the route sends it nowhere (NO_TARGET)"),
    }


def test_a_batch_of_which_checks_leave_nothing_asks_for_no_release(tmp_path):
    world = parcels_world(tmp_path)
    world.arrive("a.txt", b"WAI002+0100000\nWAI003+0200000\n")
    set_route(world, "hold: {above_count: 1}")
    with world.hub() as hub:
        batch = gather(hub)
        with hub.look() as look:
            assert look.worklist() == []
    assert (batch.state, batch.money) == ("APPLIED", {})


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"ABC001+0001001\n", "1 finding refuses the file: the sum is odd"),
        (b"ABC001+0001001\nxxx\n", "1 finding refuses the file: "),
    ],
)
def test_a_refusal_says_what_was_found_first(world, content, expected):
    world.arrive("a.txt", content)
    with world.hub() as hub:
        refused = run(hub)
        with hub.store.read() as conn:
            (event,) = [e for e in queries.events_of(conn, "transfer", refused.id) if e.kind == "rejected"]
    assert refused.reason.startswith(expected)
    assert event.data["reason"] == refused.reason

"""One item is refused and the rest goes on: by a check, of a file or a batch, or by a person."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace

import pytest

from hub.api import Found, ItemState, Level, Severity, check
from hub.cli.main import outcome as command
from hub.cli.place import Place
from hub.config.people import Viewer
from hub.config.settings import Role
from hub.engine.items import refuse_item
from hub.errors import UsageError
from hub.model import TransferState
from tests.little import door_is_open, little, nothing_to_pay
from tests.parcels import PARCELS, lines_out, parcels_world, set_route, waits
from tests.world import World

CLERK = Viewer("cleo", "Cleo", frozenset({Role.CLERK}))
APPROVER = Viewer("bob", "Bob", frozenset({Role.APPROVER}))


@check("NINE", level=Level.CROSS, severity=Severity.REFUSE_ITEM)
def not_nine(taken, ctx):
    """References that end with nine are nobody's."""
    yield from (Found("nine is nobody's", one.item.line) for one in taken if one.item.reference[-1] == "9")


@check("SEVEN", level=Level.CROSS, severity=Severity.REFUSE_ITEM, at_send=True)
def not_seven(taken, ctx):
    """Once the route is shut, references that end with seven are nobody's either."""
    if ctx.options.shut:
        yield from (Found("seven is out", one.item.line) for one in taken if one.item.reference[-1] == "7")


def states(hub, transfer_id):
    with hub.look() as look:
        return {item.reference: (item.state, item.reason) for item in look.items(transfer_id)}


def sole(hub, route):
    (outcome,) = hub.run(route).transfers
    return outcome


REFUSED = (ItemState.REJECTED, "nine is nobody's")


def test_only_the_item_of_the_line_is_refused_with_the_finding_as_its_reason(tmp_path):
    world = World(tmp_path, feeds=[little(checks=(not_nine,))])
    world.arrive("a.txt", b"ABC001+0001000\nABC009+0000200\nNOA009+0000300\n")
    with world.hub() as hub:
        outcome = sole(hub, "payments")
        found = states(hub, outcome.id)
        with hub.look() as look:
            severities = [finding.severity for finding in look.transfer(outcome.id).findings]
    assert (outcome.state, found["ABC001"][0]) == ("SENT", ItemState.POSTED)
    assert found["ABC009"] == found["NOA009"] == REFUSED
    assert severities == [Severity.REFUSE_ITEM] * 2
    assert lines_out(world) == {"ABC001+0001000": 1}


def test_a_waiver_lets_the_item_go(tmp_path):
    world = World(tmp_path, feeds=[little(checks=(not_nine,))])
    waiver = "{check: NINE, route: little.payments, reason: known, owner: it, until: 2026-12-31}"
    world.write("config/waivers.yaml", f"waivers:\n  - {waiver}\n")
    world.arrive("a.txt", b"ABC009+0000200\n")
    with world.hub() as hub:
        assert states(hub, sole(hub, "payments").id)["ABC009"][0] is ItemState.POSTED


def refusing_world(folder):
    return parcels_world(folder, little(match=waits), replace(PARCELS, checks=(not_nine,)))


def test_of_a_batch_it_does_not_wait_again_and_the_others_leave(tmp_path):
    world = refusing_world(tmp_path)
    world.arrive("a.txt", b"WAI002+0000200\nWAI009+0000400\n")
    with world.hub() as hub:
        source, batch = sole(hub, "payments"), sole(hub, "parcels")
        assert batch.money == {ItemState.SENT: (1, 200), ItemState.REJECTED: (1, 400)}
        assert states(hub, source.id)["WAI009"] == REFUSED
        assert hub.run("parcels").transfers == []


def test_a_batch_of_which_all_is_refused_is_over_and_asks_nobody(tmp_path):
    world = refusing_world(tmp_path)
    set_route(world, "hold: {above_value: 1}")
    world.arrive("a.txt", b"WAI009+0000400\n")
    with world.hub() as hub:
        hub.run("payments")
        assert sole(hub, "parcels").state == "APPLIED"
    assert lines_out(world) == {}


def test_at_the_door_it_stops_the_file_which_is_worked_again_without_it(tmp_path):
    world = World(tmp_path, feeds=[little(checks=(not_seven,))])
    world.change_route("hold: {above_count: 1}")
    world.arrive("a.txt", b"ABC001+0001000\nABC007+0000200\n")
    with world.hub(who="anna") as hub:
        held = sole(hub, "payments")
        hub.acts.release(held.id, "agreed")
    world.change_route("options: {shut: true}")
    with world.hub() as hub:
        hub.advance(held.id)
        found = states(hub, held.id)
    assert found["ABC007"] == (ItemState.REJECTED, "seven is out")
    assert lines_out(world)["ABC007+0000200"] == 0


# By a person.


def held_item(hub, outcome, reference="ABC002"):
    with hub.look() as look:
        return next(item.id for item in look.items(outcome.id) if item.reference == reference)


def test_a_clerk_refuses_a_held_item_and_its_transfer_says_so(tmp_path):
    world = World(tmp_path, feeds=[little(checks=(nothing_to_pay,))])
    world.arrive("a.txt", b"ABC001+0001000\nABC002+0000000\n")
    with world.hub() as hub:
        outcome = sole(hub, "payments")
        id = held_item(hub, outcome)
    with world.hub(viewer=APPROVER) as hub, pytest.raises(UsageError, match="needs the role clerk"):
        refuse_item(hub.services, id, "not ours")
    with world.hub(viewer=CLERK) as hub:
        assert refuse_item(hub.services, id, "not ours").state is ItemState.REJECTED
        with hub.look() as look:
            event = look.events("transfer", outcome.id)[-1]
            assert look.items_that_are([ItemState.HELD]) == []
        with pytest.raises(UsageError, match="is REJECTED; only what waits or is held"):
            refuse_item(hub.services, id, "again")
    assert (event.kind, event.who) == ("item_refused", "cleo")
    assert event.data == {"item": id, "from": "HELD", "reason": "not ours"}


def test_what_waits_is_refused_and_not_gathered(tmp_path):
    world = refusing_world(tmp_path)
    world.arrive("a.txt", b"WAI002+0000200\nWAI003+0000400\n")
    with world.hub() as hub:
        source = sole(hub, "payments")
        id = held_item(hub, source, "WAI003")
        refuse_item(hub.services, id, "sent by letter")
        assert sole(hub, "parcels").money == {ItemState.SENT: (1, 200)}
        assert states(hub, source.id)["WAI003"] == (ItemState.REJECTED, "sent by letter")


def test_an_item_of_a_transfer_that_may_be_worked_again_is_not_refused_by_itself(tmp_path):
    world = World(tmp_path, feeds=[little(checks=(nothing_to_pay, door_is_open))])
    world.change_route("hold: {above_count: 1}")
    world.arrive("a.txt", b"ABC001+0001000\nABC002+0000000\n")
    with world.hub() as hub:
        outcome = sole(hub, "payments")
        assert outcome.state == TransferState.HELD
        with pytest.raises(UsageError, match=f"its transfer {outcome.id} is not through"):
            refuse_item(hub.services, held_item(hub, outcome), "not ours")


@dataclass
class Here(Place):
    """The command line at a test's hub."""

    world: World | None = None

    def open_hub(self):
        assert self.world is not None
        return self.world.hub(viewer=CLERK)


def test_the_commands_list_what_waits_or_is_held_and_refuse_it(tmp_path, capsys):
    world = parcels_world(tmp_path, little(match=waits, checks=(nothing_to_pay,)), PARCELS)
    world.arrive("a.txt", b"ABC002+0000000\nWAI003+0000400\n")
    with world.hub() as hub:
        sole(hub, "payments")

    def told(*words):
        assert command(["items", *words, "--json"], Here(world=world)) == 0
        return json.loads(capsys.readouterr().out)

    assert [(one["reference"], one["state"]) for one in told("list")] == [
        ("ABC002", "HELD"),
        ("WAI003", "WAITING"),
    ]
    (waiting,) = told("list", "--state", "WAITING")
    assert (waiting["waits_as"], waiting["amount"]) == ("PARCEL", "4.00")
    assert told("refuse", waiting["id"], "--reason", "by letter")["state"] == "REJECTED"
    assert told("list", "--state", "WAITING") == []
    assert command(["items", "refuse", "no-such", "--reason", "x"], Here(world=world)) != 0
    assert "There is no item no-such. `feedhub items list`" in capsys.readouterr().err

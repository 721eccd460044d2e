"""What follows when something leaves: with the intent, and with what became of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from hub.api import Compartment, DeliveryState, Item, Lookup, Move, Waiting
from hub.config.people import Role, Viewer
from hub.store import queries
from hub.transfer.effects import apply_moves
from tests.cases import case, opened, pays
from tests.little import little
from tests.world import World

FILE = b"ABC001+0001000\nABC002+0000200\n"


def pays_all(carried, ctx):
    for one in carried:
        yield Move(kind="case", key=one.item.reference, to="PAID")


def paid_together(carried, left, ctx):
    """One item for all that the output carried, and what became of it in the case of the first."""
    yield Move(kind="case", key="ABC001", data={left.state.value: [left.output, left.reference, left.reason]})
    if left.state is DeliveryState.SENT:
        total = sum(one.item.amount for one in carried)
        together = Item("SUM", 1, "ALL", total, date(2026, 11, 2))
        yield Waiting("little.payments", "SUMS", together, "1900000011")


def world_of(tmp_path, **changes):
    world = World(tmp_path, feeds=[little(gathers=("SUMS",), **changes)], lifecycles=[case()])
    with world.hub() as hub:
        open_cases(hub)
    world.arrive("a.txt", FILE)
    return world


def open_cases(hub, *moves):
    made = moves or opened("ABC001", "ABC002")
    hub.services.commit(lambda conn: apply_moves(conn, hub.services, made, who="tester"))


def history(hub, key="ABC001"):
    with hub.store.read() as conn:
        return [(move.to_state, move.data) for move in queries.history_of(conn, "case", key)]


def states(hub, key="ABC001"):
    return [state for state, _ in history(hub, key)]


def waiting(hub):
    with hub.store.read() as conn:
        found = queries.waiting_items(conn, hub.store.keys, "SUMS")
    return [(item.feed, item.amount, item.account) for item in found]


def tasks(hub):
    with hub.look() as look:
        return [(entry.owner, entry.subject_id, entry.title) for entry in look.worklist()]


class Stopped(BaseException):
    pass


def stops_at(name):
    def boundary(passed):
        if passed == name:
            raise Stopped

    return boundary


@pytest.mark.parametrize(("name", "moved"), [("before_intent", ["OPEN"]), ("intent", ["OPEN", "PAID"])])
def test_leaving_moves_in_the_commit_of_the_intent(tmp_path, name, moved):
    world = world_of(tmp_path, leaves=pays_all)
    with world.hub(boundary=stops_at(name)) as hub, pytest.raises(Stopped):
        hub.run("payments")
    with world.hub() as hub:
        assert states(hub) == moved
        hub.run("payments")
        assert states(hub) == states(hub, "ABC002") == ["OPEN", "PAID"]


def test_nothing_leaves_and_nothing_moves_when_the_door_is_shut(tmp_path):
    world = world_of(tmp_path, leaves=pays_all, left=paid_together)
    world.arrive("a.txt", b"NOA001+0001000\n")
    with world.hub() as hub:
        hub.run("payments")
        assert (states(hub), waiting(hub)) == (["OPEN"], [])


def test_a_file_that_left_is_told_once_with_all_that_it_carried(tmp_path):
    world = world_of(tmp_path, left=paid_together)
    with world.hub() as hub:
        hub.run("payments")
        hub.run("payments")
        assert waiting(hub) == [("little.payments", 1200, "1900000011")]
        assert history(hub)[-1][1] == {"SENT": ["payments", None, None]}


@pytest.mark.parametrize("when", ["leaves", "left"])
def test_an_illegal_move_stops_no_file_and_asks_a_person(tmp_path, when):
    def closes(carried, *rest):
        yield Move(kind="case", key="ABC001", to="CLOSED")
        yield Move(kind="case", key="ABC002", to="PAID")

    world = world_of(tmp_path, **{when: closes})
    with world.hub() as hub:
        (outcome,) = hub.run("payments").transfers
        assert (outcome.state, states(hub), states(hub, "ABC002")) == ("SENT", ["OPEN"], ["OPEN", "PAID"])
        ((owner, subject, title),) = tasks(hub)
    assert (owner, subject) == ("rents", "case:ABC001")
    assert "a.txt" in title and "case ABC001 is OPEN and cannot become CLOSED" in title


def test_two_payments_of_one_record_in_one_file_add_up(tmp_path):
    def adds(taken, ctx):
        known = ctx.facts.records.get("case", taken.item.reference)
        paid = known.data.get("paid", 0) + taken.item.amount
        yield Move(kind="case", key=known.key, data={"paid": paid})

    looks_up = (Lookup("case", keys=lambda item: (item.reference,)),)
    world = world_of(tmp_path, moves=adds, looks_up=looks_up)
    world.arrive("a.txt", b"ABC001+0001000\nABC001+0000200\n")
    with world.hub() as hub:
        hub.run("payments")
        assert [data for _, data in history(hub)][1:] == [{"paid": 1000}, {"paid": 1200}]


def test_the_records_of_an_items_account_are_looked_up(tmp_path):
    def counts(taken, ctx):
        found = ctx.facts.records.about("case", taken.disposition.account)
        yield Move(kind="case", key=taken.item.reference, data={"found": [case.key for case in found]})

    world = world_of(tmp_path, moves=counts, looks_up=(Lookup("case", accounts=True),))
    with world.hub() as hub:
        open_cases(hub, *(Move(kind="case", key=key, account=key) for key in ("ABC001", "ABC002")))
        hub.run("payments")
        assert history(hub)[-1][1] == {"found": ["ABC001"]}


def test_an_open_feed_does_not_reach_closed_records(tmp_path):
    world = world_of(tmp_path, moves=pays)
    world.lifecycles = [case(compartment=Compartment.FRAUD)]
    with world.hub() as hub:
        (outcome,) = hub.run("payments").transfers
        assert (outcome.state, states(hub)) == ("FAILED", ["OPEN"])


CLOSED = Compartment.FRAUD


@pytest.mark.parametrize("when", ["leaves", "left"])
def test_what_an_open_feed_says_on_leaving_does_not_reach_closed_records(tmp_path, when):
    world = world_of(tmp_path, **{when: lambda carried, *rest: pays_all(carried, None)})
    world.lifecycles = [case(compartment=CLOSED)]
    with world.hub() as hub:
        (outcome,) = hub.run("payments").transfers
        assert (outcome.state, states(hub)) == ("SENT", ["OPEN"])
    with world.hub(who="anna") as hub:
        assert tasks(hub) == [], "the task is for those who may know of the record"
    with world.hub(viewer=viewer_of(Role.FRAUD)) as hub:
        assert [subject for _, subject, _ in tasks(hub)] == ["case:ABC001", "case:ABC002"]
        assert "little.payments lies in the compartment open and may not change" in tasks(hub)[0][2]


@pytest.mark.parametrize("when", ["moves", "leaves", "left"])
def test_a_closed_feed_changes_no_open_record(tmp_path, when):
    """Whoever sees the record would learn that there is something to know."""
    says = {"moves": pays, "leaves": pays_all, "left": lambda carried, *rest: pays_all(carried, None)}
    world = world_of(tmp_path)
    world.feeds = [little(compartment=CLOSED, **{when: says[when]})]
    with world.hub() as hub:
        hub.run("payments")
        assert states(hub) == ["OPEN"]
    with world.hub(who="anna") as hub:
        assert tasks(hub) == []
    with world.hub(viewer=viewer_of(Role.FRAUD)) as hub:
        assert any(subject.startswith("case:") for _, subject, _ in tasks(hub)) == (when != "moves")


def test_an_item_that_nobody_could_gather_is_refused_and_told(tmp_path):
    """The files have left; the plug-in's mistake must not undo that."""
    world = world_of(tmp_path, left=paid_together)
    (feed,) = world.feeds
    other = little(name="little.closed", gathers=("SUMS",), compartment=CLOSED)

    def to_the_closed(carried, left, ctx):
        for effect in paid_together(carried, left, ctx):
            yield replace(effect, feed="little.closed") if isinstance(effect, Waiting) else effect

    world.feeds = [replace(feed, left=to_the_closed), other]
    with world.hub() as hub:
        (outcome,) = hub.run("payments").transfers
        assert (outcome.state, waiting(hub)) == ("SENT", [])
        ((_, subject, title),) = tasks(hub)
    assert subject == outcome.id
    assert "little.closed, which lies in the compartment fraud, not in open" in title


def viewer_of(*roles):
    return Viewer("frida", "Frida", frozenset({*roles, Role.VIEWER}))

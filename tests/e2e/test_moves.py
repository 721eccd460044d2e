"""Payments that move records: in the commit that lets their transfer go, once, legal or not at all."""

from __future__ import annotations

import pytest

from hub.errors import UsageError
from hub.model import ItemState, Move, TransferState
from hub.store import queries
from hub.transfer.effects import apply_moves
from tests.cases import case, opened, paying
from tests.little import little
from tests.world import World


@pytest.fixture
def world(tmp_path):
    made = World(tmp_path, feeds=[paying()], lifecycles=[case()])
    with made.hub() as hub:
        move(hub, *opened("ABC001", "ABC002"))
    return made


def move(hub, *moves):
    return hub.services.commit(lambda conn: apply_moves(conn, hub.services, moves, who="tester"))


def history(hub, key="ABC001"):
    with hub.store.read() as conn:
        return [step.to_state for step in queries.history_of(conn, "case", key)]


def items(hub, id):
    with hub.look() as look:
        return [(item.reference, item.state) for item in look.items(id)]


def run(world, content, **how):
    world.arrive("a.txt", content)
    with world.hub(**how) as hub:
        (outcome,) = hub.run("payments").transfers
    return outcome


def test_items_move_records_with_the_transfer_and_the_item_named(world):
    outcome = run(world, b"ABC001+0001000\n")
    with world.hub() as hub, hub.look() as look:
        paid = look.moves("case", "ABC001")[-1]
    assert (paid.to_state, paid.transfer_id, paid.item_id) == ("PAID", outcome.id, f"{outcome.id}.1")
    assert paid.data == {"paid": 1000}


def test_what_finds_no_account_or_waits_moves_nothing(tmp_path):
    world = World(tmp_path, feeds=[paying()], lifecycles=[case()])
    with world.hub() as hub:
        move(hub, *opened("NOA001", "ABC001"))
    run(world, b"NOA001+0001000\nABC001+0000000\n")
    with world.hub() as hub:
        assert (history(hub, "NOA001"), history(hub)) == (["OPEN"], ["OPEN"])


def test_an_illegal_move_holds_its_item_and_the_rest_goes(world):
    with world.hub() as hub:
        move(hub, *(Move(kind="case", key="ABC001", to=state) for state in ("PAID", "CLOSED")))
    outcome = run(world, b"ABC001+0001000\nABC002-0000200\n")
    assert (outcome.state, outcome.findings) == ("SENT", 1)
    assert outcome.money == {ItemState.HELD: (1, 1000), ItemState.POSTED: (1, -200)}
    assert list(world.delivered().values()) == [b"ABC002-0000200\n"]


def test_a_move_is_held_against_those_before_it_in_the_file(tmp_path):
    def closes(taken, ctx):
        yield Move(kind="case", key=taken.item.reference, to="PAID" if taken.item.amount > 0 else "CLOSED")

    world = World(tmp_path, feeds=[little(moves=closes)], lifecycles=[case()])
    with world.hub() as hub:
        move(hub, *opened("ABC001"))
    outcome = run(world, b"ABC001+0001000\nABC001-0000200\nABC001-0000300\nABC001+0000400\n")
    with world.hub() as hub:
        assert history(hub) == ["OPEN", "PAID", "CLOSED"]
        states = [state for _, state in items(hub, outcome.id)]
    assert states == [ItemState.POSTED, ItemState.POSTED, ItemState.POSTED, ItemState.HELD]


def test_an_item_moves_all_of_its_records_or_none(tmp_path):
    """What the first could not do as a whole, the second does."""

    def pays_both(taken, ctx):
        yield Move(kind="case", key="ABC001", to="PAID")
        if taken.item.amount > 0:
            yield Move(kind="case", key="ABC002", to="CLOSED")

    world = World(tmp_path, feeds=[little(moves=pays_both)], lifecycles=[case()])
    with world.hub() as hub:
        move(hub, *opened("ABC001", "ABC002"))
    outcome = run(world, b"ABC003+0001000\nABC004-0000200\n")
    with world.hub() as hub, hub.look() as look:
        paid = look.moves("case", "ABC001")[-1]
        assert (history(hub), history(hub, "ABC002")) == (["OPEN", "PAID"], ["OPEN"])
    assert paid.item_id == f"{outcome.id}.2"


def test_a_held_transfer_has_moved_nothing_before_it_is_released(world):
    world.change_route("hold: {above_count: 0}")
    outcome = run(world, b"ABC001+0001000\n")
    with world.hub(who="bob") as hub:
        assert (outcome.state, history(hub)) == ("HELD", ["OPEN"])
        hub.acts.release(outcome.id, "agreed")
        assert history(hub) == ["OPEN", "PAID"], "the moves are in the commit that releases"
        assert hub.advance(outcome.id).state == "SENT"
        assert history(hub) == ["OPEN", "PAID"]


def test_what_is_legal_no_more_at_the_release_refuses_it(world):
    """What was agreed cannot leave as it is; worked again, the item waits."""
    world.change_route("hold: {above_count: 0}")
    outcome = run(world, b"ABC001+0001000\nABC002-0000200\n")
    with world.hub(who="bob") as hub:
        move(hub, *(Move(kind="case", key="ABC001", to=state) for state in ("PAID", "CLOSED")))
        with pytest.raises(UsageError, match=r"case ABC001 is CLOSED.* Retry it, so that it is worked again"):
            hub.acts.release(outcome.id, "agreed")
        assert hub.acts.transfer(outcome.id).state is TransferState.HELD
        assert history(hub, "ABC002") == ["OPEN"]
        hub.acts.retry(outcome.id, "a case was closed")
        hub.advance(outcome.id)
    with world.hub(who="carol") as hub:
        hub.acts.release(outcome.id, "agreed")
        hub.advance(outcome.id)
        assert items(hub, outcome.id) == [("ABC001", ItemState.HELD), ("ABC002", ItemState.POSTED)]
    assert list(world.delivered().values()) == [b"ABC002-0000200\n"]


class Crash(BaseException):
    """Nobody catches it."""


def stop_before_sending(point):
    if point == "before_intent":
        raise Crash


def test_a_move_that_cannot_be_undone_is_not_made_twice(world):
    """Its items are worked again, and somebody has moved the record since."""
    world.arrive("a.txt", b"ABC001+0001000\n")
    with world.hub(boundary=stop_before_sending) as hub, pytest.raises(Crash):
        hub.run("payments")
    with world.hub() as hub:
        move(hub, Move(kind="case", key="ABC001", to="OPEN"))
    world.change_route("options: {shut: true}")
    with world.hub() as hub:
        (outcome,) = hub.run("payments").transfers
        assert outcome.state == "REJECTED"
    world.change_route()
    with world.hub() as hub:
        hub.acts.retry(outcome.id, "open again")
        assert hub.advance(outcome.id).state == "SENT"
        assert history(hub) == ["OPEN", "PAID", "OPEN"]


def test_a_picture_of_records_keeps_no_items(tmp_path):
    world = World(tmp_path, feeds=[paying(keeps_items=False, outputs=())], lifecycles=[case()])
    routes = (world.folder / "config/routes/little.yaml").read_text("utf-8")
    world.write("config/routes/little.yaml", "\n".join(li for li in routes.splitlines() if "to:" not in li))
    with world.hub() as hub:
        move(hub, *opened("ABC001"))
    outcome = run(world, b"ABC001+0001000\n")
    with world.hub() as hub:
        assert (outcome.state, items(hub, outcome.id), history(hub)) == ("APPLIED", [], ["OPEN", "PAID"])

"""A crash at every edge while payments move records: each record is moved once, whatever was interrupted."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

import hub.transfer.steps.work as work_step
from hub.model import ItemState, Move, TransferState
from hub.store import queries
from hub.transfer.effects import apply_moves
from tests.cases import case, opened, paying
from tests.world import World

STEPS = Path(work_step.__file__).parent
POINTS = sorted(
    set(re.findall(r'boundary\("(\w+)"\)', "".join(p.read_text("utf-8") for p in STEPS.glob("*.py"))))
    & {"fetched", "staged", "examined", "rendered", "worked", "before_intent", "intent", "arrived", "sent"}
)


class Crash(BaseException):
    """Nobody catches it."""


def crash_at(point):
    def boundary(name):
        if name == point:
            raise Crash(point)

    return boundary


@pytest.fixture
def world(tmp_path):
    made = World(tmp_path, feeds=[paying()], lifecycles=[case()])
    with made.hub() as hub:
        move(hub, *opened("ABC001", "ABC002"))
    made.arrive("a.txt", b"ABC001+0001000\nABC002-0000200\n")
    return made


def move(hub, *moves):
    return hub.services.commit(lambda conn: apply_moves(conn, hub.services, moves, who="tester"))


def histories(hub):
    with hub.store.read() as conn:
        return {
            key: [step.to_state for step in queries.history_of(conn, "case", key)]
            for key in ("ABC001", "ABC002")
        }


PAID = {"ABC001": ["OPEN", "PAID"], "ABC002": ["OPEN", "PAID"]}


@pytest.mark.parametrize("point", POINTS)
def test_each_record_is_moved_once(world, point):
    with world.hub(boundary=crash_at(point)) as hub, pytest.raises(Crash):
        hub.run("payments")
    with world.hub() as hub:
        for _ in range(3):
            world.clock.turn(hours=2)
            hub.run("payments")
        assert histories(hub) == PAID
        with hub.store.read() as conn:
            assert [queries.verify_record_chain(conn, "case", key) for key in PAID] == [None, None]


def test_moves_and_state_are_one_commit(world):
    with world.hub(boundary=crash_at("rendered")) as hub:
        with pytest.raises(Crash):
            hub.run("payments")
        assert histories(hub) == {"ABC001": ["OPEN"], "ABC002": ["OPEN"]}
    with world.hub(boundary=crash_at("worked")) as hub:
        with pytest.raises(Crash):
            hub.run("payments")
        with hub.look() as look:
            (row,) = look.transfers()
        assert (row.state, histories(hub)) == (TransferState.ACCEPTED, PAID)


def test_a_record_that_moves_while_the_file_is_worked_has_it_worked_again(world):
    """What was legal when it was looked at is illegal now: its item waits, the other is paid."""
    seen = Counter()

    def meanwhile(name):
        seen[name] += 1
        if name == "rendered" and seen[name] == 1:
            with world.hub() as other:
                move(other, *(Move(kind="case", key="ABC001", to=state) for state in ("PAID", "CLOSED")))

    with world.hub(boundary=meanwhile) as hub:
        (outcome,) = hub.run("payments").transfers
        assert seen["rendered"] == 2
        assert outcome.state == "SENT"
        assert histories(hub) == {"ABC001": ["OPEN", "PAID", "CLOSED"], "ABC002": ["OPEN", "PAID"]}
        with hub.store.read() as conn:
            items = queries.items_of(conn, hub.store.keys, outcome.id)
    assert [(item.state, item.reason) for item in items] == [
        (ItemState.HELD, "case ABC001 is CLOSED, which is the end of it, and cannot become PAID (MOVE)"),
        (ItemState.POSTED, None),
    ]


@pytest.mark.parametrize("point", ["intent", "examined", "worked"])
def test_what_the_door_undoes_is_undone_once_and_made_again_once(world, point):
    """The crash comes in the run that finds the door shut, or just after it."""
    with world.hub(boundary=crash_at("before_intent")) as hub, pytest.raises(Crash):
        hub.run("payments")
    world.change_route("options: {shut: true}")
    with world.hub(boundary=crash_at(point)) as hub, pytest.raises(Crash):
        hub.run("payments")
    undone = {key: [*moves, "OPEN"] for key, moves in PAID.items()}
    world.change_route()
    with world.hub() as hub:
        assert histories(hub) == undone
        for _ in range(3):
            world.clock.turn(hours=2)
            hub.run("payments")
        with hub.look() as look:
            (row,) = look.transfers()
        if row.state is TransferState.REJECTED:
            hub.acts.retry(row.id, "open again")
            hub.advance(row.id)
        assert histories(hub) == {key: [*moves, "PAID"] for key, moves in undone.items()}
        with hub.store.read() as conn:
            assert [queries.verify_record_chain(conn, "case", key) for key in PAID] == [None, None]
    assert world.delivered()

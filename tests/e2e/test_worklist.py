"""Entries that are asked for: once, answered by who may, unseen by who may not know of them."""

from __future__ import annotations

import pytest

from hub.config.people import Viewer
from hub.config.settings import Role
from hub.engine.worklist import may_do
from hub.errors import UsageError
from hub.model import Compartment, WorkKind, WorkState
from hub.transfer import worklist
from tests.world import World

FRAUD_OFFICER = Viewer("fay", "Fay", frozenset({Role.CLERK, Role.FRAUD}))
CLERK = Viewer("cleo", "Cleo", frozenset({Role.CLERK}))
APPROVER = Viewer("bob", "Bob", frozenset({Role.APPROVER}))


@pytest.fixture
def world(tmp_path):
    return World(tmp_path)


def ask(hub, **changed):
    about = {
        "kind": WorkKind.TASK,
        "name": "look",
        "subject": "record",
        "subject_id": "case:C-17",
        "title": "Case C-17: look at the match",
        "owner": "tests",
        "proposed_by": "anna",
        "proposal": {"case": "C-17"},
        "compartment": Compartment.OPEN,
    }
    return hub.services.commit(lambda conn: worklist.ask(conn, hub.services, **{**about, **changed}))


def approve(hub, entry):
    return hub.services.commit(lambda conn: worklist.approve(conn, hub.services, entry, "agreed"))


def test_the_same_is_asked_for_once(world):
    with world.hub() as hub:
        first = ask(hub)
        again = ask(hub, title="Look again")
        assert (again.id, again.title) == (first.id, "Look again")
        assert ask(hub, name="decide").id != first.id
        with hub.look() as look:
            assert len(look.worklist()) == 2


def test_what_is_void_is_asked_for_anew(world):
    with world.hub() as hub:
        first = ask(hub)
        hub.services.commit(lambda conn: worklist.void(conn, "record", "case:C-17"))
        assert ask(hub).id != first.id


def test_a_task_is_answered_once(world):
    with world.hub() as hub:
        id = ask(hub).id
    with world.hub(viewer=CLERK) as hub:
        done = hub.worklist.answer(id, "it is the same person")
        with pytest.raises(UsageError, match=r"is DONE already \(by cleo\)"):
            hub.worklist.answer(id, "or not")
        with hub.look() as look:
            event = look.events("record", "case:C-17")[-1]
    assert (done.state, done.answer) == (WorkState.DONE, {"answer": "it is the same person"})
    assert (event.kind, event.who, event.data["answer"]) == ("work_done", "cleo", "it is the same person")


def test_a_task_needs_the_right_to_do_it(world):
    with world.hub() as hub:
        id = ask(hub).id
    with world.hub(viewer=APPROVER) as hub, pytest.raises(UsageError, match=r"You \(bob\) may not do what"):
        hub.worklist.answer(id, "fine")


def test_what_lies_in_a_closed_compartment_is_not_there_for_others(world):
    with world.hub() as hub:
        id = ask(hub, compartment=Compartment.FRAUD).id
    with world.hub(viewer=CLERK) as hub, pytest.raises(UsageError, match=f"There is no worklist entry {id}"):
        hub.worklist.answer(id, "fine")
    with world.hub(viewer=FRAUD_OFFICER) as hub:
        assert hub.worklist.answer(id, "fine").closed_by == "fay"


def test_who_proposed_does_not_approve(world):
    with world.hub(who="anna") as hub:
        entry = ask(hub, kind=WorkKind.SUSPENSE, name="clear")
        with pytest.raises(UsageError, match=r"You \(anna\) proposed this, so somebody else must approve it"):
            approve(hub, entry)
    with world.hub(who="bob") as hub:
        assert approve(hub, entry).closed_by == "bob"


@pytest.mark.parametrize(
    ("kind", "viewer", "may"),
    [
        (WorkKind.TASK, CLERK, True),
        (WorkKind.TASK, APPROVER, False),
        (WorkKind.RELEASE, APPROVER, True),
        (WorkKind.RELEASE, CLERK, False),
        (WorkKind.RELEASE, Viewer("anna", "Anna", frozenset({Role.APPROVER})), False),
        (WorkKind.SUSPENSE, APPROVER, True),
        (WorkKind.SUSPENSE, Viewer("anna", "Anna", frozenset({Role.APPROVER})), False),
    ],
)
def test_mine_is_what_i_could_do_now(world, kind, viewer, may):
    with world.hub() as hub:
        entry = ask(hub, kind=kind)
    with world.hub(viewer=viewer) as hub:
        assert may_do(hub.services, entry) is may

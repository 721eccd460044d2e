"""A file that a person takes to a partner: asked for once, taken under the checks at the door, SENT only when
somebody says so; what the partner gave back is worked like any file."""

from __future__ import annotations

from contextlib import suppress

import pytest

from hub.config.people import Viewer
from hub.config.settings import Role
from hub.errors import UsageError
from hub.model import DeliveryState, ItemState, TransferState, WorkKind, WorkState
from tests.world import World

GOOD = b"ABC001+0001000\nABC002-0000200\n"
BACK = b"ABC003+0000600\n"
ENDPOINTS = """
endpoints:
  in: {type: folder, path: ../in}
  out: {type: folder, path: ../out}
  portal: {type: person, who: clerk, what: Upload it to the portal, asks: the portal's receipt number}
"""
ROUTES = """
partner: Little
routes:
  payments:
    feeds: [little.payments]
    from: {endpoint: in, pattern: "*.txt"}
    to: [{output: payments, endpoint: portal}]
    mode: live
    owner: tests
"""


class Crash(BaseException):
    """Nobody catches it."""


def crash_at_intent(point):
    if point == "intent":
        raise Crash


@pytest.fixture
def world(tmp_path):
    made = World(tmp_path)
    made.write("config/endpoints.yaml", ENDPOINTS)
    made.write("config/routes/little.yaml", ROUTES)
    (tmp_path / "desk").mkdir()
    made.arrive("a.txt", GOOD)
    return made


@pytest.fixture
def desk(world):
    return world.folder / "desk"


@pytest.fixture
def asked(world):
    """The id of the entry that asks for the file of `a.txt`."""
    with world.hub() as hub:
        (outcome,) = hub.run("payments").transfers
        assert outcome.state == "ACCEPTED"
        (entry,) = entries(hub)
    return entry.id


def entries(hub, *states):
    with hub.look() as look:
        return look.worklist(states=states or (WorkState.OPEN, WorkState.TAKEN))


def delivery_of(hub):
    with hub.look() as look:
        (row,) = look.transfers(limit=1)
        (delivery,) = look.deliveries(row.id)
    return delivery


def files(desk):
    return {path.name: path.read_bytes() for path in desk.iterdir()}


def test_a_file_for_a_person_is_asked_for_once_and_waits(world, asked):
    with world.hub() as hub:
        for _ in range(2):
            hub.run("payments")
        (entry,) = entries(hub)
        delivery = delivery_of(hub)
    assert (entry.id, entry.kind, entry.owner) == (asked, WorkKind.HAND_OVER, "tests")
    assert entry.title == f"{delivery.name}: Upload it to the portal"
    assert (entry.proposal["asks"], entry.proposal["size"]) == ("the portal's receipt number", 30)
    assert (entry.proposal["count"], entry.proposal["value"]) == (2, "8.00")
    assert delivery.state is DeliveryState.READY


def test_taking_writes_the_file_and_counts_as_sending(world, asked, desk):
    with world.hub(who="anna") as hub:
        taken = hub.worklist.take(asked, desk)
        delivery, (entry,) = delivery_of(hub), entries(hub)
    assert files(desk) == {delivery.name: GOOD}
    assert not taken.stopped
    assert delivery.state is DeliveryState.SENDING
    assert (entry.state, entry.taken_by) == (WorkState.TAKEN, "anna")


def test_a_run_leaves_what_somebody_has_taken_alone(world, asked, desk):
    with world.hub(who="anna") as hub:
        hub.worklist.take(asked, desk)
    with world.hub() as hub:
        hub.run("payments")
        assert delivery_of(hub).state is DeliveryState.SENDING
        assert [entry.state for entry in entries(hub)] == [WorkState.TAKEN]


def test_it_is_sent_when_the_person_says_so_with_the_partners_reference(world, asked, desk):
    with world.hub(who="anna") as hub:
        hub.worklist.take(asked, desk)
        (row,) = hub.worklist.handed_over(asked, "R-17")
        outcome, delivery = hub.advance(row.id), delivery_of(hub)
        (entry,) = entries(hub, WorkState.DONE)
    assert (outcome.state, outcome.money) == ("SENT", {ItemState.POSTED: (2, 800)})
    assert delivery.remote == {"reference": "R-17", "by": "anna"}
    assert (entry.closed_by, entry.answer) == ("anna", {"reference": "R-17"})


def test_nothing_is_sent_that_nobody_has_taken(world, asked):
    with world.hub(who="anna") as hub:
        for act in (lambda: hub.worklist.handed_over(asked, "R"), lambda: hub.worklist.not_done(asked, "no")):
            with pytest.raises(UsageError, match="Nobody has taken"):
                act()
        assert delivery_of(hub).state is DeliveryState.READY


def test_what_was_not_handed_over_is_there_for_the_next(world, asked, desk):
    with world.hub(who="anna") as hub:
        hub.worklist.take(asked, desk)
        hub.worklist.not_done(asked, "the portal is down")
        (entry,) = entries(hub)
        assert (entry.state, entry.taken_by) == (WorkState.OPEN, None)
        assert delivery_of(hub).state is DeliveryState.READY
    with world.hub(who="bob") as hub:
        assert hub.worklist.take(asked, desk).entry.taken_by == "bob"


def test_a_crash_between_the_intent_and_the_file_is_mended_by_taking_again(world, asked, desk):
    with world.hub(who="anna", boundary=crash_at_intent) as hub, pytest.raises(Crash):
        hub.worklist.take(asked, desk)
    assert files(desk) == {}
    with world.hub(who="bob") as hub:
        hub.run("payments")
        with pytest.raises(UsageError, match="anna has taken"):
            hub.worklist.take(asked, desk)
        assert delivery_of(hub).state is DeliveryState.SENDING
    with world.hub(who="anna") as hub:
        hub.worklist.take(asked, desk)
        hub.worklist.take(asked, desk)
        delivery = delivery_of(hub)
    assert files(desk) == {delivery.name: GOOD}
    assert (delivery.state, delivery.attempts) == (DeliveryState.SENDING, 1)


def test_a_file_that_is_there_is_not_written_over(world, asked, desk):
    with world.hub(who="anna") as hub:
        name = delivery_of(hub).name
        (desk / name).write_bytes(b"mine")
        with pytest.raises(UsageError, match=r"is there already .* into another folder"):
            hub.worklist.take(asked, desk)
        assert files(desk) == {name: b"mine"}
        (desk / "new").mkdir()
        hub.worklist.take(asked, desk / "new")
    assert files(desk / "new") == {name: GOOD}


def test_a_check_at_the_door_stops_it_in_the_persons_hand(world, asked, desk):
    world.write("config/routes/little.yaml", f"{ROUTES}    options: {{shut: true}}\n")
    with world.hub(who="anna") as hub:
        taken = hub.worklist.take(asked, desk)
        assert taken.stopped
        assert entries(hub) == []
        assert hub.advance(taken.transfer.id).state == "REJECTED"
    assert files(desk) == {}


def test_what_is_withdrawn_is_asked_for_no_more(world, asked, desk):
    with world.hub(who="anna") as hub:
        hub.acts.withdraw(delivery_of(hub).transfer_id, "not this month")
        with pytest.raises(UsageError, match="is VOID already"):
            hub.worklist.take(asked, desk)
    assert files(desk) == {}


def test_what_is_in_somebodys_hand_is_not_withdrawn(world, asked, desk):
    with world.hub(who="anna") as hub:
        hub.worklist.take(asked, desk)
        with pytest.raises(UsageError, match="is SENDING"):
            hub.acts.withdraw(delivery_of(hub).transfer_id, "not this month")


@pytest.mark.parametrize(
    ("role", "may"), [(Role.CLERK, True), (Role.ADMINISTRATOR, True), (Role.APPROVER, False)]
)
def test_only_people_with_the_role_take(world, asked, desk, role, may):
    with world.hub(viewer=Viewer("pat", "Pat", frozenset({role}))) as hub:
        with suppress(*([] if may else [UsageError])):
            hub.worklist.take(asked, desk)
        assert (delivery_of(hub).state is DeliveryState.SENDING) is may
    assert bool(files(desk)) is may


def test_a_portal_for_fraud_officers_is_not_an_administrators(world, asked, desk):
    world.write("config/endpoints.yaml", ENDPOINTS.replace("who: clerk", "who: fraud"))
    with world.hub(who="anna") as hub, pytest.raises(UsageError, match="people with the role fraud"):
        hub.worklist.take(asked, desk)


def test_what_the_partner_gave_back_is_a_transfer_of_its_own(world, asked, desk):
    (desk / "back.txt").write_bytes(BACK)
    with world.hub(who="anna") as hub:
        hub.worklist.take(asked, desk)
        sent, back = hub.worklist.handed_over(asked, "R-17", desk / "back.txt")
        assert (back.state, back.parent_id, back.route) == (TransferState.STAGED, sent.id, sent.route)
        assert hub.advance(back.id).state == "ACCEPTED"
        with hub.look() as look:
            put = look.events("transfer", back.id)[0]
    assert (put.kind, put.who) == ("put", "anna")


def test_a_file_that_is_too_long_sends_nothing(world, asked, desk):
    (desk / "back.txt").write_bytes(BACK * 100)
    world.write("config/routes/little.yaml", f"{ROUTES}    max_file_size: 1000\n")
    with world.hub(who="anna") as hub:
        hub.worklist.take(asked, desk)
        with pytest.raises(Exception, match="at most 1,000"):
            hub.worklist.handed_over(asked, "R-17", desk / "back.txt")
        assert delivery_of(hub).state is DeliveryState.SENDING


def test_files_from_a_person_come_by_put(world):
    world.write(
        "config/routes/little.yaml", ROUTES.replace("from: {endpoint: in,", "from: {endpoint: portal,")
    )
    with world.hub() as hub:
        report = hub.run("payments")
        assert report.well and report.transfers == []
        (outcome,) = hub.put("payments", world.folder / "in/a.txt").transfers
    assert outcome.state == "ACCEPTED"


def test_entries_are_dealt_with_in_their_own_way(world, asked):
    with world.hub(who="anna") as hub, pytest.raises(UsageError, match="worklist take"):
        hub.worklist.answer(asked, "done")
    with world.hub(who="anna") as hub, pytest.raises(UsageError, match="There is no worklist entry w9"):
        hub.worklist.answer("w9", "done")


def test_what_was_handed_over_is_not_asked_for_while_the_rest_waits(world, asked, desk):
    world.write("config/endpoints.yaml", f"{ENDPOINTS}  post: {{type: person, what: Post it}}\n")
    both = "[{output: payments, endpoint: portal}, {output: payments, endpoint: post}]"
    world.write("config/routes/little.yaml", ROUTES.replace("[{output: payments, endpoint: portal}]", both))
    world.arrive("b.txt", BACK)
    with world.hub(who="anna") as hub:
        (outcome,) = [one for one in hub.run("payments").transfers if one.name == "b.txt"]
        with hub.look() as look:
            portal, post = look.transfer(outcome.id).work
        hub.worklist.take(portal.id, desk)
        hub.worklist.handed_over(portal.id, "R-18")
        assert hub.advance(outcome.id).money == {ItemState.TAKEN: (1, 600)}
        hub.run("payments")
        with hub.look() as look:
            assert [entry.id for entry in look.transfer(outcome.id).work] == [post.id]


@pytest.fixture
def half_handed_over(world, desk):
    """The transfer of which one person has handed a file over, and the entry for the other file."""
    world.write("config/endpoints.yaml", f"{ENDPOINTS}  post: {{type: person, what: Post it}}\n")
    both = ROUTES.replace(
        "[{output: payments, endpoint: portal}]",
        "[{output: payments, endpoint: portal}, {output: payments, endpoint: post}]",
    )
    world.write("config/routes/little.yaml", both)
    with world.hub(who="anna") as hub:
        (outcome,) = hub.run("payments").transfers
        with hub.look() as look:
            portal, post = look.transfer(outcome.id).work
        hub.worklist.take(portal.id, desk)
        hub.worklist.handed_over(portal.id, "R-17")
    for path in desk.iterdir():
        path.unlink()
    world.write("config/routes/little.yaml", f"{both}    options: {{shut: true}}\n")
    return outcome.id, post.id, both


def test_a_file_by_hand_that_is_stopped_after_a_part_left_stays_as_it_is(world, half_handed_over, desk):
    id, entry, _ = half_handed_over
    with world.hub(who="anna") as hub:
        taken = hub.worklist.take(entry, desk)
        assert taken.stopped
        assert (taken.delivery.state, files(desk)) == (DeliveryState.READY, {})
        assert "Other files of this transfer have gone out" in taken.delivery.reason
        assert hub.acts.transfer(id).state is TransferState.ACCEPTED
        assert hub.advance(id).money == {ItemState.TAKEN: (2, 800)}
        asked = {(one.kind, one.state) for one in entries(hub)}
    assert asked == {(WorkKind.HAND_OVER, WorkState.OPEN), (WorkKind.SETTLE, WorkState.OPEN)}


def test_once_the_door_is_open_it_is_taken_and_handed_over(world, half_handed_over, desk):
    id, entry, opened = half_handed_over
    with world.hub(who="anna") as hub:
        hub.worklist.take(entry, desk)
    world.write("config/routes/little.yaml", opened)
    with world.hub(who="anna") as hub:
        taken = hub.worklist.take(entry, desk)
        assert (taken.stopped, list(files(desk).values())) == (False, [GOOD])
        assert [one.kind for one in entries(hub)] == [WorkKind.HAND_OVER]
        hub.worklist.handed_over(entry, "R-18")
        assert hub.advance(id).money == {ItemState.POSTED: (2, 800)}


def test_or_it_is_given_up_and_nobody_is_asked_for_it(world, half_handed_over, desk):
    id, entry, _ = half_handed_over
    with world.hub(who="anna") as hub:
        hub.worklist.take(entry, desk)
        hub.acts.withdraw(id, "one way is enough")
        assert entries(hub) == []
        assert hub.advance(id).money == {ItemState.POSTED: (2, 800)}
        with pytest.raises(UsageError, match="is VOID already"):
            hub.worklist.take(entry, desk)


def test_what_somebody_has_in_hand_is_not_given_up_with_the_rest(world, half_handed_over, desk):
    id, entry, opened = half_handed_over
    world.write("config/routes/little.yaml", opened)
    with world.hub(who="anna") as hub:
        hub.worklist.take(entry, desk)
        with pytest.raises(UsageError, match="is SENDING"):
            hub.acts.withdraw(id, "one way is enough")

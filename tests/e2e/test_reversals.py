"""A wrong posting is taken back: proposed by one, agreed by another, posted once, seen from both sides.

The oracle adds up what lies at the partner, or what the rent system's simulator posted."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from decimal import Decimal

import pytest

from hub.api import DeliveryState, Output
from hub.config.people import Viewer
from hub.config.settings import Role
from hub.door.milestone import MILESTONE
from hub.engine.items import refuse_item
from hub.errors import LostRace, UsageError
from hub.model import ItemState
from hub.rent.renttran import GENERIC_RENTTRAN
from hub.rent.reversal import REVERSAL
from hub.store import queries
from hub.testing.rent_api import RentApi, Trouble
from tests.little import little
from tests.talking import FILE, POSTED, connectors, posting, talking
from tests.world import World

TARGET = "{output: %s, endpoint: out, profile: generic.renttran, options: {landlord: AB}}"
ROUTES = """
partner: Little
routes:
  payments:
    feeds: [little.payments]
    from: {{endpoint: in, pattern: "*.txt", then: "archive:done"}}
    to: [{first}]
    mode: live
    owner: tests
  reversals:
    feed: rent.reversals
    from: {{items: REVERSAL}}
    to: [{second}]
    options: {{type_codes: {{RCP: RCX}}}}
    mode: live
    owner: tests
"""


def viewer(login, *roles):
    return Viewer(login, login, frozenset(roles))


CLERK, APPROVER = viewer("ben", Role.CLERK), viewer("carla", Role.APPROVER)


def configure(world, first=TARGET % "payments", second=TARGET % "postings"):
    world.write("config/routes/little.yaml", ROUTES.format(first=first, second=second))


@pytest.fixture
def world(tmp_path):
    made = World(
        tmp_path,
        feeds=[little(checks=(), outputs=(Output("payments", ("PAYMENT",), makes=posting),)), REVERSAL],
        lifecycles=[MILESTONE],
        profiles=[GENERIC_RENTTRAN],
    )
    configure(made)
    return made


def come_in(world, content=FILE):
    world.arrive("a.txt", content)
    with world.hub() as hub:
        (came,) = hub.run("payments").transfers
    return came.id


def propose(world, id, *lines, who=CLERK, **more):
    with world.hub(viewer=who, **more) as hub:
        return hub.agreements.propose_reversal(id, "the wrong file", lines).id


def agree(world, entry, **more):
    with world.hub(viewer=APPROVER, **more) as hub:
        return hub.agreements.agree(entry, "so it is")


def run(world, route="reversals", **more):
    with world.hub(**more) as hub:
        return hub.run(route).transfers


def postings(world):
    """Each line posted: account, kind, type, pounds, what it reverses."""
    files = [text.decode() for name, text in world.delivered().items() if name.startswith("RENTTRAN")]
    lines = [line.split(",") for text in files for line in text.splitlines() if line.startswith("D")]
    return [(line[2], line[4], line[6], line[9], line[13]) for line in lines]


def balances(world):
    sums = Counter()
    for account, _, _, pounds, _ in postings(world):
        sums[account] += int(Decimal(pounds) * 100)
    return {account: pence for account, pence in sums.items() if pence}


def test_what_two_people_agreed_is_taken_back_once(world):
    id = come_in(world)
    entry = propose(world, id)
    assert run(world) == []
    agree(world, entry)
    (batch,) = run(world)
    assert batch.state == "SENT"
    assert balances(world) == {}
    assert [(a, k, t, p) for a, k, t, p, back in postings(world) if back] == [
        ("ABC001", "REVERSAL", "RCX", "10.00"),
        ("ABC002", "REVERSAL", "RCX", "2.00"),
        ("ABC003", "REVERSAL", "RCX", "3.00"),
    ]
    assert {back for *_, back in postings(world) if back} == {f"{id}.{number}" for number in (1, 2, 3)}
    assert run(world) == []


def test_both_sides_name_each_other(world):
    id = come_in(world)
    agree(world, propose(world, id))
    (batch,) = run(world)
    with world.hub() as hub, hub.look() as look:
        original, taking = look.transfer(id), look.transfer(batch.id)
    assert [(one.answers, one.batch_id, one.state) for one in original.reversed] == [
        (f"{id}.{number}", batch.id, ItemState.POSTED) for number in (1, 2, 3)
    ]
    assert [(one.id, one.items) for one in taking.reverses] == [(id, 3)]
    (event,) = [event for event in original.events if event.kind == "reversed"]
    assert (event.who, event.data["proposed_by"]) == ("carla", "ben")


def test_a_line_alone_is_taken_back(world):
    agree(world, propose(world, come_in(world), 2))
    run(world)
    assert balances(world) == {"ABC001": -1_000, "ABC003": -300}


def test_no_posting_is_taken_back_twice(world):
    id = come_in(world)
    agree(world, propose(world, id, 2))
    with pytest.raises(UsageError, match="taken back already"):
        propose(world, id)
    run(world)
    with pytest.raises(UsageError, match="taken back already"):
        propose(world, id, 2)
    agree(world, propose(world, id, 1, 3))
    run(world)
    assert balances(world) == {}


def test_the_database_refuses_a_second_contra(world):
    id = come_in(world)
    agree(world, propose(world, id, 2))
    with world.hub() as hub:
        with hub.store.read() as conn:
            (contra,) = queries.waiting_items(conn, hub.store.keys, "REVERSAL")
        twin = replace(contra, id="twin")
        with pytest.raises(LostRace, match="only one"):
            hub.store.write(lambda conn: queries.insert_items(conn, hub.store.keys, [twin]))


def test_nobody_agrees_to_what_they_proposed(world):
    both = viewer("dora", Role.CLERK, Role.APPROVER)
    entry = propose(world, come_in(world), who=both)
    with world.hub(viewer=both) as hub, pytest.raises(UsageError, match="somebody else must approve"):
        hub.agreements.agree(entry, "me too")
    assert run(world) == []


@pytest.mark.parametrize("who", [APPROVER, viewer("vera", Role.VIEWER)])
def test_only_who_may_propose_does(world, who):
    id = come_in(world)
    with pytest.raises(UsageError, match="may not propose"):
        propose(world, id, who=who)


def test_what_is_refused_is_not_taken_back_and_may_be_proposed_again(world):
    id = come_in(world)
    entry = propose(world, id)
    with pytest.raises(UsageError, match="has proposed something about it already"):
        propose(world, id, 1)
    with world.hub(viewer=APPROVER) as hub:
        hub.agreements.refuse(entry, "the file was right")
    assert run(world) == []
    assert propose(world, id, 1) != entry


def test_a_reversal_is_itself_a_posting_that_can_be_taken_back(world):
    agree(world, propose(world, come_in(world), 2))
    (batch,) = run(world)
    agree(world, propose(world, batch.id))
    run(world)
    assert balances(world) == {"ABC001": -1_000, "ABC002": -200, "ABC003": -300}


def test_a_contra_that_a_person_refuses_leaves_the_posting_to_be_taken_back_anew(world):
    id = come_in(world)
    agree(world, propose(world, id, 2))
    with world.hub() as hub:
        with hub.store.read() as conn:
            (contra,) = queries.waiting_items(conn, hub.store.keys, "REVERSAL")
        refuse_item(hub.services, contra.id, "it was right")
    agree(world, propose(world, id, 2))
    run(world)
    assert balances(world) == {"ABC001": -1_000, "ABC003": -300}


def test_what_is_not_posted_is_not_taken_back(world):
    id = come_in(world, b"NOA001-0001000\n")
    with pytest.raises(UsageError, match="nothing of it is posted|has not been posted|nothing to take back"):
        propose(world, id)
    with pytest.raises(UsageError, match="There is no transfer"):
        propose(world, "nobody")
    id = come_in(world)
    with pytest.raises(UsageError, match="posted nothing for line 9"):
        propose(world, id, 9)


def test_what_is_in_doubt_is_settled_first(world):
    id = come_in(world)
    with world.hub() as hub:
        hub.store.write(lambda conn: conn.exec_driver_sql("UPDATE delivery SET state = 'IN_DOUBT'"))
        with pytest.raises(UsageError, match="is in doubt: .* Settle that first"):
            hub.agreements.propose_reversal(id, "the wrong file")


def test_what_was_answered_is_not_taken_back(world):
    id = come_in(world)
    with world.hub() as hub:
        hub.store.write(
            lambda conn: conn.exec_driver_sql("UPDATE item SET state = 'ANSWERED' WHERE line = 2")
        )
        with pytest.raises(UsageError, match="Line 2 of transfer .* is ANSWERED, not posted"):
            hub.agreements.propose_reversal(id, "the wrong file")


def test_a_contra_goes_where_and_as_the_original_went_or_nowhere(world):
    id = come_in(world)
    configure(
        world, second="{output: postings, endpoint: in, profile: generic.renttran, options: {landlord: AB}}"
    )
    with pytest.raises(UsageError, match="No route posts reversals to out: in generic.renttran"):
        propose(world, id)


def test_each_place_that_an_output_went_to_is_told(world):
    (world.folder / "out/copy").mkdir()
    copy = "{output: %s, endpoint: out, folder: copy, profile: generic.renttran, options: {landlord: CD}}"
    configure(world, *(", ".join((TARGET % name, copy % name)) for name in ("payments", "postings")))
    agree(world, propose(world, come_in(world)))
    assert [one.state for one in run(world)] == ["SENT"]
    assert [path.read_bytes().count(b"\nD,") for path in sorted((world.folder / "out/copy").iterdir())] == [
        3,
        3,
    ]
    assert balances(world) == {}


def test_options_that_changed_since_stop_it(world):
    id = come_in(world)
    twice = Output("payments", ("PAYMENT",), makes=lambda one, ctx: [*posting(one, ctx), *posting(one, ctx)])
    world.feeds[0] = little(checks=(), outputs=(twice,))
    with pytest.raises(UsageError, match="would come to -30.00 now: the options .* were changed"):
        propose(world, id)


# Over the rent system's API.

REST = "{output: %s, endpoint: rent, profile: generic.rest, options: {landlord: FAKE%s}}"


@pytest.fixture
def api():
    with RentApi() as server:
        yield server


@pytest.fixture
def talked(tmp_path, api):
    made = talking(tmp_path, api.url)
    made.feeds.append(REVERSAL)
    configure(made, REST % ("payments", ""), REST % ("postings", ""))
    made.arrive("a.txt", FILE)
    with made.hub(**connectors()) as hub:
        (came,) = hub.run("payments").transfers
    made.came = came.id
    return made


def back(talked, *lines):
    agree(talked, propose(talked, talked.came, *lines, **connectors()), **connectors())
    for _ in range(3):
        run(talked, **connectors())
        talked.clock.turn(hours=2)


def net(api):
    sums = Counter()
    for account, pounds in api.posted:
        sums[account] += int(Decimal(pounds) * 100)
    return {account: pence for account, pence in sums.items() if pence}


def test_a_whole_batch_is_reversed_as_one(talked, api):
    assert Counter(api.posted) == POSTED
    back(talked)
    assert api.calls[-3:] == ["look", "reverse", "look"]
    assert (net(api), api.batches["B0001"].state, len(api.batches)) == ({}, "REVERSED", 1)


def test_a_part_of_a_batch_is_taken_back_by_contra_lines(talked, api):
    back(talked, 2)
    assert "reverse" not in api.calls
    assert net(api) == {"ABC001": -1_000, "ABC003": -300}


def test_a_rent_system_that_cannot_reverse_gets_contra_lines(talked, api):
    configure(talked, REST % ("payments", ""), REST % ("postings", ", can_reverse: false"))
    back(talked)
    assert "reverse" not in api.calls
    assert net(api) == {}


def test_a_rent_system_that_turns_out_not_to_reverse_leaves_all_as_it_was(talked, api):
    api.can_reverse = False
    back(talked)
    assert Counter(api.posted) == POSTED
    configure(talked, REST % ("payments", ""), REST % ("postings", ", can_reverse: false"))
    back(talked)
    assert net(api) == {}


@pytest.mark.parametrize("trouble", [Trouble.LOSE, Trouble.DROP, Trouble.BROKEN, Trouble.BUSY])
def test_whatever_gets_lost_it_is_reversed_once(talked, api, trouble):
    api.troubles["reverse"].append(trouble)
    back(talked)
    assert net(api) == {}
    assert api.batches["B0001"].state == "REVERSED"


def test_a_batch_that_somebody_reversed_there_is_left_alone(talked, api):
    api.batches["B0001"].state = "REVERSED"
    back(talked)
    assert Counter(api.posted) == POSTED
    with talked.hub(**connectors()) as hub, hub.look() as look:
        (batch,) = look.transfers(route="little.reversals")
        (delivery,) = look.deliveries(batch.id)
    assert delivery.state is DeliveryState.REFUSED
    assert "as REVERSED, not POSTED" in delivery.reason

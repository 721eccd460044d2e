"""Suspended money: one person says where it belongs, another agrees, and it is posted once."""

from __future__ import annotations

from datetime import date

import pytest

from hub.door.feed import RegisterChange
from hub.door.milestone import MILESTONE
from hub.errors import StoreError, UsageError
from hub.model import Account, ItemState, WorkState
from hub.rent.learned import LEARNED_PAIR, PAIR
from hub.rent.renttran import GENERIC_RENTTRAN
from hub.rent.suspense import SUSPENSE
from hub.store import queries
from tests.little import little
from tests.world import World

ROUTE = """
partner: Rent system
routes:
  suspense:
    feed: rent.suspense
    from: {{items: SUSPENSE_CLEARED}}
    to:
      - {{output: postings, endpoint: out, folder: "", profile: generic.renttran, options: {{landlord: AB}}}}
    options: {{type_codes: {{PAYMENT: RPY}}, kinds: {{PAYMENT: RECEIPT}}{options}}}
    mode: live
    owner: rents-team
"""
PAIR_OPTIONS = ", suspense_posted: true, suspense_account: SSSSSS"
FILE = b"ABC001-0001000\nNOA003-0001234\n"


@pytest.fixture
def world(tmp_path):
    made = World(
        tmp_path,
        feeds=[little(), SUSPENSE],
        lifecycles=[MILESTONE, LEARNED_PAIR],
        profiles=[GENERIC_RENTTRAN],
    )
    configure(made)
    made.arrive("a.txt", FILE)
    return made


def configure(world, options=""):
    world.write("config/routes/rent.yaml", ROUTE.format(options=options))


def suspended(world):
    """The one suspended item, its account being in the register."""
    with world.hub(who="anna") as hub:
        (outcome,) = hub.run("payments").transfers
        register(hub, outcome.id, Account("R100", "T100"))
        with hub.look() as look:
            ((row, _),) = look.suspense()
    return row.id


def register(hub, transfer_id, *accounts):
    rows = {
        one.payment_ref: ({"payment_ref": one.payment_ref, "tenancy_ref": one.tenancy_ref}, {})
        for one in accounts
    }
    keys = hub.store.keys
    hub.store.write(lambda conn: queries.apply_register(conn, keys, RegisterChange(rows), transfer_id))


def cleared(world):
    """Proposed by Ben, agreed by Carla."""
    item = suspended(world)
    with world.hub(who="ben") as hub:
        hub.suspense.propose(item, "r100", "the tenant rang")
    with world.hub(who="carla") as hub:
        hub.suspense.clear(item, "seen on the statement")
    return item


def posted(world):
    """What was posted: account and amount, with the posting's id and the quoted reference."""
    files = [text.decode() for name, text in world.delivered().items() if name.startswith("RENTTRAN")]
    lines = [line.split(",") for text in files for line in text.splitlines() if line.startswith("D")]
    return [(line[2], line[9], line[4], line[14]) for line in lines]


def item_row(hub, id):
    with hub.store.read() as conn:
        return queries.get_item(conn, None, id)


def test_money_that_the_hub_left_out_is_posted_once_to_its_account(world):
    item = cleared(world)
    with world.hub() as hub:
        (batch,) = hub.run("suspense").transfers
        assert hub.run("suspense").transfers == []
        row = item_row(hub, item)
        with hub.look() as look:
            stories = [look.transfer_events(id) for id in (row.transfer_id, batch.id)]
    assert batch.state == "SENT"
    assert posted(world) == [("R100", "-12.34", "RECEIPT", "NOA003")]
    assert (row.state, row.account, row.tenancy) == (ItemState.POSTED, "R100", "T100")
    for story in stories:
        people = [(event.kind, event.who) for event in story if event.subject_id == item]
        assert people == [("work_asked", "ben"), ("work_done", "carla")]


def test_money_that_lies_in_suspense_goes_out_as_a_contra_pair_that_nets_to_nothing(world):
    configure(world, PAIR_OPTIONS)
    cleared(world)
    with world.hub() as hub:
        hub.run("suspense")
    assert posted(world) == [
        ("SSSSSS", "12.34", "TRANSFER", "NOA003"),
        ("R100", "-12.34", "TRANSFER", "NOA003"),
    ]


def test_both_legs_of_a_pair_bear_one_date_and_one_external_reference(world):
    configure(world, PAIR_OPTIONS)
    item = cleared(world)
    with world.hub() as hub:
        hub.run("suspense", business_date=date(2026, 11, 5))
    (text,) = [text.decode() for name, text in world.delivered().items() if name.startswith("RENTTRAN")]
    first, second = (line.split(",") for line in text.splitlines() if line.startswith("D"))
    assert first[7:9] == second[7:9] == ["2026-11-02", "2026-11-05"]
    assert first[11] == second[11] == item


def test_who_proposed_may_not_clear(world):
    item = suspended(world)
    with world.hub(who="ben") as hub:
        hub.suspense.propose(item, "R100", "the tenant rang")
        with pytest.raises(UsageError, match=r"You \(ben\)"):
            hub.suspense.clear(item, "me again")
        assert item_row(hub, item).state is ItemState.SUSPENDED


def test_the_database_itself_refuses_one_person_as_two(world):
    item = suspended(world)
    with world.hub(who="ben") as hub:
        entry = hub.suspense.propose(item, "R100", "the tenant rang")
        with pytest.raises(StoreError, match="two_people"):
            hub.store.write(lambda conn: queries.move_work(conn, entry, WorkState.DONE, who="ben"))


def test_what_is_refused_stays_suspended_and_may_be_proposed_anew(world):
    item = suspended(world)
    with world.hub(who="ben") as hub:
        hub.suspense.propose(item, "R100", "the tenant rang")
        with pytest.raises(UsageError, match="ben has proposed R100"):
            hub.suspense.propose(item, "R100", "twice")
    with world.hub(who="carla") as hub:
        hub.suspense.refuse(item, "another tenant")
        with pytest.raises(UsageError, match="Nobody has proposed"):
            hub.suspense.clear(item, "after all")
        assert item_row(hub, item).state is ItemState.SUSPENDED
        hub.suspense.propose(item, "R100", "the bank says so")


@pytest.mark.parametrize(
    ("id", "account", "sentence"),
    [("nothing", "R100", "no item nothing"), (None, "R999", "knows no rent account R999")],
)
def test_only_what_is_suspended_goes_only_to_an_account_that_there_is(world, id, account, sentence):
    item = suspended(world)
    with world.hub(who="ben") as hub, pytest.raises(UsageError, match=sentence):
        hub.suspense.propose(id or item, account, "a guess")


def test_what_is_cleared_is_cleared_no_more(world):
    item = cleared(world)
    with world.hub(who="dora") as hub, pytest.raises(UsageError, match="WAITING, not SUSPENDED"):
        hub.suspense.propose(item, "R100", "again")


def test_an_item_of_a_file_that_is_not_through_may_not_be_placed(world):
    world.change_route("hold: {first_file: true}")
    item = suspended(world)
    with world.hub(who="ben") as hub, pytest.raises(UsageError, match="not through yet"):
        hub.suspense.propose(item, "R100", "the tenant rang")


def test_clearing_teaches_the_pair_until_somebody_drops_it(world):
    cleared(world)
    key = "little.payments:NOA003"
    with world.hub(who="carla") as hub:
        with hub.store.read() as conn:
            pair = queries.get_record(conn, None, PAIR, key)
        assert (pair.state, pair.account) == ("ACTIVE", "R100")
        assert hub.suspense.forget(key, "it was wrong").state == "DROPPED"
        with pytest.raises(UsageError, match="no learned pair"):
            hub.suspense.forget("little.payments:NOBODY", "it was wrong")


def test_a_kind_without_a_code_waits_until_the_route_has_one(world):
    text = (world.folder / "config/routes/rent.yaml").read_text()
    world.write("config/routes/rent.yaml", text.replace("PAYMENT: RPY", "OTHER: RPY"))
    item = cleared(world)
    with world.hub() as hub:
        (batch,) = hub.run("suspense").transfers
        assert (batch.state, batch.findings) == ("APPLIED", 1)
        assert item_row(hub, item).state is ItemState.WAITING
    configure(world)
    with world.hub() as hub:
        hub.run("suspense")
    assert len(posted(world)) == 1


def test_the_history_of_an_item_names_both_people(world):
    item = cleared(world)
    with world.hub() as hub, hub.look() as look:
        told = [(event.kind, event.who) for event in look.events("item", item)]
    assert told == [("work_asked", "ben"), ("work_done", "carla")]

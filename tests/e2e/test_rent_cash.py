"""A night's payments end to end: compared with what the sender told, posted, answered; what waits is posted
later."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from hub.door.milestone import MILESTONE
from hub.model import ItemState
from hub.rent.accounts import ACCOUNTS as RENT_ACCOUNTS
from hub.rent.cash.feed import RENT_CASH
from hub.rent.cash.totals import CASH_TOTALS, TOTAL_LIFE
from hub.rent.holds import HOLD_LIFE
from hub.rent.learned import LEARNED_PAIR
from hub.rent.nec_transactions import NEC_TRANSACTIONS
from hub.rent.refused_files import REFUSED_FILES
from hub.rent.rentack import GENERIC_RENTACK
from hub.rent.renttran import GENERIC_RENTTRAN
from hub.rent.suspense import SUSPENSE
from tests.little import little
from tests.unit.rent.cash_files import ACCOUNTS, LINE, METHODS, PAGE, cash
from tests.unit.rent.rent_files import enveloped
from tests.world import TestClock, World

ROUTES = """
partner: Rent system
routes:
  accounts:
    feed: rent.accounts
    from: {endpoint: in, folder: "", pattern: "RENTACC*.csv"}
    mode: live
    owner: rents-team
  cash_totals:
    feed: rent.cash_totals
    from: {endpoint: in, folder: "", pattern: "totals*.csv"}
    mode: live
    owner: rents-team
  cash:
    feed: rent.cash
    from: {endpoint: in, folder: "", pattern: "CashFile*.dat"}
    to:
      - {output: postings, endpoint: out, folder: "", profile: generic.renttran, options: {landlord: AB}}
      - {output: acknowledgements, endpoint: out, profile: generic.rentack, options: {landlord: AB}}
    options: &cash {totals_from: INCOME}
    mode: live
    owner: rents-team
  unmapped:
    feed: rent.cash
    from: {items: CASH_UNMAPPED, when: mapped}
    to: [{output: postings, endpoint: out, folder: "", profile: generic.renttran, options: {landlord: AB}}]
    options: *cash
    mode: live
    owner: rents-team
  refused:
    feed: rent.refused_files
    from: {items: REFUSED_FILE, each: true}
    to: [{output: acknowledgements, endpoint: out, profile: generic.rentack, options: {landlord: AB}}]
    mode: live
    owner: rents-team
  suspense:
    feed: rent.suspense
    from: {items: SUSPENSE_CLEARED}
    to: [{output: postings, endpoint: out, folder: "", profile: generic.renttran, options: {landlord: AB}}]
    options: {types: cash_methods, type_codes: {}}
    mode: live
    owner: rents-team
"""
UNMAPPED = LINE.replace("PPT", "XXX").replace("112.35", "010.00")


@pytest.fixture
def world(tmp_path):
    made = World(
        tmp_path,
        feeds=[little(), RENT_ACCOUNTS, RENT_CASH, CASH_TOTALS, REFUSED_FILES, SUSPENSE],
        lifecycles=[MILESTONE, HOLD_LIFE, LEARNED_PAIR, TOTAL_LIFE],
        profiles=[GENERIC_RENTTRAN, GENERIC_RENTACK, NEC_TRANSACTIONS],
        clock=TestClock(datetime(2030, 6, 5, 5, 30, tzinfo=UTC)),
    )
    (tmp_path / "config" / "codes").mkdir()
    made.write("config/codes/cash_methods.csv", METHODS)
    made.write("config/routes/rent.yaml", ROUTES)
    rows = [
        f"{one.payment_ref},{one.tenancy_ref},MAIN,{one.rent_group},ACTIVE,,2019-04-01,,,,,,,,,,"
        for one in ACCOUNTS
    ]
    made.arrive("RENTACC.csv", enveloped("RENTACC", rows, "3,0.00,0.00,0.00,5700000077").encode())
    with made.hub() as hub:
        assert [one.state for one in hub.run("accounts").transfers] == ["APPLIED"]
    return made


def night(world, *lines, count=None, total=None, name="CashFile20300605.dat"):
    """The totals that the sender tells, if any, and the file: what became of the file."""
    if count is not None:
        told = f"source,business_date,count,total\nINCOME,2030-06-04,{count},{total}\n"
        world.arrive(f"totals-{total}.csv", told.encode())
    world.arrive(name, cash(*lines))
    with world.hub() as hub:
        hub.run("cash_totals")
        (outcome,) = hub.run("cash").transfers
    return outcome


def files(world, start):
    return sorted(text.decode() for name, text in world.delivered().items() if name.startswith(start))


def posted(world):
    """What was posted: account, type and amount."""
    rows = [line.split(",") for text in files(world, "RENTTRAN") for line in text.splitlines()]
    return [(row[2], row[6], row[9]) for row in rows if row[0] == "D"]


def states(world, transfer):
    with world.hub() as hub, hub.look() as look:
        return {state: pence for state, (_, pence) in look.money(transfer).items()}


def test_a_night_is_compared_posted_and_answered(world):
    outcome = night(world, *PAGE, UNMAPPED, count=5, total="349.25")
    assert outcome.state == "SENT"
    assert posted(world) == [
        ("1900000011", "RPY", "-112.35"),
        ("1900000029", "RCP", "-250.00"),
        ("1900000037", "RDN", "98.20"),
    ]
    (answer,) = files(world, "RENTACK")
    assert answer.splitlines()[1:] == [
        "D,4,19000000X7,E14,payment_ref,unknown account",
        "D,5,1900000011,E16,method_code,unknown code",
        "T,3,-264.15,0,0.00,2,-85.10,0,0.00",
    ]
    assert states(world, outcome.id) == {
        ItemState.WAITING: -1000,
        ItemState.POSTED: -26415,
        ItemState.SUSPENDED: -7510,
    }


def test_what_waits_for_its_code_is_told_grouped_and_posted_once_it_has_one(world):
    night(world, UNMAPPED, UNMAPPED.replace("10.00", "11.00"), count=2, total="21.00")
    with world.hub() as hub:
        assert hub.run("unmapped").transfers == []
        with hub.look() as look:
            (group,) = look.groups_that_are([ItemState.WAITING])
    assert (group.items, group.pence, group.waits_as) == (2, -2100, "CASH_UNMAPPED")
    assert group.reason == "the method XXX is not in cash_methods (E16)"
    assert posted(world) == []
    world.write("config/codes/cash_methods.csv", f"{METHODS}XXX,RXX\n")
    with world.hub() as hub:
        (batch,) = hub.run("unmapped").transfers
        assert hub.run("unmapped").transfers == []
    assert batch.state == "SENT"
    assert posted(world) == [("1900000011", "RXX", "-10.00"), ("1900000011", "RXX", "-11.00")]


def test_the_sender_is_answered_although_nothing_was_taken(world):
    outcome = night(world, PAGE[3], count=1, total="75.10")
    assert outcome.state == "SENT"
    assert posted(world) == []
    assert files(world, "RENTACK")[0].splitlines()[-1] == "T,0,0.00,0,0.00,1,-75.10,0,0.00"
    assert states(world, outcome.id) == {ItemState.SUSPENDED: -7510}


@pytest.mark.parametrize(("count", "total"), [(5, "339.25"), (4, "339.24")])
def test_a_file_that_is_not_what_its_sender_told_posts_nothing(world, count, total):
    assert night(world, *PAGE, count=count, total=total).state == "REJECTED"
    assert world.delivered() == {}


def refusals(world):
    """What the senders of refused files are told, each without its header."""
    with world.hub() as hub:
        hub.run("refused")
    return [text.splitlines()[1:] for text in files(world, "RENTACK")]


def test_the_sender_of_a_refused_file_is_told_what_is_wrong_with_it_once(world):
    spoiled = [PAGE[0], PAGE[1].replace("000250.00", "0002X0.00"), f"{PAGE[2]} "]
    refused = night(world, *spoiled, count=3, total="264.15")
    assert refused.state == "REJECTED"
    told = [
        "D,2,,E12,amount,bad amount",
        "D,3,,E10,,wrong length or columns",
        "T,0,0.00,3,-112.35,0,0.00,0,0.00",
    ]
    assert refusals(world) == [told]
    with world.hub() as hub:
        hub.acts.retry(refused.id, "to see whether it is better now")
        hub.run("cash")
    assert refusals(world) == [told]


def test_a_file_with_other_totals_than_were_told_is_answered_so(world):
    night(world, *PAGE, count=5, total="339.25")
    assert refusals(world) == [["D,1,,E02,count,wrong count", "T,0,0.00,4,-339.25,0,0.00,0,0.00"]]


def test_a_gap_in_the_councils_own_map_is_no_fault_of_the_sender(world):
    nec = ROUTES.replace("profile: generic.renttran, options: {landlord: AB}", "profile: nec.transactions")
    world.write("config/routes/rent.yaml", nec)
    world.write("config/codes/nec_types.csv", "type,nec\nRPY,PAY/PPT/PP\n")
    assert night(world, LINE, PAGE[1], count=2, total="362.35").state == "REJECTED"
    assert refusals(world) == []


def test_a_file_without_the_senders_totals_waits_until_a_person_has_agreed_it(world):
    outcome = night(world, *PAGE)
    assert outcome.state == "HELD"
    assert world.delivered() == {}
    with world.hub(who="carla") as hub:
        hub.acts.release(outcome.id, "agreed with the income system's report by telephone")
        hub.run("cash")
    assert len(posted(world)) == 3


def test_cleared_money_is_posted_under_the_type_of_its_method(world):
    outcome = night(world, PAGE[3], count=1, total="75.10")
    with world.hub(who="ben") as hub:
        hub.suspense.propose(f"{outcome.id}.1", "1900000037", "the tenant rang")
    with world.hub(who="carla") as hub:
        hub.suspense.clear(f"{outcome.id}.1", "seen on the statement")
    with world.hub() as hub:
        hub.run("suspense")
    assert posted(world) == [("1900000037", "RSO", "-75.10")]
    again = night(
        world, PAGE[3].replace("75.10", "75.11"), count=1, total="75.11", name="CashFile20300606.dat"
    )
    assert states(world, again.id) == {ItemState.POSTED: -7511}  # the pair was learned


def test_the_same_payment_in_a_second_file_waits_for_a_person(world):
    night(world, LINE, count=1, total="112.35")
    again = night(world, LINE, PAGE[1], count=2, total="362.35", name="CashFile20300606.dat")
    assert again.state == "HELD"
    assert posted(world) == [("1900000011", "RPY", "-112.35")]


def test_a_type_that_the_rent_systems_own_map_lacks_refuses_the_file_and_a_retry_posts_it(world):
    nec = ROUTES.replace("profile: generic.renttran, options: {landlord: AB}", "profile: nec.transactions")
    world.write("config/routes/rent.yaml", nec)
    world.write("config/codes/nec_types.csv", "type,nec\nRPY,PAY/PPT/PP\n")
    outcome = night(world, LINE, PAGE[1], count=2, total="362.35")
    assert (outcome.state, world.delivered()) == ("REJECTED", {})
    world.write("config/codes/nec_types.csv", "type,nec\nRPY,PAY/PPT/PP\nRCP,PAY/CRD/CC\n")
    with world.hub() as hub:
        hub.acts.retry(outcome.id, "the map is complete now")
        (again,) = hub.run("cash").transfers
    assert again.state == "SENT"
    (text,) = files(world, "DL_HRA_TRANSACTIONS")
    assert [line.split(",")[4:7] for line in text.splitlines()] == [
        ["PAY", "PPT", "PP"],
        ["PAY", "CRD", "CC"],
    ]

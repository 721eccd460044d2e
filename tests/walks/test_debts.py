"""The walk of a debt: it is placed, kept back by a hold, refused by the agency, and paid, late too."""

from __future__ import annotations

from datetime import date

import pytest

from hub.engine.holds import add_hold, end_holds
from hub.finance.bookings import BOOKINGS
from hub.model import ItemState, Move, PromiseState
from hub.rent.holds import HOLD_LIFE
from hub.rent.renttran import GENERIC_RENTTRAN
from hub.transfer.effects import apply_moves
from tests.walks.debts import DEBT, FEEDS, LIFE
from tests.world import World

ENDPOINTS = """
endpoints:
  in: {type: folder, path: ../in}
  out: {type: folder, path: ../out}
"""
ROUTES = """
partner: An agency
routes:
  debts:
    feed: walk.debts
    from: {endpoint: in, pattern: "debts*", then: "archive:done"}
    mode: live
    owner: debts
  placements:
    feed: walk.placements
    from: {items: WALK_PLACEMENT, when: free}
    to: [{output: placement, endpoint: out}]
    expect: {walk.acks: {days: 5, by: "17:00"}}
    mode: live
    owner: debts
  holds:
    feed: walk.holds
    from: {items: WALK_HOLD_CHANGE}
    to: [{output: hold, endpoint: out}]
    schedule: {every: 5m}
    goes_first: true
    mode: live
    owner: debts
  back:
    feeds: [walk.acks, walk.payments, walk.returns, walk.inventory]
    from: {endpoint: in, pattern: "back*", then: "archive:done"}
    to: [{output: posting, endpoint: out, profile: generic.renttran, options: {landlord: FAKE}}]
    mode: live
    owner: debts
"""
TWO = "debt,account,amount\nD1,1900000011,100.00\nD2,1900000022,250.00\n"


@pytest.fixture
def world(tmp_path):
    made = World(
        tmp_path, feeds=[*FEEDS, BOOKINGS], lifecycles=[LIFE, HOLD_LIFE], profiles=[GENERIC_RENTTRAN]
    )
    made.write("config/endpoints.yaml", ENDPOINTS)
    made.write("config/routes/little.yaml", ROUTES)
    return made


def hear(world, name, text, **how):
    world.arrive(name, text.encode())
    return run(world, "debts" if name.startswith("debts") else "back", **how)


def run(world, route, **how):
    with world.hub(who="anna", **how) as hub:
        return hub.run(f"little.{route}").transfers


def states(world, *keys):
    with world.hub() as hub, hub.look() as look:
        return [look.record(DEBT, key).state for key in keys]


def out(world, start):
    found = world.delivered()
    return [found[name].decode() for name in sorted(found) if name.startswith(start)]


def hold(world, account):
    with world.hub(who="anna") as hub:
        add_hold(hub.services, account, "DISPUTE", until=None, reason="a letter came", unknown_account=True)


def release(world, account):
    with world.hub(who="anna") as hub:
        end_holds(hub.services, account, "DISPUTE", "settled")


def test_a_debt_is_placed_once_with_numbers_of_its_own(world):
    hear(world, "debts.csv", TWO)
    assert [outcome.state for outcome in run(world, "placements")] == ["SENT"]
    assert run(world, "placements") == []
    assert out(world, "PLACE") == ["1,D1,100.00\n2,D2,250.00\n"]
    assert states(world, "D1", "D2") == ["PLACED", "PLACED"]


def test_a_hold_cancels_a_placement_that_was_not_sent_and_leaves_no_gap(world):
    hear(world, "debts.csv", TWO)
    held = []

    def boundary(point):
        """The hold comes after the batch was worked, before it is sent."""
        if point == "before_intent" and not held:
            held.append(point)
            hold(world, "1900000011")

    run(world, "placements", boundary=boundary)
    assert out(world, "PLACE") == ["1,D2,250.00\n"]
    assert states(world, "D1", "D2") == ["DRAFT", "PLACED"]
    assert run(world, "placements") == [], "it waits, and is not gathered"
    assert run(world, "holds") == [], "the agency was never told of it"
    release(world, "1900000011")
    run(world, "placements")
    assert out(world, "PLACE")[-1] == "2,D1,100.00\n"


def test_a_hold_on_what_was_placed_is_told_and_taken_back_again(world):
    hear(world, "debts.csv", TWO)
    run(world, "placements")
    hold(world, "1900000022")
    assert states(world, "D1", "D2") == ["PLACED", "ON_HOLD"]
    run(world, "holds")
    release(world, "1900000022")
    run(world, "holds")
    assert out(world, "HOLD") == ["D2,HOLD\n", "D2,RELEASE\n"]


def test_the_agency_hears_of_a_hold_before_anything_else(world):
    hear(world, "debts.csv", TWO)
    run(world, "placements")
    hear(world, "debts2.csv", "debt,account,amount\nD3,1900000033,30.00\n")
    hold(world, "1900000022")
    with world.hub(who="anna") as hub:
        report = hub.run("little.placements")
    assert "before what little.holds has for it" in report.waits
    assert ([one.state for one in report.transfers], len(out(world, "PLACE"))) == (["ACCEPTED"], 1)
    run(world, "holds")
    assert [one.state for one in run(world, "placements")] == ["SENT"]


def test_what_the_agency_refuses_is_a_draft_again_and_the_rest_is_accepted(world):
    hear(world, "debts.csv", TWO)
    (sent,) = run(world, "placements")
    (ack,) = hear(world, "back1.csv", "line,word,why\n1,N,no address\n2,Y,\n")
    assert ack.state == "APPLIED", ack
    assert states(world, "D1", "D2") == ["DRAFT", "ACCEPTED"]
    with world.hub() as hub, hub.look() as look:
        view, promises = look.transfer(sent.id), look.promises(states=PromiseState)
        (asked,) = look.worklist()
    assert view.money == {ItemState.ANSWERED: (2, 35000)}
    assert [promise.state for promise in promises if promise.subject_id == sent.id] == [PromiseState.KEPT]
    assert asked.title == "The agency did not take D1: no address"


def test_a_payment_is_posted_gross_with_its_commission_apart_and_what_was_paid_here_is_noted(world):
    hear(world, "debts.csv", TWO)
    run(world, "placements")
    with world.hub() as hub:
        closed = Move(kind=DEBT, key="D2", to="CLOSED", data={"closed": "2026-07-01"})
        hub.services.commit(lambda conn: apply_moves(conn, hub.services, [closed], who="anna"))
    rows = [
        "D1,PA,44.00,4.40,2026-11-02",
        "D1,PAR,-4.00,-0.40,2026-11-02",
        "D1,DP,5.00,0.50,2026-11-02",
        "D2,PA,10.00,1.00,2026-09-29",
    ]
    rows += ["D2,PA,7.00,0.70,2026-09-30", "D9,PA,3.00,0.30,2026-11-02"]
    text = "\n".join(["debt,kind,gross,commission,day", *rows]) + "\n"
    (money,) = hear(world, "back2.csv", text)
    assert money.state == "SENT"
    with world.hub() as hub, hub.look() as look:
        view = look.transfer(money.id)
    assert view.money == {
        ItemState.POSTED: (3, -5000),
        ItemState.NOTED: (1, -500),
        ItemState.SUSPENDED: (2, -1000),
    }
    with world.hub() as hub, hub.look() as look:
        (billed,) = look.items_that_are([ItemState.WAITING])
    assert (billed.waits_as, billed.amount) == ("SUPPLIER_INVOICE", 500)
    assert date(2026, 7, 1).toordinal() + 90 == date(2026, 9, 29).toordinal()


def test_what_is_given_back_is_closed_and_the_two_lists_are_compared(world):
    hear(world, "debts.csv", TWO)
    run(world, "placements")
    hear(world, "back1.csv", "line,word,why\n1,Y,\n2,Y,\n")
    (listed,) = hear(world, "back2.csv", "debt,balance\nD2,250.00\nD7,1.00\n")
    with world.hub() as hub, hub.look() as look:
        (stranger,) = look.items_that_are([ItemState.HELD])
        titles = [entry.title for entry in look.worklist()]
    assert (listed.state, stranger.reference) == ("APPLIED", "D7")
    assert titles == ["The agency's list does not name D1"]
    hear(world, "back3.csv", "debt,code\nD2,GNA\n")
    assert states(world, "D1", "D2") == ["ACCEPTED", "CLOSED"]

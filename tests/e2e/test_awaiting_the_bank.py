"""Money files that await the bank: wholly, in parts, or only expected. What lies at the partner is counted by
a few lines of the tests' own."""

from __future__ import annotations

import re

import pytest

from hub.bank.receipts import RECEIPTS
from hub.bank.records import ACCOUNT_LIFE, DUE_LIFE, LINE_LIFE
from hub.config.people import Viewer
from hub.config.settings import Role
from hub.door.feed import RegisterChange
from hub.door.milestone import MILESTONE
from hub.engine.bank import close_line, reopen_line
from hub.engine.overdue import overdue
from hub.errors import UsageError
from hub.model import ItemState, TransferState
from hub.rent.learned import LEARNED_PAIR
from hub.rent.renttran import GENERIC_RENTTRAN
from hub.rent.suspense import SUSPENSE
from hub.store import queries
from tests.banking import ACCOUNT_NUMBER, SORT_CODE, Entry, Statement, mt940
from tests.little import little
from tests.world import World

BANK = f"""
partner: Bank
routes:
  receipts:
    feed: bank.receipts
    from: {{endpoint: in, pattern: "*.mt940", then: "archive:done"}}
    options:
      accounts: {{rent_income: {{sort_code: "{SORT_CODE}", account_number: "{ACCOUNT_NUMBER}"}}}}
      money: {{dwp: {{says: DWP UC, file_within: 10}}}}
    in_order: true
    mode: live
    owner: income-team
"""
FILE = b"ABC001-0051333\nABC002-0047384\nNOA003-0002210\n"
"""1,009.27 came in: 987.17 for accounts, 22.10 for nobody's."""


@pytest.fixture
def world(tmp_path):
    world = World(
        tmp_path,
        feeds=[little(checks=()), RECEIPTS],
        lifecycles=[MILESTONE, ACCOUNT_LIFE, LINE_LIFE, DUE_LIFE],
    )
    world.write("config/routes/bank.yaml", BANK)
    awaits(world)
    return world


def awaits(world, more=""):
    world.change_route(f"awaits: {{money: dwp{more}}}")


def statement(world, number, *entries, opening=100_000):
    world.arrive(f"{number}.mt940", mt940(Statement(number, opening, entries, world.clock.at.date())))
    with world.hub() as hub:
        (came,) = hub.run("receipts").transfers
    assert came.state == "APPLIED", came.reason
    return opening + sum(entry.pence for entry in entries)


def file(world, content=FILE, name="s7.txt"):
    world.arrive(name, content)
    return run(world)


def run(world, route="payments"):
    with world.hub() as hub:
        return hub.run(route).transfers


def gone(world):
    """Pence at the partner, by reference."""
    lines = b"".join(world.delivered().values()).decode()
    return {ref: int(pence) for ref, pence in re.findall(r"^([A-Z]{3}\d{3})([+-]\d+)$", lines, re.MULTILINE)}


def records(world, kind):
    with world.hub() as hub, hub.look() as look:
        return {record.key: record for record in look.records(kind)}


def line(world):
    (found,) = records(world, "bank_line").values()
    return found


PAID = Entry(100_927, "DWP UC SCHEDULE S0007", "S0007")


def test_a_file_is_checked_matched_and_waits_until_the_bank_shows_its_money(world):
    (waits,) = file(world)
    assert waits.state == "STAGED"
    assert "awaits the bank: 0.00 of 1009.27 is there (dwp" in waits.reason
    assert {state: pence for state, (_, pence) in waits.money.items()} == {
        ItemState.TAKEN: -98_717,
        ItemState.SUSPENDED: -2_210,
    }
    assert gone(world) == {}
    statement(world, 1, PAID)
    (went,) = run(world)
    assert (went.id, went.state) == (waits.id, "SENT")
    assert gone(world) == {"ABC001": -51_333, "ABC002": -47_384}
    assert run(world) == []


def test_money_that_is_there_first_lets_the_file_through_at_once(world):
    statement(world, 1, PAID)
    assert line(world).state == "OPEN"
    (went,) = file(world)
    assert went.state == "SENT"
    assert (line(world).state, line(world).data["left"]) == ("MATCHED", 0)


@pytest.mark.parametrize("pence", [100_926, 100_928])
def test_a_penny_too_few_or_many_lets_nothing_go(world, pence):
    statement(world, 1, Entry(pence, "DWP UC"))
    (waits,) = file(world)
    assert f"{pence // 100}.{pence % 100} of 1009.27 is there" in waits.reason
    assert gone(world) == {}


def test_a_penny_may_be_tolerated_where_the_route_says_so(world):
    awaits(world, ", tolerance: 0.01")
    statement(world, 1, Entry(100_926, "DWP UC"))
    assert file(world)[0].state == "SENT"


@pytest.mark.parametrize(
    ("entry", "why"),
    [
        (Entry(100_927, "FAKE AGENCY"), "another kind of money"),
        (Entry(-100_927, "DWP UC RECALLED"), "it went out"),
    ],
)
def test_other_money_of_the_same_sum_lets_nothing_go(world, entry, why):
    statement(world, 1, entry)
    assert file(world)[0].state == "STAGED", why


def test_money_of_other_days_lets_nothing_go(world):
    file(world)
    world.clock.turn(days=6)
    statement(world, 1, PAID)
    assert run(world)[0].state == "STAGED"
    assert gone(world) == {}


def test_one_credit_lets_several_files_go_together(world):
    statement(world, 1, Entry(30_000, "DWP UC"))
    (first,) = file(world, b"ABC001-0010000\n", "a.txt")
    assert first.state == "STAGED"
    both = file(world, b"ABC002-0020000\n", "b.txt")
    assert {one.state for one in both} <= {"SENT", "STAGED"}
    run(world)
    assert gone(world) == {"ABC001": -10_000, "ABC002": -20_000}
    assert line(world).state == "MATCHED"


def test_one_penny_at_the_bank_lets_one_file_go(world):
    """Two files of one sum, and one credit: the older goes, the other waits for its own."""
    file(world, b"ABC001-0010000\n", "a.txt")
    file(world, b"ABC002-0010000\n", "b.txt")
    closing = statement(world, 1, Entry(10_000, "DWP UC"))
    run(world)
    assert gone(world) == {"ABC001": -10_000}
    statement(world, 2, Entry(10_000, "DWP UC"), opening=closing)
    run(world)
    assert gone(world) == {"ABC001": -10_000, "ABC002": -10_000}


def test_only_the_part_that_is_covered_is_posted_and_the_rest_waits(world):
    awaits(world, ", lets_go: part, each: reference")
    statement(world, 1, Entry(51_333, "DWP UC"))
    (went,) = file(world)
    assert went.state == "SENT"
    assert gone(world) == {"ABC001": -51_333}
    assert {state: pence for state, (_, pence) in went.money.items()} == {
        ItemState.POSTED: -51_333,
        ItemState.WAITING: -47_384,
        ItemState.SUSPENDED: -2_210,
    }
    assert run(world) == []
    statement(world, 2, Entry(47_384, "DWP UC"), opening=100_000 + 51_333)
    (behind,) = run(world)
    assert (behind.state, behind.name.startswith("batch-AWAITING_CASH")) == ("SENT", True)
    assert gone(world) == {"ABC001": -51_333, "ABC002": -47_384}
    assert run(world) == []


def test_nothing_of_a_file_in_parts_goes_while_nothing_is_there(world):
    awaits(world, ", lets_go: part, each: item")
    (waits,) = file(world)
    assert waits.state == "STAGED"
    assert "in 3 of 3 parts" in waits.reason


def test_a_line_counts_only_where_it_quotes_the_part(world):
    awaits(world, ", lets_go: part, each: reference, quoted: true")
    statement(world, 1, Entry(51_333, "DWP UC NO REFERENCE"), Entry(47_384, "DWP UC", "ABC-002"))
    file(world)
    assert gone(world) == {"ABC002": -47_384}


def test_a_line_may_hold_more_than_its_file(world):
    awaits(world, ", shares: true")
    statement(world, 1, Entry(150_000, "DWP UC"))
    assert file(world)[0].state == "SENT"
    assert (line(world).state, line(world).data["left"]) == ("PART", 49_073)


def test_what_is_only_expected_goes_at_once_and_is_told_when_it_does_not_come(world):
    awaits(world, ", lets_go: at_once, within: 1")
    assert file(world)[0].state == "SENT"
    world.clock.turn(days=2)
    run(world)
    assert [due.owner for due in late(world)] == ["tests"]
    statement(world, 1, PAID)
    assert late(world) == []


def late(world):
    with world.hub() as hub, hub.look() as look:
        return [due for due in overdue(hub.services, look) if due.late]


def test_money_without_its_file_is_told_after_its_days_with_the_owner(world):
    statement(world, 1, PAID)
    world.clock.turn(days=14)
    assert late(world) == []
    world.clock.turn(days=3)
    (told,) = late(world)
    assert told.owner == "income-team"
    assert "a file explains 1009.27 of dwp that is at the bank since 2026-11-02" in told.what


def test_a_file_without_its_money_is_told_after_its_days_with_the_owner(world):
    file(world)
    world.clock.turn(days=4)
    (told,) = late(world)
    assert told.owner == "tests"
    assert "the bank shows 1009.27 of dwp" in told.what


def test_a_withdrawn_file_gives_its_line_back(world):
    world.change_route("awaits: {money: dwp}", "hold: {above_count: 1}")
    statement(world, 1, PAID)
    (held,) = file(world)
    assert (held.state, line(world).state) == ("HELD", "MATCHED")
    with world.hub() as hub:
        hub.acts.withdraw(held.id, "the wrong file")
    assert (line(world).state, line(world).data["left"]) == ("OPEN", 100_927)
    assert [due.state for due in records(world, "bank_due").values()] == ["VOID"]


def test_a_file_that_is_refused_awaits_nothing(world):
    (refused,) = file(world, b"ABC001-0051333\nbroken\n")
    assert refused.state == "REJECTED"
    assert records(world, "bank_due") == {}


def test_a_statement_whose_line_lets_a_file_go_is_not_taken_back(world):
    statement(world, 1, PAID)
    file(world)
    with world.hub() as hub, hub.look() as look:
        came = next(row for row in look.transfers(route="bank.receipts"))
        with pytest.raises(UsageError, match="bank_line .* has moved on since"):
            hub.acts.withdraw(came.id, "the bank corrects it")


def test_a_file_that_waits_can_be_withdrawn_and_its_money_is_told_then(world):
    (waits,) = file(world)
    with world.hub() as hub:
        assert hub.acts.withdraw(waits.id, "sent twice").state is TransferState.WITHDRAWN
    statement(world, 1, PAID)
    assert run(world) == []
    assert (gone(world), line(world).state) == ({}, "OPEN")


def test_a_rehearsal_awaits_nothing_and_says_so(world):
    path = world.folder / "config/routes/little.yaml"
    path.write_text(path.read_text().replace("mode: live", "mode: rehearse"))
    (tried,) = file(world)
    assert tried.state == "SENT"
    with world.hub() as hub, hub.look() as look:
        assert "BANK" in {finding.check for finding in look.findings(tried.id)}
    assert records(world, "bank_due") == {}


def viewer(login, *roles):
    return Viewer(login, login, frozenset(roles))


CLERK, APPROVER = viewer("ben", Role.CLERK), viewer("carla", Role.APPROVER)


def due_of(world):
    (key,) = records(world, "bank_due")
    return key


def proposed(world, who=CLERK):
    with world.hub(viewer=who) as hub:
        return hub.agreements.propose_letting_go(due_of(world), "the bank confirms it by telephone").id


def test_two_people_let_a_file_go_without_the_bank(world):
    file(world)
    entry = proposed(world)
    with world.hub(viewer=APPROVER) as hub:
        hub.agreements.agree(entry, "seen the confirmation")
    assert run(world)[0].state == "SENT"
    (due,) = records(world, "bank_due").values()
    assert due.state == "RELEASED"
    statement(world, 1, PAID)
    assert (line(world).state, records(world, "bank_due")[due.key].state) == ("MATCHED", "COVERED")
    assert gone(world) == {"ABC001": -51_333, "ABC002": -47_384}


def test_nobody_lets_go_what_they_proposed(world):
    file(world)
    both = viewer("dora", Role.CLERK, Role.APPROVER)
    entry = proposed(world, both)
    with world.hub(viewer=both) as hub, pytest.raises(UsageError, match="somebody else must approve"):
        hub.agreements.agree(entry, "me too")
    assert gone(world) == {}
    assert [due.state for due in records(world, "bank_due").values()] == ["AWAITED"]


def test_a_clerk_alone_lets_nothing_go(world):
    file(world)
    entry = proposed(world)
    with world.hub(viewer=viewer("eve", Role.CLERK)) as hub, pytest.raises(UsageError, match="may not"):
        hub.agreements.agree(entry, "yes")


def test_what_is_not_agreed_waits_on_and_may_be_proposed_again(world):
    file(world)
    entry = proposed(world)
    with world.hub(viewer=APPROVER) as hub:
        hub.agreements.refuse(entry, "ask the bank first")
    assert run(world)[0].state == "STAGED"
    assert proposed(world) != entry


def test_money_that_comes_before_they_agree_leaves_nothing_to_agree_to(world):
    file(world)
    entry = proposed(world)
    statement(world, 1, PAID)
    with (
        world.hub(viewer=APPROVER) as hub,
        pytest.raises(UsageError, match="is COVERED: nothing of it waits"),
    ):
        hub.agreements.agree(entry, "yes")


def test_a_part_may_be_let_go_alone(world):
    awaits(world, ", lets_go: part, each: reference")
    statement(world, 1, Entry(51_333, "DWP UC"))
    file(world)
    key = next(key for key in records(world, "bank_due") if key.endswith("/ABC002"))
    with world.hub(viewer=CLERK) as hub:
        entry = hub.agreements.propose_letting_go(key, "the bank is late")
    with world.hub(viewer=APPROVER) as hub:
        hub.agreements.agree(entry.id, "so it is")
    run(world)
    assert gone(world) == {"ABC001": -51_333, "ABC002": -47_384}


def test_a_line_that_somebody_explains_is_awaited_no_more(world):
    statement(world, 1, PAID)
    (key,) = records(world, "bank_line")
    with world.hub() as hub:
        close_line(hub.services, key, "paid to the wrong council, sent back")
    world.clock.turn(days=30)
    assert late(world) == []
    assert file(world)[0].state == "STAGED"
    with world.hub() as hub:
        reopen_line(hub.services, key, "it was ours after all")
    assert run(world)[0].state == "SENT"


def test_suspended_money_of_a_part_is_not_posted_before_the_bank_shows_it(world):
    """It may be placed; what was cleared waits with the rest of its part."""
    world.feeds.append(SUSPENSE)
    world.lifecycles.append(LEARNED_PAIR)
    world.profiles.append(GENERIC_RENTTRAN)
    world.write("config/routes/rent.yaml", CLEARING)
    awaits(world, ", lets_go: part, each: reference")
    statement(world, 1, Entry(51_333, "DWP UC"))
    (went,) = file(world)
    with world.hub(who="ben") as hub:
        change = RegisterChange({"R1": ({"payment_ref": "R1", "tenancy_ref": None}, {})})
        hub.store.write(lambda conn: queries.apply_register(conn, hub.store.keys, change, went.id))
        with hub.look() as look:
            ((suspended, _),) = look.suspense()
        hub.suspense.propose(suspended.id, "R1", "the tenant rang")
    with world.hub(who="carla") as hub:
        hub.suspense.clear(suspended.id, "seen")
        assert hub.run("suspense").transfers == []
    statement(world, 2, Entry(2_210, "DWP UC"), opening=151_333)
    assert [one.state for one in run(world, "suspense")] == ["SENT"]


CLEARING = """
partner: Rent system
routes:
  suspense:
    feed: rent.suspense
    from: {items: SUSPENSE_CLEARED}
    to: [{output: postings, endpoint: out, folder: "", profile: generic.renttran, options: {landlord: FAKE}}]
    options: {type_codes: {PAYMENT: RPY}, kinds: {PAYMENT: RECEIPT}}
    mode: live
    owner: tests
"""

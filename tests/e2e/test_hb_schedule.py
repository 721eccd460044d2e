"""A schedule of another council waits until the bank shows its net sum, to the penny; then it posts."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from hub.bank.receipts import RECEIPTS
from hub.bank.records import ACCOUNT_LIFE, DUE_LIFE, LINE_LIFE
from hub.door.feed import RegisterChange
from hub.door.milestone import MILESTONE
from hub.rent.learned import LEARNED_PAIR
from hub.rent.renttran import GENERIC_RENTTRAN
from hub.store import queries
from plugins.housing_benefit.claims import CLAIM_LIFE
from plugins.housing_benefit.schedules import SCHEDULE_FEED
from tests.banking import ACCOUNT_NUMBER, SORT_CODE, Entry, Statement, mt940
from tests.little import little
from tests.unit.housing_benefit.schedule_files import Paid, schedule
from tests.world import World

ROUTES = f"""
partner: Another council
routes:
  receipts:
    feed: bank.receipts
    from: {{endpoint: in, pattern: "*.mt940", then: "archive:done"}}
    options:
      accounts: {{rent_income: {{sort_code: "{SORT_CODE}", account_number: "{ACCOUNT_NUMBER}"}}}}
      money: {{housing_benefit: {{says: HB SCHEDULE}}}}
    mode: live
    owner: income-team
  schedules:
    feed: housing_benefit.schedules
    from: {{endpoint: in, pattern: "*.csv", then: "archive:done"}}
    to: [{{output: postings, endpoint: out, profile: generic.renttran, options: {{landlord: FAKESHIRE}}}}]
    options: {{creditor_refs: ["FAKE-CRED-1"]}}
    awaits: {{money: housing_benefit}}
    mode: live
    owner: income-team
"""
DEBTOR = "90000099K"
FILE = schedule(Paid(), Paid(claim="90000034C", rent_ref="FAKE0003/1", deduction=46_20, debtor=DEBTOR))
"""753.80 at the bank: 400.00 to each of two tenants, less what a third one owes."""


@pytest.fixture
def world(tmp_path):
    world = World(
        tmp_path,
        feeds=[little(), RECEIPTS, SCHEDULE_FEED],
        lifecycles=[MILESTONE, ACCOUNT_LIFE, LINE_LIFE, DUE_LIFE, LEARNED_PAIR, CLAIM_LIFE],
        profiles=[GENERIC_RENTTRAN],
    )
    world.clock.at = datetime(2026, 4, 17, 9, tzinfo=UTC)
    world.write("config/routes/council.yaml", ROUTES)
    world.arrive("first.txt", b"ABC001-0000002\n")
    rows = {
        f"190000000{n}": (
            {"payment_ref": f"190000000{n}", "tenancy_ref": f"FAKE000{n}/1", "claim_ref": claim},
            {},
        )
        for n, claim in ((1, None), (2, DEBTOR), (3, None))
    }
    with world.hub() as hub:
        (came,) = hub.run("little.payments").transfers
        keys = hub.store.keys
        hub.store.write(lambda conn: queries.apply_register(conn, keys, RegisterChange(rows), came.id))
    return world


def shown(world, pence):
    """The bank's statement shows a credit."""
    entry = Entry(pence, "HB SCHEDULE S0042", "S0042")
    world.arrive("1.mt940", mt940(Statement(1, 100_000, (entry,), world.clock.at.date())))
    with world.hub() as hub:
        (came,) = hub.run("receipts").transfers
    assert came.state == "APPLIED", came.reason


def run(world):
    with world.hub() as hub:
        return hub.run("schedules").transfers


def posted(world):
    files = [data.decode() for name, data in world.delivered().items() if name.startswith("RENTTRAN")]
    lines = [line.split(",") for text in files for line in text.splitlines() if line.startswith("D")]
    return {line[2]: line[9] for line in lines}


def test_it_posts_once_the_bank_shows_its_net_sum(world):
    world.arrive("s0042.csv", FILE)
    (waits,) = run(world)
    assert (waits.state, "0.00 of 753.80 is there" in waits.reason) == ("STAGED", True)
    assert posted(world) == {}
    shown(world, 753_80)
    (went,) = run(world)
    assert went.state == "SENT"
    assert posted(world) == {"1900000001": "-400.00", "1900000003": "-400.00", "1900000002": "46.20"}
    assert run(world) == []


@pytest.mark.parametrize("pence", [753_79, 753_81])
def test_a_penny_less_or_more_posts_nothing(world, pence):
    shown(world, pence)
    world.arrive("s0042.csv", FILE)
    (waits,) = run(world)
    assert waits.state == "STAGED"
    assert posted(world) == {}


def test_the_same_schedule_under_another_name_and_with_other_bytes_posts_nothing(world):
    shown(world, 753_80)
    world.arrive("s0042.csv", FILE)
    run(world)
    world.arrive("again.csv", FILE)
    assert run(world)[0].state == "DUPLICATE"
    world.arrive("other.csv", schedule(Paid()))
    (other,) = run(world)
    assert (other.state, "came before" in other.reason) == ("REJECTED", True)

"""The walk of benefit: compared with its totals, posted in part, cleared by two, learned, to the penny."""

from __future__ import annotations

from datetime import date
from io import BytesIO

import pytest

from hub.door.feed import RegisterChange
from hub.door.milestone import MILESTONE
from hub.engine.milestones import set_milestone
from hub.engine.suspense_book import place_all
from hub.errors import ConfigError, StoreError, UsageError
from hub.model import ItemState
from hub.rent.learned import LEARNED_PAIR, PAIR
from hub.rent.renttran import GENERIC_RENTTRAN
from hub.rent.suspense import SUSPENSE
from hub.rent.suspense_book import BOOK, read_book
from hub.store import queries
from tests.walks.benefits import FEEDS, TOTAL_LIFE
from tests.world import HUB, World

ENDPOINTS = """
endpoints:
  in: {type: folder, path: ../in}
  out: {type: folder, path: ../out}
"""
ROUTES = """
partner: Benefits
routes:
  totals:
    feed: walk.benefit_totals
    from: {endpoint: in, pattern: "totals*", then: "archive:done"}
    mode: live
    owner: rents
  benefit:
    feed: walk.benefit
    from: {endpoint: in, pattern: "benefit*", then: "archive:done"}
    FORMAT
    to: [{output: posting, endpoint: out, profile: generic.renttran, options: {landlord: FAKE}}]
    in_order: true
    after: debit_raised
    mode: live
    owner: rents
  cleared:
    feed: rent.suspense
    from: {items: SUSPENSE_CLEARED}
    options: {type_codes: {BENEFIT: RHB}, suspense_posted: true, suspense_account: SSSSSS}
    to: [{output: postings, endpoint: out, profile: generic.renttran, options: {landlord: FAKE}}]
    mode: live
    owner: rents
"""
FIRM = "format: firm\n    options: {expected_total: sidecar, max_weekly: 50000}"


def row(kind, claim, tenancy, pence, day="2026-11-02"):
    return f"{kind}{claim:9}{tenancy:12}{pence:+010d}{day}\n"


def nine(*money):
    head = "kind,claim,reference,gross,net,scheme,area,officer,day\n"
    return head + "".join(
        f"P,C{n},T100,{gross},{net},,,,2026-11-02\n" for n, (gross, net) in enumerate(money)
    )


FIRST = (
    row("P", "CLAIM0001", "T100", 37433)
    + row("P", "CLAIM0002", "T109", 16000)
    + row("O", "CLAIM0003", "T100", -4000)
)


@pytest.fixture
def world(tmp_path):
    made = World(
        tmp_path,
        feeds=[*FEEDS, SUSPENSE],
        lifecycles=[MILESTONE, LEARNED_PAIR, TOTAL_LIFE],
        profiles=[GENERIC_RENTTRAN],
    )
    made.write("config/hub.yaml", f"{HUB}milestones: [debit_raised]\n")
    made.write("config/endpoints.yaml", ENDPOINTS)
    configure(made, FIRM)
    (came,) = arrives(made, "totals", "day,total\n2026-11-02,494.33\n2026-11-03,160.00\n", "totals")
    register(made, came.id, R100="T100", R101="T101")
    return made


def configure(world, way):
    world.write("config/routes/little.yaml", ROUTES.replace("FORMAT", way))


def register(world, transfer, **tenancies):
    known = {
        ref: ({"payment_ref": ref, "tenancy_ref": t, "claim_ref": f"CLAIM{ref}"}, {})
        for ref, t in tenancies.items()
    }
    with world.hub() as hub:
        keys = hub.store.keys
        hub.store.write(lambda conn: queries.apply_register(conn, keys, RegisterChange(known), transfer))


def raised(world, day):
    with world.hub(who="olga") as hub:
        set_milestone(hub.services, "debit_raised", day, "the debit was run")


def arrives(world, name, text, route="benefit"):
    world.arrive(f"{name}.txt", text.encode())
    return run(world, route)


def run(world, route):
    with world.hub(who="anna") as hub:
        return hub.run(f"little.{route}").transfers


def money(world, outcome):
    with world.hub() as hub, hub.look() as look:
        return look.transfer(outcome.id).money


def worked(world):
    raised(world, date(2026, 11, 2))
    (file,) = arrives(world, "benefit1", FIRST)
    return file


def suspended(world):
    with world.hub() as hub, hub.look() as look:
        ((item, _),) = look.suspense()
    return item


def posted(world):
    files = [text.decode() for name, text in sorted(world.delivered().items()) if name.startswith("RENTTRAN")]
    lines = [line.split(",") for text in files for line in text.splitlines() if line.startswith("D")]
    return [(line[2], line[4], line[9], line[8]) for line in lines]


def test_it_waits_for_the_debit_and_no_later_file_overtakes_it(world):
    (first,) = arrives(world, "benefit1", FIRST)
    raised(world, date(2026, 11, 3))
    (_, second) = arrives(world, "benefit2", row("P", "CLAIM0001", "T100", 16000, "2026-11-03"))
    assert (first.state, second.state) == ("STAGED", "STAGED")
    raised(world, date(2026, 11, 2))
    assert [one.state for one in run(world, "benefit")] == ["SENT", "SENT"]
    assert [pounds for _, _, pounds, _ in posted(world)] == ["-374.33", "-160.00"]


def test_posted_suspended_and_held_come_to_what_came_in(world):
    file = worked(world)
    assert money(world, file) == {
        ItemState.POSTED: (1, -374_33),
        ItemState.SUSPENDED: (1, -160_00),
        ItemState.HELD: (1, 40_00),
    }
    item = suspended(world)
    assert (item.reason, item.candidates[0]) == ("no rent account, or more than one, fits (E14)", "R100")
    assert posted(world) == [("R100", "BENEFIT", "-374.33", "2026-11-02")], "only what is sure"
    with world.hub() as hub, hub.look() as look:
        (held,) = (one for one in look.items(file.id) if one.state is ItemState.HELD)
    assert held.reason.startswith("OPD:")


def test_nothing_is_posted_that_comes_to_another_total_than_was_told(world):
    raised(world, date(2026, 11, 2))
    (file,) = arrives(world, "benefit1", FIRST.replace("37433", "37434"))
    assert (file.state, posted(world)) == ("HELD", [])


def test_what_was_paid_before_and_what_no_week_comes_to_wait(world):
    worked(world)
    configure(world, "format: firm\n    options: {max_weekly: 50000}")
    again, lump = row("P", "CLAIM0001", "T100", 37433), row("P", "CLAIM0004", "T101", 50001)
    (file,) = arrives(world, "benefit2", again + lump)
    assert money(world, file) == {ItemState.HELD: (2, -874_34)}
    with world.hub() as hub, hub.look() as look:
        assert [one.message[:6] for one in look.findings(file.id)] == ["REPEAT", "it is "]


def test_two_people_place_it_a_contra_pair_leaves_once_and_the_next_needs_nobody(world):
    file = worked(world)
    item = suspended(world)
    header = ",".join(field.name for field in BOOK.fields[:7])
    book = f"{header}\n{item.id},T109,2026-11-02,-160.00,R101,,\n"
    with world.hub(who="ben") as hub:
        place_all(hub.services, hub.suspense, read_book(BytesIO(book.encode())), "the tenant moved")
        with pytest.raises((UsageError, StoreError), match="ben"):
            hub.suspense.clear(item.id, "myself")
    assert run(world, "cleared") == [], "one person's word moves nothing"
    with world.hub(who="carla") as hub:
        hub.suspense.clear(item.id, "seen in the tenancy file")
    (batch,) = run(world, "cleared")
    assert (batch.state, run(world, "cleared")) == ("SENT", [])
    assert posted(world)[1:] == [
        ("SSSSSS", "TRANSFER", "160.00", "2026-11-02"),
        ("R101", "TRANSFER", "-160.00", "2026-11-02"),
    ]
    assert money(world, file)[ItemState.POSTED] == (2, -534_33)
    raised(world, date(2026, 11, 3))
    (later,) = arrives(world, "benefit2", row("P", "CLAIM0002", "T109", 16000, "2026-11-03"))
    assert money(world, later) == {ItemState.POSTED: (1, -160_00)}
    with world.hub() as hub, hub.look() as look:
        (pair,) = look.records(kind=PAIR)
    assert (pair.account, pair.state) == ("R101", "ACTIVE")


def test_nine_columns_need_to_be_told_which_money_is_posted_and_may_credit_by_a_minus(world):
    raised(world, date(2026, 11, 2))
    configure(world, "format: nine")
    with pytest.raises(ConfigError, match="posted_value_column"), world.hub():
        pass
    configure(world, 'format: nine\n    options: {posted_value_column: net, credit_sign: "-"}')
    (file,) = arrives(world, "benefit1", nine(("-90.00", "-80.00"), ("-70.00", "-60.00")))
    assert money(world, file) == {ItemState.POSTED: (2, -140_00)}


def test_a_claim_finds_an_account_only_where_the_route_says_so(world):
    states = []
    for name, word in (("benefit2", "false"), ("benefit3", "true")):
        configure(world, f"format: firm\n    options: {{allow_claim_match: {word}}}")
        day = "2026-11-02" if word == "false" else "2026-11-03"
        raised(world, date.fromisoformat(day))
        (file,) = arrives(world, name, row("P", "CLAIMR100", "T888", 1000, day))
        states += money(world, file)
    assert states == [ItemState.SUSPENDED, ItemState.POSTED]

"""Two walks through the product's own feeds: one item each, to its end.

Of `bacs.submission` that is in `e2e/test_records.py` and `e2e/test_closing_the_loop.py`, of `bacs.arudd` in
`e2e/test_submissions.py` and `e2e/test_foreign_reports.py`, of credit notes in
`e2e/test_agresso_documents.py`.
"""

from __future__ import annotations

from hub.door.feed import RegisterChange
from hub.door.milestone import MILESTONE
from hub.model import ItemState
from hub.rent.cash.totals import TOTAL_LIFE
from hub.rent.learned import LEARNED_PAIR
from hub.rent.renttran import GENERIC_RENTTRAN
from hub.rent.suspense import SUSPENSE
from hub.store import queries
from hub.testing.dwp_api import DwpApi
from plugins.housing_benefit.claims import CLAIM_LIFE
from plugins.housing_benefit.feeds import POSTINGS
from tests.asking_dwp import ALEX, OFFICER, PEOPLE, Ground, enquiries, enquiry
from tests.e2e.test_hb_held_rows import ROUTES as BENEFITS
from tests.e2e.test_suspense import ROUTE as CLEARED
from tests.little import little
from tests.unit.housing_benefit.posting_files import OVERPAYMENT, Row, posting_file
from tests.world import World

MONEY, BENEFIT = "{{PAYMENT: RPY}}, kinds: {{PAYMENT: RECEIPT}}", "{{BENEFIT: RHB}}"


# housing_benefit.postings and suspense


def test_benefit_is_posted_suspended_held_and_placed_to_the_penny(tmp_path):
    world = World(
        tmp_path,
        feeds=[little(), POSTINGS, SUSPENSE],
        lifecycles=[MILESTONE, LEARNED_PAIR, CLAIM_LIFE, TOTAL_LIFE],
        profiles=[GENERIC_RENTTRAN],
    )
    world.write("config/routes/benefits.yaml", BENEFITS)
    world.write("config/routes/rent.yaml", CLEARED.replace(MONEY, BENEFIT).format(options=""))
    world.clock.at = world.clock.at.replace(month=5, day=11)
    known = {"payment_ref": "1900000001", "tenancy_ref": "FAKE0001/1", "balance": -100_000}
    world.arrive("first.txt", b"ABC001-0000002\n")
    with world.hub() as hub:
        (came,) = hub.run("little.payments").transfers
        keys, change = hub.store.keys, RegisterChange({"1900000001": (known, {})})
        hub.store.write(lambda conn: queries.apply_register(conn, keys, change, came.id))
    stranger = Row(claim="90000099X", rent_ref="FAKE0099/1", gross=16000, weekly=8000)
    world.arrive("a.dat", posting_file(Row(gross=37433, weekly=18717), stranger, OVERPAYMENT))
    with world.hub() as hub:
        (file,) = hub.run("postings").transfers
        with hub.look() as look:
            money = look.transfer(file.id).money
            ((suspended, _),) = look.suspense()
    assert money == {
        ItemState.POSTED: (1, -374_33),
        ItemState.SUSPENDED: (1, -160_00),
        ItemState.HELD: (1, 40_00),
    }
    with world.hub(who="ben") as hub:
        hub.suspense.propose(suspended.id, "1900000001", "the tenant moved")
    with world.hub(who="carla") as hub:
        hub.suspense.clear(suspended.id, "seen")
        (batch,) = hub.run("suspense").transfers
        with hub.look() as look:
            after = look.transfer(file.id).money
    assert (batch.state, sum(pence for _, pence in after.values())) == ("SENT", -534_33 + 40_00)
    assert after[ItemState.POSTED] == (2, -534_33)


# dwp_cis.enquiry


def test_an_enquiry_goes_to_an_officer_while_dwp_is_away_and_every_attempt_is_recorded(tmp_path):
    ground = Ground(tmp_path)
    route = tmp_path / "config/routes/dwp.yaml"
    target = "{output: citizen_api, endpoint: dwp"
    instead = f"{target}, otherwise: {{output: manual, endpoint: screens, after: 4h}}"
    route.write_text(route.read_text().replace(target, instead))
    ground.agree()
    assert ground.put("wanted", enquiries(enquiry("R1", ALEX))).state == "APPLIED"
    ground.ask(3, hours=2)
    with ground.hub(OFFICER) as hub, hub.look() as look:
        (entry,) = (one for one in look.worklist() if one.kind == "hand_over")
        (row,) = (one for one in look.transfers() if one.route == "dwp.ask")
        view = look.transfer(row.id)
    assert [(one.endpoint, one.state.value) for one in view.deliveries] == [
        ("dwp", "WITHDRAWN"),
        ("screens", "READY"),
    ]
    with DwpApi(PEOPLE) as api:
        endpoints = (tmp_path / "config/endpoints.yaml").read_text()
        ground.write("endpoints.yaml", endpoints.replace(ground.url, api.url))
        ground.ask(2)
        assert api.calls == [], "the officer has it"
    (tmp_path / "own").mkdir()
    with ground.hub() as hub:
        assert not hub.worklist.take(entry.id, tmp_path / "own").stopped
    who = [move.who for move in ground.moves("R1")]
    assert (who[-1], "hub" in who) == ("olive", True), "the hub's attempts and the officer's"

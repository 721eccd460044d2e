"""Whatever a posting file holds and whatever people then say: what came in is posted, suspended, held,
rejected and noted, to the penny; and the rent system has what is posted, once."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub.door.feed import RegisterChange
from hub.door.milestone import MILESTONE
from hub.engine.items import refuse_item, release_item
from hub.errors import UsageError
from hub.model import ItemState
from hub.rent.cash.totals import TOTAL_LIFE
from hub.rent.learned import LEARNED_PAIR
from hub.rent.renttran import GENERIC_RENTTRAN
from hub.rent.suspense import SUSPENSE
from hub.store import queries
from plugins.housing_benefit.claims import CLAIM_LIFE
from plugins.housing_benefit.feeds import POSTINGS
from tests.e2e.test_hb_held_rows import ROUTES, posted, rows_of, run, work
from tests.e2e.test_suspense_book import book, brought, filled
from tests.little import little
from tests.unit.housing_benefit.test_hb_money import rows
from tests.world import World

CODES = "codes: {DHP: RDH, DHR: RDH}"
CLEARING = """  cleared:
    feed: rent.suspense
    from: {items: SUSPENSE_CLEARED}
    to: [{output: postings, endpoint: out, profile: generic.renttran, options: {landlord: FAKESHIRE}}]
    options:
      type_codes: {BENEFIT: RHB, BENEFIT_ADJ: RHA, DHP: RDH, DHP_ADJ: RDH}
      kinds: {DHP: BENEFIT, DHP_ADJ: BENEFIT_ADJ}
    mode: live
    owner: rents-team
"""
BALANCES = {1: -50_00, 2: 10_00, 3: None}


def world_of(folder):
    world = World(
        folder,
        feeds=[little(), POSTINGS, SUSPENSE],
        lifecycles=[MILESTONE, LEARNED_PAIR, CLAIM_LIFE, TOTAL_LIFE],
        profiles=[GENERIC_RENTTRAN],
    )
    routes = ROUTES.replace("hold_opd_over", f"{CODES}, hold_opd_over")
    world.write("config/routes/benefits.yaml", routes + CLEARING)
    world.arrive("first.txt", b"ABC001-0000002\n")
    known = {
        f"190000000{n}": (
            {"payment_ref": f"190000000{n}", "tenancy_ref": f"FAKE000{n}/1", "balance": balance},
            {},
        )
        for n, balance in BALANCES.items()
    }
    with world.hub() as hub:
        (came,) = hub.run("little.payments").transfers
        keys = hub.store.keys
        hub.store.write(lambda conn: queries.apply_register(conn, keys, RegisterChange(known), came.id))
    return world


def decide(world, transfer_id, words):
    """Of what is held, each in turn is let go or refused, as `words` say; without an account only refused."""
    held = [one for one in rows_of(world, transfer_id) if one.state is ItemState.HELD]
    with world.hub(who="carla") as hub:
        for one, lets_go in zip(held, words, strict=False):
            if one.account is None:
                with pytest.raises(UsageError, match="no posting that has found its rent account"):
                    release_item(hub.services, one.id, "seen")
            goes = lets_go and one.account is not None
            (release_item if goes else refuse_item)(hub.services, one.id, "seen")


def money(world, transfer_id):
    with world.hub() as hub, hub.look() as look:
        return {state: pence for state, (_, pence) in look.money(transfer_id).items()}


@settings(max_examples=3, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(rows(), min_size=1, max_size=10),
    st.lists(st.booleans(), max_size=6),
    st.lists(st.tuples(st.sampled_from(["", "1900000001"]), st.sampled_from(["yes", "no", ""])), max_size=6),
)
def test_not_a_penny_is_lost(tmp_path_factory, them, words, decisions):
    world = world_of(tmp_path_factory.mktemp("hb"))
    came = work(world, "a", *them)
    total = -sum(row.post for row in them)
    assert sum(money(world, came.id).values()) == total
    decide(world, came.id, words)
    waiting = len(book(world)) - 1
    chosen = {n: account for n, (account, _) in enumerate(decisions[:waiting])}
    agreed = {n: say for n, (account, say) in enumerate(decisions[:waiting]) if account}
    brought(world, filled(book(world), "new_payment_ref", chosen), "ben")
    brought(world, filled(book(world), "agreed", agreed), "carla")
    run(world)
    with world.hub() as hub:
        hub.run("cleared")
    after = money(world, came.id)
    assert sum(after.values()) == total
    assert ItemState.WAITING not in after
    assert sum(posted(world)) == after.get(ItemState.POSTED, 0)

"""A hub that talks with a pretend Benefits service over folders: exports come in, what is told goes out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from hub.door.feed import RegisterChange
from hub.door.milestone import MILESTONE
from hub.model import Account, Move
from hub.rent.exports.homes import BENEFIT_RENTS, HBRENT, TENANCY_CHANGE_LIFE, TENANCY_CHANGES, TENANT_LIFE
from hub.rent.generic_csv import Envelope
from hub.rent.learned import LEARNED_PAIR
from hub.store import queries
from hub.transfer.effects import apply_moves
from plugins.housing_benefit.claims import CLAIM, CLAIM_LIFE, KNOWN
from plugins.housing_benefit.event_replies import EVENT_REPLIES
from plugins.housing_benefit.rent_changes import RENT_CHANGES
from plugins.housing_benefit.rents_told import RENT_LIFE
from tests.little import little
from tests.world import ENDPOINTS, World

MONDAY = datetime(2026, 11, 2, 9, tzinfo=UTC)
"""On which these worlds begin."""

ROUTES = """
partner: Benefits service
routes:
  exports:
    feeds: [rent.benefit_rents, rent.tenancy_changes]
    from: {{endpoint: in, pattern: "*.csv", then: "archive:done"}}
    options: {{landlord: FAKESHIRE, stale_after_days: 60}}
    mode: live
    owner: rents-team
  rents:
    feed: housing_benefit.rent_changes
    from: {{items: BENEFIT_RENT}}
    to: [{to}]
    options: {{{options}}}
    mode: live
    owner: rents-team
  tenancies:
    feed: housing_benefit.rent_changes
    from: {{items: HB_EVENT}}
    to: [{{output: events, endpoint: out}}]
    mode: live
    owner: rents-team
  replies:
    feed: housing_benefit.event_replies
    from: {{endpoint: in, pattern: "*.reply", then: "archive:done"}}
    mode: live
    owner: rents-team
"""
EVENTS = "{output: events, endpoint: out}"
EXPORT = "{output: rents, endpoint: out}, {output: rents_control, endpoint: out, after: rents}"
FEEDS = [BENEFIT_RENTS.feed, TENANCY_CHANGES.feed, RENT_CHANGES, EVENT_REPLIES]
LIVES = [MILESTONE, LEARNED_PAIR, CLAIM_LIFE, RENT_LIFE, TENANT_LIFE, TENANCY_CHANGE_LIFE]


def world_of(folder: Path, to: str = EVENTS, options: str = 'ha_code: "01"') -> World:
    world = World(folder, feeds=[little(), *FEEDS], lifecycles=list(LIVES))
    world.clock.at = MONDAY
    configure(world, to, options)
    return world


def configure(world: World, to: str = EVENTS, options: str = 'ha_code: "01"') -> None:
    world.write("config/endpoints.yaml", ENDPOINTS)
    world.write("config/routes/benefits.yaml", ROUTES.format(to=to, options=options))


def know(world: World, *accounts: Account, claims: Mapping[str, str] | None = None) -> None:
    """Accounts of the register, and claims paid for them: account → the day up to which it was paid."""
    rows = {
        one.payment_ref: (
            {"payment_ref": one.payment_ref, "tenancy_ref": one.tenancy_ref, "claim_ref": one.claim_ref},
            {},
        )
        for one in accounts
    }
    world.arrive("first.txt", b"ABC001-0000001\n")
    with world.hub() as hub:
        (came,) = hub.run("little.payments").transfers
        keys = hub.store.keys
        hub.store.write(lambda conn: queries.apply_register(conn, keys, RegisterChange(rows), came.id))
        moves = [
            Move(
                kind=CLAIM,
                key=f"9000{account[-4:]}X",
                to=KNOWN,
                account=account,
                data={"accounts": {account: until}},
            )
            for account, until in (claims or {}).items()
        ]
        hub.services.commit(lambda conn: apply_moves(conn, hub.services, moves, who="tests"))
    for left in (world.folder / "out").iterdir():
        left.unlink()


def rent(account: str, gross: int, **said: object) -> dict[str, object]:
    """An exported rent, all of it eligible unless `said` otherwise; pence."""
    row: dict[str, object] = {
        "payment_ref": account,
        "claim_ref": f"9000{account[-4:]}X",
        "surname": "Testerman",
        "forenames": "Aldo",
        "address1": "14 Sample Court",
        "postcode": "ZZ1 1AB",
        "effective_from": MONDAY.date(),
        "gross": gross,
        "eligible": gross,
    }
    return {**row, **said}


def exported(world: World, rows: Sequence[Mapping[str, object]], number: int) -> None:
    now = world.clock.at
    envelope = Envelope("FAKESHIRE", "RENTS", now, now.date(), number)
    world.arrive(f"hbrent_{number}.csv", HBRENT.csv.write(rows, envelope))

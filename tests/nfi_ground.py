"""A hub that makes NFI extracts and works matches: its folders, people and files."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from hub.config.people import Viewer
from hub.config.settings import Role
from hub.door.lifecycle import Lifecycle
from hub.engine.local import Hub
from hub.model import Compartment
from hub.rent.exports.homes import TENANT_LIFE
from hub.store.rows import WorkRow
from plugins.rtb_fraud.feeds import NFI_FEEDS, NFI_LIVES
from plugins.rtb_fraud.match_life import CASE
from plugins.rtb_fraud.settings import FraudSettings
from tests.world import World

PASSPHRASE = "a passphrase that is fake"
FAY = Viewer("fay", "Fay", frozenset({Role.ADMINISTRATOR, Role.FRAUD}))
UMA = Viewer("uma", "Uma", frozenset({Role.CLERK, Role.OPERATOR, Role.FRAUD}))
EVE = Viewer("eve", "Eve", frozenset({Role.ADMINISTRATOR}))
"""May do everything, and know of nothing that is closed."""
HUB = """
plugins: [little]
log: {file: hub.log}
settings: {little: {nfi: {uploaders: [uma], keep_extract_days: 30}}}
"""
ENDPOINTS = """
endpoints:
  in: {type: folder, path: ../in}
  out: {type: folder, path: ../out}
  keying: {type: person, who: fraud, what: Key each line into the application, asks: the day}
  site: {type: person, who: fraud, what: Upload it, asks: the receipt, confirms: [on, count]}
"""
ROUTES = """
partner: NFI
routes:
  calendar:
    feed: rtb_fraud.nfi_calendar
    from: {endpoint: in, pattern: "calendar*", then: remove}
    mode: live
    owner: fraud-team
  tenants:
    feed: rtb_fraud.nfi_tenants
    format: export
    from: {endpoint: in, pattern: "tenants*", then: remove}
    to:
      - output: extract
        endpoint: site
        pack: {type: aes_zip, passphrase: file:site_passphrase, each: true}
    options: {query: tenants.sql v4}
    mode: live
    owner: fraud-team
  matches:
    feed: rtb_fraud.nfi_matches
    from: {endpoint: in, pattern: "matches*", then: remove}
    options: {complete: true, reports: {"101": two tenancies, "102": tenants and benefit}}
    mode: live
    owner: fraud-team
  work:
    feed: rtb_fraud.nfi_work
    from: {endpoint: in, pattern: "work*", then: remove}
    mode: live
    owner: fraud-team
  status:
    feed: rtb_fraud.nfi_status
    from: {items: NFI_STATUS}
    to: [{output: sheet, endpoint: keying}]
    mode: live
    owner: fraud-team
"""
CALENDAR = (
    "cycle,activity,from,to,owner,what,note\n"
    "2026/27,privacy_notice,2026-07-03,2026-10-06,fraud-team,make the privacy notice declaration,\n"
    "2026/27,submit,2026-10-05,2026-10-16,fraud-team,upload the data sets,\n"
)


CASE_LIFE = Lifecycle(
    kind=CASE,
    title="Right to Buy cases",
    begins=("RECEIVED",),
    moves={"RECEIVED": ("ENDED",)},
    compartment=Compartment.FRAUD,
)
"""As much of a case as matches look at."""


def nfi_world(folder: Path, routes: str = ROUTES) -> World:
    lives = [*NFI_LIVES, CASE_LIFE, TENANT_LIFE]
    world = World(folder, feeds=list(NFI_FEEDS), lifecycles=lives, settings=FraudSettings)
    world.clock.at = datetime(2026, 10, 5, 9, tzinfo=UTC)
    world.write("config/hub.yaml", HUB)
    world.write("config/endpoints.yaml", ENDPOINTS)
    world.write("config/routes/little.yaml", routes)
    (folder / "desk").mkdir()
    (folder / "config/credentials").mkdir(mode=0o700)
    secret = folder / "config/credentials/site_passphrase"
    secret.write_text(PASSPHRASE, "utf-8")
    secret.chmod(0o600)
    return world


def works(hub: Hub, name: str) -> list[WorkRow]:
    """What is open of a name."""
    with hub.look() as look:
        return [row for row in look.worklist() if row.name == name]

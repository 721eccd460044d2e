"""Who has not the role sees no trace of a case, and the fraud team none of a disclosure."""

from __future__ import annotations

import json
import re

import pytest

from hub.config.people import Viewer
from hub.config.settings import Role
from hub.engine.health import Health
from hub.errors import UsageError
from hub.model import ItemState, PromiseState
from hub.testing.certificates import Authority
from hub.testing.fraud_team import FraudTeam
from tests.rtb_ground import OFFICER, REPORTER, SECOND, STRANGER, Ground, evidence, lines, update, updates

PLANTED = ("TESTERMAN", "AB123457C", "1979-06-18", "Sham and Co", "Bank of Nowhere", "planted-suspicion")
NAMES = ("RTB-1", "RFR-", "rtb_", "rtb.", "fraud", *PLANTED)
DISCLOSURE = (
    "disclosure_id,made_on,rtb_ref,made_by,suspicion\nD-1,2026-03-12,RTB-1,faye,planted-suspicion of cash\n"
)
KEEPER = Viewer("keeper", "Kim Example", frozenset({Role.ADMINISTRATOR}))


@pytest.fixture(scope="module")
def ground(tmp_path_factory):
    """A case with all that follows: refused evidence, a referral, an update, promises that broke. The tests
    look at it; what some add is seen by nobody else."""
    folder = tmp_path_factory.mktemp("rtb")
    with FraudTeam(Authority(folder / "authority")) as team:
        made = Ground(folder, team)
        made.referred()
        made.put("evidence", lines(evidence("title", {"other_properties": "many"})), name="wrong.txt")
        made.put("updates", updates(update("E1", "2026-03-11T12:00:00Z", "RECEIVED")))
        made.clock.turn(days=60)
        made.run()
        yield made


def seen(ground, viewer):
    """All that a person can list, count, search and export, as one text."""
    with ground.hub(viewer) as hub, hub.look() as look:
        transfers = look.transfers(limit=1000)
        told = [
            transfers,
            *[(look.findings(row.id), look.transfer_events(row.id), look.items(row.id)) for row in transfers],
            *[look.runs(route, limit=1000) for route in ("rtb.referral", "rtb.updates", "mlro.disclosures")],
            look.worklist(limit=1000),
            look.records(limit=1000),
            look.moves("rtb_case", "RTB-1"),
            *[look.find(text) for text in ("RTB-1", "RFR-2026-000001", "D-1")],
            look.promises(states=tuple(PromiseState), limit=1000),
            look.counters(),
            look.alerts(over=True, limit=1000),
            look.messages(limit=1000),
            look.items_that_are(tuple(ItemState)),
            look.groups_that_are(tuple(ItemState)),
            list(look.reported(list(hub.services.catalogue.feeds))),
        ]
    return str(told)


def test_a_stranger_sees_no_trace_of_a_case(ground):
    for viewer in (STRANGER, KEEPER, REPORTER):
        told = seen(ground, viewer)
        assert not [word for word in NAMES if word in told]
        with pytest.raises(UsageError, match="There is no rtb_case"):
            ground.record("RTB-1", viewer=viewer)
        with ground.hub(viewer) as hub, pytest.raises(UsageError, match="may not know what the route"):
            hub.run("rtb.referral")
    told = seen(ground, OFFICER)
    assert not [word for word in ("RTB-1", "RFR-", "rtb_case", "rtb.updates", "BROKEN") if word not in told]


def test_a_monitor_counts_nothing_of_a_case(ground):
    with ground.hub() as hub:
        health = Health(hub.services)
        health.look(hub.services)
        health.ran(hub.services, hub.run("rtb.referral"), ground.clock.now())
        told = health.metrics.text().decode()
    assert not [word for word in NAMES if word in told]
    assert set(re.findall(r"^feedhub_(?:worklist|promises)\S* (\S+)", told, re.M)) == {"0.0"}


def test_what_the_fraud_team_lists_names_nobody(ground):
    with ground.hub() as hub, hub.look() as look:
        facts = [json.dumps(dict(record.data)) for record in look.records(limit=1000)]
        moves = [
            str(move) for record in look.records(limit=1000) for move in look.moves(record.kind, record.key)
        ]
        titles = [one.title for one in look.worklist(limit=1000)]
        findings = [str(one) for row in look.transfers(limit=1000) for one in look.findings(row.id)]
    assert findings
    assert not [word for word in PLANTED if word in "".join([*facts, *moves, *titles, *findings])]


def test_nothing_that_the_hub_keeps_tells_of_anybody_in_clear(ground):
    files = [path for path in (ground.folder / "config").rglob("*") if path.is_file()]
    left = b"".join(path.read_bytes() for path in files)
    assert b"RTB-1" in left
    assert not [word for word in PLANTED if word.encode() in left]


def test_the_fraud_team_sees_no_trace_of_a_disclosure(ground):
    before = {viewer.login: seen(ground, viewer) for viewer in (OFFICER, SECOND, STRANGER, KEEPER)}
    assert ground.put("disclosures", DISCLOSURE, REPORTER).state == "APPLIED"
    with ground.hub(REPORTER) as hub, hub.look() as look:
        (entry,) = look.worklist(limit=10)
    with ground.hub(REPORTER) as hub:
        hub.worklist.answer(entry.id, "REPORT_AND_WAIT", "planted-suspicion stands")
    assert {login: seen(ground, viewer) for login, viewer in _who(before)} == before
    assert ground.record("D-1", "disclosure", REPORTER).state == "AWAITING_CONSENT"
    for viewer in (OFFICER, KEEPER):
        with pytest.raises(UsageError):
            ground.record("D-1", "disclosure", viewer)
        with ground.hub(viewer) as hub, pytest.raises(UsageError, match="There is no worklist entry"):
            hub.worklist.answer(entry.id, "NO_REPORT", "guessed the id")


def _who(logins):
    return [(one.login, one) for one in (OFFICER, SECOND, STRANGER, KEEPER) if one.login in logins]


def test_no_shared_text_may_tip_somebody_off(ground):
    texts = ("told the NCA", "awaiting consent", "Money Laundering?", "a SAR was made")
    told = [update(f"T{n}", "2026-03-12T12:00:00Z", "TRIAGE", text=text) for n, text in enumerate(texts)]
    fine = update("T9", "2026-03-12T12:00:00Z", "TRIAGE", text="Sarah consents to nothing")
    ground.put("updates", updates(*told, fine), name="tip.txt")
    assert sorted(ground.record("RFR-2026-000001", "rtb_referral").data["events"]) == ["E1", "T9"]

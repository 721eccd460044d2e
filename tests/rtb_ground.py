"""A hub that assesses Right to Buy applications, for tests: its configuration, its people, and files as those
who send them write them. All people are invented."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from hub.config.load import Config, load
from hub.config.people import Viewer
from hub.config.settings import Role
from hub.door.manager import Door
from hub.engine.local import Hub, open_hub
from hub.testing.fraud_team import FraudTeam
from tests.world import HOLIDAYS, TestClock

OFFICER = Viewer("faye", "Faye Example", frozenset({Role.CLERK, Role.OPERATOR, Role.FRAUD}))
SECOND = Viewer("fred", "Fred Example", frozenset({Role.CLERK, Role.APPROVER, Role.FRAUD}))
STRANGER = Viewer("sid", "Sid Example", frozenset({Role.CLERK, Role.APPROVER, Role.OPERATOR}))
REPORTER = Viewer("mia", "Mia Example", frozenset({Role.CLERK, Role.OPERATOR, Role.SAR}))

HUB = """
plugins: [rtb_fraud]
log: {file: hub.log}
"""
ENDPOINTS = """
endpoints:
  desk: {type: folder, path: ../desk}
  out: {type: folder, path: ../out}
"""
ROUTES = """
partner: Fraud team
routes:
  applications:
    feed: rtb_fraud.applications
    from: {endpoint: desk, folder: applications, then: remove}
    mode: live
    owner: fraud-team
  evidence:
    feed: rtb_fraud.evidence
    from: {endpoint: desk, folder: evidence, then: remove}
    mode: live
    owner: fraud-team
  steps:
    feed: rtb_fraud.steps
    from: {endpoint: desk, folder: steps, then: remove}
    mode: live
    owner: rtb-team
  referral:
    feed: rtb_fraud.referral
    from: {items: RTB_REFERRAL, when: now, each: true}
    to: [{output: OUTPUT, endpoint: fraud_team}]
    mode: live
    owner: fraud-team
    retry: {first_wait: 1m}
  updates:
    feed: rtb_fraud.case_updates
    from: {endpoint: desk, folder: updates, then: remove}
    mode: live
    owner: fraud-team
"""
SUSPICION = """
partner: MLRO
routes:
  disclosures:
    feed: rtb_fraud.disclosures
    from: {endpoint: desk, folder: disclosures, then: remove}
    mode: live
    owner: mlro
"""
UPDATE = (
    "referral_id,event_id,event_at,status,outcome,hold_sale,value_prevented,value_recovered,next_review,"
    "officer_ref,text"
)
STEPS = "step_id,rtb_ref,step,on,reasons"
RECEIVED = "2026-03-02"
APPLICATION: dict[str, Any] = {
    "rtb_ref": "RTB-1",
    "received_at": RECEIVED,
    "signed": True,
    "tenancy_ref": "T0004711",
    "declared_tenancy_start": "2014-03-03",
    "claimed_tenancy_years": 12,
    "landlord_history": [
        {"landlord": "Fakeshire", "starts": "2014-03-03", "public_sector": True, "this_landlord": True}
    ],
    "property": {
        "uprn": "100099990001",
        "type": "house",
        "bedrooms": 3,
        "la_code": "E08000035",
        "district": "Leeds",
        "region": "Yorkshire and the Humber",
    },
    "applicants": [
        {
            "role": "tenant",
            "surname": "TESTERMAN",
            "forename": "ADA",
            "date_of_birth": "1979-06-18",
            "nino": "AB123457C",
            "declared_other_property": False,
            "declared_previous_discount": False,
            "vulnerable": False,
        }
    ],
    "valuation": "185000.00",
    "discount_claimed": "24000.00",
    "price": "161000.00",
    "funding": [
        {
            "type": "mortgage",
            "amount": "150000.00",
            "source_name": "Bank of Nowhere",
            "evidence_status": "verified",
        },
        {"type": "savings", "amount": "11000.00", "evidence_status": "verified"},
    ],
    "adviser": {"solicitor": "Sham and Co"},
}
CLEAN: dict[str, Any] = {
    "tenancy": {
        "starts": "2014-03-03",
        "secure": True,
        "household": [{"applicant": 1, "recorded_from": "2014-03-03"}],
    },
    "orders": {"orders": []},
    "rent_account": {"weekly_rent": "100.00", "least_credit": "0.00", "payments": []},
    "contact": {
        "visits": [{"on": "2025-10-01", "access": True}],
        "last_contact": "2026-01-05",
        "last_repair": "2025-12-01",
    },
    "council_tax": {"elsewhere": [], "single_person_discount": False, "other_adults": 0},
    "electoral": {"current": True, "at_home": 1, "other_adults": 0, "elsewhere": []},
    "benefits": {"awards": []},
    "insolvency": {"status": "none"},
    "title": {"other_properties": 0},
    "credit": {"verified_income": "42000.00"},
    "identity": {"documents": "passed", "deceased": False, "nino_of_another": False},
    "sanctions": {"hit": False},
    "earlier": {"shared": [], "prior_discount": False},
    "nfi": {"matches": []},
    "other_tenancies": {"live": 0},
    "immigration": {"affects_entitlement": False},
}
"""Evidence of a case about which nothing is to be found."""


def application(**changes: Any) -> dict[str, Any]:
    return {**copy.deepcopy(APPLICATION), **changes}


def evidence(name: str, value: Any = None, ref: str = "RTB-1", **changes: Any) -> dict[str, Any]:
    """One piece, as another system tells it; without a value that of a clean case."""
    told = {
        "rtb_ref": ref,
        "input": name,
        "source": "test",
        "as_of": "2026-03-10",
        "quality": "verified",
        "value": CLEAN[name] if value is None else value,
    }
    return {**told, **changes}


def lines(*objects: Any) -> str:
    return "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in objects)


def all_clean(ref: str = "RTB-1") -> str:
    return lines(*(evidence(name, ref=ref) for name in CLEAN))


def update(event: str, at: str, status: str, referral: str = "RFR-2026-000001", **told: str) -> str:
    """One line of the fraud team."""
    cells = {"referral_id": referral, "event_id": event, "event_at": at, "status": status, **told}
    return ",".join(cells.get(name, "") for name in UPDATE.split(","))


def updates(*rows: str) -> str:
    return "\r\n".join([UPDATE, *rows, ""])


def steps(*rows: str) -> str:
    return "\r\n".join([STEPS, *rows, ""])


@cache
def _door() -> Door:
    return Door.load(["rtb_fraud"])


def _fraud_team(team: FraudTeam | None) -> str:
    url = team.url if team else "https://127.0.0.1:9"
    trust = f", ca_file: {json.dumps(str(team.authority.file))}" if team else ""
    return f"  fraud_team: {{type: https, url: {url}, timeout: 5s{trust}}}\n"


@dataclass
class Ground:
    """A configuration in a folder, and hubs opened over it, one after the other. `team`: where its
    referrals go; without one, nowhere."""

    folder: Path
    team: FraudTeam | None = None
    output: str = "api_json"
    clock: TestClock = field(default_factory=lambda: TestClock(datetime(2026, 3, 11, 9, tzinfo=UTC)))
    _config: Config | None = field(default=None, init=False)
    """As it was read since something of it was written last."""

    def __post_init__(self) -> None:
        for name in ("desk", "out", "config/routes", "config/calendars"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        self.write("hub.yaml", HUB)
        self.write("calendars/bank-holidays-england-and-wales.csv", HOLIDAYS)
        self.write("endpoints.yaml", ENDPOINTS + _fraud_team(self.team))
        self.write("routes/mlro.yaml", SUSPICION)
        self.write("routes/rtb.yaml", ROUTES.replace("OUTPUT", self.output))

    def write(self, name: str, text: str) -> None:
        self._config = None
        path = self.folder / "config" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    @contextmanager
    def hub(self, viewer: Viewer = OFFICER, **how: Any) -> Iterator[Hub]:
        door = _door()
        self._config = self._config or load(self.folder / "config", door.catalogue())
        with open_hub(self._config, door, clock=self.clock, viewer=viewer, **how) as hub:
            yield hub

    def put(self, route: str, text: str, viewer: Viewer = OFFICER, name: str = "") -> Any:
        """Somebody hands a file in. The one outcome."""
        path = self.folder / (name or f"{route}.txt")
        path.write_text(text, encoding="utf-8")
        with self.hub(viewer) as hub:
            return hub.put(route, path).transfers[0]

    def record(self, key: str, kind: str = "rtb_case", viewer: Viewer = OFFICER) -> Any:
        with self.hub(viewer) as hub, hub.look() as look:
            return look.record(kind, key)

    def records(self, kind: str, viewer: Viewer = OFFICER) -> list[Any]:
        with self.hub(viewer) as hub, hub.look() as look:
            return list(look.records(kind, limit=1000))

    def tasks(self, viewer: Viewer = OFFICER) -> list[Any]:
        with self.hub(viewer) as hub, hub.look() as look:
            return list(look.worklist(limit=1000))

    def decide(self, word: str, reason: str | None = "as the evidence says", name: str = "decide") -> None:
        (task,) = [one for one in self.tasks() if one.name == name]
        with self.hub() as hub:
            hub.worklist.answer(task.id, word, reason)

    def run(self, route: str = "referral", times: int = 1, viewer: Viewer = OFFICER) -> list[Any]:
        """The last run's outcomes; each is two minutes after the one before."""
        outcomes: list[Any] = []
        for _ in range(times):
            with self.hub(viewer) as hub:
                outcomes = list(hub.run(f"rtb.{route}").transfers)
            self.clock.turn(minutes=2)
        return outcomes

    def referred(self) -> None:
        """A case that a person has referred, and the route that sends it has run."""
        self.put("applications", lines(application()))
        self.put("evidence", lines(evidence("sanctions", {"hit": True})))
        self.decide("REFER")
        self.run()

"""A hub that asks the pretend DWP, for tests: its configuration, its people, and files as officers write
them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hub.config.load import load
from hub.config.people import Viewer
from hub.config.settings import Role
from hub.door.manager import Door
from hub.engine.local import Hub, open_hub
from hub.testing.dwp_api import SECRET, Citizen
from tests.world import HOLIDAYS, TestClock

ALEX = Citizen(
    "AB123457C",
    "TESTERSON",
    "ALEXANDRINE",
    "1980-02-29",
    "ZZ99 9ZZ",
    claims=(
        {
            "guid": "third-0",
            "benefitType": "universal_credit",
            "status": "in_payment",
            "startDate": "2025-09-11",
            "periodicity": "calendar_monthly",
            "awards": [{"status": "live", "amount": 90634, "takeHomePay": 77777}],
        },
    ),
    housing={
        "housingElementPence": 51333,
        "managedPaymentToLandlord": "YES",
        "payeeIsThisLandlord": "YES",
        "arrearsDeductionPence": 2500,
        "nextPaymentDate": "2026-12-17",
    },
)
SAM = Citizen("CS100700A", "SAMPLETON", "SAMSON", "1991-11-05", "ZZ99 8ZZ", wants="postcode")
DEAD = Citizen("CS100701A", "LATELY", "LEE", "1931-01-05", died="2026-10-01")
HIDDEN = Citizen("CS100702A", "SECRETE", "SASHA", "1971-01-05", flags=("statusIndicator",))
OTHER = Citizen("CS100703B", "OTHERLY", "OLLIE", "1961-01-05")
PEOPLE = (ALEX, SAM, DEAD, HIDDEN, OTHER)

OFFICER = Viewer("olive", "Olive Example", frozenset({Role.CLERK, Role.OPERATOR, Role.DWP}))
OWNER = Viewer("oscar", "Oscar Example", frozenset({Role.CLERK, Role.APPROVER, Role.DWP}))
STRANGER = Viewer("sid", "Sid Example", frozenset({Role.CLERK, Role.APPROVER, Role.OPERATOR}))
UNTRAINED = Viewer("uma", "Uma Example", frozenset({Role.CLERK, Role.DWP}))

HUB = """
plugins: [dwp_cis]
log: {file: hub.log}
settings: {dwp_cis: {sample_percent: 0}}
people:
  - {login: olive, name: Olive Example, roles: [clerk, operator, dwp]}
  - {login: oscar, name: Oscar Example, roles: [clerk, approver, dwp]}
  - {login: uma, name: Uma Example, roles: [clerk, dwp]}
"""
ENDPOINTS = """
endpoints:
  officers: {{type: folder, path: ../officers}}
  screens: {{type: person, who: dwp, what: look them up and key what they show, asks: the day}}
  dwp:
    type: https
    url: "{url}"
    timeout: 5s
    connections: {workers}
    patience: {patience}
    oauth2: {{token_url: "{url}/citizen-information/oauth2/token", client_id: feedhub,
             client_secret: "file:dwp_secret", proof_in: body}}
"""
ROUTES = """
partner: DWP
routes:
  policy:
    feed: dwp_cis.policy
    from: {{endpoint: officers, folder: policy, then: remove}}
    mode: live
    owner: benefits
  wanted:
    feed: dwp_cis.enquiry
    from: {{endpoint: officers, folder: wanted, then: remove}}
    mode: live
    owner: benefits
    options: {{nino_check: {nino_check}}}
  breach:
    feed: dwp_cis.breach
    from: {{endpoint: officers, folder: breach, then: remove}}
    mode: live
    owner: benefits
  ask:
    feeds: [dwp_cis.enquiry, dwp_cis.result]
    from: {{items: DWP_ENQUIRY, when: allowed, each: {each}}}
    to: [{{output: {driver}, endpoint: {endpoint}}}]
    options: {{context: EXAMPLE-HOUSING, policy_id: example-policy, la_code: E9999,
              instigating_user: feedhub.scheduler, poll_seconds: 30}}
    mode: live
    owner: benefits
    retry: {{first_wait: 1m}}
"""


@dataclass
class Ground:
    """A configuration in a folder, and hubs opened over it, one after the other."""

    folder: Path
    url: str = "http://127.0.0.1:9"
    driver: str = "citizen_api"
    each: bool = True
    workers: int = 2
    patience: str = "0s"
    nino_check: str = "strict"
    clock: TestClock = field(default_factory=TestClock)

    def __post_init__(self) -> None:
        for name in ("officers/policy", "officers/wanted", "desk", "config/routes", "config/calendars"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        (self.folder / "config/credentials").mkdir(exist_ok=True)
        (self.folder / "config/credentials/dwp_secret").write_text(SECRET)
        self.write("hub.yaml", HUB)
        self.write("calendars/bank-holidays-england-and-wales.csv", HOLIDAYS)
        self.lay_out()

    def lay_out(self) -> None:
        how = {"url": self.url, "workers": self.workers, "patience": self.patience}
        self.write("endpoints.yaml", ENDPOINTS.format(**how))
        endpoint = "screens" if self.driver == "manual" else "dwp"
        told = {"driver": self.driver, "endpoint": endpoint, "each": str(self.each).lower()}
        self.write("routes/dwp.yaml", ROUTES.format(**told, nino_check=self.nino_check))

    def write(self, name: str, text: str) -> None:
        (self.folder / "config" / name).write_text(text, encoding="utf-8")

    @contextmanager
    def hub(self, viewer: Viewer = OFFICER, **how: Any) -> Iterator[Hub]:
        door = Door.load()
        config = load(self.folder / "config", door.catalogue())
        with open_hub(config, door, clock=self.clock, viewer=viewer, **how) as hub:
            yield hub

    def put(self, route: str, text: str, viewer: Viewer = OFFICER, name: str = "") -> Any:
        """Somebody hands a file in. The one outcome."""
        path = self.folder / "desk" / (name or f"{route}.csv")
        path.write_text(text, encoding="utf-8")
        with self.hub(viewer) as hub:
            return hub.put(f"dwp.{route}", path).transfers[0]

    def agree(self, text: str | None = None) -> None:
        """A policy that two people agreed to."""
        outcome = self.put("policy", policy() if text is None else text)
        assert outcome.state == "HELD", outcome
        with self.hub(OWNER) as hub:
            hub.acts.release(outcome.id, "agreed")

    def ask(self, times: int = 1, viewer: Viewer = OFFICER, **later: float) -> list[Any]:
        """Run the route so many times, each so much later; the last run's outcomes."""
        outcomes: list[Any] = []
        for _ in range(times):
            with self.hub(viewer) as hub:
                outcomes = list(hub.run("dwp.ask").transfers)
            self.clock.turn(**(later or {"minutes": 30}))
        return outcomes

    def record(self, key: str) -> Any:
        with self.hub() as hub, hub.look() as look:
            return look.record("dwp_enquiry", key)

    def moves(self, key: str) -> list[Any]:
        with self.hub() as hub, hub.look() as look:
            assert look.broken_move("dwp_enquiry", key) is None
            return list(look.moves("dwp_enquiry", key))

    def states(self, key: str) -> list[str | None]:
        return [move.to_state for move in self.moves(key)]


def policy(**changes: str) -> str:
    """A policy that allows two purposes to Olive and, untrained, to Uma."""
    told = {
        "mou": "MOU-EXAMPLE-2026",
        "starts": "2026-04-01",
        "ends": "2027-03-31",
        "trained": "2026-05-01",
        "suspended": "NO",
        "signed": "2026-05-01",
        "purposes": "U,UC_HOUSING_VERIFY,IDENTITY UC_APA\nU,HB_ADMIN,IDENTITY BENEFITS",
        **changes,
    }
    rows = [
        f"P,{told['mou']},{told['starts']},{told['ends']},head-of-benefits,DPIA-7",
        *told["purposes"].split("\n"),
        f"O,olive,{told['trained']},{told['signed']},{told['suspended']}",
        f"O,uma,2020-01-01,{told['signed']},NO",
    ]
    return "\n".join([*rows, f"T,{len(rows)}"]) + "\n"


HEADER = (
    "check_ref,asked_on,purpose,scopes,officer,case_ref,justification,nino,surname,forename,date_of_birth,"
    "postcode,payment_ref"
)


def enquiry(ref: str, who: Citizen, **changes: str) -> str:
    """A row of an officer's file."""
    told: Mapping[str, str] = {
        "check_ref": ref,
        "asked_on": "2026-11-02",
        "purpose": "HB_ADMIN",
        "scopes": "IDENTITY BENEFITS",
        "officer": "olive",
        "case_ref": f"HC-{ref}",
        "justification": f"claim notified for {who.surname}",
        "nino": who.nino,
        "surname": who.surname,
        "forename": who.forename,
        "date_of_birth": who.born,
        "postcode": who.postcode,
        "payment_ref": "",
        **changes,
    }
    return ",".join(told[name] for name in HEADER.split(","))


def enquiries(*rows: str) -> str:
    return "\r\n".join([HEADER, *rows, ""])


HOUSING = {"purpose": "UC_HOUSING_VERIFY", "scopes": "IDENTITY UC_APA"}


def all_states(outcomes: Sequence[Any]) -> list[str]:
    return [outcome.state for outcome in outcomes]

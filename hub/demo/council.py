"""The pretend council: tenants, people, folders, servers on loopback, the configuration that names them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from hub.config.example import init
from hub.config.login import system_login
from hub.door.demo import Edit, Tenant
from hub.errors import UsageError
from hub.testing.certificates import Authority
from hub.testing.dwp_api import AWAY, BUSY, Citizen, DwpApi
from hub.testing.fraud_team import LOSE, FraudTeam
from hub.testing.ledger_api import LedgerApi
from hub.testing.rent_api import RentApi, Trouble
from hub.testing.sftp_server import EmbeddedSftp

FOLDERS = {
    "acme_dca": ("in", "out/done"),
    "bank": ("statements/done",),
    "bureau": (
        "inbound/dd_collections",
        "inbound/ddi",
        "inbound/dc_refunds",
        "outbound/acks/archive",
        "outbound/reports/archive",
    ),
    "benefits": (
        "incoming/events",
        "incoming/rents",
        "outgoing/done",
        "outgoing_dhp/done",
        "outgoing_replies/done",
    ),
    "finance": ("import", "control", "export/done"),
    "rent": (
        "export/accounts",
        "export/benefit_rents/done",
        "export/mandates",
        "export/dd/done",
        "export/dd/rejected",
        "export/garages/done",
        "export/garages/rejected",
        "export/journals/done",
        "export/placements/done",
        "export/standard18/done",
        "export/standard18/rejected",
        "import/dd",
        "import/receipts",
        "import/transactions",
    ),
}
DESKS, LEDGER = "desks", "rent_api/posted.csv"
"""The pretend people's own folders; and the books of the rent system, of what came by its API."""
PEOPLE = {
    "demo-clerk": ("Demo Clerk", "clerk"),
    "demo-approver": ("Demo Approver", "approver"),
    "demo-operator": ("Demo Operator", "operator"),
    "demo-officer": ("Demo Officer", "clerk", "dwp"),
    "demo-owner": ("Demo Owner", "approver", "dwp"),
    "demo-investigator": ("Demo Investigator", "clerk", "fraud"),
}
"""By login. Whoever runs the demo is their administrator."""
CITIZENS = (
    Citizen(
        "AB123457C",
        "PRETENDER",
        "PAT",
        "1980-02-29",
        claims=(
            {
                "guid": "third",
                "benefitType": "universal_credit",
                "status": "in_payment",
                "startDate": "2025-09-11",
                "periodicity": "calendar_monthly",
                "awards": [{"status": "live", "amount": 90634}],
            },
        ),
    ),
    Citizen("CS100705D", "SOMEBODY", "ELSA", "1985-03-05"),
    Citizen("CS100706A", "MARRIED", "MAUD", "1986-03-06", "ZZ99 6ZZ", wants="postcode"),
    Citizen("CS100707B", "DEPARTED", "DORA", "1937-03-07", died="2026-11-30"),
    Citizen("CS100708C", "SHELTERED", "SHEILA", "1988-03-08", flags=("statusIndicator",)),
    Citizen("CS100709D", "COMMON", "CLAUDE", "1989-03-09", wants="postcode"),
)
"""Whom the pretend DWP knows."""
USER, PASSWORD, VARIABLE = "feedhub-demo", "not-a-real-password", "FEEDHUB_DEMO_PASSWORD"
"""Who signs in at the pretend servers, and the environment variable that gives commands the password."""


@dataclass(frozen=True, slots=True)
class Council:
    """A laid-out council: `folder` holds everything, `config` is where its configuration lies."""

    folder: Path
    config: Path
    servers: Mapping[str, EmbeddedSftp]
    rent_api: RentApi
    dwp_api: DwpApi
    fraud_team: FraudTeam
    ledger_api: LedgerApi

    def endpoint_folder(self, endpoint: str, folder: str) -> Path:
        """The directory behind a folder of an endpoint."""
        return self.folder / "partners" / endpoint / folder.strip("/")

    def desk(self, login: str) -> Path:
        """The folder of a pretend person's own files."""
        return self.folder / DESKS / login

    def edit(self, edit: Edit) -> None:
        """Change one line of the configuration. Raises UsageError when it is not there, or cannot be told."""
        path = self.config / edit.file
        text = path.read_text("utf-8")
        start = text.find(f"\n{edit.below}\n") if edit.below else 0
        told = text[start:] if start >= 0 else ""
        if edit.was not in told or (not edit.below and told.count(edit.was) > 1):
            raise UsageError(f"{path} does not hold “{edit.was}” once, so the demo cannot change it.")
        path.write_text(text[:start] + told.replace(edit.was, edit.becomes, 1), "utf-8")

    def away(self, endpoint: str) -> None:
        self.servers[endpoint].faults.away = True

    def back(self, endpoint: str) -> None:
        self.servers[endpoint].faults.away = False

    def lose_answer(self, call: str) -> None:
        if call == "referral":
            self.fraud_team.troubles.append(LOSE)
        elif call == "ledger":
            self.ledger_api.lose += 1
        else:
            self.rent_api.troubles[call].append(Trouble.LOSE)

    def dwp_is(self, how: str) -> None:
        self.dwp_api.slow = 2.0 if how == "slow" else 0.0
        self.dwp_api.always = {"away": AWAY, "busy": BUSY}.get(how)


@contextmanager
def council(folder: Path) -> Iterator[Council]:
    """Lay the council out in `folder` and keep its servers running until the end."""
    partners = folder / "partners"
    for endpoint, names in FOLDERS.items():
        for name in names:
            (partners / endpoint / name).mkdir(parents=True, exist_ok=True)
    config = folder / "config"
    init(config)
    with (
        EmbeddedSftp(partners / "bureau", users={USER: PASSWORD}) as bureau,
        EmbeddedSftp(partners / "benefits", users={USER: PASSWORD}) as benefits,
        EmbeddedSftp(partners / "acme_dca", users={USER: PASSWORD}) as agency,
        RentApi() as rent_api,
        DwpApi(CITIZENS, PASSWORD) as dwp_api,
        FraudTeam(Authority(partners / "fraud_team")) as fraud_team,
        LedgerApi() as ledger_api,
    ):
        servers = {"bureau": bureau, "benefits": benefits, "acme_dca": agency}
        laid = Council(folder, config, servers, rent_api, dwp_api, fraud_team, ledger_api)
        _name_people(laid)
        _point_endpoints(laid)
        yield laid
        _write_ledger(laid)


def _name_people(laid: Council) -> None:
    people = [
        {"login": login, "name": name, "roles": list(roles)} for login, (name, *roles) in PEOPLE.items()
    ]
    people.append({"login": system_login(), "name": "You", "roles": ["administrator"]})
    for login in PEOPLE:
        laid.desk(login).mkdir(parents=True, exist_ok=True)
    with (laid.config / "hub.yaml").open("a", encoding="utf-8") as hub:
        hub.write("\n# Written by feedhub demo: none of them is real but you.\n")
        hub.write(yaml.safe_dump({"people": people}, sort_keys=False))


def _point_endpoints(laid: Council) -> None:
    """The example's endpoints, those that are no person's pointing at the pretend partners."""
    path = laid.config / "endpoints.yaml"
    # Every value as the text that is written, as the hub reads it: `on` is a word.
    endpoints = yaml.load(path.read_text("utf-8"), yaml.BaseLoader)["endpoints"]  # noqa: S506 - plain text
    endpoints |= {name: _sftp(server) for name, server in laid.servers.items()}
    endpoints["rent"] = {"type": "folder", "path": str(laid.endpoint_folder("rent", ""))}
    endpoints["finance"] = {"type": "folder", "path": str(laid.endpoint_folder("finance", ""))}
    endpoints["finance_api"] = {"type": "https", "url": laid.ledger_api.url}
    endpoints["bank"] = {"type": "folder", "path": str(laid.endpoint_folder("bank", ""))}
    endpoints["rent_api"] = {"type": "https", "url": laid.rent_api.url}
    endpoints["fraud_team"] = {
        "type": "https",
        "url": laid.fraud_team.url,
        "ca_file": str(laid.fraud_team.authority.file),
    }
    endpoints["dwp_gateway"] = {"type": "https", "url": laid.dwp_api.url, "timeout": "1s"}
    endpoints["dwp_gateway"] |= {"token": f"env:{VARIABLE}"}
    text = "# Written by feedhub demo: the partners are pretend servers on this machine.\n"
    path.write_text(text + yaml.safe_dump({"endpoints": endpoints}, sort_keys=False), encoding="utf-8")


def _sftp(server: EmbeddedSftp) -> dict[str, Any]:
    return {
        "type": "sftp",
        "host": server.host,
        "port": server.port,
        "username": USER,
        "password": f"env:{VARIABLE}",
        "host_keys": [server.host_key_line],
        "connections": 4,
    }


def _write_ledger(laid: Council) -> None:
    """What the rent system posted of what it was told over its API, for whoever wants to compare."""
    path = laid.folder / "partners" / LEDGER
    path.parent.mkdir(exist_ok=True)
    lines = [f"{reference},{pounds}\n" for reference, pounds in laid.rent_api.posted]
    path.write_text("".join(["payment_ref,amount\n", *lines]), "utf-8")


def tenants(count: int) -> Sequence[Tenant]:
    """Invented tenants; one in three has Housing Benefit."""
    return [_tenant(number) for number in range(1, count + 1)]


def _tenant(number: int) -> Tenant:
    return Tenant(
        number=number,
        payment_ref=f"19{number:08d}",
        tenancy_ref=f"{number:06d}/01",
        claim_ref=f"9{number:07d}A" if number % 3 == 0 else None,
        mandate_ref=f"RENT{number:010d}",
        account_name=f"TENANT {number:04d}",
        sort_code=f"00{number % 90 + 10:02d}{number % 80 + 11:02d}",
        account_number=f"{40000000 + number * 7:08d}",
        rent_pence=9_500 + number * 37 % 6_000,
        opening_pence=number * 11,
    )

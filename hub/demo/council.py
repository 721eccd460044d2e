"""The pretend council: tenants, folders, two SFTP servers on loopback, the configuration that names them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import yaml

from hub.config.example import init
from hub.door.demo import Tenant
from hub.testing.sftp_server import EmbeddedSftp

TENANTS = 400
FOLDERS = {
    "bureau": ("inbound/dd_collections", "outbound/reports/archive"),
    "benefits": ("outgoing/done",),
    "rent": (
        "export/accounts",
        "export/mandates",
        "export/dd/done",
        "export/standard18/done",
        "import/receipts",
        "import/transactions",
    ),
}
USER, PASSWORD, VARIABLE = "feedhub-demo", "not-a-real-password", "FEEDHUB_DEMO_PASSWORD"
"""Who signs in at the pretend servers, and the environment variable that gives commands the password."""


@dataclass(frozen=True, slots=True)
class Council:
    """A laid-out council: `folder` holds everything, `config` is where its configuration lies."""

    folder: Path
    config: Path
    servers: dict[str, EmbeddedSftp]

    def endpoint_folder(self, endpoint: str, folder: str) -> Path:
        """The directory behind a folder of an endpoint."""
        return self.folder / "partners" / endpoint / folder.strip("/")


@contextmanager
def council(folder: Path) -> Iterator[Council]:
    """Lay the council out in `folder` and keep its servers running until the end."""
    for endpoint, names in FOLDERS.items():
        for name in names:
            (folder / "partners" / endpoint / name).mkdir(parents=True, exist_ok=True)
    config = folder / "config"
    init(config)
    with (
        EmbeddedSftp(folder / "partners" / "bureau", users={USER: PASSWORD}) as bureau,
        EmbeddedSftp(folder / "partners" / "benefits", users={USER: PASSWORD}) as benefits,
    ):
        servers = {"bureau": bureau, "benefits": benefits}
        _write_endpoints(config / "endpoints.yaml", folder, servers)
        yield Council(folder, config, servers)


def _write_endpoints(path: Path, folder: Path, servers: dict[str, EmbeddedSftp]) -> None:
    """The example's endpoints, pointing at the pretend partners."""
    endpoints: dict[str, object] = {
        name: {
            "type": "sftp",
            "host": server.host,
            "port": server.port,
            "username": USER,
            "password": f"env:{VARIABLE}",
            "host_keys": [server.host_key_line],
            "connections": 4,
        }
        for name, server in servers.items()
    }
    endpoints["rent"] = {"type": "folder", "path": str(folder / "partners" / "rent")}
    text = "# Written by feedhub demo: the partners are pretend servers on this machine.\n"
    path.write_text(text + yaml.safe_dump({"endpoints": endpoints}, sort_keys=False), encoding="utf-8")


def tenants(count: int = TENANTS) -> Sequence[Tenant]:
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
    )

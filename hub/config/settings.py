"""`hub.yaml` as models; endpoints and routes have theirs in `hub.config.endpoints` and `hub.config.routes`.

All are frozen, and unknown keys are mistakes. Every value comes as the text that was written (see
`hub.config.document`); the models say what it means.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import ByteSize, Field, model_validator

from hub.config.alerting import Alerts
from hub.config.secrets import SecretRef
from hub.config.strict import Settings
from hub.config.values import Address, Duration, EmailAddress, Kept, Listening, Name, is_this_machine
from hub.door.keep import years
from hub.formats.bundle import Limits


class LogSettings(Settings):
    """`file` is relative to the configuration folder; without it, lines go to standard error."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    file: Path | None = None


class Role(StrEnum):
    """What somebody may do. Everybody named may look; the last three open a closed compartment.

    clerk:         hand files in, propose where suspended money belongs, do what the worklist asks, set holds
    approver:      release what is held, clear what somebody else proposed
    operator:      run, retry, withdraw and settle; set milestones
    administrator: all that, and the counters
    auditor:       verifies the history, and looks
    """

    VIEWER = "viewer"
    CLERK = "clerk"
    APPROVER = "approver"
    OPERATOR = "operator"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"
    DWP = "dwp"
    FRAUD = "fraud"
    SAR = "sar"


class Person(Settings):
    """Somebody who may use the hub. `login` is the operating system's (on Windows DOMAIN\\name); `email`: for
    alerts that go to their roles; `routes`: the ids of those that they may know of, without it all."""

    login: str = Field(min_length=1, max_length=128)
    name: str = Field(min_length=1)
    roles: tuple[Role, ...] = Field(min_length=1)
    routes: tuple[str, ...] | None = Field(default=None, min_length=1)
    email: EmailAddress | None = None


class BundleSettings(Settings):
    """What a zip may hold, so that a small one cannot fill a disk. Beyond any of these it is refused whole.

    members:    files in one bundle; each may be as long as `max_file_size` of the route
    total_size: all of them unpacked
    max_ratio:  unpacked bytes for one packed byte, of a file that is longer than a megabyte
    """

    members: int = Field(default=1000, ge=1)
    total_size: ByteSize = Field(default=ByteSize(1_000_000_000), validate_default=True)
    max_ratio: int = Field(default=200, ge=1)

    def limits(self, member_size: int, max_ratio: int | None = None) -> Limits:
        """`max_ratio`: of one source, which comes before that of all."""
        return Limits(self.members, member_size, int(self.total_size), max_ratio or self.max_ratio)


class ClockSettings(Settings):
    """How `feedhub start` works.

    grace:   a run that is rung later than that after its time was missed: the route's `catch_up` decides
    workers: routes that are worked at a time
    drain:   how long a stop waits for what is being worked
    health:  address at which monitors may ask for /health, /ready and /metrics; without one they may not
    """

    grace: Duration = 900
    workers: int = Field(default=4, ge=1, le=64)
    drain: Duration = 60
    health: Listening | None = None


class AuditSettings(Settings):
    """`copy_to`: a folder elsewhere that seals of the history are copied to, best one where nothing is
    overwritten."""

    copy_to: Path | None = None


class OidcSettings(Settings):
    """A service that vouches for people who sign in to the console (OpenID Connect).

    issuer:       its address, such as https://login.microsoftonline.com/TENANT/v2.0
    client_id, client_secret: as the service has us registered
    groups:       which roles the members of each group have (Entra ID: the group's object id)
    login_claim, groups_claim: where its token says who it is, and their groups
    """

    issuer: Address
    client_id: str = Field(min_length=1)
    client_secret: SecretRef
    groups: Mapping[str, tuple[Role, ...]] = Field(min_length=1)
    login_claim: str = "preferred_username"
    groups_claim: str = "groups"


class ConsoleSettings(Settings):
    """The web console of `feedhub start`.

    address:     where it listens
    url:         how people's browsers reach it, where that is another address
    certificate, key: PEM files, for TLS of its own; relative to the configuration folder
    proxies:     addresses of the proxies that speak TLS before it: X-Forwarded-… is believed of them alone
    idle, longest: how long somebody stays signed in without a click, and at all
    oidc:        who else vouches for people
    """

    address: Listening
    url: Address | None = None
    certificate: Path | None = None
    key: Path | None = None
    proxies: tuple[str, ...] = ()
    idle: Duration = 1800
    longest: Duration = 36_000
    oidc: OidcSettings | None = None

    def below(self, folder: Path) -> Self:
        """With its files from the configuration folder on."""
        files = {"certificate": self.certificate, "key": self.key}
        return self.model_copy(update={name: path and folder / path for name, path in files.items()})

    @model_validator(mode="after")
    def _in_secret(self) -> Self:
        if (self.certificate is None) != (self.key is None):
            raise ValueError("needs certificate and key together")
        if self.certificate is None and not self.proxies and not is_this_machine(self.address[0]):
            raise ValueError(
                f"would speak without TLS at {self.address[0]}; name certificate and key, or the proxies "
                "that speak TLS before it, or listen at 127.0.0.1"
            )
        return self


class BackupSettings(Settings):
    """Where the service backs up to by itself, and how many back-ups stay there."""

    to: Path
    keep: int = Field(default=14, ge=1)
    with_keys: bool = False


class HubSettings(Settings):
    """`hub.yaml`. Relative folders start at the configuration folder; after loading they are absolute.

    people: who may use the hub; empty = whoever may start it is an administrator of what is open
    milestones: those that no route reaches: a person sets them (`feedhub milestone set`)
    settings: what plug-ins may have set for themselves as a whole, by plug-in
    keep: how long after something was over its bytes and personal values are kept, unless its feed says it
    audit, backup: where seals of the history and back-ups go
    console: where and how the web console is served; without it, it is not
    """

    state_folder: Path = Path("state")
    plugins: tuple[str, ...] = ()
    nation: Literal["england-and-wales", "scotland", "northern-ireland"] = "england-and-wales"
    max_file_size: ByteSize = Field(default=ByteSize(200_000_000), validate_default=True)
    bundles: BundleSettings = BundleSettings()
    log: LogSettings = LogSettings()
    clock: ClockSettings = ClockSettings()
    keep: Kept = years(7)
    settings: Mapping[str, Mapping[str, Any]] = Field(default_factory=dict)
    audit: AuditSettings = AuditSettings()
    backup: BackupSettings | None = None
    people: tuple[Person, ...] = ()
    console: ConsoleSettings | None = None
    alerts: Alerts = Alerts()
    milestones: tuple[Name, ...] = ()

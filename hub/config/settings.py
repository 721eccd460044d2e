"""What an administrator may write, as models: frozen, and unknown keys are mistakes.

Every value comes as the text that was written (see `hub.config.document`); the models say what it means.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import AliasChoices, ByteSize, Discriminator, Field, Tag, model_validator

from hub.bank.awaits import Awaits
from hub.clock.words import Schedule
from hub.config.alerting import Alerts
from hub.config.arrival import Arrival
from hub.config.drift import Drift
from hub.config.maintenance import Maintained
from hub.config.packing import Pack, Unpack
from hub.config.secrets import SecretRef
from hub.config.strict import Settings
from hub.config.values import (
    Address,
    Disposal,
    Duration,
    EmailAddress,
    Ends,
    HostKey,
    Kept,
    Listening,
    Name,
    OneOrMany,
    Pattern,
    Pence,
    Rate,
    TimeOfDay,
    is_this_machine,
)
from hub.door.keep import years
from hub.errors import UsageError
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

    def limits(self, member_size: int) -> Limits:
        return Limits(self.members, member_size, int(self.total_size), self.max_ratio)


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


class FolderEndpoint(Maintained):
    """A folder that this machine can see. Relative paths start at the configuration folder.

    sweeps:      whether its reader may pick a file up at once, so that its absence proves nothing
    connections: files worked at a time; more than one pays where the folder is a slow network share
    """

    type: Literal["folder"]
    path: Path
    sweeps: bool = True
    connections: int = Field(default=1, ge=1, le=20)


class SftpEndpoint(Maintained):
    """An account at an SFTP server.

    host_keys:  the server's pinned keys, as lines of a `.pub` file; there is no accept-any. While a partner
                changes its key: `{key: LINE, from: DAY}` is trusted from that day on, `until:` to its end
    expires:    until when a secret is good, by its name here: `{password: 2027-03-31}`
    key_file:   secret whose content is the private key; passphrase: secret that opens it
    agent:      use the keys of the SSH agent of the hub's own user
    sweeps:     whether the partner may pick a file up at once, so that its absence proves nothing
    """

    type: Literal["sftp"]
    host: str = Field(min_length=1)
    port: int = Field(default=22, ge=1, le=65535)
    username: str = Field(min_length=1)
    host_keys: tuple[HostKey, ...] = Field(min_length=1)
    key_file: SecretRef | None = None
    passphrase: SecretRef | None = None
    password: SecretRef | None = None
    agent: bool = False
    expires: Ends = ()
    connections: int = Field(default=2, ge=1, le=20)
    connect_timeout: Duration = 10
    timeout: Duration = 30
    sweeps: bool = True

    @property
    def secrets(self) -> tuple[SecretRef, ...]:
        """Every secret that opens it."""
        return tuple(ref for ref in (self.key_file, self.passphrase, self.password) if ref is not None)

    @model_validator(mode="after")
    def _one_way_in(self) -> Self:
        ways = [self.key_file is not None, self.password is not None, self.agent]
        if sum(ways) != 1:
            raise ValueError("needs exactly one of key_file, password, or agent: true")
        if self.passphrase is not None and self.key_file is None:
            raise ValueError("has a passphrase but no key_file that it would open")
        _check_expires(self.expires, self, ("key_file", "passphrase", "password"))
        return self


class OAuth2(Settings):
    """Client credentials (RFC 6749, section 4.4). `proof_in`: where the secret stands (section 2.3.1)."""

    token_url: Address
    client_id: str = Field(min_length=1)
    client_secret: SecretRef
    expires: date | None = None
    scope: str | None = None
    proof_in: Literal["header", "body"] = "header"


class Documents(Settings):
    """How an API lists the documents that it has for us, so that routes may take them as files.

    `GET FOLDER` lists, `GET FOLDER/NAME` reads one, `DELETE FOLDER/NAME` says that we have it (`then:
    remove`).

    name:    what of an entry names the document, in its address too; ending: what is put behind that, so that
             it is a file's name
    size, changed: what of an entry tells how many bytes it has, and when it was changed; none = it does not
    inside:  where in the answer the list stands (`data.items`); blank = the answer is the list
    """

    name: str = "id"
    ending: str = Field(default=".json", pattern=r"^(\.[A-Za-z0-9]{1,8})?$")
    size: str | None = None
    changed: str | None = None
    inside: str = ""


class HttpsEndpoint(Maintained):
    """An API that is talked with. No redirect is followed.

    url:         its address, https; http only on this very machine (for simulators)
    oauth2, token, username and password: how we log in, at most one of them
    proof_in:    where username and password go: a header, or the bodies of calls that have a place for them
    certificate: secret with our own certificate and key (PEM), for mutual TLS
    ca_file:     whom alone to trust (PEM); without it, whom this machine trusts
    expires:     as of an SFTP account; that of `oauth2` stands there
    max_reply:   the longest body that is read, as it is when it is unpacked
    patience:    how long all calls wait in the middle of a run when the partner says slow down; when they ask
                 for more, the delivery waits for its next attempt
    rate:        how many calls it may be made in a time (`5/s`), by all routes of this hub together
    documents:   how it lists what it has for us; without it no file can be fetched from here
    """

    type: Literal["https"]
    url: Address
    oauth2: OAuth2 | None = None
    token: SecretRef | None = None
    username: str | None = None
    password: SecretRef | None = None
    proof_in: Literal["header", "body"] = "header"
    certificate: SecretRef | None = None
    expires: Ends = ()
    ca_file: Path | None = None
    connections: int = Field(default=2, ge=1, le=20)
    connect_timeout: Duration = 10
    timeout: Duration = 60
    max_reply: ByteSize = Field(default=ByteSize(20_000_000), validate_default=True)
    patience: Duration = 0
    rate: Rate = 0.0
    documents: Documents | None = None

    @property
    def secrets(self) -> tuple[SecretRef, ...]:
        """Every secret that opens it."""
        client = self.oauth2.client_secret if self.oauth2 else None
        own = (self.token, self.password, self.certificate, client)
        return tuple(ref for ref in own if ref is not None)

    @model_validator(mode="after")
    def _one_way_in(self) -> Self:
        if sum(way is not None for way in (self.oauth2, self.token, self.username)) > 1:
            raise ValueError("takes at most one of oauth2, token, or username with password")
        if (self.username is None) != (self.password is None):
            raise ValueError("needs username and password together")
        if self.proof_in == "body" and self.username is None:
            raise ValueError("has proof_in: body, but no username and password to be there")
        _check_expires(self.expires, self, ("token", "password", "certificate"))
        return self


def _check_expires(expires: Ends, endpoint: Settings, secrets: Sequence[str]) -> None:
    for name, _ in expires:
        if name not in secrets or getattr(endpoint, name) is None:
            own = [secret for secret in secrets if getattr(endpoint, secret) is not None]
            raise ValueError(f"expires: “{name}” is no secret of it; it has {', '.join(own) or 'none'}")


class PersonEndpoint(Settings):
    """Somebody who takes files to a partner by hand, or works a partner's own screens.

    who:  the role whose people may take them
    what: what they do with a file, as the worklist tells them
    asks: what they enter when it is done: the partner's reference
    confirms: what they enter beside it: `on` (the day that the partner took it), `count` (of records that the
          partner counted, which must be those that the file holds)
    """

    type: Literal["person"]
    who: Role = Role.CLERK
    what: str = Field(min_length=1)
    asks: str = "the partner's reference"
    confirms: tuple[Literal["on", "count"], ...] = ()


Endpoint = FolderEndpoint | SftpEndpoint | HttpsEndpoint | PersonEndpoint


class EndpointFile(Settings):
    """`endpoints.yaml`."""

    endpoints: dict[Name, Annotated[Endpoint, Field(discriminator="type")]] = Field(min_length=1)


class Source(Settings):
    """Where a route's files come from.

    pattern: which names, as a shell would match them (`*.csv`)
    done:    a marker that says a file is complete: `*.ok` waits for NAME.csv.ok or NAME.ok
    then:    what becomes of the file once its transfer is tidied: `keep`, `remove` or `archive:FOLDER`
    unpack:  `zip`, or {type: zip, passphrase: …}: a file is a bundle, and each of its members a transfer of
             its own; {type: pgp, …}: it is an OpenPGP message
    """

    endpoint: str
    folder: str = ""
    pattern: Pattern = "*"
    done: Pattern | None = None
    then: Disposal = "keep"
    unpack: Unpack | None = None

    @property
    def archive(self) -> str | None:
        """The folder that files are moved to; None when they stay or are removed."""
        kind, _, folder = self.then.partition(":")
        return folder if kind == "archive" else None


NOW, DUE = "now", "due"
"""When an item may be gathered, whatever the feed: as soon as it waits; once its date has come."""


class Waiting(Settings):
    """A route that starts inside the hub: items that wait are frozen as a batch.

    items: under what name they wait
    when:  a condition of the feed; `now` (default) or `due`: once their date has come
    each:  one batch an item, instead of one for all
    most:  at most so many in one batch
    """

    items: str = Field(min_length=1)
    when: str = NOW
    each: bool = False
    most: int = Field(default=50_000, ge=1)


class Otherwise(Settings):
    """Who takes a file to the partner by hand, once the endpoint that should have it was away for a while.

    endpoint: of type `person`
    after:    for how long it must have failed (`4h`)
    output:   what they are handed, where that is another output of the feed
    profile, name, pack, options: as of a target
    """

    endpoint: str
    after: Duration
    output: str | None = None
    profile: str | None = None
    name: str | None = None
    pack: Pack | None = None
    options: dict[str, Any] = Field(default_factory=dict)


class Target(Settings):
    """One output of a route's feeds, taken to one endpoint.

    pack:    how the file is packed before it leaves
    profile: the rent system's own way of writing postings, for outputs that need one
    name:    the file name to use instead of the one that the output proposes
    after:   another output of the route, all files of which must have left before this one does
    otherwise: who takes it by hand while the endpoint is away
    """

    output: str
    endpoint: str
    folder: str = ""
    profile: str | None = None
    name: str | None = None
    after: str | None = None
    pack: Pack | None = None
    options: dict[str, Any] = Field(default_factory=dict)
    otherwise: Otherwise | None = None

    @property
    def by_hand(self) -> Target | None:
        """What takes its place while its endpoint is away."""
        if self.otherwise is None:
            return None
        told = self.otherwise
        return Target(
            output=told.output or self.output,
            endpoint=told.endpoint,
            profile=told.profile,
            name=told.name,
            after=self.after,
            pack=told.pack,
            options=told.options,
        )


class Hold(Settings):
    """When a transfer waits for a person. `above_value` is written in pounds and held in pence; `drift`: when
    it is off what is usual on the route."""

    above_value: Pence | None = None
    above_count: int | None = Field(default=None, ge=0)
    first_file: bool = False
    drift: Drift | None = None


class Expectation(Settings):
    """By when the answers to a transfer must have come. Counted in working days from its business date, or
    from the day that it left on when that is later.

    by:     a time of day, council time: 08:00
    days:   so many working days after it (0: that day, or the next working day)
    within: instead of both: so long after it was sent
    """

    by: TimeOfDay | None = None
    days: int = Field(default=0, ge=0, le=60)
    within: Duration | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.by is None) == (self.within is None):
            raise ValueError("needs either by (a time of day) or within (a duration)")
        return self


class Retry(Settings):
    """How often and how patiently the hub tries again by itself. Each wait is twice the one before."""

    attempts: int = Field(default=6, ge=1, le=50)
    first_wait: Duration = 30
    longest_wait: Duration = 1800


def _starts(written: Any) -> str:
    """Where a route starts: at an endpoint, or with items that wait in the hub."""
    items = "items" in written if isinstance(written, dict) else isinstance(written, Waiting)
    return "Waiting" if items else "Source"


class RouteSettings(Settings):
    """One entry under `routes:`, as written.

    format:  the feed's format, when content alone must not decide
    options: of the feeds (`hub.config.options`); each feed takes those that it knows
    tidy:    when the source file is tidied: `at_end` (default) or as soon as the hub has its copy
    mode:    `rehearse`: reads the live source without tidying it, delivers to a folder of its own, and moves
             nothing that is live
    goes_first: while something of it is still to leave for an endpoint, nothing of other routes leaves for it
    expect:  by feed, by when its answers to all that this route sends must have come
    after:   milestones, or routes, that must have been reached for a file's business date before it is worked
    awaits:  the money at the bank that its files tell of, and what waits for it
    reaches: the milestone that a transfer of this route sets for its business date when it is over
    arrives: what comes to it by when; its absence is told
    schedule: when it runs by itself; catch_up: which of the runs that were missed are made up for
    """

    feeds: OneOrMany = Field(min_length=1, validation_alias=AliasChoices("feeds", "feed"))
    source: Annotated[
        Annotated[Source, Tag("Source")] | Annotated[Waiting, Tag("Waiting")], Discriminator(_starts)
    ] = Field(alias="from")
    to: tuple[Target, ...] = ()
    format: str | None = None
    options: dict[str, Any] = Field(default_factory=dict)
    mode: Literal["off", "rehearse", "live"]
    owner: str = Field(min_length=1)
    tidy: Literal["at_end", "at_staged"] = "at_end"
    hold: Hold = Hold()
    retry: Retry = Retry()
    in_order: bool = False
    goes_first: bool = False
    expect: dict[str, Expectation] = Field(default_factory=dict)
    after: OneOrMany = ()
    awaits: Awaits | None = None
    reaches: Name | None = None
    schedule: Schedule | None = None
    arrives: Arrival | None = None
    catch_up: Literal["latest", "all", "none"] = "latest"
    max_file_size: ByteSize | None = None

    @property
    def ways(self) -> tuple[Target, ...]:
        """Its targets, and what takes the place of one."""
        return (*self.to, *(target.by_hand for target in self.to if target.by_hand is not None))

    @property
    def names(self) -> tuple[str, ...]:
        """The format and the outputs that it names, for which options may be required."""
        return (*([self.format] if self.format else []), *(target.output for target in self.ways))

    @model_validator(mode="after")
    def _takes_what_arrives(self) -> Self:
        if self.arrives is not None and isinstance(self.source, Waiting):
            raise ValueError("has arrives, but takes no files: it gathers what waits in the hub")
        return self

    @model_validator(mode="after")
    def _something_to_catch_up(self) -> Self:
        if "catch_up" in self.model_fields_set and self.schedule is None:
            raise ValueError("has catch_up, but no schedule whose runs could be missed")
        return self


class Route(RouteSettings):
    """A route with its name: `id` is `<file stem>.<key>`, `partner` is what its file says."""

    id: str
    partner: str

    @property
    def incoming(self) -> Source:
        """Where its files come from. Raises UsageError for a route that starts inside the hub."""
        if isinstance(self.source, Waiting):
            raise UsageError(f"The route {self.id} takes no files: it gathers what waits in the hub.")
        return self.source

    @property
    def waiting(self) -> Waiting | None:
        """What it gathers; None for a route that takes files."""
        return self.source if isinstance(self.source, Waiting) else None

    @property
    def endpoints(self) -> tuple[str, ...]:
        """All that it reads from or writes to."""
        source = (self.source.endpoint,) if isinstance(self.source, Source) else ()
        return (*source, *(target.endpoint for target in self.ways))

    @property
    def packing_secrets(self) -> tuple[SecretRef, ...]:
        """What opens or closes its files."""
        unpack = self.source.unpack if isinstance(self.source, Source) else None
        packs = [unpack, *(way.pack for way in self.ways)]
        return tuple(ref for one in packs if one is not None for ref in one.secrets)

    @property
    def rehearses(self) -> bool:
        return self.mode == "rehearse"

    @property
    def key(self) -> str:
        return self.id.rpartition(".")[2]


class RouteFile(Settings):
    """One file in `routes/`."""

    partner: str = Field(min_length=1)
    routes: dict[Name, RouteSettings] = Field(min_length=1)

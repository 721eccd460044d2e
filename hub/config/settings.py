"""What an administrator may write, as models: frozen, and unknown keys are mistakes.

Every value comes as the text that was written (see `hub.config.document`); the models say what it means.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import AliasChoices, BaseModel, ByteSize, ConfigDict, Field, model_validator

from hub.config.secrets import SecretRef
from hub.config.values import Disposal, Duration, HostKey, Name, OneOrMany, Pence


class Settings(BaseModel):
    """Base of all."""

    model_config = ConfigDict(extra="forbid", frozen=True, validate_by_name=True, validate_by_alias=True)


class LogSettings(Settings):
    """`file` is relative to the configuration folder; without it, lines go to standard error."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    file: Path | None = None


class HubSettings(Settings):
    """`hub.yaml`. Relative folders start at the configuration folder; after loading they are absolute."""

    state_folder: Path = Path("state")
    plugins: tuple[str, ...] = ()
    nation: Literal["england-and-wales", "scotland", "northern-ireland"] = "england-and-wales"
    max_file_size: ByteSize = Field(default=ByteSize(200_000_000), validate_default=True)
    log: LogSettings = LogSettings()


class FolderEndpoint(Settings):
    """A folder that this machine can see. Relative paths start at the configuration folder.

    sweeps: whether its reader may pick a file up at once, so that its absence proves nothing
    """

    type: Literal["folder"]
    path: Path
    sweeps: bool = True


class SftpEndpoint(Settings):
    """An account at an SFTP server.

    host_keys:  the server's pinned keys, as lines of a `.pub` file; there is no accept-any
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
        return self


Endpoint = FolderEndpoint | SftpEndpoint


class EndpointFile(Settings):
    """`endpoints.yaml`."""

    endpoints: dict[Name, Annotated[Endpoint, Field(discriminator="type")]] = Field(min_length=1)


class Source(Settings):
    """Where a route's files come from.

    pattern: which names, as a shell would match them (`*.csv`)
    done:    a marker that says a file is complete: `*.ok` waits for NAME.csv.ok or NAME.ok
    then:    what becomes of the file once its transfer is tidied: `keep`, `remove` or `archive:FOLDER`
    """

    endpoint: str
    folder: str = ""
    pattern: str = "*"
    done: str | None = None
    then: Disposal = "keep"

    @property
    def archive(self) -> str | None:
        """The folder that files are moved to; None when they stay or are removed."""
        kind, _, folder = self.then.partition(":")
        return folder if kind == "archive" else None


class Target(Settings):
    """One output of a route's feeds, taken to one endpoint.

    profile: the rent system's own way of writing postings, for outputs that need one
    name:    the file name to use instead of the one that the output proposes
    """

    output: str
    endpoint: str
    folder: str = ""
    profile: str | None = None
    name: str | None = None
    options: dict[str, Any] = Field(default_factory=dict)


class Hold(Settings):
    """When a transfer waits for a person. `above_value` is written in pounds and held in pence."""

    above_value: Pence | None = None
    above_count: int | None = Field(default=None, ge=0)
    first_file: bool = False


class Retry(Settings):
    """How often and how patiently the hub tries again by itself. Each wait is twice the one before."""

    attempts: int = Field(default=6, ge=1, le=50)
    first_wait: Duration = 30
    longest_wait: Duration = 1800


class RouteSettings(Settings):
    """One entry under `routes:`, as written.

    format:  the feed's format, when content alone must not decide
    options: of the feeds (`hub.config.options`); each feed takes those that it knows
    tidy:    when the source file is tidied: `at_end` (default) or as soon as the hub has its copy
    """

    feeds: OneOrMany = Field(min_length=1, validation_alias=AliasChoices("feeds", "feed"))
    source: Source = Field(alias="from")
    to: tuple[Target, ...] = ()
    format: str | None = None
    options: dict[str, Any] = Field(default_factory=dict)
    mode: Literal["off", "live"]
    owner: str = Field(min_length=1)
    tidy: Literal["at_end", "at_staged"] = "at_end"
    hold: Hold = Hold()
    retry: Retry = Retry()
    in_order: bool = False
    max_file_size: ByteSize | None = None


class Route(RouteSettings):
    """A route with its name: `id` is `<file stem>.<key>`, `partner` is what its file says."""

    id: str
    partner: str

    @property
    def key(self) -> str:
        return self.id.rpartition(".")[2]


class RouteFile(Settings):
    """One file in `routes/`."""

    partner: str = Field(min_length=1)
    routes: dict[Name, RouteSettings] = Field(min_length=1)

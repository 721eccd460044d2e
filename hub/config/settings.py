"""What an administrator may write, as models: frozen, and unknown keys are mistakes.

Every value comes as the text that was written (see `hub.config.document`); the models say what it means.
A message raised here follows "config/hub.yaml line 3: <field>: ".
"""

from __future__ import annotations

import base64
import binascii
import re
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import AliasChoices, BaseModel, BeforeValidator, ByteSize, ConfigDict, Field, model_validator

from hub.config.secrets import SecretRef

_DURATION = re.compile(r"(\d+)(s|m|h)")
_SECONDS = {"s": 1, "m": 60, "h": 3600}
_POUNDS = re.compile(r"\d{1,12}(\.\d\d)?")
_THEN = re.compile(r"keep|remove|archive:.+")
_NAME = re.compile(r"[a-z][a-z0-9_]*")


def _read_duration(value: Any) -> Any:
    if isinstance(value, str):
        found = _DURATION.fullmatch(value)
        if found is None:
            raise ValueError(f"“{value}” is not a duration; write a number and a unit: 30s, 15m or 2h")
        return int(found[1]) * _SECONDS[found[2]]
    return value


def _read_pounds(value: Any) -> Any:
    if isinstance(value, str):
        if _POUNDS.fullmatch(value) is None:
            raise ValueError(f"“{value}” is not an amount; write pounds: 250000 or 250000.00")
        pounds, _, pence = value.partition(".")
        return int(pounds) * 100 + int(pence or 0)
    return value


def _check_host_key(value: Any) -> Any:
    if not isinstance(value, str) or not _is_host_key(value):
        raise ValueError(
            "this is not a host key; write its kind and the key, as in a .pub file: ssh-ed25519 AAAA… "
            "(ask the partner for it, or compare with them what ssh-keyscan shows)"
        )
    return value


def _is_host_key(line: str) -> bool:
    """Whether the kind in words is the kind that the key itself begins with (RFC 4253, section 6.6)."""
    kind, *rest = line.split()
    try:
        body = base64.b64decode(rest[0], validate=True)
    except (binascii.Error, IndexError):
        return False
    return body[4 : 4 + int.from_bytes(body[:4], "big")] == kind.encode()


def _check_then(value: Any) -> Any:
    if not isinstance(value, str) or _THEN.fullmatch(value) is None:
        raise ValueError("write keep, remove, or archive: and a folder, such as archive:/outbound/done")
    return value


def is_name(text: str) -> bool:
    """Whether routes, their files and endpoints may be called so."""
    return _NAME.fullmatch(text) is not None


def _check_name(value: Any) -> Any:
    if not isinstance(value, str) or not is_name(value):
        raise ValueError("a name is made of small letters, digits and _, and starts with a letter")
    return value


def _one_or_many(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


Duration = Annotated[int, BeforeValidator(_read_duration), Field(ge=0)]  # seconds
Pence = Annotated[int, BeforeValidator(_read_pounds), Field(ge=0)]  # written as pounds
Name = Annotated[str, BeforeValidator(_check_name)]
HostKey = Annotated[str, BeforeValidator(_check_host_key)]


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
    then: Annotated[str, BeforeValidator(_check_then)] = "keep"

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

    feeds: Annotated[tuple[str, ...], BeforeValidator(_one_or_many)] = Field(
        min_length=1, validation_alias=AliasChoices("feeds", "feed")
    )
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


__all__ = ["Endpoint", "FolderEndpoint", "Hold", "HubSettings", "Route", "SftpEndpoint", "Source", "Target"]

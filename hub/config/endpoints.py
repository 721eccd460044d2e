"""`endpoints.yaml` as models: where files come from and go to, and who takes them there by hand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import ByteSize, Field, model_validator

from hub.config.maintenance import Maintained
from hub.config.secrets import SecretRef
from hub.config.settings import Role
from hub.config.strict import Settings
from hub.config.values import Address, Duration, Ends, HostKey, Name, Rate


class FolderEndpoint(Maintained):
    """A folder that this machine can see. Relative paths start at the configuration folder.

    sweeps:      whether its reader may pick a file up at once, so that its absence proves nothing; where not,
                 it proves for ten minutes that a file was not sent, and small files leave faster
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

"""Logging in to an SSH server: pinned host keys only, one kind of proof, time-outs on everything."""

from __future__ import annotations

import base64
import hashlib
import logging
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from io import StringIO
from typing import Any, cast

import paramiko
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from paramiko.ssh_exception import IncompatiblePeer

from hub.clock.now import Clock, SystemClock, local_date
from hub.config.endpoints import SftpEndpoint
from hub.connectors.base import Secrets
from hub.connectors.names import printable
from hub.errors import AuthFailed, HostKeyChanged, PeerIncompatible, TransportError, Unreachable

# Everything that paramiko would log is told in our errors; its own lines hold tracebacks.
logging.getLogger("paramiko").addHandler(logging.NullHandler())
logging.getLogger("paramiko").propagate = False

Attempt = Callable[[], list[str]]  # returns what the server wants besides

_KEEPALIVE = 15  # seconds
_CIPHERS = ("aes256-gcm@openssh.com", "aes128-gcm@openssh.com", "aes256-ctr", "aes192-ctr", "aes128-ctr")
_KEY_CLASSES: tuple[tuple[type, type[paramiko.PKey]], ...] = (
    (ed25519.Ed25519PrivateKey, paramiko.Ed25519Key),
    (ec.EllipticCurvePrivateKey, paramiko.ECDSAKey),
    (rsa.RSAPrivateKey, paramiko.RSAKey),
)
_CHOICES = (  # of what, as the peer offers it, as we accept it
    ("key exchange", "kex_algo_list", "preferred_kex"),
    ("host key type", "server_key_algo_list", "preferred_keys"),
    ("cipher", "client_encrypt_algo_list", "preferred_ciphers"),
    ("cipher", "server_encrypt_algo_list", "preferred_ciphers"),
    ("message authentication code", "client_mac_algo_list", "preferred_macs"),
    ("message authentication code", "server_mac_algo_list", "preferred_macs"),
)


@dataclass(frozen=True, slots=True, repr=False)
class Credentials:
    """What proves who we are, read from the secrets. Never printed."""

    key: str | None
    passphrase: str | None
    password: str | None


class Login:
    """How to get in to one endpoint. Credentials that were refused are not tried again until they change."""

    def __init__(self, name: str, endpoint: SftpEndpoint, clock: Clock | None = None) -> None:
        self.title = f"endpoint {name} ({endpoint.host}:{endpoint.port})"
        self._endpoint, self._clock = endpoint, clock or SystemClock()
        self._refused: tuple[Credentials, str] | None = None

    def connect(self, secrets: Secrets) -> paramiko.Transport:
        """An authenticated connection. Raises Unreachable, HostKeyChanged, PeerIncompatible, AuthFailed."""
        credentials = self._read(secrets)
        if self._refused is not None and self._refused[0] == credentials:
            raise AuthFailed(self._refused[1])
        transport = self._negotiated()
        try:
            self._check_host_key(transport.get_remote_server_key())
            self._prove(transport, credentials)
        except BaseException as error:
            transport.close()
            if isinstance(error, AuthFailed):
                self._refused = (credentials, str(error))
            raise
        transport.set_keepalive(_KEEPALIVE)
        return transport

    def forget(self) -> None:
        """Somebody has found that it works: what was refused may be tried again."""
        self._refused = None

    def _read(self, secrets: Secrets) -> Credentials:
        end = self._endpoint
        key, passphrase, password = (
            None if ref is None else secrets(ref) for ref in (end.key_file, end.passphrase, end.password)
        )
        return Credentials(key, passphrase, password)

    def _negotiated(self) -> _Transport:
        transport = _Transport(cast(socket.socket, PatientSocket(self._dial(), self._endpoint.timeout)))
        transport.banner_timeout = transport.handshake_timeout = self._endpoint.connect_timeout
        transport.auth_timeout = transport.channel_timeout = self._endpoint.timeout
        transport.clear_to_send_timeout = self._endpoint.timeout
        options = transport.get_security_options()
        options.ciphers = _CIPHERS
        options.key_types = _pinned_first(self._trusted, options.key_types)
        try:
            transport.start_client(timeout=2 * self._endpoint.connect_timeout)
            transport.get_remote_server_key()
        except (paramiko.SSHException, OSError, EOFError) as error:
            transport.close()
            raise self._not_negotiated(transport, error) from error
        return transport

    def _dial(self) -> socket.socket:
        end = self._endpoint
        try:
            return socket.create_connection((end.host, end.port), timeout=end.connect_timeout)
        except socket.gaierror as error:
            raise Unreachable(
                f"{self.title}: the host name is not known here. Correct `host`, or look at the name server."
            ) from error
        except OSError as error:
            raise Unreachable(
                f"{self.title}: no connection ({error.strerror or 'time-out'}). Expected an SSH server to "
                f"answer within {end.connect_timeout} s; look at the firewall and the partner's service page."
            ) from error

    def _not_negotiated(self, transport: _Transport, error: Exception) -> TransportError:
        if isinstance(error, IncompatiblePeer):
            return PeerIncompatible(f"{self.title}: {transport.mismatch() or printable(str(error))}")
        return Unreachable(
            f"{self.title}: something answers but no SSH session came about ({printable(str(error))}). "
            f"Expected an SSH server that greets within {self._endpoint.connect_timeout} s; the hub tries "
            "again."
        )

    def _check_host_key(self, shown: paramiko.PKey) -> None:
        pinned = self._trusted
        if any(_body(line) == shown.asbytes() for line in pinned):
            return
        expected = " or ".join(_fingerprint(line) for line in pinned) or "none: no key is pinned for today"
        raise HostKeyChanged(
            f"{self.title}: the server shows the host key {shown.get_name()} {shown.fingerprint}; "
            f"expected {expected}. Nothing was sent. Ask the partner by telephone whether they changed it; "
            "only if they confirm this fingerprint, put the new key under `host_keys`. Else tell security."
        )

    @property
    def _trusted(self) -> Sequence[str]:
        """The lines of the keys that are trusted today."""
        today = local_date(self._clock.now())
        return [key.line for key in self._endpoint.host_keys if key.is_trusted(today)]

    def _prove(self, transport: paramiko.Transport, credentials: Credentials) -> None:
        problem: str | None = "there is nothing to try"
        with self._attempts(transport, credentials) as attempts:
            for attempt in attempts:
                problem = self._try(attempt)
                if problem is None:
                    return
        raise AuthFailed(
            f"{self.title}: the log-in of “{self._endpoint.username}” with {self._proof} was refused "
            f"({problem}). The hub does not try this again until the secret or the settings change, or "
            "`feedhub endpoints test` went well, because repeated log-ins lock accounts. Correct the secret "
            "or ask the partner."
        )

    def _try(self, attempt: Attempt) -> str | None:
        """Why it was refused; None when we are in."""
        try:
            more = attempt()
        except paramiko.BadAuthenticationType as error:
            return f"the server accepts only {', '.join(error.allowed_types)}"
        except paramiko.AuthenticationException as error:
            if not self._was_unanswered(str(error)):
                return printable(str(error))
            raise self._unanswered() from error
        except (paramiko.SSHException, OSError, EOFError) as error:
            raise self._unanswered() from error
        return f"the server also wants {', '.join(more)}" if more else None

    def _was_unanswered(self, said: str) -> bool:
        """Some servers hang up on a wrong password instead of refusing it; a key locks no account."""
        return "timeout" in said or ("EOF" in said and self._endpoint.password is None)

    def _unanswered(self) -> Unreachable:
        return Unreachable(
            f"{self.title}: no answer to the log-in within {self._endpoint.timeout} s, or the line broke. "
            "The hub tries again."
        )

    @contextmanager
    def _attempts(self, transport: paramiko.Transport, credentials: Credentials) -> Iterator[list[Attempt]]:
        """The one way in that the endpoint names; only an agent may have several keys to offer."""
        user = self._endpoint.username
        if credentials.password is not None:
            yield [partial(transport.auth_password, user, credentials.password)]
        elif credentials.key is not None:
            yield [partial(transport.auth_publickey, user, self._private_key(credentials))]
        else:
            with closing(paramiko.Agent()) as agent:
                yield [partial(transport.auth_publickey, user, key) for key in self._agent_keys(agent)]

    @property
    def _proof(self) -> str:
        end = self._endpoint
        if end.password is not None:
            return f"the password {end.password}"
        return "the keys of the SSH agent" if end.key_file is None else f"the key {end.key_file}"

    def _private_key(self, credentials: Credentials) -> paramiko.PKey:
        try:
            return load_private_key(credentials.key or "", credentials.passphrase)
        except (ValueError, TypeError, UnsupportedAlgorithm, paramiko.SSHException) as error:
            raise AuthFailed(
                f"{self.title}: {self._proof} cannot be used. Expected an Ed25519, ECDSA or RSA private key "
                "in OpenSSH or PEM form (export a PuTTY key), opened by the passphrase if it has one."
            ) from error

    def _agent_keys(self, agent: paramiko.Agent) -> Sequence[paramiko.PKey]:
        keys = agent.get_keys()
        if not keys:
            raise AuthFailed(
                f"{self.title}: no SSH agent with a key runs for the hub's user. Start one and add the key."
            )
        return keys


class _Transport(paramiko.Transport):
    """Remembers what the peer offered, which paramiko forgets when there is nothing in common."""

    offered: dict[str, Any] | None = None

    def _really_parse_kex_init(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        parsed: dict[str, Any] = super()._really_parse_kex_init(*args, **kwargs)  # type: ignore[misc]
        if self.offered is None:
            self.offered = {key: list(value) for key, value in parsed.items() if isinstance(value, list)}
        return parsed

    def mismatch(self) -> str | None:
        """Names the kind of algorithm that we have none of in common."""
        for kind, theirs, ours in _CHOICES:
            offered, accepted = (self.offered or {}).get(theirs, ()), getattr(self, ours)
            if not set(offered) & set(accepted):
                return (
                    f"no {kind} in common. It offers {printable(', '.join(offered))}; the hub accepts "
                    f"{', '.join(accepted)}. Ask the partner to enable one of these."
                )
        return None


class PatientSocket:
    """A socket whose `send` gives up in the end; paramiko would try for ever when the peer stops reading."""

    def __init__(self, line: socket.socket, patience: float) -> None:
        self._line = line
        self._patience = patience
        self._stuck_since: float | None = None

    def send(self, data: bytes) -> int:
        try:
            sent = self._line.send(data)
        except TimeoutError:
            self._stuck_since = self._stuck_since or time.monotonic()
            if time.monotonic() - self._stuck_since > self._patience:
                raise ConnectionError("the peer stopped reading") from None
            raise
        self._stuck_since = None
        return sent

    def __getattr__(self, name: str) -> Any:
        return getattr(self._line, name)


def load_private_key(text: str, passphrase: str | None) -> paramiko.PKey:
    """Any kind in any form. Raises ValueError, TypeError or UnsupportedAlgorithm."""
    load = (
        serialization.load_ssh_private_key
        if "OPENSSH PRIVATE KEY" in text
        else serialization.load_pem_private_key
    )
    key = load(text.encode(), passphrase.encode() if passphrase else None)
    for kind, paramiko_class in _KEY_CLASSES:
        if isinstance(key, kind):
            plain = key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.OpenSSH,
                serialization.NoEncryption(),
            )
            return paramiko_class.from_private_key(StringIO(plain.decode()))
    raise UnsupportedAlgorithm(f"{type(key).__name__} is not a key that SSH servers accept")


def _body(line: str) -> bytes:
    """The key in an OpenSSH public key line."""
    return base64.b64decode(line.split()[1])


def _fingerprint(line: str) -> str:
    """Kind and SHA-256 as `ssh-keygen -l` prints them."""
    digest = base64.b64encode(hashlib.sha256(_body(line)).digest()).decode().rstrip("=")
    return f"{line.split(maxsplit=1)[0]} SHA256:{digest}"


def _pinned_first(lines: Sequence[str], known: Sequence[str]) -> tuple[str, ...]:
    """So that a server with several host keys shows the one that is pinned."""
    kinds = {line.split()[0] for line in lines}
    wanted = [name for name in known if name in kinds or ("ssh-rsa" in kinds and name.startswith("rsa-"))]
    return (*wanted, *(name for name in known if name not in wanted))

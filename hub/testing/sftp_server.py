"""An SFTP server on loopback for the demo and for tests. Confined to one folder; can misbehave on order.

with EmbeddedSftp(folder, users={"hub": "not-a-real-password"}) as server:
    ...  # server.host, server.port, server.host_key_line
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

import paramiko
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from paramiko.common import (
    AUTH_FAILED,
    AUTH_SUCCESSFUL,
    OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED,
    OPEN_SUCCEEDED,
)

from hub.connectors.ssh import load_private_key
from hub.testing.sftp_files import Faults, Files, Served


class EmbeddedSftp:
    """Runs from `with` to its end.

    users: user name -> password; keys: user name -> public key lines that may log in as that user
    faults: what the server does wrong; may be changed while it runs
    log_ins: each password or key that was offered, as (user, kind), in order
    """

    host = "127.0.0.1"

    def __init__(
        self,
        root: Path,
        users: Mapping[str, str] | None = None,
        keys: Mapping[str, Sequence[str]] | None = None,
        *,
        host_key: paramiko.PKey | None = None,
    ) -> None:
        self.faults = Faults()
        self.log_ins: list[tuple[str, str]] = []
        self.users = dict(users or {})
        self.keys = {user: [line.split()[1] for line in lines] for user, lines in (keys or {}).items()}
        self._root = root.resolve(strict=True)
        self._host_key = host_key or new_key()
        self._connections: list[paramiko.Transport] = []
        self._closing = False

    @property
    def port(self) -> int:
        port: int = self._listener.getsockname()[1]
        return port

    @property
    def host_key_line(self) -> str:
        """As an endpoint's `host_keys` wants it."""
        return f"{self._host_key.get_name()} {self._host_key.get_base64()}"

    @property
    def connections(self) -> int:
        """How many clients are connected now."""
        return sum(transport.is_active() for transport in self._connections)

    def __enter__(self) -> Self:
        self._listener = socket.create_server((self.host, 0))
        self._thread = threading.Thread(target=self._accept, name="embedded sftp", daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing = True
        self.faults.gate.set()
        # Closing a listener doesn't wake its accept() on every system; a connection does.
        with suppress(OSError):
            socket.create_connection((self.host, self.port)).close()
        self._thread.join()
        self._listener.close()
        self.drop_all()

    def drop_all(self) -> None:
        """Cuts every line at once, as a crash of the server would."""
        for transport in self._connections:
            transport.close()
        for transport in self._connections:
            transport.join()

    def _accept(self) -> None:
        while True:
            line, _ = self._listener.accept()
            if self._closing:
                line.close()
                return
            if self.faults.away:
                line.close()
            else:
                self._serve(line)

    def _serve(self, line: socket.socket) -> None:
        transport = paramiko.Transport(line)
        transport.add_server_key(self._host_key)
        options = transport.get_security_options()
        options.ciphers = self.faults.ciphers or options.ciphers
        served = Served(self._root, self.faults, transport.close)
        if not self.faults.no_sftp:
            transport.set_subsystem_handler("sftp", paramiko.SFTPServer, sftp_si=Files, served=served)
        self._connections.append(transport)
        with suppress(paramiko.SSHException, EOFError):
            transport.start_server(event=threading.Event(), server=_Doorkeeper(self, transport))


class _Doorkeeper(paramiko.ServerInterface):
    """Who may come in, and that there is nothing here but SFTP."""

    def __init__(self, server: EmbeddedSftp, transport: paramiko.Transport) -> None:
        self._server = server
        self._transport = transport

    def get_allowed_auths(self, username: str) -> str:
        return "publickey,password" if username in self._server.keys else "password"

    def check_auth_password(self, username: str, password: str) -> int:
        self._server.log_ins.append((username, "password"))
        return self._verdict(self._server.users.get(username) == password)

    def check_auth_publickey(self, username: str, key: paramiko.PKey) -> int:
        self._server.log_ins.append((username, "key"))
        return self._verdict(key.get_base64() in self._server.keys.get(username, ()))

    def check_channel_request(self, kind: str, chanid: int) -> int:
        return OPEN_SUCCEEDED if kind == "session" else OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED

    def _verdict(self, welcome: bool) -> int:
        if self._server.faults.hangs_up:
            self._transport.close()
        return AUTH_SUCCESSFUL if welcome else AUTH_FAILED


def new_key() -> paramiko.PKey:
    """A fresh Ed25519 key, in memory only."""
    return load_private_key(new_key_text(), None)


def new_key_text() -> str:
    """A fresh Ed25519 private key as OpenSSH writes it, without a passphrase."""
    return (
        Ed25519PrivateKey.generate()
        .private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.OpenSSH, serialization.NoEncryption()
        )
        .decode()
    )

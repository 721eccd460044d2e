"""An account at an SFTP server, over paramiko."""

from __future__ import annotations

import errno
import os
import posixpath
import stat
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

from paramiko import SFTPAttributes, SFTPError, SSHException, Transport

from hub.config.endpoints import SftpEndpoint
from hub.connectors.base import Secrets, Session, Sink
from hub.connectors.place import Entry, FileSession
from hub.connectors.pool import Pool
from hub.connectors.sftp_client import Client
from hub.connectors.ssh import Login
from hub.errors import PeerIncompatible, Unreachable

_GARBLED = (SSHException, SFTPError, EOFError, UnicodeDecodeError, struct.error)


class SftpConnector:
    """Keeps up to `connections` lines to each endpoint."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: dict[tuple[str, SftpEndpoint], tuple[Login, Pool[SftpPlace]]] = {}

    @contextmanager
    def open(self, name: str, endpoint: SftpEndpoint, secrets: Secrets) -> Iterator[Session]:
        login, pool = self._find(name, endpoint)
        with pool.lease(lambda: _open_place(login, secrets, endpoint.timeout)) as place:
            yield FileSession(place)

    def forget(self, name: str) -> None:
        """What was refused at an endpoint may be tried again."""
        with self._lock:
            logins = [login for (known, _), (login, _) in self._known.items() if known == name]
        for login in logins:
            login.forget()

    def close(self) -> None:
        with self._lock:
            known, self._known = list(self._known.values()), {}
        for _, pool in known:
            pool.close()

    def _find(self, name: str, endpoint: SftpEndpoint) -> tuple[Login, Pool[SftpPlace]]:
        key = (name, endpoint)
        with self._lock:
            if key not in self._known:
                self._known[key] = Login(name, endpoint), Pool(endpoint.connections)
            return self._known[key]


class SftpPlace:
    """`hub.connectors.place.Place` over one SFTP session; a `hub.connectors.pool.Line`."""

    def __init__(self, title: str, transport: Transport, client: Client, timeout: float) -> None:
        self.title = title
        self._transport = transport
        self._client = client
        self._timeout = timeout

    def describe(self) -> str:
        with self._plain_errors():
            folder = self._client.normalize(".")
        server, cipher = self._transport.remote_version.strip(), self._transport.local_cipher
        key = self._transport.get_remote_server_key()
        return f"{server}, {cipher}, {key.get_name()} {key.fingerprint}, starts in {folder}"

    def path(self, folder: str, name: str) -> str:
        return posixpath.join(folder, name)

    def entries(self, folder: str) -> list[Entry]:
        with self._plain_errors():
            return [_entry(found.filename, found) for found in self._client.listdir_attr(folder or ".")]

    def look(self, path: str) -> Entry:
        with self._plain_errors():
            return _entry(posixpath.basename(path), self._client.lstat(path))

    def read(self, path: str, size: int, sink: Sink) -> int:
        with self._plain_errors():
            return self._client.read_all(path, size, sink)

    def write(self, path: str, source: BinaryIO) -> None:
        with self._plain_errors():
            self._client.write_all(path, source)

    def rename(self, path: str, new: str) -> None:
        """Asks first, because some servers overwrite where the protocol tells them to refuse."""
        with self._plain_errors():
            if self._exists(new):
                raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), new)
            self._client.rename(path, new)

    def remove(self, path: str) -> None:
        with self._plain_errors():
            self._client.remove(path)

    def settle(self) -> None:
        """The server's own matter: the protocol has no way to ask."""

    def is_alive(self, *, ask: bool) -> bool:
        if not self._is_open():
            return False
        try:
            if ask:
                self.look(".")
        except OSError:
            return False
        return True

    def close(self) -> None:
        self._transport.close()

    def _exists(self, path: str) -> bool:
        try:
            self._client.lstat(path)
        except FileNotFoundError:
            return False
        return True

    def _is_open(self) -> bool:
        return self._transport.is_active() and not self._client.sock.closed

    @contextmanager
    def _plain_errors(self) -> Iterator[None]:
        """What paramiko raises, as the plain OSErrors that a place raises."""
        if not self._is_open():
            raise ConnectionError("the line is closed")
        try:
            yield
        except TimeoutError as error:
            raise TimeoutError(errno.ETIMEDOUT, f"no answer within {self._timeout} s") from error
        except _GARBLED as error:
            raise ConnectionError(errno.ECONNRESET, f"the line broke ({error})") from error
        except OSError as error:
            if self._is_open():
                raise
            raise ConnectionError(errno.ECONNRESET, f"the line broke ({error})") from error


def _open_place(login: Login, secrets: Secrets, timeout: float) -> SftpPlace:
    transport = login.connect(secrets)
    # Opening a channel waits without limit inside paramiko; closing the connection ends that wait.
    watchdog = threading.Timer(timeout, transport.close)
    watchdog.start()
    try:
        channel = transport.open_session(timeout=timeout)
        channel.settimeout(timeout)
        channel.invoke_subsystem("sftp")
        return SftpPlace(login.title, transport, Client(channel), timeout)
    except (OSError, *_GARBLED) as error:
        was_alive = transport.is_active()
        transport.close()
        if was_alive and isinstance(error, SSHException):
            raise PeerIncompatible(
                f"{login.title}: logged in, but the server offers no SFTP ({error}). Ask the partner to "
                "enable the sftp subsystem for this account."
            ) from error
        raise Unreachable(
            f"{login.title}: logged in, then the line broke ({error}). The hub tries again."
        ) from error
    finally:
        watchdog.cancel()


def _entry(name: str, found: SFTPAttributes) -> Entry:
    mode, size, seconds = found.st_mode, found.st_size or 0, found.st_mtime
    if mode is None:  # a server that tells no kind; the long form starts with it
        return Entry(name, size, seconds, getattr(found, "longname", "").startswith("d"))
    return Entry(name, size, seconds, stat.S_ISDIR(mode), stat.S_ISREG(mode))

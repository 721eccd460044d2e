"""What every connector offers, whatever stands behind it.

A connector opens sessions to an endpoint. A session is used by one thread at a time and raises nothing
but `hub.errors.TransportError`s and `InDoubt`, each a sentence that names the endpoint.
Folders are written with `/`; names come back from the other side and are never trusted (`names.safe_name`).
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, BinaryIO, Protocol, runtime_checkable

from hub.door.conversation import Call, Reply

Secrets = Callable[[str], str]  # a secret reference -> its content
Sink = Callable[[bytes], object]  # takes each piece of a file as it arrives


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """A file as a listing saw it. `mtime` is ISO 8601 in UTC, as fine as the endpoint tells it."""

    path: str
    name: str
    size: int
    mtime: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """An entry that the hub will not touch. `name` is safe to print; `reason` is a sentence."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Listing:
    """The files of one folder, by name. Folders, dot files and our temporary names are left out.

    An entry with an unsafe name doesn't fail the folder: it is told in `refused`.
    """

    files: tuple[RemoteFile, ...]
    refused: tuple[Refusal, ...] = ()


@dataclass(frozen=True, slots=True)
class Receipt:
    """What was seen at the endpoint after an upload. `checked` says in words what was compared."""

    path: str
    size: int
    sha256: str
    checked: str


class Presence(StrEnum):
    """What an endpoint holds under a name that we meant to upload.

    THERE:     our size and hash
    PARTIAL:   not there, but our temporary name is
    ABSENT:    neither; where the partner may pick files up at once, this proves nothing
    DIFFERENT: something else has the name
    """

    THERE = "there"
    PARTIAL = "partial"
    ABSENT = "absent"
    DIFFERENT = "different"


class Session(Protocol):
    """One open line to an endpoint."""

    def describe(self) -> str:
        """What is at the other end, for `feedhub endpoints test`."""
        ...

    def listing(self, folder: str) -> Listing:
        """Raises RemoteRefused when the folder is missing or may not be read."""
        ...

    def fetch(self, file: RemoteFile, sink: Sink) -> None:
        """Reads the file to the sink. Raises Unreachable when it changed since it was listed: list again."""
        ...

    def put(self, folder: str, name: str, source: BinaryIO, size: int, sha256: str) -> Receipt:
        """Uploads: temporary name, size and hash checked, renamed without overwriting, read back.

        May be repeated: a file that is there with this size and hash gives its receipt again.
        Raises RemoteRefused when something else has the name; InDoubt when the line broke while renaming, or
        what has the name may not be read. After any other error this call left nothing under the final name.
        """
        ...

    def probe(self, folder: str, name: str, size: int, sha256: str) -> Presence:
        """Changes nothing. Raises InDoubt when a file of our size is there that may not be read."""
        ...

    def tidy(self, folder: str, name: str) -> None:
        """Removes our own temporary names of an upload that is there; what cannot be removed stays."""
        ...

    def move(self, file: RemoteFile, folder: str) -> str:
        """Moves a file that we have fetched to a folder of the same endpoint; returns its new path.

        A name that is taken there gets the file's time put in. A file that is gone already is no error;
        one that changed since it was listed stays, and RemoteRefused says so.
        """
        ...

    def remove(self, file: RemoteFile) -> None:
        """Removes a file that we have fetched, under the same conditions as `move`."""
        ...


@runtime_checkable
class Settles(Session, Protocol):
    """A session that can make its new names safe before it ends: many files may leave over it."""

    def settle(self) -> None:
        """Makes sure that the new names so far survive a power cut at the endpoint, as far as that can be
        asked. Raises InDoubt when they may not."""
        ...


class ApiSession(Protocol):
    """One open account at an API."""

    def describe(self) -> str:
        """What is at the other end, for `feedhub endpoints test`. Signs in; changes nothing."""
        ...

    def server_time(self) -> datetime | None:
        """What time it is there; None when it does not say. Signs in; changes nothing."""
        ...

    def call(self, call: Call, key: str) -> Reply:
        """Make a call; `key` is its idempotency key, sent when its `again` is KEYED.

        Returns a reply of a status that the call takes. Raises AnswerLost when it may have been done there;
        after any other error it was not."""
        ...


class ApiConnector(Protocol):
    """As `Connector`, for what is talked with."""

    def open(self, name: str, endpoint: Any, secrets: Secrets) -> AbstractContextManager[ApiSession]:
        """Raises ConfigError when a secret is missing or cannot be used."""
        ...

    def close(self) -> None: ...


class Connector(Protocol):
    """Opens sessions; keeps and reuses connections until it is closed. Shared by threads."""

    def open(self, name: str, endpoint: Any, secrets: Secrets) -> AbstractContextManager[Session]:
        """A session at `endpoint` (its settings model), called `name` in messages.

        Waits while all allowed connections are in use. Raises Unreachable, AuthFailed, HostKeyChanged,
        PeerIncompatible.
        """
        ...

    def close(self) -> None:
        """Ends idle connections. Sessions still in use end when they are given back."""
        ...

"""A place that connectors are tested at, and the words that the tests use for it."""

from __future__ import annotations

import hashlib
import io
import os
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hub.connectors.base import Connector, Presence, Receipt, RemoteFile, Session

USER, PASSWORD = "hub", "not-a-real-password"
CONTENT = b"H,DEMO,20260102\r\nD,0001,12.50\r\n"


@dataclass
class Ground:
    """A place under test: `local` is what lies behind the folder that is called `remote` there."""

    connector: Connector
    endpoint: Any
    secret: str
    local: Path
    remote: str

    def session(self) -> AbstractContextManager[Session]:
        return self.connector.open("bureau", self.endpoint, lambda reference: self.secret)

    def folder(self, name: str) -> str:
        """Makes a folder there and returns what it is called there."""
        (self.local / name).mkdir()
        return f"{self.remote.rstrip('/')}/{name}"


def log_in(connector: Connector, settings: Any, secret: str = PASSWORD, passphrase: str = "") -> str:
    """Opens a session and says what is at the other end. The reference `file:pass` gives the passphrase."""
    with connector.open(
        "bureau", settings, lambda ref: passphrase if ref == "file:pass" else secret
    ) as session:
        return session.describe()


def put(session: Session, folder: str, name: str, content: bytes = CONTENT) -> Receipt:
    return session.put(folder, name, io.BytesIO(content), len(content), hashlib.sha256(content).hexdigest())


def probe(session: Session, folder: str, name: str, content: bytes = CONTENT) -> Presence:
    return session.probe(folder, name, len(content), hashlib.sha256(content).hexdigest())


def fetch(session: Session, file: RemoteFile) -> bytes:
    pieces: list[bytes] = []
    session.fetch(file, pieces.append)
    return b"".join(pieces)


def names(folder: Path) -> list[str]:
    return sorted(os.listdir(folder))

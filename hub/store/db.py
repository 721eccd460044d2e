"""The database: opened, brought up to date, read by any thread, written by one."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import copy
from functools import partial
from pathlib import Path
from typing import Any, Self, TypeVar

from sqlalchemy import (
    Connection,
    Engine,
    create_engine,
    event,
    insert,
    select,
)
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError

from hub.clock.now import Clock
from hub.errors import LostRace, StoreError
from hub.model import Compartment
from hub.store.backup import refuse_half_restored
from hub.store.blobs import Blobs
from hub.store.dialect import DRIVER
from hub.store.files import disk_errors, durable_write, full_sentence, has_no_room, lock
from hub.store.keys import DATABASE, Keys
from hub.store.migrate import migrate, schema_of
from hub.store.queries.blobs import sealed_blob
from hub.store.queries.restored import restored
from hub.store.queries.shared import CLOCK
from hub.store.schema import HEAD, about
from hub.store.writer import Writer

T = TypeVar("T")

WAIT = 30.0
"""Seconds to wait for another program that is writing: a large file's items take some."""

_LOG_PAGES = 8000
"""Of 4 KiB: so long may the log grow before its pages are copied into the database, which a commit waits for.
What was committed is on the disk either way."""

_JSON = json.JSONEncoder(default=dict)
"""Rows hold any mapping; JSON knows only dicts."""

_KEYS = "keys"
_MADE = (
    "The database in this folder was made. If it is ever missing, the hub refuses to start a new one: "
    "that would send and number everything again.\n"
)


class Store:
    """One open state folder. Use `open`; every method may be called from any thread."""

    def __init__(self, folder: Path, *, clock: Clock, keys: Keys, wait: float) -> None:
        self.keys = keys
        self._blobs = {
            inside: Blobs(folder / "blobs" / inside, one.age, partial(self._sealed_blob, inside), inside)
            for inside, one in keys.sets.items()
        }
        self._path, self._made, self._locks = folder / DATABASE, folder / "made.txt", folder / "locks"
        self._reading = _engine(self._path, clock, wait, "BEGIN")
        self._writing = _engine(self._path, clock, wait, "BEGIN IMMEDIATE")
        self._idle: list[Connection] = []  # opening one costs more than most of what is read
        self._within: Connection | None = None
        try:
            with self._said_plainly():
                self._writer = Writer(self._prepared(), self._translate)
                self.came_back = self._came_back()
        except BaseException:
            self._dispose()
            raise

    @classmethod
    def open(cls, folder: Path, *, clock: Clock, wait: float = WAIT) -> Self:
        """Open a state folder; made when it is not there. `wait` is in seconds.

        Raises StoreError when another program holds the database for longer than `wait`, the disk is full,
        the database is a newer hub's, its keys are missing or not the ones it was made with, or a restore
        into the folder was broken off."""
        refuse_half_restored(folder)
        with disk_errors(folder):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            return cls(folder, clock=clock, keys=Keys.open(folder), wait=wait)

    def write(self, fn: Callable[[Connection], T]) -> T:
        """Run `fn` in a transaction and return what it returned, once that is durable.

        `fn` uses only the connection it is given, and is quick: writers wait for each other. What it raises
        is raised here, and nothing of it is kept. Raises LostRace when another row stands where this one must
        be unique, StoreError when the database is locked by another program, full or damaged."""
        if self._within is not None:
            return self._writer.write_within(self._within, fn)
        return self._writer.write(fn)

    def within(self, connection: Connection) -> Self:
        """The store from inside one of its transactions, for who has it: what is read sees all that was
        written so far, and what `write` does is taken back by itself, but durable only with the whole."""
        inner = copy(self)
        inner._within = connection
        return inner

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection that sees one moment and cannot write; inside a transaction, that one's own."""
        with self._said_plainly():
            if self._within is not None:
                yield self._within
                return
            connection = self._reader()
            driver: Any = connection.connection.dbapi_connection
            driver.execute("BEGIN")
            try:
                yield connection
            finally:
                connection.rollback()
                driver.rollback()  # the moment is over: the next look sees the newest
                self._idle.append(connection)

    @contextmanager
    def alone(self, what: str) -> Iterator[None]:
        """Nobody else, in this process or another, is at the same work meanwhile. Ends with the process.

        Raises StoreError when somebody else is at it."""
        path = self._locks / f"{what}.lock"
        with disk_errors(path.parent):
            path.parent.mkdir(exist_ok=True)
            file = path.open("ab")
        with file:
            try:
                lock(file)
            except OSError:
                raise StoreError(
                    f"another feedhub command is working {what}. Nothing was done; wait until it has ended."
                ) from None
            yield

    def close(self) -> None:
        """Commit what waits, and close."""
        self._writer.close()
        self._dispose()

    def blobs(self, inside: Compartment) -> Blobs:
        """The stored bytes of a compartment. Raises StoreError when its keys are not given to this hub."""
        self.keys.of(inside)
        return self._blobs[inside]

    def _sealed_blob(self, inside: Compartment, sha256: str) -> bytes | None:
        with self.read() as connection:
            return sealed_blob(connection, inside, sha256)

    def _reader(self) -> Connection:
        try:
            return self._idle.pop()
        except IndexError:
            return self._reading.connect()

    def _dispose(self) -> None:
        while self._idle:
            self._idle.pop().close()
        self._reading.dispose()
        self._writing.dispose()

    def _prepared(self) -> Connection:
        """The writing connection, the database at the newest schema and sure of its keys.

        A database that is ready is only read, so that looking never waits for somebody who writes."""
        connection = self._writing.connect()
        if not self._is_ready():
            with connection.begin():
                self._refuse_lost(connection)
                migrate(connection, self._path)
                self._note_keys(connection)
        if not self._made.exists():
            durable_write(self._made, _MADE.encode())
        return connection

    def _is_ready(self) -> bool:
        with self._reading.connect() as connection:
            return schema_of(connection) == HEAD and self._knows_keys(connection)

    def _came_back(self) -> bool:
        """Whether the state is one that was restored: only a restore, into a folder that no hub has open,
        makes it so."""
        with self._reading.connect() as connection:
            return restored(connection) is not None

    def _refuse_lost(self, connection: Connection) -> None:
        """A database that was there once and is empty is no new hub: it would send everything again."""
        if schema_of(connection) is None and self._made.exists():
            raise StoreError(
                f"{self._path} is missing or empty, but it was there: {self._made.name} says so. "
                "Restore the whole state folder from the back-up. Nothing was done."
            )

    def _note_keys(self, connection: Connection) -> None:
        if not self._knows_keys(connection):
            noted = [
                {"name": f"{_KEYS} {inside}", "value": one.fingerprint()}
                for inside, one in self.keys.sets.items()
            ]
            connection.execute(insert(about), noted)

    def _knows_keys(self, connection: Connection) -> bool:
        """Whether the database was made with these keys; False while it knows none."""
        rows = connection.execute(select(about.c.name, about.c.value).where(about.c.name.startswith(_KEYS)))
        known = {row.name: row.value for row in rows}
        for inside, one in self.keys.sets.items() if known else ():
            if known.get(f"{_KEYS} {inside}") != one.fingerprint():
                raise StoreError(
                    f"the keys of {inside} in {self._path.parent} are not the ones that {self._path} was "
                    "made with. Restore both from the same back-up."
                )
        return bool(known)

    @contextmanager
    def _said_plainly(self) -> Iterator[None]:
        try:
            yield
        except (DBAPIError, sqlite3.Error) as error:
            raise self._translate(error) from error

    def _translate(self, error: BaseException) -> BaseException:
        """A driver's error as a sentence; anything else as it is."""
        cause = error.orig if isinstance(error, DBAPIError) else error
        if not isinstance(cause, sqlite3.Error):
            return error
        said = str(cause)
        if isinstance(cause, sqlite3.IntegrityError) and said.startswith("UNIQUE"):
            return LostRace(f"another row stands already where there may be only one ({said})")
        return StoreError(self._sentence(said))

    def _sentence(self, said: str) -> str:
        if "locked" in said or "busy" in said:
            return (
                f"another program is writing to {self._path} and does not finish. Wait for the other feedhub "
                "command, or end it; a back-up or virus scanner must leave the state folder alone."
            )
        if "full" in said or ("I/O" in said and has_no_room(self._path.parent)):
            return full_sentence(self._path)
        return (
            f"the database {self._path} did not do its work ({said}). Check the disk and the rights of "
            "the hub's account; if the file is damaged, restore the state folder from the back-up."
        )


def _engine(path: Path, clock: Clock, wait: float, begin: str) -> Engine:
    """An engine whose transactions start with `begin`: the driver's own guesses are switched off."""
    engine = create_engine(
        URL.create(DRIVER, database=str(path)),
        begin=begin,
        connect_args={"timeout": wait},
        execution_options={CLOCK: clock},
        json_serializer=_JSON.encode,
        hide_parameters=True,  # they may be personal data, and errors are shown
        max_overflow=-1,
    )

    @event.listens_for(engine, "connect")
    def _connected(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA foreign_keys=ON")
        if begin == "BEGIN":
            connection.execute("PRAGMA query_only=ON")
        else:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute(f"PRAGMA wal_autocheckpoint={_LOG_PAGES}")

    return engine

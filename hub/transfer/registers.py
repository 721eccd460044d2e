"""The account register in memory, brought up to date when accounts or mandates have changed."""

from __future__ import annotations

from threading import Lock

from sqlalchemy import Connection

from hub.model import Account, Mandate, Record, Register
from hub.rent.mandates import MANDATE_KIND, mandate_of
from hub.rent.register import AccountRegister
from hub.store import queries
from hub.store.db import Store
from hub.store.queries.records import Mark


class RegisterCache:
    """Accounts are read again after each extract. Of mandates only those that moved: opening 20,000 sealed
    ones takes a while."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._version: str | None = None
        self._mark: Mark | None = None
        self._accounts: list[Account] = []
        self._mandates: dict[str, Mandate] = {}
        self._register: Register | None = None

    def current(self, conn: Connection, store: Store) -> Register | None:
        """None until the rent system has sent an extract of its accounts or mandates."""
        with self._lock:
            now = queries.register_version(conn)
            accounts = self._take_accounts(conn, now.accounts)
            mandates = self._take_mandates(conn, store, now.moves)
            if accounts or mandates:
                known = self._accounts or self._mandates
                self._register = AccountRegister(self._accounts, self._mandates.values()) if known else None
            return self._register

    def _take_accounts(self, conn: Connection, version: str | None) -> bool:
        """Whether they are other accounts than before."""
        if version == self._version:
            return False
        self._accounts = list(queries.load_accounts(conn))
        self._version = version
        return True

    def _take_mandates(self, conn: Connection, store: Store, mark: Mark | None) -> bool:
        """Whether they are other mandates than before. All are read anew when the last look was at a
        transaction that was given up."""
        if mark == self._mark:
            return False
        moved = queries.moved_since(conn, MANDATE_KIND, self._mark) if self._mark else None
        for gone in moved if moved is not None else list(self._mandates):
            self._mandates.pop(gone, None)
        records = queries.records_of(conn, store.keys, MANDATE_KIND, moved)
        self._mandates.update(_by_reference(records))
        self._mark = mark
        return moved is None or bool(moved)


def _by_reference(records: list[Record]) -> dict[str, Mandate]:
    return {record.key: mandate_of(record) for record in records}

"""Records as a check is handed them, without a hub."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hub.api import Move, Record


class Kept:
    """By kind and key. What is moved is there from then on."""

    def __init__(self, *records: Record) -> None:
        self.records = {(one.kind, one.key): one for one in records}

    def move(self, move: Move) -> None:
        before = self.get(move.kind, move.key)
        data: Mapping[str, Any] = {**(before.data if before else {}), **move.data}
        state = str(move.to or (before.state if before else ""))
        self.records[move.kind, move.key] = Record(kind=move.kind, key=move.key, state=state, data=data)

    def get(self, kind: str, key: str) -> Record | None:
        return self.records.get((kind, key))

    def about(self, kind: str, account: str) -> list[Record]:
        return []

    def all(self, kind: str) -> list[Record]:
        return [one for (of, _), one in self.records.items() if of == kind]

"""How history is sealed: each entry carries the hash of the one before it, and its own over all of itself.

A changed, inserted or removed entry breaks the chain from there on; cutting off its end does not show here.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

LET_GO = "history_let_go"
"""The fact of the step which says that what the steps of a record up to that number told is kept no more."""
GONE = ""
"""What stands in place of the facts of such a step. Its hash stays, so that the chain goes on through it."""

_CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)


def hash_of(entry: Sequence[Any]) -> str:
    """SHA-256 (hex) of the canonical JSON of an entry: all of it but its own hash. Instants in UTC."""
    values = [_instant(value) if isinstance(value, datetime) else value for value in entry]
    return sha256(canonical(values).encode()).hexdigest()


def canonical(value: Mapping[str, Any] | Sequence[Any]) -> str:
    """One text for one value, whatever the order it was built in. Dates are written as ISO text."""
    return _CANONICAL.encode(value)


def facts(text: str) -> Mapping[str, Any]:
    """Stored facts of an entry; they may no longer be JSON if somebody altered them."""
    if text == GONE:
        return {}
    try:
        read: Mapping[str, Any] = json.loads(text)
    except ValueError:
        return {"unreadable": text}
    return read


def _instant(value: datetime) -> str:
    return value.astimezone(UTC).isoformat(timespec="microseconds")

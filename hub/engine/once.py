"""An act that a program asks for is done once, however often it asks under one key: what was answered is
answered again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection

from hub.errors import LostRace, StoreError, UsageError
from hub.store import queries
from hub.store.token_rows import AnswerRow
from hub.transfer.services import Services

KEPT = timedelta(days=30)
"""So long a key means what it meant."""

Answer = tuple[int, Any]
"""The status and what was answered, as JSON has it."""


def once(
    services: Services, token_id: str, key: str, asked: str, act: Callable[[], Answer]
) -> tuple[Answer, bool]:
    """What `act` answers, and whether that was answered before. `asked`: the digest of the request.

    Raises UsageError when something else was asked under the key, or the same was and it is not known what
    came of it. Where `act` raises UsageError, LostRace or StoreError nothing was done, and the same may be
    asked again."""
    told = services.commit(lambda conn: _begun(conn, services, token_id, key, asked))
    if told is not None:
        return told, True
    try:
        status, body = act()
    except (UsageError, LostRace, StoreError):
        services.commit(lambda conn: queries.take_back_answer(conn, token_id, key))
        raise
    services.commit(lambda conn: queries.end_answer(conn, token_id, key, status, body))
    return (status, body), False


def _begun(conn: Connection, services: Services, token_id: str, key: str, asked: str) -> Answer | None:
    now = services.clock.now()
    queries.forget_answers(conn, now - KEPT)
    known = queries.answer_under(conn, token_id, key)
    if known is None:
        queries.begin_answer(conn, AnswerRow(token_id=token_id, key=key, asked=asked, at=now))
        return None
    if known.asked != asked:
        raise UsageError("Something else was asked under this Idempotency-Key. Nothing was done.")
    if known.status is None:
        raise UsageError(
            "The same was asked under this Idempotency-Key, and is under way or was cut off. Look at what it "
            "was about; if nothing was done, ask under another key."
        )
    return known.status, known.body

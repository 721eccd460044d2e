"""Tokens of the REST API, and what was answered to whom, as rows."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenRow:
    """A token of the API. login: for whom it acts; scopes: names of the rights that it has of theirs."""

    id: str
    digest: str = field(repr=False)
    login: str
    name: str
    scopes: tuple[str, ...]
    made_by: str
    made_at: datetime
    expires_at: datetime
    used_at: datetime | None = None
    revoked_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerRow:
    """What was answered to an act. asked: the digest of the request; status None: it was begun, and perhaps
    done."""

    token_id: str
    key: str
    asked: str
    at: datetime
    status: int | None = None
    body: Any = None

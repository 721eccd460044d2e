"""Accounts of the console, and who is signed in, as rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountRow:
    """How a person of the configuration signs in. Without a password they have not set it up yet.

    totp:       the secret of the authenticator app, sealed
    last_step:  of the last code that was taken: each is good once
    recovery:   digests of the codes that stand for the app, each good once
    invitation: digest of the link by which it is set up, good until `invited_until`
    failures:   wrong attempts since the last right one; none is looked at before `wait_until`
    """

    login: str
    totp: bytes = field(repr=False)
    made_by: str
    made_at: datetime
    password: str | None = field(default=None, repr=False)
    last_step: int | None = None
    recovery: Sequence[str] = field(default=(), repr=False)
    invitation: str | None = field(default=None, repr=False)
    invited_until: datetime | None = None
    failures: int = 0
    wait_until: datetime | None = None
    signed_in_at: datetime | None = None
    closed_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedInRow:
    """Somebody signed in, by the digest of the cookie.

    person:   name and roles where another service vouches for them
    told:     what the next page says, once
    unmasked: of what the personal values may be read, until when (ISO)
    """

    token: str = field(repr=False)
    login: str
    address: str
    made_at: datetime
    seen_at: datetime
    person: Mapping[str, object] = field(default_factory=dict)
    told: Mapping[str, object] = field(default_factory=dict)
    unmasked: Mapping[str, str] = field(default_factory=dict)

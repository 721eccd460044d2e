"""What proves that somebody is who they say: a password, the code of an authenticator app, a code to recover
with. Pure, but for chance; nothing here is kept or logged."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from pyotp import TOTP, random_base32

SHORTEST = 12
"""Characters of a password; nothing else is asked of it but that it is not the login."""
LONGEST = 256
_RECOVERY = 10
_STEP = 30
"""Seconds for which an app shows a code (RFC 6238)."""
_HASHER = PasswordHasher()
_NOBODYS = _HASHER.hash(secrets.token_urlsafe())
"""Looked at for a login that is nobody's, so that it takes as long."""


def hashed(password: str) -> str:
    """As argon2id (RFC 9106), with a salt of its own."""
    return _HASHER.hash(password)


def is_right(password: str, known: str | None) -> bool:
    """Takes as long where nothing is known."""
    try:
        return _HASHER.verify(known or _NOBODYS, password) and known is not None
    except (VerificationError, InvalidHashError):
        return False


def weakness(password: str, login: str) -> str | None:
    """Why a password will not do; None when it will."""
    if len(password) < SHORTEST:
        return f"Use at least {SHORTEST} characters; three words that have nothing to do with each other do"
    if len(password) > LONGEST:
        return f"Use at most {LONGEST} characters"
    if login.casefold() in password.casefold() or len(set(password)) < 5:
        return "That is easily guessed; use three words that have nothing to do with each other"
    return None


def new_token() -> str:
    """For a cookie or a link: 256 bits."""
    return secrets.token_urlsafe(32)


def digest(token: str) -> str:
    """What is kept of a token, or of a code to recover with, instead of it: neither can be guessed."""
    return sha256(token.encode()).hexdigest()


def new_app_secret() -> str:
    """What an authenticator app is told once."""
    return random_base32()


def app_address(secret: str, login: str, hub: str) -> str:
    """What the QR code says."""
    return str(TOTP(secret).provisioning_uri(name=login, issuer_name=hub))


def step_of(secret: str, code: str, at: datetime, last: int | None) -> int | None:
    """The step whose code it is, the last and the next one too, but none that was used; else None."""
    told = code.replace(" ", "")
    now = int(at.timestamp()) // _STEP
    for step in (now - 1, now, now + 1):
        if hmac.compare_digest(TOTP(secret).generate_otp(step).encode(), told.encode()):
            return step if last is None or step > last else None
    return None


def code_at(secret: str, at: datetime) -> str:
    """What the app shows."""
    return TOTP(secret).at(at)


def new_recovery_codes() -> Sequence[str]:
    """Ten, of 80 bits each, in groups that can be written down."""
    return [_grouped(random_base32(32)[:16].lower()) for _ in range(_RECOVERY)]


def _grouped(code: str) -> str:
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


def recovery_digest(code: str) -> str:
    """However it was typed."""
    return digest("".join(code.split()).replace("-", "").lower())

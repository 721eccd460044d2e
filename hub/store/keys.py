"""The hub's keys: each compartment has three of its own, for stored bytes (age), personal columns (AES-GCM)
and search digests (HMAC-SHA-256).

They live in `keys/COMPARTMENT/` of the state folder and are made at the first use. Whoever has those of a
compartment can read all of it, and nothing of another. The folder is for the hub's account only (mode 700; on
Windows it inherits the rights of the state folder, which must be the service account's alone). A database
without its keys is lost: they belong in the back-up. A hub to which the keys of a closed compartment are not
given works without what lies there.
"""

from __future__ import annotations

import base64
import hmac
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from hub.errors import StoreError
from hub.model import Compartment
from hub.store.age import AgeKey
from hub.store.files import durable_write, sync_folder

FOLDER = "keys"
DATABASE = "feedhub.db"
_BLOBS, _COLUMNS, _SEARCH = "blobs.age", "columns.key", "search.key"
_FORMS = {
    Compartment.OPEN: b"\x01",
    Compartment.DWP: b"\x02",
    Compartment.FRAUD: b"\x03",
    Compartment.SAR: b"\x04",
}
"""The first byte of a sealed value: with whose key, and how, it was sealed."""
_SEALED_BY = {form: compartment for compartment, form in _FORMS.items()}
_NONCE = 12
_DIGEST_CHARACTERS = 32


@dataclass(frozen=True, slots=True, repr=False)
class KeySet:
    """The keys of one compartment; `age` is that of its stored bytes."""

    inside: Compartment
    age: AgeKey
    columns: AESGCM
    search: bytes

    def seal(self, text: str) -> bytes:
        """Encrypted and tamper-evident; sealing the same text twice gives different bytes."""
        nonce, form = secrets.token_bytes(_NONCE), _FORMS[self.inside]
        return form + nonce + self.columns.encrypt(nonce, text.encode(), form)

    def unseal(self, sealed: bytes) -> str:
        """Raises StoreError when the value was altered or sealed with another key."""
        form, nonce, body = sealed[:1], sealed[1 : 1 + _NONCE], sealed[1 + _NONCE :]
        try:
            return self.columns.decrypt(nonce, body, form).decode()
        except (InvalidTag, ValueError):
            raise StoreError(_UNREADABLE) from None

    def digest(self, text: str) -> str:
        """What finds a sealed value: equal texts give equal digests, which only the key can make."""
        return hmac.digest(self.search, text.encode(), sha256).hex()[:_DIGEST_CHARACTERS]

    def fingerprint(self) -> str:
        """Names this set of keys without giving anything away; the database remembers it."""
        return self.digest(f"feed hub keys {self.age.public_text()}")


@dataclass(frozen=True, slots=True, repr=False)
class Keys:
    """Seals and finds personal values, with the keys of the compartment that they lie in."""

    sets: Mapping[Compartment, KeySet]

    @classmethod
    def open(cls, state_folder: Path) -> Self:
        """The keys of a state folder; made when there is no database yet.

        Raises StoreError when the database is there without its keys, or a key is damaged."""
        folder = state_folder / FOLDER
        if not folder.exists():
            if (state_folder / DATABASE).exists():
                raise StoreError(_missing(state_folder, folder))
            _make(folder)
        given = [one for one in Compartment if one is Compartment.OPEN or (folder / one).exists()]
        return cls({inside: _read(folder / inside, inside) for inside in given})

    def of(self, inside: Compartment) -> KeySet:
        """Raises StoreError when the keys of that compartment are not given to this hub."""
        try:
            return self.sets[inside]
        except KeyError:
            raise StoreError(
                f"the keys of the compartment {inside} are not in “{FOLDER}”, so that nothing of it can be "
                f"read or written. Restore {FOLDER}/{inside} from the back-up, or use the hub that has them."
            ) from None

    def seal(self, text: str, inside: Compartment) -> bytes:
        return self.of(inside).seal(text)

    def unseal(self, sealed: bytes) -> str:
        """Raises StoreError when the value was altered, or was sealed with a key that is not here."""
        inside = _SEALED_BY.get(sealed[:1])
        if inside is None:
            raise StoreError(_UNREADABLE)
        return self.of(inside).unseal(sealed)

    def digest(self, text: str, inside: Compartment) -> str:
        return self.of(inside).digest(text)


_UNREADABLE = (
    "a personal value in the database cannot be opened: it was altered, or the keys in "
    f"“{FOLDER}” are not the ones it was sealed with. Restore both from the same back-up."
)


def _make(folder: Path) -> None:
    """All or none: written beside, then renamed."""
    new = folder.with_name(f"{FOLDER}.new-{secrets.token_hex(4)}")
    new.mkdir(mode=0o700, parents=True)
    for inside in Compartment:
        _make_set(new / inside)
    sync_folder(new)
    os.rename(new, folder)
    sync_folder(folder.parent)


def _make_set(folder: Path) -> None:
    folder.mkdir(mode=0o700)
    durable_write(folder / _BLOBS, f"{AgeKey.generate().secret_text()}\n".encode())
    for name in (_COLUMNS, _SEARCH):
        durable_write(folder / name, base64.b64encode(secrets.token_bytes(32)) + b"\n")
    sync_folder(folder)


def _read(folder: Path, inside: Compartment) -> KeySet:
    columns = AESGCM(_secret(folder / _COLUMNS))
    return KeySet(inside, _age_key(folder / _BLOBS), columns, _secret(folder / _SEARCH))


def _age_key(path: Path) -> AgeKey:
    try:
        return AgeKey.from_text(_text(path))
    except ValueError:
        raise StoreError(_damaged(path)) from None


def _secret(path: Path) -> bytes:
    try:
        secret = base64.b64decode(_text(path), validate=True)
    except ValueError:
        secret = b""
    if len(secret) != 32:
        raise StoreError(_damaged(path))
    return secret


def _text(path: Path) -> str:
    try:
        return path.read_text("ascii").strip()
    except PermissionError:
        raise StoreError(
            f"the key {path} may not be read. Give the hub's account the right; nothing is damaged by this."
        ) from None
    except (OSError, UnicodeDecodeError):
        raise StoreError(_damaged(path)) from None


def _missing(state_folder: Path, folder: Path) -> str:
    return (
        f"{state_folder / DATABASE} is there but its keys in {folder} are not. New keys could not read it. "
        f"Restore {folder} from the back-up; to start afresh, move the whole folder {state_folder} away."
    )


def _damaged(path: Path) -> str:
    return f"the key {path} is missing or damaged. Restore the folder {path.parent} from the back-up."

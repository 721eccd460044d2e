"""The key that seals the history (Ed25519). It lies with the other keys, where no statement can read it."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

from hub.errors import StoreError
from hub.store.files import durable_write, sync_folder
from hub.store.keys import FOLDER

NAME = "audit.key"


@dataclass(frozen=True, slots=True, repr=False)
class Witness:
    """Who can tell whether a signature is the hub's."""

    public: Ed25519PublicKey

    @classmethod
    def of_pem(cls, pem: bytes) -> Self:
        """Raises ValueError when it is no Ed25519 public key."""
        key = load_pem_public_key(pem)
        if not isinstance(key, Ed25519PublicKey):
            raise ValueError("not an Ed25519 key")
        return cls(key)

    @property
    def pem(self) -> bytes:
        return self.public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

    @property
    def id(self) -> str:
        """Names the key."""
        return sha256(self.public.public_bytes(Encoding.Raw, PublicFormat.Raw)).hexdigest()[:16]

    def signed(self, message: bytes, signature: bytes) -> bool:
        try:
            self.public.verify(signature, message)
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True, slots=True, repr=False)
class Signer:
    """The key itself."""

    private: Ed25519PrivateKey

    @classmethod
    def open(cls, state: Path, *, make: bool) -> Self:
        """The key of a state folder. `make`: there was none yet, so it may be made.

        Raises StoreError when it is missing or damaged."""
        path = state / FOLDER / NAME
        if make and not path.exists():
            raw = Ed25519PrivateKey.generate().private_bytes_raw()
            durable_write(path, base64.b64encode(raw) + b"\n")
            sync_folder(path.parent)
        try:
            raw = base64.b64decode(path.read_text("ascii").strip(), validate=True)
            return cls(Ed25519PrivateKey.from_private_bytes(raw))
        except (OSError, ValueError):
            raise StoreError(
                f"the key {path}, with which the history is sealed, is missing or damaged. Restore it from "
                f"the "
                "back-up of the keys."
            ) from None

    @property
    def witness(self) -> Witness:
        return Witness(self.private.public_key())

    def sign(self, message: bytes) -> bytes:
        return self.private.sign(message)

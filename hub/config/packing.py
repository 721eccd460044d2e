"""How files are packed on their way: as a zip under a passphrase, as an OpenPGP message, or by gzip alone.

Keys and certificates are named as secrets are, and are never written here.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from hub.config.secrets import SecretRef
from hub.config.strict import Settings


class AesZip(Settings):
    """A zip under a passphrase (AES-256), which the partner is told by another way.

    each: every file has a passphrase of its own, made of this one and never stored: `feedhub transfers
          passphrase` tells it
    """

    type: Literal["aes_zip"]
    passphrase: SecretRef
    each: bool = False

    @property
    def secrets(self) -> tuple[SecretRef, ...]:
        return (self.passphrase,)


class PgpMessage(Settings):
    """An OpenPGP message.

    to:         the partner's certificate (public key), for whom it is encrypted
    key:        our own key, by which it is signed; passphrase: what opens that, if it has one
    """

    type: Literal["pgp"]
    to: SecretRef
    key: SecretRef
    passphrase: SecretRef | None = None

    @property
    def secrets(self) -> tuple[SecretRef, ...]:
        return tuple(ref for ref in (self.to, self.key, self.passphrase) if ref is not None)


class Gzip(Settings):
    """Packed only, as NAME.gz, and sealed against nobody: for partners who ask for it."""

    type: Literal["gzip"]

    @property
    def secrets(self) -> tuple[SecretRef, ...]:
        return ()


Pack = Annotated[AesZip | PgpMessage | Gzip, Field(discriminator="type")]


class Zip(Settings):
    """A bundle: each of its members is a transfer of its own.

    passphrase: of zips under AES
    max_ratio:  unpacked bytes for one packed byte, where not as `bundles:` of hub.yaml says
    """

    type: Literal["zip"]
    passphrase: SecretRef | None = None
    max_ratio: int | None = Field(default=None, ge=1)

    @property
    def secrets(self) -> tuple[SecretRef, ...]:
        return () if self.passphrase is None else (self.passphrase,)


class Pgp(Settings):
    """An OpenPGP message, whose content is a transfer of its own. Nothing else is taken.

    key:       our own key, for which it is encrypted; passphrase: what opens that, if it has one
    signed_by: the partner's certificate (public key); a message that nobody of it signed is refused
    """

    type: Literal["pgp"]
    key: SecretRef
    passphrase: SecretRef | None = None
    signed_by: SecretRef

    @property
    def secrets(self) -> tuple[SecretRef, ...]:
        return tuple(ref for ref in (self.key, self.passphrase, self.signed_by) if ref is not None)


def _type_alone(value: Any) -> Any:
    """`zip` is the short way to write `{type: zip}`."""
    return {"type": value} if isinstance(value, str) else value


Unpack = Annotated[
    Annotated[Zip | Pgp, Field(discriminator="type")],
    BeforeValidator(_type_alone, json_schema_input_type=Literal["zip"] | Zip | Pgp),
]

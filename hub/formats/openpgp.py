"""OpenPGP messages (RFC 9580), encrypted and signed: written for one partner, read from one.

A message is read only if the owner of the partner's certificate has signed it: what merely was encrypted for
us could be anybody's. The whole message is in memory.
"""

from __future__ import annotations

from pysequoia import Cert, Tsk, decrypt, encrypt

SUFFIXES = (".pgp", ".gpg", ".asc")
CHECK = "PGP"


class Refused(Exception):
    """A message, or a key, that cannot be used. Its words name no content and no key."""


def sealed(data: bytes, *, to: str, key: str, passphrase: str | None) -> bytes:
    """A message for whoever has the key of the certificate `to`, signed by our `key`. Raises Refused."""
    certificate, own = _certificate(to, "the partner's certificate"), _key(key)
    try:
        return encrypt(data, recipients=[certificate], signer=own.signer(passphrase), armor=False)
    except Exception as error:  # noqa: BLE001 - the library raises what its parts raise
        raise Refused(
            f"no message could be made for the partner: {_said(error)}; look whether either key has expired"
        ) from None


def opened(data: bytes, *, key: str, passphrase: str | None, signed_by: str) -> bytes:
    """What a message for our `key` holds, that the owner of the certificate `signed_by` has signed.

    Raises Refused."""
    trusted, own = _certificate(signed_by, "the partner's certificate"), _key(key)
    try:
        told = decrypt(data, decryptor=own.decryptor(passphrase), store=lambda asked: [trusted])
    except Exception as error:  # noqa: BLE001 - the library raises what its parts raise
        raise Refused(_why_not(_said(error))) from None
    if told.bytes is None or all(one.certificate != trusted.fingerprint for one in told.valid_sigs):
        raise Refused("the partner did not sign it")
    return told.bytes


def bare_name(name: str) -> str:
    """The name of the content, by that of its message."""
    for suffix in SUFFIXES:
        if name.lower().endswith(suffix) and len(name) > len(suffix):
            return name[: -len(suffix)]
    return name


def _certificate(text: str, whose: str) -> Cert:
    try:
        return Cert.from_bytes(text.encode())
    except Exception:  # noqa: BLE001 - the library raises what its parts raise
        raise Refused(f"{whose} cannot be read: it should be a public key in ASCII armour") from None


def _key(text: str) -> Tsk:
    try:
        return Tsk.from_bytes(text.encode())
    except Exception:  # noqa: BLE001 - the library raises what its parts raise
        raise Refused("our own key cannot be read: it should be a private key in ASCII armour") from None


def _why_not(said: str) -> str:
    lowered = said.lower()
    if "signature" in lowered:
        return "the partner did not sign it, or it was changed since"
    if "no key" in lowered or "session key" in lowered:
        return "our key does not open it: it is for somebody else, or it was damaged"
    return "it is no OpenPGP message that can be read: damaged, cut short, or something else"


def _said(error: Exception) -> str:
    """The first line: the library adds where in it that was."""
    return str(error).partition("\n")[0].rstrip(". ")

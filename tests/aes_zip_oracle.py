"""Opens a zip under AES-256 as its format says (WinZip AE-2), block by block and with nothing of the hub."""

from __future__ import annotations

import hashlib
import hmac
import io
import zipfile
import zlib

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes


class WrongPassphrase(Exception):
    pass


def opened(data: bytes, passphrase: str) -> dict[str, bytes]:
    """Name → content. Raises WrongPassphrase, and AssertionError for what is not as the format has it."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {one.filename: _content(data, one, passphrase) for one in archive.infolist()}


def _content(data: bytes, info: zipfile.ZipInfo, passphrase: str) -> bytes:
    at = info.header_offset
    assert data[at : at + 4] == b"PK\x03\x04"
    name, extra = (int.from_bytes(data[at + n : at + n + 2], "little") for n in (26, 28))
    told = data[at + 30 + name : at + 30 + name + extra]
    assert told == info.extra == bytes.fromhex("01990700020041450308" + "00"), "AE-2, 256 bits, deflated"
    assert (info.compress_type, info.CRC, info.flag_bits & 1) == (99, 0, 1)
    start = at + 30 + name + extra
    whole = data[start : start + info.compress_size]
    salt, verifier, sealed, code = whole[:16], whole[16:18], whole[18:-10], whole[-10:]
    keys = hashlib.pbkdf2_hmac("sha1", passphrase.encode(), salt, 1000, 66)
    if keys[64:] != verifier:
        raise WrongPassphrase
    assert hmac.digest(keys[32:64], sealed, "sha1")[:10] == code, "the authentication code is another"
    aes = Cipher(algorithms.AES(keys[:32]), modes.ECB()).encryptor()  # noqa: S305 - one counter a block
    plain = bytearray()
    for number in range(0, len(sealed), 16):
        pad = aes.update((number // 16 + 1).to_bytes(16, "little"))
        plain += bytes(a ^ b for a, b in zip(sealed[number : number + 16], pad, strict=False))
    found = zlib.decompress(bytes(plain), -15)
    assert len(found) == info.file_size
    return found

"""One hash over many entries (RFC 6962, section 2.1): no entry can be changed, added, left out or moved
unseen."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

SIZE = 32
"""Bytes of a hash."""


def leaf(entry: bytes) -> bytes:
    return sha256(b"\x00" + entry).digest()


def root(leaves: Sequence[bytes]) -> bytes:
    """Of the hashes of entries, in their order.

    >>> root([]).hex() == sha256(b"").hexdigest()
    True
    """
    if not leaves:
        return sha256(b"").digest()
    level = list(leaves)
    while len(level) > 1:
        pairs = zip(level[::2], level[1::2], strict=False)
        above = [sha256(b"\x01" + left + right).digest() for left, right in pairs]
        level = [*above, level[-1]] if len(level) % 2 else above
    return level[0]

"""Small stored bytes, kept in the commit that names them."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, insert, select

from hub.store.rows import BlobRef
from hub.store.schema import blob

_SEALED = select(blob.c.sealed).where(blob.c.sha256 == bindparam("sha256"))
_KNOWN = select(blob.c.sha256).where(blob.c.sha256 == bindparam("sha256"))
_INSERT = insert(blob).inline()


def keep_blob(conn: Connection, ref: BlobRef) -> None:
    """Store what `Blobs` sealed; the same content is stored once. Content in a file is stored already."""
    if ref.sealed is not None and conn.execute(_KNOWN, {"sha256": ref.sha256}).first() is None:
        conn.execute(_INSERT, {"sha256": ref.sha256, "sealed": ref.sealed})


def sealed_blob(conn: Connection, sha256: str) -> bytes | None:
    """The encrypted bytes; None when they are not in the database."""
    sealed: bytes | None = conn.execute(_SEALED, {"sha256": sha256}).scalar()
    return sealed

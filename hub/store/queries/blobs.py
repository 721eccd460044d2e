"""Small stored bytes, kept in the commit that names them."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, exists, insert, select

from hub.store.rows import BlobRef
from hub.store.schema import blob

_SEALED = select(blob.c.sealed).where(blob.c.sha256 == bindparam("sha256"))
_new = select(
    bindparam("sha256", type_=blob.c.sha256.type), bindparam("sealed", type_=blob.c.sealed.type)
).where(~exists().where(blob.c.sha256 == bindparam("sha256")))
_INSERT_NEW = insert(blob).from_select([blob.c.sha256, blob.c.sealed], _new)


def keep_blob(conn: Connection, ref: BlobRef) -> None:
    """Store what `Blobs` sealed; the same content is stored once. Content in a file is stored already."""
    if ref.sealed is not None:
        conn.execute(_INSERT_NEW, {"sha256": ref.sha256, "sealed": ref.sealed})


def sealed_blob(conn: Connection, sha256: str) -> bytes | None:
    """The encrypted bytes; None when they are not in the database."""
    sealed: bytes | None = conn.execute(_SEALED, {"sha256": sha256}).scalar()
    return sealed

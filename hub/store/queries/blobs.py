"""Small stored bytes, kept in the commit that names them."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, exists, insert, select

from hub.model import Compartment
from hub.store.rows import BlobRef
from hub.store.schema import blob
from hub.store.statements import run

_is = (blob.c.compartment == bindparam("inside"), blob.c.sha256 == bindparam("sha256"))
_SEALED = select(blob.c.sealed).where(*_is)
_new = select(
    bindparam("inside", type_=blob.c.compartment.type),
    bindparam("sha256", type_=blob.c.sha256.type),
    bindparam("sealed", type_=blob.c.sealed.type),
).where(~exists().where(*_is))
_INSERT_NEW = insert(blob).from_select([blob.c.compartment, blob.c.sha256, blob.c.sealed], _new)


def keep_blob(conn: Connection, ref: BlobRef) -> None:
    """Store what `Blobs` sealed; the same content is stored once in a compartment. Content in a file is
    stored already."""
    if ref.sealed is not None:
        run(conn, _INSERT_NEW, {"inside": ref.inside, "sha256": ref.sha256, "sealed": ref.sealed})


def sealed_blob(conn: Connection, inside: Compartment, sha256: str) -> bytes | None:
    """The encrypted bytes; None when they are not in the database."""
    sealed: bytes | None = run(conn, _SEALED, {"inside": inside, "sha256": sha256}).scalar()
    return sealed

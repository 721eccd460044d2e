"""Each configuration that ran, whole, and what of it two persons agreed to."""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, insert, select, update

from hub.store.queries.shared import now
from hub.store.schema import agreed, config_version

_KNOWN = select(config_version.c.version).where(config_version.c.version == bindparam("asked"))
_INSERT = insert(config_version).inline()
_ALL = select(config_version.c.version, config_version.c.at, config_version.c.who).order_by(
    config_version.c.at.desc()
)
_FILES = select(config_version.c.files).where(config_version.c.version == bindparam("asked"))
_AGREED = select(agreed)
_SEE = insert(agreed).inline()
_AGREE = (
    update(agreed)
    .where(agreed.c.name == bindparam("of_name"), agreed.c.digest == bindparam("of_digest"))
    .values(agreed_by=bindparam("by"), agreed_at=bindparam("on", type_=agreed.c.agreed_at.type))
)


@dataclass(frozen=True, slots=True)
class VersionRow:
    """A configuration that ran first at an instant, for whom."""

    version: str
    at: datetime
    who: str


@dataclass(frozen=True, slots=True)
class AgreedRow:
    """A value that two persons agree to: who brought it, and who agreed; None while nobody has."""

    name: str
    digest: str
    value: str
    seen_by: str
    seen_at: datetime
    agreed_by: str | None = None
    agreed_at: datetime | None = None


def keep_config(conn: Connection, version: str, files: Mapping[str, bytes], who: str) -> None:
    """Keep the files of a configuration, once."""
    if conn.execute(_KNOWN, {"asked": version}).first() is None:
        told = {name: data.decode("utf-8-sig") for name, data in files.items()}
        packed = zlib.compress(json.dumps(told).encode())
        conn.execute(_INSERT, {"version": version, "at": now(conn), "who": who, "files": packed})


def config_versions(conn: Connection) -> list[VersionRow]:
    """The newest first."""
    return [VersionRow(**row._mapping) for row in conn.execute(_ALL)]


def config_files(conn: Connection, version: str) -> Mapping[str, str]:
    """The text of each file of a version that is known."""
    packed: bytes = conn.execute(_FILES, {"asked": version}).scalar_one()
    files: Mapping[str, str] = json.loads(zlib.decompress(packed))
    return files


def agreed_values(conn: Connection) -> list[AgreedRow]:
    return [AgreedRow(**row._mapping) for row in conn.execute(_AGREED)]


def see_value(conn: Connection, row: AgreedRow) -> None:
    conn.execute(_SEE, {name: getattr(row, name) for name in row.__dataclass_fields__})


def agree_value(conn: Connection, row: AgreedRow, who: str) -> None:
    conn.execute(_AGREE, {"of_name": row.name, "of_digest": row.digest, "by": who, "on": now(conn)})

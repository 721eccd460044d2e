"""Bring a database to the newest schema. Alembic is loaded only when there is something to do."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from hub.errors import StoreError
from hub.store.backup import copy_database
from hub.store.schema import HEAD

MIGRATIONS = Path(__file__).with_name("migrations")


def migrate(connection: Connection, path: Path) -> None:
    """Run the missing migrations within the connection's transaction: all of them or none. A database that is
    there is copied first, beside itself (`before-0002.sqlite`).

    Raises StoreError when the database was made by a newer hub, or cannot be copied."""
    current = schema_of(connection)
    if current == HEAD:
        return
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if current is not None and current not in known:
        raise StoreError(
            f"{path} was made by a newer feedhub (schema {current}, this one knows {HEAD}). "
            "Install that version again; nothing was changed."
        )
    if current is not None:
        _copy_first(path)
    command.upgrade(config, "head")


def _copy_first(path: Path) -> None:
    copy = path.with_name(f"before-{HEAD}.sqlite")
    part = copy.with_name(f"{copy.name}.part")
    part.unlink(missing_ok=True)
    copy_database(path, part)
    part.replace(copy)


def schema_of(connection: Connection) -> str | None:
    """The schema's version; None for a database without tables."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    version: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return version

"""A database of an older hub is copied, then brought up to date whole, or left as it was."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from hub.errors import StoreError
from hub.store import db, migrate
from tests.unit.store.conftest import Open
from tests.unit.store.making import put_transfer

SECOND = """
import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade():
    op.add_column("sighting", sa.Column("remark", sa.String(64)))
    op.execute("UPDATE transfer SET partner = upper(partner)")
    {more}
"""


@pytest.fixture
def newer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The next version of the hub, which has one migration more."""
    folder = tmp_path / "migrations"
    shutil.copytree(migrate.MIGRATIONS, folder, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "versions/0002_next.py").write_text(SECOND.format(more="pass"))
    monkeypatch.setattr(migrate, "MIGRATIONS", folder)
    for module in (migrate, db):
        monkeypatch.setattr(module, "HEAD", "0002")
    return folder


def seen(path: Path) -> tuple[str, list[str], list[str]]:
    """The schema, the columns of one table, and the partners of all transfers."""
    with closing(sqlite3.connect(path)) as database:
        (schema,) = database.execute("SELECT version_num FROM alembic_version").fetchone()
        columns = [row[1] for row in database.execute("PRAGMA table_info(sighting)")]
        partners = [row[0] for row in database.execute("SELECT partner FROM transfer ORDER BY id")]
    return schema, columns, partners


@pytest.fixture
def old(open_store: Open, tmp_path: Path) -> Path:
    """A database as the hub of today leaves it, with two transfers."""
    store = open_store()
    put_transfer(store, "t1")
    put_transfer(store, "t2")
    store.close()
    return tmp_path / "state/feedhub.db"


def test_an_old_database_is_copied_and_brought_up_to_date(old: Path, newer: Path, open_store: Open) -> None:
    before = seen(old)
    open_store().close()
    schema, columns, partners = seen(old)
    assert (schema, "remark" in columns) == ("0002", True)
    assert partners == [name.upper() for name in before[2]] != before[2]
    copy = old.with_name("before-0002.sqlite")
    assert seen(copy) == before
    open_store().close()
    assert seen(copy) == before


def test_a_migration_that_fails_leaves_all_as_it_was(old: Path, newer: Path, open_store: Open) -> None:
    before = seen(old)
    (newer / "versions/0002_next.py").write_text(SECOND.format(more='raise RuntimeError("broken")'))
    with pytest.raises(RuntimeError, match="broken"):
        open_store()
    assert seen(old) == before == seen(old.with_name("before-0002.sqlite"))


def test_a_new_database_needs_no_copy(newer: Path, open_store: Open, tmp_path: Path) -> None:
    shutil.rmtree(tmp_path / "state")
    open_store().close()
    assert not list((tmp_path / "state").glob("before-*"))


def test_a_newer_database_is_refused_and_not_copied(old: Path, open_store: Open) -> None:
    with closing(sqlite3.connect(old)) as database, database:
        database.execute("UPDATE alembic_version SET version_num = '0002'")
    with pytest.raises(StoreError, match="newer feedhub"):
        open_store()
    assert not list(old.parent.glob("before-*"))

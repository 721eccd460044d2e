"""Nothing ties the statements to SQLite: each of them, and each table, can be written for PostgreSQL."""

from __future__ import annotations

import pkgutil
from importlib import import_module

import pytest
from sqlalchemy import ClauseElement, Dialect, Executable
from sqlalchemy.dialects.postgresql.base import PGDialect
from sqlalchemy.schema import CreateIndex, CreateTable

from hub.store import queries
from hub.store.schema import metadata

POSTGRESQL: Dialect = PGDialect()  # type: ignore[no-untyped-call]
STATEMENTS = {
    f"{module.name}.{name}": value
    for module in pkgutil.iter_modules(queries.__path__)
    for name, value in vars(import_module(f"hub.store.queries.{module.name}")).items()
    if isinstance(value, ClauseElement) and isinstance(value, Executable)
}


@pytest.mark.parametrize("name", STATEMENTS)
def test_a_statement_compiles_for_postgresql(name: str) -> None:
    assert str(STATEMENTS[name].compile(dialect=POSTGRESQL))


@pytest.mark.parametrize("table", metadata.sorted_tables, ids=str)
def test_a_table_and_its_indexes_compile_for_postgresql(table: object) -> None:
    made = metadata.tables[str(table)]
    partial = [index for index in made.indexes if index.dialect_options["sqlite"]["where"] is not None]
    assert str(CreateTable(made).compile(dialect=POSTGRESQL))
    for index in partial:
        assert " WHERE " in str(CreateIndex(index).compile(dialect=POSTGRESQL))

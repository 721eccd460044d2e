"""How the store runs the statements that are built once: compiled once, too, and given to the driver as text.

SQLAlchemy builds them, compiles them and converts values by the columns' types. What it does anew at each
execution costs twenty times what SQLite takes for the work, and a small file needs dozens of statements. What
is put together for one question only, or runs rarely, goes to `Connection.execute`.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

from sqlalchemy import BindParameter, Boolean, Connection, Dialect, Integer, String
from sqlalchemy.sql.dml import UpdateBase
from sqlalchemy.sql.selectable import SelectBase
from sqlalchemy.sql.visitors import cloned_traverse, iterate
from sqlalchemy.types import TypeEngine

Statement = SelectBase | UpdateBase
Values = Mapping[str, Any]
Convert = Callable[[Any], Any]

_KEPT = 32
"""Of a list of up to so many values the text is kept; for a longer one it is made when it is needed."""


def run(conn: Connection, statement: Statement, values: Values | None = None) -> Rows:
    """Run a statement that a module keeps, with values for its parameters by name.

    Raises the driver's own errors; `Store` makes sentences of them."""
    values = values or {}
    plan = _prepared(conn, statement).plan(values)
    return Rows(_driver(conn).execute(plan.text, plan.bound(values)), plan.row)


def run_many(conn: Connection, statement: UpdateBase, values: Sequence[Values]) -> int:
    """Run a statement for each of several sets of values, which are all of the same names; how many rows were
    changed in all."""
    if not values:
        return 0
    if len(values) == 1:
        return run(conn, statement, values[0]).rowcount
    plan = _prepared(conn, statement).plan(values[0])
    changed: int = _driver(conn).executemany(plan.text, map(plan.bound, values)).rowcount
    return changed


class Rows:
    """What came back, as it is fetched. A row is a tuple whose values bear the names of their columns."""

    __slots__ = ("_cursor", "_row")

    def __init__(self, cursor: Any, row: Convert) -> None:
        self._cursor, self._row = cursor, row

    @property
    def rowcount(self) -> int:
        """How many rows were changed."""
        count: int = self._cursor.rowcount
        return count

    def __iter__(self) -> Iterator[Any]:
        return map(self._row, self._cursor)

    def first(self) -> Any:
        """None when there is none."""
        found = self._cursor.fetchone()
        self._cursor.close()
        return None if found is None else self._row(found)

    def scalar(self) -> Any:
        """The first value of the first row."""
        found = self.first()
        return None if found is None else found[0]

    def scalars(self) -> list[Any]:
        """The first value of each row."""
        return [row[0] for row in self]


class _Plan:
    """A statement as the driver takes it: its text, how values are bound to it, how rows are made."""

    def __init__(self, statement: Statement, dialect: Dialect, values: Values) -> None:
        names = list(values) if isinstance(statement, UpdateBase) else None
        compiled = _spelt_out(statement).compile(dialect=dialect, column_keys=names)
        if compiled.insert_prefetch:
            raise ValueError(f"name every column that has a default: {compiled.insert_prefetch}")
        state = compiled.construct_expanded_state(values)
        types = {name: bind.type for bind, name in compiled.bind_names.items()}
        types |= {new: types[name] for name, all in state.parameter_expansion.items() for new in all}
        self.text = state.statement
        self._lists = [(name, all) for name, all in state.parameter_expansion.items() if name in values]
        given = values.keys() | {new for _, all in self._lists for new in all}
        self._fixed: list[Any] = []
        self._slots: list[tuple[int, str, Convert | None]] = []
        for place, name in enumerate(state.positiontup or ()):
            convert = types[name].dialect_impl(dialect).bind_processor(dialect)
            value = state.parameters[name]
            self._fixed.append(value if convert is None else convert(value))
            if name in given:
                self._slots.append((place, name, convert))
        self.row = _row_maker(statement, dialect)

    def bound(self, values: Values) -> list[Any]:
        """Values for the text's question marks."""
        if self._lists:
            each = (zip(all, values[name], strict=True) for name, all in self._lists)
            values = {**values, **dict(chain.from_iterable(each))}
        bound = self._fixed.copy()
        for place, name, convert in self._slots:
            value = values[name]
            bound[place] = value if convert is None else convert(value)
        return bound


class _Prepared:
    """The plans of a statement: one for each set of columns that it is given, length of a list, and value
    that is spelt out."""

    def __init__(self, statement: Statement, dialect: Dialect) -> None:
        self._statement, self._dialect = statement, dialect
        self._writes = isinstance(statement, UpdateBase)
        binds = [bind for bind in iterate(statement) if isinstance(bind, BindParameter)]
        self._lists = sorted({bind.key for bind in binds if bind.expanding and bind.required})
        self._spelt = sorted({bind.key for bind in binds if bind.literal_execute and bind.required})
        self._plans: dict[tuple[Any, ...], _Plan] = {}
        self._only = not self._writes and not self._lists and not self._spelt

    def plan(self, values: Values) -> _Plan:
        if self._only and self._plans:
            return self._plans[()]
        lengths = [len(values[name]) for name in self._lists]
        spelt = [values[name] for name in self._spelt]
        key = (*values, *lengths, *spelt) if self._writes else (*lengths, *spelt)
        found = self._plans.get(key)
        if found is None:
            found = _Plan(self._statement, self._dialect, values)
            if max(lengths, default=0) <= _KEPT:
                self._plans[key] = found
        return found


def _spelt_out(statement: Statement) -> Statement:
    """With its constants as literals, not parameters: SQLite compiles a statement anew for each value of one
    that may decide whether a partial index serves. A parameter of which that holds is `literal_execute`."""

    def spell(bind: BindParameter[Any]) -> None:
        values = bind.value if bind.expanding else [bind.value]
        if not bind.required and isinstance(bind.type, String | Integer | Boolean) and values:
            bind.literal_execute = all(isinstance(value, str | int) for value in values)

    spelt: Statement = cloned_traverse(statement, {}, {"bindparam": spell})
    return spelt


_all: dict[tuple[Statement, str], _Prepared] = {}


def _prepared(conn: Connection, statement: Statement) -> _Prepared:
    key = (statement, conn.dialect.name)
    found = _all.get(key)
    if found is None:
        found = _all[key] = _Prepared(statement, conn.dialect)
    return found


def _driver(conn: Connection) -> Any:
    """The driver's connection, in a transaction."""
    driver: Any = conn.connection.dbapi_connection
    if not driver.in_transaction:
        conn.begin()
    return driver


def _row_maker(statement: Statement, dialect: Dialect) -> Convert:
    """Makes a row of what the driver gives."""
    columns = list(statement.exported_columns)
    names = [column.key or "" for column in columns]
    named: Any = namedtuple("Row", names, rename=True)  # type: ignore[misc]  # known only here
    converts = [_from_driver(column.type, dialect) for column in columns]
    which = [(at, convert) for at, convert in enumerate(converts) if convert is not None]
    make: Convert = named._make
    if not which:
        return make

    def row(values: Sequence[Any]) -> Any:
        changed = list(values)
        for at, convert in which:
            changed[at] = convert(changed[at])
        return make(changed)

    return row


def _from_driver(kind: TypeEngine[Any], dialect: Dialect) -> Convert | None:
    return kind.dialect_impl(dialect).result_processor(dialect, None)

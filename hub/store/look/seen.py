"""The filter that every statement for people goes through: their compartments and, of who is limited to some
routes, what belongs to these."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import (
    BindParameter,
    Boolean,
    Column,
    ColumnElement,
    Connection,
    CursorResult,
    Executable,
    FromClause,
    Row,
    and_,
    bindparam,
    exists,
    false,
    or_,
)

from hub.config.people import Viewer
from hub.errors import Unknown
from hub.store.keys import Keys
from hub.store.schema import delivery, item, pause, transfer

SEEN, EVERY, ROUTES = "seen", "every", "routes"
"""Parameters: the viewer's compartments; whether they may know of every route; else of which."""
_any_route = bindparam(EVERY, type_=Boolean)
_of_them: BindParameter[Any] = bindparam(ROUTES, expanding=True)
_ours, _out, _item = transfer.alias("ours"), delivery.alias("out"), item.alias("one_item")


class Seen:
    """The connection of one moment, the keys that unseal, and who looks."""

    def __init__(self, conn: Connection, keys: Keys, viewer: Viewer) -> None:
        self._conn, self._keys, self.viewer = conn, keys, viewer

    def _rows(self, statement: Executable, **values: Any) -> Sequence[Row[Any]]:
        return self._each(statement, **values).all()

    def _each(self, statement: Executable, **values: Any) -> CursorResult[Any]:
        """The rows as they are fetched."""
        routes = self.viewer.routes
        mine = {EVERY: routes is None, ROUTES: sorted(routes or ())}
        return self._conn.execute(statement, {**values, **mine, SEEN: sorted(self.viewer.compartments)})

    def _row(self, statement: Executable, **values: Any) -> Row[Any] | None:
        return next(iter(self._rows(statement, **values)), None)


def visible(table: FromClause) -> ColumnElement[bool]:
    """Whether a row lies in a compartment, and belongs to a route, of who looks. A table without compartment
    is joined to what it hangs on."""
    inside = table.c.compartment.in_(bindparam(SEEN, expanding=True))
    return and_(inside, or_(_any_route, _on_their_routes(table)))


def _on_their_routes(table: FromClause) -> ColumnElement[bool]:
    """What belongs to no route, such as a record, is only for who may know of every route."""
    columns = table.c
    if "route" in columns:
        return columns.route.in_(_of_them)
    if "batch_id" in columns:
        return _theirs(_ours.c.id.in_((columns.transfer_id, columns.batch_id, columns.made_by)))
    if "subject_id" in columns:
        return _about_theirs(columns.subject, columns.subject_id)
    if table is pause:
        return and_(columns.kind == "route", columns.name.in_(_of_them))
    return false()


def _about_theirs(subject: ColumnElement[str], id: ColumnElement[str]) -> ColumnElement[bool]:
    """Of what is about something: that this is a route of theirs, or came by one."""
    left, came = _theirs(_ours.c.id == _out.c.transfer_id), _on_their_routes(_item)
    return or_(
        and_(subject == "route", id.in_(_of_them)),
        and_(subject == "transfer", _theirs(_ours.c.id == id)),
        and_(subject == "delivery", exists().where(_out.c.id == id, left)),
        and_(subject == "item", exists().where(_item.c.id == id, came)),
    )


def _theirs(test: ColumnElement[bool]) -> ColumnElement[bool]:
    """There is a transfer like that, by a route of theirs."""
    return exists().where(test, _ours.c.route.in_(_of_them))


def asked(wanted: Mapping[Column[Any], object]) -> list[ColumnElement[bool]]:
    """Conditions for those of the values that are asked for; None is not."""
    return [column == value for column, value in wanted.items() if value is not None]


def unknown(what: str, id: str, verb: str) -> Unknown:
    """What is said of an id that nobody has, and of one that the asker may not know of."""
    return Unknown(f"There is no {what} {id}. `feedhub {verb} list` shows those that there are.")

"""Accounts of the console, and who is signed in to it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, or_, select, update

from hub.store.account_rows import AccountRow, SignedInRow
from hub.store.queries.shared import columns_of
from hub.store.schema import account, signed_in

_ALL = select(account).order_by(account.c.login)
_ONE = select(account).where(account.c.login == bindparam("who"))
_INVITED = select(account).where(account.c.invitation == bindparam("invited"))
_DELETE = delete(account).where(account.c.login == bindparam("who"))
_INSERT = insert(account).inline()
_UPDATE = update(account).where(account.c.login == bindparam("who"))

_SIGNED_IN = select(signed_in).where(signed_in.c.token == bindparam("cookie"))
_OF_LOGIN = (
    select(signed_in).where(signed_in.c.login == bindparam("who")).order_by(signed_in.c.made_at.desc())
)
_SIGN_IN = insert(signed_in).inline()
_TOUCH = update(signed_in).where(signed_in.c.token == bindparam("cookie"))
_SIGN_OUT = delete(signed_in).where(signed_in.c.token == bindparam("cookie"))
_SIGN_ALL_OUT = delete(signed_in).where(signed_in.c.login == bindparam("who"))
_FORGET = delete(signed_in).where(
    or_(signed_in.c.seen_at < bindparam("idle"), signed_in.c.made_at < bindparam("longest"))
)


def accounts(conn: Connection) -> list[AccountRow]:
    return [AccountRow(**row._mapping) for row in conn.execute(_ALL)]


def get_account(conn: Connection, login: str) -> AccountRow | None:
    row = conn.execute(_ONE, {"who": login}).first()
    return None if row is None else AccountRow(**row._mapping)


def invited_account(conn: Connection, invitation: str) -> AccountRow | None:
    """The one that a link is for, by the link's digest."""
    row = conn.execute(_INVITED, {"invited": invitation}).first()
    return None if row is None else AccountRow(**row._mapping)


def keep_account(conn: Connection, row: AccountRow) -> None:
    """In place of the one that was there."""
    conn.execute(_DELETE, {"who": row.login})
    conn.execute(_INSERT, columns_of(row))


def change_account(conn: Connection, login: str, **columns: Any) -> None:
    conn.execute(_UPDATE.values(**columns), {"who": login})


def signed_in_as(conn: Connection, token: str) -> SignedInRow | None:
    """Who is signed in, by the digest of their cookie."""
    row = conn.execute(_SIGNED_IN, {"cookie": token}).first()
    return None if row is None else SignedInRow(**row._mapping)


def where_signed_in(conn: Connection, login: str) -> list[SignedInRow]:
    """All that somebody is signed in by, the newest first."""
    return [SignedInRow(**row._mapping) for row in conn.execute(_OF_LOGIN, {"who": login})]


def sign_in(conn: Connection, row: SignedInRow) -> None:
    conn.execute(_SIGN_IN, columns_of(row))


def change_signed_in(conn: Connection, token: str, **columns: Any) -> None:
    conn.execute(_TOUCH.values(**columns), {"cookie": token})


def sign_out(conn: Connection, token: str) -> None:
    conn.execute(_SIGN_OUT, {"cookie": token})


def sign_all_out(conn: Connection, login: str) -> None:
    conn.execute(_SIGN_ALL_OUT, {"who": login})


def forget_signed_in(conn: Connection, *, seen_before: datetime, made_before: datetime) -> None:
    """Those who have been away for too long, or in for too long."""
    conn.execute(_FORGET, {"idle": seen_before, "longest": made_before})

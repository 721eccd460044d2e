"""Tokens of the REST API, and what was answered under which key."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, insert, select, update

from hub.store.queries.shared import columns_of
from hub.store.schema import api_answer, api_token
from hub.store.token_rows import AnswerRow, TokenRow

_ALL = select(api_token).order_by(api_token.c.made_at.desc(), api_token.c.id.desc())
_BY_DIGEST = select(api_token).where(api_token.c.digest == bindparam("of"))
_BY_ID = select(api_token).where(api_token.c.id == bindparam("token"))
_INSERT = insert(api_token).inline()
_UPDATE = update(api_token).where(api_token.c.id == bindparam("token"))
_of_key = (api_answer.c.token_id == bindparam("token"), api_answer.c.key == bindparam("under"))
_ANSWER = select(api_answer).where(*_of_key)
_BEGIN = insert(api_answer).inline()
_END = update(api_answer).where(*_of_key)
_TAKE_BACK = delete(api_answer).where(*_of_key)
_FORGET = delete(api_answer).where(api_answer.c.at < bindparam("before"))


def all_tokens(conn: Connection) -> list[TokenRow]:
    """All, the newest first."""
    return [_row(row) for row in conn.execute(_ALL)]


def token_of(conn: Connection, digest: str) -> TokenRow | None:
    row = conn.execute(_BY_DIGEST, {"of": digest}).first()
    return None if row is None else _row(row)


def get_token(conn: Connection, id: str) -> TokenRow | None:
    row = conn.execute(_BY_ID, {"token": id}).first()
    return None if row is None else _row(row)


def insert_token(conn: Connection, row: TokenRow) -> None:
    conn.execute(_INSERT, columns_of(row) | {"scopes": list(row.scopes)})


def change_token(conn: Connection, id: str, **columns: Any) -> None:
    conn.execute(_UPDATE.values(**columns), {"token": id})


def answer_under(conn: Connection, token_id: str, key: str) -> AnswerRow | None:
    row = conn.execute(_ANSWER, {"token": token_id, "under": key}).first()
    return None if row is None else AnswerRow(**row._mapping)


def begin_answer(conn: Connection, row: AnswerRow) -> None:
    conn.execute(_BEGIN, columns_of(row))


def end_answer(conn: Connection, token_id: str, key: str, status: int, body: object) -> None:
    conn.execute(_END.values(status=status, body=body), {"token": token_id, "under": key})


def take_back_answer(conn: Connection, token_id: str, key: str) -> None:
    """Nothing was done: the same may be asked again."""
    conn.execute(_TAKE_BACK, {"token": token_id, "under": key})


def forget_answers(conn: Connection, before: datetime) -> None:
    conn.execute(_FORGET, {"before": before})


def _row(row: Row[Any]) -> TokenRow:
    return TokenRow(**{**row._mapping, "scopes": tuple(row.scopes)})

"""Tokens of the REST API: programs act with them for a named person, and may do less than that person.

A token is shown once; what is kept is its digest. What it may do is asked anew each time: who is named no
more, or has a role no more, has no token either."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import Connection

from hub.config.login import normal_login
from hub.config.people import Right, Viewer
from hub.engine.credentials import digest, new_token
from hub.engine.rights import demand
from hub.errors import UsageError
from hub.store import queries
from hub.store.token_rows import TokenRow
from hub.transfer.services import Services

BEGINS = "fh_"
"""So that a token is recognised where it must not be: in a repository, in a log."""
LONGEST = 366
"""Days."""
SCOPES = tuple(right.name.lower() for right in Right if right not in (Right.PEOPLE, Right.BACK_UP))
"""What a token may be good for: rights of the person, but none that lets people in or copies the hub."""
_NOTED = timedelta(minutes=1)


def add_token(
    services: Services, login: str, name: str, *, scopes: Collection[str], days: int
) -> tuple[str, TokenRow]:
    """A new token, to be shown once, and its row.

    Raises UsageError when the login is nobody's, a scope is unknown or the days are too many."""
    demand(services, Right.PEOPLE)
    login = services.people.viewer(login).login
    if unknown := sorted(set(scopes) - set(SCOPES)):
        raise UsageError(f"There is no scope {', '.join(unknown)}. There are: {', '.join(SCOPES)}.")
    if not 1 <= days <= LONGEST:
        raise UsageError(f"A token is good for 1 to {LONGEST} days, not {days}.")
    token, now = BEGINS + new_token(), services.clock.now()
    row = TokenRow(
        id=services.clock.new_id(),
        digest=digest(token),
        login=login,
        name=name,
        scopes=tuple(sorted({"look", *scopes})),
        made_by=services.who,
        made_at=now,
        expires_at=now + timedelta(days=days),
    )

    def commit(conn: Connection) -> None:
        queries.insert_token(conn, row)
        _note(conn, services, row, "token_added")

    services.commit(commit)
    return token, row


def list_tokens(services: Services) -> list[TokenRow]:
    """All tokens, the newest first."""
    demand(services, Right.PEOPLE)
    with services.store.read() as conn:
        return queries.all_tokens(conn)


def revoke_token(services: Services, id: str) -> TokenRow:
    """It is good for nothing any more. Raises UsageError when there is none of that id."""
    demand(services, Right.PEOPLE)

    def commit(conn: Connection) -> TokenRow:
        row = queries.get_token(conn, id)
        if row is None:
            raise UsageError(f"There is no token {id}. `feedhub tokens list` shows those that there are.")
        if row.revoked_at is None:
            queries.change_token(conn, id, revoked_at=services.clock.now())
            _note(conn, services, row, "token_revoked")
        return row

    return services.commit(commit)


def who_asks(services: Services, token: str) -> tuple[TokenRow, Viewer] | None:
    """A token's row and the person as whom it acts, within its scopes; None when it is good for nothing."""
    now = services.clock.now()
    with services.store.read() as conn:
        row = queries.token_of(conn, digest(token))
    if row is None or row.revoked_at is not None or row.expires_at <= now:
        return None
    try:
        viewer = services.people.viewer(normal_login(row.login))
    except UsageError:
        return None
    if row.used_at is None or now - row.used_at > _NOTED:
        services.commit(lambda conn: queries.change_token(conn, row.id, used_at=now))
    return row, replace(viewer, within=frozenset(Right[scope.upper()] for scope in row.scopes))


def _note(conn: Connection, services: Services, row: TokenRow, kind: str) -> None:
    queries.append_event(
        conn,
        subject="person",
        subject_id=row.login,
        kind=kind,
        who=services.who,
        data={"token": row.id, "name": row.name, "scopes": list(row.scopes)},
    )

"""How people come into the console: invited by an administrator, signed in with a password and a code.

Who somebody is and what they may do stands in `people:` of hub.yaml; here is only what proves it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from hub.config.login import normal_login
from hub.config.people import Right, Viewer
from hub.config.settings import Role
from hub.engine import credentials
from hub.engine.rights import demand
from hub.errors import UsageError
from hub.model import Compartment
from hub.store import queries
from hub.store.account_rows import AccountRow, SignedInRow
from hub.transfer.services import Services

INVITED_FOR = timedelta(days=3)
_FREE_ATTEMPTS = 5
_FIRST_WAIT, _LONGEST_WAIT = timedelta(seconds=30), timedelta(minutes=30)
_TOUCHED = timedelta(minutes=1)
"""So often it is written down that somebody is still there."""
WRONG = "The user name, password or code is not right"
WAIT = "There were too many attempts. Wait a while and try again"
GONE = "This link is used, or too old. Ask an administrator for a new one"


@dataclass(frozen=True, slots=True)
class Limits:
    """How long somebody stays signed in without a click, and at all."""

    idle: timedelta
    longest: timedelta


@dataclass(frozen=True, slots=True)
class Person:
    """Who is signed in; `row` is how."""

    viewer: Viewer
    row: SignedInRow


class SigningIn:
    """The acts. All raise UsageError with a sentence for the person."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def accounts(self) -> list[AccountRow]:
        demand(self._services, Right.LOOK)
        with self._services.store.read() as conn:
            return queries.accounts(conn)

    def invite(self, login: str) -> str:
        """The token of a link by which a named person sets up how they sign in, anew where they had.

        Whatever they signed in with before is good no more."""
        demand(self._services, Right.PEOPLE)
        login = self._named(login).login
        token, now = credentials.new_token(), self._services.clock.now()
        secret = self._services.store.keys.seal(credentials.new_app_secret(), Compartment.OPEN)
        row = AccountRow(
            login=login,
            totp=secret,
            made_by=self._services.who,
            made_at=now,
            invitation=credentials.digest(token),
            invited_until=now + INVITED_FOR,
        )

        def commit(conn: Connection) -> None:
            queries.keep_account(conn, row)
            queries.sign_all_out(conn, login)
            self._note(conn, login, "invited", self._services.who)

        self._services.commit(commit)
        return token

    def invited(self, token: str) -> tuple[Viewer, str]:
        """Whom a link is for, and the secret for their app. Raises UsageError for one that is no good."""
        with self._services.store.read() as conn:
            row = self._invited(conn, token)
        return self._named(row.login), self._secret(row)

    def set_up(self, token: str, password: str, code: str) -> Sequence[str]:
        """The codes to recover with: they are shown this once."""
        codes = credentials.new_recovery_codes()

        def commit(conn: Connection) -> None:
            row, now = self._invited(conn, token), self._services.clock.now()
            if weak := credentials.weakness(password, row.login):
                raise UsageError(weak)
            step = credentials.step_of(self._secret(row), code, now, None)
            if step is None:
                raise UsageError("That is not the code that your app shows now")
            queries.change_account(
                conn,
                row.login,
                password=hashed,
                last_step=step,
                recovery=[credentials.recovery_digest(one) for one in codes],
                invitation=None,
                invited_until=None,
            )
            self._note(conn, row.login, "set_up", row.login)

        hashed = credentials.hashed(password[: credentials.LONGEST + 1])
        self._services.commit(commit)
        return codes

    def sign_in(self, login: str, password: str, code: str, address: str) -> str:
        """The token of the cookie. Raises UsageError, which says nothing of what was wrong."""
        login = normal_login(login.strip())
        now = self._services.clock.now()
        with self._services.store.read() as conn:
            row = queries.get_account(conn, login)
        if row is not None and row.wait_until is not None and now < row.wait_until:
            raise UsageError(WAIT)
        right = credentials.is_right(password, row.password if row else None)  # long, so in no commit
        signed = self._services.commit(lambda conn: self._try(conn, login, right, code, address))
        if signed is None:
            raise UsageError(WRONG)
        return signed

    def _try(self, conn: Connection, login: str, right: bool, code: str, address: str) -> str | None:
        """Looked at within the commit, so that no code is good twice."""
        row = queries.get_account(conn, login)
        if row is None or row.closed_at is not None or not self._is_named(login):
            return None
        proof = self._proof(row, code) if right else None
        if proof is None:
            self._failed(conn, row)
            return None
        queries.change_account(
            conn, login, failures=0, wait_until=None, signed_in_at=queries.now(conn), **proof
        )
        return self._let_in(conn, login, {}, address)

    def _proof(self, row: AccountRow, code: str) -> dict[str, object] | None:
        """What is used up by a code that is right: a step of the app, or a code to recover with."""
        step = credentials.step_of(self._secret(row), code, self._services.clock.now(), row.last_step)
        if step is not None:
            return {"last_step": step}
        used = credentials.recovery_digest(code)
        if used in row.recovery:
            return {"recovery": [one for one in row.recovery if one != used]}
        return None

    def _failed(self, conn: Connection, row: AccountRow) -> None:
        failures = row.failures + 1
        doubled = max(failures - _FREE_ATTEMPTS, 0)
        wait = min(_FIRST_WAIT * 2 ** min(doubled, 10), _LONGEST_WAIT) if failures >= _FREE_ATTEMPTS else None
        until = queries.now(conn) + wait if wait else None
        queries.change_account(conn, row.login, failures=failures, wait_until=until)
        self._note(conn, row.login, "sign_in_failed", row.login)

    def let_in(self, login: str, address: str) -> str:
        """The token of a cookie for a named person who has proved in another way who they are."""
        login = self._named(login).login
        return self._services.commit(lambda conn: self._let_in(conn, login, {}, address))

    def vouched(self, login: str, name: str, roles: Sequence[Role], address: str) -> str:
        """The token of a cookie for somebody whom another service vouches for."""
        person = {"name": name, "roles": [role.value for role in roles]}
        return self._services.commit(lambda conn: self._let_in(conn, login, person, address))

    def _let_in(self, conn: Connection, login: str, person: Mapping[str, object], address: str) -> str:
        token, now = credentials.new_token(), queries.now(conn)
        digest = credentials.digest(token)
        row = SignedInRow(token=digest, login=login, person=person, address=address, made_at=now, seen_at=now)
        queries.sign_in(conn, row)
        self._note(conn, login, "signed_in", login)
        return token

    def who(self, token: str, limits: Limits) -> Person | None:
        """Who is signed in by a cookie; None when nobody is, any more."""
        now, digest = self._services.clock.now(), credentials.digest(token)
        with self._services.store.read() as conn:
            row = queries.signed_in_as(conn, digest)
        if row is None or now - row.seen_at > limits.idle or now - row.made_at > limits.longest:
            return None
        viewer = self._viewer(row)
        if viewer is not None and now - row.seen_at > _TOUCHED:
            self._services.commit(lambda conn: queries.change_signed_in(conn, digest, seen_at=now))
        return None if viewer is None else Person(viewer, row)

    def tell(self, row: SignedInRow, told: Mapping[str, object]) -> None:
        """What the next page says to whoever is signed in."""
        if told != dict(row.told):
            self._services.commit(lambda conn: queries.change_signed_in(conn, row.token, told=told))

    def sign_out(self, row: SignedInRow) -> None:
        self._services.commit(lambda conn: queries.sign_out(conn, row.token))

    def sign_out_everywhere(self, login: str) -> None:
        """Oneself, or anybody by who may keep people out."""
        if login != self._services.who:
            demand(self._services, Right.PEOPLE)

        def commit(conn: Connection) -> None:
            queries.sign_all_out(conn, login)
            self._note(conn, login, "signed_out_everywhere", self._services.who)

        self._services.commit(commit)

    def where(self) -> list[SignedInRow]:
        """Where whoever asks is signed in."""
        with self._services.store.read() as conn:
            return queries.where_signed_in(conn, self._services.who)

    def close(self, login: str, reason: str) -> None:
        """Somebody signs in no more, from now on."""
        self._turn(login, "closed", reason, self._services.clock.now())

    def reopen(self, login: str, reason: str) -> None:
        self._turn(login, "reopened", reason, None)

    def _turn(self, login: str, kind: str, reason: str, closed_at: datetime | None) -> None:
        demand(self._services, Right.PEOPLE)
        if login == self._services.who:
            raise UsageError("Somebody else must do that for your own account.")

        def commit(conn: Connection) -> None:
            if queries.get_account(conn, login) is None:
                raise UsageError(f"{login} has no account here.")
            queries.change_account(conn, login, closed_at=closed_at)
            queries.sign_all_out(conn, login)
            self._note(conn, login, kind, self._services.who, {"reason": reason})

        self._services.commit(commit)

    def change_password(self, old: str, new: str) -> None:
        """One's own; it ends all that one is signed in by."""
        login = self._services.who
        with self._services.store.read() as conn:
            row = queries.get_account(conn, login)
        if row is None or not credentials.is_right(old, row.password):
            raise UsageError("That is not your password")
        if weak := credentials.weakness(new, login):
            raise UsageError(weak)
        hashed = credentials.hashed(new)

        def commit(conn: Connection) -> None:
            queries.change_account(conn, login, password=hashed)
            queries.sign_all_out(conn, login)
            self._note(conn, login, "password_changed", login)

        self._services.commit(commit)

    def forget(self, limits: Limits) -> None:
        """Let go of who was signed in once."""
        now = self._services.clock.now()
        self._services.commit(
            lambda conn: queries.forget_signed_in(
                conn, seen_before=now - limits.idle, made_before=now - limits.longest
            )
        )

    def _viewer(self, row: SignedInRow) -> Viewer | None:
        if row.person:
            roles = frozenset(Role(role) for role in _texts(row.person["roles"]))
            routes = self._services.people.routes_of(row.login)
            return Viewer(row.login, str(row.person["name"]), roles, routes=routes)
        return self._named(row.login) if self._is_named(row.login) else None

    def _is_named(self, login: str) -> bool:
        people = self._services.people
        return any(normal_login(person.login) == normal_login(login) for person in people.named)

    def _named(self, login: str) -> Viewer:
        """Raises UsageError for somebody whom the configuration does not name."""
        if not self._is_named(login):
            raise UsageError(f"{login} is not named under people: in hub.yaml, which says who may do what.")
        return self._services.people.viewer(login)

    def _invited(self, conn: Connection, token: str) -> AccountRow:
        row = queries.invited_account(conn, credentials.digest(token))
        now = self._services.clock.now()
        if row is None or row.invited_until is None or row.invited_until < now or row.closed_at is not None:
            raise UsageError(GONE)
        if not self._is_named(row.login):
            raise UsageError(GONE)
        return row

    def _secret(self, row: AccountRow) -> str:
        return self._services.store.keys.unseal(row.totp)

    def _note(
        self, conn: Connection, login: str, kind: str, who: str, data: dict[str, str] | None = None
    ) -> None:
        queries.append_event(
            conn,
            subject="person",
            subject_id=login,
            kind=kind,
            who=who,
            data=data or {},
            compartment=Compartment.OPEN,
        )


def _texts(value: object) -> Sequence[str]:
    return [str(one) for one in value] if isinstance(value, list) else []

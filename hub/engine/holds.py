"""What a person may do about holds: set one on a rent account, end one. Both count at once."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Connection

from hub.config.people import Right
from hub.engine.rights import demand
from hub.errors import UsageError
from hub.model import Record
from hub.rent.canonical import normal_reference
from hub.rent.holds import HOLD, begin, end, is_effective
from hub.store import queries
from hub.transfer.effects import apply_moves
from hub.transfer.services import Services


def add_hold(
    services: Services,
    reference: str,
    kind: str,
    *,
    until: date | None,
    reason: str,
    unknown_account: bool = False,
    start: date | None = None,
    code: str | None = None,
) -> Record:
    """Hold a rent account, named by payment, tenancy or old reference, at once. `until`: the last day of the
    hold; `start`: when what it is for began, else today; `code`: what partners are told that it is.

    Raises UsageError when the person may not, the account is not known (unless `unknown_account`), the last
    day has passed, or there is such a hold."""
    demand(services, Right.HOLD)
    today = services.local(services.clock.now())
    if until is not None and until < today:
        raise UsageError(f"{until} has passed: that hold would stop nothing. Give a day to come, or none.")

    if until is not None and start is not None and until < start:
        raise UsageError(f"It cannot end on {until}, before it begins on {start}.")

    def commit(conn: Connection) -> Record:
        account = _account(conn, services, reference, unknown_account)
        holds = queries.records_about(conn, services.store.keys, HOLD, account)
        same = [hold for hold in holds if hold.data["kind"] == kind and hold.state != "ENDED"]
        _refuse_second(account, [hold for hold in same if is_effective(hold, today)])
        moves = [end(hold, "its last day has passed") for hold in same]
        taken = {hold.key for hold in holds}
        moves.append(begin(account, kind, start or today, until, taken=taken, reason=reason, code=code))
        return apply_moves(conn, services, moves, who=services.who)[-1]

    return services.commit(commit)


def end_holds(services: Services, reference: str, kind: str, reason: str) -> list[Record]:
    """End what holds a rent account for that kind of reason, whoever set it; the holds as they are now.

    Raises UsageError when the person may not, or there is no such hold."""
    demand(services, Right.HOLD)

    def commit(conn: Connection) -> list[Record]:
        account = _account(conn, services, reference, unknown=True)
        holds = queries.records_about(conn, services.store.keys, HOLD, account)
        moves = [end(hold, reason) for hold in holds if hold.data["kind"] == kind and hold.state != "ENDED"]
        if not moves:
            raise UsageError(
                f"Account {account} has no hold {kind}. "
                f"`feedhub holds list {account}` shows those that it has."
            )
        return apply_moves(conn, services, moves, who=services.who)

    return services.commit(commit)


def account_named(services: Services, reference: str) -> str:
    """The payment reference of the account that a person means; their own words where none is known."""
    with services.store.read() as conn:
        return _account(conn, services, reference, unknown=True)


def _account(conn: Connection, services: Services, reference: str, unknown: bool) -> str:
    register = services.facts(conn).register
    account = register.account(reference) if register else None
    if account is not None:
        return account.payment_ref
    if not unknown:
        raise UsageError(
            f"No rent account, or more than one, has the reference {reference}; nothing was held. If it is "
            "right and the rent system has yet to name it, add --unknown-account."
        )
    return normal_reference(reference)


def _refuse_second(account: str, effective: list[Record]) -> None:
    for hold in effective:
        until = f" until {hold.data['until']}" if hold.data["until"] else ""
        raise UsageError(
            f"Account {account} is on hold ({hold.data['kind']}) already, from {hold.data['from']}{until}. "
            "To change that, end it first."
        )

"""What people do about suspended money: one proposes its rent account, another clears or refuses."""

from __future__ import annotations

from sqlalchemy import Connection

from hub.config.people import Right
from hub.engine.rights import demand
from hub.errors import UsageError
from hub.model import Account, Compartment, ItemState, Move, Record, WorkKind, format_pounds
from hub.rent.learned import DROPPED, PAIR, learn
from hub.rent.suspense import CLEARED
from hub.store import queries
from hub.store.look import Look
from hub.store.rows import ItemRow, WorkRow
from hub.transfer import worklist
from hub.transfer.effects import apply_moves
from hub.transfer.services import Services

SUSPENSE = "suspense"
ITEM = "item"


class SuspenseActs:
    """The acts. All raise UsageError with a sentence when the item does not exist, the act is not legal now,
    or the person may not."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def propose(self, id: str, reference: str, reason: str) -> WorkRow:
        """Ask a second person to agree that suspended money belongs to a rent account of the register."""
        demand(self._services, Right.PROPOSE)
        return self._services.commit(lambda conn: self.propose_within(conn, id, reference, reason))

    def propose_within(self, conn: Connection, id: str, reference: str, reason: str) -> WorkRow:
        """The same in a commit that does more, once the right to was demanded."""
        row, route = self._suspended(conn, id)
        account = self._account(conn, reference)
        standing = self.standing(conn, id)
        if standing is not None:
            raise UsageError(
                f"{standing.proposed_by} has proposed {standing.proposal['account']} for {id} already; "
                "that is cleared or refused first."
            )
        pounds = format_pounds(row.amount)
        return worklist.ask(
            conn,
            self._services,
            kind=WorkKind.SUSPENSE,
            name=SUSPENSE,
            subject=ITEM,
            subject_id=id,
            title=f"{pounds} quoted {row.reference or 'nothing'}: does it belong to {account.payment_ref}?",
            owner=self._services.route(route).owner,
            proposed_by=self._services.who,
            proposal={"account": account.payment_ref, "reason": reason},
            compartment=row.compartment,
        )

    def clear(self, id: str, reason: str) -> ItemRow:
        """Agree with what somebody else proposed: the item waits to be posted, and the pair is learned."""
        demand(self._services, Right.CLEAR)
        return self._services.commit(lambda conn: self.clear_within(conn, id, reason))

    def clear_within(self, conn: Connection, id: str, reason: str) -> ItemRow:
        """The same in a commit that does more, once the right to was demanded."""
        row, _ = self._suspended(conn, id)
        entry = self._proposed(conn, id)
        account = self._account(conn, str(entry.proposal["account"]))
        worklist.approve(conn, self._services, entry, reason)
        queries.place_item(
            conn,
            row,
            account=account.payment_ref,
            tenancy=account.tenancy_ref,
            reason=f"cleared by {self._services.who}, proposed by {entry.proposed_by}",
            waits_as=CLEARED,
        )
        if row.compartment is Compartment.OPEN:  # everybody may look at the pairs
            taught = learn(row.feed, row.taken().item, account.payment_ref, f"cleared: {reason}")
            apply_moves(conn, self._services, [taught], who=self._services.who, item_id=id)
        return queries.get_item(conn, None, id) or row

    def refuse(self, id: str, reason: str) -> WorkRow:
        """Not agree: the item stays suspended, and something else may be proposed."""
        demand(self._services, Right.CLEAR)
        return self._services.commit(lambda conn: self.refuse_within(conn, id, reason))

    def refuse_within(self, conn: Connection, id: str, reason: str) -> WorkRow:
        """The same in a commit that does more, once the right to was demanded."""
        self._suspended(conn, id)
        return worklist.refuse(conn, self._services, self._proposed(conn, id), reason)

    def forget(self, key: str, reason: str) -> Record:
        """Use a learned pair no more."""
        demand(self._services, Right.CLEAR)

        def commit(conn: Connection) -> Record:
            if queries.get_record(conn, None, PAIR, key) is None:
                raise UsageError(f"There is no learned pair {key}. `feedhub records list {PAIR}` shows them.")
            dropped = Move(kind=PAIR, key=key, to=DROPPED, reason=reason)
            return apply_moves(conn, self._services, [dropped], who=self._services.who)[0]

        return self._services.commit(commit)

    def posted_by(self, row: ItemRow) -> list[str]:
        """The routes that post a cleared item: those of its compartment."""
        services = self._services
        return [
            route.id
            for route in services.config.routes.values()
            if route.waiting is not None
            and route.waiting.items == CLEARED
            and services.compartment(route) is row.compartment
        ]

    def known(self, conn: Connection, id: str) -> ItemRow:
        """An item that whoever acts may know of."""
        return Look(conn, self._services.store.keys, self._services.viewer).item(id)

    def _suspended(self, conn: Connection, id: str) -> tuple[ItemRow, str]:
        """A suspended item that may be placed, and the route that it came by."""
        row = self.known(conn, id)
        if row.state is not ItemState.SUSPENDED:
            raise UsageError(f"Item {id} is {row.state}, not SUSPENDED; there is nothing to clear.")
        if row.amount == 0:
            raise UsageError(f"Item {id} moves no money; there is nothing to clear.")
        route = queries.route_it_came_by(conn, row)
        if route is None:
            raise UsageError(
                f"Item {id} came with transfer {row.transfer_id}, which is not through yet, or is only "
                "rehearsed; its items may still change."
            )
        return row, route

    def _account(self, conn: Connection, reference: str) -> Account:
        register = self._services.registers.current(conn, self._services.store)
        account = register.account(reference) if register else None
        if account is None:
            raise UsageError(
                f"The register knows no rent account {reference}, or more than one. "
                "Propose the payment reference of one that the rent system has exported."
            )
        return account

    def standing(self, conn: Connection, id: str) -> WorkRow | None:
        """What is proposed for an item."""
        entries = queries.open_work_about(conn, ITEM, id)
        return next((entry for entry in entries if entry.kind is WorkKind.SUSPENSE), None)

    def _proposed(self, conn: Connection, id: str) -> WorkRow:
        entry = self.standing(conn, id)
        if entry is None:
            raise UsageError(
                f"Nobody has proposed an account for {id} yet. That comes first: "
                f"feedhub suspense propose {id} --account REF --reason …"
            )
        return entry

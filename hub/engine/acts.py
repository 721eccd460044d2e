"""What a person may do to a transfer, each with a reason, each only where it is legal."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection

from hub.checks.base import BATCH
from hub.config.people import Right
from hub.engine.rights import demand
from hub.errors import UsageError
from hub.model import DeliveryState, TransferState
from hub.store import queries
from hub.store.look import Look
from hub.store.rows import DeliveryRow, TransferRow
from hub.transfer import circuits, move, over, restored, worklist
from hub.transfer.release import Agreed, release, standing_release
from hub.transfer.services import Services
from hub.transfer.withdraw import free, withdraw


class Acts:
    """The acts. Each commits the move and its event, and returns the transfer as it now stands.

    All raise UsageError with a sentence when the person has not the right, the transfer does not exist for
    them, or the act is not legal now."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def retry(self, id: str, reason: str) -> TransferRow:
        """Try again now: a failed or refused transfer from its bytes, a stopped delivery to its endpoint."""
        demand(self._services, Right.SETTLE)

        def commit(conn: Connection) -> TransferRow:
            row = self._get(conn, id)
            if row.purged_at is not None:
                raise UsageError(
                    f"The bytes of {id} were past their keep and let go on "
                    f"{self._services.local(row.purged_at)}. Ask the sender for the file again."
                )
            if row.state is TransferState.REJECTED and row.format == BATCH:
                raise UsageError(f"The items of {id} wait again: the next run of {row.route} gathers them.")
            if row.state in (TransferState.FAILED, TransferState.REJECTED, TransferState.HELD):
                free(conn, self._services, row, "is tried again")
                to = TransferState.STAGED if row.blob else TransferState.FOUND
                afresh: dict[str, Any] = {"attempts": 0, "next_attempt_at": None, "approved_by": None}
                if row.state is not TransferState.HELD:  # another may have its identity: the work looks again
                    afresh["identity"] = None
                return self._move(conn, row, to, "retried", reason, **afresh)
            return self._again(conn, row, reason)

        return self._services.commit(commit)

    def release(self, id: str, reason: str, agreed: Agreed | None = None) -> TransferRow:
        """Let a held transfer go, as the second person; `agreed`: the control totals that must be its own."""
        demand(self._services, Right.RELEASE)
        return self._services.commit(
            lambda conn: release(conn, self._services, self._get(conn, id), reason, agreed or Agreed())
        )

    def refuse(self, id: str, reason: str) -> TransferRow:
        """Not let a held transfer go: it is withdrawn."""
        demand(self._services, Right.RELEASE)

        def commit(conn: Connection) -> TransferRow:
            row = self._get(conn, id)
            worklist.refuse(conn, self._services, standing_release(conn, row), reason)
            return withdraw(conn, self._services, row, reason)

        return self._services.commit(commit)

    def withdraw(self, id: str, reason: str, *, undone: bool = False) -> TransferRow:
        """Give a transfer up before anything of it left. Its numbers that may be given back are.

        undone: the person says that what a stalled conversation began was undone there"""
        demand(self._services, Right.SETTLE)
        with self._nobody_at(id) as alone:

            def commit(conn: Connection) -> TransferRow:
                row = self._get(conn, id)
                return withdraw(conn, self._services, row, reason, undone=undone, alone=alone)

            return self._services.commit(commit)

    def settle(self, id: str, *, sent: bool, reason: str) -> TransferRow:
        """Say what became of the deliveries that are in doubt, or of a conversation that stalled half-way:
        they arrived, or the call whose answer was lost was not done and they go on. Of one that is held
        because the state was restored: that it had gone out before."""
        demand(self._services, Right.SETTLE)

        with self._nobody_at(id) as alone:

            def commit(conn: Connection) -> TransferRow:
                row, there = self._get(conn, id), queries.deliveries_of(conn, id)
                if sent and row.state is TransferState.HELD and restored.doubt(conn, self._services, row):
                    return restored.had_gone_out(conn, self._services, row, reason)
                doubtful = [d for d in there if _is_doubtful(conn, d, sent=sent, alone=alone)]
                if not doubtful:
                    raise UsageError(f"Transfer {id} has no delivery in doubt; there is nothing to settle.")
                for delivery in doubtful:
                    self._settle(conn, row, delivery, sent, reason)
                return self._get(conn, id)

            return self._services.commit(commit)

    @contextmanager
    def _nobody_at(self, id: str) -> Iterator[bool]:
        """Whether nobody else works the route meanwhile, which is seen to when something of the transfer is
        SENDING: a conversation would go on talking."""
        with self._services.store.read() as conn:
            row, deliveries = self._get(conn, id), queries.deliveries_of(conn, id)
        if all(delivery.state is not DeliveryState.SENDING for delivery in deliveries):
            yield False
            return
        with self._services.store.alone(row.route):
            yield True

    def _settle(
        self, conn: Connection, row: TransferRow, delivery: DeliveryRow, sent: bool, reason: str
    ) -> None:
        how = {"event": "settled", "who": self._services.who, "data": {"reason": reason}, "reason": None}
        if sent:
            over.has_left(conn, self._services, row, delivery, **how)
        else:
            queries.settle_calls(conn, delivery.id)
            half_told = queries.changing_calls(conn, delivery.id)
            to = DeliveryState.SENDING if half_told else DeliveryState.READY
            move.delivery(conn, self._services, delivery, to, **how)

    def _again(self, conn: Connection, row: TransferRow, reason: str) -> TransferRow:
        stopped = [
            d
            for d in queries.deliveries_of(conn, row.id)
            if d.state in (DeliveryState.READY, DeliveryState.SENDING) and d.reason is not None
        ]
        if not stopped:
            raise UsageError(
                f"Transfer {row.id} is {row.state} and nothing of it stopped; there is nothing to retry."
            )
        for delivery in stopped:
            move.delivery(
                conn,
                self._services,
                delivery,
                delivery.state,
                event="retried",
                who=self._services.who,
                data={"reason": reason},
                reason=None,
                attempts=0,
                next_attempt_at=None,
            )
            circuits.try_afresh(conn, self._services, delivery.endpoint)
        return row

    def _move(
        self,
        conn: Connection,
        row: TransferRow,
        to: TransferState,
        event: str,
        reason: str,
        **columns: Any,
    ) -> TransferRow:
        return move.transfer(
            conn,
            self._services,
            row,
            to,
            event=event,
            who=self._services.who,
            data={"reason": reason},
            reason=None,
            **columns,
        )

    def transfer(self, id: str) -> TransferRow:
        """The transfer as it stands."""
        with self._services.store.read() as conn:
            return self._get(conn, id)

    def _get(self, conn: Connection, id: str) -> TransferRow:
        return Look(conn, self._services.store.keys, self._services.viewer).transfer_row(id)


def _is_doubtful(conn: Connection, delivery: DeliveryRow, *, sent: bool, alone: bool) -> bool:
    """In doubt, or a stalled conversation: that it is all there, or that the call whose answer was lost was
    not done, only a person can say."""
    if delivery.state is not DeliveryState.SENDING or not alone:
        return delivery.state is DeliveryState.IN_DOUBT
    changing = queries.changing_calls(conn, delivery.id)
    return bool(changing) and (sent or any(call.is_open for call in changing))

"""What a person may do to a transfer, each with a reason, each only where it is legal."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection

from hub.errors import UsageError
from hub.model import DeliveryState, ItemState, TransferState
from hub.store import queries
from hub.store.rows import DeliveryRow, TransferRow
from hub.transfer import move
from hub.transfer.services import Services
from hub.transfer.states import may_move


class Acts:
    """The acts. Each commits the move and its event, and returns the transfer as it now stands.

    All raise UsageError with a sentence when the transfer does not exist or the act is not legal now."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def retry(self, id: str, reason: str) -> TransferRow:
        """Try again now: a failed or refused transfer from its bytes, a stopped delivery to its endpoint."""

        def commit(conn: Connection) -> TransferRow:
            row = self._get(conn, id)
            if row.state in (TransferState.FAILED, TransferState.REJECTED, TransferState.HELD):
                self._give_back(conn, row)
                to = TransferState.STAGED if row.blob else TransferState.FOUND
                return self._move(
                    conn, row, to, "retried", reason, attempts=0, next_attempt_at=None, approved_by=None
                )
            return self._again(conn, row, reason)

        return self._services.commit(commit)

    def release(self, id: str, reason: str) -> TransferRow:
        """Let a held transfer go, its control totals having been looked at."""

        def commit(conn: Connection) -> TransferRow:
            row = self._get(conn, id)
            if row.state is not TransferState.HELD:
                raise UsageError(
                    f"Transfer {id} is {row.state}, not HELD; only a held transfer can be released."
                )
            if row.feed is None:
                raise UsageError(
                    f"Transfer {id} is held because {row.reason}. There is nothing to release: withdraw it, "
                    "or add its feed to the route and retry it."
                )
            deliveries = queries.deliveries_of(conn, id)
            live = any(delivery.state is DeliveryState.READY for delivery in deliveries)
            to = TransferState.ACCEPTED if live else TransferState.APPLIED
            return self._move(conn, row, to, "released", reason, approved_by=self._services.who)

        return self._services.commit(commit)

    def withdraw(self, id: str, reason: str) -> TransferRow:
        """Give a transfer up before anything of it left. Its numbers that may be given back are."""

        def commit(conn: Connection) -> TransferRow:
            row = self._get(conn, id)
            if not may_move(row.state, TransferState.WITHDRAWN):
                raise UsageError(f"Transfer {id} is {row.state}; it cannot be withdrawn.")
            deliveries = queries.deliveries_of(conn, id)
            gone = [d for d in deliveries if d.state not in (DeliveryState.READY, DeliveryState.WITHDRAWN)]
            if gone:
                raise UsageError(
                    f"Transfer {id} cannot be withdrawn: {gone[0].name} to {gone[0].endpoint} "
                    f"is {gone[0].state}."
                )
            self._give_back(conn, row)
            return self._move(conn, row, TransferState.WITHDRAWN, "withdrawn", reason)

        return self._services.commit(commit)

    def settle(self, id: str, *, sent: bool, reason: str) -> TransferRow:
        """Say what became of the deliveries that are in doubt: they arrived, or they did not and go again."""

        def commit(conn: Connection) -> TransferRow:
            row = self._get(conn, id)
            doubtful = [d for d in queries.deliveries_of(conn, id) if d.state is DeliveryState.IN_DOUBT]
            if not doubtful:
                raise UsageError(f"Transfer {id} has no delivery in doubt; there is nothing to settle.")
            for delivery in doubtful:
                self._settle(conn, row, delivery, sent, reason)
            return self._get(conn, id)

        return self._services.commit(commit)

    def _settle(
        self, conn: Connection, row: TransferRow, delivery: DeliveryRow, sent: bool, reason: str
    ) -> None:
        to = DeliveryState.SENT if sent else DeliveryState.READY
        move.delivery(
            conn, delivery, to, event="settled", who=self._services.who, data={"reason": reason}, reason=None
        )
        if sent and row.feed is not None:
            output = self._services.feed(row.feed).output(delivery.output)
            queries.set_item_states(conn, row.id, ItemState.TAKEN, output.becomes, output.takes)

    def _again(self, conn: Connection, row: TransferRow, reason: str) -> TransferRow:
        stopped = [
            d
            for d in queries.deliveries_of(conn, row.id)
            if d.state is DeliveryState.READY and d.reason is not None
        ]
        if not stopped:
            raise UsageError(
                f"Transfer {row.id} is {row.state} and nothing of it stopped; there is nothing to retry."
            )
        for delivery in stopped:
            move.delivery(
                conn,
                delivery,
                DeliveryState.READY,
                event="retried",
                who=self._services.who,
                data={"reason": reason},
                reason=None,
                attempts=0,
                next_attempt_at=None,
            )
        return row

    def _give_back(self, conn: Connection, row: TransferRow) -> None:
        """What the transfer had taken for itself is free again."""
        for delivery in queries.deliveries_of(conn, row.id):
            if delivery.state is DeliveryState.READY:
                move.delivery(
                    conn, delivery, DeliveryState.WITHDRAWN, event="withdrawn", who=self._services.who
                )
        queries.take_back_answers(conn, row.id)
        queries.give_back(conn, row.id)

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

    @staticmethod
    def _get(conn: Connection, id: str) -> TransferRow:
        row = queries.get_transfer(conn, id)
        if row is None:
            raise UsageError(
                f"There is no transfer {id}. `feedhub transfers list` shows those that there are."
            )
        return row

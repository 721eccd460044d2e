"""What one person proposes and a second agrees to: postings are taken back, a file goes without its money."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Connection

from hub.bank.matching import AWAITED, DUE, RELEASED
from hub.config.people import Right
from hub.engine.rights import demand
from hub.errors import UsageError
from hub.model import Move, Record, WorkKind, format_pounds
from hub.store import queries
from hub.store.look import Look
from hub.store.look.seen import unknown
from hub.store.rows import TransferRow, WorkRow
from hub.transfer import worklist
from hub.transfer.effects import RECORD, apply_moves, subject_id_of
from hub.transfer.reversing import Reversal, insert_contras, reversal_of
from hub.transfer.services import Services

REVERSE, LET_GO = "reverse", "let_go"
"""The names of the two kinds of proposal."""


def _left_out(reversal: Reversal) -> str:
    """What came with the transfer and was posted by others stays, unless that is taken back too."""
    told = [f"{count} by {batch}" for batch, count in sorted(reversal.elsewhere.items())]
    return f"; what others posted of it stays ({', '.join(told)})" if told else ""


class AgreementActs:
    """The acts. All raise UsageError with a sentence when the act is not legal now, or the person may not."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def propose_reversal(self, transfer_id: str, reason: str, lines: Collection[int] = ()) -> WorkRow:
        """Ask a second person to agree that what a transfer posted is taken back, or these lines of it."""
        demand(self._services, Right.SUGGEST)

        def commit(conn: Connection) -> WorkRow:
            row = self._transfer(conn, transfer_id)
            reversal = reversal_of(conn, self._services, row, lines)
            count, value = len(reversal.posted), format_pounds(reversal.value)
            title = f"take back {count} postings of {row.name}, {value} in all{_left_out(reversal)}"
            told = {"transfer": row.id, "lines": sorted(lines), "count": count, "value": value}
            return self._propose(
                conn,
                REVERSE,
                ("transfer", row.id),
                title,
                self._services.route(row.route).owner,
                {**told, "reason": reason, "business_date": None},
            )

        return self._services.commit(commit)

    def propose_letting_go(self, due_key: str, reason: str) -> WorkRow:
        """Ask a second person to agree that a file, or a part of it, goes although its money is not there."""
        demand(self._services, Right.SUGGEST)

        def commit(conn: Connection) -> WorkRow:
            due = self._awaited(conn, due_key)
            value = format_pounds(due.data["amount"])
            title = f"{due.data['file']} goes although the bank does not show its {value}"
            told = {"transfer": due.data["transfer"], "due": due.key, "count": due.data["items"]}
            return self._propose(
                conn,
                LET_GO,
                (RECORD, subject_id_of(due)),
                title,
                str(due.data["owner"]),
                {**told, "value": value, "reason": reason, "business_date": due.data["on"]},
            )

        return self._services.commit(commit)

    def agree(self, entry_id: str, reason: str) -> WorkRow:
        """Say yes to what somebody else proposed, and have it done in the same commit."""
        demand(self._services, Right.RELEASE)

        def commit(conn: Connection) -> WorkRow:
            entry = self._entry(conn, entry_id)
            done = (self._reverse if entry.name == REVERSE else self._let_go)(conn, entry, reason)
            return worklist.approve(conn, self._services, entry, reason, answer=done)

        return self._services.commit(commit)

    def refuse(self, entry_id: str, reason: str) -> WorkRow:
        """Not agree: nothing is done, and something else may be proposed."""
        demand(self._services, Right.RELEASE)
        return self._services.commit(
            lambda conn: worklist.refuse(conn, self._services, self._entry(conn, entry_id), reason)
        )

    def _propose(
        self,
        conn: Connection,
        name: str,
        about: tuple[str, str],
        title: str,
        owner: str,
        proposal: Mapping[str, Any],
    ) -> WorkRow:
        standing = [row for row in queries.open_work_about(conn, *about) if row.kind is WorkKind.AGREE]
        if standing:
            raise UsageError(
                f"{standing[0].proposed_by} has proposed something about it already ({standing[0].id}); that "
                "is agreed or refused first."
            )
        return worklist.ask(
            conn,
            self._services,
            kind=WorkKind.AGREE,
            name=name,
            subject=about[0],
            subject_id=about[1],
            title=title,
            owner=owner,
            proposed_by=self._services.who,
            proposal=proposal,
            compartment=self._transfer(conn, str(proposal["transfer"])).compartment,
        )

    def _reverse(self, conn: Connection, entry: WorkRow, reason: str) -> Mapping[str, str]:
        """Once more from how things stand now: what was agreed is what is done, or nothing."""
        asked = entry.proposal
        row = self._transfer(conn, str(asked["transfer"]))
        reversal = reversal_of(conn, self._services, row, asked["lines"])
        if (len(reversal.posted), format_pounds(reversal.value)) != (asked["count"], asked["value"]):
            raise UsageError(
                f"{asked['count']} postings over {asked['value']} were to be taken back, and "
                f"{len(reversal.posted)} over {format_pounds(reversal.value)} would be now. Propose it anew."
            )
        insert_contras(conn, self._services, reversal)
        told = {"items": asked["count"], "value": asked["value"], "by": reversal.route.id, "reason": reason}
        queries.append_event(
            conn,
            subject="transfer",
            subject_id=row.id,
            kind="reversed",
            who=self._services.who,
            data={**told, "proposed_by": entry.proposed_by},
        )
        return {"route": reversal.route.id}

    def _let_go(self, conn: Connection, entry: WorkRow, reason: str) -> Mapping[str, str]:
        due = self._awaited(conn, str(entry.proposal["due"]))
        said = f"proposed by {entry.proposed_by} ({entry.proposal['reason']}), agreed: {reason}"
        let_go = Move(kind=DUE, key=due.key, to=RELEASED, reason=said)
        apply_moves(conn, self._services, [let_go], who=self._services.who)
        return {"route": str(due.data["route"])}

    def _awaited(self, conn: Connection, key: str) -> Record:
        due = queries.get_record(conn, None, DUE, key)
        if due is None:
            raise unknown(DUE, key, "bank")
        self._transfer(conn, str(due.data["transfer"]))
        if due.state != AWAITED:
            raise UsageError(f"{key} is {due.state}: nothing of it waits for the bank.")
        return due

    def _entry(self, conn: Connection, id: str) -> WorkRow:
        entry = worklist.known_work(conn, self._services, id)
        if entry.kind is not WorkKind.AGREE:
            raise UsageError(f"“{entry.title}” is not a proposal. `feedhub worklist list` says what it is.")
        return entry

    def _transfer(self, conn: Connection, id: str) -> TransferRow:
        return Look(conn, self._services.store.keys, self._services.viewer).transfer_row(id)

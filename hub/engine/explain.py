"""What may be done about a transfer now, and whether it is safe to run again: told before anybody tries.

The acts themselves (`hub.engine.acts`) decide; this says it beforehand, and never more than they allow."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from hub.checks.base import BATCH
from hub.config.people import Right
from hub.errors import UsageError
from hub.model import DeliveryState, TransferState, WorkKind
from hub.store.rows import DeliveryRow, TransferView
from hub.transfer.reversing import reversal_of
from hub.transfer.services import Services
from hub.transfer.states import may_move

_GONE = (DeliveryState.SENT, DeliveryState.CONFIRMED, DeliveryState.REFUSED)
_AGAIN = (TransferState.FAILED, TransferState.REJECTED, TransferState.HELD)


class Act(StrEnum):
    RETRY = "retry"
    RELEASE = "release"
    WITHDRAW = "withdraw"
    SETTLE = "settle"
    REVERSE = "reverse"


def legal_acts(services: Services, view: TransferView) -> Sequence[Act]:
    """What who looks may do about it now."""
    viewer = services.viewer
    settles = viewer.may(Right.SETTLE)
    found = {
        Act.RELEASE: viewer.may(Right.RELEASE) and _releases(services, view),
        Act.RETRY: settles and _retries(view),
        Act.SETTLE: settles and _settles(view),
        Act.WITHDRAW: settles and _withdraws(view),
        Act.REVERSE: viewer.may(Right.SUGGEST) and _reverses(services, view),
    }
    return [act for act, legal in found.items() if legal]


def _releases(services: Services, view: TransferView) -> bool:
    row = view.transfer
    asked = [entry for entry in view.work if entry.kind is WorkKind.RELEASE]
    mine = any(entry.proposed_by == services.who for entry in asked)
    return row.state is TransferState.HELD and bool(asked) and not row.rehearsed and not mine


def _retries(view: TransferView) -> bool:
    row = view.transfer
    if row.purged_at is not None or row.rehearsed:
        return False
    if row.state in _AGAIN:
        return not (row.state is TransferState.REJECTED and row.format == BATCH)
    return any(_stopped(delivery) for delivery in view.deliveries)


def _stopped(delivery: DeliveryRow) -> bool:
    return delivery.state in (DeliveryState.READY, DeliveryState.SENDING) and delivery.reason is not None


def _settles(view: TransferView) -> bool:
    """What is in doubt, or a conversation that stopped half-way."""
    doubtful = any(delivery.state is DeliveryState.IN_DOUBT for delivery in view.deliveries)
    return doubtful or any(d.state is DeliveryState.SENDING and d.reason is not None for d in view.deliveries)


def _withdraws(view: TransferView) -> bool:
    row = view.transfer
    if row.rehearsed or not may_move(row.state, TransferState.WITHDRAWN):
        return False
    if row.state is TransferState.APPLIED:
        return row.format != BATCH and not view.children
    return row.state is not TransferState.ACCEPTED or any(
        d.state is DeliveryState.READY or _stopped(d) for d in view.deliveries
    )


def _reverses(services: Services, view: TransferView) -> bool:
    if any(entry.kind is WorkKind.AGREE for entry in view.work):
        return False
    try:
        with services.store.read() as conn:
            reversal_of(conn, services, view.transfer)
    except (UsageError, KeyError):
        return False
    return True


def safe_again(view: TransferView) -> str:
    """Whether it is safe to run it again, in a sentence or two."""
    row, states = view.transfer, {delivery.state for delivery in view.deliveries}
    if row.rehearsed:
        return "Yes. It is a rehearsal: it reaches nobody and changes nothing."
    if DeliveryState.IN_DOUBT in states:
        return (
            "No. Whether the partner has it is not known, and sending it again could send it twice. Ask the "
            "partner, then settle it here."
        )
    if DeliveryState.SENDING in states:
        return "Wait. It is on its way right now; the hub will know what became of it."
    return _OF_STATE[row.state] if row.state is not TransferState.ACCEPTED else _accepted(states)


def _accepted(states: set[DeliveryState]) -> str:
    if DeliveryState.READY not in states:
        return (
            "There is no need to: all of it has left. Running the route again sends it no second time, "
            "and the same file is recognised when it comes again."
        )
    if states & set(_GONE):
        return "Yes. Only what has not left yet is sent; what has left is not sent again."
    return "Yes. Nothing of it has left yet, and each part is sent once."


_OF_STATE = {
    TransferState.FOUND: "Yes. The hub has not got its bytes yet; the next run fetches them.",
    TransferState.STAGED: "Yes. Nothing of it has left; the next run carries it on from the stored file.",
    TransferState.HELD: "It waits for a person, and a run does not change that. Nothing of it has left.",
    TransferState.FAILED: "Yes. Nothing of it has left; trying again begins with the stored file.",
    TransferState.REJECTED: (
        "Yes, but it helps only once what was found wrong is put right: the same bytes are refused again. "
        "Nothing of it has left."
    ),
    TransferState.APPLIED: (
        "There is no need to: the hub has taken over all that it says. The same file is recognised when it "
        "comes again, and changes nothing."
    ),
    TransferState.DUPLICATE: "There is no need to: the hub had this file before, and did nothing with it.",
    TransferState.WITHDRAWN: "No. Somebody gave it up. If it is wanted after all, have the file sent again.",
}

"""The legal moves of transfers and deliveries. Anything else is refused."""

from __future__ import annotations

from collections.abc import Collection

from hub.model import DeliveryState as D
from hub.model import TransferState as T

TRANSFER_MOVES: dict[T, frozenset[T]] = {
    T.FOUND: frozenset({T.STAGED, T.FAILED, T.WITHDRAWN}),
    T.STAGED: frozenset({T.ACCEPTED, T.APPLIED, T.HELD, T.DUPLICATE, T.REJECTED, T.FAILED, T.WITHDRAWN}),
    T.HELD: frozenset({T.ACCEPTED, T.APPLIED, T.STAGED, T.WITHDRAWN}),
    T.ACCEPTED: frozenset({T.STAGED, T.WITHDRAWN}),
    T.FAILED: frozenset({T.FOUND, T.STAGED, T.WITHDRAWN}),
    T.REJECTED: frozenset({T.STAGED}),
    T.APPLIED: frozenset({T.WITHDRAWN}),
    T.DUPLICATE: frozenset(),
    T.WITHDRAWN: frozenset(),
}

DELIVERY_MOVES: dict[D, frozenset[D]] = {
    D.READY: frozenset({D.SENDING, D.WITHDRAWN}),
    D.SENDING: frozenset({D.SENT, D.READY, D.IN_DOUBT, D.REFUSED, D.WITHDRAWN}),
    D.IN_DOUBT: frozenset({D.SENT, D.READY, D.SENDING}),
    D.SENT: frozenset({D.CONFIRMED, D.REFUSED}),
    D.CONFIRMED: frozenset({D.SENT}),
    D.REFUSED: frozenset({D.SENT}),
    D.WITHDRAWN: frozenset(),
}

ENDED = frozenset({T.APPLIED, T.DUPLICATE, T.REJECTED, T.WITHDRAWN})
"""Transfers that the hub has nothing more to do for, except to tidy the source."""


def may_move(old: T, new: T) -> bool:
    return new in TRANSFER_MOVES[old]


def derived_state(state: T, deliveries: Collection[D]) -> str:
    """What a person is told: after ACCEPTED the state follows from the deliveries.

    >>> derived_state(T.ACCEPTED, [D.SENT, D.READY]), derived_state(T.ACCEPTED, [D.SENT, D.WITHDRAWN])
    ('ACCEPTED', 'SENT')
    """
    live = {delivery for delivery in deliveries if delivery is not D.WITHDRAWN}
    if state is not T.ACCEPTED or not live:
        return state.value
    if D.IN_DOUBT in live:
        return D.IN_DOUBT.value
    if D.SENDING in live:
        return D.SENDING.value
    if D.REFUSED in live:
        return D.REFUSED.value
    if live == {D.CONFIRMED}:
        return D.CONFIRMED.value
    return D.SENT.value if live <= {D.SENT, D.CONFIRMED} else state.value

"""Legal moves, the state that people are told, and when the hub tries again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from hub.errors import AuthFailed, HostKeyChanged, RemoteRefused, Throttled, Unreachable
from hub.model import DeliveryState as D
from hub.model import TransferState as T
from hub.transfer.retry import Plan, next_attempt
from hub.transfer.states import DELIVERY_MOVES, ENDED, TRANSFER_MOVES, derived_state, may_move

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)


def test_every_state_says_where_it_may_go():
    assert set(TRANSFER_MOVES) == set(T)
    assert set(DELIVERY_MOVES) == set(D)


def test_what_was_sent_is_never_ready_again_and_what_ended_stays():
    assert D.READY not in DELIVERY_MOVES[D.SENT]
    assert not any(may_move(state, T.ACCEPTED) for state in ENDED)


@pytest.mark.parametrize(
    ("deliveries", "told"),
    [
        ([], "ACCEPTED"),
        ([D.READY], "ACCEPTED"),
        ([D.SENT, D.READY], "ACCEPTED"),
        ([D.SENT, D.SENDING], "SENDING"),
        ([D.SENT, D.IN_DOUBT], "IN_DOUBT"),
        ([D.SENT, D.SENT], "SENT"),
        ([D.CONFIRMED, D.SENT], "SENT"),
        ([D.CONFIRMED], "CONFIRMED"),
        ([D.SENT, D.REFUSED], "REFUSED"),
        ([D.WITHDRAWN, D.SENT], "SENT"),
    ],
)
def test_a_transfer_is_called_sent_only_when_all_of_it_is(deliveries, told):
    assert derived_state(T.ACCEPTED, deliveries) == told


@pytest.mark.parametrize("error", [AuthFailed("no"), HostKeyChanged("no"), RemoteRefused("no")])
def test_what_no_waiting_mends_is_never_tried_again(error):
    assert next_attempt(error, 1, NOW) is None


def test_waits_double_up_to_the_longest_and_end():
    plan = Plan(attempts=4, first_wait=60, longest=150)
    waits = [next_attempt(Unreachable("down"), attempts, NOW, plan) for attempts in (1, 2, 3, 4)]
    assert waits == [NOW + timedelta(seconds=s) for s in (60, 120, 150)] + [None]


def test_a_peer_that_asks_for_patience_gets_it():
    assert next_attempt(Throttled("busy", wait=900), 1, NOW) == NOW + timedelta(seconds=900)

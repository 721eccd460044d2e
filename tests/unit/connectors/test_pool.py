"""Lines that threads share."""

from __future__ import annotations

import threading

import pytest

from hub.connectors import pool
from hub.connectors.pool import Pool
from hub.errors import RemoteRefused, Unreachable


class FakeLine:
    def __init__(self) -> None:
        self.alive = True
        self.asked = 0
        self.closed = False

    def is_alive(self, *, ask: bool) -> bool:
        self.asked += ask
        return self.alive and not self.closed

    def close(self) -> None:
        self.closed = True


def test_a_line_is_used_again_without_being_asked_while_fresh() -> None:
    lines: Pool[FakeLine] = Pool(2)
    with lines.lease(FakeLine) as first:
        pass
    with lines.lease(FakeLine) as second:
        assert second is first
    assert first.asked == 0


def test_an_idle_line_is_asked_and_a_dead_one_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "FRESH", -1)
    lines: Pool[FakeLine] = Pool(2)
    with lines.lease(FakeLine) as first:
        pass
    first.alive = False
    with lines.lease(FakeLine) as second:
        assert second is not first
    assert first.asked == 1
    assert first.closed


@pytest.mark.parametrize(("error", "again"), [(RemoteRefused("no"), True), (Unreachable("gone"), False)])
def test_only_a_refusal_leaves_a_line_usable(error: Exception, again: bool) -> None:
    lines: Pool[FakeLine] = Pool(2)
    with pytest.raises(type(error)), lines.lease(FakeLine) as first:
        raise error
    assert first.closed is not again
    with lines.lease(FakeLine) as second:
        assert (second is first) is again


def test_there_are_never_more_lines_than_allowed() -> None:
    lines: Pool[FakeLine] = Pool(1)
    waiting, got = threading.Event(), threading.Event()

    def second() -> None:
        waiting.set()
        with lines.lease(FakeLine):
            got.set()

    thread = threading.Thread(target=second)
    with lines.lease(FakeLine):
        thread.start()
        waiting.wait()
        assert not got.is_set()
    thread.join()
    assert got.is_set()


def test_a_line_given_back_after_the_end_is_closed() -> None:
    lines: Pool[FakeLine] = Pool(2)
    with lines.lease(FakeLine) as idle:
        pass
    with lines.lease(FakeLine) as used, lines.lease(FakeLine) as other:
        lines.close()
        assert not used.closed
    assert idle.closed and used.closed and other.closed


def test_a_failed_connection_gives_its_place_back() -> None:
    def fail() -> FakeLine:
        raise Unreachable("no answer")

    lines: Pool[FakeLine] = Pool(1)
    for _ in range(2):
        with pytest.raises(Unreachable), lines.lease(fail):
            pass

"""A bar where somebody looks and it takes a while; nothing elsewhere."""

from __future__ import annotations

import io
from typing import Any

import pytest
from rich.console import Console

from hub.cli import show
from hub.cli.progress import progress


def drawn(monkeypatch: pytest.MonkeyPatch, *, terminal: bool, moment: float) -> str:
    screen = io.StringIO()
    console = Console(file=screen, force_terminal=terminal, width=100)
    monkeypatch.setattr(show, "beside", lambda: console)
    monkeypatch.setattr("hub.cli.progress.MOMENT", moment)
    with progress("transfers") as told:
        told("DDCALL.csv", 3, 7)
    return screen.getvalue()


def test_a_long_run_shows_how_far_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = drawn(monkeypatch, terminal=True, moment=-1)
    assert "3/7" in screen and "DDCALL.csv" in screen


def test_a_short_run_shows_no_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "DDCALL.csv" not in drawn(monkeypatch, terminal=True, moment=3600)


def test_nothing_is_drawn_into_a_pipe(monkeypatch: pytest.MonkeyPatch) -> None:
    assert drawn(monkeypatch, terminal=False, moment=-1) == ""


class AtOnce:
    """A moment that has passed when it begins."""

    def __init__(self, seconds: float, then: Any, args: Any, kwargs: Any) -> None:
        self.start = lambda: then(*args, **kwargs)
        self.cancel = lambda: None


def test_one_long_piece_of_work_shows_that_it_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = io.StringIO()
    monkeypatch.setattr(show, "beside", lambda: Console(file=screen, force_terminal=True, width=100))
    monkeypatch.setattr("hub.cli.progress.Timer", AtOnce)
    with progress("transfers"):
        pass
    assert "transfers" in screen.getvalue() and "0:00:0" in screen.getvalue()

"""A bar where somebody looks and it takes a while; nothing elsewhere."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from hub.cli import show
from hub.cli.progress import progress


def drawn(monkeypatch: pytest.MonkeyPatch, *, terminal: bool, moment: float) -> str:
    screen = io.StringIO()
    console = Console(file=screen, force_terminal=terminal, width=100)
    monkeypatch.setattr(show, "console", lambda: console)
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

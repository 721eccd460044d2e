"""What the exit codes promise."""

from __future__ import annotations

import pytest

from hub.cli import exits
from hub.cli.exits import MEANING, Exit
from hub.model import Verdict


@pytest.mark.parametrize(
    ("verdict", "code"),
    [(Verdict.ACCEPTED, 0), (Verdict.HELD, 1), (Verdict.REJECTED, 1), (Verdict.UNREADABLE, 3)],
)
def test_a_verdict_has_the_code_that_others_rely_on(verdict: Verdict, code: int) -> None:
    assert exits.of_verdict(verdict) == code


def test_every_code_is_explained() -> None:
    assert set(MEANING) == set(Exit)

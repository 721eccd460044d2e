"""A file that is off what is usual on its route waits for a person, who is told both numbers."""

from __future__ import annotations

from datetime import date

import pytest

from hub.config.drift import Drift
from hub.model import LastTransfer
from hub.transfer.drift import drifted

DRIFT = Drift(value=50, count=30)


def before(*numbers):
    """Earlier files, the newest first: records, and pounds."""
    return [LastTransfer("t", date(2026, 11, 2), count, pounds * 100, {}) for count, pounds in numbers]


USUAL = before(*[(100, 1000)] * 8)


@pytest.mark.parametrize(
    ("count", "pence", "off"),
    [
        (100, 100_000, None),
        (130, 150_000, None),
        (70, 50_000, None),
        (100, 150_001, "the value is 1500.01, and 1000.00 is usual here (the middle of the last 8)"),
        (100, 49_999, "the value is 499.99, and 1000.00 is usual here"),
        (131, 100_000, "the count is 131, and 100 is usual here (the middle of the last 8)"),
        (69, 100_000, "the count is 69, and 100 is usual here"),
        (0, 100_000, "the count is 0, and 100 is usual here"),
        (100, -100_000, None),
    ],
)
def test_more_than_the_share_is_held_and_the_share_itself_is_not(count, pence, off):
    said = drifted(DRIFT, count, pence, USUAL)
    assert (said is None) if off is None else said.startswith(off)


def test_fewer_than_four_files_are_no_history():
    assert drifted(DRIFT, 1, 1, USUAL[:3]) is None
    assert drifted(DRIFT, 1, 1, USUAL[:4]) is not None


def test_one_odd_file_does_not_make_the_odd_usual():
    assert drifted(DRIFT, 100, 100_000, before((5, 5), *[(100, 1000)] * 4)) is None


def test_only_the_last_of_them_count():
    old = [*USUAL[:4], *before(*[(1, 1)] * 60)]
    assert drifted(Drift(count=30, of=4), 100, 1, old) is None
    assert drifted(Drift(count=30, of=70), 100, 1, old) is not None


def test_of_an_even_number_the_middle_is_between_the_two():
    said = drifted(Drift(value=1), 1, 0, before((1, 10), (1, 20), (1, 31), (1, 40)))
    assert "and 25.50 is usual here" in said


def test_where_nothing_is_usual_anything_is_odd():
    assert drifted(DRIFT, 1, 1, before(*[(0, 0)] * 4)).startswith("the value is 0.01, and 0.00 is usual")
    assert drifted(None, 1, 1, USUAL) is None

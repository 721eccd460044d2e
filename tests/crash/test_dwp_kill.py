"""The hub is killed while it asks DWP and carried on: the small version of `tests/long/dwp_enquiries.py`."""

from __future__ import annotations

from tests.long.dwp_enquiries import run


def test_nobody_is_asked_again_whose_answer_is_stored(tmp_path, run_seed):
    kill_at = 8 + run_seed % 12
    seen = run(tmp_path, count=24, workers=3, a_second=300, kill_at=kill_at)
    assert seen.wrong() == []
    assert seen.before < seen.count

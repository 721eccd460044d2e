"""`backup` and `restore` from the command line."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.unit.cli.council import Council
from tests.unit.cli.running import Feedhub


def test_a_state_that_was_lost_is_put_back(feedhub: Feedhub, council: Council, tmp_path: Path) -> None:
    def run(*words: object) -> object:
        ran = feedhub("--config", council.config, *words)
        assert ran.code == 0, ran.err
        return ran.json if "--json" in words else ran.out

    council.accounts()
    run("run", "rent.accounts")
    told = run("backup", tmp_path / "saved", "--with-keys", "--json")
    assert (told["transfers"], told["with_keys"]) == (1, True)  # type: ignore[index]
    assert "whole" in str(run("restore", tmp_path / "saved", "--check"))
    before = run("transfers", "list", "--json")
    shutil.rmtree(council.config / "state")
    assert "Deliveries in doubt: 0" in str(run("restore", tmp_path / "saved"))
    assert run("transfers", "list", "--json") == before
    assert "is not empty" in feedhub("--config", council.config, "restore", tmp_path / "saved").err


def test_a_damaged_back_up_is_told(feedhub: Feedhub, council: Council, tmp_path: Path) -> None:
    feedhub("--config", council.config, "backup", tmp_path / "saved")
    (database,) = (tmp_path / "saved").glob("*/feedhub.db")
    database.write_bytes(database.read_bytes()[:-1])
    ran = feedhub("--config", council.config, "restore", tmp_path / "saved", "--check")
    assert (ran.code, "is not what the manifest says" in ran.out) == (1, True)

"""`audit` from the command line."""

from __future__ import annotations

import sqlite3
from contextlib import closing

from tests.unit.cli.council import Council
from tests.unit.cli.running import Feedhub


def test_a_history_is_sealed_and_what_is_changed_in_it_is_told(feedhub: Feedhub, council: Council) -> None:
    council.accounts()
    feedhub("--config", council.config, "run", "rent.accounts")
    assert "Seal 1: root" in feedhub("--config", council.config, "audit", "seal").out
    assert "Nothing was appended" in feedhub("--config", council.config, "audit", "seal").out
    ran = feedhub("--config", council.config, "audit", "verify")
    assert (ran.code, "all as they were written" in ran.out) == (0, True)
    with closing(sqlite3.connect(council.config / "state/feedhub.db")) as db, db:
        db.execute("UPDATE event SET who = 'x' WHERE subject = 'transfer' AND number = 2")
    ran = feedhub("--config", council.config, "audit", "verify", "--json")
    assert (ran.code, ran.json["ok"]) == (1, False)
    assert ran.json["broken"][0].startswith("transfer ")
    assert "entry 2" in ran.json["broken"][0]

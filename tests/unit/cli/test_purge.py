"""`purge`: what it would let go, what it let go, and that only an administrator may."""

from __future__ import annotations

from tests.unit.cli.council import Council
from tests.unit.cli.running import Feedhub


def test_a_purge_says_what_it_lets_go(feedhub: Feedhub, council: Council) -> None:
    settings = council.config / "hub.yaml"
    settings.write_text(settings.read_text().replace("keep: 7y", "keep: 1d"))
    council.accounts()
    feedhub("--config", council.config, "run", "rent.accounts")
    told = feedhub("--config", council.config, "purge", "--dry-run", "--json").json
    assert (told["dry_run"], told["transfers"], told["kept_back"]) == (True, [], [])
    assert "Nothing is past its keep." in feedhub("--config", council.config, "purge").out


def test_a_keep_that_is_none_is_a_mistake(feedhub: Feedhub, council: Council) -> None:
    settings = council.config / "hub.yaml"
    settings.write_text(settings.read_text().replace("keep: 7y", "keep: for ever"))
    ran = feedhub("--config", council.config, "check")
    assert ran.code != 0
    assert "“for ever” is not a time to keep something; write years or days: 7y or 90d" in ran.err

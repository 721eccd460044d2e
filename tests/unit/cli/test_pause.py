"""`feedhub pause` and `feedhub resume`, and where it is seen."""

from __future__ import annotations

from tests.unit.cli.council import Council
from tests.unit.cli.running import Feedhub

UNTIL = "2090-01-31T18:00"


def test_a_paused_route_is_seen_and_goes_on_when_it_is_resumed(feedhub: Feedhub, council: Council) -> None:
    def at(*arguments: object):  # type: ignore[no-untyped-def]
        return feedhub("--config", council.config, *arguments)

    assert at("routes", "--json").json[0]["left_alone"] is None
    assert not (council.config / "state").exists()
    ran = at("pause", "route", "bacs.submission", "--until", UNTIL, "--reason", "the bureau moves")
    assert ran.out.strip() == "The route bacs.submission is paused until 2090-01-31 18:00."
    assert at("pause", "endpoint", "bureau", "--until", "2090-02-01", "--reason", "so too").code == 0
    ran = at("run", "bacs.submission", "--json")
    assert (ran.code, ran.json["trouble"]) == (0, None)
    assert "The route bacs.submission is paused until" in ran.json["waits"]
    assert "nothing to do" not in at("run", "bacs.submission").out, "nobody has looked"
    [seen] = [one for one in at("routes", "--json").json if one["left_alone"]]
    assert seen["route"] == "bacs.submission"
    [seen] = [one for one in at("endpoints", "--json").json if one["left_alone"]]
    assert (seen["name"], "so too" in seen["left_alone"]) == ("bureau", True)
    assert "paused until" in at("overdue").out
    assert at("overdue").code == 0
    assert "goes on" in at("resume", "route", "bacs.submission", "--reason", "they are there").out
    assert at("run", "bacs.submission").code == 4
    assert "was not paused" in at("resume", "route", "bacs.submission", "--reason", "again").out


def test_a_time_that_is_none_is_refused(feedhub: Feedhub, council: Council) -> None:
    ran = feedhub("--config", council.config, "pause", "route", "x", "--until", "soon", "--reason", "y")
    assert ran.code == 2
    assert "“soon” is not a time; write it as 2026-01-31T18:00" in ran.err

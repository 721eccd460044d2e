"""`init`, `check`, `routes`, `feeds`, `plugins`, `endpoints`: what is configured, and is it right?"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from tests.unit.cli.council import Council
from tests.unit.cli.running import Feedhub


def test_a_new_council_has_no_mistakes(feedhub: Feedhub, tmp_path: Path) -> None:
    assert feedhub("init", tmp_path / "council").code == 0
    ran = feedhub("--config", tmp_path / "council", "check", "--json")
    assert (ran.code, ran.json) == (0, {"ok": True, "mistakes": [], "notes": []})


def test_init_overwrites_nothing(feedhub: Feedhub, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine", "utf-8")
    ran = feedhub("init", tmp_path)
    assert ran.code == 2
    assert "not empty" in ran.err
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_check_tells_every_mistake_with_file_and_line(feedhub: Feedhub, council: Council) -> None:
    hub, bacs = council.config / "hub.yaml", council.config / "routes" / "bacs.yaml"
    hub.write_text(hub.read_text("utf-8") + "colour: red\n", "utf-8")
    bacs.write_text(bacs.read_text("utf-8").replace("- bacs.arudd ", "- bacs.arud "), "utf-8")
    ran = feedhub("--config", council.config, "check", "--json")
    assert ran.code == 2
    assert any("hub.yaml line" in mistake and "colour" in mistake for mistake in ran.json["mistakes"])
    assert any("bacs.yaml line" in mistake and "bacs.arud" in mistake for mistake in ran.json["mistakes"])


def test_check_for_people_counts_the_mistakes(feedhub: Feedhub, council: Council) -> None:
    hub = council.config / "hub.yaml"
    hub.write_text(hub.read_text("utf-8") + "colour: red\n", "utf-8")
    err = feedhub("--config", council.config, "check").err
    assert "colour" in err and "1 mistake in " in err


def test_a_plug_in_that_cannot_be_loaded_is_a_mistake(feedhub: Feedhub, council: Council) -> None:
    hub = council.config / "hub.yaml"
    hub.write_text(hub.read_text("utf-8").replace("  - bacs\n", "  - bacs\n  - backs\n"), "utf-8")
    ran = feedhub("--config", council.config, "check", "--json")
    assert ran.code == 2
    assert any("backs" in mistake for mistake in ran.json["mistakes"])
    off = [
        row for row in feedhub("--config", council.config, "plugins", "--json").json if row["state"] == "off"
    ]
    assert [row["name"] for row in off] == ["backs"]


def test_what_wants_a_person_but_is_no_mistake_is_noted(feedhub: Feedhub, tmp_path: Path) -> None:
    feedhub("init", tmp_path / "council")
    (tmp_path / "council" / "waivers.yaml").write_text(
        "waivers: [{check: S18-008, route: bacs.forward, reason: r, owner: o, until: 2020-01-31}]\n"
    )
    (tmp_path / "council" / "credentials").mkdir()
    key = tmp_path / "council" / "credentials" / "bureau_key"
    key.write_text("not a real key", "utf-8")
    key.chmod(0o644)
    ran = feedhub("--config", tmp_path / "council", "check")
    assert ran.code == 0
    assert "S18-008 on bacs.forward ended on 2020-01-31" in ran.err
    assert ("may read" in ran.err and str(key) in ran.err) is (os.name == "posix")
    notes = feedhub("--config", tmp_path / "council", "check", "--json").json["notes"]
    assert [f"feedhub: {note}" for note in notes] == ran.err.splitlines()


def test_config_may_be_named_before_or_after_the_verb(feedhub: Feedhub, council: Council) -> None:
    before = feedhub("--config", council.config, "routes", "--json")
    after = feedhub("routes", "--json", "--config", council.config)
    assert before == after
    assert before.code == 0


def test_config_may_come_from_the_environment(
    feedhub: Feedhub, council: Council, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FEEDHUB_CONFIG", str(council.config))
    assert "bacs.submission" in feedhub("routes").out


def test_routes_say_from_where_to_where_and_whose(feedhub: Feedhub, council: Council) -> None:
    rows = {row["route"]: row for row in feedhub("--config", council.config, "routes", "--json").json}
    assert rows["bacs.submission"]["from"] == "rent:/export/dd"
    assert rows["bacs.submission"]["to"] == ["submission → bureau:/inbound/dd_collections"]
    assert rows["rent.accounts"]["to"] == []
    assert all(row["owner"] for row in rows.values())


def test_a_route_whose_plug_in_is_off_says_so(feedhub: Feedhub, council: Council) -> None:
    with switched_off("bacs"):
        ran = feedhub("--config", council.config, "routes", "--json")
        refused = feedhub("--config", council.config, "run", "bacs.submission")
    reasons = {row["route"]: row["unavailable"] for row in ran.json}
    assert "bacs is switched off" in reasons["bacs.submission"]
    assert reasons["rent.accounts"] is None
    assert refused.code == 2
    assert "bacs is switched off" in refused.err


@contextmanager
def switched_off(plugin: str) -> Iterator[None]:
    """A plug-in that breaks while it is loaded."""
    load = EntryPoint.load

    def broken(point: EntryPoint) -> object:
        if point.name == plugin:
            raise ImportError("a part of it is missing")
        return load(point)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(EntryPoint, "load", broken)
        yield


def test_feeds_are_listed_and_one_is_shown_with_its_checks(feedhub: Feedhub, council: Council) -> None:
    names = [row["name"] for row in feedhub("--config", council.config, "feeds", "--json").json]
    assert {"rent.accounts", "bacs.submission", "bacs.arudd", "housing_benefit.postings"} <= set(names)
    told = feedhub("--config", council.config, "feeds", "bacs.submission", "--json").json
    assert "service_user_number" in told["options"]
    assert all(check["help"] for check in told["checks"])


def test_what_no_plug_in_explains_is_no_empty_column(feedhub: Feedhub) -> None:
    out = feedhub("feeds", "bacs.submission").out
    assert re.search(r"^service_user_number", out, re.MULTILINE)
    assert "meaning" not in out
    assert "README" in out


def test_an_unknown_feed_names_the_known_ones(feedhub: Feedhub) -> None:
    ran = feedhub("feeds", "bacs.arud")
    assert ran.code == 2
    assert "bacs.arudd" in ran.err


def test_endpoints_show_no_secret(feedhub: Feedhub, tmp_path: Path) -> None:
    feedhub("init", tmp_path / "council")
    ran = feedhub("--config", tmp_path / "council", "endpoints")
    assert "example-council@sftp.bureau.invalid:22" in ran.out
    assert "bureau_key" not in ran.out


def test_an_endpoint_is_tried_folder_by_folder(feedhub: Feedhub, council: Council) -> None:
    council.accounts()
    for folder in ("/export/dd", "/export/mandates", "/export/standard18"):
        council.folder("rent", folder)
    ran = feedhub("--config", council.config, "endpoints", "test", "rent", "--json")
    seen = {row["folder"]: row for row in ran.json["folders"]}
    assert seen["/export/accounts"] == {"folder": "/export/accounts", "files": 1, "trouble": None}
    assert seen["/import/receipts"]["files"] is None
    assert ran.code == 4


def test_an_endpoint_whose_folders_are_all_there_is_well(feedhub: Feedhub, council: Council) -> None:
    for folder in (
        "/inbound/dd_collections",
        "/inbound/ddi",
        "/inbound/dc_refunds",
        "/outbound/acks/archive",
        "/outbound/reports/archive",
    ):
        council.folder("bureau", folder)
    assert feedhub("--config", council.config, "endpoints", "test", "bureau").code == 0


def test_a_folder_that_files_are_archived_to_must_be_there(feedhub: Feedhub, council: Council) -> None:
    for folder in (
        "/inbound/dd_collections",
        "/inbound/ddi",
        "/inbound/dc_refunds",
        "/outbound/acks/archive",
        "/outbound/reports",
    ):
        council.folder("bureau", folder)
    ran = feedhub("--config", council.config, "endpoints", "test", "bureau", "--json")
    assert ran.code == 4
    assert [row["folder"] for row in ran.json["folders"] if row["trouble"]] == ["/outbound/reports/archive"]


def test_a_host_that_is_not_there_is_one_sentence(feedhub: Feedhub, tmp_path: Path) -> None:
    feedhub("init", tmp_path / "council")
    (tmp_path / "council" / "credentials").mkdir()
    (tmp_path / "council" / "credentials" / "benefits_password").write_text("fake", "utf-8")
    ran = feedhub("--config", tmp_path / "council", "endpoints", "test", "benefits")
    assert ran.code == 4
    assert ran.err.count("\n") == 1
    assert "sftp.benefits.invalid" in ran.err and "fake" not in ran.err


def test_an_unknown_endpoint_names_the_known_ones(feedhub: Feedhub, council: Council) -> None:
    ran = feedhub("--config", council.config, "endpoints", "test", "buro")
    assert ran.code == 2
    assert "bureau" in ran.err

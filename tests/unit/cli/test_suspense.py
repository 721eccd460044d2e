"""`suspense` as the command line has it: what waits and since when, and the two people who place it."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from hub.clock.now import local_date
from tests.unit.cli.council import NOW, Council
from tests.unit.cli.running import Feedhub
from tests.unit.cli.test_worklist import As, as_
from tests.unit.housing_benefit.posting_files import Row, posting_file

__all__ = ["as_"]


def benefits_file() -> bytes:
    """Two weeks' benefit, of today, for a reference that no rent account has."""
    today = local_date(NOW)
    sunday = today - timedelta(days=today.isoweekday())
    days = {"start": sunday - timedelta(days=13), "end": sunday, "run": today}
    told = {name: f"{day:%Y%m%d}" for name, day in days.items()}
    row = Row(rent_ref="FAKE9999/9", first=told["start"], last=told["end"], posting_date=told["run"])
    return posting_file(row, start=told["start"], end=told["end"], run=told["run"])


@pytest.fixture
def item(as_: As, council: Council) -> str:
    """The id of a benefit posting that fits no rent account."""
    council.folder("rent", "/import/transactions")
    council.folder("benefits", "/outgoing/done")
    council.accounts()
    assert as_("anna")("run", "rent.accounts").code == 0
    path = council.folder("benefits", "/outgoing") / "rentpost_000042.dat"
    path.write_bytes(benefits_file())
    os.utime(path, (NOW.timestamp() - 3600,) * 2)
    ran = as_("anna")("run", "housing_benefit.postings", "--json")
    assert [one["state"] for one in ran.json["transfers"]] == ["APPLIED"], ran.out
    (one,) = listed(as_("anna"))
    return str(one["id"])


def listed(feedhub: Feedhub, *options: object) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = feedhub("suspense", "list", "--json", *options).json["items"]
    return found


def test_the_list_tells_the_age_and_filters_by_it(as_: As, item: str) -> None:
    (one,) = listed(as_("bob"))
    assert (one["reference"], one["days"], one["proposed"]) == ("FAKE9999/9", 0, None)
    assert listed(as_("bob"), "--older-than", 1) == listed(as_("bob"), "--feed", "bacs.arudd") == []
    shown = as_("bob")("suspense", "list").out
    assert "up to 7 days" in shown
    assert item in shown


def test_two_people_place_it_and_the_next_run_posts_a_contra_pair(
    as_: As, council: Council, item: str
) -> None:
    said = ("--reason", "seen on the statement")
    assert as_("anna")("suspense", "propose", item, "--account", "91000010", *said).code == 0
    assert listed(as_("bob"))[0]["proposed"]["account"] == "91000010"
    assert as_("anna")("suspense", "clear", item, *said).code == 2  # Anna may not clear at all
    cleared = as_("bob")("suspense", "clear", item, *said, "--json").json
    assert (cleared["state"], cleared["posted_by"]) == ("WAITING", ["rent.suspense"])
    assert listed(as_("bob")) == []
    (batch,) = as_("anna")("run", "rent.suspense", "--json").json["transfers"]
    (posted,) = council.folder("rent", "/import/transactions").glob("RENTTRAN*.csv")
    legs = [line.split(",") for line in posted.read_text("utf-8").splitlines() if line.startswith("D,")]
    assert [(leg[2], leg[9]) for leg in legs] == [("99999999", "224.68"), ("91000010", "-224.68")]
    assert batch["state"] == "SENT"


def test_one_item_is_followed_through_its_transfers_by_the_command_line_alone(as_: As, item: str) -> None:
    for who, verb, more in (("anna", "propose", ("--account", "91000010")), ("bob", "clear", ())):
        as_(who)("suspense", verb, item, *more, "--reason", "the tenant rang")
    (batch,) = as_("anna")("run", "rent.suspense", "--json").json["transfers"]
    source = item.partition(".")[0]
    (there,) = as_("bob")("transfers", "show", source, "--json").json["items"]
    (here,) = as_("bob")("transfers", "show", batch["id"], "--json").json["items"]
    assert there["id"] == here["id"] == item
    assert (there["batch"], here["came_with"], there["state"]) == (batch["id"], source, "POSTED")
    assert "gathered by" in as_("bob")("transfers", "show", source).out
    assert "came with" in as_("bob")("transfers", "show", batch["id"]).out


def test_what_is_refused_or_forgotten_is_said(as_: As, item: str) -> None:
    said = ("--reason", "another tenant", "--json")
    as_("anna")("suspense", "propose", item, "--account", "91000010", *said)
    assert as_("bob")("suspense", "refuse", item, *said).json["state"] == "REFUSED"
    as_("anna")("suspense", "propose", item, "--account", "91000010", *said)
    as_("bob")("suspense", "clear", item, *said)
    pair = "housing_benefit.postings:FAKE9999/9:90000012X"
    assert as_("bob")("suspense", "forget", pair, *said).json["state"] == "DROPPED"


def test_a_workbook_goes_out_and_comes_in(as_: As, item: str, tmp_path: Path) -> None:
    out, reason = tmp_path / "suspense.xlsx", ("--reason", "seen on the claim")
    told = as_("anna")("suspense", "export", out)
    assert (told.code, "items 1, -224.68 in all" in told.out.replace("\n", " ")) == (0, True)
    assert as_("anna")("suspense", "export", out).code == 2  # it is there already
    as_("anna")("suspense", "propose", item, "--account", "91000010", *reason)
    text = tmp_path / "suspense.csv"
    assert as_("bob")("suspense", "export", text).code == 0
    text.write_text(text.read_text("utf-8").replace("91000010,,anna", "91000010,yes,anna"), "utf-8")
    done = as_("bob")("suspense", "import", text, *reason, "--json").json
    assert done["cleared"] == {"count": 1, "value": "-224.68"}
    assert done["in suspense now"] == {"count": 0, "value": "0.00"}
    assert "cleared" in as_("bob")("suspense", "import", out, *reason).out


def test_a_file_that_is_no_such_table_is_refused(as_: As, item: str, tmp_path: Path) -> None:
    path = tmp_path / "other.csv"
    path.write_text("a,b\n1,2\n", "utf-8")
    ran = as_("anna")("suspense", "import", path, "--reason", "a try")
    assert (ran.code, "header row" in ran.err) == (1, True)

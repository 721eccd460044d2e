"""`feedhub inspect`: what is this file, and what is wrong with it?"""

from __future__ import annotations

from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.unit.cli.council import ACCOUNT, Council
from tests.unit.cli.running import Feedhub


def test_a_sound_file_is_accepted(feedhub: Feedhub, council: Council) -> None:
    ran = feedhub("inspect", council.accounts(), "--json")
    assert ran.code == 0
    assert (ran.json["feed"], ran.json["format"], ran.json["recognised"]) == (
        "rent.accounts",
        "generic-csv",
        True,
    )
    assert (ran.json["verdict"], ran.json["records"]) == ("accepted", 1)
    assert ran.json["totals"]["count"] == 1
    assert ran.json["totals"]["value"] == "0.00"
    assert ran.json["findings"] == []


def test_the_json_has_every_key_that_was_promised(feedhub: Feedhub, council: Council) -> None:
    told = feedhub("inspect", council.accounts(), "--json").json
    promised = "feed format recognised verdict records totals items findings not_checked"
    assert set(promised.split()) <= set(told)


def test_what_was_not_checked_is_said_with_its_reason(feedhub: Feedhub, council: Council) -> None:
    told = feedhub("inspect", council.accounts(), "--json").json
    assert "E05" in told["not_checked"]
    assert set(told["not_checked"]) == set(told["not_checked_reasons"])


def test_a_date_makes_checks_about_today_possible(feedhub: Feedhub, council: Council) -> None:
    file, registers = (
        council.collection(),
        ["--register", council.mandates(), "--register", council.accounts()],
    )
    assert "S18-008" in feedhub("inspect", file, *registers, "--json").json["not_checked"]
    early = feedhub("inspect", file, *registers, "--json", "--date", "2026-03-02").json
    assert early["verdict"] == "accepted"
    late = feedhub("inspect", file, *registers, "--json", "--date", "2026-03-16").json
    assert late["verdict"] == "rejected"
    assert {finding["check"] for finding in late["findings"]} == {"E07", "S18-008"}


def test_every_finding_is_told_with_its_place(feedhub: Feedhub, council: Council) -> None:
    file = council.accounts()
    file.write_text(
        file.read_text("utf-8").replace("2020-04-06", "6 April").replace("ACTIVE", "LIVE"), "utf-8"
    )
    ran = feedhub("inspect", file, "--json")
    assert ran.code == 1
    assert ran.json["verdict"] == "rejected"
    places = {(found["line"], found["field"], found["severity"]) for found in ran.json["findings"]}
    assert {(2, "start_date", "error"), (2, "status", "error")} <= places


@pytest.mark.parametrize(("choice", "count"), [("none", 0), ("sample", 20), ("all", 30)])
def test_items_are_printed_as_asked(feedhub: Feedhub, council: Council, choice: str, count: int) -> None:
    rows = [{**ACCOUNT, "payment_ref": f"9100{n:04}"} for n in range(30)]
    items = feedhub("inspect", council.accounts(*rows), "--items", choice, "--json").json["items"]
    assert len(items) == count
    assert all(item["kind"] == "ACCOUNT" and item["amount"] == "0.00" for item in items)


def test_a_register_says_which_account_an_item_is_for(feedhub: Feedhub, council: Council) -> None:
    collection = council.collection()
    registers = ["--register", council.accounts(), "--register", council.mandates()]
    [item] = feedhub("inspect", collection, "--items", "all", "--json", *registers).json["items"]
    assert (item["amount"], item["state"], item["account"]) == ("112.35", "TAKEN", "91000010")


def test_personal_data_is_masked(feedhub: Feedhub, council: Council) -> None:
    for as_json in ([], ["--json"]):
        out = feedhub("inspect", council.mandates(), "--items", "all", *as_json).out
        assert "91000010" in out
        assert not [secret for secret in ("A TENANT", "000299", "40154823") if secret in out]


def test_a_register_that_is_none_is_a_usage_error(feedhub: Feedhub, council: Council, tmp_path: Path) -> None:
    junk = tmp_path / "junk.csv"
    junk.write_text("a,b\n", "utf-8")
    ran = feedhub("inspect", council.accounts(), "--register", junk)
    assert ran.code == 2
    assert "no extract of rent accounts" in ran.err


def test_what_nobody_knows_is_unreadable(feedhub: Feedhub, tmp_path: Path) -> None:
    junk = tmp_path / "junk.bin"
    junk.write_bytes(bytes(range(256)))
    ran = feedhub("inspect", junk, "--json")
    assert (ran.code, ran.json["recognised"], ran.json["verdict"]) == (3, False, "unreadable")


def test_an_empty_file_is_called_empty(feedhub: Feedhub, tmp_path: Path) -> None:
    empty = tmp_path / "empty.csv"
    empty.touch()
    ran = feedhub("inspect", empty)
    assert ran.code == 3
    assert "The file is empty." in ran.out


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--feed", "bacs.arud"], "bacs.arudd"),
        (["--feed", "rent.accounts", "--set", "colour=red"], "colour"),
        (["--feed", "rent.accounts", "--set", "payment_reference={"], "is not JSON"),
        (["--set", "colour"], "key=value"),
        (["--format", "word"], "generic-csv"),
    ],
)
def test_a_wrong_call_says_what_is_right(
    feedhub: Feedhub, council: Council, arguments: list[str], says: str
) -> None:
    ran = feedhub("inspect", council.accounts(), *arguments)
    assert ran.code == 2
    assert says in ran.err


def test_a_file_that_is_not_there_is_a_usage_error(feedhub: Feedhub) -> None:
    assert feedhub("inspect", "nowhere.csv").code == 2


def test_people_see_the_verdict_first(feedhub: Feedhub, council: Council) -> None:
    file = council.accounts()
    first = feedhub("inspect", file).out.splitlines()[0]
    assert first == f"{file.name}: rent.accounts (generic-csv): accepted"


def test_of_a_zip_each_file_in_it_is_told(feedhub: Feedhub, council: Council, tmp_path: Path) -> None:
    file = tmp_path / "both.zip"
    with ZipFile(file, "w") as bundle:
        bundle.write(council.accounts(), "accounts.csv")
        bundle.writestr("letter.txt", b"nothing that anybody reads")
    ran = feedhub("inspect", file, "--json")
    assert ran.code == feedhub("inspect", file).code != 0
    assert [(one["name"], one["verdict"]) for one in ran.json["members"]] == [
        ("accounts.csv", "accepted"),
        ("letter.txt", "unreadable"),
    ]
    assert "letter.txt: not recognised" in feedhub("inspect", file).out


def test_a_zip_that_a_route_would_refuse_is_refused(feedhub: Feedhub, tmp_path: Path) -> None:
    file = tmp_path / "bad.zip"
    with ZipFile(file, "w") as bundle:
        bundle.writestr("../../etc/hosts", b"mine")
    ran = feedhub("inspect", file, "--json")
    assert (ran.code, ran.json["verdict"]) == (1, "rejected")
    assert [finding["check"] for finding in ran.json["findings"]] == ["BUNDLE-NAME"]

"""`run`, `put`, `transfers`, `counters`: working routes, and what a person decides."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from hub.config.example import example_folder
from hub.config.login import system_login
from tests.unit.cli.council import ENDPOINTS, Council
from tests.unit.cli.running import Feedhub, Ran


@pytest.fixture
def at(feedhub: Feedhub, council: Council) -> Feedhub:
    """The command at this council."""

    def run(*arguments: object) -> Ran:
        return feedhub("--config", council.config, *arguments)

    return run


def delivered(at: Feedhub, council: Council) -> str:
    """The id of a transfer whose output lies at the bureau."""
    council.folder("bureau", "/inbound/dd_collections")
    council.accounts()
    council.mandates()
    council.collection(council.coming_day())
    for route in ("rent.accounts", "rent.mandates"):
        at("run", route)
    [transfer] = at("run", "bacs.submission", "--json").json["transfers"]
    return str(transfer["id"])


def test_an_item_is_found_by_its_reference_and_by_its_account(at: Feedhub, council: Council) -> None:
    id = delivered(at, council)
    [shown, *_] = at("transfers", "show", id, "--json").json["items"]
    for text in (shown["reference"], shown["account"]):
        found = at("items", "find", text, "--json").json
        assert (shown["id"], shown["line"]) in [(one["id"], one["line"]) for one in found]
    assert at("items", "find", "no-such").out.strip() == "Nothing is known as no-such."


@pytest.fixture
def unknown(at: Feedhub, tmp_path: Path) -> str:
    """The id of a transfer whose content nobody recognises: it waits for a person."""
    junk = tmp_path / "junk.csv"
    junk.write_text("a,b\n", "utf-8")
    [transfer] = at("put", "rent.accounts", junk, "--json").json["transfers"]
    return str(transfer["id"])


def test_a_run_says_what_became_of_each_file(at: Feedhub, council: Council) -> None:
    file = council.accounts()
    ran = at("run", "rent.accounts", "--json")
    [transfer] = ran.json["transfers"]
    assert (ran.code, ran.json["well"]) == (0, True)
    assert (transfer["name"], transfer["state"], transfer["records"]) == (file.name, "APPLIED", 1)


def test_a_second_run_finds_nothing_to_do(at: Feedhub, council: Council) -> None:
    council.accounts()
    at("run", "rent.accounts")
    ran = at("run", "rent.accounts")
    assert ran.code == 0
    assert "rent.accounts: nothing to do." in ran.out


def test_a_bad_file_is_refused_with_its_findings_on_the_screen(at: Feedhub, council: Council) -> None:
    file = council.accounts()
    file.write_text(file.read_text("utf-8").replace(",ACTIVE,", ",LIVE,"), "utf-8")
    ran = at("put", "rent.accounts", file)
    assert ran.code == 1
    assert "REJECTED" in ran.out and "E16" in ran.out and "LIVE" in ran.out


def test_a_source_that_cannot_be_read_is_trouble(at: Feedhub, council: Council) -> None:
    council.folder("rent", "/import")
    ran = at("run", "rent.accounts")
    assert (ran.code, ran.out) == (4, "")
    assert "/export/accounts" in ran.err


def test_a_route_shows_its_last_runs_and_why_one_failed(at: Feedhub, council: Council) -> None:
    assert "It never ran." in at("routes", "show", "rent.accounts").out
    council.accounts()
    at("run", "rent.accounts")
    council.folder("rent", "/export/accounts").rename(council.config / "elsewhere")
    at("run", "rent.accounts")
    told = at("routes", "show", "rent.accounts", "--json").json
    assert [run["outcome"] for run in told["runs"]] == ["failed", "done"]
    assert (told["runs"][1]["trouble"], told["runs"][1]["asked_by"]) == (None, system_login())
    [event] = told["events"]
    assert (event["event"], event["data"]["run"]) == ("run_failed", told["runs"][0]["id"])
    assert event["data"]["trouble"] == told["runs"][0]["trouble"]
    shown = at("routes", "show", "rent.accounts").out
    assert told["runs"][0]["id"] in shown and "run_failed" in shown
    only = at("routes", "show", "rent.accounts", "--limit", "1", "--json").json["runs"]
    assert only == told["runs"][:1]


def test_what_could_not_be_checked_is_told_with_its_reason(at: Feedhub, council: Council) -> None:
    """Without mandates nobody can say whether a debit is of one that lives."""
    council.folder("bureau", "/inbound/dd_collections")
    council.accounts()
    council.collection(council.coming_day())
    at("run", "rent.accounts")
    [transfer] = at("run", "bacs.submission", "--json").json["transfers"]
    told = at("transfers", "show", transfer["id"], "--json").json
    assert told["not_checked"] == sorted(told["not_checked_reasons"])
    shown = at("transfers", "show", transfer["id"]).out
    assert ("Not checked:" in shown) == bool(told["not_checked"])
    assert told["not_checked"], "this test needs something that cannot be checked"
    for check, reason in told["not_checked_reasons"].items():
        assert check in shown and reason in shown


def test_a_route_that_is_not_there_names_the_near_ones(at: Feedhub) -> None:
    ran = at("run", "rent.acounts")
    assert ran.code == 2
    assert "rent.accounts" in ran.err


def test_transfers_are_listed_by_route_and_state(at: Feedhub, council: Council, unknown: str) -> None:
    council.accounts()
    at("run", "rent.accounts")
    assert len(at("transfers", "list", "--json").json) == 2
    [held] = at("transfers", "list", "--state", "held", "--json").json
    assert held["id"] == unknown
    assert at("transfers", "list", "--route", "bacs.submission", "--json").json == []
    assert len(at("transfers", "list", "--limit", "1", "--json").json) == 1
    assert at("transfers", "list", "--state", "IN_DOUBT", "--json").json == []


def test_what_was_delivered_is_told_as_sent(at: Feedhub, council: Council) -> None:
    forwarded = delivered(at, council)
    [told] = at("transfers", "list", "--state", "SENT", "--json").json
    assert (told["id"], told["state"], told["stored_state"]) == (forwarded, "SENT", "ACCEPTED")
    assert at("transfers", "list", "--state", "ACCEPTED", "--json").json == []


def test_a_delivery_is_shown_with_what_was_seen_there(at: Feedhub, council: Council) -> None:
    told = at("transfers", "show", delivered(at, council), "--json").json
    [delivery] = told["deliveries"]
    lies_there = council.folder("bureau", "/inbound/dd_collections") / delivery["name"]
    assert delivery["seen_there"]["size"] == lies_there.stat().st_size
    assert told["money"] == {"SENT": {"count": 1, "value": "112.35"}}


def test_a_delivery_is_shown_to_people_by_its_name(at: Feedhub, council: Council) -> None:
    out = at("transfers", "show", delivered(at, council)).out
    [name] = [path.name for path in council.folder("bureau", "/inbound/dd_collections").iterdir()]
    assert re.search(rf"{re.escape(name)} +sent ", out)


def test_a_transfer_is_shown_with_its_history(at: Feedhub, unknown: str) -> None:
    told = at("transfers", "show", unknown, "--json").json
    assert (told["id"], told["state"], told["name"]) == (unknown, "HELD", "junk.csv")
    assert "held" in [event["event"] for event in told["events"]]
    assert unknown in at("transfers", "show", unknown).out


def test_a_withdrawn_transfer_says_who_and_why(
    at: Feedhub, unknown: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.config.login.system_login", lambda: "pat")
    ran = at("transfers", "withdraw", unknown, "--reason", "not ours", "--json")
    assert (ran.code, ran.json["state"]) == (0, "WITHDRAWN")
    events = {event["event"]: event for event in at("transfers", "show", unknown, "--json").json["events"]}
    assert (events["withdrawn"]["who"], events["withdrawn"]["data"]["reason"]) == ("pat", "not ours")


@pytest.mark.parametrize(
    "act", [("release",), ("retry",), ("settle", "--sent"), ("withdraw",)], ids=lambda act: act[0]
)
def test_what_cannot_be_done_to_a_transfer_is_said(
    at: Feedhub, council: Council, act: tuple[str, ...]
) -> None:
    council.accounts()
    [transfer] = at("run", "rent.accounts", "--json").json["transfers"]
    ran = at("transfers", act[0], transfer["id"], *act[1:], "--reason", "try")
    assert ran.code == 2
    assert ran.err.startswith("feedhub: Transfer ")


@pytest.mark.parametrize("act", ["show", "retry", "release", "withdraw"])
def test_a_transfer_that_is_not_there_is_said(at: Feedhub, act: str) -> None:
    ran = at("transfers", act, "nowhere", *([] if act == "show" else ["--reason", "x"]))
    assert ran.code == 2
    assert "nowhere" in ran.err


@pytest.mark.parametrize("act", ["retry", "release", "withdraw", "settle"])
def test_a_decision_needs_a_reason(at: Feedhub, act: str) -> None:
    ran = at("transfers", act, "any", *(["--sent"] if act == "settle" else []))
    assert ran.code == 2
    assert "--reason" in ran.err


def test_the_history_takes_no_blanks(at: Feedhub, unknown: str) -> None:
    ran = at("transfers", "withdraw", unknown, "--reason", " ")
    assert ran.code == 2
    assert "blank" in ran.err
    assert at("transfers", "show", unknown, "--json").json["state"] == "HELD"


UNREACHED = re.sub(
    "bureau: .+",
    'bureau: {type: sftp, host: x.invalid, username: u, password: "env:FEEDHUB_NOT_SET", host_keys: [KEY]}',
    ENDPOINTS,
)
"""The bureau behind a secret that is not set."""


@pytest.fixture
def stuck(at: Feedhub, council: Council) -> str:
    """The id of a held transfer whose source can no longer be reached."""
    council.folder("bureau", "/outbound/reports/archive")
    report = council.folder("bureau", "/outbound/reports") / "junk.xml"
    report.write_text("<junk/>", "utf-8")
    os.utime(report, (0, 0))
    [transfer] = at("run", "bacs.reports_in", "--json").json["transfers"]
    key = re.search("ssh-ed25519 .+", (example_folder() / "endpoints.yaml").read_text("utf-8"))
    assert key and transfer["state"] == "HELD"
    (council.config / "endpoints.yaml").write_text(UNREACHED.replace("KEY", key[0]), "utf-8")
    return str(transfer["id"])


def test_a_decision_that_is_kept_is_told_beside_what_failed_after_it(at: Feedhub, stuck: str) -> None:
    ran = at("transfers", "withdraw", stuck, "--reason", "not ours")
    assert ran.code == 4
    assert f"({stuck}) is WITHDRAWN" in ran.out
    assert "is WITHDRAWN; " in ran.err and "could not be" in ran.err and "FEEDHUB_NOT_SET" in ran.err
    assert at("transfers", "show", stuck, "--json").json["state"] == "WITHDRAWN"


def test_programs_are_told_both_too(at: Feedhub, stuck: str) -> None:
    ran = at("transfers", "withdraw", stuck, "--reason", "not ours", "--json")
    assert (ran.code, ran.json["state"]) == (4, "WITHDRAWN")
    assert "FEEDHUB_NOT_SET" in ran.json["trouble"]


def test_a_file_put_twice_is_a_duplicate(at: Feedhub, council: Council) -> None:
    file = council.accounts()
    assert at("put", "rent.accounts", file).code == 0
    ran = at("put", "rent.accounts", file)
    assert ran.code == 1
    assert "DUPLICATE" in ran.out


def test_transfers_of_a_route_that_is_not_there_are_a_mistake(at: Feedhub) -> None:
    ran = at("transfers", "list", "--route", "rent.acounts")
    assert ran.code == 2
    assert "did you mean “rent.accounts”?" in ran.err


def test_transfers_of_a_route_that_is_no_more_are_listed(at: Feedhub, council: Council, unknown: str) -> None:
    rent = council.config / "routes" / "rent.yaml"
    rent.write_text(rent.read_text("utf-8").replace("  accounts:", "  tenancies:"), "utf-8")
    [told] = at("transfers", "list", "--route", "rent.accounts", "--json").json
    assert told["id"] == unknown


def test_transfers_are_listed_by_the_short_name_of_a_route(at: Feedhub, unknown: str) -> None:
    [told] = at("transfers", "list", "--route", "accounts", "--json").json
    assert told["id"] == unknown


def test_to_settle_one_says_whether_it_arrived(at: Feedhub) -> None:
    ran = at("transfers", "settle", "any", "--reason", "telephoned")
    assert ran.code == 2
    assert "--sent" in ran.err


def test_a_counter_is_set_and_listed(at: Feedhub) -> None:
    assert at("counters", "--json").json == []
    ran = at("counters", "set", "bacs.serial:654321", "217", "--reason", "agreed with the bureau")
    assert ran.code == 0
    assert at("counters", "--json").json == [{"scope": "bacs.serial:654321", "next": 217}]


@pytest.mark.parametrize("reason", [[], ["--reason", " "]])
def test_a_counter_is_not_set_without_a_reason(at: Feedhub, reason: list[str]) -> None:
    ran = at("counters", "set", "bacs.serial:654321", "217", *reason)
    assert ran.code == 2
    assert at("counters", "--json").json == []


def test_a_mistyped_counter_is_not_made(at: Feedhub) -> None:
    ran = at("counters", "set", "bacs.serial:65432", "217", "--reason", "agreed")
    assert ran.code == 2
    assert "did you mean “bacs.serial:654321”?" in ran.err
    assert at("counters", "set", "bacs.serial:65432", "217", "--reason", "agreed", "--new").code == 0
    assert at("counters", "set", "bacs.serial:65432", "218", "--reason", "known by now").code == 0


def test_a_counter_goes_back_only_when_that_is_said(at: Feedhub) -> None:
    back = ("counters", "set", "bacs.serial:654321", "216", "--reason", "agreed with the bureau")
    at("counters", "set", "bacs.serial:654321", "217", "--reason", "agreed")
    ran = at(*back)
    assert ran.code == 2
    assert "gives 217 next" in ran.err and "--again" in ran.err
    assert at("counters", "--json").json[0]["next"] == 217
    assert at(*back, "--again").code == 0


@pytest.mark.parametrize(
    ("scope", "value"),
    [("bacs.serial:654321", 1000000), ("bacs.serial:654321", 0), ("generic.renttran:FAKESHIRE", 1000000)],
)
def test_a_counter_stays_within_its_numbers(at: Feedhub, scope: str, value: int) -> None:
    ran = at("counters", "set", scope, value, "--reason", "agreed")
    assert ran.code == 2
    assert "goes from 1 to 999999" in ran.err


def test_a_database_that_is_in_use_is_one_sentence(at: Feedhub, council: Council) -> None:
    import sqlite3

    at("counters")
    other = sqlite3.connect(council.config / "state" / "feedhub.db", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    ran = at("counters", "set", "x", "1", "--reason", "y")
    other.close()
    assert ran.code == 4
    assert ran.err.startswith("feedhub: ") and "Traceback" not in ran.err

"""`records` and `holds`: what lives on, and what a person says about an account."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from hub.cli.records import _in_full, _told
from tests.unit.cli.council import Council
from tests.unit.cli.running import Feedhub, Ran

DISPUTE = ("holds", "add", "91000010", "DISPUTE", "--reason", "a letter came")


@pytest.fixture
def at(feedhub: Feedhub, council: Council) -> Feedhub:
    """The command at this council, which knows one account with a mandate."""

    def run(*arguments: object) -> Ran:
        return feedhub("--config", council.config, *arguments)

    council.accounts()
    council.mandates()
    for route in ("rent.accounts", "rent.mandates"):
        assert run("run", route).code == 0
    return run


def test_records_are_listed_by_what_is_asked(at: Feedhub) -> None:
    at(*DISPUTE)
    for words, kinds in {
        (): ["hold", "mandate"],
        ("--kind", "mandate"): ["mandate"],
        ("--kind", "mandate", "--state", "CANCELLED"): [],
        ("--account", "91000010"): ["hold", "mandate"],
        ("--account", "91000028"): [],
        ("--limit", "1"): ["hold"],
    }.items():
        assert [record["kind"] for record in at("records", "list", *words, "--json").json] == kinds


def test_a_list_is_a_table_that_names_no_person(at: Feedhub) -> None:
    ran = at("records", "list")
    assert "RENT91000010" in ran.out
    assert "A TENANT" not in ran.out
    assert "40154823" not in ran.out


def test_a_record_is_shown_with_who_when_and_why(at: Feedhub) -> None:
    at(*DISPUTE)
    at("holds", "end", "91000010", "DISPUTE", "--reason", "it was settled")
    (hold,) = at("holds", "list", "--all", "--json").json
    told = at("records", "show", "hold", hold["key"], "--json").json
    assert [(move["to"], move["reason"]) for move in told["history"]] == [
        ("ACTIVE", "a letter came"),
        ("ENDED", "it was settled"),
    ]
    shown = at("records", "show", "hold", hold["key"])
    assert shown.code == 0
    for part in ("a letter came", "it was settled", "ENDED", told["history"][0]["who"]):
        assert part in shown.out


def test_a_record_that_is_not_there_is_a_sentence(at: Feedhub) -> None:
    ran = at("records", "show", "mandate", "RENT00000000")
    assert ran.code == 2
    assert "There is no mandate RENT00000000" in ran.err


@pytest.mark.parametrize("as_json", [[], ["--json"]])
def test_an_altered_history_is_told(at: Feedhub, council: Council, as_json: list[str]) -> None:
    with closing(sqlite3.connect(council.config / "state" / "feedhub.db")) as connection, connection:
        connection.execute("UPDATE record_move SET who = 'somebody'")
    ran = at("records", "show", "mandate", "RENT91000010", *as_json)
    assert ran.code == 1
    assert "the history was altered: move 1 is not as it was written" in ran.err
    assert not as_json or ran.json["intact"] is False


def test_a_hold_is_set_listed_and_ended_at_once(at: Feedhub) -> None:
    added = at(*DISPUTE, "--until", "2999-12-31")
    assert (added.code, added.err) == (0, "")
    assert "Account 91000010 is on hold (DISPUTE) until 2999-12-31" in added.out
    (hold,) = at("holds", "list", "91000010", "--json").json
    assert (hold["kind"], hold["until"], hold["source"], hold["counts"]) == (
        "DISPUTE", "2999-12-31", "person", True,
    )  # fmt: skip
    ended = at("holds", "end", "91000010", "DISPUTE", "--reason", "it was settled")
    assert "has ended" in ended.out
    assert "No holds." in at("holds", "list").out


def test_a_hold_set_by_mistake_is_ended_and_set_again_on_the_same_day(at: Feedhub) -> None:
    at(*DISPUTE)
    at("holds", "end", "91000010", "DISPUTE", "--reason", "wrong account")
    assert at(*DISPUTE).code == 0
    assert len(at("holds", "list", "--all", "--json").json) == 2


REFUSED = {
    "an account that nobody knows": (
        ("holds", "add", "99999999", "DISPUTE", "--reason", "x"),
        "No rent account, or more than one, has the reference 99999999",
    ),
    "a last day that has passed": ((*DISPUTE, "--until", "2020-01-01"), "2020-01-01 has passed"),
    "no reason": (DISPUTE[:4], "--reason"),
    "a kind of its own": (("holds", "add", "91000010", "HOLIDAY", "--reason", "x"), "HOLIDAY"),
    "an end of what is not": (
        ("holds", "end", "91000010", "LEGAL", "--reason", "x"),
        "Account 91000010 has no hold LEGAL",
    ),
}


@pytest.mark.parametrize(("words", "sentence"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_held_is_a_sentence(at: Feedhub, words: tuple[str, ...], sentence: str) -> None:
    ran = at(*words)
    assert ran.code == 2
    assert sentence in ran.err
    assert at("holds", "list", "--all", "--json").json == []


def test_a_second_hold_of_a_kind_is_refused_and_another_kind_is_not(at: Feedhub) -> None:
    at(*DISPUTE)
    assert "is on hold (DISPUTE) already" in at(*DISPUTE).err
    assert at("holds", "add", "91000010", "LEGAL", "--reason", "x").code == 0


def test_an_account_that_the_rent_system_has_yet_to_name_may_be_held(at: Feedhub) -> None:
    words = ("holds", "add", "99999999", "DECEASED", "--reason", "x", "--unknown-account")
    assert at(*words).code == 0
    assert at("holds", "list", "99999999", "--json").json[0]["account"] == "99999999"
    assert at("holds", "end", "99999999", "DECEASED", "--reason", "x").code == 0


def test_facts_of_facts_can_be_read() -> None:
    data = {
        "names": ["x", "y"],
        "none": None,
        "due": {"day": 1, "no": None},
        "rules": [{"id": "F1"}, {"id": "F2"}],
    }
    assert _told(data) == "names x, y; due day 1; rules (2 of them)"
    assert _in_full([{"id": "F1", "why": "two words"}, {"id": "F2"}]) == "id F1, why two words\nid F2"
    assert (_in_full(["a", "b"]), _in_full(7)) == ("a, b", 7)

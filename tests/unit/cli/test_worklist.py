"""`worklist`, `approvals` and the two people behind a release, as the command line has them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.unit.cli.council import Council
from tests.unit.cli.running import Feedhub, Ran

PEOPLE = """
people:
  - {login: anna, name: Anna, roles: [clerk, operator]}
  - {login: bob, name: Bob, roles: [approver]}
"""
PORTAL = "bureau: {type: person, who: clerk, what: Upload it there, asks: the receipt number}"
As = Callable[[str], Feedhub]


@pytest.fixture
def as_(feedhub: Feedhub, council: Council, monkeypatch: pytest.MonkeyPatch) -> As:
    """The command at this council, for somebody who is signed in."""

    def signed_in(login: str) -> Feedhub:
        def run(*arguments: object) -> Ran:
            monkeypatch.setattr("hub.config.login.system_login", lambda: login)
            return feedhub("--config", council.config, *arguments)

        return run

    settings = council.config / "hub.yaml"
    settings.write_text(settings.read_text("utf-8") + PEOPLE, "utf-8")
    return signed_in


@pytest.fixture
def collection(as_: As, council: Council) -> Path:
    """A collection that the rent system made, its accounts and mandates being known."""
    council.folder("bureau", "/inbound/dd_collections")
    council.folder("rent", "/export/dd/done")
    council.accounts()
    council.mandates()
    for route in ("rent.accounts", "rent.mandates"):
        assert as_("anna")("run", route).code == 0
    return council.collection(council.coming_day())


@pytest.fixture
def held(as_: As, council: Council, collection: Path) -> str:
    """The id of a collection that Anna handed in and that waits for a second person."""
    route = council.config / "routes/bacs.yaml"
    route.write_text(route.read_text("utf-8").replace("first_file: false", "first_file: true"), "utf-8")
    [transfer] = as_("anna")("put", "bacs.submission", collection, "--json").json["transfers"]
    assert transfer["state"] == "HELD"
    return str(transfer["id"])


@pytest.fixture
def for_anna(as_: As, council: Council, collection: Path) -> str:
    """The id of the entry that asks a clerk to take a collection to the bureau."""
    endpoints = council.config / "endpoints.yaml"
    text = endpoints.read_text("utf-8")
    endpoints.write_text(text.replace("bureau: {type: folder, path: partners/bureau}", PORTAL), "utf-8")
    assert as_("anna")("run", "bacs.submission").code == 0
    [entry] = as_("anna")("worklist", "list", "--json").json
    return str(entry["id"])


def entry_of(as_: As) -> str:
    [entry] = as_("bob")("approvals", "list", "--json").json
    return str(entry["id"])


def test_what_is_held_is_listed_with_the_totals_to_agree(as_: As, held: str) -> None:
    ran = as_("bob")("approvals", "list")
    assert ran.code == 0
    assert held in ran.out and "anna" in ran.out and "112.35" in ran.out
    [entry] = as_("bob")("approvals", "list", "--json").json
    assert (entry["subject_id"], entry["proposed_by"]) == (held, "anna")
    assert (entry["proposal"]["count"], entry["proposal"]["value"]) == (1, "112.35")
    [output] = entry["proposal"]["outputs"]
    assert output["name"] in ran.out


def test_a_release_is_one_act_under_two_names(as_: As, held: str) -> None:
    ran = as_("bob")("approvals", "release", entry_of(as_), "--reason", "agreed", "--json")
    assert (ran.code, ran.json["id"], ran.json["state"]) == (0, held, "SENT")
    assert as_("bob")("approvals", "list").out.strip() == "Nothing to approve."


def test_transfers_release_closes_the_entry_too(as_: As, held: str) -> None:
    ran = as_("bob")("transfers", "release", held, "--reason", "agreed", "--count", 1, "--value", "112.35")
    assert ran.code == 0
    shown = as_("bob")("transfers", "show", held, "--json").json
    assert (shown["released_by"], shown["work"]) == ("bob", [])
    assert as_("bob")("worklist", "list").out.strip() == "Nothing to do."


def test_who_handed_it_in_does_not_release_it(as_: As, council: Council, held: str) -> None:
    settings = council.config / "hub.yaml"
    settings.write_text(
        settings.read_text("utf-8").replace("[clerk, operator]", "[clerk, approver]"), "utf-8"
    )
    for command in (("transfers", "release", held), ("approvals", "release", entry_of(as_))):
        ran = as_("anna")(*command, "--reason", "looks right")
        assert ran.code == 2
        assert "You (anna) handed this file in" in ran.err and "somebody else must release it" in ran.err
    assert as_("anna")("worklist", "list", "--mine", "--json").json == []
    assert len(as_("bob")("worklist", "list", "--mine", "--json").json) == 1


@pytest.mark.parametrize(
    ("total", "sentence"),
    [(("--count", "2"), "2 records"), (("--value", "112.36"), "112.36"), (("--value", "x"), "not an amount")],
)
def test_totals_that_differ_are_said(as_: As, held: str, total: tuple[str, str], sentence: str) -> None:
    ran = as_("bob")("approvals", "release", entry_of(as_), "--reason", "agreed", *total)
    assert ran.code == 2
    assert sentence in ran.err
    assert as_("bob")("transfers", "show", held, "--json").json["state"] == "HELD"


def test_a_refusal_withdraws_the_transfer(as_: As, held: str) -> None:
    ran = as_("bob")("approvals", "refuse", entry_of(as_), "--reason", "wrong day", "--json")
    assert (ran.code, ran.json["state"]) == (0, "WITHDRAWN")
    again = as_("bob")("approvals", "refuse", "w9", "--reason", "wrong day")
    assert again.code == 2 and "no worklist entry w9" in again.err


def test_a_transfer_shows_what_must_still_be_done_about_it(as_: As, held: str) -> None:
    ran = as_("bob")("transfers", "show", held)
    [entry] = as_("bob")("transfers", "show", held, "--json").json["work"]
    assert entry["id"] in ran.out and entry["title"] in ran.out


def test_a_file_is_taken_to_the_bureau_by_hand(as_: As, for_anna: str, tmp_path: Path) -> None:
    taken = as_("anna")("worklist", "take", for_anna, "--out", tmp_path)
    [file] = tmp_path.glob("*.txt")
    assert taken.code == 0
    assert file.read_bytes().startswith(b"VOL1")
    for told in (str(file), "Upload it there", "the receipt number", for_anna):
        assert told in taken.out
    ran = as_("anna")("worklist", "answer", for_anna, "--reference", "R-17", "--json")
    assert (ran.code, [transfer["state"] for transfer in ran.json]) == (0, ["SENT"])
    shown = as_("bob")("transfers", "show", ran.json[0]["id"])
    assert "reference R-17" in shown.out


def test_what_was_not_handed_over_is_open_again(as_: As, for_anna: str, tmp_path: Path) -> None:
    as_("anna")("worklist", "take", for_anna, "--out", tmp_path)
    ran = as_("anna")(
        "worklist", "answer", for_anna, "--not-done", "--reason", "the portal is down", "--json"
    )
    assert (ran.code, ran.json["state"], ran.json["taken_by"]) == (0, "OPEN", None)


def test_others_do_not_take_it(as_: As, for_anna: str, tmp_path: Path) -> None:
    ran = as_("bob")("worklist", "take", for_anna, "--out", tmp_path)
    assert ran.code == 2
    assert "You (bob) may not" in ran.err and "role clerk" in ran.err
    assert as_("bob")("worklist", "list", "--mine", "--json").json == []


@pytest.mark.parametrize(
    "said",
    [
        (),
        ("--reference", "R", "--answer", "done"),
        ("--not-done",),
        ("--reference", "R", "--reason", "x"),
        ("--reference", " "),
    ],
)
def test_an_answer_says_one_thing(as_: As, for_anna: str, said: tuple[str, ...]) -> None:
    assert as_("anna")("worklist", "answer", for_anna, *said).code == 2


def test_each_kind_is_listed_apart(as_: As, for_anna: str) -> None:
    assert as_("anna")("worklist", "list", "--kind", "release", "--json").json == []
    [entry] = as_("anna")("worklist", "list", "--kind", "hand_over", "--mine", "--json").json
    assert entry["id"] == for_anna
    assert "Upload it there" in as_("anna")("worklist", "list").out


def test_a_persons_endpoint_says_who_may_take(as_: As, council: Council, for_anna: str) -> None:
    ran = as_("anna")("endpoints", "test", "bureau")
    assert (ran.code, "Upload it there. Who may (clerk): Anna" in ran.out) == (0, True)
    endpoints = council.config / "endpoints.yaml"
    endpoints.write_text(endpoints.read_text("utf-8").replace("who: clerk", "who: fraud"), "utf-8")
    ran = as_("anna")("endpoints", "test", "bureau", "--json")
    assert (ran.code, ran.json["people"]) == (4, [])

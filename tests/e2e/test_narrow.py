"""Every table at eighty columns, over all that the demo leaves: ids stand whole, and no line is longer."""

from __future__ import annotations

import json
import re

import pytest

from hub.cli.main import outcome
from hub.cli.show import console

LISTS = (
    ("transfers", "list"),
    ("worklist", "list"),
    ("approvals", "list"),
    ("suspense", "list"),
    ("items", "list"),
    ("records", "list"),
    ("holds", "list"),
    ("overdue",),
    ("routes",),
    ("counters",),
    ("milestone", "list"),
    ("plugins",),
    ("feeds",),
    ("endpoints",),
)
IDS = re.compile(r"[0-9a-z]{26}(?:\.\d+)?")


@pytest.fixture
def narrow(demo, monkeypatch, capsys):
    """What a command prints where the screen has eighty columns, and what it tells programs."""

    def run(*words):
        place = ["--config", str(demo.folder / "config")]
        monkeypatch.setenv("COLUMNS", "80")
        console.cache_clear()
        assert outcome([*place, *words]) in (0, 1)
        printed = capsys.readouterr().out
        console.cache_clear()
        assert outcome([*place, *words, "--json"]) in (0, 1)
        return printed, json.loads(capsys.readouterr().out)

    yield run
    console.cache_clear()


def check(printed, told):
    assert max(map(len, printed.splitlines())) <= 80
    assert printed.strip() or not told


@pytest.mark.parametrize("words", LISTS, ids=" ".join)
def test_a_list_is_no_wider_than_the_screen(narrow, words):
    check(*narrow(*words))


@pytest.mark.parametrize(
    ("words", "key"),
    [
        (("transfers", "list"), "id"),
        (("worklist", "list"), "id"),
        (("overdue",), "id"),
        (("items", "list"), "id"),
        (("records", "list"), "key"),
    ],
)
def test_the_ids_of_a_list_are_not_broken(narrow, words, key):
    printed, told = narrow(*words)
    assert told
    assert {one[key].split(":")[-1] for one in told} <= set(re.split(r"[\s:]+", printed))


def test_a_transfer_and_a_record_show_their_ids_whole(narrow):
    _, transfers = narrow("transfers", "list")
    _, records = narrow("records", "list", "--kind", "mandate")
    shows = [("transfers", "show", one["id"]) for one in transfers[::4]]
    shows += [("records", "show", one["kind"], one["key"]) for one in records[:5]]
    for words in shows:
        printed, told = narrow(*words)
        check(printed, told)
        about = told.get("history", [])
        ids = {one[name] for one in about for name in ("transfer", "item") if one[name]}
        ids |= {one["id"] for one in told.get("work", [])}
        assert ids <= set(IDS.findall(printed)), words


def test_an_item_is_found_with_what_was_said_of_it(narrow):
    """Which of a tenant's payments the bank took, and why it did not, from one command."""
    printed, told = narrow("items", "find", "RENT0000000031")
    check(printed, told)
    refused, took = (one["said"] for one in told if one["state"] == "ANSWERED")
    assert [one["answer"] for one in took] == ["accepted"]
    [said] = refused
    assert said["answer"] == "refused" and said["reason"].startswith("REJECTED: ")
    assert "answer: refused: REJECTED: " in printed

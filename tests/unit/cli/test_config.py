"""`config`: versions that ran, what a change says, the way back, and the second person."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from hub.config import login
from tests.unit.cli.council import Council
from tests.unit.cli.running import Feedhub, Ran

PEOPLE = """
people:
  - {login: alice, name: Alice, roles: [administrator]}
  - {login: bob, name: Bob, roles: [approver]}
  - {login: carol, name: Carol, roles: [operator]}
"""
As = Callable[..., Ran]


@pytest.fixture
def run(feedhub: Feedhub, council: Council, monkeypatch: pytest.MonkeyPatch) -> As:
    """Run a command line as somebody."""

    def run(who: str, *words: object) -> Ran:
        monkeypatch.setattr(login, "system_login", lambda: who)
        return feedhub("--config", council.config, *words)

    council.accounts()
    return run


def edit(council: Council, name: str, old: str, new: str) -> None:
    path = council.config / name
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def test_each_version_that_ran_is_kept_and_told_apart_from_the_files(run: As, council: Council) -> None:
    assert run("alice", "run", "rent.accounts").code == 0
    edit(council, "routes/bacs.yaml", 'schedule: {at: "16:00"', 'schedule: {at: "16:30"')
    said = run("alice", "config", "diff").out
    assert "route bacs.submission: `schedule.at` becomes 16:30, was 16:00" in said
    assert run("alice", "run", "rent.accounts").code == 0
    assert run("alice", "config", "diff").out == "Nothing that has a meaning changes.\n"
    versions = run("alice", "config", "history", "--json").json
    assert [row["by"] for row in versions] == ["alice", "alice"]
    between = run(
        "alice", "config", "diff", versions[1]["version"], versions[0]["version"][:12], "--json"
    ).json
    assert between == ["route bacs.submission: `schedule.at` becomes 16:30, was 16:00"]
    assert "No versions start with" in run("alice", "config", "diff", "zzz").err


def test_the_way_back_works_while_the_files_are_wrong_and_keeps_them(run: As, council: Council) -> None:
    run("alice", "run", "rent.accounts")
    (version,) = run("alice", "config", "history", "--json").json
    sound = (council.config / "routes/bacs.yaml").read_text("utf-8")
    (council.config / "routes/bacs.yaml").write_text("routes: [", "utf-8")
    (council.config / "routes/extra.yaml").write_text("partner: X\n", "utf-8")
    assert run("alice", "check").code == 2
    shown = run("alice", "config", "rollback", version["version"], "--reason", "broken")
    assert "Nothing was written" in shown.out
    assert (council.config / "routes/extra.yaml").exists()
    assert run("alice", "config", "rollback", version["version"], "--yes", "--reason", "broken").code == 0
    assert (council.config / "routes/bacs.yaml").read_text("utf-8") == sound
    assert not (council.config / "routes/extra.yaml").exists()
    assert run("alice", "check").code == 0
    assert len(run("alice", "config", "history", "--json").json) == 2


@pytest.mark.parametrize(
    ("name", "old", "new", "route"),
    [
        ("routes/bacs.yaml", '"20000015"', '"20000099"', "bacs.submission"),
        ("routes/bacs.yaml", '"654321"', '"654322"', "bacs.submission"),
        ("endpoints.yaml", "partners/bureau", "partners/elsewhere", "bacs.submission"),
    ],
)
def test_where_money_goes_is_changed_by_two_people(
    run: As, council: Council, name: str, old: str, new: str, route: str
) -> None:
    with (council.config / "hub.yaml").open("a", encoding="utf-8") as file:
        file.write(PEOPLE)
    assert run("alice", "run", "rent.accounts").code == 0, "what was there first is agreed"
    edit(council, name, old, new)
    ran = run("alice", "run", route)
    assert ran.code == 2
    assert "A second person must agree first" in ran.err
    assert new.strip('"') in ran.err
    wrong = [line for line in run("alice", "doctor", "--json").json if line["what"] == "routes"]
    assert wrong and {line["remedy"] for line in wrong} == {"feedhub config agree"}
    assert run("alice", "run", "rent.accounts").code == 0, "other routes go on"
    assert (
        "You (alice) brought this yourself" in run("alice", "config", "agree", "--yes", "--reason", "ok").err
    )
    assert "may not agree" in run("carol", "config", "agree", "--yes", "--reason", "ok").err
    waiting = run("bob", "config", "agree", "--reason", "look", "--json").json
    assert all(old.strip('"') in one["was"] and new.strip('"') in one["becomes"] for one in waiting)
    assert run("bob", "config", "agree", "--yes", "--reason", "the bank confirmed").code == 0
    again = run("alice", "run", route)
    assert "A second person" not in again.err
    assert "Nothing in the configuration waits" in run("bob", "config", "agree", "--yes", "--reason", "x").err


def test_a_change_that_moves_no_money_needs_nobody(run: As, council: Council) -> None:
    with (council.config / "hub.yaml").open("a", encoding="utf-8") as file:
        file.write(PEOPLE)
    run("alice", "run", "rent.accounts")
    edit(council, "routes/rent.yaml", "owner: rents-team", "owner: somebody")
    assert run("alice", "run", "rent.accounts").code == 0


def test_where_nobody_is_named_there_is_no_second_person(run: As, council: Council) -> None:
    run("alice", "run", "rent.accounts")
    edit(council, "routes/bacs.yaml", '"654321"', '"654322"')
    assert "A second person" not in run("alice", "run", "bacs.submission").err


@pytest.mark.parametrize("file", ["hub.yaml", "endpoints.yaml", "routes"])
def test_the_example_is_what_its_schema_says(run: As, council: Council, file: str) -> None:
    """Keys only, by a walk of our own: every key that is written is one that the schema knows there."""
    schema = run("alice", "config", "schema", file).json
    folder = council.config
    paths = sorted((folder / "routes").glob("*.yaml")) if file == "routes" else [folder / file]
    for path in paths:
        walk(yaml.safe_load(path.read_text("utf-8")), schema, schema["$defs"], path)


def walk(value: Any, schema: Any, defs: Any, place: Path) -> None:
    if "$ref" in schema:
        schema = defs[schema["$ref"].rpartition("/")[2]]
    options = schema.get("anyOf") or schema.get("oneOf")
    if options:
        assert any(fits(value, one, defs, place) for one in options), f"{place}: {value}"
        return
    types = schema.get("type", [])
    types = [types] if isinstance(types, str) else types
    if isinstance(value, dict):
        assert not types or "object" in types, f"{place}: {value}"
        known, free = schema.get("properties", {}), schema.get("additionalProperties", True)
        for written, inside in value.items():
            key = "on" if written is True else written  # YAML 1.1 takes the word for a truth value
            assert key in known or free is not False, f"{place}: {key}"
            walk(inside, known.get(key, free if isinstance(free, dict) else {}), defs, place)
    elif isinstance(value, list):
        assert not types or "array" in types, f"{place}: {value}"
        for one in value:
            walk(one, schema.get("items", {}), defs, place)
    elif types:
        kinds = {str: "string", bool: "boolean", int: "integer", float: "number", type(None): "null"}
        mine = kinds.get(type(value), "string")
        assert mine in types or (mine == "integer" and "number" in types) or "string" in types, str(place)


def fits(value: Any, schema: Any, defs: Any, place: Path) -> bool:
    try:
        walk(value, schema, defs, place)
    except AssertionError:
        return False
    return True


def test_the_schemas_are_json(run: As) -> None:
    assert json.loads(run("alice", "config", "schema", "routes").out)["$schema"].endswith("2020-12/schema")

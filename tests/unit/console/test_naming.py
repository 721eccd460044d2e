"""`feedhub people add` writes somebody into hub.yaml and leaves the rest of it as it is."""

from __future__ import annotations

import pytest

from hub.config.load import load_hub_settings
from hub.config.settings import Role
from hub.engine import naming
from hub.errors import UsageError
from tests.world import World

ADMINISTRATOR = (Role.ADMINISTRATOR,)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(naming, "system_login", lambda: "service")
    return World(tmp_path).folder / "config"


def add(folder, login, name="A Name", roles=ADMINISTRATOR):
    return list(naming.name_person(folder, None, login, name, roles))


def named(folder):
    return {one.login: (one.name, one.roles) for one in load_hub_settings(folder).people}


def test_the_first_is_named_with_whoever_runs_the_hub_who_would_else_be_kept_out(folder):
    before = (folder / "hub.yaml").read_text("utf-8")
    assert len(add(folder, "asmith")) == 2
    assert named(folder) == {"asmith": ("A Name", ADMINISTRATOR), "service": ("service", ADMINISTRATOR)}
    assert (folder / "hub.yaml").read_text("utf-8").startswith(before)


def test_the_next_come_beside_them_whatever_their_names_hold(folder):
    add(folder, "asmith")
    add(folder, "COUNCIL\\bjones", 'B: "Jones" # {x}', (Role.CLERK, Role.DWP))
    assert named(folder)["COUNCIL\\bjones"] == ('B: "Jones" # {x}', (Role.CLERK, Role.DWP))
    assert len(named(folder)) == 3


def test_who_is_named_already_is_not_written_again(folder):
    add(folder, "asmith")
    before = (folder / "hub.yaml").read_bytes()
    assert add(folder, "asmith", None, ()) == []
    assert (folder / "hub.yaml").read_bytes() == before


def test_somebody_new_needs_a_name_and_a_role(folder):
    with pytest.raises(UsageError, match="say --name and --role"):
        add(folder, "asmith", None, ())


def test_who_is_no_administrator_names_nobody(folder, monkeypatch):
    add(folder, "asmith", roles=(Role.CLERK,))
    monkeypatch.setattr(naming, "system_login", lambda: "asmith")
    with pytest.raises(UsageError, match="let people in, or keep them out"):
        add(folder, "bjones")
    assert "bjones" not in named(folder)


def test_a_file_that_is_written_in_another_form_is_left_alone(folder):
    path = folder / "hub.yaml"
    short = "people: [{login: service, name: S, roles: [administrator]}]\n"
    path.write_text(path.read_text("utf-8") + short, "utf-8")
    before = path.read_bytes()
    with pytest.raises(UsageError, match="Add this line there"):
        add(folder, "asmith")
    assert path.read_bytes() == before

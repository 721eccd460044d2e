"""Settings of plug-ins in files of their own: read as if hub.yaml said so, wrong at their own lines."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from pydantic import Field

from hub.api import Options
from hub.engine.config_life import files_now
from hub.errors import ConfigError
from tests.world import HUB, World


class Rules(Options):
    limit: int


class Settings(Options):
    rules: Mapping[str, Rules] = Field(default_factory=dict)
    word: str = ""


@pytest.fixture
def world(tmp_path):
    (tmp_path / "config/settings/little/rules").mkdir(parents=True)
    return World(tmp_path, settings=Settings)


def settings(world):
    with world.hub() as hub:
        return hub.services.config.settings["little"]


def test_a_file_says_what_would_stand_in_hub_yaml(world):
    world.write("config/settings/little/rules/one.yaml", "limit: 7\n")
    world.write("config/hub.yaml", f"{HUB}settings: {{little: {{word: x}}}}\n")
    told = settings(world)
    assert (told.rules["one"].limit, told.word) == (7, "x")


def test_a_mistake_is_told_at_its_own_line(world):
    world.write("config/settings/little/rules/one.yaml", "# a remark\nlimit: many\n")
    with pytest.raises(ConfigError, match=r"config/settings/little/rules/one.yaml line 2:"):
        settings(world)


def test_what_is_set_twice_is_refused(world):
    world.write("config/settings/little/rules/one.yaml", "limit: 7\n")
    world.write("config/hub.yaml", f"{HUB}settings: {{little: {{rules: {{one: {{limit: 8}}}}}}}}\n")
    with pytest.raises(ConfigError, match=r"hub.yaml sets settings: little: rules: one, too; leave one out"):
        settings(world)


def test_the_file_is_part_of_the_version_and_of_what_is_kept(world):
    world.write("config/settings/little/rules/one.yaml", "limit: 7\n")
    with world.hub() as hub:
        before = hub.services.config.version
    world.write("config/settings/little/rules/one.yaml", "limit: 8\n")
    with world.hub() as hub:
        assert hub.services.config.version != before
    assert files_now(world.folder / "config")["settings/little/rules/one.yaml"] == "limit: 8\n"

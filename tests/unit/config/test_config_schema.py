"""The JSON Schemas, as an editor holds a council's files against them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, ClassVar

import pytest
import yaml

from hub.config import example
from hub.config.schema import schema_of
from tests.json_schema import mistakes

YAML = "tag:yaml.org,2002:"


class Editor(yaml.SafeLoader):
    """Plain values as editors read them (the core schema of YAML 1.2): off is a word, and 06:00 a text."""

    yaml_implicit_resolvers: ClassVar[dict[str, list[tuple[str, re.Pattern[str]]]]] = {}


for kind, pattern, firsts in (
    ("null", r"~|null|", "~n"),
    ("bool", r"true|false", "tf"),
    ("int", r"[-+]?[0-9]+", "-+0123456789"),
    ("float", r"[-+]?[0-9]+\.[0-9]*", "-+0123456789"),
):
    Editor.add_implicit_resolver(YAML + kind, re.compile(f"^(?:{pattern})$"), [*firsts, ""])


def read(text: str) -> Any:
    return yaml.load(text, Editor)  # noqa: S506 - it is a SafeLoader


def _schema(name: str) -> str:
    return name if name in ("hub.yaml", "endpoints.yaml") else "routes"


@pytest.fixture(scope="module")
def council(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("council") / "config"
    example.init(folder)
    return folder


def test_an_editor_finds_nothing_to_mark_in_the_example_council(council: Path) -> None:
    files = [council / "hub.yaml", council / "endpoints.yaml", *sorted(council.glob("routes/*.yaml"))]
    schemas = {_schema(file.name): schema_of(_schema(file.name)) for file in files}
    marked = {
        file.name: mistakes(read(file.read_text("utf-8")), schemas[_schema(file.name)]) for file in files
    }
    assert len(marked) > 10
    assert {name: found for name, found in marked.items() if found} == {}


@pytest.mark.parametrize(
    ("written", "meant"), [("above_value:", "abov_value:"), ("mode: live", "mode: lvie"), ("feed:", "fed:")]
)
def test_an_editor_marks_what_is_mistyped(council: Path, written: str, meant: str) -> None:
    text = (council / "routes" / "housing_benefit.yaml").read_text("utf-8").replace(written, meant, 1)
    assert mistakes(read(text), schema_of("routes")) != []

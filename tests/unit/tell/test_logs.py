"""The log is JSON, a line each, and holds nothing of any person."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from hub.config.settings import LogSettings
from hub.tell.logs import MASKED, hub_log


def logged(path: Path, **values: Any) -> dict[str, Any]:
    hub_log(LogSettings(file=path)).info("run", **values)
    line: dict[str, Any] = json.loads(path.read_text("utf-8").splitlines()[-1])
    return line


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "feedhub.log"


def test_a_run_is_one_line_of_json(path: Path) -> None:
    line = logged(path, route="bacs.submission", transfers=3, note="two\nlines “quoted”")
    assert (line["event"], line["level"], line["route"]) == ("run", "info", "bacs.submission")
    assert (line["transfers"], line["note"]) == (3, "two\nlines “quoted”")
    assert line["at"].endswith("Z")
    assert len(path.read_text("utf-8").splitlines()) == 1


@pytest.mark.parametrize(
    "name",
    [
        "account_name",
        "sort_code",
        "account_number",
        "nino",
        "surname",
        "date_of_birth",
        "personal",
        "password",
        "Email",
    ],
)
def test_values_with_a_personal_name_are_masked(path: Path, name: str) -> None:
    line = logged(path, deep=[{name: "A TENANT"}], **{name: {"x": "A TENANT"}})
    assert line[name] == MASKED and line["deep"] == [{name: MASKED}]


@pytest.mark.parametrize(
    "text",
    [
        "QQ123456C", "qq 12 34 56 c", "QQ123456", "00-01-99", "00 01 99", "000199 20000015",
        "000199,20000015", "00019920000015", "00-01-99 20000015", "000199/20000015",
    ],
)  # fmt: skip
def test_what_looks_personal_is_masked_wherever_it_stands(path: Path, text: str) -> None:
    assert logged(path, reason=f"for ({text}) there is none")["reason"] == f"for ({MASKED}) there is none"


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-26", "2026-11-26T08:00:00Z", "654321_collections_20261126_000124.txt", "1900000011",
        "RENT0010000123", "0190001/01", "01jd9w2k6m8q4r7t3v5x0y1z2a", "a3" * 32, "-112.35", "on line 12",
    ],
)  # fmt: skip
def test_what_support_needs_stays(path: Path, text: str) -> None:
    assert logged(path, reason=text)["reason"] == text


def test_only_the_wanted_levels_are_written(path: Path) -> None:
    log = hub_log(LogSettings(level="warning", file=path))
    log.info("run")
    log.warning("kept")
    assert [json.loads(line)["event"] for line in path.read_text().splitlines()] == ["kept"]


def test_without_a_file_lines_go_to_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    hub_log(LogSettings()).info("run")
    captured = capsys.readouterr()
    assert json.loads(captured.err)["event"] == "run" and captured.out == ""


def test_a_log_that_cannot_be_written_stops_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    hub_log(LogSettings(file=tmp_path)).info("run", route="rent.accounts")
    said, line = capsys.readouterr().err.splitlines()
    assert "cannot be written" in said
    assert json.loads(line)["route"] == "rent.accounts"


def test_the_file_may_be_rotated_under_a_running_hub(path: Path) -> None:
    log = hub_log(LogSettings(file=path))
    log.info("first")
    path.rename(path.with_suffix(".old"))
    log.info("second")
    assert json.loads(path.read_text())["event"] == "second"

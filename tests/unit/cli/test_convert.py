"""`feedhub convert`: the files that a route would make, without a store."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest

from tests.unit.cli.council import ACCOUNT, Council
from tests.unit.cli.running import Feedhub, Ran


@pytest.fixture
def convert(feedhub: Feedhub, council: Council, tmp_path: Path) -> Any:
    """Convert the collection of one tenant."""

    def run(*arguments: object, file: Path | None = None) -> Ran:
        return feedhub(
            "--config", council.config, "convert", file or council.collection(), "--route", "bacs.submission",
            "--out", tmp_path / "out", "--date", "2026-03-02", "--json", "--register", council.accounts(),
            "--register", council.mandates(), *arguments,
        )  # fmt: skip

    return run


def test_the_outputs_lie_in_the_folder(convert: Any, tmp_path: Path) -> None:
    ran = convert("--set", "serial=123")
    assert ran.code == 0
    [output] = ran.json["outputs"]
    content = (tmp_path / "out" / output["name"]).read_bytes()
    assert (len(content), hashlib.sha256(content).hexdigest()) == (output["size"], output["sha256"])
    assert content.startswith(b"VOL1000123")
    assert list((tmp_path / "out").iterdir()) == [tmp_path / "out" / output["name"]]


def test_the_same_input_makes_the_same_bytes(convert: Any) -> None:
    first, second = (convert("--set", "serial=7").json["outputs"][0]["sha256"] for _ in range(2))
    assert first == second


def test_the_money_is_summed_by_state(convert: Any) -> None:
    assert convert().json["money"] == {"TAKEN": {"count": 1, "value": "112.35"}}


def test_a_refused_file_makes_no_output(convert: Any, council: Council, tmp_path: Path) -> None:
    file = council.collection()
    file.write_text(file.read_text("utf-8").replace("112.35,17", "112.36,17"), "utf-8")
    ran = convert(file=file)
    assert (ran.code, ran.json["verdict"], ran.json["outputs"]) == (1, "rejected", [])
    assert not (tmp_path / "out").exists()


def test_a_full_disk_leaves_nothing_half_written(
    convert: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = Path.write_bytes

    def full(path: Path, data: bytes) -> int:
        if path.parent != tmp_path / "out":
            return write(path, data)
        write(path, data[:10])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    ran = convert()
    assert ran.code == 4
    assert "disk is full" in ran.err
    assert list((tmp_path / "out").iterdir()) == []


def test_an_option_of_the_route_can_be_changed(convert: Any, tmp_path: Path) -> None:
    [output] = convert("--set", "contra_narrative=OTHER").json["outputs"]
    assert b"OTHER" in (tmp_path / "out" / output["name"]).read_bytes()


@pytest.mark.parametrize(
    ("setting", "says"),
    [
        ("serial=12x", "whole number"),
        ("seriell=1", "seriell"),
        ("originating_accounts=[{]", "is not JSON"),
        ("service_user_number=12", "service_user_number"),
    ],
)
def test_a_wrong_setting_says_what_is_wrong(convert: Any, setting: str, says: str) -> None:
    ran = convert("--set", setting)
    assert ran.code == 2
    assert says in ran.err


def test_an_unknown_route_names_the_near_ones(feedhub: Feedhub, council: Council, tmp_path: Path) -> None:
    ran = feedhub("convert", council.collection(), "--route", "bacs.submision", "--out", tmp_path / "out")
    assert ran.code == 2
    assert "bacs.submission" in ran.err


def collected(feedhub: Feedhub, council: Council, out: Path, *registers: Path) -> Ran:
    given = [argument for register in registers for argument in ("--register", register)]
    return feedhub(
        "--config", council.config, "convert", council.collection(council.coming_day()),
        "--route", "bacs.submission", "--out", out, *given,
    )  # fmt: skip


def test_without_the_extracts_nothing_is_written_and_they_are_asked_for(
    feedhub: Feedhub, council: Council, tmp_path: Path
) -> None:
    ran = collected(feedhub, council, tmp_path / "out")
    assert ran.code == 1
    assert "No output was written." in ran.out
    assert "1 of 1 items are held or suspended and in no output." in ran.err
    assert "Give the extracts of rent accounts and mandates with --register." in ran.err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(("given", "wanted"), [("accounts", "mandates"), ("mandates", "rent accounts")])
def test_an_extract_that_the_items_need_too_is_asked_for(
    feedhub: Feedhub, council: Council, tmp_path: Path, given: str, wanted: str
) -> None:
    ran = collected(feedhub, council, tmp_path / "out", getattr(council, given)())
    assert ran.code == 2
    assert f"give the extract of {wanted} with a --register of its own" in ran.err


def test_a_route_without_outputs_leaves_nothing_out(
    feedhub: Feedhub, council: Council, tmp_path: Path
) -> None:
    ran = feedhub(
        "--config", council.config, "convert", council.accounts(), "--route", "rent.accounts",
        "--out", tmp_path / "out",
    )  # fmt: skip
    assert (ran.code, ran.err) == (0, "")
    assert "No output was written." in ran.out


def test_items_that_match_nothing_are_no_success(feedhub: Feedhub, council: Council, tmp_path: Path) -> None:
    stranger = council.accounts({**ACCOUNT, "payment_ref": "91000028"})
    ran = collected(feedhub, council, tmp_path / "out", stranger, council.mandates())
    assert ran.code == 1
    assert "NO_ACCOUNT" in ran.out and "in no output." in ran.err
    assert "--register" not in ran.err

"""Secrets are read when they are needed, from where a reference says, and never told."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from hub.config.secrets import Secrets
from hub.errors import ConfigError


def test_a_secret_comes_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BUREAU_PASSWORD", "not-a-real-password")
    assert Secrets(tmp_path).read("env:BUREAU_PASSWORD") == "not-a-real-password"


def test_a_secret_comes_from_a_file_without_its_last_newline(tmp_path: Path) -> None:
    (tmp_path / "bureau_key").write_bytes(b"line one\nline two\r\n")
    assert Secrets(tmp_path).read("file:bureau_key") == "line one\nline two"


def test_the_credentials_of_systemd_come_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CREDENTIALS_DIRECTORY", raising=False)
    assert Secrets.beside(tmp_path).folder == tmp_path / "credentials"
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", "/run/credentials/feedhub")
    assert Secrets.beside(tmp_path).folder == Path("/run/credentials/feedhub")


@pytest.mark.parametrize(
    ("reference", "said"),
    [
        ("env:NOT_SET_ANYWHERE", "The secret env:NOT_SET_ANYWHERE is not set"),
        ("file:missing", "The secret file:missing cannot be read"),
        ("file:binary", "it is not text"),
    ],
)
def test_what_is_missing_is_named(tmp_path: Path, reference: str, said: str) -> None:
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigError, match=said):
        Secrets(tmp_path).read(reference)


@pytest.mark.parametrize(
    "reference", ["file:../key", "file:/etc/passwd", "file:a/b", "vault:x", "hunter2", "file:,"]
)
def test_nothing_but_a_plain_name_is_a_reference(tmp_path: Path, reference: str) -> None:
    with pytest.raises(ConfigError, match="must name a secret, not hold it") as error:
        Secrets(tmp_path).read(reference)
    assert reference not in str(error.value)


@pytest.mark.skipif(os.name != "posix", reason="Windows has lists of who may read, not modes")
@pytest.mark.parametrize(("mode", "open_to_all"), [(0o644, True), (0o604, True), (0o640, False)])
def test_a_secret_that_every_user_may_read_is_told(tmp_path: Path, mode: int, open_to_all: bool) -> None:
    (tmp_path / "bureau_key").write_text("not a real key", "utf-8")
    (tmp_path / "bureau_key").chmod(mode)
    told = Secrets(tmp_path).exposed(["file:bureau_key", "file:missing", "env:HOME"])
    assert [str(tmp_path / "bureau_key") in sentence for sentence in told] == [True] * open_to_all

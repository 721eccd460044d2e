"""Keys: sealed values open with the right key only, and are found without being readable."""

from __future__ import annotations

import shutil
import stat
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from hub.errors import StoreError
from hub.model import Compartment
from hub.store.age import AgeKey
from hub.store.keys import Keys, KeySet

KEYS = KeySet(Compartment.OPEN, AgeKey.generate(), AESGCM(bytes(32)), b"s" * 32)
OTHER = KeySet(Compartment.OPEN, AgeKey.generate(), AESGCM(bytes(31) + b"1"), b"o" * 32)


@given(st.text())
def test_what_is_sealed_can_be_unsealed(text: str) -> None:
    assert KEYS.unseal(KEYS.seal(text)) == text


def test_sealing_twice_shows_no_likeness_but_digests_find_each_other() -> None:
    assert KEYS.seal("AN EXAMPLE") != KEYS.seal("AN EXAMPLE")
    assert KEYS.digest("AN EXAMPLE") == KEYS.digest("AN EXAMPLE")
    assert KEYS.digest("AN EXAMPLE") != OTHER.digest("AN EXAMPLE")


@pytest.mark.parametrize("position", [0, 5, 13, -1])
def test_an_altered_value_is_refused(position: int) -> None:
    sealed = bytearray(KEYS.seal("AN EXAMPLE"))
    sealed[position] ^= 1
    with pytest.raises(StoreError, match="was altered"):
        KEYS.unseal(bytes(sealed))


@pytest.mark.parametrize("sealed", [b"", b"\x01", OTHER.seal("AN EXAMPLE")], ids=["empty", "short", "whole"])
def test_what_another_key_sealed_is_refused(sealed: bytes) -> None:
    with pytest.raises(StoreError, match="cannot be opened"):
        KEYS.unseal(sealed)


def test_keys_are_made_once_and_read_back(tmp_path: Path) -> None:
    made, read = Keys.open(tmp_path), Keys.open(tmp_path)
    for inside in Compartment:
        assert read.unseal(made.seal("AN EXAMPLE", inside)) == "AN EXAMPLE"
        assert read.of(inside).fingerprint() == made.of(inside).fingerprint()
        assert read.of(inside).age.decrypt(made.of(inside).age.encrypt(b"content")) == b"content"
    assert [path.name for path in tmp_path.iterdir()] == ["keys"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has access lists instead of modes")
def test_only_the_hubs_account_may_read_the_keys(tmp_path: Path) -> None:
    Keys.open(tmp_path)
    paths = [tmp_path / "keys", *(tmp_path / "keys").rglob("*")]
    modes = {path.is_dir(): stat.S_IMODE(path.stat().st_mode) for path in paths}
    assert (len(paths), modes) == (1 + 4 * 4, {True: 0o700, False: 0o600})


@pytest.mark.parametrize("name", ["blobs.age", "columns.key", "search.key"])
@pytest.mark.parametrize("content", [None, b"", b"\xff\xfe", b"c2hvcnQ="])
@pytest.mark.parametrize("inside", [Compartment.OPEN, Compartment.SAR])
def test_a_damaged_key_is_named(
    tmp_path: Path, name: str, content: bytes | None, inside: Compartment
) -> None:
    Keys.open(tmp_path)
    path = tmp_path / "keys" / inside / name
    path.unlink()
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(StoreError, match=f"{name} is missing or damaged"):
        Keys.open(tmp_path)
    assert path.exists() == (content is not None)


@pytest.mark.parametrize("inside", [one for one in Compartment if one is not Compartment.OPEN])
def test_no_key_opens_what_lies_in_another_compartment(tmp_path: Path, inside: Compartment) -> None:
    keys = Keys.open(tmp_path)
    own, others = keys.of(inside), [keys.of(one) for one in Compartment if one is not inside]
    sealed, content = own.seal("AN EXAMPLE"), own.age.encrypt(b"content")
    for other in others:
        with pytest.raises(StoreError, match="cannot be opened"):
            other.unseal(sealed)
        with pytest.raises(StoreError, match="cannot be opened"):
            other.unseal(other.seal("X")[:1] + sealed[1:])
        assert other.age.decrypt(content) is None
        assert other.digest("AN EXAMPLE") != own.digest("AN EXAMPLE")


def test_a_hub_without_the_keys_of_a_closed_compartment_says_so_and_makes_none(tmp_path: Path) -> None:
    sealed = Keys.open(tmp_path).seal("AN EXAMPLE", Compartment.DWP)
    shutil.rmtree(tmp_path / "keys" / "dwp")
    keys = Keys.open(tmp_path)
    assert keys.unseal(keys.seal("AN EXAMPLE", Compartment.OPEN)) == "AN EXAMPLE"
    for reaches in (lambda: keys.unseal(sealed), lambda: keys.seal("AN EXAMPLE", Compartment.DWP)):
        with pytest.raises(StoreError, match="keys of the compartment dwp are not in “keys”"):
            reaches()
    assert not (tmp_path / "keys" / "dwp").exists()


def test_keys_do_not_show_themselves() -> None:
    assert "SECRET" not in repr(KEYS) + repr(KEYS.age)


def test_a_key_that_may_not_be_read_is_not_called_damaged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever restores keys from a back-up because of a wrong right may lose newer ones."""
    Keys.open(tmp_path)

    def refuse(*_: object, **__: object) -> str:
        raise PermissionError

    monkeypatch.setattr(Path, "read_text", refuse)
    with pytest.raises(StoreError, match="may not be read. Give the hub's account the right") as refused:
        Keys.open(tmp_path)
    assert "back-up" not in str(refused.value)

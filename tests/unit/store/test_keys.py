"""Keys: sealed values open with the right key only, and are found without being readable."""

from __future__ import annotations

import stat
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from hub.errors import StoreError
from hub.store.age import AgeKey
from hub.store.keys import Keys

KEYS = Keys(AgeKey.generate(), AESGCM(bytes(32)), b"s" * 32)
OTHER = Keys(AgeKey.generate(), AESGCM(bytes(31) + b"1"), b"o" * 32)


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
    assert read.unseal(made.seal("AN EXAMPLE")) == "AN EXAMPLE"
    assert read.fingerprint() == made.fingerprint()
    assert read.age.decrypt(made.age.encrypt(b"content")) == b"content"
    assert [path.name for path in tmp_path.iterdir()] == ["keys"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has access lists instead of modes")
def test_only_the_hubs_account_may_read_the_keys(tmp_path: Path) -> None:
    Keys.open(tmp_path)
    paths = [tmp_path / "keys", *(tmp_path / "keys").iterdir()]
    assert [stat.S_IMODE(path.stat().st_mode) for path in paths] == [0o700, 0o600, 0o600, 0o600]


@pytest.mark.parametrize("name", ["blobs.age", "columns.key", "search.key"])
@pytest.mark.parametrize("content", [None, b"", b"\xff\xfe", b"c2hvcnQ="])
def test_a_damaged_key_is_named(tmp_path: Path, name: str, content: bytes | None) -> None:
    Keys.open(tmp_path)
    path = tmp_path / "keys" / name
    path.unlink()
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(StoreError, match=f"{name} is missing or damaged"):
        Keys.open(tmp_path)
    assert path.exists() == (content is not None)


def test_keys_do_not_show_themselves() -> None:
    assert "SECRET" not in repr(KEYS) + repr(KEYS.age)

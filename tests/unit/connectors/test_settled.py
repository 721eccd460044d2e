"""When a file is complete."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hub.connectors.base import Listing, RemoteFile
from hub.connectors.settled import settled


def listing(*names: str) -> Listing:
    return Listing(tuple(RemoteFile(f"/out/{name}", name, 10, "2026-01-02T03:04:05+00:00") for name in names))


def complete(now: Listing, before: Listing, **how: str) -> list[str]:
    return [file.name for file in settled(now, before, **how)]


def test_a_file_that_stayed_the_same_is_complete() -> None:
    assert complete(listing("a.csv"), listing("a.csv")) == ["a.csv"]


@pytest.mark.parametrize("change", [{"size": 9}, {"mtime": "2026-01-02T03:04:04+00:00"}])
def test_a_file_that_grew_or_is_new_is_not(change: dict[str, object]) -> None:
    now = listing("a.csv")
    before = Listing((replace(now.files[0], **change),))  # type: ignore[arg-type]
    assert complete(now, before) == []
    assert complete(now, Listing(())) == []


def test_only_what_matches_the_pattern() -> None:
    both = listing("a.csv", "a.xml")
    assert complete(both, both, pattern="*.csv") == ["a.csv"]


@pytest.mark.parametrize("marker", ["a.csv.ok", "a.ok"])
def test_a_marker_completes_its_file_and_no_other(marker: str) -> None:
    now = listing("a.csv", "b.csv", marker)
    assert complete(now, Listing(()), done="*.ok") == ["a.csv"]


def test_a_marker_alone_is_no_file() -> None:
    now = listing("a.ok", "a.ok.ok")
    assert complete(now, now, done="*.ok") == []

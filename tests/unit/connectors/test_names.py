"""Names from outside."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.connectors.names import is_hidden, printable, problem_with, safe_name, temporary_name
from hub.errors import RemoteRefused

UNSAFE = [
    "", ".", "..", "../../x", "/etc/passwd", "a/b", "a\\b", "C:\\x", "C:x", "a\0", "a\n", "a\x1b[2J", "a\x85",
    "CON", "con.txt", "Nul", "COM1.csv", "lpt9", "a.", "a ", " a", "a?", "a*", "a|b", "<a>", '"', "a:stream",
    "COM¹", "turn\u202eround", "\udcff", "x" * 201, "é" * 101,
]  # fmt: skip
SAFE = [
    "ARUDD_20260102.xml",
    "pay roll.csv",
    ".ok",
    "a..b",
    "console.txt",
    "COM10",
    "Zürich €.csv",
    "x" * 200,
    "-rf",
]


@pytest.mark.parametrize("name", UNSAFE)
def test_an_unsafe_name_is_refused_in_a_printable_sentence(name: str) -> None:
    with pytest.raises(RemoteRefused) as told:
        safe_name(name)
    assert str(told.value).isprintable()
    assert len(str(told.value)) < 300


@pytest.mark.parametrize("name", SAFE)
def test_an_ordinary_name_passes(name: str) -> None:
    assert safe_name(name) == name


@given(st.text(max_size=30))
def test_a_name_that_passes_stays_one_plain_component(name: str) -> None:
    if problem_with(name) is None:
        assert not set(name) & set("/\\:\0")
        assert name not in ("", ".", "..")
        assert printable(name).isprintable() or not name.isprintable()


@pytest.mark.parametrize(
    ("name", "hidden"), [(".ok", True), (temporary_name("a.csv"), True), ("a.csv", False), ("../x", False)]
)
def test_hidden(name: str, hidden: bool) -> None:
    assert is_hidden(name) is hidden


def test_the_temporary_name_of_the_longest_name_still_fits() -> None:
    assert len(temporary_name("x" * 200)) <= 255

"""YAML read as text: nothing is guessed, every mistake has its line."""

from __future__ import annotations

import pytest

from hub.config.document import read_document


def value(text: str) -> object:
    document = read_document("x.yaml", text)
    assert not document.mistakes
    return document.value


@pytest.mark.parametrize(
    "word",
    [
        "06:00",
        "NO",
        "off",
        "yes",
        "000199",
        "0x1F",
        "1_000",
        "1e3",
        "2026-12-25",
        "250000.00",
        ".5",
        "+44",
        "=",
        "012",
    ],
)
def test_a_plain_value_is_the_text_that_was_written(word: str) -> None:
    assert value(f"key: {word}\n") == {"key": word}


@pytest.mark.parametrize("empty", ["", "~", "null"])
def test_only_an_empty_value_is_none(empty: str) -> None:
    assert value(f"key: {empty}\n") == {"key": None}
    assert value(f'key: "{empty}"\n') == {"key": empty}


def test_anchors_and_merges_are_read() -> None:
    text = "a: &a {p: 1, q: 2}\nb: *a\nc:\n  <<: *a\n  q: 3\nd:\n  <<: [{p: 4}, *a]\n"
    assert value(text) == {
        "a": {"p": "1", "q": "2"},
        "b": {"p": "1", "q": "2"},
        "c": {"p": "1", "q": "3"},
        "d": {"p": "4", "q": "2"},
    }


def test_anchors_that_multiply_are_read_at_once() -> None:
    lines = ["a0: &a0 [x]"] + [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 60)]
    mistakes = read_document("x.yaml", "\n".join(lines)).mistakes
    assert mistakes == []


OPEN = "the bracket that opens here is not closed, and "


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: 1\nb: 2\na: 3\n", "line 3: “a” is already on line 1; keep one"),
        ("a:\n\tb: 1\n", "line 2: starts with a tab; indent with spaces"),
        ("a: 1\nb: x: y\n", "line 2: is not YAML (mapping values are not allowed here)"),
        ("a: [1\n", f"line 1: {OPEN}line 2 was read as its content; add ] after its last value"),
        ("a: {b: 1\nc: 2\n", f"line 1: {OPEN}line 2 was read as its content; add }} after its last value"),
        ("a: 1\nb: [", "line 2: the file ends within a bracket; close it with ] or }"),
        ("a: *nowhere\n", "line 1: is not YAML (found undefined alias 'nowhere')"),
        ("a: 1\n---\nb: 2\n", "line 2: is not YAML (but found another document)"),
        ("a: 1\nb: \x07\n", "line 2: holds a control character; remove it"),
        ("a: !!python/object/apply:os.getcwd []\n", "line 1: the tag"),
        ("a: !vault x\n", "line 1: the tag !vault means nothing here"),
        ("? [a, b]\n: 1\n", "line 1: a key must be one word"),
        ("a: 1\n<<: 5\n", "line 2: is not YAML (<< must name a mapping)"),
        ("a: &a\n  <<: *a\n", "line 1: is nested too deeply"),
        ("[" * 5000, "line 1: is nested too deeply"),
    ],
)
def test_what_is_wrong_with_the_text_is_said_with_its_line(text: str, said: str) -> None:
    [mistake] = read_document("config/x.yaml", text).mistakes
    assert mistake.startswith(f"config/x.yaml {said}")


def test_several_mistakes_are_told_together() -> None:
    assert len(read_document("x", "a: 1\na: 2\nb: !t 1\nc: {d: 1, d: 2}\n").mistakes) == 3


@pytest.mark.parametrize(
    ("path", "line"),
    [([], 1), (["b"], 3), (["b", "q", 1], 7), (["b", "p"], 2), (["b", "zz"], 3), (["b", "q", 9], 5)],
)
def test_a_path_leads_to_its_line(path: list[str | int], line: int) -> None:
    document = read_document("x", "a: &x\n  p: 1\nb:\n  <<: *x\n  q:\n    - 1\n    - 2\n")
    assert document.line(path) == line


def test_a_mappings_own_entry_counts_before_a_merged_one() -> None:
    document = read_document("x", "a: &x\n  q: 1\nb:\n  q: 2\n  <<: *x\n")
    assert document.value["b"] == {"q": "2"} and document.line(["b", "q"]) == 4

"""JSON Lines: what a line holds, what is told of one that holds none, and that no amount becomes a float."""

from __future__ import annotations

from io import BytesIO

import pytest

from hub.formats.json_lines import JsonLines, loaded
from hub.formats.layout import Layout, column
from hub.formats.types import Text
from hub.model import Chunk, Unreadable

LAYOUT = Layout(
    "thing", (column("id", Text()), column("note", Text(), required=False), column("body", Text()))
)
FORMAT = JsonLines(LAYOUT)


def read(data):
    return list(FORMAT.decode(BytesIO(data)))


def test_a_line_is_a_row_and_blank_lines_are_passed_over():
    (chunk,) = read(b'{"id": "A", "deep": [1, 2.50]}\n\n{"note": null, "id": 7}\n')
    assert isinstance(chunk, Chunk)
    assert (list(chunk.lines), list(chunk.columns["id"]), list(chunk.columns["note"])) == (
        [1, 3],
        ["A", "7"],
        ["", ""],
    )
    assert chunk.columns["body"][0] == '{"deep":[1,"2.50"],"id":"A"}'


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (b"[1]", "JSON, but no object"),
        (b'{"id": ', "no JSON: Expecting value at character 8"),
        (b'{"id": 1, "id": 2}', "a key stands twice"),
        (b'{"id": NaN}', "NaN is no number"),
        (b'{"id":' + b"[" * 9000 + b"]" * 9000 + b"}", "nested too deeply"),
        (b'{"id": "\xff"}', "line 2 holds 0xFF"),
    ],
)
def test_a_line_that_is_none_is_told_by_its_number(line, said):
    good, bad = read(b'{"id": "A"}\n' + line + b"\n")
    assert isinstance(good, Chunk)
    assert isinstance(bad, Unreadable)
    assert (bad.line, said in bad.message) == (2, True)


def test_content_tells_by_the_required_keys():
    assert FORMAT.recognises(b'{"id": "A"}\n')
    assert not FORMAT.recognises(b'{"note": "A"}\n')
    assert not FORMAT.recognises(b"id,note\n")


def test_numbers_with_a_point_are_text():
    assert loaded('{"a": 1.10, "b": 2}') == {"a": "1.10", "b": 2}

"""Fixed-width files: which line is which record, and what is said of a line that is none."""

from __future__ import annotations

from typing import Any

import pytest

from hub.errors import CannotRender
from hub.formats.fixed import REPADDED, ROWS, Fixed
from hub.formats.layout import Layout, at, literal, spaces
from hub.formats.lines import BLOCK, LONGEST
from hub.formats.types import Code, Digits, Text
from tests.unit.formats.reading import chunks, decoded, findings, rows, unreadable

HEAD = Layout("head", (literal(1, 4, "HEAD"), at("serial", 5, 8, Digits()), spaces(9, 12)), tag="HEAD")
SHORT = Layout("short", (at("reference", 1, 6, Text()),))
LONG = Layout("long", (at("reference", 1, 6, Text()), at("day", 7, 8, Digits())))
FORMAT = Fixed([HEAD, SHORT, LONG], eof=b"\x1a", structure="S18-002")
FILE = b"HEAD0001    \nABC123\nABC124\nABC12599\n"


def test_a_layout_is_chosen_by_tag_else_by_width() -> None:
    assert [(name, line) for name, line, _ in rows(FORMAT, FILE)] == [
        ("head", 1),
        ("short", 2),
        ("short", 3),
        ("long", 4),
    ]
    assert rows(FORMAT, FILE)[3][2] == {"reference": "ABC125", "day": "99"}


@pytest.mark.parametrize(
    "written",
    [FILE, FILE.replace(b"\n", b"\r\n"), FILE.rstrip(), FILE + b"\x1a", FILE.rstrip() + b"\x1a"],
    ids=["LF", "CRLF", "no end of the last line", "end-of-file character", "directly after the last record"],
)
def test_line_ends_and_end_of_file_character(written: bytes) -> None:
    assert rows(FORMAT, written) == rows(FORMAT, FILE)
    assert not unreadable(FORMAT, written)


def test_the_end_of_file_character_is_accepted_only_where_the_format_says_so() -> None:
    (wrong,) = unreadable(Fixed([HEAD, SHORT]), FILE[:20] + b"\x1a")
    assert wrong.line == 3


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (b"HEAD0001   ", "line 2 is 11 characters long: expected 12 characters"),
        (b"ABC1234", "line 2 is 7 characters long: expected 6 characters or 8 characters"),
        (b"", "line 2 is 0 characters long: expected 6 characters or 8 characters"),
        (b"ABC\x00123", "line 2 holds a NUL character at byte 4"),
        (b"ABC\r123", "line 2 holds a carriage return without line feed at byte 4"),
        (b"REN\xc9E1", "line 2 holds 0xC9 at byte 4, which is not ascii"),
        (b"\xef\xbb\xbfABC123", "line 2 holds 0xEF at byte 1, which is not ascii"),
    ],
)
def test_a_line_that_cannot_be_read_is_told_and_the_rest_is_read(line: bytes, told: str) -> None:
    data = b"ABC123\n" + line + b"\nABC124\nABC125\n"
    (wrong,) = unreadable(FORMAT, data)
    assert (wrong.line, wrong.check, wrong.message, wrong.raw) == (2, "S18-002", told, line)
    assert [(line, texts["reference"]) for _, line, texts in rows(FORMAT, data)] == [
        (1, "ABC123"),
        (3, "ABC124"),
        (4, "ABC125"),
    ]


def test_where_every_record_has_a_tag_an_unknown_one_is_told() -> None:
    (wrong,) = unreadable(Fixed([HEAD]), b"TAIL0001    \n")
    assert wrong.message == "line 1 begins like no record of this format: expected “HEAD”"


def test_nothing_that_a_line_holds_is_in_a_message() -> None:
    data = b"SECRET1\nSECRET\xff\nSECRET\0\nHEADSECRET\n"
    assert "SECRET" not in "".join(f"{u.message}{u.expected}" for u in unreadable(FORMAT, data))


def test_an_endless_line_is_given_up_and_what_follows_is_read() -> None:
    data = b"ABC123\n" + b"x" * (3 * BLOCK) + b"\nABC124\n"
    (wrong,) = unreadable(FORMAT, data)
    assert (wrong.line, len(wrong.raw)) == (2, LONGEST)
    assert [line for _, line, _ in rows(FORMAT, data)] == [1, 3]
    assert len(decoded(FORMAT, b"x" * (5 * BLOCK))) == 1


def test_chunks_are_bounded_and_keep_the_order_of_lines() -> None:
    parts = chunks(FORMAT, b"ABC123\n" * 50_000)
    assert max(map(len, parts)) <= ROWS
    assert [line for part in parts for line in part.lines] == list(range(1, 50_001))


def test_lines_across_blocks_are_whole() -> None:
    data = b"".join(b"%06d\n" % number for number in range(90_000))
    references = [text for part in chunks(FORMAT, data) for text in part.columns["reference"]]
    assert references == [f"{number:06d}" for number in range(90_000)]


def tolerate_labels(options: Any, layout: Layout) -> bool:
    return bool(options) and layout.name == "head"


def test_a_stripped_label_is_filled_up_only_where_that_is_set() -> None:
    lenient = Fixed([HEAD, SHORT], tolerate=tolerate_labels)
    stripped = b"HEAD0001\nABC123\nABC12\n"
    assert [u.line for u in unreadable(lenient, stripped, options=False)] == [1, 3]
    assert [u.line for u in unreadable(lenient, stripped, options=True)] == [3]
    name, line, texts = rows(lenient, stripped, options=True)[0]
    assert (name, line, texts[REPADDED], texts["9-12"]) == ("head", 1, "8", "    ")


@pytest.mark.parametrize(
    ("head", "recognised"),
    [
        (b"HEAD0001    \nwhatever", True),
        (b"HEAD0001    \r\n", True),
        (b"HEAD00", True),
        (b"ABC123", True),
        (b"ABC1234\n", False),
        (b"HEAX0001    \n", False),
        (b"", False),
        (b"\xff\xfe\x00", False),
        (b"<?xml version='1.0'?>\n", False),
    ],
)
def test_content_tells_whether_a_file_is_of_the_format(head: bytes, recognised: bool) -> None:
    assert FORMAT.recognises(head) is recognised


def test_a_first_line_of_the_right_length_must_fit_wholly() -> None:
    untagged = Fixed(
        [Layout("cash", (at("reference", 1, 4, Digits()), at("method", 5, 7, Code("PPT", "DDN"))))]
    )
    assert untagged.recognises(b"1234PPT\n")
    assert not untagged.recognises(b"1234XXX\n")


def test_layouts_that_cannot_be_told_apart_are_a_mistake() -> None:
    with pytest.raises(ValueError, match="cannot be told"):
        Fixed([SHORT, Layout("other", (at("x", 1, 6, Text()),))])


def test_what_the_encoding_cannot_carry_is_not_written() -> None:
    assert FORMAT.encode(["ABC123", "ABC124"]) == b"ABC123\r\nABC124\r\n"
    with pytest.raises(CannotRender, match="line 2 holds a character that ascii"):
        FORMAT.encode(["ABC123", "RENÉE1"])


def test_latin_text_is_read_where_the_format_says_so() -> None:
    latin = Fixed([SHORT], encoding="iso-8859-1")
    assert rows(latin, "RENÉE1\n".encode("iso-8859-1"))[0][2]["reference"] == "RENÉE1"
    assert not findings(latin, "RENÉE1\n".encode("iso-8859-1"))

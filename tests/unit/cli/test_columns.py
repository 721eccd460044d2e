"""Tables on a narrow screen: no word is broken and nothing is lost."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from hub.cli.columns import drawn

ID = "01m9z24drn9ngqs7ye9ckz6yh2"
word = st.text("abcdefgh0123456789_./:-", min_size=1, max_size=34)
cell = st.lists(word, max_size=12).map(" ".join)
table = st.integers(1, 9).flatmap(
    lambda count: st.tuples(
        st.lists(word, min_size=count, max_size=count),
        st.lists(st.lists(cell, min_size=count, max_size=count), max_size=4),
    )
)


@given(table=table, width=st.integers(40, 200))
def test_every_word_is_there_whole_and_no_line_is_longer_than_the_screen(
    table: tuple[list[str], list[list[str]]], width: int
) -> None:
    names, rows = table
    lines = list(drawn(names, rows, width))
    told = {part for line in lines for part in line.split()}
    assert all(len(line) <= width for line in lines)
    assert {part for row in rows for text in row for part in text.split()} <= told


def test_with_room_it_is_one_line_a_row() -> None:
    lines = list(drawn(["id", ">count", "what"], [[ID, "7", "a sentence"], [ID, "70", "b"]], 80))
    assert lines == [
        f"{'id':26}  count  what",
        f"{ID}      7  a sentence",
        f"{ID}     70  b",
    ]


def test_what_has_no_room_follows_below_with_its_name() -> None:
    row = [ID, "SENT", "a sentence that goes on for a while and ends here", "2026-12-16 09:15", ID, ""]
    lines = list(drawn(["transfer", "state", "what", "since", "about", "none"], [row], 60))
    assert lines == [
        f"{'transfer':26}  state  what",
        f"{ID}  SENT   a sentence that goes on",
        f"{'':26}  {'':5}  for a while and ends here",
        f"  since: 2026-12-16 09:15  about: {ID}",
    ]


def test_columns_that_say_little_are_not_folded_for_one_that_says_much() -> None:
    lines = list(drawn(["when", "what"], [["2026-12-16 09:15", "word " * 30]], 60))
    assert lines[1].startswith("2026-12-16 09:15  word word")
    assert {len(line) for line in lines[1:-1]} == {57}


def test_lines_of_a_cell_stay_lines() -> None:
    assert list(drawn(["to", "x"], [["a\nb", "1"]], 40)) == ["to  x", "a   1", "b"]
    assert list(drawn(["id", "to"], [["i" * 30, "aaaaaaaa\nbbbbbbbb"]], 38))[-1] == "  to: aaaaaaaa; bbbbbbbb"


def test_a_rule_is_as_long_as_the_table() -> None:
    assert list(drawn(["a", "b"], [["1", "22"]], 40, rule=True))[1] == "─" * 5

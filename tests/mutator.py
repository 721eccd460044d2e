"""Plants one fault in a file's bytes, and says which. Knows nothing of the hub.

    spoiled, fault = plant(data, seed=7)

The same bytes and seed give the same fault. What kind of fault and where is drawn from the seed; `kinds`
narrows the choice. A fault always changes the bytes, but need not make the file wrong.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

SEED = 20_261_130


@dataclass(frozen=True, slots=True)
class Fault:
    """What was done: the kind, the 1-based line of the sound file, and the byte offset in it."""

    kind: str
    line: int
    offset: int


# 12.35; 12,35 after a mark or currency; a signed one before more digits; signed pence before the next
# sign; pence after a space, zero-filled
_AMOUNT = (
    rb"[0-9]\.[0-9]{2}(?![0-9])|(?<=[CDP])[0-9]+,[0-9]{2}(?![0-9])|[+-][0-9]{6}\.[0-9]{2}"
    rb"|[+-][0-9]{6,}(?=[+-])|(?<= )000[0-9]{6,}(?![0-9])"
)

Change = tuple[int, int, bytes]
"""Bytes from one offset to another, and what stands there instead."""


def plant(data: bytes, seed: int = SEED, kinds: Sequence[str] = ()) -> tuple[bytes, Fault]:
    """The data with one fault. Raises ValueError when no kind asked for can be planted in them."""
    draw = random.Random(seed)  # noqa: S311 - repeatable on purpose
    names = list(kinds or KINDS)
    draw.shuffle(names)
    for name in names:
        change = KINDS[name](data, draw)
        if change is not None:
            start, end, instead = change
            fault = Fault(name, data.count(b"\n", 0, start) + 1, start)
            return data[:start] + instead + data[end:], fault
    raise ValueError(f"none of {', '.join(names)} can be planted in these {len(data)} bytes")


def faults(
    data: bytes, count: int, seed: int = SEED, kinds: Sequence[str] = ()
) -> Iterator[tuple[bytes, Fault]]:
    """`count` faults, each planted alone."""
    return (plant(data, seed + number, kinds) for number in range(count))


def _somewhere(pattern: bytes, data: bytes, draw: random.Random) -> tuple[int, int] | None:
    """One of the places that match."""
    places = [found.span() for found in re.finditer(pattern, data)]
    return draw.choice(places) if places else None


def _lines(data: bytes) -> list[tuple[int, int]]:
    return [found.span() for found in re.finditer(rb"[^\n]*\n|[^\n]+", data)]


def _other_digit(data: bytes, place: tuple[int, int] | None, draw: random.Random) -> Change | None:
    if place is None:
        return None
    others = [digit for digit in b"0123456789" if digit != data[place[0]]]
    return *place, bytes([draw.choice(others)])


def _flip_digit(data: bytes, draw: random.Random) -> Change | None:
    return _other_digit(data, _somewhere(rb"[0-9]", data, draw), draw)


def _change_last_line(data: bytes, draw: random.Random) -> Change | None:
    """Another digit in the last line that has one: the trailer, in most files."""
    last = [span for span in _lines(data) if re.search(rb"[0-9]", data[slice(*span)])][-1:]
    if not last:
        return None
    start, end = last[0]
    place = _somewhere(rb"[0-9]", data[start:end], draw)
    return _other_digit(data, place and (start + place[0], start + place[1]), draw)


def _change_penny(data: bytes, draw: random.Random) -> Change | None:
    """The last digit of something that looks like an amount, one up or down."""
    place = _somewhere(_AMOUNT, data, draw)
    if place is None:
        return None
    last = place[1] - 1
    digit = data[last] - ord("0")
    step = 1 if digit == 0 else -1 if digit == 9 else draw.choice((1, -1))
    return last, last + 1, str(digit + step).encode()


def _drop_byte(data: bytes, draw: random.Random) -> Change | None:
    place = _somewhere(rb"[^\r\n]", data, draw)
    return place and (*place, b"")


def _insert_byte(data: bytes, draw: random.Random) -> Change | None:
    place = _somewhere(rb"[^\r\n]", data, draw)
    return place and (place[0], place[0], draw.choice((b" ", b"0", b"7", b"X", b",")))


def _drop_line(data: bytes, draw: random.Random) -> Change | None:
    lines = _lines(data)
    return (*draw.choice(lines), b"") if lines else None


def _duplicate_line(data: bytes, draw: random.Random) -> Change | None:
    lines = [span for span in _lines(data) if data[span[1] - 1 : span[1]] == b"\n"]
    if not lines:
        return None
    start, end = draw.choice(lines)
    return end, end, data[start:end]


def _swap_lines(data: bytes, draw: random.Random) -> Change | None:
    """Two different lines that follow each other."""
    lines = _lines(data)
    pairs = [(a[0], a[1], b[1]) for a, b in pairwise(lines) if _differ(data, a, b)]
    if not pairs:
        return None
    start, middle, end = draw.choice(pairs)
    return start, end, data[middle:end] + data[start:middle]


def _differ(data: bytes, a: tuple[int, int], b: tuple[int, int]) -> bool:
    ended = data[b[1] - 1 : b[1]] == b"\n"
    return ended and data[slice(*a)] != data[slice(*b)]


def _truncate(data: bytes, draw: random.Random) -> Change | None:
    """The end is missing, from somewhere inside the last record on back."""
    end = len(data.rstrip(b"\r\n\x1a "))
    return (draw.randrange(end), len(data), b"") if end else None


def _instead(pattern: bytes, junk: bytes) -> Callable[[bytes, random.Random], Change | None]:
    def change(data: bytes, draw: random.Random) -> Change | None:
        place = _somewhere(pattern, data, draw)
        return place and (*place, junk)

    return change


def _lower_case(data: bytes, draw: random.Random) -> Change | None:
    place = _somewhere(rb"[A-Z]", data, draw)
    return place and (*place, data[slice(*place)].lower())


def _blank_field(data: bytes, draw: random.Random) -> Change | None:
    place = _somewhere(rb"[A-Za-z0-9+][A-Za-z0-9./+-]+", data, draw)
    return place and (*place, b" " * (place[1] - place[0]))


def _carriage_return(data: bytes, draw: random.Random) -> Change | None:
    place = _somewhere(rb"[^\r\n](?=[^\r\n])", data, draw)
    return place and (*place, b"\r")


def _after_the_end(data: bytes, draw: random.Random) -> Change | None:
    return len(data), len(data), draw.choice((b"junk\r\n", b"\0\0\0", b"\r\n\r\n", b"-- \n"))


KINDS: Mapping[str, Callable[[bytes, random.Random], Change | None]] = {
    "flip a digit": _flip_digit,
    "change an amount by a penny": _change_penny,
    "change the last line": _change_last_line,
    "drop a byte": _drop_byte,
    "insert a byte": _insert_byte,
    "drop a line": _drop_line,
    "duplicate a line": _duplicate_line,
    "swap two lines": _swap_lines,
    "truncate": _truncate,
    "NUL": _instead(rb"[^\r\n\0]", b"\0"),
    "non-ASCII byte": _instead(rb"[^\r\n\xe9]", b"\xe9"),
    "lower-case a letter": _lower_case,
    "blank a field": _blank_field,
    "lone carriage return": _carriage_return,
    "junk after the end": _after_the_end,
}
"""Every kind of fault by its name."""

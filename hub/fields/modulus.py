"""Whether an account number can exist at its sort code: the modulus check over the published tables.

A pass only means that the number could exist. The tables (`valacdos.txt`, `scsubtab.txt`) are their
publisher's and are not shipped: the council loads them. Source: "Validating account numbers, UK modulus
checking" v7.70, as the Bacs formats page, section 8, tells it.

Positions: u v w x y z are the digits of the sort code, a b c d e f g h those of the account.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from hashlib import sha256
from operator import getitem
from typing import TypeVar

from hub.errors import DataError

T = TypeVar("T")
METHODS = ("MOD10", "MOD11", "DBLAL")
EXCEPTIONS = range(1, 15)
_A, _B, _C, _G, _H = 6, 7, 8, 12, 13
_NUMBERS = bytes.maketrans(b"0123456789", bytes(range(10)))
_ONE_IS_ENOUGH = {(2, 9), (10, 11), (12, 13)}
_TWO_A_NOT_0 = (0, 0, 1, 2, 5, 3, 6, 4, 8, 7, 10, 9, 3, 1)
_TWO_G_IS_9 = (0, 0, 0, 0, 0, 0, 0, 0, 8, 7, 10, 9, 3, 1)
_MULTIPLIED = {8: "090126", 9: "309634"}
"""The sort code whose digits are multiplied in place of the given one."""


class Verdict(StrEnum):
    """NOT_COVERED and NOT_CHECKABLE (a foreign currency account) are presumed valid, and told."""

    VALID = "valid"
    INVALID = "invalid"
    NOT_COVERED = "not_covered"
    NOT_CHECKABLE = "not_checkable"


@dataclass(frozen=True, slots=True)
class Weights:
    """One row of the weight table: the sort codes from `first` to `last`. `exception` 0 = none."""

    first: str
    last: str
    method: str
    weights: tuple[int, ...]
    exception: int = 0


@dataclass(frozen=True, slots=True)
class Tables:
    """Both tables. Rows in file order."""

    rows: Sequence[Weights]
    substitutions: Mapping[str, str]
    _of_sort_code: dict[str, tuple[Weights, ...]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def check(self, sort_code: str, account: str) -> Verdict:
        """`sort_code` is six digits, `account` eight."""
        rows = self._rows(sort_code)
        if not rows:
            return Verdict.NOT_COVERED
        digits = _digits(sort_code, account)
        if rows[0].exception == 6 and _is_foreign(digits):
            return Verdict.NOT_CHECKABLE
        if len(rows) == 1:
            good = self._passes(rows[0], sort_code, digits)
        else:
            passes = (self._passes(row, sort_code, digits) for row in rows if not _is_skipped(row, digits))
            good = any(passes) if (rows[0].exception, rows[1].exception) in _ONE_IS_ENOUGH else all(passes)
        return Verdict.VALID if good else Verdict.INVALID

    def _rows(self, sort_code: str) -> tuple[Weights, ...]:
        """Those whose range holds the sort code: looked for once, because a file has many of a bank."""
        rows = self._of_sort_code.get(sort_code)
        if rows is None:
            rows = tuple(row for row in self.rows if row.first <= sort_code <= row.last)
            self._of_sort_code[sort_code] = rows
        return rows

    def _passes(self, row: Weights, sort_code: str, digits: bytes) -> bool:
        exception = row.exception
        if exception == 0:
            return _remainder(row, row.weights, digits) == 0
        if exception == 5:
            other = self.substitutions.get(sort_code)
            return _passes_5(row, digits if other is None else _with_sort_code(other, digits))
        if exception == 14:
            return _passes_14(row, digits)
        if exception in _MULTIPLIED:
            digits = _with_sort_code(_MULTIPLIED[exception], digits)
        remainder = _remainder(row, _weights(row, digits), digits)
        return remainder == (10 * digits[_G] + digits[_H] if exception == 4 else 0)


@dataclass(frozen=True, slots=True)
class ReadTables:
    """`files` are the names of what was read, the weights first; `sha256` is over their contents."""

    tables: Tables
    files: tuple[str, ...]
    sha256: str


def read_tables(texts: Mapping[str, str]) -> ReadTables:
    """The tables in text files, by name; content tells which is which. Raises DataError with a sentence for
    each thing that is wrong."""
    problems: list[str] = []
    weights = _one("weight", (17, 18), texts, problems)
    pairs = _one("substitution", (2,), texts, problems)
    if weights is None and not problems:
        problems.append("there is no weight table (valacdos.txt) among the files")
    rows = _parsed(weights, texts, parse_weights, problems) or []
    substitutions = _parsed(pairs, texts, parse_substitutions, problems) or {}
    if problems:
        raise DataError("\n".join(problems))
    files = tuple(name for name in (weights, pairs) if name)
    content = "".join(texts[name] for name in files).encode()
    return ReadTables(Tables(rows, substitutions), files, sha256(content).hexdigest())


def _columns(text: str) -> int:
    """How many columns the first line has that holds anything."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    return len(first.split())


def _one(kind: str, columns: Sequence[int], texts: Mapping[str, str], problems: list[str]) -> str | None:
    """The name of the one file whose lines have so many columns."""
    names = [name for name, text in texts.items() if _columns(text) in columns]
    if len(names) > 1:
        problems.append(f"there is more than one {kind} table: {', '.join(names)}; keep one of them")
        return None
    return names[0] if names else None


def _parsed(
    name: str | None, texts: Mapping[str, str], parse: Callable[[str], T], problems: list[str]
) -> T | None:
    try:
        return parse(texts[name]) if name else None
    except DataError as error:
        problems += [f"{name}: {sentence}" for sentence in str(error).splitlines()]
        return None


def parse_weights(text: str) -> list[Weights]:
    """The rows of `valacdos.txt`. Raises DataError with a sentence for each line that is none."""
    return _each(text, _weights_row)


def parse_substitutions(text: str) -> dict[str, str]:
    """The pairs of `scsubtab.txt`. Raises DataError with a sentence for each line that is none."""
    return dict(_each(text, _pair))


def _each(text: str, parse: Callable[[str, int], T]) -> list[T]:
    rows: list[T] = []
    problems: list[str] = []
    for number, line in enumerate(text.splitlines(), start=1):
        try:
            if line.strip():
                rows.append(parse(line, number))
        except DataError as error:
            problems.append(str(error))
    if problems:
        raise DataError("\n".join(problems))
    return rows


def _pair(line: str, number: int) -> tuple[str, str]:
    parts = line.split()
    if len(parts) != 2 or not all(_is_sort_code(part) for part in parts):
        raise DataError(f"line {number} of the substitution table is not two sort codes of six digits")
    return parts[0], parts[1]


def _weights_row(line: str, number: int) -> Weights:
    parts, place = line.split(), f"line {number} of the weight table"
    try:
        first, last, method = parts[:3]
        weights, rest = tuple(map(int, parts[3:17])), [int(part) for part in parts[17:]]
    except ValueError:
        raise DataError(f"{place} is not a row of sort codes and weights") from None
    sound = _is_sort_code(first) and _is_sort_code(last) and first <= last and len(weights) == 14
    if not sound or len(rest) > 1:
        raise DataError(f"{place} is not two sort codes, a method and fourteen weights")
    if method not in METHODS:
        raise DataError(f"{place} has an unknown method; known: {', '.join(METHODS)}")
    if rest and rest[0] not in EXCEPTIONS:
        raise DataError(f"{place} has an unknown exception; known: 1 to 14")
    return Weights(first, last, method, weights, rest[0] if rest else 0)


def _is_sort_code(text: str) -> bool:
    return len(text) == 6 and text.isascii() and text.isdigit()


def _digits(sort_code: str, account: str) -> bytes:
    """Fourteen numbers of 0 to 9."""
    return (sort_code + account).encode().translate(_NUMBERS)


def _with_sort_code(sort_code: str, digits: bytes) -> bytes:
    """The digits with another sort code in place of their own."""
    return sort_code.encode().translate(_NUMBERS) + digits[6:]


def _is_foreign(digits: bytes) -> bool:
    """Exception 6: a foreign currency account, which cannot be checked."""
    return 4 <= digits[_A] <= 8 and digits[_G] == digits[_H]


def _is_skipped(row: Weights, digits: bytes) -> bool:
    return row.exception == 3 and digits[_C] in (6, 9)


def _weights(row: Weights, digits: bytes) -> tuple[int, ...]:
    """The row's weights as its exception leaves them for this account."""
    nine = digits[_G] == 9
    if row.exception == 2 and digits[_A] != 0:
        return _TWO_G_IS_9 if nine else _TWO_A_NOT_0
    first_out = row.exception == 10 and nine and (digits[_A], digits[_B]) in ((0, 9), (9, 9))
    if first_out or (row.exception == 7 and nine):
        return (0,) * 8 + row.weights[8:]
    return row.weights


def _remainder(row: Weights, weights: tuple[int, ...], digits: bytes) -> int:
    total = sum(map(getitem, _products(row.method, weights), digits))
    return (total + 27 if row.exception == 1 else total) % (11 if row.method == "MOD11" else 10)


@cache
def _products(method: str, weights: tuple[int, ...]) -> tuple[tuple[int, ...], ...]:
    """For each position, what each digit adds to the sum."""
    return tuple(_adds(method, weight) for weight in weights)


@cache
def _adds(method: str, weight: int) -> tuple[int, ...]:
    products = [weight * digit for digit in range(10)]
    if method != "DBLAL":
        return tuple(products)
    return tuple(sum(int(figure) for figure in str(abs(product))) for product in products)


def _passes_5(row: Weights, digits: bytes) -> bool:
    """The account carries its check digits: g for MOD11, h for DBLAL."""
    remainder = _remainder(row, row.weights, digits)
    if row.method == "MOD11":
        return remainder != 1 and (11 - remainder) % 11 == digits[_G]
    return (10 - remainder) % 10 == digits[_H]


def _passes_14(row: Weights, digits: bytes) -> bool:
    """Once more without its last digit, when that is 0, 1 or 9."""
    if _remainder(row, row.weights, digits) == 0:
        return True
    shifted = digits[:6] + b"\0" + digits[6:13]
    return digits[_H] in (0, 1, 9) and _remainder(row, row.weights, shifted) == 0

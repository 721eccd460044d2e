"""Payments as columns, whichever format they came in: what the checks on single payments look at."""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Protocol

from plugins.bacs.codes import CREDITS, DEBITS, INSTRUCTIONS

_KINDS = {"collections": DEBITS, "refunds": CREDITS, "instructions": INSTRUCTIONS}


@dataclass(frozen=True, slots=True)
class Payments:
    """The payments and instructions of one chunk; contras are left out.

    references: without filling blanks
    amounts:    pence
    days:       the Bacs processing day; None where the file does not tell it
    """

    lines: Sequence[int] = ()
    references: Sequence[str] = ()
    codes: Sequence[str] = ()
    amounts: Sequence[int] = ()
    days: Sequence[date | None] = ()

    def __len__(self) -> int:
        return len(self.lines)


def counted(codes: Mapping[str, int]) -> Mapping[str, int]:
    """How many collections, refunds and instructions there are, from the number of each code."""
    return {kind: sum(codes.get(code, 0) for code in of_kind) for kind, of_kind in _KINDS.items()}


def kind_of(codes: Mapping[str, int]) -> str:
    """What a file carries, as file names say it."""
    present = [kind for kind, count in counted(codes).items() if count]
    return present[0] if len(present) == 1 else "mixed"


class HasPayments(Protocol):
    """A tally that keeps the payments of the chunk in hand, and each processing day with its first line."""

    payments: Payments
    repeats: Repeats
    records: int
    value: int

    @property
    def days(self) -> Mapping[date, int]: ...


class Repeats:
    """Finds payments that a file holds twice: the same reference, code, day and amount.

    Keeps a 64-bit hash and a line number of each payment, twelve bytes in all, because a million keys as text
    would be the largest thing in memory. Two different payments are taken for equal about once in thirty
    million files of a million payments; such a file is refused, and passes when it is tried again.
    """

    def __init__(self) -> None:
        self._hashes = array("q")
        self._lines = array("I")

    def add(self, payments: Payments) -> None:
        columns = payments.references, payments.codes, payments.amounts, payments.days
        self._hashes.extend(map(hash, zip(*columns, strict=True)))
        self._lines.extend(payments.lines)

    def lines(self) -> list[int]:
        """The lines of payments that stand on an earlier line already."""
        again = {one for one, other in pairwise(sorted(self._hashes)) if one == other}
        seen: set[int] = set()
        repeated = []
        for one, line in zip(self._hashes, self._lines, strict=True) if again else ():
            if one in seen:
                repeated.append(line)
            elif one in again:
                seen.add(one)
        return repeated

"""How lines of the bank and what files tell of find each other: ordered rules, to the penny, nothing guessed.

For each kind of money by itself, the oldest first:

1. a due that one line comes to, exactly
2. a due that all lines of one day come to
3. a due that all lines that fit it come to
4. a line that several dues come to
5. where the route says that a line may hold more than its file: a due that fits into one line

A line fits a due of its kind of money that goes the same way, when it was booked between the days that the
due gives and, where the route asks for it, quotes the due's part. “Comes to” is within the due's own
tolerance, 0.00 unless the route says otherwise. Every penny of a line is given once. What a due leaves of its
line may be all that another waits for, so the rules are asked again until none finds anything.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import groupby

from hub.bank.options import plain
from hub.model import Move, Record

LINE, DUE = "bank_line", "bank_due"
OPEN, PART, MATCHED, CLOSED = "OPEN", "PART", "MATCHED", "CLOSED"
AWAITED, COVERED, RELEASED, VOID = "AWAITED", "COVERED", "RELEASED", "VOID"


@dataclass(slots=True)
class Line:
    """A line while it is matched: pence, positive = money came in. `left` and `covers` change."""

    key: str
    money: str | None
    booked: str
    left: int
    covers: dict[str, int]
    text: str
    before: Mapping[str, int]

    @classmethod
    def of(cls, record: Record) -> Line:
        told = record.data
        text = plain(" ".join(record.personal.values()))
        covers = told["covers"]
        return cls(record.key, told["money"], told["on"], told["left"], dict(covers), text, covers)

    @property
    def state(self) -> str:
        if not self.covers:
            return OPEN
        return PART if self.left else MATCHED

    def give(self, due: Due, pence: int) -> None:
        self.left -= pence
        self.covers[due.key] = pence
        due.lines.append(self.key)


@dataclass(slots=True)
class Due:
    """A due while it is matched: pence, positive = the bank shows money that came in. `lines` change."""

    key: str
    money: str
    amount: int
    first: str
    last: str
    on: str
    quote: str
    tolerance: int
    shares: bool
    seen: int
    lines: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, record: Record) -> Due:
        told = record.data
        return cls(
            key=record.key,
            money=told["money"],
            amount=told["amount"],
            first=told["from"],
            last=told["to"],
            on=told["on"],
            quote=plain(told["quote"] or ""),
            tolerance=told["tolerance"],
            shares=told["shares"],
            seen=told["there"],
        )

    def is_met_by(self, lines: Sequence[Line]) -> bool:
        return bool(lines) and abs(sum(line.left for line in lines) - self.amount) <= self.tolerance

    def fits(self, line: Line) -> bool:
        return (
            line.left * self.amount > 0
            and self.first <= line.booked <= self.last
            and (not self.quote or self.quote in line.text)
        )


def settle(lines: Sequence[Record], dues: Sequence[Record]) -> list[Move]:
    """The moves that follow from how lines and dues stand: dues that are covered now, and what of lines is
    free again because its due is void. Of dues that still wait, how much of theirs is there."""
    board = [Line.of(record) for record in lines if record.state in (OPEN, PART, MATCHED)]
    _free(board, {record.key for record in dues if record.state in (VOID, AWAITED)})
    waiting = [Due.of(record) for record in dues if record.state in (AWAITED, RELEASED)]
    for money, group in _by_money(waiting).items():
        fitting = sorted(
            (line for line in board if line.money == money), key=lambda line: (line.booked, line.key)
        )
        _match(group, fitting)
    return [*_line_moves(board), *_due_moves(waiting, board)]


def _free(board: Iterable[Line], gone: set[str]) -> None:
    for line in board:
        for key in gone & line.covers.keys():
            line.left += line.covers.pop(key)


def _by_money(waiting: Iterable[Due]) -> Mapping[str, list[Due]]:
    groups: dict[str, list[Due]] = defaultdict(list)
    for due in sorted(waiting, key=lambda due: (due.on, due.key)):
        groups[due.money].append(due)
    return groups


def _match(dues: Sequence[Due], lines: Sequence[Line]) -> None:
    while before := [due for due in dues if not due.lines]:
        for rule in (_one_line, _lines_of_a_day, _all_lines, _several_dues, _more_than_its_file):
            rule([due for due in before if not due.lines], lines)
        if not any(due.lines for due in before):
            return


def _take(due: Due, lines: Iterable[Line]) -> None:
    for line in lines:
        line.give(due, line.left)


def _one_line(dues: Sequence[Due], lines: Sequence[Line]) -> None:
    for due in dues:
        found = next((line for line in lines if due.fits(line) and due.is_met_by([line])), None)
        if found is not None:
            _take(due, [found])


def _lines_of_a_day(dues: Sequence[Due], lines: Sequence[Line]) -> None:
    for due in dues:
        fitting = (line for line in lines if due.fits(line))
        days = (list(group) for _, group in groupby(fitting, key=lambda line: line.booked))
        _take(due, next((same for same in days if due.is_met_by(same)), ()))


def _all_lines(dues: Sequence[Due], lines: Sequence[Line]) -> None:
    for due in dues:
        fitting = [line for line in lines if due.fits(line)]
        if due.is_met_by(fitting):
            _take(due, fitting)


def _several_dues(dues: Sequence[Due], lines: Sequence[Line]) -> None:
    for line in lines:
        together = [due for due in dues if not due.lines and due.fits(line)]
        if together and sum(due.amount for due in together) == line.left:
            for due in together:
                line.give(due, due.amount)


def _more_than_its_file(dues: Sequence[Due], lines: Sequence[Line]) -> None:
    for due in dues:
        if due.shares:
            enough = (line for line in lines if due.fits(line) and abs(line.left) >= abs(due.amount))
            for line in list(enough)[:1]:
                line.give(due, due.amount)


def _line_moves(board: Iterable[Line]) -> Iterator[Move]:
    for line in board:
        if line.covers != line.before:
            told = {"left": line.left, "covers": line.covers}
            yield Move(kind=LINE, key=line.key, to=line.state, data=told, reason=_because(line))


def _because(line: Line) -> str:
    new = [key for key in line.covers if key not in line.before]
    return f"covers {', '.join(new)}" if new else "what it covered is given up"


def _due_moves(waiting: Iterable[Due], board: Sequence[Line]) -> Iterator[Move]:
    for due in waiting:
        there = sum(line.left for line in board if line.money == due.money and due.fits(line))
        if due.lines:
            told = {"lines": due.lines, "there": due.amount}
            yield Move(kind=DUE, key=due.key, to=COVERED, data=told, reason="the bank shows it")
        elif there != due.seen:
            yield Move(kind=DUE, key=due.key, data={"there": there})


def window(first: date, last: date, before: int, after: int) -> tuple[str, str]:
    """The days between which the bank may show money that a file gives for these days."""
    return (first - timedelta(days=before)).isoformat(), (last + timedelta(days=after)).isoformat()

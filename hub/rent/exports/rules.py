"""Rules about one row of an export, as checks made from the names of its columns."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from hub.checks.base import Check, Context, Found, Tally, check
from hub.formats.types import Pounds
from hub.model import Chunk, Level, format_pounds
from hub.rent.canonical import has_its_sign

Row = Sequence[str]
Problem = Callable[[Row], str | None]
"""What is wrong with the texts of some columns of a row, if anything. It names no personal value."""

_pence = Pounds().read


def rule(id: str, says: str, columns: Sequence[str], problem: Problem, at: str) -> Check:
    """A check of single rows. `says`: its help; `at`: the column that its findings name."""

    def run(chunk: Chunk, tally: Tally, ctx: Context[Any]) -> Iterator[Found]:
        for line, *row in zip(chunk.lines, *(chunk.columns[name] for name in columns), strict=True):
            if (message := problem(row)) is not None:
                yield Found(message, line, at)

    run.__doc__ = says
    return check(id, level=Level.RECORD, layouts=("detail",))(run)


def in_order(first: str, last: str) -> Check:
    """Two dates, either of which may be left out."""

    def problem(row: Row) -> str | None:
        start, end = row
        return f"{last} {end} is before {first} {start}" if start and end and end < start else None

    return rule("E20", f"{last} is not before {first}.", (first, last), problem, last)


def above_zero(name: str) -> Check:
    def problem(row: Row) -> str | None:
        amount = _pence(row[0])
        return None if amount > 0 else f"{name} is {format_pounds(amount)}: expected more than 0.00"

    return rule("E19", f"{name} is more than 0.00.", (name,), problem, name)


def not_zero(name: str) -> Check:
    def problem(row: Row) -> str | None:
        return None if _pence(row[0]) else f"{name} is 0.00, so nothing would move"

    return rule("E19", f"{name} is not 0.00.", (name,), problem, name)


def sign_of(amount: str, kind: str) -> Check:
    """The sign that the rent system interface gives to a kind of posting (section 6.2)."""

    def problem(row: Row) -> str | None:
        what, pence = row[0], _pence(row[1])
        if has_its_sign(what, pence):
            return None
        return f"a {what} of {format_pounds(pence)} has the wrong sign (positive = the customer owes more)"

    says = f"{amount} has the sign of its {kind}: positive where the customer owes more, and not 0.00."
    return rule("E19", says, (kind, amount), problem, amount)


def two_people(asks: str, approves: str) -> Check:
    def problem(row: Row) -> str | None:
        same = row[0].strip().casefold() == row[1].strip().casefold()
        return f"{asks} and {approves} are the same person; a second one must approve it" if same else None

    return rule("E20", f"Whoever approves it is not who asked for it: {asks}, {approves}.",
                (asks, approves), problem, approves)  # fmt: skip


def given_when(column: str, values: Sequence[str], *needed: str) -> Check:
    """What must not be blank in a row whose `column` has one of the values."""
    listed = " and ".join(needed)

    def problem(row: Row) -> str | None:
        missing = [name for name, text in zip(needed, row[1:], strict=True) if not text.strip()]
        if row[0] not in values or not missing:
            return None
        return f"{' and '.join(missing)} {_is(missing)} blank, and a row of {row[0]} needs it"

    says = f"A row whose {column} is {' or '.join(values)} gives {listed}."
    return rule("E20", says, (column, *needed), problem, needed[0])


def all_or_none(*columns: str) -> Check:
    listed = " and ".join(columns)

    def problem(row: Row) -> str | None:
        given = [bool(text.strip()) for text in row]
        return None if all(given) or not any(given) else f"{listed} are given together or not at all"

    return rule("E20", f"{listed} are given together or not at all.", columns, problem, columns[0])


def adds_up(total: str, *parts: str) -> Check:
    """A blank part counts as nothing."""
    listed = " + ".join(parts)

    def problem(row: Row) -> str | None:
        whole, *some = (_pence(text) if text.strip() else 0 for text in row)
        if whole == sum(some):
            return None
        return f"{total} is {format_pounds(whole)}, and {listed} is {format_pounds(sum(some))}"

    return rule("E20", f"{total} = {listed}, to the penny.", (total, *parts), problem, total)


def _is(names: Sequence[str]) -> str:
    return "is" if len(names) == 1 else "are"

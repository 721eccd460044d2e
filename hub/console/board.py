"""The day as the wall board shows it: what was promised and what moved, by route, at its time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from hub.clock.now import LONDON, end_of_day, local_instant
from hub.console.here import Here
from hub.console.wording import STATES, count
from hub.model import DeliveryState, PromiseState
from hub.store.look import Look
from hub.store.look.search import Wanted
from hub.store.rows import PromiseRow, TransferRow
from hub.transfer.promises import TRANSFER
from hub.transfer.states import derived_state

MOST = 100
"""Transfers of a day that the board draws: the newest."""
GOOD, DUE, LOOK, BAD, NEXT = "good", "due", "look", "bad", "next"
"""How a mark is drawn."""
_LOOKS = ("HELD",)
_BAD = ("REJECTED", "FAILED", "IN_DOUBT", "REFUSED")


@dataclass(frozen=True, slots=True)
class Mark:
    """One thing on the board. `row`: the route, or what else it is about; `shape`: file, promise or run."""

    at: datetime
    row: str
    what: str
    how: str
    kind: str
    shape: str
    href: str | None = None


@dataclass(frozen=True, slots=True)
class Board:
    """A day with its marks, in the order of their times."""

    day: date
    now: datetime
    marks: Sequence[Mark]
    more: bool

    @property
    def rows(self) -> list[str]:
        return sorted({mark.row for mark in self.marks})

    @property
    def summary(self) -> str:
        """What the chart shows, in a sentence."""
        words = {GOOD: "went well", DUE: "due", LOOK: "held", BAD: "late or failed"}
        told = [f"{self._of(kind)} {said}" for kind, said in words.items() if self._of(kind)]
        if runs := self._of(NEXT):
            told.append(count(runs, "route is to run yet", "routes are to run yet"))
        return ", ".join(told) if told else "Nothing is due, and nothing has come"

    def _of(self, kind: str) -> int:
        return sum(mark.kind == kind for mark in self.marks)


def board(here: Here, look: Look) -> Board:
    """Of today, by council clocks."""
    now = here.services.clock.now()
    day = here.services.local(now)
    begin, end = local_instant(day, time()), end_of_day(day)
    page = look.search(Wanted(first=day, last=day), limit=MOST)
    states = look.told_states([row.id for row in page.rows])
    promised = look.promises(
        states=(PromiseState.OPEN, PromiseState.KEPT, PromiseState.BROKEN),
        due_from=begin,
        due_before=end,
        limit=None,
    )
    marks = [
        *(_file(row, states[row.id]) for row in page.rows),
        *_promises(look, promised, now),
        *_runs(here, now, end),
    ]
    return Board(day, now, sorted(marks, key=lambda mark: (mark.at, mark.row)), page.before is not None)


def _file(row: TransferRow, states: Sequence[DeliveryState]) -> Mark:
    told = derived_state(row.state, states)
    kind = BAD if told in _BAD else LOOK if told in _LOOKS else GOOD
    words = STATES.get(told, (told, ""))[0]
    return Mark(row.found_at, row.route, row.name, words, kind, "file", f"/transfers/{row.id}")


def _promises(look: Look, promised: Iterable[PromiseRow], now: datetime) -> Iterator[Mark]:
    routes: dict[str, str] = {}
    for row in promised:
        href = f"/transfers/{row.subject_id}" if row.subject == TRANSFER else None
        kept_late = row.settled_at is not None and row.settled_at > row.due_at
        if row.state is PromiseState.KEPT:
            how, kind = ("came late", GOOD) if kept_late else ("came", GOOD)
        elif row.due_at < now or row.state is PromiseState.BROKEN:
            how, kind = "late", BAD
        else:
            how, kind = "due", DUE
        yield Mark(row.due_at, _row_of(look, row, routes), row.says, how, kind, "promise", href)


def _row_of(look: Look, row: PromiseRow, routes: dict[str, str]) -> str:
    """The route that a promise is about; else who it is promised to."""
    if row.subject == "route":
        return row.subject_id
    if row.subject != TRANSFER:
        return row.owner
    if row.subject_id not in routes:
        routes[row.subject_id] = look.transfer_row(row.subject_id).route
    return routes[row.subject_id]


def _runs(here: Here, now: datetime, end: datetime) -> Iterator[Mark]:
    """What runs by itself until the day is over: the next of each route, so that one which runs every few
    minutes is one mark."""
    due, known = here.console.ahead(end - now), here.services.known.routes
    for route, slots in due.items():
        if slots and route in known:
            more = f", and {len(slots) - 1} more today" if len(slots) > 1 else ""
            yield Mark(slots[0].at, route, "next run", f"to come{more}", NEXT, "run", f"/routes/{route}")


@dataclass(frozen=True, slots=True)
class Drawn:
    """The chart's measures, in its own units: a row for each route, hours across."""

    width: int
    height: int
    rows: Sequence[tuple[str, float]]
    hours: Sequence[tuple[str, float]]
    marks: Sequence[tuple[Mark, float, float]]
    now: float


_LEFT, _RIGHT, _TOP, _ROW, _WIDTH = 250, 40, 34, 34, 1200


def drawn(board: Board) -> Drawn:
    """From the first to the last hour that has a mark, at least from 6 to 20."""
    hours = [_hour(board.day, mark.at) for mark in board.marks] + [_hour(board.day, board.now)]
    first, last = int(min(6, *hours)), min(int(max(19, *hours)) + 1, 24)
    step = (_WIDTH - _LEFT - _RIGHT) / (last - first)

    def across(at: datetime) -> float:
        return round(_LEFT + (_hour(board.day, at) - first) * step, 1)

    names: Mapping[str, float] = {name: _TOP + _ROW * (n + 0.5) for n, name in enumerate(board.rows)}
    return Drawn(
        _WIDTH,
        _TOP + _ROW * max(len(names), 1) + 12,
        list(names.items()),
        [(f"{hour:02d}:00", round(_LEFT + (hour - first) * step, 1)) for hour in range(first, last + 1, 2)],
        list(_apart(board.marks, across, names)),
        across(board.now),
    )


def _apart(
    marks: Sequence[Mark], across: Callable[[datetime], float], names: Mapping[str, float]
) -> Iterator[tuple[Mark, float, float]]:
    """Marks of one row that would lie on one another stand side by side."""
    ends: dict[str, float] = {}
    for mark in marks:
        x = max(across(mark.at), ends.get(mark.row, 0.0))
        ends[mark.row] = x + 15
        yield mark, round(x, 1), names[mark.row]


def _hour(day: date, at: datetime) -> float:
    local = at.astimezone(LONDON)
    hours = (local.date() - day) / timedelta(hours=1) + local.hour + local.minute / 60
    return min(max(hours, 0.0), 24.0)

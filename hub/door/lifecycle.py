"""Life cycles: what kinds of record there are, how each may move, and what follows by itself.

A plug-in declares a `Lifecycle`; items move records (`Feed.moves`), people do (`feedhub holds`), and so does
`Lifecycle.when`. The hub alone writes: legal moves only, each with its place in the record's chained history.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from hub.model import Calendar, Compartment, Facts, Item, Move, Record


@dataclass(frozen=True, slots=True)
class Lookup:
    """Records that a feed's matching and checks look at.

    keys: those of one item (of a feed) or of one record (of a life cycle); None = all of the kind that have
          not ended (only where they are few: holds, policies). Ask for them with `facts.records`.
    """

    kind: str
    keys: Callable[[Any], Iterable[str]] | None = None


@dataclass(frozen=True, slots=True)
class Deadline:
    """What must happen by when while a record is in a state; else the promise is broken.

    due:  the last day, or None where there is none; `says` completes "CASE-17: …" for whoever must act
    """

    name: str
    state: str
    due: Callable[[Record, Calendar], date | None]
    says: str


@dataclass(frozen=True, slots=True)
class Task:
    """Something that a person must look at or decide; at most one open task of a name about a record."""

    name: str
    title: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """An item that starts inside the hub and waits to be gathered as `waits_as` for the feed."""

    feed: str
    waits_as: str
    item: Item


Effect = Move | Task | Waiting


@dataclass(frozen=True, slots=True, kw_only=True)
class Lifecycle:
    """A kind of record.

    begins:    the states in which one may be made
    moves:     state → the states that may follow; a state that none follows has ended
    deadlines: promises that being in a state makes; leaving it keeps them
    when:      asked each time the record was made or changed (old, new, facts); pure. Its moves of the same
               record do not ask it again. `looks_up` is what it finds in `facts.records`
    """

    kind: str
    title: str
    begins: tuple[str, ...]
    moves: Mapping[str, tuple[str, ...]]
    deadlines: tuple[Deadline, ...] = ()
    when: Callable[[Record | None, Record, Facts], Iterable[Effect]] | None = None
    looks_up: tuple[Lookup, ...] = ()
    owner: str = ""
    compartment: Compartment = Compartment.OPEN

    def __post_init__(self) -> None:
        for deadline in self.deadlines:
            if deadline.state not in self.states:
                raise ValueError(
                    f"the deadline {deadline.name} is of the state {deadline.state}, which no {self.kind} "
                    "comes into"
                )

    @property
    def states(self) -> tuple[str, ...]:
        """All states, in the order declared."""
        named = [*self.begins, *self.moves, *(state for to in self.moves.values() for state in to)]
        return tuple(dict.fromkeys(named))

    def has_ended(self, state: str) -> bool:
        return not self.moves.get(state)

    def may(self, old: str | None, new: str) -> bool:
        """Whether a record may come from `old` (None = it is not there yet) into `new`."""
        if old is None:
            return new in self.begins
        return new == old or new in self.moves.get(old, ())

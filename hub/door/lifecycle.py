"""Life cycles: what kinds of record there are, how each may move, and what follows by itself.

A plug-in declares a `Lifecycle`; items move records (`Feed.moves`), people do (`feedhub holds`), and so does
`Lifecycle.when`. The hub alone writes: legal moves only, each with its place in the record's chained history.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from hub.door.keep import Keep
from hub.model import Compartment, Facts, Item, Move, Record, format_pounds


def digest_name(personal: str) -> str:
    """The fact of a record that holds the keyed digest of one of its personal values."""
    return f"{personal}_digest"


@dataclass(frozen=True, slots=True)
class Lookup:
    """Records that a feed's matching and checks look at.

    keys: those of one item (of a feed) or of one record (of a life cycle); None = all of the kind that have
          not ended (only where they are few: holds, policies). Ask for them with `facts.records`.
    states: of a lookup without keys: only those in these states
    accounts: also those about the rent account of the item or record, and without keys these only. An item
          that is not matched yet is taken to be of the account that its reference names
    of:     then keys are those of one record of this kind, which a lookup before this one has found

    What was not looked up is not there to be asked for: `facts.records` raises PluginError then.
    """

    kind: str
    keys: Callable[[Any], Iterable[str]] | None = None
    accounts: bool = False
    states: tuple[str, ...] = ()
    of: str | None = None

    @property
    def is_whole(self) -> bool:
        """Whether all of the kind are looked up that have not ended."""
        return self.keys is None and not self.accounts


@dataclass(frozen=True, slots=True)
class Deadline:
    """What must happen by when while a record is in a state; else the promise is broken.

    due:  the last day, or None where there is none, asked when the record comes into the state, and there
          when its own facts make it another day; the facts hold the day, the calendar, the register and the
          plug-in's settings
    says: completes "CASE-17: …" for whoever must act; or makes the whole sentence of the record
    """

    name: str
    state: str
    due: Callable[[Record, Facts], date | None]
    says: str | Callable[[Record], str]

    def sentence(self, record: Record) -> str:
        return self.says(record) if callable(self.says) else f"{record.key}: {self.says}"


@dataclass(frozen=True, slots=True)
class Task:
    """Something that a person must look at or decide; at most one open task of a name about a record. It is
    void once the record has ended.

    answers: by the word that a person answers with, the move that is made then; without any they write what
             they found out. Entries keep the moves, so that none may hold personal values
    fact:    under which name what they write becomes a fact of the record
    reasoned: whether an answer needs a reason, which the move then has
    not_by:  the login of whom it is about: somebody else answers
    """

    name: str
    title: str
    answers: Mapping[str, Move] = field(default_factory=dict)
    fact: str | None = None
    reasoned: bool = False
    not_by: str | None = None

    def __post_init__(self) -> None:
        if self.answers and self.fact is not None:
            raise ValueError(f"the task {self.name} has both choices and a fact to be written")
        if any(move.personal for move in self.answers.values()):
            raise ValueError(
                f"an answer to the task {self.name} moves personal values, which entries do not keep"
            )


@dataclass(frozen=True, slots=True)
class Waiting:
    """An item that starts inside the hub and waits to be gathered as `waits_as` for the feed.

    account: its rent account; None = that of the record which made it, if one did
    """

    feed: str
    waits_as: str
    item: Item
    account: str | None = None


@dataclass(frozen=True, slots=True)
class Called:
    """What the partner calls an item of the transfer: kind → value, as in `Rendered.called`."""

    item_id: str
    names: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Listed:
    """A fact of each record by which people decide, as a list of them shows it.

    fact: its name among the record's facts; a part of one after a dot
    due:  that it is a day by which something must happen; of several the last that a record has is the one
          that runs
    word: that it is a word of the code, which is told without its underscores
    """

    title: str
    fact: str
    due: bool = False
    word: bool = False


Effect = Move | Task | Waiting


@dataclass(frozen=True, slots=True)
class Follow:
    """That records of another kind, be it another plug-in's, are watched: a hold reaches a placement.

    when: as `Lifecycle.when`, asked of the records of `kind`. A move of it that is not allowed stops
          nothing: it becomes a task for the owner of the life cycle that follows
    """

    kind: str
    when: Callable[[Record | None, Record, Facts], Iterable[Effect]]
    looks_up: tuple[Lookup, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Lifecycle:
    """A kind of record.

    begins:    the states in which one may be made
    moves:     state → the states that may follow; in a state that none follows a record has ended
    ends:      states in which it has ended as well, although it may begin again
    deadlines: promises that being in a state makes; leaving it keeps them
    when:      asked each time the record was made or changed (old, new, facts); pure. Its moves of the same
               record do not ask it again. `looks_up` is what it finds in `facts.records`, and what `hub.yaml`
               sets for its plug-in in `facts.settings`
    settles:   asked once for all records of the kind that a commit made or changed, after `when`: what they
               and others come to together (lines of the bank and what awaits them). Its moves ask nobody
               again
    owner:     the team that its promises and tasks name; without one, promises name the `owner` among the
               record's facts, or that of the route whose transfer made it
    follows:   what follows for this kind when records of another are made or changed
    listed:    what somebody who works these records to an outcome must see of each; without any they have no
               list of their own
    money:     the facts that are pence
    unsayable: what may not be said where a person answers a task or gives a reason, of the text and what
               `hub.yaml` sets for the plug-in: why not, in a sentence; None = it may be said
    keep:      how long the personal values of a record that has ended are kept; None = as hub.yaml says
    keep_history: how long the facts and the history of one that has ended are kept, as its plug-in is set;
               then its key, its states and days, who moved it and the hashes stay. None = for good
    found_by:  personal values by which a record is found for good, also once they are let go: a keyed digest
               of each is a fact of the record (`digest_name`), and so stands in its chained history
    """

    kind: str
    title: str
    begins: tuple[str, ...]
    moves: Mapping[str, tuple[str, ...]]
    deadlines: tuple[Deadline, ...] = ()
    when: Callable[[Record | None, Record, Facts], Iterable[Effect]] | None = None
    settles: Callable[[Facts], Iterable[Move]] | None = None
    looks_up: tuple[Lookup, ...] = ()
    follows: tuple[Follow, ...] = ()
    owner: str = ""
    compartment: Compartment = Compartment.OPEN
    listed: tuple[Listed, ...] = ()
    money: tuple[str, ...] = ()
    keep: Keep | None = None
    keep_history: Callable[[Any], Keep] | None = None
    unsayable: Callable[[str, Any], str | None] | None = None
    found_by: tuple[str, ...] = ()
    ends: tuple[str, ...] = ()

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

    def told(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """The facts of a record as people are told them: money in pounds."""
        return {name: self._told(name, value) for name, value in data.items()}

    def _told(self, name: str, value: Any) -> Any:
        return format_pounds(value) if name in self.money and isinstance(value, int) else value

    def has_ended(self, state: str) -> bool:
        return state in self.ends or not self.moves.get(state)

    def may(self, old: str | None, new: str) -> bool:
        """Whether a record may come from `old` (None = it is not there yet) into `new`."""
        if old is None:
            return new in self.begins
        return new == old or new in self.moves.get(old, ())

"""What a plug-in's commands are made of. It declares them; the hub reads, writes and asks who may."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from hub.model import Record

if TYPE_CHECKING:
    import click


@dataclass(frozen=True, slots=True)
class ReferenceTables:
    """Published tables that an operator loads: the hub keeps several, each valid from a day.

    name:  under which the hub keeps them; title: what they are, for people
    read:  the texts of the files given, by name → how many rows they hold; pure. Raises DataError with a
           sentence (a line of its message) for each thing that is wrong
    least: rows below which they are refused, unless the operator says otherwise
    """

    name: str
    title: str
    read: Callable[[Mapping[str, str]], int]
    least: int = 1


@dataclass(frozen=True, slots=True)
class Tried:
    """What a trial came to: rows of plain text under the trial's columns, sentences, and whether all is as it
    should be (else the command ends with 1)."""

    rows: Sequence[Sequence[object]]
    notes: Sequence[str] = ()
    sound: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """`feedhub PLUGIN NAME [FILE]`: what is computed of stored records and changes nothing.

    name:    one or two words ("replay", "ruleset test"); title: what it does, for people
    kind:    the records that it looks at; who may not see them finds none
    file:    what FILE is, for people; None = it takes none
    run:     (records with their sealed values, text of FILE, what hub.yaml sets for the plug-in) → Tried.
             Pure, and puts nothing sealed into what it tells. Raises DataError with a sentence for each thing
             that is wrong with the file
    """

    name: str
    title: str
    kind: str
    columns: Sequence[str]
    run: Callable[[Sequence[Record], str, Any], Tried]
    file: str | None = None


class Commands(Protocol):
    """The plug-in's own group of commands, `feedhub NAME …`."""

    def add_command(self, cmd: click.Command, name: str | None = None) -> None:
        """One that is written with click."""
        ...

    def tables(self, tables: ReferenceTables) -> None:
        """`feedhub NAME tables`: list such tables, and load them."""
        ...

    def trial(self, trial: Trial) -> None:
        """`feedhub NAME TRIAL`: what a plug-in computes of stored records."""
        ...

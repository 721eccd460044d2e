"""What a plug-in's commands are made of. It declares them; the hub reads, writes and asks who may."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

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


class Commands(Protocol):
    """The plug-in's own group of commands, `feedhub NAME …`."""

    def add_command(self, cmd: click.Command, name: str | None = None) -> None:
        """One that is written with click."""
        ...

    def tables(self, tables: ReferenceTables) -> None:
        """`feedhub NAME tables`: list such tables, and load them."""
        ...

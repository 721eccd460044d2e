"""What a benchmark found, and the table of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True, slots=True)
class Measure:
    """One number. `naive` is the work done without thinking of speed; `most`: the target is a ceiling."""

    name: str
    unit: str
    value: float
    naive: float | None
    target: float
    most: bool = False

    @property
    def met(self) -> bool:
        return self.value <= self.target if self.most else self.value >= self.target

    def ratio(self, naive: float) -> float:
        """How many times better than the naive work."""
        return naive / self.value if self.most else self.value / naive


def show(measures: Iterable[Measure]) -> bool:
    """Print the table; whether every target was met."""
    table = Table("measure", "found", "naive loop", "ratio", "target", "met", title="Benchmarks")
    met = True
    for one in measures:
        naive, ratio = (f"{one.naive:,.0f}", f"{one.ratio(one.naive):.1f}") if one.naive else ("", "")
        sign = "<" if one.most else ">"
        table.add_row(
            one.name,
            f"{one.value:,.0f} {one.unit}",
            naive,
            ratio,
            f"{sign} {one.target:,.0f}",
            "yes" if one.met else "NO",
        )
        met = met and one.met
    Console(width=130).print(table)
    return met

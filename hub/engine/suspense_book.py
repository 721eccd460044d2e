"""What people said of suspended money in a table, done together or not at all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection

from hub.config.people import Right
from hub.engine.rights import demand
from hub.engine.suspense import SuspenseActs
from hub.errors import UsageError
from hub.model import ItemState
from hub.rent.suspense_book import Line, changed
from hub.transfer.services import Services

PROPOSED, CLEARED, REFUSED, LEFT = "proposed", "cleared", "refused", "left as it was"


@dataclass
class Placed:
    """Pence of what came in with the table, by what was done."""

    pence: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))

    def of(self, what: str) -> tuple[int, int]:
        """Count and sum."""
        return len(self.pence[what]), sum(self.pence[what])


def place_all(services: Services, acts: SuspenseActs, lines: Sequence[Line], reason: str) -> Placed:
    """Propose, clear or refuse as the lines say, all in one commit.

    Raises UsageError with a sentence for each line that cannot be done; then nothing is done."""
    if any(line.agreed is not None for line in lines):
        demand(services, Right.CLEAR)
    if any(line.account is not None and line.agreed is None for line in lines):
        demand(services, Right.PROPOSE)

    def commit(conn: Connection) -> Placed:
        placed, mistakes = Placed(), []
        for line in lines:
            try:
                placed.pence[_place(conn, acts, line, reason)].append(line.amount)
            except UsageError as error:
                mistakes.append(f"line {line.line}: {error}")
        if mistakes:
            raise UsageError("\n".join([*mistakes, "Nothing was done."]))
        return placed

    return services.commit(commit)


def _place(conn: Connection, acts: SuspenseActs, line: Line, reason: str) -> str:
    row, standing = acts.known(conn, line.item), acts.standing(conn, line.item)
    if (difference := changed(line, row.taken().item)) is not None:
        raise UsageError(f"item {line.item}: {difference}.")
    proposed = standing.proposal["account"] if standing is not None else None
    if line.agreed is None and (line.account is None or line.account == proposed):
        return LEFT
    if row.state is not ItemState.SUSPENDED:
        raise UsageError(f"Item {line.item} is {row.state}, not SUSPENDED; there is nothing to place.")
    if line.agreed is None:
        acts.propose_within(conn, line.item, str(line.account), reason)
        return PROPOSED
    if line.account != proposed:
        raise UsageError(
            f"Item {line.item}: {proposed or 'no account'} is proposed, and the table has "
            f"{line.account or 'none'}; agree with a table that was written since."
        )
    if line.agreed:
        acts.clear_within(conn, line.item, reason)
        return CLEARED
    acts.refuse_within(conn, line.item, reason)
    return REFUSED

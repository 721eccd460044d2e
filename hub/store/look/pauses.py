"""What is left alone at the moment: what people have paused, and what does not answer."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, select

from hub.store.alert_rows import CircuitRow, PauseRow
from hub.store.look.seen import Seen, visible
from hub.store.schema import circuit, pause

_PAUSES = (
    select(pause)
    .where(visible(pause), pause.c.until > bindparam("instant"))
    .order_by(pause.c.kind, pause.c.name)
)
_CIRCUITS = select(circuit).where(visible(circuit), circuit.c.failures > 0).order_by(circuit.c.name)


class SeenPauses(Seen):
    def pauses(self, now: datetime) -> list[PauseRow]:
        """Those that are not over."""
        return [PauseRow(**row._mapping) for row in self._rows(_PAUSES, instant=now)]

    def circuits(self) -> list[CircuitRow]:
        """What failed when it was last tried."""
        return [CircuitRow(**row._mapping) for row in self._rows(_CIRCUITS)]

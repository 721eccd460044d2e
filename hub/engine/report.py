"""What one run came to, for people and programs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hub.model import DeliveryState, ItemState, TransferState, format_pounds
from hub.store import queries
from hub.store.db import Store
from hub.store.rows import DeliveryRow, TransferRow
from hub.transfer.rehearsal import laid_down, says
from hub.transfer.states import derived_state

_BAD = (TransferState.REJECTED, TransferState.FAILED, TransferState.HELD)


@dataclass(frozen=True, slots=True)
class Outcome:
    """One transfer of a run. `state` is the derived one; `money` is count and pence by item state."""

    id: str
    name: str
    feed: str | None
    state: str
    records: int
    findings: int
    money: Mapping[ItemState, tuple[int, int]]
    reason: str | None
    needs_person: bool
    rehearsed: bool = False

    def as_json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "name": self.name,
            "feed": self.feed,
            "state": self.state,
            "records": self.records,
            "findings": self.findings,
            "money": money_json(self.money),
            "reason": self.reason,
            "rehearsed": self.rehearsed,
        }


@dataclass(frozen=True, slots=True)
class RunReport:
    """A run of one route. `trouble` is a sentence when the route's source could not be read; `passed_over`:
    what lies there and the hub will not touch, in sentences; `waits` says what was left alone, and why, which
    is no failure."""

    run_id: str
    route: str
    transfers: Sequence[Outcome]
    trouble: str | None = None
    passed_over: Sequence[str] = ()
    waits: str | None = None

    @property
    def well(self) -> bool:
        return (
            self.trouble is None
            and not self.passed_over
            and not any(outcome.needs_person for outcome in self.transfers)
        )

    def as_json(self) -> dict[str, Any]:
        return {
            "run": self.run_id,
            "route": self.route,
            "well": self.well,
            "trouble": self.trouble,
            "passed_over": list(self.passed_over),
            "waits": self.waits,
            "transfers": [outcome.as_json() for outcome in self.transfers],
        }


def money_json(money: Mapping[ItemState, tuple[int, int]]) -> dict[str, dict[str, Any]]:
    return {
        state.value: {"count": count, "value": format_pounds(pence)}
        for state, (count, pence) in money.items()
    }


def outcome_of(store: Store, row: TransferRow) -> Outcome:
    """What became of a transfer that is as `row` says."""
    return outcomes_of(store, [row])[0]


def outcomes_of(store: Store, rows: Sequence[TransferRow]) -> list[Outcome]:
    """The same of several."""
    ids = [row.id for row in rows]
    with store.read() as conn:
        deliveries = queries.deliveries_of_each(conn, ids)
        money = queries.money_of_each(conn, ids)
        findings = queries.count_findings(conn, ids)
    return [_outcome(row, deliveries[row.id], money[row.id], findings.get(row.id, 0)) for row in rows]


def _outcome(
    row: TransferRow,
    deliveries: Sequence[DeliveryRow],
    money: Mapping[ItemState, tuple[int, int]],
    findings: int,
) -> Outcome:
    state = derived_state(row.state, [delivery.state for delivery in deliveries])
    live = [delivery for delivery in deliveries if delivery.state is not DeliveryState.WITHDRAWN]
    stuck = next((delivery.reason for delivery in live if delivery.reason), None)
    told = [row.reason or stuck, *_rehearsed(deliveries)]
    return Outcome(
        row.id,
        row.name,
        row.feed,
        state,
        row.records,
        findings,
        money,
        "; ".join(filter(None, told)) or None,
        row.state in _BAD or stuck is not None,
        row.rehearsed,
    )


def _rehearsed(deliveries: Sequence[DeliveryRow]) -> list[str]:
    """Where the files of a rehearsal lie, since nobody was sent them."""
    laid = dict.fromkeys(says(one) for one in deliveries if laid_down(one))
    return [f"rehearsal: {sentence}" for sentence in laid]

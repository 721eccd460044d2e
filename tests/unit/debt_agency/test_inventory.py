"""What an agency says that it has, against what the hub says: each difference is one of five, and is told."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from hub.api import Context, Disposition, Facts, Item, ItemState, Record, Taken
from hub.transfer.records import Snapshot
from plugins.debt_agency.feeds import RECONCILIATION

REF, MADE = "0001002013", "2026-04-02T06:00:00+00:00"


def codes(known: Record | None, kind: str = "INVENTORY", **told: Any) -> list[str]:
    """What differs of a debt of which the agency says so."""
    line = {"current_balance": 100_00, "status": "ACTIVE", "last_activity_date": "2026-03-20",
            "made_at": MADE, "file_seq": 7, "listed": "", **told}  # fmt: skip
    options = RECONCILIATION.options.model_validate(
        {"council_id": "US", "agency_id": "ACMEDCA", "agency": "ACME"}
    )
    facts = Facts(date(2026, 4, 2), records=Snapshot([known] if known else []))
    item = Item(kind, 2, REF, 0, date(2026, 4, 2), line)
    moves = RECONCILIATION.moves(
        Taken("t.1", item, Disposition(ItemState.NOTED)), Context(options, facts, "canonical")
    )
    return [str(move.data["code"]) for move in moves]


def placed(state: str = "ACTIVE", agency: str = "ACME", **facts: Any) -> Record:
    data = {"agency": agency, "balance": 100_00, "placed_on": "2026-03-02", **facts}
    return Record(kind="placement", key=REF, state=state, data=data)


@pytest.mark.parametrize(
    ("known", "told", "differs"),
    [
        (placed(), {}, []),
        (None, {}, ["AGENCY_ONLY"]),
        (placed(agency="BRAVO"), {}, ["AGENCY_ONLY"]),
        (placed(), {"current_balance": 99_99}, ["BALANCE_DIFF"]),
        (placed("HELD"), {}, ["STATUS_DIFF"]),
        (placed("HELD", action={"what": "HLD", "at": "2026-04-02T06:00:01+00:00"}), {}, []),
        (placed("CLOSED"), {}, ["STATUS_DIFF"]),
        (placed("SENT"), {}, []),
        (placed(), {"last_activity_date": "2026-02-01"}, ["STALE"]),
        (placed(), {"last_activity_date": "2026-02-02"}, []),
    ],
)
def test_what_differs_of_a_debt_that_is_listed(
    known: Record | None, told: dict[str, Any], differs: list[str]
) -> None:
    assert codes(known, **told) == differs


@pytest.mark.parametrize(
    ("known", "listed", "differs"),
    [(placed(), "", ["HUB_ONLY"]), (placed(), REF, []), (placed("CLOSED"), "", []),
     (placed(placed_on="2026-04-02"), "", [])],
)  # fmt: skip
def test_what_is_not_listed_is_missed_unless_it_is_on_its_way(
    known: Record, listed: str, differs: list[str]
) -> None:
    assert codes(known, "INVENTORY_LIST", listed=listed) == differs

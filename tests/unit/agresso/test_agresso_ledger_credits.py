"""Credits in a ready-made ledger file (AGR15): the worked example credits 300.00 of voucher 25001234."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest

from hub.api import Context, Disposition, Facts, ItemState, Record, Severity, Taken
from hub.transfer.examine import examine
from plugins.agresso.feeds import LEDGER_FILE
from plugins.agresso.gl07 import written
from plugins.agresso.ledger_credits import CHECKS, numbered, reserves
from plugins.agresso.settings import LedgerFileOptions
from tests.unit.agresso.kept import Kept
from tests.unit.agresso.worked import invoices

ORIGINAL = "LSC2500000911"


def known(**data: Any) -> Kept:
    told = {"customer": "900017", "gross": 30000, **data}
    kept = Kept(Record(kind="finance_document", key=ORIGINAL, state="POSTED", data=told))
    kept.move(numbered("ZZ", 25001234, ORIGINAL))
    return kept


def found(kept: Kept, **options: Any) -> tuple[list[Taken], Context[LedgerFileOptions]]:
    ctx = Context(LedgerFileOptions(**options), Facts(records=kept), "gl07")
    read = examine(LEDGER_FILE, BytesIO(b"".join(written(invoices()))), ctx)
    return [Taken(str(item.line), item, Disposition(ItemState.TAKEN)) for item in read.items], ctx


CREDITED = {"LSC2600000099": {"gross": 1, "taxes": {}}}


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ({}, []),
        ({"customer": "0900017"}, []),
        ({"customer": "800451"}, ["LSC2600000018: LSC2500000911 is another's"]),
        ({"gross": 29999},
         ["LSC2600000018: all credits of LSC2500000911 come to 300.00, its gross is 299.99"]),
        ({"credits": CREDITED},
         ["LSC2600000018: all credits of LSC2500000911 come to 300.01, its gross is 300.00"]),
    ],
)  # fmt: skip
def test_a_credit_is_of_its_customer_and_within_its_original(data: dict[str, Any], told: list[str]) -> None:
    taken, ctx = found(known(**data))
    assert [one.message for check in CHECKS for one in check.run(taken, ctx)] == told


def test_an_original_that_the_ledger_never_told_of_is_told_and_no_error() -> None:
    taken, ctx = found(Kept())
    told = [(check.severity, one.message) for check in CHECKS for one in check.run(taken, ctx)]
    assert told == [(Severity.WARNING, "LSC2600000018: the ledger has not told of voucher 25001234")]


def test_what_is_credited_is_reserved_of_the_original_and_money_received_is_no_credit() -> None:
    taken, ctx = found(known())
    (move,) = (move for one in taken for move in reserves(one, ctx))
    assert (move.key, move.data["credits"]) == (ORIGINAL, {"LSC2600000018": {"gross": 30000, "taxes": {}}})
    taken, ctx = found(known(gross=1), no_due_date=frozenset({"LC"}))
    assert [one for check in CHECKS for one in check.run(taken, ctx)] == []

"""Credits in a ready-made ledger file (AGR15): the worked example credits 300.00 of voucher 25001234."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any

import pytest

from hub.api import Context, Disposition, Facts, ItemState, Record, Severity, Taken
from hub.transfer.examine import examine
from plugins.agresso.feeds import LEDGER_FILE
from plugins.agresso.gl07 import written
from plugins.agresso.ledger_credits import CHECKS, numbered, reserves, with_taxes
from plugins.agresso.settings import LedgerFileOptions
from tests.unit.agresso.kept import Kept
from tests.unit.agresso.making import Codes
from tests.unit.agresso.worked import invoices

ORIGINAL = "LSC2500000911"


def known(**data: Any) -> Kept:
    told = {"customer": "900017", "gross": 30000, **data}
    kept = Kept(Record(kind="finance_document", key=ORIGINAL, state="POSTED", data=told))
    kept.move(numbered("ZZ", 25001234, ORIGINAL))
    return kept


def found(
    kept: Kept, records: Sequence[Mapping[str, object]] = (), **options: Any
) -> tuple[list[Taken], Context[LedgerFileOptions]]:
    ctx = Context(LedgerFileOptions(**options), Facts(records=kept, codes=Codes()), "gl07")
    read = examine(LEDGER_FILE, BytesIO(b"".join(written(records or invoices()))), ctx)
    return [Taken(str(item.line), item, Disposition(ItemState.TAKEN)) for item in read.items], ctx


def credit_with_tax(*codes: tuple[str, int]) -> list[dict[str, Any]]:
    """The worked credit of 300.00, of which some is tax."""
    party, line = (record for record in invoices() if record["voucher_type"] == "LC")
    net = 30000 - sum(pence for _, pence in codes)
    taxed = [
        {**line, "trans_type": "TX", "account": "B8900", "tax_code": code, "amount": pence,
         "cur_amount": pence, "account2": "I3100", "base_amount": net, "base_curr": net}
        for code, pence in codes
    ]  # fmt: skip
    return [dict(party), {**line, "amount": net, "cur_amount": net}, *taxed]


@pytest.mark.parametrize(
    ("taxes", "told"),
    [
        ({"STANDARD": 5000, "OUTSIDE": 0}, []),
        ({}, []),  # of an original that the hub did not send nobody knows it
        ({"STANDARD": 4999},
         ["LSC2600000018: all credits of LSC2500000911 come to 50.00, its tax of “STANDARD” is 49.99"]),
        ({"OUTSIDE": 0},
         ["LSC2600000018: all credits of LSC2500000911 come to 50.00, its tax of “STANDARD” is 0.00"]),
    ],
)  # fmt: skip
def test_the_tax_of_a_credit_is_within_that_of_its_original(taxes: dict[str, int], told: list[str]) -> None:
    kept, records = known(taxes=taxes), credit_with_tax(("S1", 5000))
    taken, ctx = found(kept, records, tax_codes="agresso_tax_codes")
    assert [one.message for check in CHECKS for one in check.run(taken, ctx)] == told
    (move,) = with_taxes(taken, ctx)
    own = {"gross": 30000, "taxes": {"STANDARD": 5000, "OUTSIDE": 0}}
    assert move.data["credits"] == {"LSC2600000018": own}


def test_without_a_map_of_tax_codes_nothing_is_said_of_tax() -> None:
    taken, ctx = found(known(taxes={"OUTSIDE": 0}), credit_with_tax(("S1", 5000)))
    assert [one for check in CHECKS for one in check.run(taken, ctx)] == []
    assert list(with_taxes(taken, ctx)) == []


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

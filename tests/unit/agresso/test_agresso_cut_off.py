"""The week that spans two periods, by days; vouchers that stop in batch input; write-offs of invoices."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from hub.api import Context, Facts, Item, Record, Taken
from plugins.agresso.document_checks import CREDIT_CHECKS
from plugins.agresso.document_life import reserves, sent_write_offs
from plugins.agresso.feeds import JOURNAL, WRITE_OFFS
from plugins.agresso.journal import journals
from plugins.agresso.records import records
from plugins.agresso.settings import LedgerOptions, WriteOffOptions
from plugins.agresso.write_offs import debt_is_still_open, write_offs
from plugins.agresso.writing import called, ledger_bytes, prove
from tests.unit.agresso.making import DAY, context, taken
from tests.unit.agresso.test_agresso_master import known

MONDAY, TUESDAY = date(2026, 9, 28), date(2026, 9, 29)
DAYS = {"value_day": "days", "accrued_accounts": ["I2100", "I2200"], "accrual_account": "B2500"}
WEEK = (("B1000", 100_01), ("I2100", -90_01), ("I2200", -10_00))


def week(on: date = TUESDAY) -> list[Taken]:
    data = ({"account": account, "cost_centre": "HRA", "description": "Rent"} for account, _ in WEEK)
    amounts = (pence for _, pence in WEEK)
    return taken(
        *(Item("JOURNAL", 1, "J1", pence, on, told) for told, pence in zip(data, amounts, strict=True))
    )


def sums(ctx: Context[Any], on: date = TUESDAY) -> dict[tuple[str, str], int]:
    """Pence by period and account, as the lines of the file say them."""
    found: dict[tuple[str, str], int] = {}
    for line in records((one.voucher for one in journals(week(on), ctx)), "B", ctx):
        place, pence = (str(line["period"]), str(line["account"])), line["amount"]
        assert isinstance(pence, int)
        found[place] = found.get(place, 0) + pence
    return found


def test_the_income_of_the_days_in_the_next_period_counts_there() -> None:
    """28 September to 4 October: four of seven days are October's; the debt is raised on the Monday."""
    assert sums(context(LedgerOptions, day=TUESDAY, **DAYS)) == {
        ("202606", "B1000"): 100_01, ("202606", "I2100"): -38_58, ("202606", "I2200"): -4_29,
        ("202606", "B2500"): -57_14, ("202607", "I2100"): -51_43, ("202607", "I2200"): -5_71,
        ("202607", "B2500"): 57_14,
    }  # fmt: skip


def test_each_voucher_balances_and_feedback_finds_the_journals_own_lines() -> None:
    ctx = context(LedgerOptions, day=TUESDAY, **DAYS)
    made = list(journals(week(), ctx))
    assert [one.voucher.balance for one in made] == [0, 0, 0]
    assert prove(ledger_bytes(made, "FHRENT260929001", ctx), ctx).records == 3 + 4 + 4
    assert called(made, "B", ctx)["id2"] == {"ext_ref": "id2", "line": "B/RJ/1/2"}


@pytest.mark.parametrize(
    ("on", "told"),
    [
        (date(2026, 9, 22), DAYS),
        (TUESDAY, {"value_day": "monday"}),
        (TUESDAY, {**DAYS, "accrued_accounts": ["I9"]}),
    ],
)
def test_a_week_within_a_period_or_posted_by_its_monday_is_one_voucher(
    on: date, told: dict[str, Any]
) -> None:
    assert {period for period, _ in sums(context(LedgerOptions, day=on, **told), on)} == {"202606"}


def test_days_need_the_accounts_that_are_accrued() -> None:
    with pytest.raises(ValueError, match="needs accrued_accounts"):
        context(LedgerOptions, value_day="days")


@pytest.mark.parametrize(("type", "told"), [("ZZPARK", "ZZPARK"), (None, "RJ")])
def test_what_the_lists_do_not_know_stops_in_batch_input_where_a_route_says_so(
    type: str | None, told: str
) -> None:
    kept, items = known("ACCOUNT,B1000", "ACCOUNT,I2100"), week(DAY)
    options = LedgerOptions(client="ZZ", park_voucher_type=type)
    ctx: Context[Any] = Context(
        options, Facts(today=DAY, records=kept), "", moment=context(LedgerOptions).moment
    )
    found = [(one.id, one.severity.name) for one in JOURNAL.checks for _ in one.run(items, ctx)]
    assert found == [("PARKED", "WARNING") if type else ("AGR09", "HOLD")]
    ledger = next(one for one in JOURNAL.outputs if one.name == "ledger")
    rendered = ledger.write(items, ctx)  # type: ignore[misc]
    assert {line[50:75].strip() for line in rendered.data.decode().splitlines()} == {told}
    assert rendered.called["id1"]["line"] == f"FHRENT261102001/{told}/1/1"


ACCOUNTS = {"debtors_account": "B1000", "provision_account": "B1500"}


def invoice(**data: Any) -> Record:
    told = {"gross": 50000, "number": "26004411", "line": "1", "customer": "900017", **data}
    return Record(kind="finance_document", key="LSC2600000017", state="POSTED", data=told)


def written_off(pence: int = -30000, number: str | None = "LSC2600000017", ref: str = "WO0003") -> Item:
    return Item("WRITE_OFF", 1, ref, pence, DAY, {"payment_ref": "1900000011", "invoice_no": number})


def found(ctx: Context[Any], *items: Item) -> list[str]:
    checks = (*CREDIT_CHECKS, debt_is_still_open)
    return [f"{one.id} {told.message}" for one in checks for told in one.run(taken(*items), ctx)]


def test_a_write_off_of_an_invoice_is_a_credit_of_the_customer_that_is_matched_to_it() -> None:
    ctx = context(WriteOffOptions, invoice(), **ACCOUNTS)
    assert found(ctx, written_off()) == []
    party, provision = records((one.voucher for one in write_offs(taken(written_off()), ctx)), "B", ctx)
    names = (
        "voucher_type",
        "trans_type",
        "amount",
        "apar_type",
        "apar_id",
        "ext_inv_ref",
        "voucher_ref",
        "sequence_ref",
    )
    assert [party[name] for name in names] == ["WO", "AR", -30000, "R", "900017", "WO0003", 26004411, 1]
    assert [provision[name] for name in names[:3]] == ["WO", "GL", 30000]
    assert (provision["account"], provision["tax_code"]) == ("B1500", "0")
    assert prove(ledger_bytes(write_offs(taken(written_off()), ctx), "B", ctx), ctx).records == 2


def test_a_write_off_of_rents_is_the_provision_against_the_debtors() -> None:
    ctx = context(WriteOffOptions, **ACCOUNTS)
    lines = list(records((one.voucher for one in write_offs(taken(written_off(number=None)), ctx)), "B", ctx))
    assert [(line["trans_type"], line["account"], line["amount"]) for line in lines] == [
        ("GL", "B1000", -30000), ("GL", "B1500", 30000),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("known", "items", "told"),
    [
        ([], [written_off()],
         ["WAITING_REF WO0003: invoice LSC2600000017 has no number in the financial system yet"]),
        ([invoice(rest=20000)], [written_off()],
         ["AGR15 WO0003: 300.00 is written off, 200.00 is open of LSC2600000017"]),
        ([invoice()], [written_off(), written_off(ref="WO0004")],
         ["AGR15 WO0004: all credits of LSC2600000017 come to 600.00, its gross is 500.00"]),
        ([invoice(credits={"LSC18": {"gross": 30000, "taxes": {}}})], [written_off()],
         ["AGR15 WO0003: all credits of LSC2600000017 come to 600.00, its gross is 500.00"]),
        ([invoice(customer=None)], [written_off()],
         ["AGR15 WO0003: whose LSC2600000017 is in the ledger is not known"]),
    ],
)  # fmt: skip
def test_no_more_is_written_off_than_is_open(known: list[Record], items: list[Item], told: list[str]) -> None:
    assert found(context(WriteOffOptions, *known, **ACCOUNTS), *items) == told


def test_what_is_written_off_is_reserved_and_known_from_then_on() -> None:
    ctx, (one, rents) = (
        context(WriteOffOptions, invoice()),
        taken(written_off(), written_off(number=None, ref="WO1")),
    )
    (move,) = reserves(one, ctx)
    assert move.data["credits"] == {"WO0003": {"gross": 30000, "taxes": {}}}
    (sent,) = sent_write_offs([one, rents], ctx)
    assert (sent.key, sent.data["original"]) == ("WO0003", "LSC2600000017")  # type: ignore[union-attr]
    assert list(reserves(rents, ctx)) == []
    assert {one.id for one in WRITE_OFFS.checks} >= {"AGR15", "WAITING_REF"}

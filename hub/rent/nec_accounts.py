"""NEC Housing's revenue accounts as a source of the register of rent accounts (rent system interface, 2.3).

46 columns without header or control total. The balance is that of the last statement: current ones come in an
extract of their own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from hub.checks.base import Context, Found, Tally, check
from hub.model import Chunk, Item, Level, Need, Row, format_pounds
from hub.rent.canonical import normal_reference
from hub.rent.nec import REVENUE_ACCOUNT


class NecAccountTally(Tally):
    """Counts accounts; no money moves. The extract says nothing of its own day."""

    def add(self, chunk: Chunk) -> None:
        self.records += len(chunk)

    def totals(self) -> Mapping[str, str | int]:
        return {"count": self.records, "value": format_pounds(0)}

    def business_date(self) -> date | None:
        today: date | None = self.ctx.facts.today
        return today


@check("E16", level=Level.RECORD, needs=(Need.CODES,), layouts=(REVENUE_ACCOUNT.name,))
def account_type_is_mapped(chunk: Chunk, tally: Tally, ctx: Context[Any]) -> Iterator[Found]:
    """Each of NEC's account types (ate_code) is in the code map that `account_types` names."""
    for row in chunk.rows():
        if _type(row, ctx) is None:
            message = f"ate_code {row['ate_code']} is not in {ctx.options.account_types} (E16)"
            yield Found(message, row.line, "ate_code")


@check("E20", level=Level.RECORD, layouts=(REVENUE_ACCOUNT.name,))
def account_ends_after_it_starts(chunk: Chunk, tally: Tally, ctx: Context[Any]) -> Iterator[Found]:
    """No account ends before it starts."""
    for row in chunk.rows():
        start, end = _read(row, "start_date"), _read(row, "end_date")
        if end is not None and end < start:
            yield Found(f"end_date {end} is before start_date {start}", row.line, "end_date")


def nec_account_items(chunk: Chunk, tally: Tally, ctx: Context[Any]) -> Iterator[Item]:
    """One ACCOUNT a row. An account with an end date has ended when that day has passed."""
    on = tally.business_date()
    for row in chunk.rows():
        start = _read(row, "start_date")
        day = on or start
        yield Item("ACCOUNT", row.line, reference_of(row, ctx), 0, day, _open_values(row, ctx, day))


def reference_of(row: Row, ctx: Context[Any]) -> str:
    """As people quote it: with the check digit, where the council's quote it so and NEC holds it apart."""
    digit = row["check_digit"].strip() if ctx.options.with_check_digit else ""
    return normal_reference(row["pay_ref"]) + digit


def _open_values(row: Row, ctx: Context[Any], day: date) -> Mapping[str, str | int | None]:
    end, balance = _read(row, "end_date"), _read(row, "statement_bal")
    return {
        "tenancy_ref": normal_reference(row["tcy_alt_ref"]) or None,
        "account_type": _type(row, ctx) or "MAIN",
        "rent_group": row["aun_code"].strip(),
        "status": "ENDED" if end is not None and end <= day else "ACTIVE",
        "tenure_type": None,
        "start_date": _read(row, "start_date").isoformat(),
        "end_date": end.isoformat() if end else None,
        "balance": balance,
        "claim_ref": normal_reference(row["hb_claim_no"]) or None,
        "alt_ref": normal_reference(row["alt_ref"]) or None,
        "hold_kind": None,
        "hold_until": None,
    }


def _type(row: Row, ctx: Context[Any]) -> str | None:
    """The hub's type of account; None while NEC's is unmapped."""
    codes, day = ctx.facts.codes, ctx.facts.today or _read(row, "start_date")
    return codes.value(ctx.options.account_types, row["ate_code"].strip(), day) if codes else None


def _read(row: Row, name: str) -> Any:
    return REVENUE_ACCOUNT.field(name).kind.read(row[name])


NEC_ACCOUNT_CHECKS = (account_type_is_mapped, account_ends_after_it_starts)

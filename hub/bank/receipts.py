"""`bank.receipts`: statements of the council's bank accounts, whose lines money files are compared with.

Three formats that say the same: `hub.bank.mt940`, `hub.bank.camt053` and this project's own
`bank-lines-csv1`. Nothing goes out because of a statement: each line lives on as a record
(`hub.bank.records`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from hub.bank.camt053 import Camt053
from hub.bank.checks import STATEMENT_CHECKS
from hub.bank.layouts import AMOUNT, DAY
from hub.bank.lines_csv import LinesCsv
from hub.bank.matching import LINE, OPEN
from hub.bank.mt940 import Mt940
from hub.bank.options import ReceiptOptions
from hub.bank.records import ACCOUNT, KNOWN, OTHER
from hub.bank.statements import StatementTally, place_name, place_of, same_line
from hub.checks.base import Context
from hub.door.feed import Feed
from hub.door.lifecycle import Lookup
from hub.model import Chunk, Direction, Item, Move, Row, Taken

CREDIT, DEBIT, STATEMENT = "BANK_CREDIT", "BANK_DEBIT", "BANK_STATEMENT"
PERSONAL = ("reference", "payer", "text")


def lines_and_pages(chunk: Chunk, tally: StatementTally, ctx: Context[ReceiptOptions]) -> Iterator[Item]:
    """One item a booked line: negative when money came in, as everywhere; and one a page, that moves none."""
    for row in chunk.rows():
        account = ctx.options.account_of(row["account"])
        if account is None:
            continue
        if chunk.layout.name == "page":
            yield from _page(row, account, tally)
        elif row["is_booked"] == "Y":
            yield _line(row, account, ctx.options)


def _line(row: Row, account: str, options: ReceiptOptions) -> Item:
    pence = AMOUNT.read(row["amount"])
    money = options.money_of(*(row[name] for name in PERSONAL))
    return Item(
        kind=DEBIT if pence < 0 else CREDIT,
        line=row.line,
        reference=f"{place_name(account, place_of(row))}/{row['number']}",
        amount=-pence,
        on=DAY.read(row["booked"]),
        data={
            "account": account,
            "money": money,
            "within": options.money[money].file_within if money else None,
            "valued": row["valued"] or None,
            "bank_kind": row["kind"] or None,
            "bank_reference": row["bank_reference"] or None,
            "reversal": row["reversal"] == "Y",
            "part": row["part"] or None,
        },
        personal={name: row[name] for name in PERSONAL if row[name]},
    )


def _page(row: Row, account: str, tally: StatementTally) -> Iterator[Item]:
    """Where no balance is told there is nothing to carry on from."""
    day = row["closing_day"] or (tally.latest.isoformat() if tally.latest else "")
    if not day:
        return
    closing = AMOUNT.read(row["closing"]) if row["closing"] else None
    data = {"account": account, "year": row["year"], "statement": row["statement"], "closing": closing}
    final = {"final": row["closed"] != "M"}
    yield Item(STATEMENT, row.line, place_name(account, place_of(row)), 0, DAY.read(day), {**data, **final})


def moves(taken: Taken, ctx: Context[Any]) -> Iterator[Move]:
    """A line is made; the account is as the last page leaves it."""
    item = taken.item
    if item.kind == STATEMENT:
        names = ("year", "statement", "closing", "final")
        told = {name: item.data[name] for name in names}
        key = str(item.data["account"])
        yield Move(kind=ACCOUNT, key=key, to=KNOWN, data={**told, "on": item.on.isoformat()})
        return
    money = item.data["money"]
    line: dict[str, Any] = {**item.data, "on": item.on.isoformat(), "covers": {}}
    line |= {"amount": -item.amount, "left": -item.amount}
    yield Move(kind=LINE, key=item.reference, to=OPEN if money else OTHER, data=line, personal=item.personal)


def named_accounts(item: Item) -> Iterable[str]:
    return (str(item.data["account"]),)


RECEIPTS = Feed(
    name="bank.receipts",
    title="Statements of the council's bank accounts",
    direction=Direction.IN,
    formats={"mt940": Mt940(), "camt053": Camt053(), "bank-lines-csv1": LinesCsv()},
    tally=StatementTally,
    options=ReceiptOptions,
    checks=STATEMENT_CHECKS,
    items=lines_and_pages,
    item_key=same_line,
    looks_up=(Lookup(ACCOUNT, keys=named_accounts), Lookup(LINE, keys=lambda item: (item.reference,))),
    moves=moves,
    personal_data=PERSONAL,
)

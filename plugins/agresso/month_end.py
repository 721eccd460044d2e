"""What finance and rents go through at a month's end: each voucher and what became of it, what moved each
account by week and kind, and what was received and is not invoiced yet.

Source: formats page agresso.md, sections 9.4, 10.1, 10.4 and 10.7.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from hub.api import Day, Digits, Layout, Pounds, Report, Reported, Text, column
from plugins.agresso.feedback import FEED
from plugins.agresso.feedback_layout import POSTED, REJECTED
from plugins.agresso.invoice_match import received_of
from plugins.agresso.orders import ORDER_KIND
from plugins.agresso.reports import AMENDED, SOURCES, UNKNOWN, lines

TEXT, MONEY, COUNT, DAY = Text(), Pounds(), Digits(), Day("%Y-%m-%d")
PART_POSTED, UNRECONCILED = "PART_POSTED", "UNRECONCILED"
TOTAL = "TOTAL"
Row = Mapping[str, Any]

VOUCHERS = Layout(
    "vouchers",
    (
        column("kind", TEXT),
        column("reference", TEXT, required=False),
        column("date", DAY, required=False),
        column("lines", COUNT),
        column("outcome", TEXT),
        column("sent", MONEY),
        column("posted", MONEY),
        column("difference", MONEY),
        column("unknown", COUNT),
        column("number", TEXT, required=False),
        column("period", TEXT, required=False),
    ),
)
MOVEMENTS = Layout(
    "movements",
    (
        column("account", TEXT, required=False),
        column("week", DAY, required=False),
        column("kind", TEXT),
        column("lines", COUNT),
        column("sent", MONEY),
        column("posted", MONEY),
        column("difference", MONEY),
        column("unknown", COUNT),
    ),
)
ACCRUALS = Layout(
    "accruals",
    (
        column("order_id", TEXT),
        column("line_no", TEXT),
        column("supplier", TEXT, required=False),
        column("received", MONEY),
        column("invoiced", MONEY),
        column("accrual", MONEY),
    ),
)


def vouchers(reported: Reported) -> Iterator[Row]:
    """One row for each voucher that left in the period, and one of all. Sums are of debits; of a document,
    its gross."""
    of_all = list(lines(reported))
    for (kind, reference), rows in grouped(of_all, "kind", "voucher"):
        numbers, periods = ({str(row[name]) for row in rows if row[name]} for name in ("number", "period"))
        yield {
            "kind": kind,
            "reference": reference,
            "date": min(row["date"] for row in rows),
            "outcome": _outcome({row["outcome"] for row in rows}),
            "number": ", ".join(sorted(numbers)) or None,
            "period": ", ".join(sorted(periods)) or None,
            **_sums(rows, _debits),
        }
    if of_all:
        outcome = _outcome({row["outcome"] for row in of_all})
        sums = [_sums(rows, _debits) for _, rows in grouped(of_all, "kind", "voucher")]
        added = {name: sum(one[name] for one in sums) for name in ("sent", "posted", "difference")}
        counted = {name: str(sum(int(one[name]) for one in sums)) for name in ("lines", "unknown")}
        yield {"kind": TOTAL, "reference": "", "date": None, "outcome": outcome, **added, **counted}


def _outcome(outcomes: set[str]) -> str:
    """Of a voucher by its lines: while one is unknown or waits there it is not reconciled."""
    if len(outcomes) == 1:
        only = outcomes.pop()
        return UNRECONCILED if only not in (POSTED, REJECTED, AMENDED) else only
    if outcomes <= {POSTED, AMENDED}:
        return AMENDED
    return PART_POSTED if outcomes <= {POSTED, AMENDED, REJECTED} else UNRECONCILED


def movements(reported: Reported) -> Iterator[Row]:
    """What moved each account, by the Monday of its week and the kind of voucher, and each account in all.
    Accounts are those that the source names; of documents and write-offs none: it is the control account."""
    weekly = [{**row, "week": _monday(row["date"])} for row in lines(reported)]
    weekly.sort(key=lambda row: (row["sent_account"] or "", row["week"], row["kind"]))
    for account, rows in groupby(weekly, key=lambda row: row["sent_account"]):
        of_account = list(rows)
        for (week, kind), some in grouped(of_account, "week", "kind"):
            yield {"account": account, "week": week, "kind": kind, **_sums(some, _net)}
        yield {"account": account, "week": None, "kind": TOTAL, **_sums(of_account, _net)}


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def grouped(rows: Iterable[Row], *names: str) -> Iterator[tuple[tuple[Any, ...], list[Row]]]:
    """Rows that say the same, wherever they stand, in the order of the first of each."""
    found: dict[tuple[Any, ...], list[Row]] = {}
    for row in rows:
        found.setdefault(tuple(row[name] for name in names), []).append(row)
    yield from found.items()


def _net(rows: Sequence[Row], name: str) -> int:
    return sum(row[name] or 0 for row in rows)


def _debits(rows: Sequence[Row], name: str) -> int:
    """A single line is a document's."""
    return sum(row[name] or 0 for row in rows if len(rows) == 1 or (row[name] or 0) > 0)


def _sums(rows: Sequence[Row], add: Any) -> dict[str, Any]:
    sent, posted = add(rows, "sent"), add(rows, "posted")
    unknown = sum(row["outcome"] == UNKNOWN for row in rows)
    told = {"sent": sent, "posted": posted, "difference": posted - sent}
    return {"lines": str(len(rows)), **told, "unknown": str(unknown)}


def accruals(reported: Reported) -> Iterator[Row]:
    """Each line of an order of which more was received than invoiced: pounds net, at cost."""
    for order in reported.records[ORDER_KIND]:
        for number, line in sorted(order.data.get("lines", {}).items()):
            received, invoiced = received_of(order, number, line), int(line.get("invoiced") or 0)
            if received > invoiced:
                yield {
                    "order_id": order.key,
                    "line_no": number,
                    "supplier": order.data.get("supplier"),
                    "received": received,
                    "invoiced": invoiced,
                    "accrual": received - invoiced,
                }


REPORTS = (
    Report(
        name="agresso.vouchers",
        title="Voucher by voucher: what was sent to the ledger, and what became of it",
        layout=VOUCHERS,
        rows=vouchers,
        feeds=(*SOURCES, FEED),
        dated=False,
    ),
    Report(
        name="agresso.month_end",
        title="What moved each account, by week and kind of voucher: as sent and as posted",
        layout=MOVEMENTS,
        rows=movements,
        feeds=(*SOURCES, FEED),
        dated=False,
    ),
    Report(
        name="agresso.accruals",
        title="What was received of orders and is not invoiced yet",
        layout=ACCRUALS,
        rows=accruals,
        records=(ORDER_KIND,),
    ),
)

"""Who joins and leaves contents insurance and service contracts, and what they paid (`rent.insurance`,
`rent.services`). The rent system collects it with the rent, and the council owes it to the partner."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from functools import partial
from typing import Any

from hub.checks.base import Context
from hub.door.feed import Output
from hub.formats.delimited import Delimited
from hub.formats.layout import Layout, column
from hub.formats.types import Matching, Pounds
from hub.model import Rendered, Taken, format_pounds
from hub.rent.canonical import CODE, FREQUENCY, drawn
from hub.rent.exports.columns import Number, address, code, day, names, pounds, ref
from hub.rent.exports.feed import Export, sent_on
from hub.rent.exports.partner_layout import options_for, written
from hub.rent.exports.record_type import RecordType
from hub.rent.exports.rules import given_when

JOIN, LEAVE, CHANGE, PREMIUM = "JOIN", "LEAVE", "CHANGE", "PREMIUM"
EVENTS = (JOIN, LEAVE, CHANGE, PREMIUM)
TOTALS = Layout(
    "total",
    (
        column("service_code", CODE),
        column("month", Matching("[0-9]{4}-[0-9]{2}", expected="a month as YYYY-MM")),
        column("contracts", Number(1, 9_999_999)),
        column("amount", Pounds()),
    ),
)
TOTALS_FILE = Delimited([TOTALS], header=True)


def contract(name: str, what: str) -> RecordType:
    return RecordType(
        name=name,
        about=f"somebody joins, leaves or changes {what}, or was charged for it",
        columns=(
            code("event", *EVENTS),
            ref("contract_ref"),
            ref("payment_ref"),
            *names(required=False),
            *address(),
            code("service_code", note="what is agreed: the cover, the service"),
            pounds("cover", required=False, note="the sum insured, where there is one"),
            pounds("rate", required=False, note="what it costs by its frequency"),
            code("frequency", *FREQUENCY.values, required=False),
            pounds("amount", required=False, note="PREMIUM: what was charged, a credit negative"),
            day("effective_date"),
        ),
        reference="contract_ref",
        account="payment_ref",
        kinds="event",
        amount="amount",
        on="effective_date",
        key=("contract_ref", "event", "effective_date"),
        rules=(
            given_when("event", (JOIN,), "surname", "address1", "rate", "frequency"),
            given_when("event", (PREMIUM,), "amount"),
        ),
    )


def write_totals(carried: Sequence[Taken], ctx: Context[Any], *, of: str) -> Rendered:
    """What the partner is owed: a row for each kind of contract and month. `of`: the record type."""
    sums: dict[tuple[str, str], list[int]] = defaultdict(list)
    for one in carried:
        sums[str(one.item.data["service_code"]), f"{one.item.on:%Y-%m}"].append(one.item.amount)
    rows = [
        {"service_code": what, "month": month, "contracts": len(some), "amount": sum(some)}
        for (what, month), some in sorted(sums.items())
    ]
    data = TOTALS_FILE.encode(TOTALS_FILE.write_row(TOTALS, row) for row in rows)
    value = format_pounds(sum(one.item.amount for one in carried))
    name = f"{of}_totals_{drawn(ctx).business_date:%Y%m%d}.csv"
    return Rendered(name, data, {"count": len(carried), "value": value})


def write_members(carried: Sequence[Taken], ctx: Context[Any], *, record: RecordType) -> Rendered:
    """Who joins, leaves and is charged, in the partner's own columns."""
    data = written((one.item for one in carried), record, ctx.options)
    name = ctx.options.name_of(record.name, drawn(ctx).business_date)
    return Rendered(name, data, {"count": len(carried), "columns": len(ctx.options.columns)})


def _as_received(ctx: Context[Any]) -> bool:
    """Unless the route says in which columns the partner takes it."""
    return not ctx.options.columns


def _contracts(name: str, title: str, record: RecordType) -> Export:
    """Once it is checked, the file goes on as it came or in the partner's columns; what was charged is summed
    up for who pays for it."""
    outputs = (
        Output("members", takes=EVENTS, forward=_as_received, write=partial(write_members, record=record)),
        Output("totals", takes=(PREMIUM,), write=partial(write_totals, of=record.name)),
    )
    return sent_on(name, title, record, outputs, options=options_for(record))


INSURANCE = _contracts(
    "rent.insurance",
    "Contents insurance: who joins and leaves, and the premiums",
    contract("INSURE", "contents insurance"),
)
SERVICES = _contracts(
    "rent.services",
    "Service contracts: who joins and leaves, and the charges",
    contract("SERVICE", "a service contract"),
)

"""The financial system's own lists (agr-master, this project's own layout): accounts with their rules,
periods, customers with their numbers, and the codes of its other lists. By them what leaves is checked.

    kind:  ACCOUNT, PERIOD, CUSTOMER, DIMENSION, TAX_CODE, VOUCHER_TYPE, PAY_METHOD, SUPPLIER
    value: the account, the period YYYYPP, the customer's number, the code; status: N active or open, C closed
    rule:  of an account, seven letters for dim_1 to dim_7 (M must be filled, O may be, B must be blank),
           then, if its tax code is fixed or forbidden, a blank and that code or a hyphen; of a period, the
           ledgers that are closed already (gl ar ap); of a value of a dimension, which one (dim_1)
    first, last: of a period; ext_ref: of a customer, the source's reference

Source: formats page agresso.md, sections 1, 3.6 and 9.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from hub.api import PARTY, Chunk, Context, Found, Item, Level, Lookup, Move, Options, Taken, check
from plugins.agresso.feedback_layout import MASTER, FeedbackTally
from plugins.agresso.master import ACCOUNT, ACTIVE, CLOSED, CODE, COPY, VALUE
from plugins.agresso.periods import PERIOD

Data = Mapping[str, Any]
DIMENSIONS = [f"dim_{number}" for number in range(1, 8)]
FEED, ENTRY = "agresso.master_data", "MASTER_DATA"
LEDGERS = ("gl", "ar", "ap")
_RULE = re.compile(r"[MOB]{7}(?: (-|[A-Z0-9]{1,25}))?")


def entries(chunk: Chunk, tally: FeedbackTally, ctx: Context[Options]) -> Iterator[Item]:
    for row in chunk.rows() if chunk.layout is MASTER else ():
        data: dict[str, Any] = {name: row[name] or None for name in chunk.columns}
        data["entry"] = data.pop("kind")
        yield Item(ENTRY, row.line, row["value"], 0, date.fromisoformat(row["as_at"]), data)


@check("AGR-MASTER", level=Level.RECORD, layouts=("agr-master",))
def entries_are_whole(chunk: Chunk, tally: FeedbackTally, ctx: Context[Options]) -> Iterator[Found]:
    """A period says from when to when it is, a customer which the source's reference is, the value of a
    dimension of which one, and the rule of an account has seven letters M, O or B, if it has one."""
    for row in chunk.rows():
        kind, rule = row["kind"], row["rule"].strip()
        if kind == "PERIOD" and not (row["first"] and row["last"] and row["first"] <= row["last"]):
            yield Found(f"period {row['value']} does not say from when to when it is", row.line, "first")
        elif kind == "PERIOD" and not set(rule.lower().split()) <= set(LEDGERS):
            yield Found("the ledgers of a period are gl, ar and ap", row.line, "rule")
        elif kind == "ACCOUNT" and rule and not _RULE.fullmatch(rule):
            told = "the rule of an account is seven letters M, O or B, and perhaps its tax code"
            yield Found(told, row.line, "rule")
        elif kind == "DIMENSION" and rule not in DIMENSIONS:
            yield Found("the value of a dimension does not say of which (dim_1 to dim_7)", row.line, "rule")
        elif kind == "CUSTOMER" and not row["ext_ref"].strip():
            yield Found("the customer's reference is blank", row.line, "ext_ref")


def moves(one: Taken, ctx: Context[Options]) -> Iterator[Move]:
    data = one.item.data
    what, active = str(data["entry"]), data["status"] == "N"
    if what == "ACCOUNT":
        yield from _account(data, active)
    elif what == "PERIOD":
        yield _period(data, active)
    elif what == "CUSTOMER":
        yield from _customer(str(data["ext_ref"]), str(data["value"]), active, ctx)
    if what not in ("ACCOUNT", "PERIOD"):
        yield _code(what, data, active)
    if what != "PERIOD":
        yield from _copied(str(data["rule"] if what == "DIMENSION" else what), data, ctx)


def _account(data: Data, active: bool) -> Iterator[Move]:
    letters, _, tax = str(data["rule"] or "O" * 7).partition(" ")
    rule = {f"dim_{place}": flag for place, flag in enumerate(letters, start=1)}
    told = {"client": data["client"], "value": data["value"], "tax": tax or None, **rule}
    key = f"{data['client']}/{data['value']}"
    yield Move(kind=ACCOUNT, key=key, to=ACTIVE if active else CLOSED, data=told)


def _period(data: Data, active: bool) -> Move:
    closed = {f"{name}_closed": name in (data["rule"] or "").lower().split() for name in LEDGERS}
    told = {"client": data["client"], "period": data["value"], "first": data["first"], "last": data["last"]}
    key = f"{data['client']}/{data['value']}"
    return Move(kind=PERIOD, key=key, to="OPEN" if active else CLOSED, data={**told, **closed})


def _code(what: str, data: Data, active: bool) -> Move:
    """Values of dimensions, suppliers and customers, which are many, are found by the value alone."""
    client, value, state = data["client"], str(data["value"]), ACTIVE if active else CLOSED
    if what in ("TAX_CODE", "VOUCHER_TYPE", "PAY_METHOD"):
        return Move(kind=CODE, key=f"{client}/{what}/{value}", to=state)
    list_name = data["rule"] if what == "DIMENSION" else what
    return Move(kind=VALUE, key=value, to=ACTIVE, data={f"{client}/{list_name}": state})


def _copied(list_name: str, data: Data, ctx: Context[Options]) -> Iterator[Move]:
    """How new the copy of a list is; once a copy."""
    key = f"{data['client']}/{list_name}"
    known = ctx.facts.records.get(COPY, key) if ctx.facts.records else None
    if known is None or known.data["as_of"] < data["as_at"]:
        yield Move(kind=COPY, key=key, to=ACTIVE, data={"as_of": data["as_at"]})


def _customer(reference: str, number: str, active: bool, ctx: Context[Options]) -> Iterator[Move]:
    """A closed one that was never known stays unknown."""
    known = ctx.facts.records.get(PARTY, reference) if ctx.facts.records else None
    if active:
        yield Move(kind=PARTY, key=reference, to="KNOWN", data={"number": number})
    elif known is not None and known.state == "KNOWN":
        yield Move(kind=PARTY, key=reference, to="ENDED")


def _customers(item: Any) -> list[str]:
    return [str(item.data["ext_ref"])] if item.data["entry"] == "CUSTOMER" else []


LOOKS_UP = (Lookup(PARTY, keys=_customers), Lookup(COPY))

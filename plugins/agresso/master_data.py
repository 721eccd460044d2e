"""The financial system's own lists (agr-master, this project's own layout): accounts with their rules,
periods, customers with their numbers. A picture of records, by which what leaves is checked.

    value: the account, the period YYYYPP, the customer's number; status: N active or open, C closed
    rule:  of an account, seven letters for dim_1 to dim_7 (M must be filled, O may be, B must be blank); of a
           period, the ledgers that are closed already (gl ar ap)
    first, last: of a period; ext_ref: of a customer, the source's reference

Source: formats page agresso.md, sections 1, 3.6 and 9.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from hub.api import PARTY, Chunk, Context, Found, Item, Level, Lookup, Move, Options, Taken, check
from plugins.agresso.feedback_layout import MASTER, FeedbackTally
from plugins.agresso.master import ACCOUNT
from plugins.agresso.periods import PERIOD

FEED, ENTRY = "agresso.master_data", "MASTER_DATA"
LEDGERS = ("gl", "ar", "ap")


def entries(chunk: Chunk, tally: FeedbackTally, ctx: Context[Options]) -> Iterator[Item]:
    for row in chunk.rows() if chunk.layout is MASTER else ():
        data: dict[str, Any] = {name: row[name] or None for name in chunk.columns}
        data["entry"] = data.pop("kind")
        yield Item(ENTRY, row.line, row["value"], 0, date.fromisoformat(row["as_at"]), data)


@check("AGR-MASTER", level=Level.RECORD, layouts=("agr-master",))
def entries_are_whole(chunk: Chunk, tally: FeedbackTally, ctx: Context[Options]) -> Iterator[Found]:
    """A period says from when to when it is, a customer which the source's reference is, and the rule of an
    account has seven letters M, O or B, if it has one."""
    for row in chunk.rows():
        kind, rule = row["kind"], row["rule"].strip()
        if kind == "PERIOD" and not (row["first"] and row["last"] and row["first"] <= row["last"]):
            yield Found(f"period {row['value']} does not say from when to when it is", row.line, "first")
        elif kind == "PERIOD" and not set(rule.lower().split()) <= set(LEDGERS):
            yield Found("the ledgers of a period are gl, ar and ap", row.line, "rule")
        elif kind == "ACCOUNT" and rule and (len(rule) != 7 or not set(rule) <= set("MOB")):
            yield Found("the rule of an account is seven letters M, O or B", row.line, "rule")
        elif kind == "CUSTOMER" and not row["ext_ref"].strip():
            yield Found("the customer's reference is blank", row.line, "ext_ref")


def moves(one: Taken, ctx: Context[Options]) -> Iterator[Move]:
    data = one.item.data
    key, active = f"{data['client']}/{data['value']}", data["status"] == "N"
    if data["entry"] == "ACCOUNT":
        rule = {f"dim_{place}": flag for place, flag in enumerate(data["rule"] or "O" * 7, start=1)}
        told = {"client": data["client"], "value": data["value"], "as_of": data["as_at"], **rule}
        yield Move(kind=ACCOUNT, key=key, to="ACTIVE" if active else "CLOSED", data=told)
    elif data["entry"] == "PERIOD":
        closed = {f"{name}_closed": name in (data["rule"] or "").lower().split() for name in LEDGERS}
        told = {
            "client": data["client"],
            "period": data["value"],
            "first": data["first"],
            "last": data["last"],
        }
        yield Move(kind=PERIOD, key=key, to="OPEN" if active else "CLOSED", data={**told, **closed})
    else:
        yield from _customer(str(data["ext_ref"]), str(data["value"]), active, ctx)


def _customer(reference: str, number: str, active: bool, ctx: Context[Options]) -> Iterator[Move]:
    """A closed one that was never known stays unknown."""
    known = ctx.facts.records.get(PARTY, reference) if ctx.facts.records else None
    if active:
        yield Move(kind=PARTY, key=reference, to="KNOWN", data={"number": number})
    elif known is not None and known.state == "KNOWN":
        yield Move(kind=PARTY, key=reference, to="ENDED")


def _customers(item: Any) -> list[str]:
    return [str(item.data["ext_ref"])] if item.data["entry"] == "CUSTOMER" else []


LOOKS_UP = (Lookup(PARTY, keys=_customers),)

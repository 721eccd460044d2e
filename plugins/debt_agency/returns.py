"""Debts that an agency gives back (RTN), and what becomes of each. Source: debt_agency.md, section 3.8."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from hub.api import (
    Context,
    Disposition,
    Found,
    Item,
    ItemState,
    Level,
    Move,
    Need,
    Record,
    SentItem,
    Severity,
    Taken,
    check,
    format_pounds,
)
from plugins.debt_agency.events import holds_told, placements_are_known
from plugins.debt_agency.exceptions import exception
from plugins.debt_agency.holds import EVERY
from plugins.debt_agency.placements import (
    CLOSED,
    HELD,
    OF_THE_ITEM,
    PAID,
    PLACEMENT,
    RECALL_PENDING,
    RECALLED,
    RETURNED,
    SETTLED,
    placement_of,
)
from plugins.debt_agency.plans import Placed, plan_for

Options = Context[Any]
ITEM = "RETURN"
LOOKS_UP = (OF_THE_ITEM, *EVERY)
ROUTING = {
    "PIF": "close",
    "SIF": "close where a settlement was agreed to; the rest to the write-off queue",
    "GNA": "in-house trace, or the next agency",
    "DEC": "letter to the executor, claim on the estate",
    "INS": "lodge a proof of debt",
    "BSP": "keep it placed and on hold",
    "DIS": "the rents team answers the dispute",
    "UNC": "the write-off queue, or the next agency",
    "UNE": "the write-off queue",
    "VUL": "in-house support",
    "PRI": "hold until release",
    "ABR": "the rents team decides",
    "SBL": "no court action; the write-off queue",
    "RCL": "close",
    "EXP": "the next agency",
    "DUP": "close",
    "ERR": "close, with an apology",
}
"""What usually becomes of what came back."""

HOLDS = {"DEC": "DECEASED", "INS": "INSOLVENT", "BSP": "BREATHING_SPACE", "VUL": "VULNERABLE"}
"""Returns for which collection stops, by the status that says so."""

CLOSES = {"PIF": PAID, "SIF": SETTLED, "RCL": RECALLED, "DUP": RETURNED}
"""Returns after which nothing more is to be done, by what the placement is until then."""


def match(item: Item, ctx: Options, sent: SentItem | None) -> Disposition:
    placement = placement_of(item, ctx.facts)
    account = placement.account if placement else None
    if placement is not None and (placement.data.get("closed") or {}).get("code") == item.data["close_code"]:
        return Disposition(ItemState.DUPLICATE, account, "an earlier file told it already")
    return Disposition(ItemState.NOTED, account)


@check("DA-16", level=Level.CROSS, severity=Severity.WARNING, needs=(Need.RECORDS,))
def final_balances_agree(taken: Sequence[Taken], ctx: Options) -> Iterator[Found]:
    """What is left of a debt is, to the penny, what the hub reckons; a debt that is paid in full has nothing
    left. The closure stands, and somebody is asked."""
    for one in taken:
        placement = placement_of(one.item, ctx.facts)
        expected = _expected(one.item, placement)
        if placement is not None and one.item.data["final_balance"] != expected:
            told = f"final_balance is {format_pounds(int(one.item.data['final_balance']))}"
            yield Found(told, one.item.line, "final_balance", format_pounds(expected))


def _expected(item: Item, placement: Record | None) -> int:
    return 0 if item.data["close_code"] == "PIF" or placement is None else int(placement.data["balance"])


def moves(one: Taken, ctx: Options) -> Iterator[Move]:
    placement = placement_of(one.item, ctx.facts)
    if placement is None:
        return
    item, code = one.item, str(one.item.data["close_code"])
    closed = {"code": code, "on": item.on.isoformat(), "balance": item.data["final_balance"]}
    if code in HOLDS:
        yield from holds_told(HOLDS[code], placement, item.on, ctx.facts)
    yield from _differences(one, placement, ctx)
    yield from _ended(code, closed, placement)


def _ended(code: str, closed: dict[str, Any], placement: Record) -> Iterator[Move]:
    """Where both sides ended it, the later word counts and both are shown (`closed`, `recalled_for`)."""
    reason = f"the agency gives it back ({code})"

    def to(state: str | None) -> Move:
        return Move(kind=PLACEMENT, key=placement.key, to=state, data={"closed": closed}, reason=reason)

    if code == "BSP":
        yield to(HELD if placement.state != RECALL_PENDING else None)
    elif placement.state == RECALLED:
        yield to(CLOSED)
    elif code in CLOSES:
        yield to(CLOSES[code])
        yield to(CLOSED)
    else:
        yield to(RETURNED)


def _may_forgo(item: Item, placement: Record, ctx: Options) -> bool:
    """Whether the agency may settle for so much less without asking (`settlement_percent`)."""
    told = placement.data
    if not told.get("placed_on"):
        return False
    placed = Placed.of(told, date.fromisoformat(str(told["placed_on"])))
    plan = plan_for(ctx.options.contract, placed, item.on)
    most = plan.settlement_percent if plan is not None else 0
    return int(item.data["final_balance"]) * 100 <= most * int(told["total_due"])


def _differences(one: Taken, placement: Record, ctx: Options) -> Iterator[Move]:
    item, code = one.item, str(one.item.data["close_code"])
    left, expected = int(item.data["final_balance"]), _expected(item, placement)
    if left != expected:
        says = (
            f"{placement.data['agency']} gives {placement.key} back with {format_pounds(left)}, "
            f"and expected is {format_pounds(expected)}."
        )
        yield exception(
            f"{placement.key}/returned", "FINAL_BALANCE_DIFF", says, placement, told=left, known=expected
        )
    if code == "SIF" and not item.data["evidence_ref"] and not _may_forgo(item, placement, ctx):
        says = f"{placement.data['agency']} settled {placement.key} for less, and quotes no authority for it."
        yield exception(f"{placement.key}/settled", "SETTLED_UNASKED", says, placement)
    if placement.state in (RECALL_PENDING, RECALLED) and code != "RCL":
        says = (
            f"{placement.data['agency']} gave {placement.key} back ({code}, {item.on}) while it was being "
            f"recalled ({placement.data.get('recalled_for')}): the two crossed."
        )
        yield exception(
            f"{placement.key}/crossed",
            "CROSSED",
            says,
            placement,
            agency={"what": code, "on": item.on.isoformat()},
            council=placement.data.get("action"),
        )


CHECKS = (placements_are_known, final_balances_agree)

"""From an Input report to answers: the records that Bacs did not take as they were sent, and its silence
about the others.

Source: formats page bacs.md, section 6.4.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from hub.api import Answered, Answers, Chunk, Context, Disposition, Item, ItemState, On, Rest, Row, SentItem
from plugins.bacs.input_report import InputTally, error_type, pence, plain, report_is_ours
from plugins.bacs.layouts import INPUT_ERROR
from plugins.bacs.settings import InputReportOptions


def error_items(chunk: Chunk, tally: InputTally, ctx: Context[InputReportOptions]) -> Iterator[Item]:
    """One INPUT_ERROR a listed error. None from a report that is for somebody else."""
    if chunk.layout is not INPUT_ERROR or _of_somebody_else(tally, ctx):
        return
    for row in chunk.rows():
        yield _error(row, ctx.options)


def _of_somebody_else(tally: InputTally, ctx: Context[InputReportOptions]) -> bool:
    return report_is_ours.obstacle(ctx) is None and any(report_is_ours.run(tally, ctx))


def _error(row: Row, options: InputReportOptions) -> Item:
    data: dict[str, str | int | bool | None] = {
        "type": error_type(row),
        "text": plain(row["text"]) if row["text"].strip() else None,
        "outcome": options.error_types.get(error_type(row)),
        "amount_told": bool(row["amount"].strip()),
    }
    amount, on = pence(row["amount"]), date.fromisoformat(row["day"])
    return Item("INPUT_ERROR", row.line, row["reference"].strip(), amount, on, data)


def _reference(item: Item) -> str | None:
    return item.reference or None


def _same_amount(item: Item, sent: SentItem) -> bool:
    return item.data["amount_told"] is True and item.amount == sent.amount


def _no_amount(item: Item, sent: SentItem) -> bool:
    return item.data["amount_told"] is False


def match_error(item: Item, ctx: Context[Any], sent: SentItem | None) -> Disposition:
    """Noted for the record that it names. Which one is meant is never guessed."""
    if sent is not None:
        return Disposition(ItemState.NOTED, account=sent.account, answers=sent.id)
    if ctx.facts.sent is not None:
        return Disposition(ItemState.HELD, reason="names no one record that was sent (NOT_SENT)")
    return Disposition(ItemState.NOTED, reason="not compared with what was sent (NOT_COMPARED)")


def says(item: Item) -> Answered:
    """What Bacs made of the record."""
    return Answered.AMENDED if item.data["outcome"] == "amended" else Answered.REFUSED


def why(item: Item) -> str:
    """The type of the error, and its text if that holds no figures."""
    return ": ".join(str(item.data[name]) for name in ("type", "text") if item.data[name])


def _rest(tally: InputTally) -> Rest:
    """What the report does not name was accepted, unless the totals accept nothing."""
    if tally.told("accepted").records:
        return Rest(Answered.ACCEPTED)
    told = "; ".join(plain(row["message"]) for row in tally.messages)
    return Rest(Answered.REFUSED, f"Bacs accepted none of its records{': ' if told else ''}{told}")


INPUT_RULES = (On(_same_amount, _reference), On(_no_amount, _reference, alone=True))
INPUT_ANSWERS = Answers(
    "bacs.submission",
    kind="input",
    rules=INPUT_RULES,
    says=says,
    why=why,
    whole=InputTally.names,
    rest=_rest,
    kinds=("COLLECTION", "REFUND"),
)
"""Instructions in the same file have a report of their own, so this one's silence says nothing of them."""

"""How answers are told: what became of what left, what was objected to, and what a report answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hub.cli import show
from hub.model import Answered, format_pounds

if TYPE_CHECKING:
    from hub.store.rows import AnswerCounts, Objection, TransferView


def answers_json(view: TransferView) -> dict[str, Any]:
    """The keys of a transfer's JSON that are about answers."""
    counts = view.answered
    return {
        "answered": {
            "of": counts.left,
            "answered": counts.answered,
            **{said.value: counts.said.get(said, 0) for said in Answered},
            "unanswered": counts.unanswered,
        },
        "objections": [_objection(one) for one in view.objections],
        "answers": [{"transfer": one.id, "name": one.name, "items": one.items} for one in view.answers],
    }


def _objection(one: Objection) -> dict[str, Any]:
    return {
        "item": one.item_id,
        "reference": one.reference,
        "amount": format_pounds(one.amount),
        "kind": one.kind,
        "said": one.said.value,
        "reason": one.reason,
        "by": one.by_transfer,
        "by_name": one.by_name,
    }


def sentence(counts: AnswerCounts) -> str:
    """What became of what left.

    >>> from hub.store.rows import AnswerCounts
    >>> sentence(AnswerCounts(64, {Answered.ACCEPTED: 59, Answered.AMENDED: 1, Answered.REFUSED: 1}))
    'answered 61 of 64: 59 accepted, 1 amended, 1 refused; 3 unanswered'
    """
    said = ", ".join(f"{counts.said[one]} {one.value}" for one in Answered if counts.said.get(one))
    told = f"{counts.told}{': ' if said else ''}{said}"
    return f"{told}; {counts.unanswered} unanswered" if counts.unanswered else told


def print_answers(view: TransferView) -> None:
    """Nothing for a transfer that waits for no answer and gives none."""
    for one in view.answers:
        show.console().print(f"answers {one.name} ({one.id}): {one.items} of its items")
    if view.answered.left:
        show.console().print(sentence(view.answered))
    if view.objections:
        columns = ["reference", ">pounds", "answer", "reason", "by"]
        rows = [
            (
                one.reference,
                format_pounds(one.amount),
                one.said.value,
                one.reason,
                f"{one.by_name} ({one.by_transfer})",
            )
            for one in view.objections
        ]
        show.print_table(columns, rows)

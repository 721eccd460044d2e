"""AWACS, the report of corrected bank details of credits: refunds went, the next one must go elsewhere.

Each is remembered as a record of the kind `payee`, and a person is asked to correct the refund's details
where they are kept. Source: formats page bacs.md, sections 6.3 and 6.8.
"""

from __future__ import annotations

from collections.abc import Iterator

from hub.api import (
    Answered,
    Answers,
    Chunk,
    Context,
    Disposition,
    Facts,
    Item,
    ItemState,
    Lifecycle,
    Move,
    On,
    Record,
    SentItem,
    Taken,
    Task,
    normal_reference,
)
from plugins.bacs.advices import AdviceTally, advice_rows, effective, personal
from plugins.bacs.codes import reasons
from plugins.bacs.mandate_changes import NEW_DETAILS
from plugins.bacs.settings import AwacsOptions

REPORT = "AWACS"
PAYEE, CORRECTED = "payee", "CORRECTED"
PAYEE_CHANGE, REFUND = "PAYEE_CHANGE", "REFUND"


def payee_items(chunk: Chunk, tally: AdviceTally, ctx: Context[AwacsOptions]) -> Iterator[Item]:
    """One PAYEE_CHANGE an advice."""
    for row in advice_rows(chunk, tally, ctx):
        code = row["reason_code"].strip()
        reason = reasons(REPORT).get(code)
        data = {"reason_code": code, "reason_text": reason.meaning if reason else "Reason not known"}
        reference, on = row["reference"].strip(), effective(row, tally)
        yield Item(PAYEE_CHANGE, row.line, reference, 0, on, data, personal(row))


def _fits(item: Item, sent: SentItem) -> bool:
    same = (
        sent.personal.get(name) in (None, item.personal.get(name)) for name in ("sort_code", "account_number")
    )
    return sent.kind == REFUND and all(same) and sent.on <= item.on


def _says(item: Item) -> Answered:
    return Answered.AMENDED


def _why(item: Item) -> str:
    return str(item.data["reason_text"])


PAYEE_ANSWERS = Answers(
    "bacs.submission",
    kind="corrected",
    rules=(On(_fits, alone=True),),
    says=_says,
    why=_why,
    kinds=(REFUND,),
)


def match_payee(item: Item, ctx: Context[AwacsOptions], sent: SentItem | None) -> Disposition:
    """Noted, whether or not the hub sent the refund; held when the new details are not all there."""
    if not all(item.personal.get(name) for name in NEW_DETAILS):
        return Disposition(ItemState.HELD, reason="the new bank details are not all there (NO_NEW_DETAILS)")
    if sent is None:
        return Disposition(ItemState.NOTED, reason="answers no one refund that was sent (NO_REFUND)")
    return Disposition(ItemState.NOTED, account=sent.account, answers=sent.id)


def payee_moves(one: Taken, ctx: Context[AwacsOptions]) -> Iterator[Move]:
    """The payee's details, as the bank corrected them."""
    item = one.item
    yield Move(
        kind=PAYEE,
        key=normal_reference(item.reference),
        to=CORRECTED,
        account=one.disposition.account,
        data={**item.data, "effective": item.on.isoformat()},
        personal=item.personal,
        reason=f"{REPORT} {item.data['reason_code']}: {item.data['reason_text']}",
    )


def ask_for_correction(old: Record | None, new: Record, facts: Facts) -> Iterator[Task]:
    yield Task(
        REPORT,
        f"Refunds with the reference {new.key}: the bank corrected the payee's details. Correct them where "
        "refunds are asked for, before the next one is paid.",
    )


PAYEE_LIFE = Lifecycle(
    kind=PAYEE,
    title="Bank details of refunds that banks corrected",
    begins=(CORRECTED,),
    moves={},
    when=ask_for_correction,
    owner="rents",
)

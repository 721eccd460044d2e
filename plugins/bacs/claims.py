"""From a report of indemnity claims to reversals, and back when a claim is taken back.

A tenant's bank paid the tenant at once and takes the money from the council on DateOfDebit. Each claim is a
record that a cancellation finds again. Source: formats page bacs.md, section 6.6.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta

from hub.api import (
    Answers,
    Chunk,
    Context,
    Disposition,
    Facts,
    Item,
    ItemState,
    Lifecycle,
    Lookup,
    Move,
    On,
    Record,
    RentTransaction,
    Row,
    SentItem,
    Taken,
    Task,
    format_pounds,
)
from plugins.bacs.accounts import to_account
from plugins.bacs.codes import reasons
from plugins.bacs.days import drawn, local_day
from plugins.bacs.ddic import REPORT, ClaimTally
from plugins.bacs.mandate_changes import LOOKS_UP as OF_MANDATES
from plugins.bacs.mandate_changes import MANDATE_CHANGE, mandate_moves, match_change, said, told_reason
from plugins.bacs.report_layouts import CLAIM_MONEY, NEW_CLAIM, NEW_CLAIMS, TAKEN_BACK
from plugins.bacs.reports import digits_only, of_somebody_else
from plugins.bacs.settings import ClaimOptions
from plugins.bacs.unpaid import match_unpaid

CLAIM, CLAIMED, CANCELLED = "indemnity_claim", "CLAIMED", "CANCELLED"
CLAIMED_BACK, CLAIM_TAKEN_BACK = "INDEMNITY_CLAIM", "INDEMNITY_TAKEN_BACK"
LONGEST_CYCLE = 5
"""Calendar days from a debit's processing day to the day on which the tenant pays: over Christmas."""

Options = Context[ClaimOptions]
LOOKS_UP = (*OF_MANDATES, Lookup(CLAIM, keys=lambda item: {str(item.data.get("claim") or "")} - {""}))


def claim_items(chunk: Chunk, tally: ClaimTally, ctx: Options) -> Iterator[Item]:
    """One INDEMNITY_CLAIM a debit that is claimed, one INDEMNITY_TAKEN_BACK a cancellation, and a
    MANDATE_CHANGE where the reason of a claim ends the mandate. When the money leaves stands behind the
    claims, so they become items together. None from a report that is for somebody else."""
    if not tally.is_known or of_somebody_else(tally, ctx):
        return
    if chunk.layout is NEW_CLAIMS:
        debited = next((row["day"].strip() for row in chunk.rows()), "")
        for row in tally.rows(NEW_CLAIM) if debited else ():
            yield from _claimed(row, tally, date.fromisoformat(debited), ctx)
    elif chunk.layout is TAKEN_BACK:
        for row in chunk.rows():
            yield _taken_back(row, ctx)


def _claimed(row: Row, tally: ClaimTally, debited: date, ctx: Options) -> Iterator[Item]:
    reference = _as_registered(row["reference"].strip(), ctx)
    for number, debit in enumerate(tally.debits(row["claim"]), start=1):
        yield Item(
            CLAIMED_BACK,
            row.line,
            reference,
            CLAIM_MONEY.read(debit["amount"]),
            date.fromisoformat(debit["day"]),
            {**_told(row), "debited": debited.isoformat(), "number": number},
            _personal(row),
        )
    code = row["reason_code"].strip()
    change = said(REPORT, code, ctx, line=row.line, reference=reference, on=debited, personal=_personal(row))
    if change.data["action"] not in ("keep", "review"):
        yield change


def _taken_back(row: Row, ctx: Options) -> Item:
    on = ctx.facts.today or date.min
    total = CLAIM_MONEY.read(row["total"])
    reference = _as_registered(row["reference"].strip(), ctx)
    return Item(CLAIM_TAKEN_BACK, row.line, reference, -total, on, _told(row), _personal(row))


def _told(row: Row) -> dict[str, str | int | bool | None]:
    code = row["reason_code"].strip()
    reason = reasons(REPORT).get(code)
    return {
        "claim": row["claim"].strip(),
        "total": CLAIM_MONEY.read(row["total"]),
        "reason_code": code,
        "reason_text": reason.meaning if reason else "Reason not known",
    }


def _personal(row: Row) -> dict[str, str]:
    texts = {
        "account_name": row["account_name"].strip(),
        "sort_code": digits_only(row["sort_code"]),
        "account_number": row["account_number"].strip(),
    }
    return {name: text for name, text in texts.items() if text}


def _as_registered(reference: str, ctx: Options) -> str:
    """The reference as a mandate has it: a bank may have written a space for a hyphen."""
    register = ctx.facts.register
    hyphened = reference.replace(" ", "-")
    known = register and not register.mandate(reference) and register.mandate(hyphened)
    return hyphened if known else reference


def _bare(reference: str) -> str:
    return reference.replace(" ", "").replace("-", "")


def _of_a_claim(item: Item) -> str | None:
    return item.reference if item.kind == CLAIMED_BACK else None


def _with_hyphens(item: Item) -> str | None:
    return item.reference.replace(" ", "-") if item.kind == CLAIMED_BACK else None


def _account_number(item: Item) -> str | None:
    return item.personal.get("account_number") if item.kind == CLAIMED_BACK else None


def is_the_debit(item: Item, sent: SentItem) -> bool:
    """Whether a claim is about this collection: the tenant paid on or soon after its processing day."""
    days = (item.on - sent.on).days
    same = _bare(item.reference) == _bare(sent.reference) and item.amount == sent.amount
    return sent.kind in ("", "COLLECTION") and same and 0 <= days <= LONGEST_CYCLE


CLAIM_ANSWERS = Answers(
    "bacs.submission",
    kind="indemnity",
    rules=(
        On(is_the_debit, _of_a_claim),
        On(is_the_debit, _with_hyphens),
        On(is_the_debit, _account_number, among="account_number"),
    ),
    why=told_reason,
    kinds=("COLLECTION",),
)


def match_claim(item: Item, ctx: Options, sent: SentItem | None) -> Disposition:
    """A claim to the account of the collection; what is taken back to the account of its claim."""
    if item.kind == MANDATE_CHANGE:
        return match_change(item, ctx, sent)
    known = _claim_of(item, ctx)
    if item.kind == CLAIM_TAKEN_BACK:
        return _match_taken_back(item, known, ctx)
    if known is not None:
        return _held("a claim with this reference came before (CLAIM_KNOWN)")
    return match_unpaid(item, ctx, sent)


def _match_taken_back(item: Item, known: Record | None, ctx: Options) -> Disposition:
    if known is None:
        return _held("takes back a claim that is not known here (NO_CLAIM)")
    if known.state == CANCELLED:
        return _held("takes back a claim that was taken back before (CLAIM_CANCELLED)")
    reversed_here = sum(value for name, value in known.data.items() if name.startswith("reversed_"))
    if reversed_here != -item.amount:
        return _held("takes back another amount than was reversed for the claim (OTHER_AMOUNT)")
    return to_account(known.account, ctx)


def _claim_of(item: Item, ctx: Options) -> Record | None:
    return ctx.facts.records.get(CLAIM, str(item.data["claim"])) if ctx.facts.records else None


def _held(reason: str) -> Disposition:
    return Disposition(ItemState.HELD, reason=reason)


def claim_moves(one: Taken, ctx: Options) -> Iterator[Move]:
    """The claim that is made or taken back, and what the reason says of the mandate."""
    item = one.item
    if item.kind == MANDATE_CHANGE:
        yield from mandate_moves(one, ctx)
    elif item.kind == CLAIM_TAKEN_BACK:
        yield Move(kind=CLAIM, key=str(item.data["claim"]), to=CANCELLED, reason="taken back by the bank")
    elif ctx.facts.today is not None:
        yield _made(one, ctx.facts.today + timedelta(days=ctx.options.challenge_days))


def _made(one: Taken, challenge_by: date) -> Move:
    item = one.item
    data = {name: item.data[name] for name in ("reason_code", "reason_text", "total", "debited")}
    return Move(
        kind=CLAIM,
        key=str(item.data["claim"]),
        to=CLAIMED,
        account=one.disposition.account,
        data={
            **data,
            "challenge_by": challenge_by.isoformat(),
            f"reversed_{item.data['number']}": item.amount,
        },
        reason=f"{REPORT} {item.data['reason_code']}: {item.data['reason_text']}",
    )


def to_posting(one: Taken, ctx: Options) -> Sequence[RentTransaction]:
    """A claimed debit reversed, dated as the money leaves or as the report came; a claim that was taken back,
    posted back."""
    item, options, today = one.item, ctx.options, local_day(drawn(ctx))
    debited = item.data.get("debited")
    by_debit = debited is not None and options.claim_dated == "debit"
    posting = RentTransaction(
        transaction_id=one.id,
        payment_ref=str(one.disposition.account),
        tenancy_ref=one.disposition.tenancy,
        kind="REVERSAL" if item.kind == CLAIMED_BACK else "RECEIPT",
        method_code=options.claim_method,
        type_code=options.claim_type,
        transaction_date=date.fromisoformat(str(debited)) if by_debit else today,
        post_date=today,
        amount=item.amount,
        external_ref=f"{item.data['claim']}/{item.data.get('number', 'BACK')}",
        narrative=f"DD INDEMNITY CLAIM: {item.data['reason_text']}",
        reverses_id=one.disposition.answers,
    )
    return (posting if item.kind == CLAIMED_BACK else replace(posting, narrative="DD CLAIM TAKEN BACK"),)


def ask_to_challenge(old: Record | None, new: Record, facts: Facts) -> Iterator[Task]:
    """A person looks at each new claim while it can still be challenged."""
    if old is None and new.state == CLAIMED:
        total, data = format_pounds(int(new.data["total"])), new.data
        yield Task(
            "challenge",
            f"Indemnity claim {new.key} of {total} on rent account {new.account} ({data['reason_text']}). "
            f"Challenge it by {data['challenge_by']} or let it be; the money leaves on {data['debited']}. "
            "Don't refund the tenant: the bank has.",
        )


CLAIM_LIFE = Lifecycle(
    kind=CLAIM,
    title="Indemnity claims",
    begins=(CLAIMED,),
    moves={CLAIMED: (CANCELLED,)},
    when=ask_to_challenge,
    owner="rents",
    money=("total",),
)

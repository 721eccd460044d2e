"""Checks on what the hub makes a file of, and on text that would not arrive as it is.

The codes are the project's own; source: formats page bacs.md, sections 1 and 4. What a check holds stays
behind and the rest goes, because the hub writes the totals.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from hub.api import (
    BATCH,
    KINDS,
    Chunk,
    FieldType,
    Found,
    Item,
    ItemState,
    Level,
    Matching,
    Need,
    Severity,
    Taken,
    check,
    format_pounds,
)
from plugins.bacs.checks import Options, processing_days
from plugins.bacs.codes import CREDITS, INSTRUCTIONS, code_of, name_of
from plugins.bacs.layouts import ACCOUNT, SORT_CODE
from plugins.bacs.origins import origin_is_known
from plugins.bacs.payments import HasPayments
from plugins.bacs.settings import in_pence
from plugins.bacs.text import TEXT, WIDTH, fitted
from plugins.bacs.ways import BUREAU, DDCALL, STANDARD18, written_as

NAME = Matching(r".*\S.*", expected="a name")
REFERENCE = Matching(
    rf"(?! ){TEXT}{{1,{WIDTH}}}(?<! )",
    expected=f"up to {WIDTH} capitals, digits, full stops, &, /, hyphens and inner spaces",
)


@check("S18-003", level=Level.RECORD, layouts=("payment",))
def credit_reference_is_carried(chunk: Chunk, tally: HasPayments, ctx: Options) -> Iterator[Found]:
    """The reference that a payee sees is such as Bacs carries: it is never changed to make it fit."""
    payments = tally.payments
    for row in REFERENCE.bad(payments.references):
        if payments.codes[row] in CREDITS:
            message = f"Bacs cannot carry the reference as it is: expected {REFERENCE.expected}"
            yield Found(message, payments.lines[row], "reference", REFERENCE.expected)


@check("S18-003", level=Level.CROSS, severity=Severity.WARNING)
def names_are_carried(taken: Sequence[Taken], ctx: Options) -> Iterator[Found]:
    """Account names are written in the Bacs set and in 18 characters; says how many had to change for it."""
    changed = sum(_name_changes(one.item) for one in taken)
    if changed:
        yield Found(f"{changed} account names hold characters that Bacs doesn't carry, or are too long")


def _name_changes(item: Item) -> bool:
    name = name_of(item)
    return bool(item.data.get("name_changed")) or fitted(name) != name


@check("S18-009", level=Level.CROSS, needs=(Need.CALENDAR,))
def one_day_in_a_file(taken: Sequence[Taken], ctx: Options) -> Iterator[Found]:
    """Payments of several processing days need a several-day file (`days: multi`)."""
    days = processing_days(taken)
    if written_as(ctx) == STANDARD18 and ctx.options.days == "single" and len(days) > 1:
        told = ", ".join(str(day) for day, _ in days)
        message = f"the payments have several processing days ({told}); split the run or set days: multi"
        yield Found(message, days[1][1], "collection_date")


@check("S18-010", level=Level.CROSS, severity=Severity.HOLD_ITEM)
def account_can_be_written(taken: Sequence[Taken], ctx: Options) -> Iterator[Found]:
    """Sort code and account number of the mandate or payee are such as a file may hold."""
    yield from _unwritable(taken, "sort_code", SORT_CODE)
    yield from _unwritable(taken, "account_number", ACCOUNT)


@check("S18-021", level=Level.CROSS, severity=Severity.HOLD_ITEM)
def name_can_be_written(taken: Sequence[Taken], ctx: Options) -> Iterator[Found]:
    """Something of the account name is left when it is written in the Bacs set."""
    leaving = [one.item for one in taken if one.disposition.state is ItemState.TAKEN]
    for row in NAME.bad([fitted(name_of(item)) for item in leaving]):
        message = "account_name cannot be written: expected a name; correct it where it is kept"
        yield Found(message, leaving[row].line, "account_name", NAME.expected)


def _unwritable(taken: Sequence[Taken], name: str, kind: FieldType) -> Iterator[Found]:
    leaving = [one.item for one in taken if one.disposition.state is ItemState.TAKEN]
    for row in kind.bad([item.personal.get(name, "") for item in leaving]):
        message = f"{name} cannot be written: expected {kind.expected}; correct it where it is kept"
        yield Found(message, leaving[row].line, name, kind.expected)


@check("S18-013", level=Level.CROSS, severity=Severity.HOLD_ITEM)
def gathered_amount_fits(taken: Sequence[Taken], ctx: Options) -> Iterator[Found]:
    """What was gathered moves money, up to `item_limit`, and an instruction none."""
    limit = in_pence(ctx.options.item_limit)
    for one in taken:
        amount, is_payment = one.item.amount, code_of(one.item) not in INSTRUCTIONS
        if is_payment and not 0 < amount <= limit:
            expected = f"more than 0.00, at most {format_pounds(limit)}"
            yield Found(
                f"{format_pounds(amount)} cannot be paid: expected {expected}",
                one.item.line,
                "amount",
                expected,
            )
        elif not is_payment and amount:
            yield Found("an instruction moves no money: expected 0.00", one.item.line, "amount", "0.00")


@check("S18-011", level=Level.CROSS, severity=Severity.HOLD_ITEM)
def gathered_code_is_allowed(taken: Sequence[Taken], ctx: Options) -> Iterator[Found]:
    """The transaction code of what was gathered may leave by this route."""
    for one in taken:
        if code_of(one.item) not in ctx.options.codes:
            expected = f"one of {' '.join(sorted(ctx.options.codes))}"
            message = f"the transaction code is not allowed here: expected {expected}"
            yield Found(message, one.item.line, "transaction_code", expected)


@check("S18-017", level=Level.CROSS, severity=Severity.HOLD_ITEM)
def gathered_reference_is_sound(taken: Sequence[Taken], ctx: Options) -> Iterator[Found]:
    """The reference of what was gathered obeys the rules of the scheme, or is such as Bacs carries."""
    for one in taken:
        item = one.item
        if code_of(item) not in CREDITS:
            result = KINDS["ddi_reference"].check({"ddi_reference": item.reference}, {})
            if result.status == "invalid":
                yield Found(f"the Direct Debit reference: {result.reason}", item.line, "reference")
        elif REFERENCE.bad([item.reference]):
            message = f"Bacs cannot carry the reference as it is: expected {REFERENCE.expected}"
            yield Found(message, item.line, "reference", REFERENCE.expected)


WRITTEN = (DDCALL, BATCH, *BUREAU)
WRITTEN_CHECKS = (
    *(check.only(*WRITTEN) for check in (names_are_carried, account_can_be_written, name_can_be_written)),
    *(check.only(*WRITTEN) for check in (one_day_in_a_file, origin_is_known)),
    credit_reference_is_carried.only(*BUREAU),
    *(
        check.only(BATCH)
        for check in (gathered_amount_fits, gathered_code_is_allowed, gathered_reference_is_sound)
    ),
)
"""For all that the hub may write itself."""

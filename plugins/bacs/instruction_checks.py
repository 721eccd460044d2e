"""Checks on instructions (0N, 0C, 0S) that waited in the hub or stand in a file of the rent system's own.

The codes are the project's own; source: formats page bacs.md, sections 3, 4 and 6.8.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from hub.api import (
    MANDATE_KIND,
    Context,
    Found,
    Level,
    Lookup,
    Mandate,
    Need,
    Severity,
    Taken,
    check,
    normal_reference,
)
from plugins.bacs.codes import INSTRUCTION, LODGE
from plugins.bacs.days import last_input_day
from plugins.bacs.instructions import due
from plugins.bacs.layouts import ACCOUNT, SORT_CODE
from plugins.bacs.mandates import NAME
from plugins.bacs.settings import SubmissionOptions
from plugins.bacs.text import fitted

Options = Context[SubmissionOptions]
LOOKS_UP = (Lookup(MANDATE_KIND, keys=lambda item: (normal_reference(item.reference),)),)


@check("INSTR-01", level=Level.CROSS, severity=Severity.REFUSE_ITEM, needs=(Need.RECORDS,), at_send=True)
def instruction_is_due(taken: Sequence[Taken], ctx: Options) -> Iterator[Found]:
    """The mandate still needs the instruction that waited for it, once: what changed since, or went out with
    a file of the rent system's own, needs none any more."""
    seen: set[tuple[str, str]] = set()
    for one in taken:
        code, key = _code(one), normal_reference(one.item.reference)
        known = ctx.facts.records.get(MANDATE_KIND, key) if ctx.facts.records else None
        if known is None or due(known) != code or (key, code) in seen:
            yield Found(f"mandate {key} needs no {code} now", one.item.line, "reference")
        seen.add((key, code))


@check("INSTR-02", level=Level.CROSS, severity=Severity.HOLD_ITEM, needs=(Need.REGISTER,), at_send=True)
def bank_details_can_be_sent(taken: Sequence[Taken], ctx: Options) -> Iterator[Found]:
    """Sort code, account number and name of the mandate are such as an instruction may hold."""
    kinds = {"sort_code": SORT_CODE, "account_number": ACCOUNT, "account_name": NAME}
    told = [(one.item.line, _details(one, ctx)) for one in taken]
    for name, kind in kinds.items():
        for row in kind.bad([details.get(name, "") for _, details in told]):
            message = (
                f"{name} of the mandate cannot be written: expected {kind.expected}; correct the mandate"
            )
            yield Found(message, told[row][0], name, kind.expected)


@check("S18-008", level=Level.CROSS, needs=(Need.TODAY, Need.CALENDAR), at_send=True)
def input_day_of_instructions_is_not_missed(taken: Sequence[Taken], ctx: Options) -> Iterator[Found]:
    """The last day on which Bacs takes the written file is not over when it leaves."""
    today, calendar = ctx.facts.today, ctx.facts.calendar
    if ctx.moment is None or today is None or calendar is None:
        return  # it is not written yet
    last = last_input_day(ctx.moment.business_date, calendar)
    if today > last:
        yield Found(f"processing day {ctx.moment.business_date}: the last input day was {last}")


@check("INSTR-03", level=Level.CROSS, severity=Severity.HOLD, needs=(Need.REGISTER,))
def instruction_fits_its_mandate(taken: Sequence[Taken], ctx: Options) -> Iterator[Found]:
    """A file of the rent system's own lodges no mandate that is cancelled here, and holds nothing of mandates
    whose instructions the hub makes."""
    for one in taken:
        mandate = ctx.facts.register.mandate(one.item.reference) if ctx.facts.register else None
        if one.item.kind != INSTRUCTION or mandate is None:
            continue
        what = f"{_code(one)} for mandate {one.item.reference}"
        if mandate.by_hub:
            why = "whose instructions the hub makes (option `instructions` of rent.mandates)"
            yield Found(f"{what}, {why}", one.item.line, "transaction_code")
        elif _code(one) == LODGE and mandate.status == "CANCELLED":
            yield Found(f"{what}, which is CANCELLED here", one.item.line, "transaction_code")


BATCH_CHECKS = (instruction_is_due, bank_details_can_be_sent, input_day_of_instructions_is_not_missed)
"""Of what waited in the hub."""


def _code(one: Taken) -> str:
    return str(one.item.data["transaction_code"])


def _details(one: Taken, ctx: Options) -> Mapping[str, str]:
    mandate = ctx.facts.register.mandate(one.item.reference) if ctx.facts.register else None
    return details_of(mandate) if mandate else {}


def details_of(mandate: Mandate) -> Mapping[str, str]:
    """Whose account it is, in text that Bacs carries."""
    return {
        "account_name": fitted(mandate.account_name),
        "sort_code": mandate.sort_code,
        "account_number": mandate.account_number,
    }

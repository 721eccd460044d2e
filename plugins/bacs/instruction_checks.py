"""Instructions (0N, 0C, 0S) that waited in the hub, or stand in a file of the rent system's own.

What waited holds no bank details; those of the mandate on the day are checked and written. The codes are the
project's own; source: formats page bacs.md, sections 3, 4 and 6.8.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from hub.api import (
    MANDATE_KIND,
    Check,
    Context,
    Found,
    ItemState,
    Level,
    Need,
    Rendered,
    Severity,
    Taken,
    check,
    normal_reference,
)
from plugins.bacs.account_checks import accounts_of_items_can_exist
from plugins.bacs.codes import INSTRUCTION, LODGE, code_of
from plugins.bacs.instructions import due
from plugins.bacs.settings import SubmissionOptions
from plugins.bacs.submission import write_submission
from plugins.bacs.written_checks import account_can_be_written, name_can_be_written, names_are_carried

Options = Context[SubmissionOptions]


def with_details(taken: Iterable[Taken], ctx: Options) -> list[Taken]:
    """The instructions with the bank details that their mandates have now."""
    return [_with_details(one, ctx) for one in taken]


def _with_details(one: Taken, ctx: Options) -> Taken:
    mandate = ctx.facts.register.mandate(one.item.reference) if ctx.facts.register else None
    if mandate is None:
        return one
    details = {
        "account_name": mandate.account_name,
        "sort_code": mandate.sort_code,
        "account_number": mandate.account_number,
    }
    return replace(one, item=replace(one.item, personal=details))


def write_instructions(taken: Sequence[Taken], ctx: Options) -> Rendered:
    """What waited, as one file. Raises CannotRender."""
    return write_submission(with_details(taken, ctx), ctx)


def _of_the_mandate(one: Check) -> Check:
    """A check on bank details, run on those of the mandates."""

    def run(taken: Sequence[Taken], ctx: Options) -> Iterator[Found]:
        yield from one.run(with_details(taken, ctx), ctx)

    run.__doc__ = one.help
    return replace(one, run=run)


@check("INSTR-01", level=Level.CROSS, severity=Severity.REFUSE_ITEM, needs=(Need.RECORDS,), at_send=True)
def instruction_is_due(taken: Sequence[Taken], ctx: Options) -> Iterator[Found]:
    """The mandate still needs the instruction that waited for it, once: what changed since, or went out with
    a file of the rent system's own, needs none any more."""
    seen: set[tuple[str, str]] = set()
    for one in taken:
        code, key = code_of(one.item), normal_reference(one.item.reference)
        known = ctx.facts.records.get(MANDATE_KIND, key) if ctx.facts.records else None
        if known is None or due(known) != code or (key, code) in seen:
            yield Found(f"mandate {key} needs no {code} now", one.item.line, "reference")
        seen.add((key, code))


@check("INSTR-02", level=Level.CROSS, severity=Severity.HOLD, needs=(Need.REGISTER,))
def instruction_fits_its_mandate(taken: Sequence[Taken], ctx: Options) -> Iterator[Found]:
    """A file of the rent system's own lodges no mandate that is cancelled here, and holds nothing of mandates
    whose instructions the hub makes."""
    for one in taken:
        mandate = ctx.facts.register.mandate(one.item.reference) if ctx.facts.register else None
        if one.item.kind != INSTRUCTION or one.disposition.state is not ItemState.TAKEN or mandate is None:
            continue
        what = f"{code_of(one.item)} for mandate {one.item.reference}"
        if mandate.by_hub:
            why = "whose instructions the hub makes (option `instructions` of rent.mandates)"
            yield Found(f"{what}, {why}", one.item.line, "transaction_code")
        elif code_of(one.item) == LODGE and mandate.status == "CANCELLED":
            yield Found(f"{what}, which is CANCELLED here", one.item.line, "transaction_code")


_OF_DETAILS = (account_can_be_written, name_can_be_written, names_are_carried, accounts_of_items_can_exist)
GATHERED_CHECKS = (instruction_is_due, *map(_of_the_mandate, _OF_DETAILS))
"""Of what waited in the hub."""

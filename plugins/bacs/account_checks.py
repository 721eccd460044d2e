"""Whether each account number can be at its sort code: the published modulus tables, where they are loaded.

Source: formats page bacs.md, section 8.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any, Literal, NamedTuple

from hub.api import (
    Chunk,
    Context,
    Found,
    ItemState,
    Level,
    ModulusVerdict,
    Need,
    Severity,
    Taken,
    check,
)
from plugins.bacs.codes import INSTRUCTIONS, code_of
from plugins.bacs.reports import digits_only
from plugins.bacs.settings import SubmissionOptions
from plugins.bacs.tally import contra_rows
from plugins.bacs.ways import READY_MADE, REQUESTS

Options = Context[SubmissionOptions]
_UNKNOWN = (ModulusVerdict.NOT_COVERED, ModulusVerdict.NOT_CHECKABLE)
_INVALID = "no such account number can be at this sort code (modulus check)"


class Accounts(NamedTuple):
    """Account numbers as columns, each with its line and transaction code."""

    lines: Sequence[int]
    codes: Sequence[str]
    sort_codes: Sequence[str]
    numbers: Sequence[str]


@check(
    "S18-019",
    level=Level.RECORD,
    needs=(Need.MODULUS_TABLES,),
    layouts=("data", "dated data", "payment"),
)
def accounts_can_exist(chunk: Chunk, tally: Any, ctx: Options) -> Iterator[Found]:
    """The account number of each payer or payee can be at its sort code, as the published tables tell.

    An invalid one on an instruction refuses the file, on a payment it is a warning
    (`modulus_instructions`, `modulus_payments`). What the tables do not cover is presumed valid and noted."""
    columns, is_csv = chunk.columns, chunk.layout.name == "payment"
    sort_codes = columns["sort_code"]
    if is_csv:
        sort_codes = list(map(digits_only, sort_codes))
    accounts = Accounts(chunk.lines, columns["transaction_code"], sort_codes, columns["account_number"])
    ours = () if is_csv else contra_rows(columns)
    yield from _doubts(accounts, ctx, Severity.ERROR, ours)


@check("S18-019", level=Level.CROSS, needs=(Need.MODULUS_TABLES,))
def accounts_of_items_can_exist(taken: Sequence[Taken], ctx: Options) -> Iterator[Found]:
    """The same of what the hub writes: there, what would refuse a file lets only that item wait."""
    looked_at = [one.item for one in taken if one.disposition.state is ItemState.TAKEN and _is_account(one)]
    accounts = Accounts(
        [item.line for item in looked_at],
        [code_of(item) for item in looked_at],
        [item.personal["sort_code"] for item in looked_at],
        [item.personal["account_number"] for item in looked_at],
    )
    yield from _doubts(accounts, ctx, Severity.HOLD_ITEM)


def _is_account(one: Taken) -> bool:
    code, number = (one.item.personal.get(name, "") for name in ("sort_code", "account_number"))
    return (code.isdecimal(), len(code), number.isdecimal(), len(number)) == (True, 6, True, 8)


def _doubts(accounts: Accounts, ctx: Options, error: Severity, ours: Collection[int] = ()) -> Iterator[Found]:
    """`ours`: rows of the council's own account, which are left alone."""
    if ctx.facts.modulus_tables is None:
        return
    look = ctx.facts.modulus_tables.check
    verdicts = list(map(look, accounts.sort_codes, accounts.numbers))
    if verdicts.count(ModulusVerdict.VALID) == len(verdicts):
        return
    unknown: list[int] = []
    for row, verdict in enumerate(verdicts):
        line, code = accounts.lines[row], accounts.codes[row]
        if row in ours or verdict == ModulusVerdict.VALID:
            continue
        if verdict in _UNKNOWN:
            unknown.append(line)
        elif (severity := _severity(code, ctx, error)) is not None:
            yield Found(_INVALID, line, "account_number", "an account that can exist", severity)
    if unknown:
        message = f"{len(unknown)} account numbers, from here on, cannot be checked: presumed valid"
        yield Found(message, unknown[0], "account_number", severity=Severity.NOTE)


def _severity(code: str, ctx: Options, error: Severity) -> Severity | None:
    options = ctx.options
    said: Literal["error", "warning", "note", "off"] = (
        options.modulus_instructions if code in INSTRUCTIONS else options.modulus_payments
    )
    return {"error": error, "warning": Severity.WARNING, "note": Severity.NOTE}.get(said)


ACCOUNT_CHECKS = (accounts_can_exist.only(*READY_MADE), accounts_of_items_can_exist.only(*REQUESTS))

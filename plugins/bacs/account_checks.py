"""Whether each account number can be at its sort code: the published modulus tables, where they are loaded.

Source: formats page bacs.md, section 8.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Literal

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
from plugins.bacs.settings import SubmissionOptions
from plugins.bacs.tally import contra_rows
from plugins.bacs.ways import READY_MADE, REQUESTS

Options = Context[SubmissionOptions]
_UNKNOWN = (ModulusVerdict.NOT_COVERED, ModulusVerdict.NOT_CHECKABLE)
_INVALID = "no such account number can be at this sort code (modulus check)"
Account = tuple[int, str, str, str]
"""Line, transaction code, sort code, account number."""


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
    columns, layout = chunk.columns, chunk.layout.name
    sort_codes = [code.replace("-", "") for code in columns["sort_code"]]
    rows = zip(chunk.lines, columns["transaction_code"], sort_codes, columns["account_number"], strict=True)
    contras = set() if layout == "payment" else set(contra_rows(columns))
    yield from _doubts([row for at, row in enumerate(rows) if at not in contras], ctx, Severity.ERROR)


@check("S18-019", level=Level.CROSS, needs=(Need.MODULUS_TABLES,))
def accounts_of_items_can_exist(taken: Sequence[Taken], ctx: Options) -> Iterator[Found]:
    """The same of what the hub writes: there, what would refuse a file lets only that item wait."""
    rows = [
        (
            one.item.line,
            code_of(one.item),
            one.item.personal["sort_code"],
            one.item.personal["account_number"],
        )
        for one in taken
        if one.disposition.state is ItemState.TAKEN and _is_account(one)
    ]
    yield from _doubts(rows, ctx, Severity.HOLD_ITEM)


def _is_account(one: Taken) -> bool:
    code, number = (one.item.personal.get(name, "") for name in ("sort_code", "account_number"))
    return (code.isdecimal(), len(code), number.isdecimal(), len(number)) == (True, 6, True, 8)


def _doubts(rows: Sequence[Account], ctx: Options, error: Severity) -> Iterator[Found]:
    tables = ctx.facts.modulus_tables
    if tables is None or not rows:
        return
    _, _, sort_codes, numbers = zip(*rows, strict=True)
    verdicts = list(map(tables.check, sort_codes, numbers))
    if all(verdict == ModulusVerdict.VALID for verdict in set(verdicts)):
        return
    unknown: list[int] = []
    for (line, code, _, _), verdict in zip(rows, verdicts, strict=True):
        if verdict in _UNKNOWN:
            unknown.append(line)
        elif verdict == ModulusVerdict.INVALID and (severity := _severity(code, ctx, error)) is not None:
            yield Found(_INVALID, line, "account_number", "an account that can exist", severity)
    if unknown:
        message = (
            f"{len(unknown)} account numbers, from here on, cannot be checked by the tables: presumed valid"
        )
        yield Found(message, unknown[0], "account_number", severity=Severity.NOTE)


def _severity(code: str, ctx: Options, error: Severity) -> Severity | None:
    options = ctx.options
    said: Literal["error", "warning", "note", "off"] = (
        options.modulus_instructions if code in INSTRUCTIONS else options.modulus_payments
    )
    return {"error": error, "warning": Severity.WARNING, "note": Severity.NOTE}.get(said)


ACCOUNT_CHECKS = (accounts_can_exist.only(*READY_MADE), accounts_of_items_can_exist.only(*REQUESTS))

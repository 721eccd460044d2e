"""DDICA, the report of indemnity claims: what it adds up to, and its checks.

Source: formats page bacs.md, sections 6.6 and 6.9. The codes of the checks are the project's own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from hub.api import Chunk, Context, Found, Layout, Level, Row, Severity, check, format_pounds
from plugins.bacs.codes import reasons, says
from plugins.bacs.report_layouts import (
    ALL_TAKEN_BACK,
    CLAIM_MONEY,
    CLAIM_USER,
    CLAIMED_DEBIT,
    NEW_CLAIM,
    NEW_CLAIMS,
    TAKEN_BACK,
)
from plugins.bacs.reports import ReportTally, of, report_is_ours, report_says_what_it_is
from plugins.bacs.settings import ClaimOptions

REPORT = "DDIC"
Options = Context[ClaimOptions]


class ClaimTally(ReportTally):
    """The claims of a report with their debits, and what was taken back. Its value is that of the claims."""

    user_in, items_in = (CLAIM_USER,), (CLAIMED_DEBIT, NEW_CLAIM, TAKEN_BACK)

    def add(self, chunk: Chunk) -> None:
        super().add(chunk)
        if chunk.layout is NEW_CLAIM:
            self.value += added(chunk.rows(), "total")
        if chunk.layout in (NEW_CLAIM, TAKEN_BACK):
            self.records += len(chunk)

    def debits(self, claim: str) -> Sequence[Row]:
        """The debits of the claim with this reference."""
        return [row for row in self.rows(CLAIMED_DEBIT) if row["claim"] == claim]

    def totals(self) -> Mapping[str, str | int]:
        return {
            "count": self.records,
            "value": format_pounds(self.value),
            "taken_back": format_pounds(added(self.rows(TAKEN_BACK), "total")),
        }


def added(rows: Iterable[Row], name: str) -> int:
    """The pence that a column adds up to; a blank is none."""
    return sum(CLAIM_MONEY.read(row[name]) for row in rows if row[name].strip())


@check("DDIC-03", level=Level.FILE)
def claims_are_named_once(tally: ClaimTally, ctx: Options) -> Iterator[Found]:
    """Each claim, and each claim that is taken back, is named once, and a claim is of some debit."""
    for layout in (NEW_CLAIM, TAKEN_BACK):
        count = Counter(row["claim"] for row in tally.rows(layout))
        for row in tally.rows(layout):
            if count[row["claim"]] > 1:
                yield Found(f"the {layout.name} comes more than once", row.line, "claim", "once")
    for row in tally.rows(NEW_CLAIM):
        if not tally.debits(row["claim"]):
            yield Found("the claim names no debit", row.line, "claim", "one debit or more")


@check("DDIC-04", level=Level.FILE, whole=True)
def debits_make_the_claim(tally: ClaimTally, ctx: Options) -> Iterator[Found]:
    """The debits of each claim add up to its TotalAmount."""
    for row in tally.rows(NEW_CLAIM):
        told, summed = CLAIM_MONEY.read(row["total"]), added(tally.debits(row["claim"]), "amount")
        if told != summed:
            message = f"TotalAmount is {format_pounds(told)}, the debits add up to {format_pounds(summed)}"
            yield Found(message, row.line, "total", format_pounds(summed))


@check("DDIC-04", level=Level.FILE, whole=True)
def claims_make_the_report(tally: ClaimTally, ctx: Options) -> Iterator[Found]:
    """The claims add up to TotalValueOfDebits, those taken back to TotalValueOfCancellations."""
    yield from _not_added_up(tally, NEW_CLAIM, NEW_CLAIMS, "TotalValueOfDebits")
    yield from _not_added_up(tally, TAKEN_BACK, ALL_TAKEN_BACK, "TotalValueOfCancellations")


def _not_added_up(tally: ClaimTally, parts: Layout, whole: Layout, name: str) -> Iterator[Found]:
    summed = added(tally.rows(parts), "total")
    for row in tally.rows(whole):
        told = added([row], "value")
        if summed and not row["value"].strip():
            message = f"the report has no {name} to compare with {format_pounds(summed)}"
            yield Found(message, row.line, "value", severity=Severity.WARNING)
        elif told != summed:
            message = f"{name} is {format_pounds(told)}, the report's add up to {format_pounds(summed)}"
            yield Found(message, row.line, "value", format_pounds(summed))


@check("DDIC-03", level=Level.FILE)
def day_of_debit_is_told(tally: ClaimTally, ctx: Options) -> Iterator[Found]:
    """A report with claims says when the money leaves (DateOfDebit)."""
    for row in tally.rows(NEW_CLAIMS):
        if tally.rows(NEW_CLAIM) and not row["day"].strip():
            yield Found("DateOfDebit is missing", row.line, "day", "a day")


@check("DDIC-05", level=Level.RECORD, severity=Severity.HOLD_ITEM, layouts=(NEW_CLAIM.name,))
def reason_is_understood(chunk: Chunk, tally: ClaimTally, ctx: Options) -> Iterator[Found]:
    """The reason code of each claim is known, and the text beside it says the same. Else a person looks: some
    reasons end the mandate."""
    columns = chunk.columns["reason_code"], chunk.columns["meaning"]
    for line, code, text in zip(chunk.lines, *columns, strict=True):
        reason = reasons(REPORT).get(code.strip())
        if reason is None:
            expected = f"one of {' '.join(reasons(REPORT))}"
            yield Found("the reason code is not known", line, "reason_code", expected)
        elif not says(text, REPORT, reason):
            message = f"the reason code means “{reason.meaning}”, and the text beside it says something else"
            yield Found(message, line, "meaning", reason.meaning)


CLAIM_CHECKS = (
    *of(REPORT, report_says_what_it_is, report_is_ours),
    claims_are_named_once,
    debits_make_the_claim,
    claims_make_the_report,
    day_of_debit_is_told,
    reason_is_understood,
)

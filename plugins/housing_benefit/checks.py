"""Checks on the rows of a posting file, one by one; `file_checks.py` and `account_checks.py` have the others.

Source: formats page housing_benefit.md, sections 4.4 to 4.9 and 8. The ids are the project's own and keep the
page's words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from operator import gt, sub

from hub.api import Chunk, Context, Found, Level, Severity, check, format_pounds
from plugins.housing_benefit.settings import ACADEMY, CSV1, FW1, PostingOptions, in_pence
from plugins.housing_benefit.tally import PostingTally

ROWS = ("detail", "csv detail", "nine")
WHOLE_ROWS = ("detail", "csv detail")
CREDITS = frozenset({"HBE", "OPR", "DHP"})
DEBITS = frozenset({"OPD", "DHR"})
_MANGLED = re.compile(r"[0-9.]+E\+[0-9]+", re.IGNORECASE)
_ORIGINAL = re.compile("[0-9]+-[0-9]+")
Options = Context[PostingOptions]


@check("HB-POSTED", level=Level.RECORD, layouts=WHOLE_ROWS)
def posted_is_the_rest(chunk: Chunk, tally: PostingTally, ctx: Options) -> Iterator[Found]:
    """What is posted is the gross entitlement less what is recovered."""
    rows = tally.rows
    rests = list(map(sub, rows.gross, rows.recovered))
    if rests == rows.posted:
        return
    for line, rest, posted in zip(rows.lines, rests, rows.posted, strict=True):
        if rest != posted:
            expected = _shown(rest, ctx)
            message = f"{_shown(posted, ctx)} is posted, but gross less recovered is {expected}"
            yield Found(message, line, "posted", expected)


@check("HB-RECOVERED", level=Level.RECORD, layouts=WHOLE_ROWS)
def recovered_fits_the_gross(chunk: Chunk, tally: PostingTally, ctx: Options) -> Iterator[Found]:
    """Recovered is zero or more, at most the gross, and nothing where the gross is negative."""
    rows = tally.rows
    if not rows or (min(rows.recovered) >= 0 and not any(map(gt, rows.recovered, rows.gross))):
        return
    for line, recovered, gross in zip(rows.lines, rows.recovered, rows.gross, strict=True):
        if not 0 <= recovered <= max(gross, 0):
            expected = f"between 0.00 and {_shown(max(gross, 0), ctx)}"
            message = f"{_shown(recovered, ctx)} is recovered from a gross of {_shown(gross, ctx)}"
            yield Found(message, line, "recovered", expected)


@check("HB-SIGN", level=Level.RECORD, layouts=WHOLE_ROWS)
def sign_fits_the_type(chunk: Chunk, tally: PostingTally, ctx: Options) -> Iterator[Found]:
    """HBE, OPR and DHP credit the account, OPD and DHR debit it; HBA may do either.

    Which sign is a credit in this council's files is the option `credit_sign`."""
    rows = tally.rows
    for line, entry, posted in zip(rows.lines, rows.entries, rows.posted, strict=True):
        if posted and entry in (DEBITS if posted > 0 else CREDITS):
            does, must = ("credit", "debit") if posted > 0 else ("debit", "credit")
            message = f"{_shown(posted, ctx)} would {does} the account, which {entry} must {must}"
            yield Found(
                message, line, "posted", f"zero or {'less' if posted * ctx.options.sign > 0 else 'more'}"
            )


@check("HB-DATES", level=Level.RECORD, layouts=WHOLE_ROWS)
def dates_are_in_order(chunk: Chunk, tally: PostingTally, ctx: Options) -> Iterator[Found]:
    """The entitlement does not end before it begins."""
    rows = tally.rows
    if not any(map(gt, rows.from_dates, rows.to_dates)):
        return
    for line, first, last in zip(rows.lines, rows.from_dates, rows.to_dates, strict=True):
        if first > last:
            yield Found(
                f"the entitlement ends on {last}, before {first}", line, "to_date", f"{first} or later"
            )


@check("HB-CLAIM", level=Level.RECORD, layouts=ROWS)
def claim_is_well_formed(chunk: Chunk, tally: PostingTally, ctx: Options) -> Iterator[Found]:
    """The claim reference has the form that the option `claim_reference` says.

    Its check character is never calculated: suppliers do not publish how."""
    fits = re.compile(ctx.options.claim_reference).fullmatch
    for line, claim in zip(tally.rows.lines, tally.rows.claims, strict=True):
        if not fits(claim):
            yield Found(
                "the claim reference has another form", line, "claim_ref", ctx.options.claim_reference
            )


@check("HB-REF-MANGLED", level=Level.RECORD, layouts=ROWS)
def reference_is_not_mangled(chunk: Chunk, tally: PostingTally, ctx: Options) -> Iterator[Found]:
    """No rent reference was turned into a number such as 1.23E+11 by a spreadsheet: its digits are lost."""
    rows = tally.rows
    if not any("+" in reference for reference in rows.references):
        return
    for line, reference in zip(rows.lines, rows.references, strict=True):
        if _MANGLED.fullmatch(reference):
            message = (
                "REF_MANGLED: a spreadsheet made a number of the rent reference; have the file written anew"
            )
            yield Found(message, line, "rent_ref", "the reference as text")


@check("HB-GROSS", level=Level.RECORD, severity=Severity.WARNING, layouts=WHOLE_ROWS)
def gross_fits_the_weeks(chunk: Chunk, tally: PostingTally, ctx: Options) -> Iterator[Found]:
    """The gross of an entitlement without change is the weekly entitlement for each week of the period,
    give or take `gross_tolerance` a week."""
    rows, tolerance = tally.rows, in_pence(ctx.options.gross_tolerance)
    columns = rows.lines, rows.entries, rows.changes, rows.weekly, rows.gross, rows.weeks
    for line, entry, change, weekly, gross, weeks in zip(*columns, strict=True):
        expected = weekly * weeks
        if abs(gross - expected) > tolerance * weeks and entry == "HBE" and change == "0" and weeks:
            told = _shown(expected, ctx)
            message = f"the gross is {_shown(gross, ctx)}, but {weeks} x the weekly entitlement is {told}"
            yield Found(message, line, "gross", told)


@check("HB-MAX-WEEKLY", level=Level.RECORD, severity=Severity.HOLD_ITEM, layouts=ROWS)
def amount_is_plausible(chunk: Chunk, tally: PostingTally, ctx: Options) -> Iterator[Found]:
    """No row moves more than `max_weekly` for each week, up or down; one that does waits for a person.

    Rows of `academy-nine` say no weeks: the longest of `allowed_weeks` is taken."""
    rows, limit = tally.rows, in_pence(ctx.options.max_weekly)
    if max(map(abs, rows.posted), default=0) <= limit:
        return
    for line, posted, weeks in zip(rows.lines, rows.posted, rows.weeks, strict=True):
        if abs(posted) > limit * weeks and weeks:
            told = format_pounds(limit)
            message = f"{_shown(posted, ctx)} is more than {told} a week for {weeks} weeks"
            yield Found(message, line, "posted", f"at most {format_pounds(limit * weeks)}")


@check("HB-ORIGINAL", level=Level.RECORD, severity=Severity.HOLD_ITEM, layouts=WHOLE_ROWS)
def adjustment_names_its_original(chunk: Chunk, tally: PostingTally, ctx: Options) -> Iterator[Found]:
    """An HBA with adjustment indicator 1 names the posting that it puts right, as `sequence-line`."""
    rows = tally.rows
    columns = rows.lines, rows.entries, rows.adjustments, rows.originals
    for line, entry, adjustment, original in zip(*columns, strict=True):
        if entry == "HBA" and adjustment == "1" and not _ORIGINAL.fullmatch(original):
            message = "the adjustment does not name the posting that it puts right"
            yield Found(message, line, "original", "sequence-line, as 000041-0000117")


@check("HB-RECOVERY-RATE", level=Level.RECORD, severity=Severity.WARNING, layouts=WHOLE_ROWS)
def recovery_is_within_the_rate(chunk: Chunk, tally: PostingTally, ctx: Options) -> Iterator[Found]:
    """No more is taken from ongoing benefit than the highest rate of `recovery_rates` for the day. More may
    be taken from people with earnings, so it is only told."""
    rows = tally.rows
    if not any(rows.recovered):
        return
    read = chunk.layout.field("from_date").kind.read
    for line, recovered, weeks, day in zip(
        rows.lines, rows.recovered, rows.weeks, rows.from_dates, strict=True
    ):
        rate = ctx.options.recovery_rate(read(day)) if recovered > 0 and weeks else None
        if rate is not None and recovered > in_pence(rate) * weeks:
            most = format_pounds(in_pence(rate) * weeks)
            message = f"{format_pounds(recovered)} is recovered, more than {rate} a week for {weeks} weeks"
            yield Found(message, line, "recovered", f"at most {most}")


@check(
    "HB-OPD", level=Level.RECORD, severity=Severity.HOLD_ITEM, layouts=WHOLE_ROWS, options=("hold_opd_over",)
)
def overpayment_is_small(chunk: Chunk, tally: PostingTally, ctx: Options) -> Iterator[Found]:
    """An overpayment of more than `hold_opd_over` is charged to the account only when a person approves."""
    if ctx.options.hold_opd_over is None:
        return
    rows, limit = tally.rows, in_pence(ctx.options.hold_opd_over)
    for line, entry, posted in zip(rows.lines, rows.entries, rows.posted, strict=True):
        if entry == "OPD" and -posted > limit:
            message = f"an overpayment of {format_pounds(-posted)} is above {format_pounds(limit)}"
            yield Found(message, line, "posted", f"at most {format_pounds(limit)}")


@check("HB-REPEAT-FILE", level=Level.RECORD, severity=Severity.HOLD_ITEM, layouts=WHOLE_ROWS)
def row_comes_once(chunk: Chunk, tally: PostingTally, ctx: Options) -> Iterator[Found]:
    """No two rows of a file have the same claim, account, type and entitlement dates."""
    for line in tally.repeated:
        yield Found("REPEAT: the same claim, account, type and dates stand on an earlier line", line)


@check("HB-REPEAT-FILE", level=Level.RECORD, severity=Severity.HOLD_ITEM, options=("posted_value_column",))
def amount_comes_once(chunk: Chunk, tally: PostingTally, ctx: Options) -> Iterator[Found]:
    """No two rows of a file have the same claim, account, posting date and posted amount."""
    for line in tally.repeated:
        yield Found("REPEAT: the same claim, account, date and amount stand on an earlier line", line)


def _shown(pence: int, ctx: Options) -> str:
    """An amount as the file has it."""
    return format_pounds(pence * ctx.options.sign)


ROW_CHECKS = (
    posted_is_the_rest,
    recovered_fits_the_gross,
    sign_fits_the_type,
    dates_are_in_order,
    claim_is_well_formed,
    reference_is_not_mangled,
    gross_fits_the_weeks,
    amount_is_plausible,
    adjustment_names_its_original,
    recovery_is_within_the_rate,
    overpayment_is_small,
    row_comes_once.only(FW1, CSV1),
    amount_comes_once.only(ACADEMY),
)

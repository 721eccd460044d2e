"""Checks on what a bureau's CSV file says of itself. The codes are the project's own."""

from __future__ import annotations

from collections.abc import Iterator

from hub.api import Chunk, Context, Found, Level, Need, Severity, check
from plugins.bacs.bureau_tally import BureauTally
from plugins.bacs.reports import digits_only
from plugins.bacs.settings import SubmissionOptions
from plugins.bacs.ways import BUREAU

Options = Context[SubmissionOptions]


@check("S18-005", level=Level.RECORD, options=("service_user_number",), layouts=("payment",))
def row_is_of_our_service_user(chunk: Chunk, tally: BureauTally, ctx: Options) -> Iterator[Found]:
    """Where a row names a service user, it is the feed's own."""
    ours = str(ctx.options.service_user_number)
    for line, found in zip(chunk.lines, chunk.columns.get("service_user_number", ()), strict=False):
        if found != ours:
            message = f"the row is for another service user: expected {ours}"
            yield Found(message, line, "service_user_number", ours)


@check("S18-012", level=Level.RECORD, options=("originating_accounts",), layouts=("payment",))
def row_is_of_our_account(chunk: Chunk, tally: BureauTally, ctx: Options) -> Iterator[Found]:
    """Where a row names the council's account, it is one of its own: a redirected one is the fraud to
    fear."""
    ours = {(account.sort_code, account.account_number) for account in ctx.options.originating_accounts}
    names = ("originating_sort_code", "originating_account")
    columns = (chunk.columns.get(name) or [""] * len(chunk) for name in names)
    for line, sort_code, account in zip(chunk.lines, *columns, strict=True):
        if (sort_code.strip() or account.strip()) and (digits_only(sort_code), account) not in ours:
            message = "the originating account is not one of this feed's originating_accounts"
            yield Found(message, line, "originating_account")


@check("S18-008", level=Level.FILE, needs=(Need.CALENDAR,))
def row_is_for_a_working_day(tally: BureauTally, ctx: Options) -> Iterator[Found]:
    """Bacs works on each processing day."""
    for day, line in sorted(tally.days.items()):
        if ctx.facts.calendar and not ctx.facts.calendar.is_working_day(day):
            message = f"processing day {day}, a {day:%A}, is not a Bacs working day"
            yield Found(message, line, "day", "a working day")


@check("S18-008", level=Level.FILE)
def row_names_its_day(tally: BureauTally, ctx: Options) -> Iterator[Found]:
    """Each row names its day. With `undated: soonest` one may do without: it is for the soonest day that the
    route allows and, where the file goes on as it came, the bureau's software has the last word."""
    if tally.undated:
        lenient = ctx.options.undated == "soonest"
        severity = Severity.WARNING if lenient else Severity.ERROR
        message = f"{len(tally.undated)} rows, from here on, name no day"
        yield Found(message, tally.undated[0], "day", "a day", severity)


BUREAU_CHECKS = tuple(
    check.only(*BUREAU)
    for check in (
        row_is_of_our_service_user,
        row_is_of_our_account,
        row_is_for_a_working_day,
        row_names_its_day,
    )
)

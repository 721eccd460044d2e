"""Checks on what only a Standard 18 file has: lengths, numbers, days, accounts, contras and totals.

What the labels alone can get wrong is in `label_checks.py`. The codes are the project's own; source: formats
page bacs.md, sections 2 and 4.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from hub.api import Chunk, Context, Found, Level, Need, Severity, check, format_pounds
from plugins.bacs.label_checks import LABEL_CHECKS
from plugins.bacs.layouts import DAILY, DATA, DATED, MULTI
from plugins.bacs.settings import SubmissionOptions
from plugins.bacs.tally import Balance, Section, Standard18Tally, contra_rows, file_number_scope, serial_scope
from plugins.bacs.ways import STANDARD18

Options = Context[SubmissionOptions]
_NO_NAME, _NO_DAY = " " * 18, " " * 6


@check("S18-002", level=Level.FILE)
def data_have_one_length(tally: Standard18Tally, ctx: Options) -> Iterator[Found]:
    """All data records of a file are as long as each other: 100 for one day, 106 for several.

    Some writers put 106 characters into one-day files, all with the day of UHL1; `accept_multi_in_daily`
    lets those pass with a warning."""
    for section in tally.sections:
        line = section.line("UHL1")
        if len(section.shapes) > 1:
            yield Found("the file holds data records of 100 and of 106 characters", line)
        elif section.shapes == {DATED.name} and section.text("UHL1", "work_code") == DAILY:
            accepted = ctx.options.accept_multi_in_daily and set(section.days) <= {section.day}
            severity = Severity.WARNING if accepted else Severity.ERROR
            message = "a one-day file holds data records of 106 characters: expected 100"
            yield Found(message, line, "work_code", "100 characters", severity)


@check("S18-004", level=Level.HISTORY, needs=(Need.HISTORY,))
def serial_is_new(tally: Standard18Tally, ctx: Options) -> Iterator[Found]:
    """The volume's serial was never used before by this service user: a repeat may be a resend."""
    user, serial = tally.service_user_number(), tally.serial()
    if user and serial and serial in _used(ctx, serial_scope(user)):
        line = tally.volume.line if tally.volume else None
        yield Found(f"serial {serial} was used before by {user}", line, "serial", "a new serial")


@check("S18-024", level=Level.HISTORY, severity=Severity.HOLD, needs=(Need.HISTORY,))
def file_number_is_new(tally: Standard18Tally, ctx: Options) -> Iterator[Found]:
    """The file number was not used before for the same processing day; that no bureau takes it is assumed."""
    user = tally.service_user_number()
    for section in tally.sections if user else ():
        number = section.text("UHL1", "file_number")
        for day in section.days:
            if number in _used(ctx, file_number_scope(str(user), day)):
                message = f"file number {number} was used before for processing day {day}"
                yield Found(message, section.line("UHL1"), "file_number", "a new number")


def _used(ctx: Options, scope: str) -> frozenset[str]:
    return ctx.facts.history.used.get(scope, frozenset()) if ctx.facts.history else frozenset()


@check("S18-007", level=Level.FILE)
def file_expires_late_enough(tally: Standard18Tally, ctx: Options) -> Iterator[Found]:
    """The file expires after its creation and after its last processing day."""
    for section in tally.sections:
        created, expires = section.read("HDR1", "creation"), section.read("HDR1", "expiry")
        latest = max([day for day in (created, section.day, *section.days) if day], default=None)
        if expires and latest and expires <= latest:
            message = f"the file expires on {expires}; it was created and is processed up to {latest}"
            yield Found(message, section.line("HDR1"), "expiry", f"a day after {latest}")


@check("S18-007", level=Level.HISTORY, needs=(Need.TODAY,))
def file_is_recent(tally: Standard18Tally, ctx: Options) -> Iterator[Found]:
    """The file was created not in the future and at most `creation_age` days ago."""
    today, oldest = ctx.facts.today, ctx.options.creation_age
    for section in tally.sections:
        created = section.read("HDR1", "creation")
        if today and created and not 0 <= (today - created).days <= oldest:
            expected = f"a day up to {today}, at most {oldest} days before it"
            message = f"the file was created on {created}: expected {expected}"
            yield Found(message, section.line("HDR1"), "creation", expected)


@check("S18-008", level=Level.FILE)
def day_follows_creation(tally: Standard18Tally, ctx: Options) -> Iterator[Found]:
    """Payments are processed after the day on which the file was made."""
    for section in tally.sections:
        created = section.read("HDR1", "creation")
        for day, line in _days(section):
            if created and day <= created:
                message = f"processing day {day} is not after the file's creation on {created}"
                yield Found(message, line, "processing_day", f"a day after {created}")


@check("S18-008", level=Level.FILE, needs=(Need.CALENDAR,))
def day_is_a_working_day(tally: Standard18Tally, ctx: Options) -> Iterator[Found]:
    """Bacs works on each processing day. Bacs software may replace a wrong day by the current one."""
    calendar = ctx.facts.calendar
    if calendar is None:
        return
    for section in tally.sections:
        for day, line in _days(section):
            if not calendar.is_working_day(day):
                message = f"processing day {day}, a {day:%A}, is not a Bacs working day"
                yield Found(message, line, "processing_day", "a working day")


def _days(section: Section) -> list[tuple[date, int | None]]:
    days: dict[date, int | None] = {**section.days}
    if section.day:
        days[section.day] = section.line("UHL1")
    return sorted(days.items())


@check("S18-009", level=Level.FILE)
def days_fit_the_work_code(tally: Standard18Tally, ctx: Options) -> Iterator[Found]:
    """A one-day file has its day in UHL1; a several-day file has a day on each record."""
    for section in tally.sections:
        work_code, line = section.text("UHL1", "work_code"), section.line("UHL1")
        if work_code == DAILY and section.day is None:
            yield Found("a one-day file names no processing day", line, "processing_day", "a day")
        if work_code == MULTI and DATA.name in section.shapes:
            message = "a several-day file holds data records of 100 characters, which name no day"
            yield Found(message, line, "work_code", "106 characters")


@check("S18-009", level=Level.RECORD, layouts=(DATED.name,))
def record_names_its_day(chunk: Chunk, tally: Standard18Tally, ctx: Options) -> Iterator[Found]:
    """A data record of 106 characters ends with its processing day."""
    if _NO_DAY in chunk.columns["day"]:
        for line, day in zip(chunk.lines, chunk.columns["day"], strict=True):
            if day == _NO_DAY:
                yield Found("the record names no processing day", line, "day", "a day")


@check("S18-012", level=Level.RECORD, options=("originating_accounts",), layouts=(DATA.name, DATED.name))
def origin_is_ours(chunk: Chunk, tally: Standard18Tally, ctx: Options) -> Iterator[Found]:
    """The council's side is one of its own accounts: a redirected contra is the fraud to fear."""
    ours = {(account.sort_code, account.account_number) for account in ctx.options.originating_accounts}
    columns = chunk.columns["originating_sort_code"], chunk.columns["originating_account"]
    if set(zip(*columns, strict=True)) <= ours:
        return
    for line, *origin in zip(chunk.lines, *columns, strict=True):
        if tuple(origin) not in ours:
            message = "the originating account is not one of this feed's originating_accounts"
            yield Found(message, line, "originating_account")


@check("S18-010", level=Level.RECORD, severity=Severity.WARNING, layouts=(DATA.name, DATED.name))
def account_type_is_usual(chunk: Chunk, tally: Standard18Tally, ctx: Options) -> Iterator[Found]:
    """The type of account is 0. Bacs looks at it; what it makes of another one is not known."""
    types = chunk.columns["account_type"]
    if set(types) <= {"0"}:
        return
    for line, text in zip(chunk.lines, types, strict=True):
        if text != "0":
            yield Found("the type of account is another: expected 0", line, "account_type", "0")


@check("S18-021", level=Level.RECORD, layouts=(DATA.name, DATED.name))
def names_are_given(chunk: Chunk, tally: Standard18Tally, ctx: Options) -> Iterator[Found]:
    """Payer's name and service user name are not blank; a contra's narrative may be."""
    for name in ("user_name", "account_name"):
        if _NO_NAME in chunk.columns[name]:
            contras = set(contra_rows(chunk.columns))
            for row, text in enumerate(chunk.columns[name]):
                if text == _NO_NAME and row not in contras:
                    yield Found(f"{name} is blank", chunk.lines[row], name, "a name")


@check("S18-001", level=Level.FILE)
def contras_follow(tally: Standard18Tally, ctx: Options) -> Iterator[Found]:
    """A contra comes after the payments of its day and account (of several contras, the last does)."""
    for section in tally.sections:
        for balance, line in section.contra_at.items():
            last = section.last_items.get(balance, 0)
            if line < last:
                expected = f"after line {last}"
                message = f"the contra stands before a payment that it balances: expected it {expected}"
                yield Found(message, line, expected=expected)


@check("S18-014", level=Level.FILE, whole=True)
def contras_balance(tally: Standard18Tally, ctx: Options) -> Iterator[Found]:
    """Each day, originating account and direction has its contra, to the penny."""
    for section in tally.sections:
        for line in section.stray_contras:
            yield Found("a contra of another code than 99 or 17", line, "transaction_code", "99 or 17")
        for balance in sorted(section.payments.keys() | section.contras.keys(), key=str):
            if section.payments[balance] != section.contras[balance]:
                yield _out_of_balance(section, balance)


def _out_of_balance(section: Section, balance: Balance) -> Found:
    """Names the contra's line; where there is none, that of the last payment."""
    summed, contra = format_pounds(section.payments[balance]), format_pounds(section.contras[balance])
    told = f"its contra gives {contra}" if balance in section.contra_at else "it has no contra"
    message = f"one account's {balance.side}s of {balance.day} add up to {summed}, and {told}"
    return Found(message, section.line_of(balance), "amount", summed)


@check("S18-015", level=Level.FILE, whole=True)
def totals_agree(tally: Standard18Tally, ctx: Options) -> Iterator[Found]:
    """UTL1 holds the totals and numbers of debits and credits, contras included."""
    for section in tally.sections:
        for side in ("debit", "credit"):
            for what, sums in (("value", section.values), ("count", section.counts)):
                told = section.text("UTL1", f"{side}_{what}")
                if told is not None and int(told) != sums[side]:
                    message = f"UTL1 gives the {side} {what} {int(told)}, the records {sums[side]}"
                    yield Found(message, section.line("UTL1"), f"{side}_{what}", str(sums[side]))


@check("S18-016", level=Level.FILE, whole=True)
def instructions_are_counted(tally: Standard18Tally, ctx: Options) -> Iterator[Found]:
    """UTL1 holds the number of instructions (0N, 0C, 0S); blank counts as none."""
    for section in tally.sections:
        told = section.read("UTL1", "instruction_count")
        counted = section.counts["instruction"]
        if "UTL1" in section.labels and int(told or 0) != counted:
            message = f"UTL1 counts {int(told or 0)} instructions, the file holds {counted}"
            yield Found(message, section.line("UTL1"), "instruction_count", str(counted))


STANDARD18_CHECKS = tuple(
    check.only(STANDARD18)
    for check in (
        *LABEL_CHECKS,
        data_have_one_length,
        serial_is_new,
        file_expires_late_enough,
        file_is_recent,
        day_follows_creation,
        day_is_a_working_day,
        days_fit_the_work_code,
        record_names_its_day,
        origin_is_ours,
        account_type_is_usual,
        names_are_given,
        contras_follow,
        contras_balance,
        totals_agree,
        instructions_are_counted,
        file_number_is_new,
    )
)

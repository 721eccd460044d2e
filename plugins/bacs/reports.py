"""What every report from Bacs has: it says whose it is, what it is and when it was made, once.

Source: formats page bacs.md, sections 6.1 and 6.9. The codes of the checks are the project's own: those
declared as REPORT-nn go by the name of the report that runs them (ARUDD-01, DDIC-02).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from hub.api import Check, Chunk, Context, Found, Layout, Level, Row, Severity, Tally, check
from plugins.bacs.settings import ReportOptions

OF_ANOTHER_USER = (
    "the report is for another service user: this may be a data breach. Don't open or pass on "
    "the file; tell your data protection officer and whoever delivered it"
)


class ReportTally(Tally):
    """A report's rows by layout.

    header_in, user_in: the layouts of what says which report it is, and whose
    items_in:           the layouts that become items; these need both of the above before them
    early:              the first row of those that came while it was not known whose report this is
    """

    header_in: tuple[Layout, ...] = ()
    user_in: tuple[Layout, ...] = ()
    items_in: tuple[Layout, ...] = ()

    def __init__(self, ctx: Context[Any]) -> None:
        super().__init__(ctx)
        self._rows: dict[str, list[Row]] = {}
        self.early: int | None = None

    def add(self, chunk: Chunk) -> None:
        self.note_early(chunk)
        self._rows.setdefault(chunk.layout.name, []).extend(chunk.rows())

    def note_early(self, chunk: Chunk) -> None:
        if chunk and chunk.layout in self.items_in and self.early is None and not self.is_known:
            self.early = chunk.lines[0]

    def rows(self, *layouts: Layout) -> Sequence[Row]:
        return [row for layout in layouts for row in self._rows.get(layout.name, ())]

    @property
    def headers(self) -> Sequence[Row]:
        return self.rows(*self.header_in)

    @property
    def users(self) -> Sequence[Row]:
        return self.rows(*self.user_in)

    @property
    def header(self) -> Row | None:
        return next(iter(self.headers), None)

    def identity(self) -> str | None:
        """What the report calls itself; nothing of one that is for somebody else is told."""
        return None if of_somebody_else(self, self.ctx) else self.own_name()

    def own_name(self) -> str | None:
        """What the report calls itself; None where it has no name of its own."""
        return None

    @property
    def is_known(self) -> bool:
        """Whether it was said already which report this is, and whose."""
        return bool(self.users) and (bool(self.headers) or not self.header_in)


def digits_only(sort_code: str) -> str:
    return sort_code.strip().replace("-", "")


def of(report: str, *checks: Check) -> tuple[Check, ...]:
    """Checks that several reports have, under the codes of one of them."""
    return tuple(replace(one, id=one.id.replace("REPORT", report)) for one in checks)


@check("REPORT-01", level=Level.FILE)
def report_says_what_it_is(tally: ReportTally, ctx: Context[ReportOptions]) -> Iterator[Found]:
    """The report names its type, day and service user, once, before what it is about."""
    for name, layouts in {"header": tally.header_in, "service user": tally.user_in}.items():
        rows = tally.rows(*layouts)
        if layouts and len(rows) != 1:
            line = rows[1].line if rows else None
            element = layouts[0].path.rpartition("/")[2]
            message = f"the report has {len(rows)} sound {element} elements: which is its own is not sure"
            yield Found(message, line, expected=f"one {name}")
    if tally.early and tally.is_known:
        message = "what the report is about stands before what tells whose report this is"
        yield Found(message, tally.early, expected="header and service user first")


def type_is_known(option: str) -> Check:
    """The check that the report type is one of those that the option of this name lists."""

    def run(tally: ReportTally, ctx: Context[Any]) -> Iterator[Found]:
        known = getattr(ctx.options, option)
        for header in tally.headers:
            if header["report_type"].strip() not in known:
                expected = f"one of {', '.join(known)}"
                yield Found(
                    f"the report type is not known: expected {expected}", header.line, "report_type", expected
                )

    run.__doc__ = (
        f"The report type is one of `{option}`; another one is kept and the report is read all the same."
    )
    declare: Callable[..., Check] = check(
        "REPORT-01", level=Level.FILE, severity=Severity.WARNING, options=(option,)
    )
    return declare(run)


@check("REPORT-02", level=Level.FILE, options=("service_user_number",), foreign=True)
def report_is_ours(tally: ReportTally, ctx: Context[ReportOptions]) -> Iterator[Found]:
    """The report is for the feed's service user. Another one's is somebody else's personal data."""
    expected = ctx.options.service_user_number
    for user in tally.users:
        if user["service_user_number"].strip() != expected:
            yield Found(OF_ANOTHER_USER, user.line, "service_user_number", expected)


def of_somebody_else(tally: ReportTally, ctx: Context[Any]) -> bool:
    """Whether the service user is set and the report names another one: then nothing of it is kept."""
    return report_is_ours.obstacle(ctx) is None and any(report_is_ours.run(tally, ctx))

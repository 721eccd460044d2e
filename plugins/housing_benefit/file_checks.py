"""Checks on a posting file as a whole, alone and against the file before it.

Source: formats page housing_benefit.md, sections 4.3 to 4.5, 4.9 and 8.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

from hub.api import (
    SENDERS_TOTALS,
    Context,
    Found,
    LastTransfer,
    Level,
    Need,
    Severity,
    check,
    format_pounds,
    senders_total_key,
)
from plugins.housing_benefit.layouts import CSV_DETAIL, CSV_TOTAL, DETAIL, HEADER, TRAILER
from plugins.housing_benefit.settings import ACADEMY, CSV1, FW1, PostingOptions, in_pence
from plugins.housing_benefit.tally import PostingTally, Step

DAY = timedelta(days=1)
RUN_DATE_AHEAD = timedelta(days=7)
MONDAY, SUNDAY = 0, 6
OPENING = {FW1: HEADER.name}
DETAILS = {FW1: DETAIL.name, CSV1: CSV_DETAIL.name}
CLOSING = {FW1: TRAILER.name, CSV1: CSV_TOTAL.name}
_PENCE = frozenset({"gross", "recovered", "posted"})
Options = Context[PostingOptions]


@check("HB-STRUCTURE", level=Level.FILE)
def records_are_in_order(tally: PostingTally, ctx: Options) -> Iterator[Found]:
    """One header first (fixed width only), one record with control totals last: else the file was cut off, or
    something was added to it. Records of a wrong length or with wrong bytes have this id too."""
    yield from _out_of_place(tally.order, OPENING.get(ctx.format), CLOSING[ctx.format])


def _out_of_place(steps: Sequence[Step], opening: str | None, closing: str) -> Iterator[Found]:
    if opening and (not steps or steps[0].name != opening):
        yield Found(f"the file does not begin with its {opening}", 1, expected=f"a {opening} record")
    if not steps or steps[-1].name != closing:
        message = f"the file does not end with its {closing}: it was cut off, or something was added to it"
        yield Found(message, expected=f"a {closing} record")
    for step in steps[1:]:
        if step.name == opening:
            yield Found(f"there is a second {opening}", step.line)
    for step in steps[:-1]:
        if step.name == closing:
            yield Found(f"there is a {closing} before the end", step.line)


@check("HB-HEADER", level=Level.FILE)
def header_fits(tally: PostingTally, ctx: Options) -> Iterator[Found]:
    """The header is of a known system, its period runs from a Monday for whole weeks to a Sunday, and a live
    route takes live files only: a test file never posts."""
    header = tally.header
    if header is None:
        return
    options, line = ctx.options, header.line
    if header.system not in options.source_systems:
        known = " or ".join(sorted(options.source_systems))
        yield Found(f"the source system is “{header.system}”", line, "source", known)
    if header.weeks not in options.allowed_weeks:
        allowed = " or ".join(map(str, sorted(options.allowed_weeks)))
        yield Found(f"the period has {header.weeks} weeks", line, "weeks", allowed)
    if header.live_or_test != options.live_or_test:
        message = f"the file is marked {header.live_or_test}, and this route takes {options.live_or_test}"
        yield Found(message, line, "live_or_test", options.live_or_test)
    yield from (Found(message, line, field) for message, field in _period_faults(header.period, header.weeks))


def _period_faults(period: tuple[date, date], weeks: int) -> Iterator[tuple[str, str]]:
    first, last = period
    if first.weekday() != MONDAY:
        yield f"the period starts on {first:%A} {first}, not on a Monday", "period_start"
    if last.weekday() != SUNDAY:
        yield f"the period ends on {last:%A} {last}, not on a Sunday", "period_end"
    if last != first + timedelta(days=7 * weeks - 1):
        yield f"{weeks} weeks from {first} do not end on {last}", "weeks"


@check("HB-HEADER-AUTHORITY", level=Level.FILE, options=("authority_code",))
def authority_is_ours(tally: PostingTally, ctx: Options) -> Iterator[Found]:
    """HEADER: the file is of the authority that `authority_code` names."""
    header, expected = tally.header, ctx.options.authority_code
    if header and header.authority != expected:
        yield Found(f"the authority is “{header.authority}”", header.line, "authority", expected)


@check("HB-CONTROL", level=Level.FILE)
def count_agrees(tally: PostingTally, ctx: Options) -> Iterator[Found]:
    """The control record counts the rows, sound or not."""
    rows = tally.rows_of(DETAILS[ctx.format], tally.records)
    if tally.control and rows is not None:
        said = {"count": tally.control.totals["count"]}
        yield from _differences(said, {"count": rows}, "the control record", tally.control.line)


@check("HB-CONTROL", level=Level.FILE, whole=True)
def totals_agree(tally: PostingTally, ctx: Options) -> Iterator[Found]:
    """Sums and hash of the control record are those of the rows, to the penny."""
    if tally.control:
        said = {name: total for name, total in tally.control.totals.items() if name != "count"}
        yield from _differences(said, tally.found, "the control record", tally.control.line)


@check("HB-CONTROL", level=Level.FILE, options=("posted_value_column",), whole=True)
def agreed_totals_agree(tally: PostingTally, ctx: Options) -> Iterator[Found]:
    """`academy-nine` has no control totals of its own. With `control: manual` those of the benefits system's
    control report are compared (`expected_count`, `expected_total`), or a person compares them while the file
    waits. With `control: none` nobody does, and each run says so."""
    count, total = ctx.options.expected_count, ctx.options.expected_total
    if ctx.options.control == "none":
        message = "no control total is compared: the route says control: none"
        yield Found(message, severity=Severity.WARNING)
    elif ctx.options.control == "sidecar":
        return
    elif count is None or total is None:
        posted = format_pounds(tally.value)
        message = f"compare {tally.records} rows, posted {posted}, with the control report, then release"
        yield Found(message, severity=Severity.HOLD)
    else:
        said = {"count": count, "posted": in_pence(total)}
        yield from _differences(said, tally.found, "the control report", None)


@check("HB-CONTROL", level=Level.HISTORY, needs=(Need.RECORDS,), options=("totals_from",))
def senders_totals_agree(tally: PostingTally, ctx: Options) -> Iterator[Found]:
    """With `control: sidecar`, count and posted total are those that `totals_from` told for the latest
    posting date, in a file of its own (feed `rent.cash_totals`). While it has told none, the file waits."""
    source, day, records = ctx.options.totals_from, tally.business_date(), ctx.facts.records
    if source is None or day is None or records is None:
        return
    told = records.get(SENDERS_TOTALS, senders_total_key(source, day))
    if told is None:
        message = f"{source} has told no totals of {day}; compare {tally.records} rows, posted "
        yield Found(message + format_pounds(tally.value), severity=Severity.HOLD)
    else:
        said = {"count": told.data["count"], "posted": told.data["total"]}
        yield from _differences(said, tally.found, source, None)


def _differences(
    said: Mapping[str, int], found: Mapping[str, int], whose: str, line: int | None
) -> Iterator[Found]:
    for name, value in said.items():
        if value != found[name]:
            there, here = (format_pounds(n) if name in _PENCE else str(n) for n in (value, found[name]))
            yield Found(f"{name}: {whose} says {there}, the rows come to {here}", line, name, here)


@check("HB-POSTED-COLUMN", level=Level.FILE)
def posted_column_is_known(tally: PostingTally, ctx: Options) -> Iterator[Found]:
    """Which of the five values is posted is nowhere published: the council finds out from one real file and
    its control report, and sets `posted_value_column`. Until then no file is taken."""
    if ctx.options.posted_value_column is None:
        message = "set posted_value_column: which value is posted is agreed with the benefits system's owner"
        yield Found(message, expected="value1 to value5")


@check("HB-HA-CODE", level=Level.FILE, severity=Severity.WARNING, options=("ha_codes",))
def codes_of_landlords_are_known(tally: PostingTally, ctx: Options) -> Iterator[Found]:
    """The codes of landlords or schemes are among `ha_codes`."""
    for code in sorted(tally.ha_codes.keys() - set(ctx.options.ha_codes)):
        count, line = tally.ha_codes[code]
        yield Found(f"HA code “{code}” is not known ({count} rows, the first here)", line, "ha_code")


@check("HB-HEADER-RUN-DATE", level=Level.HISTORY, needs=(Need.TODAY,))
def run_date_is_not_ahead(tally: PostingTally, ctx: Options) -> Iterator[Found]:
    """HEADER: the benefits system's run is at most seven days ahead of today."""
    header, today = tally.header, ctx.facts.today
    if header and today and header.run_date > today + RUN_DATE_AHEAD:
        expected = f"{today + RUN_DATE_AHEAD} or earlier"
        yield Found(f"the run date is {header.run_date}", header.line, "run_date", expected)


@check("HB-DUPLICATE", level=Level.HISTORY, needs=(Need.HISTORY,))
def sequence_is_new(tally: PostingTally, ctx: Options) -> Iterator[Found]:
    """The file's number is above that of the last file from the same system: a number is used once."""
    header, last = tally.header, _last_sequence(tally, ctx)
    if header and last is not None and header.sequence <= last:
        message = f"DUPLICATE: sequence {header.sequence} is not after {last}, the last one accepted"
        yield Found(message, header.line, "sequence", str(last + 1))


@check("HB-GAP", level=Level.HISTORY, severity=Severity.HOLD, needs=(Need.HISTORY,))
def sequence_has_no_gap(tally: PostingTally, ctx: Options) -> Iterator[Found]:
    """The file's number follows that of the last one; where it doesn't, a file may be missing."""
    header, before = tally.header, _last(ctx)
    if header is None or before is None:
        return
    last = _last_sequence(tally, ctx)
    if last is None:
        message = f"GAP: the last file of this route was not from {header.source}; its sequence is not known"
        yield Found(message, header.line, "sequence")
    elif header.sequence > last + 1:
        message = f"GAP: sequence {header.sequence} follows {last}; the files between are missing"
        yield Found(message, header.line, "sequence", str(last + 1))


def _last(ctx: Options) -> LastTransfer | None:
    return ctx.facts.history.last if ctx.facts.history else None


def _last_sequence(tally: PostingTally, ctx: Options) -> int | None:
    """The number of the last file, if that came from the same authority and system."""
    last = _last(ctx)
    if last is None or tally.header is None or last.summary.get("source") != tally.header.source:
        return None
    sequence = last.summary.get("sequence")
    return sequence if isinstance(sequence, int) else None


@check("HB-DRIFT", level=Level.HISTORY, severity=Severity.HOLD, needs=(Need.HISTORY,))
def file_is_like_the_last(tally: PostingTally, ctx: Options) -> Iterator[Found]:
    """Total and count are near the last file's: `drift_total_percent` and `drift_count_percent`.

    The annual uprating sets this off; a waiver for those days approves it beforehand."""
    last, options = _last(ctx), ctx.options
    if last is None:
        return
    if _drifted(tally.value, last.value, options.drift_total_percent):
        now, before = format_pounds(tally.value), format_pounds(last.value)
        yield Found(f"posted is {now}, last time {before}: more than {options.drift_total_percent} % away")
    if _drifted(tally.records, last.records, options.drift_count_percent):
        change = f"{tally.records} rows, last time {last.records}"
        yield Found(f"{change}: more than {options.drift_count_percent} % away")


def _drifted(now: int, before: int, percent: int) -> bool:
    return abs(now - before) * 100 > abs(before) * percent


@check("HB-PERIOD", level=Level.HISTORY, severity=Severity.HOLD, needs=(Need.HISTORY,))
def period_follows_the_last(tally: PostingTally, ctx: Options) -> Iterator[Found]:
    """The period begins on the day after the last posted one ended."""
    last = _last(ctx)
    ended = last.summary.get("period_end") if last else None
    if tally.period is None or not isinstance(ended, str):
        return
    first, due = tally.period[0], date.fromisoformat(ended) + DAY
    if first != due:
        what = (
            "overlaps the last period, which ended" if first < due else "leaves a hole after the last, ended"
        )
        yield Found(
            f"PERIOD: it begins on {first} and {what} on {ended}", field="period_start", expected=f"{due}"
        )


FILE_CHECKS = (
    records_are_in_order.only(FW1, CSV1),
    header_fits.only(FW1),
    authority_is_ours.only(FW1),
    count_agrees.only(FW1, CSV1),
    totals_agree.only(FW1, CSV1),
    agreed_totals_agree.only(ACADEMY),
    senders_totals_agree.only(ACADEMY),
    posted_column_is_known.only(ACADEMY),
    codes_of_landlords_are_known,
    run_date_is_not_ahead.only(FW1),
    sequence_is_new.only(FW1),
    sequence_has_no_gap.only(FW1),
    file_is_like_the_last,
    period_follows_the_last.only(FW1, CSV1),
)

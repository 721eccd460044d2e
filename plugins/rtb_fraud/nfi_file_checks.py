"""Pre-flight checks of an extract as a whole, and what stands at its door (Q01, Q02, Q17, Q18 of 3.6)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from hub.api import Chunk, Context, Found, Level, Need, Severity, Taken, check
from plugins.rtb_fraud.nfi_quality import quality
from plugins.rtb_fraud.nfi_settings import ExtractOptions, TenantOptions
from plugins.rtb_fraud.nfi_tally import ExtractTally, cycle_of, extract_date, rows_of
from plugins.rtb_fraud.nfi_timetable import days_of_extract, standing_in_the_way
from plugins.rtb_fraud.settings import settings_of

MOST_BAD_DAYS = 5
"""Rows of a thousand whose day there is not, beyond which the whole file is made again."""


@quality("Q02", "warn")
def mandatory_is_filled(chunk: Chunk, tally: ExtractTally, ctx: Context[ExtractOptions]) -> Iterator[Found]:
    """Blanks in columns that must be there are counted; how many there may be is asked of the whole file."""
    for field, one in tally.columns.items():
        if one.presence != "M" or (field in chunk.columns and "" not in chunk.columns[field]):
            continue
        for line, text in rows_of(chunk, tally, field):
            if not text:
                tally.blank[field] += 1
                tally.first_blank.setdefault(field, line)
                yield Found(f"{one.label} is blank", line, one.label)


@quality("Q02", "stop", level=Level.FILE)
def enough_is_filled(tally: ExtractTally, ctx: Context[ExtractOptions]) -> Iterator[Found]:
    """A column that must be there is filled in as many of a hundred rows as its specification says: all
    tenancy references, 99 surnames, 98 postcodes, 95 dates of birth."""
    for field, blank in tally.blank.items():
        one = tally.columns[field]
        if (tally.records - blank) * 100 < one.filled * tally.records:
            told = f"{one.label} is blank in {blank} of {tally.records} rows"
            yield Found(told, tally.first_blank[field], one.label, f"filled in {one.filled} % of them")


@quality("DATE", "stop", level=Level.FILE, kinds=("date",))
def few_days_are_wrong(tally: ExtractTally, ctx: Context[ExtractOptions]) -> Iterator[Found]:
    """No more than five rows of a thousand have a day that there is not; else the column is in doubt."""
    for header, count in tally.bad_days.items():
        if count * 1000 > MOST_BAD_DAYS * tally.rows:
            yield Found(f"{header} is no day in {count} of {tally.rows} rows", None, header, "0.5 % at most")


@quality("Q01", "stop", level=Level.HISTORY, needs=(Need.RECENT_FILES,))
def count_is_as_last_cycle(tally: ExtractTally, ctx: Context[ExtractOptions]) -> Iterator[Found]:
    """The number of rows is that of the last cycle, give or take what the option `drift` says."""
    history, cycle = ctx.facts.history, cycle_of(ctx.facts)
    before = (one for one in (history.recent if history else ()) if one.summary.get("cycle") != cycle)
    last = next(before, None)
    rows = last.summary.get("rows") if last else None
    if isinstance(rows, int) and abs(tally.records - rows) * 100 > ctx.options.drift * rows:
        told = f"the file has {tally.records} rows; in the last cycle it had {rows}"
        yield Found(told, expected=f"within {ctx.options.drift} %")


@quality("Q01", "stop", level=Level.HISTORY, fields=("tenancy_ref", "status_flag"), needs=(Need.REGISTER,))
def count_is_that_of_the_tenancies(tally: ExtractTally, ctx: Context[TenantOptions]) -> Iterator[Found]:
    """There are as many named tenants as live tenancies, times what the option `joint` says. Asked only where
    the register knows live accounts."""
    live = len(ctx.facts.register.live()) if ctx.facts.register else 0
    least, most = ctx.options.joint
    slack = ctx.options.drift / 100
    if live and not live * least * (1 - slack) <= tally.records <= live * most * (1 + slack):
        told = f"the file has {tally.records} rows; the register has {live} live accounts"
        yield Found(told, expected=f"{least} to {most} named tenants an account")


@quality("Q17", "warn", level=Level.FILE, needs=(Need.TODAY,))
def extracted_for_the_cycle(tally: ExtractTally, ctx: Context[ExtractOptions]) -> Iterator[Found]:
    """The day of the extract lies in the autumn that the cycle is named after: September to January."""
    on, (first, last) = extract_date(ctx), _autumn(cycle_of(ctx.facts))
    if on is not None and not first <= on <= last:
        yield Found(f"the extract is of {on}", expected=f"September {first.year} to January {last.year}")


def _autumn(cycle: str) -> tuple[date, date]:
    year = int(cycle[:4])
    return date(year, 9, 1), date(year + 1, 1, 31)


@quality("Q17", "warn", level=Level.CROSS, needs=(Need.RECORDS,))
def extracted_in_its_days(taken: Sequence[Taken], ctx: Context[ExtractOptions]) -> Iterator[Found]:
    """The day of the extract is one on which the timetable (`nfi_step` extract) has extracts made."""
    for one in taken:
        cycle = str(one.item.data["cycle"])
        days = days_of_extract(ctx.facts.records, cycle) if ctx.facts.records else None
        first, last = _autumn(cycle)
        if days is not None and first <= one.item.on <= last and not days[0] <= one.item.on <= days[1]:
            yield Found(f"the extract is of {one.item.on}", expected=f"{days[0]} to {days[1]}")


FILE_CHECKS = (
    mandatory_is_filled,
    enough_is_filled,
    few_days_are_wrong,
    count_is_as_last_cycle,
    count_is_that_of_the_tenancies,
    extracted_for_the_cycle,
    extracted_in_its_days,
)


@check(
    "NFI-Q18",
    level=Level.CROSS,
    severity=Severity.HOLD,
    needs=(Need.TODAY, Need.RECORDS),
    at_send=True,
)
def may_be_handed_over(taken: Sequence[Taken], ctx: Context[ExtractOptions]) -> Iterator[Found]:
    """No file is handed over before the privacy notice declaration of its cycle is recorded as done
    (`nfi_step`), the web application takes files, and an uploader is named (`uploaders`); nor by anybody
    else, nor for another cycle than the one that is set. Asked when somebody takes the file."""
    if ctx.moment is None:
        return
    setting, records = settings_of(ctx.facts).nfi, ctx.facts.records
    if not setting.uploaders:
        yield Found("nobody is named as an uploader (settings: rtb_fraud: nfi: uploaders:)")
    elif ctx.facts.by_hand is not None and ctx.facts.by_hand not in setting.uploaders:
        yield Found(f"{ctx.facts.by_hand} is not one of the uploaders named")
    for one in taken:
        cycle = str(one.item.data.get("cycle", ""))
        if cycle != setting.cycle:
            yield Found(f"the extract is of the cycle {cycle}, and {setting.cycle} is set")
        if records is not None and ctx.facts.today is not None:
            yield from map(Found, standing_in_the_way(records, cycle, ctx.facts.today))

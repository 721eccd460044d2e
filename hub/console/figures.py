"""What the Reports page tells: each a chart, a table, and a workbook of the table. Pure, but for looking."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from functools import cached_property
from typing import Any

from markupsafe import Markup

from hub.clock.now import local_date, local_instant
from hub.console.charts import Chart, Series, across, bars, line
from hub.console.wording import count, pounds
from hub.console.wording import day as day_words
from hub.formats.layout import Layout, column
from hub.formats.types import Day, FieldType, Pounds, Text
from hub.model import PromiseState
from hub.store.look import Look
from hub.store.look.figures import Moved

BY_WEEK = timedelta(days=45)
"""A longer time is shown by weeks."""
_WEEK = timedelta(days=7)
AGES = ((7, "up to a week"), (30, "up to 30 days"), (90, "up to 90 days"), (365, "up to a year"))
OLDER = "longer"


@dataclass(frozen=True, slots=True)
class Period:
    """The days asked for, both included, as of `today`."""

    first: date
    last: date
    today: date

    @property
    def is_long(self) -> bool:
        """Told by weeks."""
        return self.last - self.first > BY_WEEK

    def begins(self) -> Sequence[date]:
        """The days, or the Mondays of the weeks, that are told one by one."""
        step = _WEEK if self.is_long else timedelta(days=1)
        start = self.of(self.first)
        return [start + step * number for number in range((self.last - start) // step + 1)]

    def label(self, day: date) -> str:
        """The day beside a chart; with its year where there are two."""
        return f"{day.day} {day:%b}" if self.first.year == self.last.year else day_words(day)

    def of(self, day: date) -> date:
        """The day or week that it is told in."""
        return day - timedelta(days=day.weekday()) if self.is_long else day


class Over:
    """What is told of a period, as far as who looks may see it; looked at once, whatever is made of it."""

    def __init__(self, look: Look, period: Period) -> None:
        self.look, self.period = look, period

    @cached_property
    def moved(self) -> Sequence[Moved]:
        return self.look.moved(self.period.first, self.period.last)


@dataclass(frozen=True, slots=True)
class Figure:
    """`columns`: names, those of figures begin with ">"; `layout` and `rows`: of the workbook."""

    name: str
    title: str
    summary: str
    drawn: Markup
    layout: Layout
    rows: Sequence[Mapping[str, Any]]

    @property
    def columns(self) -> Sequence[str]:
        fields = self.layout.fields
        kinds = [">" if isinstance(one.kind, Pounds) or one.name in _COUNTS else "" for one in fields]
        names = [one.name.replace("_", " ").capitalize() for one in fields]
        return [kind + name for kind, name in zip(kinds, names, strict=True)]

    def shown(self, most: int) -> Sequence[Sequence[object]]:
        """The first rows, as people read them."""
        return [[_shown(one.kind, row[one.name]) for one in self.layout.fields] for row in self.rows[:most]]


_COUNTS = ("transfers", "records", "in_time", "late", "missed", "bad", "items", "in_100")


def volumes(over: Over) -> Figure:
    """Transfers and their records, by business date and partner."""
    moved, period = over.moved, over.period
    at, transfers = period.begins(), _sums(moved, period, lambda row: row.transfers)
    total, records = sum(row.transfers for row in moved), sum(row.records for row in moved)
    busiest = max(at, key=lambda day: transfers[day], default=None)
    summary = f"{total:,} transfers with {records:,} records in all"
    if busiest is not None and transfers[busiest]:
        when = f"{'in the week of' if period.is_long else 'on'} {period.label(busiest)}"
        summary += f"; most came {when}: {transfers[busiest]:,}"
    partners = [name for name, _ in _by_partner(moved, lambda row: row.transfers).most_common(3)]
    series = [_series(name, moved, period, {name}) for name in partners]
    rest = {row.partner for row in moved} - set(partners)
    series += [_series("all others", moved, period, rest)] if rest else []
    chart = Chart("volumes", "Transfers by day or week", summary, [period.label(day) for day in at], series)
    layout = _layout("volumes", day=Day("%Y-%m-%d"), partner=Text(), transfers=Text(), records=Text())
    return Figure("volumes", "Volumes", summary, bars(chart), layout, _rows(moved, layout))


def value(over: Over) -> Figure:
    """Pounds, with the files' own signs, by business date and partner."""
    moved, period = over.moved, over.period
    at, pence = period.begins(), _sums(moved, period, lambda row: row.pence)
    summary = f"{pounds(sum(pence.values()))} in all, with the signs that the files have"
    series = [Series("value", [pence[day] for day in at])]
    chart = Chart(
        "value", "Value by day or week", summary, [period.label(day) for day in at], series, _thousands
    )
    layout = _layout("value", day=Day("%Y-%m-%d"), partner=Text(), value=Pounds())
    rows = [{"day": row.day, "partner": row.partner, "value": row.pence} for row in moved]
    return Figure("value", "Value", summary, line(chart), layout, rows)


def timeliness(over: Over) -> Figure:
    """What was promised, by the day it was due: kept in time, late, or not at all yet."""
    period = over.period
    begin = local_instant(period.first, time())
    end = local_instant(period.last + timedelta(days=1), time())
    counted: dict[date, Counter[str]] = defaultdict(Counter)
    for one in over.look.promised(begin, end):
        late = one.settled_at is not None and one.settled_at > one.due_at
        how = "missed" if one.state is PromiseState.BROKEN else "late" if late else "in_time"
        counted[period.of(local_date(one.due_at))][how] += 1
    at, total = period.begins(), sum((Counter(one) for one in counted.values()), Counter[str]())
    in_100 = total["in_time"] * 100 // (total.total() or 1)
    summary = "Nothing was promised for these days"
    if total.total():
        summary = (
            f"{total['in_time']:,} of {total.total():,} promises were kept in time ({in_100} in 100), "
            f"{total['late']:,} late, {total['missed']:,} not yet"
        )
    words = {"in_time": "in time", "late": "late", "missed": "not yet"}
    series = [Series(told, [counted[day][how] for day in at]) for how, told in words.items()]
    labels = [period.label(day) for day in at]
    chart = Chart("timeliness", "Promises by the day they were due", summary, labels, series)
    layout = _layout("timeliness", day=Day("%Y-%m-%d"), in_time=Text(), late=Text(), missed=Text())
    rows = [{"day": day, **{how: counted[day][how] for how in words}} for day in at if counted[day]]
    return Figure("timeliness", "Timeliness", summary, bars(chart), layout, rows)


def errors(over: Over) -> Figure:
    """Transfers that were rejected or failed, by partner."""
    moved = over.moved
    all_of, bad = _by_partner(moved, lambda row: row.transfers), _by_partner(moved, lambda row: row.bad)
    ordered = sorted(all_of, key=lambda name: (-bad[name], name))
    summary = f"{bad.total():,} of {all_of.total():,} transfers were rejected or failed"
    worst = [name for name in ordered if bad[name] == bad[ordered[0]] > 0]
    if len(worst) == 1:
        summary += f"; most of {worst[0]}: {bad[worst[0]]:,}"
    some = [name for name in ordered if bad[name]]
    series = [Series("rejected or failed", [bad[name] for name in some])]
    chart = Chart("errors", "Transfers rejected or failed, by partner", summary, some, series)
    layout = _layout("errors", partner=Text(), transfers=Text(), bad=Text(), in_100=Text())
    rows = [
        {
            "partner": name,
            "transfers": all_of[name],
            "bad": bad[name],
            "in_100": bad[name] * 100 // all_of[name],
        }
        for name in ordered
    ]
    return Figure("errors", "Errors by partner", summary, across(chart), layout, rows)


def suspense(over: Over) -> Figure:
    """Money in suspense today, by its age."""
    items, pence = Counter[str](), Counter[str]()
    for row in over.look.suspended():
        age = (over.period.today - row.day).days
        told = next((words for most, words in AGES if age <= most), OLDER)
        items[told] += row.items
        pence[told] += abs(row.pence)
    ages = [*(words for _, words in AGES), OLDER]
    summary = f"{count(items.total(), 'item')} in suspense today, {pounds(pence.total())} in all"
    if items[OLDER]:
        summary += f"; {items[OLDER]:,} of them for longer than a year"
    series = [Series("items", [items[age] for age in ages])]
    chart = Chart("suspense", "Items in suspense, by age", summary, ages, series)
    layout = _layout("suspense", age=Text(), items=Text(), value=Pounds())
    rows = [{"age": age, "items": items[age], "value": pence[age]} for age in ages]
    return Figure("suspense", "Age of suspense", summary, across(chart), layout, rows)


FIGURES: Mapping[str, Callable[[Over], Figure]] = {
    "volumes": volumes,
    "value": value,
    "timeliness": timeliness,
    "errors": errors,
    "suspense": suspense,
}


def _thousands(pence: int) -> str:
    """A value beside an axis or a point."""
    return pounds(pence).removesuffix(".00")


def _sums(moved: Iterable[Moved], period: Period, what: Callable[[Moved], int]) -> Counter[date]:
    by_day, found = Counter[date](), Counter[date]()
    for row in moved:
        by_day[row.day] += what(row)
    for day, number in by_day.items():
        found[period.of(day)] += number
    return found


def _by_partner(moved: Iterable[Moved], what: Callable[[Moved], int]) -> Counter[str]:
    found = Counter[str]()
    for row in moved:
        found[row.partner] += what(row)
    return found


def _series(name: str, moved: Iterable[Moved], period: Period, partners: Collection[str]) -> Series:
    sums = _sums((row for row in moved if row.partner in partners), period, lambda row: row.transfers)
    return Series(name, [sums[day] for day in period.begins()])


def _rows(moved: Iterable[Moved], layout: Layout) -> list[Mapping[str, Any]]:
    return [{one.name: getattr(row, one.name) for one in layout.fields} for row in moved]


def _layout(name: str, **kinds: FieldType) -> Layout:
    return Layout(name, tuple(column(of, kind) for of, kind in kinds.items()))


def _shown(kind: FieldType, value: Any) -> object:
    if isinstance(kind, Pounds):
        return pounds(value)
    if isinstance(value, date):
        return day_words(value)
    return f"{value:,}" if isinstance(value, int) else value

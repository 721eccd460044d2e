"""Reports: what moved, in time or not, and what is in suspense; each as a chart, a table and a workbook.
Below, the plug-ins' own."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter
from fastapi.responses import Response

from hub.console.figures import FIGURES, Over, Period
from hub.console.forms import day_of
from hub.console.here import Here, Looks
from hub.console.marks import link
from hub.console.wording import day, name_words, told, told_pounds
from hub.engine.reports import find_report, made, seen_reports
from hub.errors import Unknown, UsageError
from hub.formats.layout import Field, Layout
from hub.formats.types import Pounds, filled
from hub.formats.workbook import Sheet, write

NAV = ("Reports", "/reports")
router = APIRouter()
USUAL, LONGEST = timedelta(days=27), timedelta(days=731)
OWN_USUAL = timedelta(days=90)
SHOWN = 200
"""Rows of a table that a page shows; the workbook has all."""
_WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@router.get("/reports")
def reports(here: Looks, first: str = "", last: str = "") -> Response:
    period = _period(here, first, last, USUAL)
    with here.look() as look:
        over = Over(look, period)
        figures = [make(over) for make in FIGURES.values()]
    asked = {"first": period.first.isoformat(), "last": period.last.isoformat()}
    own = [(link(f"/reports/own/{one.name}", one.title), one.name) for one in seen_reports(here.hub)]
    return here.page(
        "reports.html",
        asked=asked,
        query=urlencode(asked),
        figures=[(one, one.shown(SHOWN), len(one.rows) > SHOWN) for one in figures],
        own=own,
        shown=SHOWN,
    )


@router.get("/reports/{name}.xlsx")
def workbook(here: Looks, name: str, first: str = "", last: str = "") -> Response:
    """The table of one chart."""
    if name not in FIGURES:
        raise Unknown(f"There is no report {name}.")
    period = _period(here, first, last, USUAL)
    with here.look() as look:
        figure = FIGURES[name](Over(look, period))
    return _workbook(here, name, figure.layout, figure.rows)


@router.get("/reports/own/{name}")
def own(here: Looks, name: str, first: str = "", last: str = "") -> Response:
    """A report that a plug-in brought."""
    report, period = find_report(here.hub, name), _period(here, first, last, OWN_USUAL)
    rows = made(here.hub, report, period.first, period.last)
    fields = report.layout.fields
    columns = [f"{'>' * _is_money(one)}{name_words(one.name)}" for one in fields]
    asked = {"first": period.first.isoformat(), "last": period.last.isoformat()}
    return here.page(
        "report.html",
        report=report,
        asked=asked,
        query=urlencode(asked),
        columns=columns,
        rows=[_cells(report.layout, row) for row in rows[:SHOWN]],
        number=len(rows),
        shown=SHOWN,
    )


@router.get("/reports/own/{name}/workbook.xlsx")
def own_workbook(here: Looks, name: str, first: str = "", last: str = "") -> Response:
    report, period = find_report(here.hub, name), _period(here, first, last, OWN_USUAL)
    rows = made(here.hub, report, period.first, period.last)
    return _workbook(here, report.name, report.layout, rows)


def _cells(layout: Layout, row: Mapping[str, Any]) -> list[str]:
    """As its file has it, but for money and days."""
    return [
        _cell(one, row.get(one.name), text)
        for one, text in zip(layout.fields, layout.texts(row), strict=True)
    ]


def _cell(field: Field, value: Any, text: str) -> str:
    if isinstance(value, date):
        return day(value)
    return told_pounds(text) if _is_money(field) else told(text)


def _is_money(field: Field) -> bool:
    return isinstance(filled(field.kind), Pounds)


def _period(here: Here, first: str, last: str, usual: timedelta) -> Period:
    """Raises UsageError when the days are none, or too many."""
    today = here.services.local(here.services.clock.now())
    end = day_of(last) or today
    begin = day_of(first) or end - usual
    if not timedelta() <= end - begin <= LONGEST:
        raise UsageError("Choose a first day that is not after the last, and at most two years in all")
    return Period(begin, end, today)


def _workbook(here: Here, name: str, layout: Layout, rows: object) -> Response:
    sheet = Sheet(name.rpartition(".")[2][:31], layout, list(rows))  # type: ignore[call-overload]
    headers = {"Content-Disposition": f'attachment; filename="{name}.xlsx"'}
    return Response(write([sheet], here.services.clock.now()), 200, headers, _WORKBOOK)

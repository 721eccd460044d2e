"""Charts as SVG: bars, stacked bars, bars across and lines. Each has a title and a description for who does
not see it; the page that shows it has its table beside it.

Series differ in brightness as well as in colour, and each bar tells its value when it is pointed
at."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil, log10

from markupsafe import Markup

WIDTH, HEIGHT = 960, 320
_LEFT, _RIGHT, _TOP, _BOTTOM = 90, 10, 14, 34
_ACROSS, _DOWN = WIDTH - _LEFT - _RIGHT, HEIGHT - _TOP - _BOTTOM
COLOURS = ("#1a65a6", "#f0a63a", "#ca3535", "#6f777b")
"""Of the series, in order; each is told from white and from its neighbour."""
_THICKEST = 90.0
_MOST_WORDS = 12
"""Labels below the axis; of more, or of longer ones, some are left out."""
_LETTER, _BETWEEN = 8, 14
"""How wide a letter is at most, and what lies between two labels."""
_NAMES, _ROW = 270, 34
"""Bars across: how wide their names are, how high each is."""
_NAME = 30
"""Letters of a name that are shown; the table has it whole."""

_HEAD = Markup(
    '<div class="chart" tabindex="0" role="region" aria-label="{title}">'
    '<svg viewBox="0 0 {width} {height}" role="img" aria-labelledby="{id}-title {id}-desc" '
    'class="figures"><title id="{id}-title">{title}</title><desc id="{id}-desc">{summary}</desc>'
)
_END = Markup('</svg></div><p class="chart__hint">Move the chart sideways to see all of it.</p>')
_BAR = Markup('<rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" fill="%s"><title>%s</title></rect>')
_POINT = Markup('<circle cx="%.1f" cy="%.1f" r="4" fill="%s"><title>%s</title></circle>')
_LINE = Markup('<polyline points="%s" fill="none" stroke="%s" stroke-width="3"/>')
_TICK = Markup(
    '<line class="figures__line" x1="%s" x2="%s" y1="%.1f" y2="%.1f"/>'
    '<text class="figures__words" x="%s" y="%.1f" text-anchor="end">%s</text>'
)
_WORDS = Markup('<text class="figures__words" x="%.1f" y="%s" text-anchor="middle">%s</text>')
_BESIDE = Markup('<text class="figures__words" x="%.1f" y="%s" text-anchor="%s">%s</text>')
_MARK = Markup(
    '<li><svg class="legend__mark" viewBox="0 0 20 20" aria-hidden="true">'
    '<rect width="20" height="20" fill="%s"/></svg> %s</li>'
)


@dataclass(frozen=True, slots=True)
class Series:
    """One value for each label."""

    name: str
    values: Sequence[int]


@dataclass(frozen=True, slots=True)
class Chart:
    """What is drawn. summary: in words what it shows; told: how a value is written."""

    id: str
    title: str
    summary: str
    labels: Sequence[str]
    series: Sequence[Series]
    told: Callable[[int], str] = "{:,}".format


def bars(chart: Chart) -> Markup:
    """A bar for each label, its series on top of one another; values are not negative. Nothing where all are
    nothing."""
    most = max((sum(at) for at in _columns(chart)), default=0)
    if most == 0:
        return Markup("")
    ticks = _ticks(0, most)
    wide = _ACROSS / len(chart.labels)
    drawn = Markup("")
    for index, label in enumerate(chart.labels):
        under = 0
        for number, series in enumerate(chart.series):
            value = series.values[index]
            if value:
                shape = _bar(_middle(chart, index), wide, under, value, ticks)
                says = f"{label}, {series.name}: {chart.told(value)}"
                drawn += _BAR % (*shape, COLOURS[number % len(COLOURS)], says)
            under += value
    return _framed(chart, ticks, drawn)


def across(chart: Chart) -> Markup:
    """A bar from left to right for each label, its value beside it, of one series. Nothing where all are
    nothing."""
    values = chart.series[0].values
    most = max(values, default=0)
    if most == 0:
        return Markup("")
    drawn = Markup("")
    for index, (label, value) in enumerate(zip(chart.labels, values, strict=True)):
        top, long = index * _ROW + 4, (WIDTH - _NAMES - _LEFT) * value / most
        told, name = chart.told(value), label if len(label) <= _NAME else f"{label[: _NAME - 1]}…"
        drawn += _BESIDE % (_NAMES - 10, top + 18, "end", name)
        drawn += _BAR % (_NAMES, top, long, _ROW - 10, COLOURS[0], f"{label}: {told}")
        drawn += _BESIDE % (_NAMES + long + 8, top + 18, "start", told)
    return _head(chart, len(values) * _ROW) + drawn + _END


def line(chart: Chart) -> Markup:
    """A line for each series, with a point for each value. Nothing where all are nothing."""
    values = [value for series in chart.series for value in series.values]
    if not any(values):
        return Markup("")
    ticks = _ticks(min(0, *values), max(0, *values))
    drawn = Markup("")
    for number, series in enumerate(chart.series):
        colour = COLOURS[number % len(COLOURS)]
        points = [(_middle(chart, index), _y(value, ticks)) for index, value in enumerate(series.values)]
        drawn += _LINE % (" ".join(f"{x:.1f},{y:.1f}" for x, y in points), colour)
        for (x, y), label, value in zip(points, chart.labels, series.values, strict=True):
            drawn += _POINT % (x, y, colour, f"{label}, {series.name}: {chart.told(value)}")
    return _framed(chart, ticks, drawn)


def _columns(chart: Chart) -> Sequence[Sequence[int]]:
    return list(zip(*(series.values for series in chart.series), strict=True))


def _bar(middle: float, wide: float, under: int, value: int, ticks: range) -> tuple[float, ...]:
    """Left, top, width and height."""
    thick = min(wide * 0.8, _THICKEST)
    top = _y(under + value, ticks)
    return middle - thick / 2, top, thick, max(_y(under, ticks) - top, 1.0)


def _framed(chart: Chart, ticks: range, drawn: Markup) -> Markup:
    """With the axis, the labels, the legend, and the words for who does not see it."""
    return _head(chart, HEIGHT) + _axis(chart, ticks) + drawn + _words(chart) + _END + _legend(chart)


def _head(chart: Chart, height: int) -> Markup:
    return _HEAD.format(id=chart.id, title=chart.title, summary=chart.summary, width=WIDTH, height=height)


def _axis(chart: Chart, ticks: range) -> Markup:
    drawn = Markup("")
    for value in ticks:
        y = _y(value, ticks)
        drawn += _TICK % (_LEFT, WIDTH - _RIGHT, y, y, _LEFT - 8, y + 5, chart.told(value))
    return drawn


def _words(chart: Chart) -> Markup:
    wide = max(map(len, chart.labels), default=0) * _LETTER + _BETWEEN
    every = ceil(len(chart.labels) / min(_MOST_WORDS, _ACROSS // wide)) or 1
    drawn = Markup("")
    for index, label in enumerate(chart.labels):
        if index % every == 0:
            drawn += _WORDS % (_middle(chart, index), HEIGHT - 10, label)
    return drawn


def _legend(chart: Chart) -> Markup:
    if len(chart.series) < 2:
        return Markup("")
    drawn = Markup('<ul class="legend">')
    for number, series in enumerate(chart.series):
        drawn += _MARK % (COLOURS[number % len(COLOURS)], series.name)
    return drawn + Markup("</ul>")


def _middle(chart: Chart, index: int) -> float:
    return _LEFT + _ACROSS * (index + 0.5) / max(len(chart.labels), 1)


def _y(value: int, ticks: range) -> float:
    return _TOP + _DOWN * (1 - (value - ticks[0]) / (ticks[-1] - ticks[0]))


def _ticks(least: int, most: int) -> range:
    """Round numbers from no more than `least` to no less than `most`; nothing is one of them.

    >>> [list(_ticks(*ends)) for ends in ((0, 3), (0, 11), (-20, 420))]
    [[0, 1, 2, 3], [0, 5, 10, 15], [-200, 0, 200, 400, 600]]
    """
    rough = max(-((least - most) // 4), 1)
    size: int = 10 ** int(log10(rough))
    step = next(size * by for by in (1, 2, 5, 10) if size * by >= rough)
    return range(least // step * step, (-(-most // step) + 1) * step, step)

"""Charts as SVG: bars, stacked bars and lines. Each has a title and a description for who does not see it;
the page that shows it has its table beside it.

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
_MOST_WORDS = 12
"""Labels below the axis; of more, some are left out."""

_HEAD = Markup(
    '<div class="chart" tabindex="0" role="region" aria-label="{title}">'
    '<svg viewBox="0 0 {width} {height}" role="img" aria-labelledby="{id}-title {id}-desc" '
    'class="figures"><title id="{id}-title">{title}</title><desc id="{id}-desc">{summary}</desc>'
)
_BAR = Markup('<rect x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}" fill="{}"><title>{}</title></rect>')
_POINT = Markup('<circle cx="{:.1f}" cy="{:.1f}" r="4" fill="{}"><title>{}</title></circle>')
_WORDS = Markup('<text class="figures__words" x="{:.1f}" y="{}" text-anchor="middle">{}</text>')
_MARK = Markup(
    '<li><svg class="legend__mark" viewBox="0 0 20 20" aria-hidden="true">'
    '<rect width="20" height="20" fill="{}"/></svg> {}</li>'
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
    """A bar for each label, its series on top of one another; values are not negative."""
    top = _nice(max((sum(at) for at in _columns(chart)), default=0))
    wide = _ACROSS / max(len(chart.labels), 1)
    drawn = Markup("")
    for index, label in enumerate(chart.labels):
        under = 0
        for number, series in enumerate(chart.series):
            value = series.values[index]
            if value:
                drawn += _bar(chart, series, number, label, value, index * wide, wide, under, top)
            under += value
    return _framed(chart, 0, top, drawn)


def line(chart: Chart) -> Markup:
    """A line for each series, with a point for each value."""
    values = [value for series in chart.series for value in series.values]
    top, least = _nice(max(values, default=0)), -_nice(-min([*values, 0]))
    drawn = Markup("")
    for number, series in enumerate(chart.series):
        points = [(_middle(chart, index), _y(value, least, top)) for index, value in enumerate(series.values)]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        drawn += Markup('<polyline points="{}" fill="none" stroke="{}" stroke-width="3"/>').format(
            path, COLOURS[number % len(COLOURS)]
        )
        for (x, y), label, value in zip(points, chart.labels, series.values, strict=True):
            says = f"{label}, {series.name}: {chart.told(value)}"
            drawn += _POINT.format(x, y, COLOURS[number % len(COLOURS)], says)
    return _framed(chart, least, top, drawn)


def _columns(chart: Chart) -> Sequence[Sequence[int]]:
    return list(zip(*(series.values for series in chart.series), strict=True))


def _bar(
    chart: Chart,
    series: Series,
    number: int,
    label: str,
    value: int,
    x: float,
    wide: float,
    under: int,
    top: int,
) -> Markup:
    gap = min(6.0, wide / 5)
    high, y = value / top * _DOWN, _y(under + value, 0, top)
    says = f"{label}, {series.name}: {chart.told(value)}"
    colour = COLOURS[number % len(COLOURS)]
    return _BAR.format(_LEFT + x + gap / 2, y, wide - gap, max(high, 1.0), colour, says)


def _framed(chart: Chart, least: int, top: int, drawn: Markup) -> Markup:
    """With the axis, the labels, the legend, and the words for who does not see it."""
    head = _HEAD.format(id=chart.id, title=chart.title, summary=chart.summary, width=WIDTH, height=HEIGHT)
    return head + _axis(chart, least, top) + drawn + _words(chart) + Markup("</svg></div>") + _legend(chart)


def _axis(chart: Chart, least: int, top: int) -> Markup:
    steps = 4 if (top - least) % 4 == 0 else 2 if (top - least) % 2 == 0 else 1
    drawn = Markup("")
    for step in range(steps + 1):
        value = least + (top - least) * step // steps
        y = _y(value, least, top)
        drawn += Markup('<line class="figures__line" x1="{}" x2="{}" y1="{:.1f}" y2="{:.1f}"/>').format(
            _LEFT, WIDTH - _RIGHT, y, y
        )
        drawn += Markup('<text class="figures__words" x="{}" y="{:.1f}" text-anchor="end">{}</text>').format(
            _LEFT - 8, y + 5, chart.told(value)
        )
    return drawn


def _words(chart: Chart) -> Markup:
    every = ceil(len(chart.labels) / _MOST_WORDS) or 1
    drawn = Markup("")
    for index, label in enumerate(chart.labels):
        if index % every == 0:
            drawn += _WORDS.format(_middle(chart, index), HEIGHT - 10, label)
    return drawn


def _legend(chart: Chart) -> Markup:
    if len(chart.series) < 2:
        return Markup("")
    drawn = Markup('<ul class="legend">')
    for number, series in enumerate(chart.series):
        drawn += _MARK.format(COLOURS[number % len(COLOURS)], series.name)
    return drawn + Markup("</ul>")


def _middle(chart: Chart, index: int) -> float:
    return _LEFT + _ACROSS * (index + 0.5) / max(len(chart.labels), 1)


def _y(value: int, least: int, top: int) -> float:
    return _TOP + _DOWN * (1 - (value - least) / ((top - least) or 1))


def _nice(most: int) -> int:
    """A round number that is no less: the end of an axis.

    >>> [_nice(number) for number in (0, 3, 7, 11, 99, 420)]
    [0, 4, 8, 20, 100, 800]
    """
    if most <= 0:
        return 0
    size: int = 10 ** int(log10(most))
    return next(size * step for step in (1, 2, 4, 8, 10, 20) if size * step >= most)

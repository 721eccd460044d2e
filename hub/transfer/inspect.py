"""Look at a file, or turn it into its outputs, without store or network. Changes nothing, draws nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from itertools import count
from pathlib import Path
from typing import Any, BinaryIO

from hub.checks.base import Context
from hub.checks.run import Tolerate
from hub.config.options import WrongOptions, read_options
from hub.config.routes import Route
from hub.door.feed import Feed, Options
from hub.door.manager import Catalogue
from hub.errors import CannotRender, UsageError
from hub.model import (
    Calendar,
    Disposition,
    Facts,
    Finding,
    Item,
    Level,
    ModulusTables,
    Moment,
    Register,
    Rendered,
    RentCalendar,
    Severity,
    Taken,
    Verdict,
    format_pounds,
)
from hub.store.rows import FindingRow
from hub.transfer.examine import Examined, examine, judge, money
from hub.transfer.outputs import Drawing, Source, numbered, plan, render

HEAD = 64 * 1024
Opened = Callable[[], BinaryIO]
"""Content, from its start each time."""

SAMPLE = 20
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, slots=True)
class Inspection:
    """What a file is and what is wrong with it."""

    feed: str | None
    format: str | None
    verdict: Verdict
    records: int
    totals: Mapping[str, str | int]
    items: Sequence[Item | Taken]
    findings: Sequence[Finding]
    not_checked: Mapping[str, str]
    cut: Mapping[str, int]

    def as_json(self) -> dict[str, Any]:
        """The shape that `feedhub inspect --json` promises."""
        return {
            "feed": self.feed,
            "format": self.format,
            "recognised": self.feed is not None,
            "verdict": self.verdict.value,
            "records": self.records,
            "totals": dict(self.totals),
            "items": [item_json(item) for item in self.items],
            "findings": [finding_json(finding) for finding in self.findings],
            "findings_not_listed": dict(self.cut),
            "not_checked": sorted(self.not_checked),
            "not_checked_reasons": dict(sorted(self.not_checked.items())),
        }


@dataclass(frozen=True, slots=True)
class Conversion:
    """The inspection of a file and, unless it is refused, its outputs with the target each goes to."""

    inspection: Inspection
    outputs: Sequence[tuple[str, Rendered]]
    money: Mapping[str, tuple[int, int]]


def finding_json(finding: Finding | FindingRow) -> dict[str, Any]:
    return {
        "check": finding.check,
        "severity": finding.severity.value,
        "line": finding.line,
        "field": finding.field,
        "message": finding.message,
        "expected": finding.expected,
    }


def item_json(one: Item | Taken) -> dict[str, Any]:
    """An item for people and programs: pounds as text, bank details masked, names left out."""
    item, decided = (one.item, one.disposition) if isinstance(one, Taken) else (one, None)
    shown: dict[str, Any] = {
        "kind": item.kind,
        "line": item.line,
        "reference": item.reference,
        "amount": format_pounds(item.amount),
        "date": item.on.isoformat(),
        **item.data,
        **{name: masked(name, value) for name, value in item.personal.items()},
    }
    return shown | disposition_json(decided) if decided else shown


def disposition_json(decided: Disposition) -> dict[str, Any]:
    return {
        "state": decided.state.value,
        "account": decided.account,
        "reason": decided.reason,
        "candidates": list(decided.candidates),
    }


def masked(name: str, value: str) -> str:
    """Bank details as their last figures, everything else personal as dots.

    >>> masked("sort_code", "000299"), masked("account_number", "40154823"), masked("payer_name", "A TENANT")
    ('**-**-99', '****4823', '••••')
    """
    if "sort_code" in name:
        return f"**-**-{value[-2:]}"
    return f"****{value[-4:]}" if "account_number" in name else "••••"


def content_of(path: Path) -> Opened:
    return lambda: path.open("rb")


def recognise(head: bytes, feeds: Mapping[str, Feed]) -> list[tuple[Feed, str]]:
    """Every feed whose content test the first bytes pass, with the format."""
    fitting = ((feed, feed.recognise(head)) for feed in feeds.values())
    return [(feed, format) for feed, format in fitting if format is not None]


def options_from(feed: Feed, settings: Mapping[str, Any]) -> Options:
    """The feed's options. Raises UsageError with every setting that doesn't fit."""
    try:
        return read_options(feed.options, settings)
    except WrongOptions as wrong:
        known = ", ".join(feed.options.model_fields) or "none"
        raise UsageError(
            f"The settings do not fit {feed.name}: {'; '.join(wrong.mistakes)}. It takes: {known}."
        ) from None


def inspect_content(
    opened: Opened,
    catalogue: Catalogue,
    *,
    feed: str | None = None,
    format: str | None = None,
    settings: Mapping[str, Any] | None = None,
    items: str = "none",
    today: date | None = None,
    register: Register | None = None,
    calendar: Calendar | None = None,
    rent_calendar: RentCalendar | None = None,
    modulus_tables: ModulusTables | None = None,
) -> Inspection:
    """Say what content is, and check it wholly. `items`: none, sample (the first 20) or all.

    Raises UsageError for an unknown feed, format or setting."""
    chosen = _choose(opened, catalogue, feed, format)
    if isinstance(chosen, Inspection):
        return chosen
    a_feed, a_format = chosen
    ctx = Context(
        options_from(a_feed, settings or {}),
        Facts(
            today=today,
            calendar=calendar,
            rent_calendar=rent_calendar,
            register=register,
            modulus_tables=modulus_tables,
        ),
        a_format,
    )
    shown = {"none": 0, "sample": SAMPLE, "all": None}[items]
    keep = shown if register is None else None
    with opened() as stream:
        examined = examine(a_feed, stream, ctx, extra=catalogue.checks(a_feed), keep=keep)
    if register is None:
        examined.reading.history(ctx)
        examined.reading.leave_out(Level.CROSS, "needs the rent accounts; give a register extract")
        return _inspection(examined, examined.items)
    return _inspection(examined, judge(examined, ctx, "inspect")[:shown])


def convert_file(
    path: Path,
    route: Route,
    catalogue: Catalogue,
    *,
    options: Mapping[str, Options],
    moment: Moment,
    facts: Facts,
    numbers: Mapping[str, int],
    tolerate: Tolerate = lambda finding: finding,
) -> Conversion:
    """From bytes to output files, as the route makes them. Numbers not given start at their first."""
    chosen = _choose(content_of(path), _only(catalogue, route.feeds), None, route.format)
    if isinstance(chosen, Inspection):
        return Conversion(chosen, [], {})
    feed, format = chosen
    ctx = Context(options[feed.name], facts, format, moment)
    with path.open("rb") as stream:
        examined = examine(feed, stream, ctx, extra=catalogue.checks(feed), tolerate=tolerate)
    taken = judge(examined, ctx, moment.transfer_id)
    outputs: list[tuple[str, Rendered]] = []
    if examined.verdict in (Verdict.ACCEPTED, Verdict.HELD):
        outputs = _outputs(examined, route, catalogue, taken, ctx, moment, numbers, path)
    sums = {state.value: counted for state, counted in money(taken).items()}
    return Conversion(_inspection(examined, taken), outputs, sums)


def _outputs(
    examined: Examined,
    route: Route,
    catalogue: Catalogue,
    taken: Sequence[Taken],
    ctx: Context[Any],
    moment: Moment,
    numbers: Mapping[str, int],
    path: Path,
) -> list[tuple[str, Rendered]]:
    """The rendered outputs by target; none, and a finding, when one cannot carry its items."""
    source = Source(path.name, lambda: path.open("rb"), examined.tally)
    rendered = []
    try:
        for planned in plan(examined.feed, route.to, catalogue.profiles, taken, ctx):
            drawn = [(one, _first_ones(one, numbers)) for one in planned.numbers()]
            made = render(planned, source, numbered(moment, drawn))
            folders = (part for part in planned.target.folder.split("/") if part)
            rendered.append(("/".join((planned.target.endpoint, *folders)), made))
    except CannotRender as error:
        examined.reading.findings.add(Finding("RENDER", Severity.ERROR, str(error)))
        return []
    return rendered


def _first_ones(drawing: Drawing, numbers: Mapping[str, int]) -> Mapping[str, int]:
    number = drawing.number
    return dict(zip(drawing.items, count(numbers.get(number.name, number.first)), strict=False))


def _choose(
    opened: Opened, catalogue: Catalogue, feed: str | None, format: str | None
) -> tuple[Feed, str] | Inspection:
    """The feed and format of a file, or the inspection that says why there is none."""
    feeds = _only(catalogue, [feed]).feeds if feed else catalogue.feeds
    if format is not None:
        fitting = [(f, format) for f in feeds.values() if format in f.formats]
        if not fitting:
            names = sorted({name for f in feeds.values() for name in f.formats})
            raise UsageError(f"There is no format {format} here. Known: {', '.join(names)}.")
    else:
        with opened() as stream:
            head = stream.read(HEAD)
        fitting = recognise(head, feeds)
    if not fitting and feed:
        fitting = [(f, name) for f in feeds.values() for name in f.formats]  # taken at its word
    if len(fitting) == 1:
        return fitting[0]
    return _unrecognised(opened, [f"{f.name} ({name})" for f, name in fitting])


def _only(catalogue: Catalogue, names: Sequence[str]) -> Catalogue:
    unknown = [name for name in names if name not in catalogue.feeds]
    if unknown:
        known = ", ".join(sorted(catalogue.feeds))
        raise UsageError(f"There is no feed {', '.join(unknown)} here. Known: {known}.")
    return replace(catalogue, feeds={name: catalogue.feeds[name] for name in names})


def _unrecognised(opened: Opened, several: Sequence[str]) -> Inspection:
    with opened() as stream:
        start = stream.read(2)
    if several:
        message = f"More than one could be meant: {', '.join(several)}. Name one with --feed and --format."
    elif not start:
        message = "The file is empty."
    elif start in _UTF16:
        message = "The file starts with the byte-order mark of UTF-16. Ask for it in the encoding agreed."
    else:
        message = "No feed that is installed recognises this content. Name a feed with --feed to see why not."
    finding = Finding("RECOGNISED", Severity.ERROR, message)
    return Inspection(None, None, Verdict.UNREADABLE, 0, {"count": 0, "value": "0.00"}, [], [finding], {}, {})


def _inspection(examined: Examined, items: Sequence[Item | Taken]) -> Inspection:
    reading, tally = examined.reading, examined.tally
    if reading.foreign is not None:
        name, format = examined.feed.name, examined.format
        return Inspection(name, format, reading.verdict, 0, {}, [], [reading.foreign], {}, {})
    return Inspection(
        examined.feed.name,
        examined.format,
        reading.verdict,
        tally.records,
        tally.totals(),
        items,
        reading.findings.kept,
        reading.not_checked,
        reading.findings.cut,
    )


def moment_for(day: date, transfer_id: str = "convert") -> Moment:
    """A clock value for work that is not on the clock: nine in the morning of the day."""
    return Moment(datetime.combine(day, time(9), UTC), day, transfer_id)

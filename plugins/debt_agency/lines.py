"""A file that leaves: lines framed by header and trailer, written, and read back before they go."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from typing import Any

from hub.api import (
    CannotRender,
    Check,
    Context,
    Facts,
    Layout,
    Number,
    Reading,
    Rendered,
    Severity,
    Taken,
    Tally,
)
from plugins.debt_agency.canonical import TRAILER_LINE, VERSION, Kind
from plugins.debt_agency.mapping_proof import fits, written_as
from plugins.debt_agency.mapping_spec import AgencyLayout
from plugins.debt_agency.mapping_write import write
from plugins.debt_agency.settings import AgencyOptions
from plugins.debt_agency.tally import HASHED

Values = Mapping[str, object]
SEQUENCE, LAST = "file_seq", 999_999
FILE_NAME = "{sender}_{kind}_{receiver}_{date}_{seq}.csv"
SHOWN = 3


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a canonical file. `item`: the id of the item that it is of, if it answers for one."""

    layout: Layout
    values: Values
    item: str | None = None


def sequence(kind: Kind) -> Number:
    """Files of a kind are counted for each agency, without a gap (debt_agency.md, section 3)."""

    def scope(taken: Sequence[Taken], ctx: Context[Any]) -> str:
        options: AgencyOptions = ctx.options
        return f"debt_agency.out:{options.council_id}/{kind.code}/{options.agency_id}"

    return Number(SEQUENCE, scope, policy="no_gap", last=LAST)


@dataclass(frozen=True, slots=True)
class Proof:
    """How a file of ours is read back before it is handed out: what a reading needs."""

    tally: Callable[[Context[Any]], Tally]
    checks: tuple[Check, ...]


def write_file(kind: Kind, lines: Sequence[Line], ctx: Context[Any], proof: Proof) -> Rendered:
    """The file of these lines. Raises CannotRender for what it cannot carry, or should not."""
    if ctx.moment is None:
        raise CannotRender("the day and the number of this file are not known here")
    number = ctx.moment.numbers[SEQUENCE]
    rows = [_header(kind, number, ctx), *lines, _trailer(kind, lines)]
    texts = [texts_of(line) for line in rows]
    data = kind.format.encode(map(kind.format.join, texts))
    tally = _prove(kind, data, ctx, proof)
    options: AgencyOptions = ctx.options
    first, name = 1, FILE_NAME
    layout = own_layout(ctx)
    if layout is not None:
        own = [
            (row.layout.name, dict(zip(_names(row), text, strict=True)))
            for row, text in zip(rows, texts, strict=True)
        ]
        data, name = written_as(layout, kind, own), layout.file_name
        rows = [row for row in rows if row.layout.name in layout.tags]
        first = 2 if layout.physical.header == "labels" else 1
    identity = place(options.agency_id, kind.code, number)
    called = _called(rows, identity, first)
    return Rendered(_named(name, kind, number, ctx), data, dict(tally.totals()), identity, called=called)


def _named(pattern: str, kind: Kind, number: int, ctx: Context[Any]) -> str:
    options: AgencyOptions = ctx.options
    day = ctx.moment.business_date if ctx.moment else None
    parts = {"sender": options.council_id, "kind": kind.code, "receiver": options.agency_id}
    try:
        return pattern.format(**parts, date=f"{day:%Y%m%d}", seq=f"{number:06d}")
    except (KeyError, IndexError, ValueError):
        raise CannotRender(f"file_name {pattern} has a part that is not known here") from None


def _names(line: Line) -> list[str]:
    return [field.name for field in line.layout.fields]


def place(agency: str, kind: str, number: int, line: int | None = None) -> str:
    """How a file, or a line of it, is found again when the agency answers it."""
    return "/".join([agency, kind, f"{number:06d}", *([str(line)] if line else [])])


def _called(rows: Iterable[Line], identity: str, first: int) -> dict[str, dict[str, str]]:
    """Of each item, the line that stands for it, and the placement that it is about."""
    return {
        row.item: {"line": f"{identity}/{number}", "placement_ref": str(row.values["placement_ref"])}
        for number, row in enumerate(rows, start=first)
        if row.item is not None
    }


def texts_of(line: Line) -> list[str]:
    """Its columns as they are written. Raises CannotRender for a value that does not fit."""
    try:
        return line.layout.texts(line.values)
    except CannotRender as problem:
        ref = line.values.get("placement_ref", "")
        raise CannotRender(f"placement {ref}, record {line.layout.name}: {problem}") from problem


def could_be_written(lines: Sequence[Line], ctx: Context[Any]) -> None:
    """Raises CannotRender where a line, or the agency's own layout, cannot carry a value: that one is kept
    back, and the others go."""
    texts = [(one.layout.name, dict(zip(_names(one), texts_of(one), strict=True))) for one in lines]
    layout = own_layout(ctx)
    if layout is not None and texts:
        fits(layout, texts)
        write(layout, texts)


def own_layout(ctx: Context[Any]) -> AgencyLayout | None:
    """The agency's own layout on the day of a file; None = canonical. Raises CannotRender."""
    options: AgencyOptions = ctx.options
    return options.own_on(ctx.moment.business_date if ctx.moment else ctx.facts.today)


def _header(kind: Kind, number: int, ctx: Context[Any]) -> Line:
    options: AgencyOptions = ctx.options
    assert ctx.moment is not None  # noqa: S101 - `write_file` has looked
    return Line(
        kind.header,
        {
            "layout_version": VERSION,
            "file_kind": kind.code,
            "sender_id": options.council_id,
            "receiver_id": options.agency_id,
            "file_seq": f"{number:06d}",
            "created_at": ctx.moment.now,
            "business_date": ctx.moment.business_date,
            "currency": "GBP",
            "test_flag": "Y" if options.test else "N",
            "client_code": options.client_code or None,
        },
    )


def _trailer(kind: Kind, lines: Sequence[Line]) -> Line:
    main = [line.values for line in lines if line.layout is kind.main]
    sums = [sum(_pence(values, column) for values in main) if column else 0 for column in kind.totals]
    return Line(
        TRAILER_LINE,
        {
            "record_count": str(len(lines)),
            "account_count": str(len(main)),
            "total_1": sums[0],
            "total_2": sums[1],
            "hash_total": str(sum(int(str(values["placement_ref"])) for values in main) % HASHED),
        },
    )


def _pence(values: Values, column: str) -> int:
    value = values[column]
    return value if isinstance(value, int) else 0


def _prove(kind: Kind, data: bytes, ctx: Context[Any], proof: Proof) -> Tally:
    """Raises CannotRender with the first findings where a written file would be refused."""
    reading = Reading(proof, replace(ctx, facts=Facts(), format=""))
    deque(reading.chunks(kind.format.decode(BytesIO(data), ctx.options)), maxlen=0)
    reading.finish()
    wrong = [one for one in reading.findings.kept if one.severity is Severity.ERROR]
    if wrong:
        told = "; ".join(f"{one.check} line {one.line}: {one.message}" for one in wrong[:SHOWN])
        raise CannotRender(f"the file was written and not let go, because it is wrong: {told}")
    return reading.tally

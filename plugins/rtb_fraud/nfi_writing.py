"""The file that the NFI takes: pipe-delimited ASCII below a header row, CRLF (section 2, the defaults)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import sha256
from typing import BinaryIO

from hub.api import CannotRender, Chunk, Context, Feed, Reading, Rendered, Taken
from plugins.rtb_fraud.nfi_settings import ExtractOptions
from plugins.rtb_fraud.nfi_tally import ExtractTally, cycle_of
from plugins.rtb_fraud.nfi_values import ascii_of, writer_of
from plugins.rtb_fraud.settings import settings_of

NUMBER = "file"


def file_name(ctx: Context[ExtractOptions], end: str = "txt") -> str:
    """`NFI_202627_tenants_FAKESHIRE_20261005_1.txt`. Raises CannotRender before the number is drawn."""
    if ctx.moment is None:
        raise CannotRender("the file has no number yet")
    cycle, council = cycle_of(ctx.facts).replace("/", ""), settings_of(ctx.facts).nfi.organisation
    day, number = ctx.options.extract_date or ctx.moment.business_date, ctx.moment.numbers[NUMBER]
    return f"NFI_{cycle}_{ctx.options.name}_{council}_{day:%Y%m%d}_{number}.{end}"


def counter(taken: Sequence[Taken], ctx: Context[ExtractOptions]) -> str:
    """Files are numbered by cycle and data set."""
    return f"nfi.{cycle_of(ctx.facts)}.{ctx.options.name}"


def rewritten(feed: Feed, stream: BinaryIO, ctx: Context[ExtractOptions]) -> Rendered:
    """The rows that leave, as the checks left them: it is the same reading once more."""
    reading = Reading(feed, ctx)
    headers = [column.header for column in ctx.options.own_columns if column.header]
    parts = [_line(headers, ctx.options)] if ctx.options.header_row else []
    for chunk in reading.chunks(feed.formats[ctx.format].decode(stream, ctx.options)):
        parts.extend(_rows(chunk, reading.tally, ctx.options))
    data = "".join(parts).encode("ascii")
    told = {name: value for name, value in reading.tally.totals().items() if name != "value"}
    seen = {"plain sha256": sha256(data).hexdigest(), "columns": ctx.options.mapping_version}
    return Rendered(file_name(ctx), data, {**told, **seen})


def _rows(chunk: Chunk, tally: ExtractTally | object, options: ExtractOptions) -> Iterator[str]:
    """The rows of a chunk that leave, each as a line with its end."""
    assert isinstance(tally, ExtractTally)  # noqa: S101 - the feed's own
    blank = [""] * len(chunk)
    columns = []
    for column in options.own_columns:
        if column.header:
            write, values = writer_of(column.format, options.dates), chunk.columns.get(column.field, blank)
            columns.append([write(text) if text else "" for text in values])
    rows = zip(*columns, strict=True)
    if not tally.dropped:
        return (_line(row, options) for row in rows)
    leaves = (row for line, row in zip(chunk.lines, rows, strict=True) if line not in tally.dropped)
    return (_line(row, options) for row in leaves)


def _line(cells: Sequence[str], options: ExtractOptions) -> str:
    """What holds the delimiter is quoted; no cell holds a quote."""
    line = options.delimiter.join(cells)
    if line.count(options.delimiter) >= len(cells):
        line = options.delimiter.join(f'"{cell}"' if options.delimiter in cell else cell for cell in cells)
    return line + "\r\n"


def look_up(carried: Sequence[Taken], ctx: Context[ExtractOptions]) -> Rendered:
    """What the codes of the file mean: a row a code."""
    headers = {column.field: column.header for column in ctx.options.own_columns if column.header}
    rows = [
        _line([ascii_of(headers[field]), ascii_of(code), ascii_of(meaning)], ctx.options)
        for field, codes in ctx.options.lookups.items()
        if field in headers
        for code, meaning in codes.items()
    ]
    name = file_name(ctx).replace(".txt", "_lookup.txt")
    return Rendered(
        name,
        "".join([_line(["Column", "Code", "Meaning"], ctx.options), *rows]).encode("ascii"),
        {"count": len(rows)},
    )

"""Canonical lines as a file in an agency's own layout. Source: debt_agency.md, section 4."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile

from hub.api import CannotRender
from plugins.debt_agency import mapping_cells as cells
from plugins.debt_agency.canonical import TRAILER
from plugins.debt_agency.mapping_json import document
from plugins.debt_agency.mapping_rows import Sums, Texts, delimited_of, lines_of
from plugins.debt_agency.mapping_spec import AgencyLayout, Column, layout_of

CanonicalLine = tuple[str, Texts]
"""The letter of a canonical record, and its fields as canonical texts."""


def write(spec: AgencyLayout, lines: Sequence[CanonicalLine]) -> bytes:
    """The file of canonical lines in an agency's layout. Raises CannotRender for what it cannot carry."""
    if spec.physical.form == "json":
        return _document(spec, lines)
    sums, rows = Sums(spec), list[str]()
    if spec.physical.header == "labels":
        rows.append(_joined(spec, _labels(spec)))
    for at, (record, texts) in enumerate(lines):
        if record in spec.tags:
            parties = _parties(lines, at) if record == spec.of.main.name else []
            rows.append(_row(spec, record, texts, parties, sums))
            sums.add(record, texts)
    return lines_of(spec).encode(rows, spec.physical.end)


def _document(spec: AgencyLayout, lines: Sequence[CanonicalLine]) -> bytes:
    sums, rows = Sums(spec), list[tuple[str, dict[str, str]]]()
    for at, (record, texts) in enumerate(lines):
        if record in spec.tags:
            parties = _parties(lines, at) if record == spec.of.main.name else []
            own = cells.unsigned(texts, record, spec)
            values = {
                str(one.path): _value(spec, record, one, own, parties) for one in spec.columns_of(record)
            }
            totals = {str(total.path): sums.text(total) for total in spec.totals_of(record)}
            rows.append((record, {**values, **totals}))
            sums.add(record, texts)
    return document(spec, rows)


def _parties(lines: Sequence[CanonicalLine], at: int) -> list[Texts]:
    """Those that stand behind the main record there, before the next one."""
    main = lines[at][0]
    behind = takewhile(
        lambda line: line[0] not in (main, TRAILER), (lines[n] for n in range(at + 1, len(lines)))
    )
    return [texts for record, texts in behind if record == "P"]


def _row(spec: AgencyLayout, record: str, texts: Texts, parties: Sequence[Texts], sums: Sums) -> str:
    placed: list[tuple[int, str]] = []
    own = cells.unsigned(texts, record, spec)
    for one in spec.columns_of(record):
        text = _value(spec, record, one, own, parties)
        placed.append((one.first, cells.filled(text, one)))
    placed += [(total.first, cells.padded(sums.text(total), total)) for total in spec.totals_of(record)]
    selector = spec.record_selector
    if selector is not None and spec.tags[record]:
        placed.append((selector.start or selector.column or 0, spec.tags[record]))
    return _joined(spec, placed)


def _joined(spec: AgencyLayout, placed: Sequence[tuple[int, str]]) -> str:
    """One line without its end."""
    if spec.physical.form == "fixed":
        width = max([spec.physical.width or 0, *(at + len(text) - 1 for at, text in placed)])
        line = [" "] * width
        for at, text in placed:
            line[at - 1 : at - 1 + len(text)] = text
        return "".join(line)
    texts = dict(placed)
    row = [texts.get(at, "") for at in range(1, max(texts) + 1)]
    if spec.physical.quote == "minimal":
        return delimited_of(spec).join(row)
    separator = spec.physical.separator
    if any(separator in text or '"' in text for text in row):
        raise CannotRender(f"a value holds “{separator}” or a quote, which this layout cannot carry")
    return separator.join(row)


def _labels(spec: AgencyLayout) -> list[tuple[int, str]]:
    main = spec.columns_of(spec.of.main.name)
    return [(one.pos or 0, one.name or "+".join(one.sources)) for one in main]


def _value(spec: AgencyLayout, record: str, one: Column, texts: Texts, parties: Sequence[Texts]) -> str:
    if one.value is not None:
        return one.value
    pieces = []
    for source in one.sources:
        layout, name = layout_of(spec, record, source)
        holder = texts if "." not in source else _nth(parties, int(source[1]))
        if layout is not None:
            pieces.append(cells.written(holder.get(name, ""), layout.field(name), one, spec))
    text = one.join.join(pieces).rstrip() if len(pieces) > 1 else "".join(pieces)
    if one.required and not text:
        raise CannotRender(f"{one.label} has no value")
    return text


def _nth(parties: Sequence[Texts], number: int) -> Texts:
    return parties[number - 1] if number <= len(parties) else {}

"""An agency's own layout as a format: its lines are read as canonical ones (`mapping_write` writes them).

So all that is known of canonical files (checks, items, what follows) holds for every agency. What a layout
does not carry is blank. Source: debt_agency.md, section 4.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from hashlib import sha256
from itertools import groupby
from typing import Any, BinaryIO

from hub.api import Blank, Chunk, Field, Layout, Unreadable
from plugins.debt_agency import mapping_cells as cells
from plugins.debt_agency.canonical import TRAILER, Kind
from plugins.debt_agency.canonical_file import mask_of
from plugins.debt_agency.mapping_rows import STRUCTURE, Row, Sums, Texts, cell, rows
from plugins.debt_agency.mapping_spec import AgencyLayout, Column, layout_of

LAYOUT = "layout"
"""The name of the format: a route that has one says `format: layout`."""


class Mapped:
    """The format of a kind of file in the layout that a route's options name."""

    def __init__(self, kind: Kind) -> None:
        self.kind = kind

    def recognises(self, head: bytes) -> bool:
        """Only a route says that a file is in an agency's own layout."""
        return False

    def decode(self, stream: BinaryIO, options: Any) -> Iterator[Chunk | Unreadable]:
        spec: AgencyLayout | None = getattr(options, "own", None)
        told = mask_of(stream)
        if told is not None or spec is None:
            yield told or Unreadable(1, b"", STRUCTURE, "the route names no layout that holds for this file")
            return
        yield from Reading(spec).chunks(stream)


class Reading:
    """One reading of a file in a layout."""

    def __init__(self, spec: AgencyLayout) -> None:
        self._spec = spec
        self._layouts = {name: _loosened(spec, name) for name in spec.of.layouts}
        self._sums = Sums(spec)
        self._alike: Counter[str] = Counter()

    def chunks(self, stream: BinaryIO) -> Iterator[Chunk | Unreadable]:
        parts = self._parts(stream)
        for key, group in groupby(parts, key=lambda part: part[0] if isinstance(part, tuple) else None):
            if key is None:
                yield from (part for part in group if isinstance(part, Unreadable))
                continue
            rows = [part for part in group if isinstance(part, tuple)]
            layout = self._layouts[key]
            columns = {field.name: [row[2].get(field.name, "") for row in rows] for field in layout.fields}
            yield Chunk(layout, [row[1] for row in rows], columns)

    def _parts(self, stream: BinaryIO) -> Iterator[tuple[str, int, Texts] | Unreadable]:
        """Canonical records with their lines, and what cannot be read."""
        for line, row in rows(self._spec, stream):
            if isinstance(row, Unreadable):
                yield row
                continue
            record = self._record(row)
            if record is None:
                yield self._unreadable(line, "begins like no record of this layout")
                continue
            yield from self._canonical(record, line, row)

    def _record(self, row: Row) -> str | None:
        selector = self._spec.record_selector
        if selector is None:
            return self._spec.of.main.name
        told = cell(row, selector.column or selector.start or 0, selector.column or selector.end or 0).strip()
        return next((letter for letter, text in selector.map.items() if text == told), None)

    def _canonical(self, record: str, line: int, row: Row) -> Iterator[tuple[str, int, Texts] | Unreadable]:
        own: dict[str, dict[str, str]] = {record: {"rec_type": record}}
        if record == self._spec.of.main.name:
            own[record] |= self._spec.defaults
        sound = True
        for one in self._spec.columns_of(record):
            told = cells.bare(cell(row, one.first, one.last), one)
            try:
                self._take(one, record, told, own)
            except cells.Unfit as unfit:
                sound = False
                message = f"line {line}: {one.label} is not right: expected {unfit.expected}"
                yield Unreadable(line, b"", "FIELD", message, unfit.expected, one.name or None)
        if not sound:
            self._sums.unknown = True
            return
        own[record] = cells.typed(cells.signed(own[record], record, self._spec), record, self._spec)
        if record == self._spec.of.main.name and self._spec.identity:
            own[record]["txn_id"] = self._number(own[record])
        main, parties = own.pop(record), [values for values in own.values() if any(values.values())]
        if own:
            main["party_count"] = str(len(parties))
        yield from self._sums.wrong(record, line, row)
        self._sums.add(record, main)
        if record != TRAILER or TRAILER in self._spec.frame:
            yield record, line, main
        for number, values in enumerate(parties, start=1):
            ref = main.get("placement_ref", "")
            yield "P", line, {"rec_type": "P", "placement_ref": ref, "party_no": str(number), **values}

    def _take(self, one: Column, record: str, text: str, own: dict[str, dict[str, str]]) -> None:
        """Put what a column holds to the canonical fields that it is from."""
        if one.value is not None and text.strip() != one.value:
            raise cells.Unfit(f"“{one.value}”")
        if one.required and not text.strip():
            raise cells.Unfit("a value")
        pieces = _split(text, one)
        for source, piece in zip(one.sources, pieces, strict=False):
            layout, name = layout_of(self._spec, record, source)
            if layout is None:
                continue
            target = own.setdefault(record if "." not in source else source.partition(".")[0], {})
            target[name] = cells.read(piece, layout.field(name), one, self._spec)

    def _number(self, told: Texts) -> str:
        """What stands for the number of a receipt that has none: the same for the same in whichever file."""
        said = "|".join(told.get(name, "") for name in self._spec.identity)
        self._alike[said] += 1
        return f"{sha256(said.encode()).hexdigest()[:24]}-{self._alike[said]}"

    def _unreadable(self, line: int, what: str) -> Unreadable:
        selector = self._spec.record_selector
        expected = " or ".join(f"“{text}”" for text in selector.map.values()) if selector else None
        return Unreadable(line, b"", STRUCTURE, f"line {line} {what}", expected)


def _split(text: str, one: Column) -> list[str]:
    if len(one.sources) < 2:
        return [text]
    return text.split(one.join, len(one.sources) - 1)


def carried_by(spec: AgencyLayout) -> Mapping[tuple[str, str], bool]:
    """Which fields of which canonical records a layout carries, and whether each whole. Of parties on the
    line of their account each is told apart: `P1`, `P2`."""
    found: dict[tuple[str, str], bool] = {}
    for holder in spec.tags:
        for one in spec.columns_of(holder):
            whole = one.overlong == "refuse" and one.part is None and one.default is None
            for source in one.sources:
                party, dot, name = source.partition(".")
                found[(party, name) if dot else (holder, source)] = whole
    return found


def _carried_of(spec: AgencyLayout, record: str) -> set[str]:
    """The fields of a canonical record that each line of it has."""
    by_holder: dict[str, set[str]] = {}
    for holder, name in carried_by(spec):
        if holder[0] == record:
            by_holder.setdefault(holder, set()).add(name)
    return set.intersection(*by_holder.values()) if by_holder else set()


def _loosened(spec: AgencyLayout, record: str) -> Layout:
    """The canonical record, without asking for what the layout does not carry."""
    layout, there = spec.of.layouts[record], {"rec_type", *_carried_of(spec, record), *spec.defaults}
    return replace(layout, fields=tuple(_loose(field, field.name in there) for field in layout.fields))


def _loose(field: Field, carried: bool) -> Field:
    if carried or not field.required:
        return field
    return replace(field, required=False, kind=Blank(field.kind))


def lossy(spec: AgencyLayout) -> Iterator[str]:
    """What a layout cannot carry, a sentence each."""
    for record in spec.of.records:
        there = _carried_of(spec, record.name)
        missing = [f.name for f in record.fields if f.name not in {"rec_type", *there, *spec.defaults}]
        if not there:
            yield f"{record.name} lines are left out"
        elif missing:
            yield f"{record.name} lines lack {', '.join(missing)}"
    for one in spec.columns:
        if one.overlong == "truncate":
            yield f"{one.label} is cut off after {one.longest} characters"
        if one.part is not None:
            yield f"{one.label} holds characters {one.part[0]} to {one.part[1]} only"
        if one.default is not None:
            yield f"{one.label} says {one.default} for whatever its lookup does not name"

"""Documents of JSON in an agency's own layout: their records as rows of cells, and rows as a document.

Columns have a `path` within their record instead of a place; records lie where `physical.records` says. So
all that is known of rows holds. Source: debt_agency.md, section 4.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any, BinaryIO

from hub.api import Blank, CannotRender, Pounds, Unreadable
from plugins.debt_agency.mapping_spec import AgencyLayout, Column, Place, Total, layout_of

STRUCTURE = "STRUCTURE"
MANY = "[]"
"""Behind the path of records that are a list."""


def json_rows(spec: AgencyLayout, stream: BinaryIO) -> Iterator[tuple[int, list[str] | Unreadable]]:
    """Each record with its number in the document, in the order of the canonical file."""
    try:
        document = json.loads(stream.read().decode(spec.physical.encoding), parse_float=Decimal)
    except (ValueError, RecursionError):
        yield 1, _wrong(1, "this is no JSON", "a document of JSON")
        return
    number = 0
    holders = holders_of(spec)
    for record in (name for name in spec.of.layouts if name in holders):
        where = holders[record]
        found = _at(document, where.removesuffix(MANY))
        many = where.endswith(MANY)
        if not isinstance(found, list if many else dict):
            told = f"the document has no {'list' if many else 'object'} “{where}”"
            yield number + 1, _wrong(number + 1, told, where)
            continue
        for one in found if many else [found]:
            number += 1
            yield number, _row(spec, record, number, one)


def _row(spec: AgencyLayout, record: str, number: int, one: Any) -> list[str] | Unreadable:
    if not isinstance(one, dict):
        return _wrong(number, f"record {number} is no object", "an object")
    row = [record]
    for place in places(spec, record):
        value = _at(one, place.path or "")
        if isinstance(value, dict | list):
            told = f"record {number}: {place.path} is not right: expected one value"
            return Unreadable(number, b"", "FIELD", told, "one value", place.path)
        row.append(_text(value, place, record, spec))
    return row


def holders_of(spec: AgencyLayout) -> Mapping[str, str]:
    """Where the records lie, by canonical record."""
    return {str(record): where for record, where in spec.physical.records.items()}


def places(spec: AgencyLayout, record: str) -> list[Place]:
    """In the order in which they stand in a row, behind the record's letter."""
    return [*spec.columns_of(record), *spec.totals_of(record)]


def _text(value: Any, place: Place, record: str, spec: AgencyLayout) -> str:
    """A value as an agency would write it in a file of lines; pounds with both decimals."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "Y" if value else "N"
    is_number = isinstance(value, int | Decimal)
    if is_number and spec.money.unit == "pounds" and _is_money(place, record, spec):
        try:
            exact = Decimal(value).quantize(Decimal("0.01"))
        except InvalidOperation:
            return str(value)
        return f"{exact:.2f}" if exact == value else str(value)
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def _is_money(place: Place, record: str, spec: AgencyLayout) -> bool:
    if isinstance(place, Total):
        return place.func == "sum"
    if not isinstance(place, Column):
        return False
    fields = (layout_of(spec, record, source) for source in place.sources)
    kinds = (layout.field(name).kind for layout, name in fields if layout is not None)
    return any(isinstance(kind.kind if isinstance(kind, Blank) else kind, Pounds) for kind in kinds)


def document(spec: AgencyLayout, rows: Sequence[tuple[str, Mapping[str, str]]]) -> bytes:
    """Rows, each by the paths of its record, as the document that an agency is sent; values are texts.

    Raises CannotRender for a second record where the layout has room for one."""
    whole: dict[str, Any] = {}
    for record, values in rows:
        where = holders_of(spec).get(record)
        if where is None:
            continue
        one: dict[str, Any] = {}
        for path, text in values.items():
            _put(one, path, text)
        if where.endswith(MANY):
            found = _at(whole, where.removesuffix(MANY))
            if found is None:
                _put(whole, where.removesuffix(MANY), [one])
            else:
                found.append(one)
        elif _at(whole, where) is None:
            _put(whole, where, one)
        else:
            raise CannotRender(f"the layout has room for one {where} only")
    return json.dumps(whole, ensure_ascii=False, indent=1).encode(spec.physical.encoding)


def _at(value: Any, path: str) -> Any:
    for key in filter(None, path.split(".")):
        value = value.get(key) if isinstance(value, dict) else None
    return value


def _put(holder: dict[str, Any], path: str, value: Any) -> None:
    *above, last = path.split(".")
    for key in above:
        holder = holder.setdefault(key, {})
    holder[last] = value


def _wrong(number: int, message: str, expected: str) -> Unreadable:
    return Unreadable(number, b"", STRUCTURE, message, expected)

"""Lists that the financial system tells by calls, as the files of this project's own in which they else come.

What a tenant calls its fields is configuration. What cannot be read is written as it was told, so that the
file is refused with all that is wrong with it. Source: formats page agresso.md, sections 7.2, 7.5, 7.6, 10.5.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from hub.api import Blank, FieldType, Layout, Rendered, format_pounds
from plugins.agresso.call_settings import Listed
from plugins.agresso.feedback_layout import DAY, MONEY, TRAILER, csv_of

_INSTANT = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})T[0-9:.]+(?:Z|[+\-][0-9:]+)?")
Told = Mapping[str, Any]
Row = dict[str, str]


@dataclass(frozen=True, slots=True)
class Kind:
    """The file that a list becomes.

    summed: the column that its last row sums
    usual:  our column → what it is called by REST, where the route says nothing else
    """

    layout: Layout
    summed: str | None = None
    usual: Mapping[str, str] = field(default_factory=dict)

    def names(self, listed: Listed) -> Mapping[str, str]:
        """Our column → what it is called there; by a query of finance's as here."""
        own = {one.name: one.name for one in self.layout.fields}
        return {**own, **(self.usual if listed.path else {}), **listed.columns}


def rows(kind: Kind, listed: Listed, told: Iterable[Told], known: Mapping[str, str]) -> Iterator[Row]:
    """Rows of our columns, as text. `known`: what is known of each row that does not say it itself."""
    names = kind.names(listed)
    for record in told:
        bare, row = _bare(record), Row()
        for one in kind.layout.fields:
            text = _as_here(one.kind, _value(bare, names[one.name]))
            text = listed.words.get(one.name, {}).get(text, text)
            row[one.name] = listed.always.get(one.name) or text or known.get(one.name, "")
        yield _with_state(row) if "rest_amount" in row else row


def file_of(kind: Kind, made: Iterable[Row], now: datetime) -> Rendered:
    """The file, with its last row."""
    out, lines, total = csv_of(kind.layout), list[str](), Decimal()
    for row in made:
        lines.append(out.join(row[one.name] for one in kind.layout.fields))
        total += _amount(row[kind.summed]) or 0 if kind.summed else 0
    end = out.write_row(TRAILER, {"rows": str(len(lines)), "sum": int(total * 100)})
    name = f"{kind.layout.name}-{now:%Y%m%dT%H%M%SZ}.csv"
    return Rendered(name, out.encode([*lines, end]), {"count": len(lines)})


def _bare(told: Any) -> Any:
    """Names as they are compared: neither capitals nor underscores count."""
    if isinstance(told, Mapping):
        return {_name(key): _bare(value) for key, value in told.items()}
    return told


def _name(told: str) -> str:
    return told.replace("_", "").lower()


def _value(record: Any, name: str) -> str:
    """What stands under a name, `a.b` in what stands under a; of `a * b` the product."""
    factors = [_one(record, part.strip()) for part in name.split("*")]
    if len(factors) == 1:
        return factors[0]
    first, second = (_amount(text) for text in factors[:2])
    return "" if first is None or second is None else f"{first * second:f}"


def _one(record: Any, name: str) -> str:
    for part in name.split("."):
        record = record.get(_name(part)) if isinstance(record, dict) else None
    return "" if record is None or isinstance(record, dict | list) else str(record).strip()


def _amount(text: str) -> Decimal | None:
    try:
        value = Decimal(text)
    except InvalidOperation:
        return None
    return value if value.is_finite() else None


def _as_here(kind: FieldType, text: str) -> str:
    """A day and an amount as our files have them; what is neither stays as it was told."""
    kind = kind.kind if isinstance(kind, Blank) else kind
    return _pounds(text) if kind is MONEY else _day(text) if kind is DAY else text


def _pounds(text: str) -> str:
    """With two decimals; what is no whole pence stays as it is."""
    value = _amount(text)
    pence = value * 100 if value is not None else None
    return text if pence is None or pence % 1 else format_pounds(int(pence))


def _day(text: str) -> str:
    instant = _INSTANT.fullmatch(text)
    return instant[1] if instant else text


def _with_state(row: Row) -> Row:
    """An open item that does not say how it stands: all of it is open, some, or none."""
    amount, rest = _amount(row["amount"]), _amount(row["rest_amount"])
    if row["status"] or amount is None or rest is None:
        return row
    return {**row, "status": "OPEN" if rest == amount else "PART" if rest else "PAID"}

"""A record type, declared once: reader, writer, FIELD checks and documentation derive from it.

Positions are given as the spec prints them, 1-based and inclusive; a gap or an overlap is an error at import.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from hub.errors import CannotRender
from hub.formats.types import Blank, FieldType, Literal, Spaces
from hub.model import Chunk, Finding, Severity

_A_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{2}/[0-9]{2}/[0-9]{4}")
"""No account number looks like this, so a wrong day may always be told."""

SHOWN = 40
"""Characters of a wrong value that a message shows."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a layout. Built by `at`, `literal`, `spaces`, `column` and `attr`.

    start, end: 1-based positions (fixed width only, else 0)
    path:       where the value stands, relative to the record's element (XML only)
    check:      the id that its FIELD findings carry
    personal:   the value is kept out of messages
    required:   a blank value is wrong (a fixed-width field says so by its type)
    note:       said in the documentation
    """

    name: str
    kind: FieldType
    start: int = 0
    end: int = 0
    path: str = ""
    check: str = "FIELD"
    personal: bool = False
    required: bool = False
    note: str = ""

    @property
    def width(self) -> int | None:
        return self.end - self.start + 1 if self.start else None

    @property
    def label(self) -> str:
        """The field as messages name it."""
        if not self.start:
            return self.name
        positions = f"{self.start}-{self.end}" if self.end > self.start else f"{self.start}"
        return f"position {positions}" if self.name == positions else f"{self.name} (position {positions})"

    def bad(self, texts: Sequence[str]) -> list[int]:
        """Indices of the texts that are wrong."""
        bad = self.kind.bad(texts)
        if not self.required:
            return bad
        return sorted({*bad, *(row for row, text in enumerate(texts) if not text.strip())})

    def finding(self, line: int, text: str, *, open: bool = True) -> Finding:
        """`open`: the record holds nothing personal, so that the value may be told; else only its shape is,
        because a damaged record has names and account numbers in any of its fields."""
        message = f"{self.label} is {self._shown(text, open)}: expected {self.kind.expected}."
        return Finding(self.check, Severity.ERROR, message, line, self.name, self.kind.expected)

    def _shown(self, text: str, open: bool) -> str:
        if not text.strip():
            return "blank"
        if self.personal:
            return "not right"
        tell = open or _A_DAY.fullmatch(text) is not None
        return f"“{printable(text)}”" if tell else f"of the shape “{printable(shape(text))}”"

    def write_column(self, values: Sequence[object]) -> list[str]:
        """The texts of a column's values. Raises CannotRender."""
        written = {value: self.write(value) for value in dict.fromkeys(values)}
        return [written[value] for value in values]

    def write(self, value: object) -> str:
        """The field's text, as wide as it must be. Raises CannotRender naming the field."""
        try:
            text = self.kind.write(value, self.width)
        except CannotRender as error:
            raise CannotRender(f"{self.label}: {error}") from None
        if self.required and not text.strip():
            raise CannotRender(f"{self.label} has no value")
        return text


def at(
    name: str,
    start: int,
    end: int,
    kind: FieldType,
    *,
    check: str = "FIELD",
    personal: bool = False,
    note: str = "",
) -> Field:
    """A field of a fixed-width layout."""
    return Field(name, kind, start, end, check=check, personal=personal, note=note)


def literal(
    start: int, end: int, text: str, *, name: str = "", check: str = "FIELD", note: str = ""
) -> Field:
    """A constant of a fixed-width layout; without a name it is called by its positions."""
    return Field(name or _positions(start, end), Literal(text), start, end, check=check, note=note)


def spaces(start: int, end: int, *, name: str = "", check: str = "FIELD", note: str = "") -> Field:
    """Filler of a fixed-width layout; without a name it is called by its positions."""
    return Field(name or _positions(start, end), Spaces(), start, end, check=check, note=note)


def column(
    name: str,
    kind: FieldType,
    *,
    required: bool = True,
    check: str = "FIELD",
    personal: bool = False,
    note: str = "",
) -> Field:
    """A column of a delimited layout; not `required` = it may be empty."""
    kind = kind if required else Blank(kind)
    return Field(name, kind, check=check, personal=personal, required=required, note=note)


def attr(
    name: str,
    path: str,
    kind: FieldType,
    *,
    required: bool = True,
    check: str = "FIELD",
    personal: bool = False,
    note: str = "",
) -> Field:
    """A value of an XML layout; not `required` = it may be missing. See `hub.formats.xml` for the paths."""
    kind = kind if required else Blank(kind)
    return Field(name, kind, path=path, check=check, personal=personal, required=required, note=note)


@dataclass(frozen=True, slots=True)
class Layout:
    """One record type.

    fields: in the order of the record
    width:  characters of a fixed-width record; by default where the last field ends
    tag:    the text that tells this record type from others, and optionally its 1-based position: `"HDR1"`
            or `(5, "X")`. In delimited files the position is the format's `tag_column`
    path:   (XML) the record's element, as a path below the root
    """

    name: str
    fields: tuple[Field, ...]
    width: int | None = None
    tag: str | tuple[int, str] | None = None
    path: str = ""

    def __post_init__(self) -> None:
        names = [field.name for field in self.fields]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"layout {self.name} names {', '.join(twice)} more than once")
        if any(field.start for field in self.fields):
            object.__setattr__(self, "width", self._checked_width())

    @property
    def tag_place(self) -> tuple[int, str]:
        """The 1-based position of the tag, and the tag; an empty one when there is none."""
        return self.tag if isinstance(self.tag, tuple) else (1, self.tag or "")

    def field(self, name: str) -> Field:
        """Raises KeyError when the layout has no such field."""
        for field in self.fields:
            if field.name == name:
                return field
        raise KeyError(name)

    def field_findings(self, chunk: Chunk) -> list[tuple[int, Finding]]:
        """What is wrong in a chunk of this layout: (row of the chunk, finding), in row order."""
        open = not any(field.personal for field in self.fields)
        found = [
            (row, field.finding(chunk.lines[row], chunk.columns[field.name][row], open=open))
            for field in self.fields
            for row in field.bad(chunk.columns[field.name])
        ]
        return sorted(found, key=lambda pair: pair[0])

    def texts(self, values: Mapping[str, object]) -> list[str]:
        """Each field's text for one record; constants and fillers need no value. Raises CannotRender."""
        unknown = sorted(values.keys() - {field.name for field in self.fields})
        if unknown:
            raise CannotRender(f"layout {self.name} has no field {', '.join(unknown)}")
        return [field.write(values.get(field.name)) for field in self.fields]

    def write(self, values: Mapping[str, object]) -> str:
        """One fixed-width record without its line end. Raises CannotRender."""
        return "".join(self.texts(values))

    def write_all(self, records: Sequence[Mapping[str, object]]) -> list[str]:
        """Many fixed-width records without line ends. A column is written at a time and each different value
        once, which makes wide records quick; other names are passed over. Raises CannotRender."""
        named = {name for record in records for name in record}
        columns: list[list[str]] = []
        for filled, fields in groupby(self.fields, key=lambda field: field.name in named):
            if filled:
                columns += (
                    field.write_column([record.get(field.name) for record in records]) for field in fields
                )
            else:
                columns.append(["".join(field.write(None) for field in fields)] * len(records))
        return list(map("".join, zip(*columns, strict=True)))

    def documentation(self) -> str:
        """The layout as a Markdown table."""
        fixed = self.width is not None
        rows = [self._heading(fixed), *(_row(field, fixed) for field in self.fields)]
        return "\n".join(rows) + "\n"

    def _heading(self, fixed: bool) -> str:
        columns = ["Pos", "Len", "Field", "Content"] if fixed else ["Field", "Content"]
        return f"| {' | '.join(columns)} |\n|{'---|' * len(columns)}"

    def _checked_width(self) -> int:
        """The width, after checking that the fields fill it without gap or overlap."""
        expected = 1
        for field in self.fields:
            if field.start != expected or field.end < field.start:
                raise ValueError(
                    f"layout {self.name}: {field.name} is at {field.start}-{field.end}, "
                    f"but the field before it ends at {expected - 1}"
                )
            if isinstance(field.kind, Literal) and len(field.kind.text) != field.width:
                raise ValueError(
                    f"layout {self.name}: the constant at {field.start}-{field.end} has another length"
                )
            expected = field.end + 1
        if self.width not in (None, expected - 1):
            raise ValueError(f"layout {self.name}: fields end at {expected - 1}, the width is {self.width}")
        return expected - 1


def shape(text: str) -> str:
    """A value without what it says: each digit a 9, each letter an A or a.

    >>> shape("4015x"), shape("Mr A Tenant"), shape("-12.3O")
    ('9999a', 'Aa A Aaaaaa', '-99.9A')
    """
    return "".join(map(_shape_of, text))


def _shape_of(letter: str) -> str:
    if letter.isdigit():
        return "9"
    return ("A" if letter.isupper() else "a") if letter.isalpha() else letter


def printable(text: str) -> str:
    """A wrong value, short and harmless enough for a message.

    >>> printable("12x4"), printable("a\\x1b[2J")
    ('12x4', 'a\\\\x1b[2J')
    """
    cut = text if len(text) <= SHOWN else f"{text[:SHOWN]}…"
    return cut if cut.isprintable() else ascii(cut)[1:-1]


def _positions(start: int, end: int) -> str:
    return f"{start}-{end}" if end > start else f"{start}"


def _row(field: Field, fixed: bool) -> str:
    content = field.kind.expected + (f"; {field.note}" if field.note else "")
    cells = [field.name, content.replace("|", "\\|")]
    if fixed:
        cells = [_positions(field.start, field.end), str(field.width), *cells]
    return f"| {' | '.join(cells)} |"

"""An agency's own layout of a kind of file, as its partner file says. Source: debt_agency.md, section 4.

Nothing here is an agency's official layout: what an agency takes is agreed with it and written down so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from difflib import get_close_matches
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, ConfigDict, Field, model_validator

from hub.api import Layout, Options
from plugins.debt_agency.canonical import HEADER, KINDS, TRAILER, Kind

Letter = Literal["H", "A", "P", "C", "N", "K", "U", "L", "G", "Y", "M", "X", "V", "T"]
KindCode = Literal["PLC", "UPD", "HLD", "ACK", "AUP", "PAY", "RTN", "INV"]


def _listed(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


Fields = Annotated[tuple[str, ...], BeforeValidator(_listed)]


class Part(Options):
    """A part of a layout; what is written may be called as it is in the file."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Physical(Part):
    """How the file is made.

    delimiter: of a delimited file; `tab` for a tabulator
    quote:     `minimal` (where a value needs it) or `none`
    header:    `labels`: the first line holds the names of the columns
    width:     of a fixed file: the length that each record is filled to
    short:     of a fixed file: whether a record may end early, without its last blanks
    records:   of a document of JSON: where the canonical records lie (`payments[]`: a list of them)
    """

    form: Literal["delimited", "fixed", "json"] = "delimited"
    delimiter: str = ","
    quote: Literal["minimal", "none"] = "minimal"
    encoding: str = "utf-8"
    eol: Literal["crlf", "lf"] = "crlf"
    header: Literal["none", "labels"] = "none"
    width: int | None = Field(default=None, ge=1)
    short: bool = False
    records: Mapping[Letter, str] = Field(default_factory=dict)

    @property
    def separator(self) -> str:
        return "\t" if self.delimiter == "tab" else self.delimiter

    @property
    def end(self) -> str:
        return "\r\n" if self.eol == "crlf" else "\n"


class Money(Part):
    """How amounts are written. sign: a minus that leads or trails; none: all are positive; reversed: what
    lowers a debt is positive there."""

    unit: Literal["pounds", "pence"] = "pounds"
    sign: Literal["leading", "trailing_minus", "none", "reversed", "type_code"] = "leading"


class Selector(Part):
    """What tells records apart: the text of a column, or of positions; `map`: by canonical record."""

    column: int | None = Field(default=None, ge=1)
    start: int | None = Field(default=None, ge=1)
    end: int | None = Field(default=None, ge=1)
    map: Mapping[Letter, str] = Field(min_length=1)

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.column is None) == (self.start is None or self.end is None):
            raise ValueError("needs either column, or start and end")
        return self


class Place(Part):
    """Where something stands.

    record:    the canonical record that it is of; without it, the kind's main one
    pos:       its place in a delimited file; start, end: in a fixed one; path: in JSON (`who.ref`)
    pad, side: with what, and on which side, a fixed column is filled
    """

    record: Letter | None = None
    pos: int | None = Field(default=None, ge=1)
    start: int | None = Field(default=None, ge=1)
    end: int | None = Field(default=None, ge=1)
    path: str | None = None
    pad: str = Field(default=" ", min_length=1, max_length=1)
    side: Literal["left", "right"] = "right"

    @property
    def first(self) -> int:
        return self.start or self.pos or 0

    @property
    def last(self) -> int:
        return self.end or self.pos or 0

    @property
    def width(self) -> int | None:
        """Of a fixed column."""
        return self.last - self.first + 1 if self.start else None


class Column(Place):
    """One column of a record.

    from:     the canonical fields that it holds, several joined by `join`. `P2.surname` is that of the second
              party, on the line of its account
    value:    a constant instead
    lookup:   what each canonical value is called; `default`: where none is named, else it is refused
    also:     what else is read as which canonical value
    part:     the canonical value's characters from-to, counted from 1
    digits:   `nine`: of a placement's number, without the check digit, which is reckoned when it is read
    max:      characters; longer text is refused, or cut off where `overlong` says so
    dates:    of this column, where not as everywhere
    rate:     of a rate of commission: a `fraction` (0.125) or `percent` (12.5), with any number of decimals
    """

    name: str = ""
    sources: Fields = Field(default=(), alias="from")
    value: str | None = None
    join: str = " "
    lookup: Mapping[str, str] = Field(default_factory=dict)
    also: Mapping[str, str] = Field(default_factory=dict)
    default: str | None = None
    part: tuple[int, int] | None = None
    digits: Literal["nine"] | None = None
    required: bool = False
    max: int | None = Field(default=None, ge=1)
    overlong: Literal["refuse", "truncate"] = "refuse"
    dates: str | None = None
    rate: Literal["fraction", "percent"] | None = None

    @property
    def longest(self) -> int | None:
        """Characters that it holds at most."""
        return self.width or self.max

    @property
    def label(self) -> str:
        place = f"column {self.pos}" if self.pos else f"position {self.start}-{self.end}"
        place = self.path or place
        return f"{self.name} ({place})" if self.name else place


class Total(Place):
    """What a trailer's column sums: the records between header and trailer, the main ones, canonical money
    columns of the main ones, or the numbers of their placements."""

    record: Letter | None = "T"
    func: Literal["count", "count_main", "sum", "hash"]
    of: Fields = ()


class AgencyLayout(Part):
    """A layout of one kind of file.

    layout, version: what it is called
    valid_from, valid_to: the days that it holds on, both included; none = without end
    dates:       of `%Y`, `%m` and `%d`; empty_dates: what stands where there is no date
    defaults:    canonical values of the main record that the file does not carry
    below_zero:  of receipts: what a type is where its amount is below zero (PA: PAR)
    identity:    of receipts without a number: the canonical fields that stand for one together; a second that
                 is alike in the same file is counted, one in a later file is taken for the same
    record_selector: without it, each line is of the main record
    file_name:   of files that leave, with {sender} {kind} {receiver} {date} {seq}
    """

    layout: str
    kind: KindCode
    version: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    physical: Physical = Physical()
    dates: str = "%Y-%m-%d"
    empty_dates: Fields = ()
    money: Money = Money()
    record_selector: Selector | None = None
    columns: tuple[Column, ...] = Field(min_length=1)
    totals: tuple[Total, ...] = ()
    defaults: Mapping[str, str] = Field(default_factory=dict)
    below_zero: Mapping[str, str] = Field(default_factory=dict)
    identity: Fields = ()
    file_name: str = "{sender}_{kind}_{receiver}_{date}_{seq}.csv"

    @model_validator(mode="before")
    @classmethod
    def _in_rows(cls, told: Any) -> Any:
        """Records of JSON are laid out as rows, so that all that holds of rows holds of them."""
        return json_as_rows(told)

    @property
    def of(self) -> Kind:
        return KINDS[self.kind]

    @property
    def tags(self) -> Mapping[str, str]:
        """By canonical record with lines of its own, what tells them; "" where there are no others."""
        selector = self.record_selector
        return (
            {str(letter): text for letter, text in selector.map.items()}
            if selector
            else {self.of.main.name: ""}
        )

    @property
    def frame(self) -> frozenset[str]:
        """Which of header and trailer it has as canonical records."""
        framed = {one.record for one in self.columns if one.sources} & {HEADER, TRAILER}
        return frozenset(str(name) for name in framed)

    def holds_on(self, day: date) -> bool:
        return (self.valid_from or day) <= day <= (self.valid_to or day)

    def columns_of(self, record: str) -> list[Column]:
        return [one for one in self.columns if (one.record or self.of.main.name) == record]

    def totals_of(self, record: str) -> list[Total]:
        return [one for one in self.totals if one.record == record]

    @model_validator(mode="after")
    def _can_be_read_and_written(self) -> Self:
        problems = list(_problems(self))
        if problems:
            raise ValueError("; it ".join(problems))
        return self


def json_as_rows(told: Any) -> Any:
    """A layout as it is written, with places for the paths of its columns and totals: behind the record's own
    letter, in their order."""
    physical = told.get("physical") if isinstance(told, dict) else None
    if not isinstance(physical, dict) or physical.get("form") != "json":
        return told
    kind = KINDS.get(str(told.get("kind")))
    main, used = kind.main.name if kind else "", dict[str, int]()

    def placed(place: Any, record: str) -> Any:
        if not isinstance(place, dict):
            return place
        own = str(place.get("record") or record)
        used[own] = used.get(own, 1) + 1
        return {**place, "pos": used[own]}

    columns = [placed(one, main) for one in told.get("columns", ())]
    totals = [placed(one, TRAILER) for one in told.get("totals", ())]
    selector = {"column": 1, "map": {name: name for name in physical.get("records", {})}}
    return {**told, "columns": columns, "totals": totals, "record_selector": selector}


def _problems(spec: AgencyLayout) -> Iterator[str]:
    """What is wrong with a layout as a whole, a sentence each."""
    if spec.valid_from and spec.valid_to and spec.valid_to < spec.valid_from:
        yield "has a valid_to that lies before its valid_from"
    fixed = spec.physical.form == "fixed"
    places: list[Place] = [*spec.columns, *spec.totals]
    for place in places:
        if (place.start is not None) != fixed or (place.pos is None) != fixed:
            yield f"has a column without {'start and end' if fixed else 'pos'}, as its form needs it"
    for record in {*spec.tags, HEADER, TRAILER}:
        yield from _overlaps(spec, record)
    for column in spec.columns:
        record = column.record or spec.of.main.name
        if record not in spec.of.layouts:
            yield f"has a column of {record}, which {spec.kind} has no record of"
        elif record not in spec.tags:
            yield f"has a column of {record}, which record_selector does not name"
        else:
            yield from (f"{told}, of {column.label}" for told in _unknown(spec, record, column))
    yield from _unknown_sums(spec)
    carried = {name for column in spec.columns_of(spec.of.main.name) for name in column.sources}
    if "placement_ref" not in carried:
        yield "carries no placement_ref: nobody could say which debt a line is about"


def _overlaps(spec: AgencyLayout, record: str) -> Iterator[str]:
    taken: set[int] = set()
    places: list[Place] = [*spec.columns_of(record), *spec.totals_of(record)]
    for place in places:
        own = set(range(place.first, place.last + 1))
        if own & taken:
            yield f"has two columns of {record} at {min(own & taken)}"
        taken |= own


def _unknown(spec: AgencyLayout, record: str, column: Column) -> Iterator[str]:
    for source in column.sources:
        layout, name = layout_of(spec, record, source)
        known = {field.name for field in layout.fields} if layout is not None else set()
        if name not in known:
            yield f"has no canonical field “{source}”{_near(name, known)}"


def _unknown_sums(spec: AgencyLayout) -> Iterator[str]:
    known = {field.name for field in spec.of.main.fields}
    for name in (name for total in spec.totals for name in total.of if name not in known):
        yield f"sums “{name}”, which is no canonical field of {spec.of.main.name}{_near(name, known)}"


def _near(name: str, known: Iterable[str]) -> str:
    close = get_close_matches(name, list(known), n=1)
    return f" (did you mean “{close[0]}”?)" if close else ""


def layout_of(spec: AgencyLayout, record: str, source: str) -> tuple[Layout | None, str]:
    """The record that a canonical field of a column is of, and its name there."""
    party, dot, name = source.partition(".")
    if not dot:
        return spec.of.layouts.get(record), source
    return (spec.of.layouts.get("P") if party[:1] == "P" and party[1:] in set("123456789") else None), name

"""The generic CSV files of the rent system interface (section 6.3): one header, details, one trailer.

    H,feed,version,landlord,source,created_at,business_date,file_seq,currency
    D,line_no,…the feed's columns
    T,detail_count,sum_of_positive_amounts,sum_of_negative_amounts,net,hash_total

This is the project's own layout. A feed declares its columns once and has from it the reader, the control
totals and the writer.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, BinaryIO
from zoneinfo import ZoneInfo

from hub.errors import CannotRender
from hub.formats.delimited import Delimited
from hub.formats.layout import Field, Layout, column
from hub.formats.types import Code, Day, FieldType, Literal, Matching, Pounds, Text
from hub.model import Chunk, Moment, Unreadable

PARTY = r"^[A-Z0-9]{1,12}$"
"""A landlord or a system as a header names it."""

HASH_MODULUS = 10**12
LONDON = ZoneInfo("Europe/London")

SEQUENCE = Matching(r"(?!000000)[0-9]{6}", expected="six digits, from 000001")
LINE_NUMBER = Matching(r"[1-9][0-9]{0,8}", expected="a line number from 1, without leading zeros")
TOTAL = Matching(r"[0-9]{1,12}", expected="up to 12 digits")
_NOT_A_DIGIT = re.compile(r"[^0-9]")


class Instant(Matching):
    """A real date and time with its offset from UTC."""

    def __init__(self) -> None:
        super().__init__(
            r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?(Z|[+\-][0-9]{2}:[0-9]{2})",
            expected="a date and time with its offset, such as 2030-06-05T02:00:11+01:00",
        )

    def sound(self, text: str) -> bool:
        try:
            self.read(text)
        except ValueError:
            return False
        return True

    def read(self, text: str) -> datetime:
        return datetime.fromisoformat(text)


INSTANT = Instant()


@dataclass(frozen=True, slots=True)
class Envelope:
    """What the header of a file that the hub writes says. `created_at` is aware."""

    landlord: str
    source: str
    created_at: datetime
    business_date: date
    sequence: int

    @classmethod
    def of(cls, moment: Moment, *, landlord: str, source: str, number: str) -> Envelope:
        """From the moment of a transfer; `number` names the drawn number that is the file's sequence.

        Raises CannotRender when that number was not drawn."""
        if number not in moment.numbers:
            raise CannotRender(f"the file needs a number, and {number} is not set; give it one")
        return cls(landlord, source, moment.now, moment.business_date, moment.numbers[number])


@dataclass(frozen=True, slots=True)
class Totals:
    """The control totals of a trailer; the sums in pence."""

    count: int
    positive: int
    negative: int
    hash_total: int

    @property
    def net(self) -> int:
        return self.positive + self.negative

    def __add__(self, other: Totals) -> Totals:
        return Totals(
            self.count + other.count,
            self.positive + other.positive,
            self.negative + other.negative,
            (self.hash_total + other.hash_total) % HASH_MODULUS,
        )


@dataclass(frozen=True, slots=True)
class GenericCsv:
    """The format of one feed's generic CSV.

    money:     the column that the trailer sums; None = no money, the sums are 0.00
    reference: the column that the hash total is taken of
    unsummed:  whether a trailer may say 0.00 although the column holds amounts (extracts move no money)
    shorter:   the details of files that lack the columns which came later; they are read as blank
    """

    feed: str
    version: str
    header: Layout
    detail: Layout
    trailer: Layout
    reader: Delimited
    money: str | None
    reference: str
    unsummed: bool
    shorter: Layout | None = None

    def recognises(self, head: bytes) -> bool:
        return self.reader.recognises(head)

    def decode(self, stream: BinaryIO, options: Any) -> Iterator[Chunk | Unreadable]:
        for part in self.reader.decode(stream, options):
            yield self._filled(part) if isinstance(part, Chunk) else part

    def _filled(self, chunk: Chunk) -> Chunk:
        if chunk.layout is not self.shorter:
            return chunk
        blank = [""] * len(chunk)
        columns = {field.name: chunk.columns.get(field.name, blank) for field in self.detail.fields}
        return Chunk(self.detail, chunk.lines, columns)

    def totals(self, columns: Mapping[str, Sequence[str]]) -> Totals:
        """The totals of detail rows whose fields are sound."""
        references = columns[self.reference]
        amounts = list(self._amounts(columns))
        return Totals(
            count=len(references),
            positive=sum(amount for amount in amounts if amount > 0),
            negative=sum(amount for amount in amounts if amount < 0),
            hash_total=sum(map(digits_of, references)) % HASH_MODULUS,
        )

    def _amounts(self, columns: Mapping[str, Sequence[str]]) -> Iterator[int]:
        if self.money is None:
            return
        read = self.detail.field(self.money).kind.read
        for text in columns[self.money]:
            amount = read(text)
            if isinstance(amount, int):  # a mandate's amount may be the word VARIABLE
                yield amount

    @property
    def columns(self) -> Sequence[str]:
        """The names of the feed's own columns."""
        return [field.name for field in self.detail.fields[2:]]

    def file_name(self, envelope: Envelope) -> str:
        return f"{self.feed}_{envelope.landlord}_{envelope.business_date:%Y%m%d}_{envelope.sequence:06}.csv"

    def write(self, rows: Iterable[Mapping[str, object]], envelope: Envelope) -> bytes:
        """The whole file, UTF-8 with LF ends. Raises CannotRender when a column cannot carry its value."""
        details = [self._detail(number, row) for number, row in enumerate(rows, start=1)]
        names = [field.name for field in self.detail.fields]
        columns = {name: [texts[at] for texts in details] for at, name in enumerate(names)}
        lines = [self.header_texts(envelope), *details, self._trailer(self.totals(columns))]
        return self.reader.encode(map(self.reader.join, lines), end="\n")

    def _detail(self, number: int, row: Mapping[str, object]) -> list[str]:
        try:
            return self.detail.texts({**row, "record_type": "D", "line_no": str(number)})
        except CannotRender as problem:
            raise CannotRender(f"{self.feed} detail {number}: {problem}") from problem

    def header_texts(self, envelope: Envelope) -> list[str]:
        """The cells of the header."""
        created = envelope.created_at.astimezone(LONDON).isoformat(timespec="seconds")
        values = {
            "record_type": "H",
            "feed": self.feed,
            "version": self.version,
            "landlord": envelope.landlord,
            "source": envelope.source,
            "created_at": created,
            "business_date": envelope.business_date,
            "file_seq": f"{envelope.sequence:06}",
            "currency": "GBP",
        }
        return self.header.texts(values)

    def _trailer(self, totals: Totals) -> list[str]:
        values = {
            "record_type": "T",
            "detail_count": str(totals.count),
            "positive": totals.positive,
            "negative": totals.negative,
            "net": totals.net,
            "hash_total": str(totals.hash_total),
        }
        return self.trailer.texts(values)


def generic_csv(
    feed: str,
    columns: Sequence[Field],
    *,
    version: str = "1.0",
    money: str | None = None,
    reference: str = "payment_ref",
    unsummed: bool = False,
    later: int = 0,
) -> GenericCsv:
    """The format of one feed; `columns` are those after line_no, the last `later` of which a file may lack.
    See `GenericCsv` for the rest."""
    numbered = (_tag("D", "E10"), column("line_no", LINE_NUMBER, check="E10"))
    header = Layout("header", _header_columns(feed, version), tag="H")
    detail = Layout("detail", (*numbered, *columns), tag="D")
    trailer = Layout("trailer", _TRAILER_COLUMNS, tag="T")
    shorter = Layout("detail", (*numbered, *columns[:-later]), tag="D") if later else None
    layouts = (header, detail, trailer, *([shorter] if shorter else []))
    reader = Delimited(layouts, tag_column=0, structure="E10")
    return GenericCsv(feed, version, header, detail, trailer, reader, money, reference, unsummed, shorter)


def digits_of(reference: str) -> int:
    """The digits of a reference read as one number, as the hash total adds them up.

    >>> digits_of("91000010G"), digits_of("GARAGE")
    (91000010, 0)
    """
    return int(_NOT_A_DIGIT.sub("", reference) or 0)


def _tag(letter: str, check: str) -> Field:
    return column("record_type", Literal(letter), check=check)


def _header_columns(feed: str, version: str) -> tuple[Field, ...]:
    columns: Mapping[str, FieldType] = {
        "feed": Literal(feed),
        "version": Code(version),
        "landlord": Text(),
        "source": Text(),
        "created_at": INSTANT,
        "business_date": Day("%Y-%m-%d"),
        "file_seq": SEQUENCE,
        "currency": Code("GBP"),
    }
    named = (column(name, kind, check="E01") for name, kind in columns.items())
    return (_tag("H", "E01"), *named)


_TRAILER_COLUMNS = (
    _tag("T", "E01"),
    column("detail_count", TOTAL, check="E01"),
    column("positive", Pounds(), check="E01"),
    column("negative", Pounds(), check="E01"),
    column("net", Pounds(), check="E01"),
    column("hash_total", TOTAL, check="E01"),
)

"""What a posting file says of itself and adds up to, gathered while its rows stream by."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from hub.api import Chunk, Context, Row, Tally, format_pounds
from plugins.housing_benefit.layouts import CSV_DETAIL, CSV_TOTAL, DETAIL, HEADER, TRAILER
from plugins.housing_benefit.rows import Repeats, Rows, detail_rows, nine_rows
from plugins.housing_benefit.settings import ACADEMY, FW1, PostingOptions

HASH_MODULUS = 10**9
CONTROLS = ("count", "gross", "recovered", "posted", "hash")


@dataclass(frozen=True, slots=True)
class Header:
    """The header of a fixed-width file."""

    line: int
    authority: str
    system: str
    run_date: date
    period: tuple[date, date]
    weeks: int
    sequence: int
    live_or_test: str

    @property
    def source(self) -> str:
        """Whose sequence it is: the authority and its system, "9999-ACAD"."""
        return f"{self.authority}-{self.system}"

    @classmethod
    def of(cls, record: Row) -> Header:
        return cls(
            line=record.line,
            authority=record["authority"].strip(),
            system=record["source"].strip(),
            run_date=_day(record, "run_date"),
            period=(_day(record, "period_start"), _day(record, "period_end")),
            weeks=int(record["weeks"]),
            sequence=int(record["sequence"]),
            live_or_test=record["live_or_test"],
        )


@dataclass(frozen=True, slots=True)
class Control:
    """The last record of a file: those of the `CONTROLS` that its layout has, sums in pence."""

    line: int
    totals: Mapping[str, int]

    @classmethod
    def of(cls, record: Row) -> Control:
        names = [name for name in CONTROLS if name in record.values]
        return cls(record.line, {name: int(record[name].replace(".", "")) for name in names})


class Step(NamedTuple):
    """A record in the order of the file; runs of postings are one step. No line = its fields were unsound."""

    name: str
    line: int | None


class PostingTally(Tally):
    """`value` and `sums` are in the file's own sign, as its control record has them.

    rows:     the postings of the chunk in hand
    repeated: lines among them that repeat an earlier posting of the file
    period:   the first and last day that is paid for, where the format tells it
    latest:   the last day that any row names
    ha_codes: each with the number of its rows and the first line
    """

    def __init__(self, ctx: Context[PostingOptions]) -> None:
        super().__init__(ctx)
        self.options = ctx.options
        self.order: list[Step] = []
        self.header: Header | None = None
        self.control: Control | None = None
        self.rows = Rows()
        self.repeated: Sequence[int] = ()
        self.sums: Counter[str] = Counter()
        self.ha_codes: dict[str, tuple[int, int]] = {}
        self.period: tuple[date, date] | None = None
        self.latest: date | None = None
        self._repeats = Repeats()

    def add(self, chunk: Chunk) -> None:
        if chunk.layout is HEADER:
            self._add_header(chunk)
        elif chunk.layout in (TRAILER, CSV_TOTAL):
            self._add_control(chunk)
        else:
            self._add_rows(chunk)

    def totals(self) -> Mapping[str, str | int]:
        """Control totals; `ledger` is what the accounts owe more by all of it, so mostly below zero."""
        sums = ("recovered", "dhp") if self.ctx.format == ACADEMY else ("gross", "recovered", "dhp")
        return {
            "count": self.records,
            "value": format_pounds(self.value),
            "posted": format_pounds(self.value),
            **{name: format_pounds(self.sums[name]) for name in sums},
            **({"hash": self.claim_hash} if self.ctx.format == FW1 else {}),
            "ledger": format_pounds(-self.value * self.options.sign),
        }

    def identity(self) -> str | None:
        return f"{self.header.source}-{self.header.sequence:06d}" if self.header else None

    def business_date(self) -> date | None:
        """The last day that is paid for: what the file is about, and each period has its own. A posting date
        is the row's, and two files may share it; it stands in where the format tells nothing else."""
        return self.header.period[1] if self.header else self.latest

    def summary(self) -> Mapping[str, str | int | None]:
        first, last = self.period or (None, None)
        return {
            "source": self.header.source if self.header else None,
            "sequence": self.header.sequence if self.header else None,
            "period_start": first.isoformat() if first else None,
            "period_end": last.isoformat() if last else None,
        }

    @property
    def claim_hash(self) -> int:
        return self.sums["hash"] % HASH_MODULUS

    @property
    def found(self) -> Mapping[str, int]:
        """What the rows come to, under the names of the control record."""
        sums = {name: self.sums[name] for name in ("gross", "recovered")}
        return {"count": self.records, **sums, "posted": self.value, "hash": self.claim_hash}

    def _add_header(self, chunk: Chunk) -> None:
        self._step_each(chunk)
        if self.header is None and len(chunk):
            self.header = Header.of(chunk.row(0))
            self.period = self.header.period

    def _add_control(self, chunk: Chunk) -> None:
        self._step_each(chunk)
        if len(chunk):
            self.control = Control.of(chunk.row(len(chunk) - 1))

    def _step_each(self, chunk: Chunk) -> None:
        """An empty chunk had a record of the layout, whose fields were unsound."""
        self.order += [Step(chunk.layout.name, line) for line in chunk.lines or (None,)]

    def _add_rows(self, chunk: Chunk) -> None:
        if not self.order or self.order[-1].name != chunk.layout.name:
            self.order.append(Step(chunk.layout.name, chunk.lines[0] if chunk.lines else None))
        self.rows = self._rows_of(chunk)
        self._sum(self.rows)
        self._note_codes(self.rows)
        self._note_dates(chunk)
        self.repeated = self._repeats.among(self.rows)

    def _rows_of(self, chunk: Chunk) -> Rows:
        if chunk.layout is DETAIL:
            return detail_rows(chunk, self.options, self.header.weeks if self.header else 0)
        if chunk.layout is CSV_DETAIL:
            return detail_rows(chunk, self.options, None)
        return nine_rows(chunk, self.options)

    def _sum(self, rows: Rows) -> None:
        sign = self.options.sign
        self.records += len(rows)
        self.value += sum(rows.posted) * sign
        self.sums["gross"] += sum(rows.gross) * sign
        self.sums["recovered"] += sum(rows.recovered) * sign
        self.sums["dhp"] += rows.dhp() * sign
        self.sums["hash"] += claim_sum(rows.claims)

    def _note_codes(self, rows: Rows) -> None:
        for code, count in Counter(rows.ha_codes).items():
            before, first = self.ha_codes.get(code, (0, rows.lines[rows.ha_codes.index(code)]))
            self.ha_codes[code] = before + count, first

    def _note_dates(self, chunk: Chunk) -> None:
        """Of a file without header: what its rows say."""
        if self.header or not len(chunk):
            return
        name = "to_date" if self.rows.to_dates else "posting_date"
        read = chunk.layout.field(name).kind.read
        latest = max(map(read, set(chunk.columns[name])))
        self.latest = max(latest, self.latest or latest)
        days = {read(text) for pair in self.rows.entitled() for text in pair} | {*(self.period or ())}
        if days:
            self.period = min(days), max(days)


def claim_sum(claims: Sequence[str]) -> int:
    """Sum of the first 8 digits of every claim reference.

    >>> claim_sum(["90000012X", "1234A"])
    90001246
    """
    heads = [claim[:8] for claim in claims]
    if all(map(str.isdecimal, heads)):
        return sum(map(int, heads))
    return sum(int("".join(filter(str.isdecimal, claim))[:8] or 0) for claim in claims)


def _day(record: Row, name: str) -> Any:
    return record.layout.field(name).kind.read(record[name])

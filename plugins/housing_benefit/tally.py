"""What a posting file says of itself and adds up to, gathered while its rows stream by."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from hub.api import Chunk, Context, Record, Tally, format_pounds
from plugins.housing_benefit.layouts import CSV_DETAIL, CSV_TOTAL, DETAIL, HEADER, TRAILER
from plugins.housing_benefit.rows import Rows, detail_rows, nine_rows
from plugins.housing_benefit.settings import ACADEMY, FW1, PostingOptions

HASH_MODULUS = 10**9


@dataclass(frozen=True, slots=True)
class Header:
    """The header of a fixed-width file. `source` names the authority with its system: "9999-ACAD"."""

    line: int
    authority: str
    system: str
    run_date: date
    period_start: date
    period_end: date
    weeks: int
    sequence: int
    live_or_test: str

    @property
    def source(self) -> str:
        return f"{self.authority}-{self.system}"

    @classmethod
    def of(cls, record: Record) -> Header:
        return cls(
            line=record.line,
            authority=record["authority"].strip(),
            system=record["source"].strip(),
            run_date=_read(record, "run_date"),
            period_start=_read(record, "period_start"),
            period_end=_read(record, "period_end"),
            weeks=int(record["weeks"]),
            sequence=int(record["sequence"]),
            live_or_test=record["live_or_test"],
        )


class Step(NamedTuple):
    """A record in the order of the file; runs of postings are one step. No line = its fields were unsound."""

    name: str
    line: int | None


class PostingTally(Tally):
    """Sums are in the file's own sign, as its control record has them.

    rows:     the postings of the chunk in hand
    repeated: lines among them that repeat an earlier posting of the file
    control:  the control totals that the file gives, by name
    ha_codes: each with the number of its rows and the first line
    """

    def __init__(self, ctx: Context[PostingOptions]) -> None:
        super().__init__(ctx)
        self.options = ctx.options
        self.order: list[Step] = []
        self.header: Header | None = None
        self.control: Mapping[str, int] | None = None
        self.control_line: int | None = None
        self.rows = Rows()
        self.repeated: Sequence[int] = ()
        self.sums: Counter[str] = Counter()
        self.ha_codes: dict[str, tuple[int, int]] = {}
        self.latest: date | None = None
        self.period: tuple[date, date] | None = None
        self._seen: set[int] = set()

    def add(self, chunk: Chunk) -> None:
        name = chunk.layout.name
        if name == HEADER.name:
            self._add_headers(chunk)
        elif name in (TRAILER.name, CSV_TOTAL.name):
            self._add_controls(chunk)
        else:
            self._add_rows(chunk)

    def totals(self) -> Mapping[str, str | int]:
        """Control totals, and what the accounts owe more (`ledger`: less than zero) by all of it."""
        told = ("recovered", "dhp") if self.ctx.format == ACADEMY else ("gross", "recovered", "dhp")
        return {
            "count": self.records,
            "value": format_pounds(self.value),
            "posted": format_pounds(self.value),
            **{name: format_pounds(self.sums[name]) for name in told},
            **({"hash": self.claim_hash} if self.ctx.format == FW1 else {}),
            "ledger": format_pounds(-self.value * self.options.sign),
        }

    def identity(self) -> str | None:
        return f"{self.header.source}-{self.header.sequence:06d}" if self.header else None

    def business_date(self) -> date | None:
        """The last day of the period that is paid for: that is what the file is about, and each period has one.
        The posting date is every row's own, and two files may share it."""
        return self.header.period_end if self.header else self.latest

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
        """The totals of the rows, under the names of the control record."""
        return {
            "count": self.records,
            "gross": self.sums["gross"],
            "recovered": self.sums["recovered"],
            "posted": self.value,
            "hash": self.claim_hash,
        }

    def _add_headers(self, chunk: Chunk) -> None:
        self._step_each(chunk)
        if self.header is None and len(chunk):
            self.header = Header.of(chunk.record(0))
            self.period = self.header.period_start, self.header.period_end

    def _add_controls(self, chunk: Chunk) -> None:
        self._step_each(chunk)
        for record in chunk.records():
            names = self.found.keys() & record.values.keys()
            self.control = {name: _read(record, name) for name in names}
            self.control_line = record.line

    def _step_each(self, chunk: Chunk) -> None:
        """An empty chunk had a record of the layout, whose fields were unsound."""
        self.order += [Step(chunk.layout.name, line) for line in chunk.lines or (None,)]

    def _add_rows(self, chunk: Chunk) -> None:
        if not self.order or self.order[-1].name != DETAIL.name:
            self.order.append(Step(DETAIL.name, chunk.lines[0] if chunk.lines else None))
        if chunk.layout is DETAIL:
            self.rows = detail_rows(chunk, self.options, self.header.weeks if self.header else 0)
        elif chunk.layout is CSV_DETAIL:
            self.rows = detail_rows(chunk, self.options, None)
        else:
            self.rows = nine_rows(chunk, self.options)
        self._sum(chunk)
        self._note_dates(chunk)
        self.repeated = self._repeats()

    def _sum(self, chunk: Chunk) -> None:
        rows, sign = self.rows, self.options.sign
        self.records += len(rows)
        self.value += sum(rows.posted) * sign
        self.sums["gross"] += sum(rows.gross) * sign
        self.sums["recovered"] += sum(rows.recovered) * sign
        self.sums["dhp"] += rows.dhp * sign
        self.sums["hash"] += claim_sum(rows.claims)
        for code, count in Counter(rows.ha_codes).items():
            before, first = self.ha_codes.get(code, (0, rows.lines[rows.ha_codes.index(code)]))
            self.ha_codes[code] = before + count, first

    def _note_dates(self, chunk: Chunk) -> None:
        """The latest day of all rows, and the period that entitlements of a file without header are for."""
        if self.header or not self.rows:
            return
        ends = _days(chunk, "to_date" if self.rows.to_dates else "posting_date", chunk.columns)
        self.latest = max([*ends, *([self.latest] if self.latest else [])])
        entitled = {
            (first, last)
            for entry, first, last in zip(
                self.rows.entries, self.rows.from_dates, self.rows.to_dates, strict=bool(self.rows.to_dates)
            )
            if entry == "HBE"
        }
        if entitled:
            read = chunk.layout.field("from_date").kind.read
            days = [*(read(text) for pair in entitled for text in pair), *(self.period or ())]
            self.period = min(days), max(days)

    def _repeats(self) -> list[int]:
        # Hashes, because the keys of a million rows do not fit the memory: that two different rows share one
        # is next to impossible, and then a person would look at one row in vain.
        keys = list(map(hash, self.rows.keys()))
        if len(set(keys)) == len(keys) and self._seen.isdisjoint(keys):
            self._seen.update(keys)
            return []
        return [line for line, key in zip(self.rows.lines, keys, strict=True) if self._again(key)]

    def _again(self, key: int) -> bool:
        again = key in self._seen
        self._seen.add(key)
        return again


def claim_sum(claims: Sequence[str]) -> int:
    """Sum of the first 8 digits of every claim reference."""
    heads = [claim[:8] for claim in claims]
    if all(map(str.isdecimal, heads)):
        return sum(map(int, heads))
    return sum(int("".join(filter(str.isdecimal, claim))[:8] or 0) for claim in claims)


def _read(record: Record, name: str) -> Any:
    value = record.layout.field(name).kind.read(record[name])
    return int(value) if isinstance(value, str) and name in ("count", "hash") else value


def _days(chunk: Chunk, name: str, columns: Mapping[str, Sequence[str]]) -> Iterable[date]:
    read = chunk.layout.field(name).kind.read
    return {read(text) for text in set(columns[name])}

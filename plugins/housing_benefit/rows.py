"""Posting rows as columns, alike whichever format they came in: what the checks and the tally look at."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from operator import neg

from hub.api import Chunk
from plugins.housing_benefit.settings import DHP_TYPES, PostingOptions

WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of one chunk. Amounts are pence with credits above zero, whatever sign the file has.

    claims, references, originals: without filling blanks
    from_dates, to_dates: texts that sort as the dates do; empty where the format has none
    weeks: that the row's gross is for; 0 = not known
    """

    lines: Sequence[int] = ()
    claims: Sequence[str] = ()
    ha_codes: Sequence[str] = ()
    references: Sequence[str] = ()
    posting_dates: Sequence[str] = ()
    entries: Sequence[str] = ()
    weekly: Sequence[int] = ()
    gross: Sequence[int] = ()
    recovered: Sequence[int] = ()
    posted: Sequence[int] = ()
    weeks: Sequence[int] = ()
    from_dates: Sequence[str] = ()
    to_dates: Sequence[str] = ()
    adjustments: Sequence[str] = ()
    changes: Sequence[str] = ()
    originals: Sequence[str] = ()

    def __len__(self) -> int:
        return len(self.lines)

    def keys(self) -> Iterator[tuple[object, ...]]:
        """What tells a posting from another: its claim, account, type and entitlement dates; in a format
        without these dates its posting date and amount."""
        if self.from_dates:
            return zip(
                *(self.claims, self.references, self.entries, self.from_dates, self.to_dates), strict=True
            )
        return zip(
            *(self.claims, self.references, self.entries, self.posting_dates, self.posted), strict=True
        )

    def dhp(self) -> int:
        """What is posted of discretionary payments."""
        columns = zip(self.entries, self.posted, strict=True)
        return sum(posted for entry, posted in columns if entry in DHP_TYPES)

    def entitled(self) -> set[tuple[str, str]]:
        """The different entitlement dates of this period's benefit; adjustments are of earlier ones."""
        if not self.from_dates:
            return set()
        columns = zip(self.entries, self.from_dates, self.to_dates, strict=True)
        return {(first, last) for entry, first, last in columns if entry == "HBE"}


class Repeats:
    """Finds postings that a file holds twice."""

    def __init__(self) -> None:
        # Hashes, because the keys of a million rows do not fit the memory: that two different rows share one
        # is next to impossible, and then a person would look at one row in vain.
        self._seen: set[int] = set()

    def among(self, rows: Rows) -> list[int]:
        """The lines of postings that were there before, in these rows or earlier ones."""
        keys = list(map(hash, rows.keys()))
        if len(set(keys)) == len(keys) and self._seen.isdisjoint(keys):
            self._seen.update(keys)
            return []
        return [line for line, key in zip(rows.lines, keys, strict=True) if self._again(key)]

    def _again(self, key: int) -> bool:
        again = key in self._seen
        self._seen.add(key)
        return again


def detail_rows(chunk: Chunk, options: PostingOptions, weeks: int | None) -> Rows:
    """Rows of a layout with all fields. `weeks`: of the header; None = each row's own dates say it."""
    columns = chunk.columns
    amounts = {
        name: _signed(_pence(columns[name]), options) for name in ("weekly", "gross", "recovered", "posted")
    }
    return Rows(
        lines=chunk.lines,
        claims=_stripped(columns["claim_ref"]),
        ha_codes=_stripped(columns["ha_code"]),
        references=_stripped(columns["rent_ref"]),
        posting_dates=columns["posting_date"],
        entries=columns["entry_type"],
        weeks=_weeks(chunk) if weeks is None else [weeks] * len(chunk),
        from_dates=columns["from_date"],
        to_dates=columns["to_date"],
        adjustments=columns["adjustment"],
        changes=columns["change"],
        originals=_stripped(columns["original"]),
        **amounts,
    )


def nine_rows(chunk: Chunk, options: PostingOptions) -> Rows:
    """Rows of the nine columns, as the route's options read them; they have no type and no entitlement dates.

    An adjustment is what the adjustment column marks, and every debit."""
    columns, nothing = chunk.columns, [0] * len(chunk)

    def value(name: str | None) -> list[int]:
        return _pence(columns[name]) if name else nothing

    posted = _signed(value(options.posted_value_column), options)
    marked = value(options.adjustment_value_column)
    return Rows(
        lines=chunk.lines,
        claims=_stripped(columns["claim_ref"]),
        ha_codes=_stripped(columns["ha_code"]),
        references=_stripped(columns["rent_ref"]),
        posting_dates=columns["posting_date"],
        entries=["HBA" if mark or pence < 0 else "HBE" for mark, pence in zip(marked, posted, strict=True)],
        recovered=_signed(value(options.recovered_value_column), options),
        posted=posted,
        weeks=[max(options.allowed_weeks)] * len(chunk),
    )


def _pence(column: Sequence[str]) -> list[int]:
    """Amounts in pence or in pounds with two decimals; their types have been checked."""
    return list(map(int, "\n".join(column).replace(".", "").split("\n"))) if column else []


def _signed(pence: list[int], options: PostingOptions) -> list[int]:
    return pence if options.sign > 0 else list(map(neg, pence))


def _stripped(column: Sequence[str]) -> list[str]:
    return list(map(str.strip, column))


def _weeks(chunk: Chunk) -> list[int]:
    """Benefit weeks that each row's own dates touch; 0 where they are in the wrong order."""
    read = chunk.layout.field("from_date").kind.read
    pairs = list(zip(chunk.columns["from_date"], chunk.columns["to_date"], strict=True))
    weeks = {pair: _weeks_between(read(pair[0]), read(pair[1])) for pair in set(pairs)}
    return [weeks[pair] for pair in pairs]


def _weeks_between(first: date, last: date) -> int:
    return max(0, -(-(last - first + timedelta(days=1)) // WEEK))

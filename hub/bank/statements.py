"""What a statement file comes to as it streams by: its pages, each with its balances and the sums of its
lines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from hub.bank.layouts import AMOUNT, DAY
from hub.bank.options import ReceiptOptions
from hub.checks.base import Context, Tally
from hub.model import Chunk, Item, Row, format_pounds


class Place(NamedTuple):
    """The page that a line stands on. `account` as the bank writes it: never shown."""

    account: str
    year: str
    statement: str
    page: str


@dataclass(slots=True)
class Sums:
    """Of lines, in pence: how many bookings, what came in and what went out (negative)."""

    credits: int = 0
    debits: int = 0
    credit_entries: set[str] = field(default_factory=set)
    debit_entries: set[str] = field(default_factory=set)

    @property
    def net(self) -> int:
        return self.credits + self.debits

    def add(self, entry: str, pence: int) -> None:
        if pence < 0:
            self.debits += pence
            self.debit_entries.add(entry)
        else:
            self.credits += pence
            self.credit_entries.add(entry)

    def told(self) -> Mapping[str, int]:
        """As a bank sums a statement up: all amounts without sign, but for the net."""
        return {
            "told_count": len(self.credit_entries | self.debit_entries),
            "told_sum": self.credits - self.debits,
            "told_net": self.net,
            "told_credits_count": len(self.credit_entries),
            "told_credits": self.credits,
            "told_debits_count": len(self.debit_entries),
            "told_debits": -self.debits,
        }


@dataclass(slots=True)
class Page:
    """A page as it was read. `said`: its own row, which comes after its lines."""

    place: Place
    booked: Sums = field(default_factory=Sums)
    announced: Sums = field(default_factory=Sums)
    lines: int = 0
    said: Row | None = None

    @property
    def line(self) -> int | None:
        return self.said.line if self.said else None

    def pence(self, name: str) -> int | None:
        """What the page says, in pence or as a number; None when it does not."""
        text = self.said[name] if self.said else ""
        return int(text.replace(".", "")) if text else None

    def day(self) -> date | None:
        """That of its closing balance."""
        text = self.said["closing_day"] if self.said else ""
        return DAY.read(text) if text else None


class StatementTally(Tally):
    """Pages in the order of the file. A page that comes twice is there twice."""

    def __init__(self, ctx: Context[ReceiptOptions]) -> None:
        super().__init__(ctx)
        self.options: ReceiptOptions = ctx.options
        self.pages: list[Page] = []
        self.latest: date | None = None
        self.running: list[tuple[int, str]] = []
        """Lines whose balance does not follow from the line before, with what it should be."""
        self._last: tuple[Place, int, int] | None = None

    def add(self, chunk: Chunk) -> None:
        if chunk.layout.name == "page":
            for row in chunk.rows():
                self._page(place_of(row)).said = row
            return
        for row in chunk.rows():
            self._line(row)

    def _line(self, row: Row) -> None:
        page, pence = self._page(place_of(row)), AMOUNT.read(row["amount"])
        page.lines += 1
        if row["is_booked"] == "N":
            page.announced.add(row["entry"], pence)
            return
        page.booked.add(row["entry"], pence)
        self.records += 1
        self.value += pence
        day = DAY.read(row["booked"])
        self.latest = max(self.latest or day, day)
        if row["balance"]:
            self._runs(row, page.place, pence)

    def _runs(self, row: Row, place: Place, pence: int) -> None:
        """Whether a running balance follows from the one before, in the order of the file."""
        balance = AMOUNT.read(row["balance"])
        if self._last is not None and self._last[0] == place:
            _, before, moved = self._last
            expected = before - moved if self.options.newest_first else before + pence
            if balance != expected:
                self.running.append((row.line, format_pounds(expected)))
        self._last = (place, balance, pence)

    def _page(self, place: Place) -> Page:
        """The page under way; one that was ended by its own row begins anew."""
        if not self.pages or self.pages[-1].place != place or self.pages[-1].said is not None:
            self.pages.append(Page(place))
        return self.pages[-1]

    def named(self, page: Page) -> str:
        """How people call the account of a page; its bank details are not told."""
        return self.options.account_of(page.place.account) or "an account that is none of the route's"

    def statements(self) -> Iterator[list[Page]]:
        """The pages of each statement, in the order of the file."""
        pages: list[Page] = []
        for page in self.pages:
            if pages and pages[-1].place[:3] != page.place[:3]:
                yield pages
                pages = []
            pages.append(page)
        if pages:
            yield pages

    def totals(self) -> Mapping[str, str | int]:
        return {
            "count": self.records,
            "value": format_pounds(self.value),
            "credits": format_pounds(sum(page.booked.credits for page in self.pages)),
            "debits": format_pounds(sum(page.booked.debits for page in self.pages)),
            "statements": len(list(self.statements())),
        }

    def business_date(self) -> date | None:
        """The last day that a statement closes."""
        days = [day for page in self.pages if (day := page.day())]
        return max(days, default=self.latest)

    def identity(self) -> str | None:
        """Of a file with one statement: account, year, number and page."""
        if len(self.pages) != 1:
            return None
        return name_of(self, self.pages[0])

    def used(self) -> Mapping[str, frozenset[str]]:
        """Statements of a file with several, each page by its name."""
        return {"bank.receipts": frozenset(name_of(self, page) for page in self.pages)}


def name_of(tally: StatementTally, page: Page) -> str:
    """A page's own name: `rent_income/2026-123`, and `.2` for a second page."""
    return place_name(tally.named(page), page.place)


def place_name(account: str, place: Place) -> str:
    numbered = place.statement if "-" in place.statement else f"{place.year}-{place.statement}"
    return f"{account}/{numbered}" + (f".{place.page}" if place.page != "1" else "")


def place_of(row: Row) -> Place:
    return Place(row["account"], row["year"], row["statement"], row["page"])


def same_line(item: Item) -> str | None:
    """What the bank calls a line, with its account, day and amount: a line of an earlier statement that has
    all of these is the same again. Without a reference of the bank's own nothing says so."""
    reference = item.data.get("bank_reference")
    if reference is None:
        return None
    part = item.data.get("part") or ""
    return f"{item.data['account']}:{item.on}:{item.amount}:{reference}:{part}"

"""What is gathered of a ledger file while it streams by, whether it is GL07 or ABWTransaction.

Both name their columns alike; only how an amount is written differs, and the layout's own type reads it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from hub.api import Chunk, Context, Tally, format_pounds
from plugins.agresso.gl07_layout import AP, AR, GL, TX
from plugins.agresso.settings import LedgerFileOptions

MODULUS = 10**12
ONE_OF = ("batch_id", "client", "interface", "currency")
_KEY = ("batch_id", "client", "voucher_type", "voucher_no", "period", "voucher_date")


@dataclass(slots=True)
class VoucherSums:
    """One voucher so far: pence of its lines in both columns, and where it begins."""

    line: int
    amount: int = 0
    cur_amount: int = 0
    lines: int = 0


class LedgerTally(Tally):
    """Totals, vouchers and invoices of one file.

    amounts, others: pence of the lines in hand, for the checks of single lines
    values:   of each column of `ONE_OF`, its values with the first line of each
    vouchers: by batch, client, type, number, period and date; in XML also by their place
    invoices: by client, party type, party and invoice number: the voucher and line of each place
    """

    def __init__(self, ctx: Context[LedgerFileOptions]) -> None:
        super().__init__(ctx)
        self.amounts: list[int] = []
        self.others: list[int] = []
        self.layouts: dict[str, int] = {}
        self.values: dict[str, dict[str, int]] = {name: {} for name in ONE_OF}
        self.vouchers: dict[tuple[str, ...], VoucherSums] = {}
        self.invoices: dict[tuple[str, ...], list[tuple[tuple[str, ...], int]]] = defaultdict(list)
        self.dates: dict[str, int] = {}
        self.periods: dict[str, int] = {}
        self.gross: Counter[str] = Counter()
        self.debit = self.credit = self.tax = self.apar_hash = 0
        self.elements = 0

    def add(self, chunk: Chunk) -> None:
        if chunk.layout.name == "voucher":
            self.elements += len(chunk)
        elif chunk.layout.name != "batch" and chunk:
            self._add_lines(chunk)

    def _add_lines(self, chunk: Chunk) -> None:
        self.layouts.setdefault(chunk.layout.name, chunk.lines[0])
        self.records += len(chunk)
        self.amounts, self.others = pence(chunk, "amount"), pence(chunk, "cur_amount")
        keys = self._keys(chunk)
        self._sum(chunk.lines, keys, self.amounts, self.others)
        self._note_values(chunk)
        self._add_parties(chunk, keys, self.amounts)

    def _keys(self, chunk: Chunk) -> list[tuple[str, ...]]:
        """XML may leave the number out: there each element is a voucher."""
        place = [str(self.elements)] * len(chunk) if "element" in chunk.columns else ()
        columns = [chunk.columns[name] for name in _KEY]
        return list(zip(*columns, *([place] if place else []), strict=True))

    def _sum(
        self,
        lines: Sequence[int],
        keys: Iterable[tuple[str, ...]],
        amounts: Sequence[int],
        others: Sequence[int],
    ) -> None:
        vouchers = self.vouchers
        for line, key, amount, other in zip(lines, keys, amounts, others, strict=True):
            sums = vouchers.get(key)
            if sums is None:
                sums = vouchers[key] = VoucherSums(line)
            sums.amount += amount
            sums.cur_amount += other
            sums.lines += 1
        debit = sum(amount for amount in amounts if amount > 0)
        self.debit += debit
        self.credit += debit - sum(amounts)
        self.value = self.debit

    def _note_values(self, chunk: Chunk) -> None:
        noted = {**self.values, "voucher_date": self.dates, "period": self.periods}
        for name, values in noted.items():
            column = chunk.columns[name]
            for text in set(column):
                bare = text.strip()
                if bare and bare not in values:
                    values[bare] = chunk.lines[column.index(text)]

    def _add_parties(self, chunk: Chunk, keys: Sequence[tuple[str, ...]], amounts: Sequence[int]) -> None:
        kinds = chunk.columns["trans_type"]
        for row, kind in enumerate(kinds) if set(kinds) != {GL} else ():
            if kind == TX:
                self.tax += amounts[row]
            elif kind in (AP, AR):
                self._add_party(chunk, row, keys[row], amounts[row])

    def _add_party(self, chunk: Chunk, row: int, key: tuple[str, ...], amount: int) -> None:
        party, number = (chunk.columns[name][row].strip() for name in ("apar_id", "ext_inv_ref"))
        self.gross[chunk.columns["voucher_type"][row].strip()] += amount
        self.apar_hash = (self.apar_hash + int("".join(filter(str.isdigit, party)) or 0)) % MODULUS
        if number:
            side = chunk.columns["apar_type"][row]
            invoice = (chunk.columns["client"][row].strip(), side, party, number)
            self.invoices[invoice].append((key, chunk.lines[row]))

    def only(self, name: str) -> str | None:
        """The one value of a column that the whole file has."""
        values = list(self.values[name])
        return values[0] if len(values) == 1 else None

    def totals(self) -> Mapping[str, str | int]:
        return {
            "count": self.records,
            "value": format_pounds(self.value),
            "vouchers": len(self.vouchers),
            "debit": format_pounds(self.debit),
            "credit": format_pounds(self.credit),
            "net": format_pounds(self.debit - self.credit),
            "tax": format_pounds(self.tax),
            "apar_hash": self.apar_hash,
            "periods": ", ".join(sorted(self.periods)),
            "voucher_types": ", ".join(f"{kind} {count}" for kind, count in self.by_type().items()),
        }

    def by_type(self) -> Mapping[str, int]:
        """How many vouchers there are of each type."""
        return Counter(key[2].strip() for key in sorted(self.vouchers))

    def identity(self) -> str | None:
        """Batch, client and interface: unique for ever (AGR14)."""
        told = [self.only(name) for name in ("client", "interface", "batch_id")]
        return "/".join(filter(None, told)) if all(told) else None

    def business_date(self) -> date | None:
        return max(map(day_of, self.dates), default=None)


def pence(chunk: Chunk, name: str) -> list[int]:
    """A column of amounts; blank is 0."""
    read: Any = chunk.layout.field(name).kind.read
    return [value or 0 for value in map(read, chunk.columns[name])]


def day_of(text: str) -> date:
    """A date as GL07 or XML writes it."""
    return datetime.strptime(text.replace("-", ""), "%Y%m%d").date()  # noqa: DTZ007 - a day has no zone

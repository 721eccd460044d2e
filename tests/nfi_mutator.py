"""Plants one published failing in an export for the NFI, and says which, where. Knows nothing of the hub.

    spoiled, fault = plant(data, "under_age", seed=7)

The export is delimited text below a header row. The same bytes, kind and seed give the same fault; row and,
where several columns will do, column are drawn. What is planted is what other bodies' checks name: see the
formats page rtb_fraud.md, sections 2, 3.6 and 9.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

SEED = 20_261_005


@dataclass(frozen=True, slots=True)
class Fault:
    """What was planted: the kind, the 1-based line, and the column as the header row calls it (None: all)."""

    kind: str
    line: int
    column: str | None


@dataclass
class Table:
    """The cells of the export; `lines[0]` is the header row."""

    cells: list[list[str]]
    draw: random.Random

    def row(self) -> int:
        """Any row but a first tenant with others beside them, who would be wrong without that one."""
        rows = list(range(1, len(self.cells)))
        if "Tenant status flag" in self.cells[0]:
            tenancies = [row[self.at("Tenancy reference")] for row in self.cells]
            flags = [row[self.at("Tenant status flag")] for row in self.cells]
            others = {tenancies[row] for row in rows if flags[row] == "O"}
            rows = [row for row in rows if flags[row] == "O" or tenancies[row] not in others]
        return self.draw.choice(rows)

    def at(self, column: str) -> int:
        return self.cells[0].index(column)

    def put(self, column: str, value: str | Callable[[str], str], row: int | None = None) -> tuple[int, str]:
        """Another value in a row that is drawn, unless one is named: (row, column)."""
        row, place = self.row() if row is None else row, self.at(column)
        old = self.cells[row][place]
        self.cells[row][place] = value if isinstance(value, str) else value(old)
        return row, column

    def any_of(self, columns: Sequence[str]) -> str:
        return self.draw.choice([column for column in columns if column in self.cells[0]])

    def other_row(self, row: int) -> int:
        return self.draw.choice([other for other in range(1, len(self.cells)) if other != row])


Plant = Callable[[Table], tuple[int, str | None]]
TEXTS = ("Surname", "Forename", "Address line 1", "Address line 3")
DATES = ("Date of birth", "Tenancy start date")


def _blank(table: Table) -> tuple[int, str]:
    columns = ("Tenancy reference", "Surname", "Date of birth", "Address line 1", "Postcode")
    return table.put(table.any_of(columns), "")


def _too_old(table: Table) -> tuple[int, str]:
    return table.put("Date of birth", f"0101{table.draw.choice((1850, 1899, 1910))}")


def _stock_date(table: Table) -> tuple[int, str]:
    return table.put("Date of birth", "01011970")


def _temporary_nino(table: Table) -> tuple[int, str]:
    return table.put("National Insurance number", f"TN{table.draw.randrange(10**6):06d}F")


def _broken_nino(table: Table) -> tuple[int, str]:
    broken = ("QQ123456C", "AB12345C", "AB123456E", "O1")
    return table.put("National Insurance number", table.draw.choice(broken))


def _nino_of_another(table: Table) -> tuple[int, str]:
    place = table.at("National Insurance number")
    having = [row for row in range(1, len(table.cells) - 1) if table.cells[row][place]]
    first = table.draw.choice(having)
    later = table.draw.randrange(first + 1, len(table.cells))
    if table.cells[later][place] and later in having:
        later = len(table.cells) - 1
    return table.put("National Insurance number", table.cells[first][place], later)


def _no_surname(table: Table) -> tuple[int, str]:
    words = ("SPECIMEN & DUMMETT", "SPECIMEN DECEASED", "EXECUTORS OF SPECIMEN", "FAKE LETS LTD", "SP3C, A")
    return table.put("Surname", table.draw.choice(words))


def _swapped(table: Table) -> tuple[int, str]:
    row, _ = table.put("Forename", table.draw.choice(("SMITH", "PATEL", "JONES")))
    return table.put("Surname", table.draw.choice(("MARGARET", "DAVID", "FATIMA")), row)


def _not_ascii(table: Table) -> tuple[int, str]:
    return table.put(table.any_of(TEXTS), lambda old: old + table.draw.choice("é–’ß"))


def _control(table: Table) -> tuple[int, str]:
    return table.put(table.any_of(TEXTS), lambda old: f"{old[:2]}\x07{old[2:]}")


def _under_age(table: Table) -> tuple[int, str]:
    return table.put("Date of birth", f"0{table.draw.randrange(1, 9)}01{table.draw.randrange(2011, 2026)}")


def _no_home(table: Table) -> tuple[int, str]:
    return table.put("asset_type", table.draw.choice(("GARAGE", "SHED", "SHOP")))


def _start_in_future(table: Table) -> tuple[int, str]:
    return table.put("Tenancy start date", f"0105{table.draw.randrange(2027, 2099)}")


def _start_long_ago(table: Table) -> tuple[int, str]:
    return table.put("Tenancy start date", f"0105{table.draw.randrange(1870, 1920)}")


def _unknown_flag(table: Table) -> tuple[int, str]:
    return table.put("Tenant status flag", table.draw.choice("X1fJ"))


def _no_first(table: Table) -> tuple[int, str]:
    tenancies = [row[table.at("Tenancy reference")] for row in table.cells]
    alone = [row for row in range(1, len(tenancies)) if tenancies.count(tenancies[row]) == 1]
    return table.put("Tenant status flag", "O", table.draw.choice(alone))


def _twice(table: Table) -> tuple[int, str]:
    table.cells.append(list(table.cells[table.row()]))
    return len(table.cells) - 1, "Surname"


def _named_twice(table: Table) -> tuple[int, str]:
    again = list(table.cells[table.row()])
    again[table.at("Email address")] = "other@example.org"
    again[table.at("Surname")] = again[table.at("Surname")].lower()
    table.cells.append(again)
    return len(table.cells) - 1, "Surname"


def _suppressed(table: Table) -> tuple[int, str]:
    return table.put("suppressed", "Y")


def _unknown_code(table: Table) -> tuple[int, str]:
    return table.put("Tenancy type", table.draw.choice(("ZZZ", "sec", "99")))


def _lost_zero(table: Table) -> tuple[int, str]:
    return table.put("Home telephone number", f"1632{table.draw.randrange(10**6):06d}")


def _scientific(table: Table) -> tuple[int, str]:
    return table.put(table.any_of(("UPRN", "Housing Benefit reference")), "1.001E+11")


def _spreadsheet_day(table: Table) -> tuple[int, str]:
    columns = ("Housing Benefit reference", "Address line 1")
    return table.put(table.any_of(columns), table.draw.choice(("05-Jul", "Jul-05")))


def _short_day(table: Table) -> tuple[int, str]:
    return table.put(table.any_of(DATES), "1062007")


def _no_day(table: Table) -> tuple[int, str]:
    return table.put(table.any_of(DATES), table.draw.choice(("31022006", "32011990", "00011990", "29021999")))


def _year_first(table: Table) -> tuple[int, str]:
    return table.put(table.any_of(DATES), "19860412")


def _too_long(table: Table) -> tuple[int, str]:
    return table.put(table.any_of(("Surname", "Title")), "X" * 61)


def _one_cell_more(table: Table) -> tuple[int, None]:
    row = table.row()
    table.cells[row].insert(table.draw.randrange(1, 20), "X")
    return row, None


KINDS: Mapping[str, Plant] = {
    "blank": _blank,
    "too_old": _too_old,
    "stock_date": _stock_date,
    "temporary_nino": _temporary_nino,
    "broken_nino": _broken_nino,
    "nino_of_another": _nino_of_another,
    "no_surname": _no_surname,
    "swapped": _swapped,
    "not_ascii": _not_ascii,
    "control": _control,
    "under_age": _under_age,
    "no_home": _no_home,
    "start_in_future": _start_in_future,
    "start_long_ago": _start_long_ago,
    "unknown_flag": _unknown_flag,
    "no_first": _no_first,
    "twice": _twice,
    "named_twice": _named_twice,
    "suppressed": _suppressed,
    "unknown_code": _unknown_code,
    "lost_zero": _lost_zero,
    "scientific": _scientific,
    "spreadsheet_day": _spreadsheet_day,
    "short_day": _short_day,
    "no_day": _no_day,
    "year_first": _year_first,
    "too_long": _too_long,
    "one_cell_more": _one_cell_more,
}
SUMS = ("24000.00", "£2400000", '"2,400,000"')
MONEY_KINDS: Mapping[str, Plant] = {
    "price": lambda table: table.put("Purchase price", lambda old: str(int(old) + 1), 1),
    "pounds": lambda table: table.put("Discount amount", table.draw.choice(SUMS)),
    "zero": lambda table: table.put("Valuation", table.draw.choice(("0", "000")), 4),
    "unknown_stage": lambda table: table.put("RTB stage", table.draw.choice("QZ7")),
    "no_completion": lambda table: table.put("Completion date", "", 3),
}
"""Failings of a Right to Buy export: its first row has all three amounts, its third was completed, its
fourth has no amount."""


def plant(data: bytes, kind: str, seed: int = SEED, delimiter: str = "|") -> tuple[bytes, Fault]:
    """The export with one failing. No cell of it may hold the delimiter."""
    draw = random.Random(f"{seed}:{kind}")  # noqa: S311 - repeatable on purpose
    cells = [line.split(delimiter) for line in data.decode().split("\r\n")[:-1]]
    table = Table(cells, draw)
    row, column = {**KINDS, **MONEY_KINDS}[kind](table)
    spoiled = "".join(delimiter.join(row) + "\r\n" for row in table.cells).encode()
    return spoiled, Fault(kind, row + 1, column)

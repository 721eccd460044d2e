"""What a submission adds up to while its records stream by."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import compress
from typing import Any, NamedTuple

from hub.api import Chunk, Context, Row, Tally, format_pounds
from plugins.bacs.codes import CONTRA, CONTRAS, INSTRUCTIONS, SIDES
from plugins.bacs.layouts import DATA, DATED, JULIAN
from plugins.bacs.payments import Payments, Repeats, counted, kind_of

BALANCES = {code: side for side, code in CONTRAS.items()}
"""Which side a contra of this code balances."""


EXPIRY = "expiry_gap"


class Balance(NamedTuple):
    """What must balance on its own: the debits or the credits of one account on one day."""

    day: date | None
    sort_code: str
    account: str
    side: str


class Group(NamedTuple):
    """Records of a chunk that are summed together."""

    day: date | None
    sort_code: str
    account: str
    code: str


@dataclass(slots=True)
class Section:
    """One file of a volume, from HDR1 to UTL1. Values in pence, contras included in `values` and `counts`.

    days:       each processing day with the first line that names it
    last_items: the last line of what must balance, without its contras
    contra_at:  the line of the contra, of several the last
    """

    labels: dict[str, Row] = field(default_factory=dict)
    shapes: set[str] = field(default_factory=set)
    days: dict[date, int] = field(default_factory=dict)
    payments: Counter[Balance] = field(default_factory=Counter)
    contras: Counter[Balance] = field(default_factory=Counter)
    last_items: dict[Balance, int] = field(default_factory=dict)
    contra_at: dict[Balance, int] = field(default_factory=dict)
    values: Counter[str] = field(default_factory=Counter)
    counts: Counter[str] = field(default_factory=Counter)
    stray_contras: list[int] = field(default_factory=list)

    @property
    def day(self) -> date | None:
        """The processing day of UHL1: that of all records in a one-day file."""
        day: date | None = self.read("UHL1", "processing_day")
        return day

    def expiry_gap(self) -> int | None:
        """Days from the last processing day to the expiry; None where either is not told."""
        expires = self.read("HDR1", "expiry")
        latest = max([day for day in (self.day, *self.days) if day], default=None)
        return (expires - latest).days if expires and latest else None

    def text(self, label: str, name: str) -> str | None:
        """A field of a label; None when the label is missing or unsound."""
        record = self.labels.get(label)
        return record[name] if record else None

    def read(self, label: str, name: str) -> Any:
        """The value of a field of a label; None when the label is missing or unsound."""
        record = self.labels.get(label)
        return record.layout.field(name).kind.read(record[name]) if record else None

    def line(self, label: str) -> int | None:
        record = self.labels.get(label)
        return record.line if record else None

    def line_of(self, balance: Balance) -> int | None:
        """Where to look when a balance does not hold: its contra, or without one its last item."""
        return self.contra_at.get(balance) or self.last_items.get(balance)


class Step(NamedTuple):
    """A record in the order of the file; a run of data records, up to `last`, is one. No line = its fields
    were unsound."""

    name: str
    line: int | None
    last: int | None = None


class Standard18Tally(Tally):
    """A volume: its labels, the sums of each of its files, and the payments of the chunk in hand."""

    def __init__(self, ctx: Context[Any]) -> None:
        super().__init__(ctx)
        self.order: list[Step] = []
        self.volume: Row | None = None
        self.sections: list[Section] = []
        self.payments = Payments()
        self._kinds: Counter[str] = Counter()
        self.repeats = Repeats()

    @property
    def section(self) -> Section:
        """The file in hand."""
        if not self.sections:
            self.sections.append(Section())
        return self.sections[-1]

    def add(self, chunk: Chunk) -> None:
        if chunk.layout in (DATA, DATED):
            self._add_data(chunk)
        else:
            self._add_labels(chunk)

    def _add_labels(self, chunk: Chunk) -> None:
        name = chunk.layout.name
        if not len(chunk):
            self.order.append(Step(name, None))
        if name == "HDR1":
            self.sections.append(Section())
        for record in chunk.rows():
            self.order.append(Step(name, record.line))
            if name == "VOL1":
                self.volume = self.volume or record
            else:
                self.section.labels.setdefault(name, record)

    def _add_data(self, chunk: Chunk) -> None:
        first, last = (chunk.lines[0], chunk.lines[-1]) if len(chunk) else (None, None)
        self.order.append(Step("data", first, last))
        self.section.shapes.add(chunk.layout.name)
        columns = chunk.columns
        amounts = list(map(int, columns["amount"]))
        days = self._days(chunk)
        contras = contra_rows(columns)
        self._sum(chunk, days, amounts, contras)
        everything = chunk.lines, columns["reference"], columns["transaction_code"], amounts, days
        lines, references, *others = _without(contras, *everything)
        self.payments = Payments(lines, list(map(str.rstrip, references)), *others)
        self.repeats.add(self.payments)
        self._kinds.update(self.payments.codes)
        self.records += len(self.payments)
        self.value += sum(self.payments.amounts)

    def _days(self, chunk: Chunk) -> list[date | None]:
        if chunk.layout is DATA:
            days: list[date | None] = [self.section.day] * len(chunk)
        else:
            texts = chunk.columns["day"]
            read = {text: JULIAN.read(text) for text in set(texts)}
            days = [read[text] for text in texts]
        for day in dict.fromkeys(days):
            if day is not None:
                self.section.days.setdefault(day, chunk.lines[days.index(day)])
        return days

    def _sum(
        self, chunk: Chunk, days: Sequence[date | None], amounts: Sequence[int], contras: Sequence[int]
    ) -> None:
        columns = chunk.columns
        names = "originating_sort_code", "originating_account", "transaction_code"
        keys = list(zip(days, *(columns[name] for name in names), strict=True))
        sums: defaultdict[tuple[Any, ...], int] = defaultdict(int)
        for key, amount in zip(keys, amounts, strict=True):
            sums[key] += amount
        for key, count in Counter(keys).items():
            self._enter(Group(*key), count, sums[key])
        for row in contras:
            self._enter_contra(Group(*keys[row]), amounts[row], chunk.lines[row])
        last_lines = dict(zip(*_without(contras, keys, chunk.lines), strict=True))
        for key, line in last_lines.items():
            self._enter_last(Group(*key), line)

    def _enter(self, group: Group, count: int, pence: int) -> None:
        side = "instruction" if group.code in INSTRUCTIONS else SIDES.get(group.code, "unknown")
        self.section.counts[side] += count
        self.section.values[side] += pence
        if side in ("debit", "credit"):
            self.section.payments[Balance(*group[:3], side)] += pence

    def _enter_contra(self, group: Group, pence: int, line: int) -> None:
        """Take a contra out of the payments that it was summed with."""
        if group.code in SIDES:
            self.section.payments[Balance(*group[:3], SIDES[group.code])] -= pence
        if group.code in BALANCES:
            balance = Balance(*group[:3], BALANCES[group.code])
            self.section.contras[balance] += pence
            self.section.contra_at[balance] = line
        else:
            self.section.stray_contras.append(line)

    def _enter_last(self, group: Group, line: int) -> None:
        if group.code in SIDES:
            balance = Balance(*group[:3], SIDES[group.code])
            self.section.last_items[balance] = max(line, self.section.last_items.get(balance, 0))

    def totals(self) -> Mapping[str, str | int]:
        return {
            "count": self.records,
            "value": format_pounds(self.value),
            **counted(self._kinds),
            "file_number": ", ".join(filter(None, (s.text("UHL1", "file_number") for s in self.sections))),
            "processing_days": ", ".join(day.isoformat() for day in self.processing_days()),
        }

    @property
    def days(self) -> Mapping[date, int]:
        return {day: line for section in reversed(self.sections) for day, line in section.days.items()}

    def processing_days(self) -> list[date]:
        days = set(self.days)
        return sorted(days | {section.day for section in self.sections if section.day})

    def kind(self) -> str:
        """What the volume carries, as file names say it."""
        return kind_of(self._kinds)

    def service_user_number(self) -> str | None:
        return self.sections[0].text("HDR1", "service_user_number") if self.sections else None

    def serial(self) -> str | None:
        return self.volume["serial"] if self.volume else None

    def identity(self) -> str | None:
        """Service user and serial: a serial is never used again."""
        user, serial = self.service_user_number(), self.serial()
        return submission_identity(user, serial) if user and serial else None

    def business_date(self) -> date | None:
        """The first processing day."""
        return min(self.processing_days(), default=None)

    def summary(self) -> Mapping[str, str | int | None]:
        """How far off the file expires: whoever makes such files counts alike each time."""
        return {EXPIRY: self.sections[0].expiry_gap() if self.sections else None}

    def used(self) -> Mapping[str, frozenset[str]]:
        """The serial, and each file number with each day that it is used for."""
        user, serial = self.service_user_number(), self.serial()
        if user is None or serial is None:
            return {}
        used = {serial_scope(user): {serial}}
        for section in self.sections:
            number = section.text("UHL1", "file_number")
            for day in section.days if number else ():
                used.setdefault(file_number_scope(user, day), set()).add(str(number))
        return {scope: frozenset(values) for scope, values in used.items()}


def contra_rows(columns: Mapping[str, Sequence[str]]) -> list[int]:
    """Rows that say CONTRA and whose destination is their origin; a tenant's reference may say it too."""
    if CONTRA not in "".join(columns["reference"]):
        return []
    return [
        row
        for row, reference in enumerate(columns["reference"])
        if reference.startswith(CONTRA)
        and columns["sort_code"][row] == columns["originating_sort_code"][row]
        and columns["account_number"][row] == columns["originating_account"][row]
    ]


def submission_identity(user: str, serial: str) -> str:
    """What Bacs's reports know a submission by."""
    return f"{user}/{serial}"


def unnumbered_identity(user: str, days: Iterable[date], payments: Mapping[str, tuple[int, int]]) -> str:
    """What a submission is known by when the bureau's software gives it its serial: the service user, the
    first and the last processing day, and number and pence of its debits and of its credits.

    >>> unnumbered_identity("654321", [date(2026, 11, 30)], {"debit": (3, 112203)})
    '654321/2026-11-30..2026-11-30/3 of 1122.03/0 of 0.00'
    """
    ordered = sorted(days)
    sides = [payments.get(side, (0, 0)) for side in CONTRAS]
    sums = (f"{number} of {format_pounds(pence)}" for number, pence in sides)
    return "/".join((user, f"{ordered[0]}..{ordered[-1]}", *sums))


def is_numbered(identity: str) -> bool:
    """Whether it is one with a serial, which comes once."""
    return identity.count("/") == 1


def serial_scope(user: str) -> str:
    return f"bacs.serial:{user}"


def file_number_scope(user: str, day: date) -> str:
    return f"bacs.file_number:{user}:{day.isoformat()}"


def _without(rows: Sequence[int], *columns: Sequence[Any]) -> list[Any]:
    """The columns without some rows."""
    if not rows:
        return list(columns)
    keep = [True] * len(columns[0])
    for row in rows:
        keep[row] = False
    return [list(compress(column, keep)) for column in columns]

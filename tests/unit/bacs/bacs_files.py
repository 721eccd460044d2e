"""Evidently fake Bacs files, and their reading as the hub does it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from hub.checks.base import Context
from hub.clock.calendar import WorkingCalendar, read_days
from hub.door.feed import Feed
from hub.model import (
    Account,
    Disposition,
    Facts,
    Finding,
    History,
    Item,
    ItemState,
    Mandate,
    Moment,
    Record,
    Taken,
    Verdict,
    format_pounds,
)
from hub.rent.exports.feed import FORMAT
from hub.rent.exports.refunds import REFUNDS
from hub.rent.register import AccountRegister
from hub.transfer.batch import Batch, examine_batch
from hub.transfer.examine import Examined, examine, judge
from hub.transfer.records import Snapshot
from plugins.bacs.feeds import ARUDD, INPUT_REPORT, SUBMISSION
from plugins.bacs.input_report import InputTally
from plugins.bacs.settings import InputReportOptions, SubmissionOptions, UnpaidOptions

ROOT = Path(__file__).parents[3]
GOLDEN = ROOT / "tests/golden/bacs"
HOLIDAYS = ROOT / "config/calendars/bank-holidays-england-and-wales.csv"
CALENDAR = WorkingCalendar.of(read_days(HOLIDAYS.name, HOLIDAYS.read_text("utf-8")))
TODAY = date(2026, 11, 24)
MOMENT = Moment(datetime(2026, 11, 24, 9, tzinfo=UTC), TODAY, "t1", {"serial": 124, "file_number": 1})

ACCOUNTS = tuple(Account(ref, f"T{ref}") for ref in ("1900000011", "1900000029", "1900000037", "1900000045"))
MANDATES = (
    Mandate("RENT0010000123", "1900000011", "A TENANT", "000299", "40154823"),
    Mandate("RENT0010000456", "1900000029", "B TENANT-SMITH", "000100", "04859888"),
    Mandate("RENT0010000789", "1900000037", "C TENANT", "000350", "63291013"),
)
OPTIONS: Mapping[str, Any] = {
    "service_user_number": "654321",
    "user_name": "EXAMPLE COUNCIL",
    "contra_narrative": "HRA RENT DD",
    "originating_accounts": [
        {"sort_code": "000199", "account_number": "20000015", "account_name": "EXAMPLE COUNCIL"}
    ],
}
DDCALL, STANDARD18 = "rent.generic.ddcall", "standard18"


def register(*mandates: Mandate) -> AccountRegister:
    """The pretend tenants, with mandates that replace theirs."""
    by_reference = {mandate.mandate_ref: mandate for mandate in (*MANDATES, *mandates)}
    return AccountRegister(ACCOUNTS, by_reference.values())


def unpaid_record(
    reference: str = "RENT0010000789",
    amount: int = 102_50,
    first: str | None = "2026-11-09",
    reason: str = "0",
) -> Record:
    """What came back unpaid of a mandate: one debit, returned on the 11th of November."""
    unpaid = {"amount": amount, "first": first, "reason": reason, "returned": "2026-11-11"}
    return Record(kind="unpaid_debit", key=reference, state="OUTSTANDING", data={"outstanding": [unpaid]})


RECORDS = Snapshot([unpaid_record()])  # what the third payment of the daily file asks for again
FACTS = Facts(today=TODAY, calendar=CALENDAR, register=register(), history=History(), records=RECORDS)


@dataclass(frozen=True)
class Outcome:
    examined: Examined
    taken: Sequence[Taken]
    ctx: Context[Any]

    @property
    def verdict(self) -> Verdict:
        return self.examined.verdict

    @property
    def findings(self) -> Sequence[Finding]:
        return self.examined.reading.findings.kept

    @property
    def told(self) -> list[tuple[str, int | None]]:
        """(check, line) of each finding."""
        return [(finding.check, finding.line) for finding in self.findings]

    @property
    def checks(self) -> set[str]:
        return {finding.check for finding in self.findings}

    @property
    def messages(self) -> str:
        return "\n".join(finding.message for finding in self.findings)

    def of(self, kind: str) -> list[Taken]:
        """The items of one kind."""
        return [one for one in self.taken if one.item.kind == kind]

    @property
    def carried(self) -> list[Taken]:
        return [one for one in self.taken if one.disposition.state is ItemState.TAKEN]

    @property
    def reasons(self) -> list[str | None]:
        return [one.disposition.reason for one in self.taken]

    @property
    def forwards(self) -> bool:
        """Whether the received bytes go on untouched."""
        forward = SUBMISSION.output("submission").forward
        return forward is not None and forward(self.ctx)

    def rendered(self, moment: Moment = MOMENT) -> tuple[str, bytes]:
        """Name and bytes of the submission that the hub writes."""
        write = SUBMISSION.output("submission").write
        assert write is not None
        made = write(self.carried, replace(self.ctx, moment=moment))
        return made.name, made.data


def look(feed: Feed, format: str, data: bytes, options: Any, facts: Facts) -> Outcome:
    ctx: Context[Any] = Context(options, facts, format)
    examined = examine(feed, BytesIO(data), ctx)
    return Outcome(examined, judge(examined, ctx, "t1"), ctx)


def submission(data: bytes, facts: Facts = FACTS, **options: Any) -> Outcome:
    """A Standard 18 file as the hub reads it."""
    return look(SUBMISSION, STANDARD18, data, SubmissionOptions(**{**OPTIONS, **options}), facts)


def request(format: str, data: bytes, facts: Facts = FACTS, **options: Any) -> Outcome:
    """A file of another format, as the hub reads it."""
    return look(SUBMISSION, format, data, SubmissionOptions(**{**OPTIONS, **options}), facts)


def gathered(*items: tuple[Item, str | None], facts: Facts = FACTS, **options: Any) -> Outcome:
    """Items with their rent accounts, as a batch that the hub gathered."""
    ctx: Context[Any] = Context(SubmissionOptions(**{**OPTIONS, **options}), facts, "batch")
    taken = [Taken(f"t0.{item.line}", item, Disposition(ItemState.TAKEN, account)) for item, account in items]
    dated = SUBMISSION.dated
    assert dated is not None
    settled = [replace(one, item=replace(one.item, on=dated(one, ctx))) for one in taken]
    examined = examine_batch(
        SUBMISSION, Batch(TODAY, settled), ctx, extra=(), tolerate=lambda finding: finding
    )
    return Outcome(examined, judge(examined, ctx, "t1"), ctx)


def call(data: bytes, facts: Facts = FACTS, **options: Any) -> Outcome:
    """The rent system's request to collect, as the hub reads it."""
    return look(SUBMISSION, DDCALL, data, SubmissionOptions(**{**OPTIONS, **options}), facts)


def unpaid(data: bytes, facts: Facts = FACTS, **options: Any) -> Outcome:
    """An ARUDD report as the hub reads it."""
    settings = UnpaidOptions(**{"service_user_number": "654321", **options})
    return look(ARUDD, "xml", data, settings, facts)


def report(feed: Feed, data: bytes, facts: Facts = FACTS, **options: Any) -> Outcome:
    """A report with one format, as the hub reads it."""
    settings = feed.options(**{"service_user_number": "654321", **options})
    (format,) = feed.formats
    return look(feed, format, data, settings, facts)


def input_report(data: bytes, facts: Facts = FACTS, **options: Any) -> Outcome:
    """An Input report as the hub reads it."""
    settings = InputReportOptions(**{"service_user_number": "654321", **options})
    return look(INPUT_REPORT, "input_report_xml", data, settings, facts)


def input_tally(outcome: Outcome) -> InputTally:
    """What the Input report adds up to."""
    tally = outcome.examined.tally
    assert isinstance(tally, InputTally)
    return tally


def golden(path: str) -> bytes:
    return (GOLDEN / path).read_bytes()


DAILY = golden("submission/dd-collection-daily.txt")
MULTI = golden("submission/dd-collection-multi.txt")
INSTRUCTIONS = golden("submission/auddis-daily.txt")
REFUND = golden("submission/credit-refund-daily.txt")


def lines(data: bytes) -> list[str]:
    return data.decode("latin-1").split("\r\n")[:-1]


def joined(records: Sequence[str]) -> bytes:
    return "".join(record + "\r\n" for record in records).encode("latin-1")


def with_line(data: bytes, number: int, change: Callable[[str], str]) -> bytes:
    """The file with its line of this number (from 1) changed."""
    records = lines(data)
    records[number - 1] = change(records[number - 1])
    return joined(records)


def put(start: int, text: str) -> Callable[[str], str]:
    """Write over a record at a position (from 1), as the source tables count."""

    def change(record: str) -> str:
        return record[: start - 1] + text + record[start - 1 + len(text) :]

    return change


def ddcall(*rows: str, sequence: int = 1) -> bytes:
    """A DDCALL file of the rows; totals are made to fit."""
    cells = [row.split(",") for row in rows]
    pence = [int(row[3].replace(".", "")) for row in cells]
    positive, negative = sum(p for p in pence if p > 0), sum(p for p in pence if p < 0)
    total = ",".join(map(format_pounds, (positive, negative, sum(pence))))
    hashed = sum(int(row[1]) for row in cells) % 10**12
    header = f"H,DDCALL,1.0,FAKESHIRE,RENTS,2026-11-24T06:00:00+00:00,2026-11-24,{sequence:06},GBP"
    details = [f"D,{number},{row}" for number, row in enumerate(rows, start=1)]
    return "\n".join([header, *details, f"T,{len(rows)},{total},{hashed}", ""]).encode()


def refunds(*rows: str, facts: Facts = FACTS) -> list[tuple[Item, str | None]]:
    """What waits, with its rent accounts, once the rent system's REFUND file of these rows is read."""
    cells = [row.split(",") for row in rows]
    pence = [int(row[3].replace(".", "")) for row in cells]
    hashed = sum(int(row[1]) for row in cells) % 10**12
    header = "H,REFUND,1.0,FAKESHIRE,RENTS,2026-11-24T06:00:00+00:00,2026-11-24,000001,GBP"
    details = [f"D,{number},{row}" for number, row in enumerate(rows, start=1)]
    totals = f"T,{len(rows)},{format_pounds(sum(pence))},0.00,{format_pounds(sum(pence))},{hashed}"
    outcome = read_refunds("\n".join([header, *details, totals, ""]).encode(), facts)
    return [(one.item, one.disposition.account) for one in outcome.taken]


def read_refunds(data: bytes, facts: Facts = FACTS) -> Outcome:
    """The rent system's REFUND file, as the hub reads it."""
    feed = REFUNDS.feed
    options = feed.options.model_validate({"stale_after_days": None})
    return look(feed, FORMAT, data, options, replace(facts, today=TODAY))

"""What is gathered from a generic CSV's envelope, and the checks that it holds (section 6.3, E01 to E07).

E06, the duplicate file, is not here: the hub finds it by the hash and the identity of what it fetched.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from pydantic import Field as Setting

from hub.checks.base import Context, Found, Tally, check
from hub.door.feed import Options
from hub.model import Chunk, Level, Need, Row, Severity, format_pounds
from hub.rent.generic_csv import INSTANT, PARTY, GenericCsv, Totals

LAST_SEQUENCE = 999_999
AHEAD = timedelta(days=1)
"""How far a file's dates may lie ahead of today: clocks differ, and a night's file may bear its morning."""


class GenericOptions(Options):
    """What every feed of generic CSV files may be told. A feed with more options extends it.

    landlord:         whose files these are, as the header names it; another's are refused. None = any
    stale_after_days: a file whose business date lies more calendar days back is stale (the default lets the
    longest run of bank holidays pass); None = never
    """

    landlord: str | None = Setting(default=None, pattern=PARTY)
    stale_after_days: int | None = 5


class GenericTally(Tally):
    """Header, trailer and totals of one file. A feed that gathers more overrides `add_details`."""

    def __init__(self, ctx: Context[Any], csv: GenericCsv) -> None:
        super().__init__(ctx)
        self.csv = csv
        self.header: Row | None = None
        self.trailer: Row | None = None
        self.seen: set[str] = set()
        self.found = Totals(0, 0, 0, 0)
        self.misplaced: Found | None = None
        self.gap: Found | None = None
        self._next_number = 1

    def add(self, chunk: Chunk) -> None:
        takers: Mapping[str, Callable[[Chunk], None]] = {
            "header": self._add_header,
            "detail": self.add_details,
            "trailer": self._add_trailer,
        }
        self.seen.add(chunk.layout.name)  # also when none of its rows is sound
        takers[chunk.layout.name](chunk)

    def add_details(self, chunk: Chunk) -> None:
        """Take in sound detail rows."""
        if self.trailer and chunk:
            self._misplace(chunk.lines[0], "a detail follows the trailer; the trailer is the last record")
        self._follow_numbers(chunk)
        self.found += self.csv.totals(chunk.columns)
        self.records = self.found.count
        self.value = self.found.net

    def _add_header(self, chunk: Chunk) -> None:
        for record in chunk.rows():
            if self.header or self.records or self.trailer:
                self._misplace(record.line, "a header that is not the first record of the file")
            self.header = self.header or record

    def _add_trailer(self, chunk: Chunk) -> None:
        for record in chunk.rows():
            if self.trailer:
                self._misplace(record.line, "a second trailer; a file has one, as its last record")
            self.trailer = self.trailer or record

    def _misplace(self, line: int, message: str) -> None:
        self.misplaced = self.misplaced or Found(message, line)

    def _follow_numbers(self, chunk: Chunk) -> None:
        for line, text in zip(chunk.lines, chunk.columns["line_no"], strict=True):
            if int(text) != self._next_number and self.gap is None:
                message = f"line_no is {text}: details are numbered from 1 without gaps or repeats"
                self.gap = Found(message, line, "line_no", str(self._next_number))
            self._next_number = int(text) + 1

    def totals(self) -> Mapping[str, str | int]:
        return {
            "count": self.records,
            "value": format_pounds(self.value),
            "positive": format_pounds(self.found.positive),
            "negative": format_pounds(self.found.negative),
            "hash_total": self.found.hash_total,
        }

    def identity(self) -> str | None:
        """Feed, landlord, source and file number."""
        if self.header is None:
            return None
        return "/".join(self.header[name] for name in ("feed", "landlord", "source", "file_seq"))

    def business_date(self) -> date | None:
        return date.fromisoformat(self.header["business_date"]) if self.header else None

    def summary(self) -> Mapping[str, str | int | None]:
        return {"file_seq": int(self.header["file_seq"]) if self.header else None}


@check("E01", level=Level.FILE)
def envelope_is_whole(tally: GenericTally, ctx: Context[Any]) -> Iterator[Found]:
    """The file starts with one header (H) and ends with one trailer (T); its details stand between them.

    A file without its trailer was cut short on its way: ask the sender for the whole one."""
    if "header" not in tally.seen:
        yield Found("the file has no header record", expected="H as the first record")
    if "trailer" not in tally.seen:
        message = "the file has no trailer record; it may have been cut short: ask the sender for it again"
        yield Found(message, expected="T as the last record")
    if tally.misplaced:
        yield tally.misplaced


@check("E01", level=Level.FILE)
def landlord_is_ours(tally: GenericTally, ctx: Context[GenericOptions]) -> Iterator[Found]:
    """The file is of the landlord that the route's option `landlord` names; without it, of any."""
    ours = ctx.options.landlord
    if tally.header and ours and tally.header["landlord"] != ours:
        message = "the file is of another landlord than this route's: see where it came from"
        yield Found(message, tally.header.line, "landlord", ours)


@check("E02", level=Level.FILE)
def count_agrees(tally: GenericTally, ctx: Context[Any]) -> Iterator[Found]:
    """The trailer's count is the number of detail records."""
    details = tally.rows_of("detail", tally.found.count)
    if tally.trailer and details not in (None, int(tally.trailer["detail_count"])):
        message = f"the trailer counts {tally.trailer['detail_count']} details, the file has {details}"
        yield Found(message, tally.trailer.line, "detail_count", str(details))


@check("E03", level=Level.FILE, whole=True)
def sums_agree(tally: GenericTally, ctx: Context[Any]) -> Iterator[Found]:
    """The trailer's sums (positive, negative, net) are those of the details, to the penny.

    An extract (RENTACC, MANDATE) moves no money: its trailer gives the sums of its balance or amount column,
    or 0.00 in all three, and nothing in between."""
    declared = _declared_sums(tally)
    if tally.trailer is None or (tally.csv.unsummed and not any(declared.values())):
        return
    choice = ": give the sums, or 0.00 in all three" if tally.csv.unsummed else ""
    for name, pence in declared.items():
        summed = getattr(tally.found, name)
        if pence != summed:
            sums = f"the trailer gives {name} {format_pounds(pence)}, the details {format_pounds(summed)}"
            yield Found(f"{sums}{choice}", tally.trailer.line, name, format_pounds(summed))


def _declared_sums(tally: GenericTally) -> Mapping[str, int]:
    if tally.trailer is None:
        return {}
    layout = tally.csv.trailer
    return {
        name: layout.field(name).kind.read(tally.trailer[name]) for name in ("positive", "negative", "net")
    }


@check("E04", level=Level.FILE, whole=True)
def hash_total_agrees(tally: GenericTally, ctx: Context[Any]) -> Iterator[Found]:
    """The trailer's hash total is the sum of the references' digits modulo 10^12.

    When only this differs, a reference was altered or two files were mixed."""
    found = tally.found.hash_total
    if tally.trailer and int(tally.trailer["hash_total"]) != found:
        message = (
            f"the trailer gives the hash total {tally.trailer['hash_total']}, the references sum to {found}"
        )
        yield Found(message, tally.trailer.line, "hash_total", str(found))


@check("E05", level=Level.HISTORY, needs=(Need.HISTORY,))
def sequence_follows(tally: GenericTally, ctx: Context[Any]) -> Iterator[Found]:
    """The file's number follows that of the last file taken.

    A number that was passed refuses the file; a jump ahead holds it until a person has asked for what is
    missing."""
    before = _last_number(ctx)
    if tally.header is None or before is None:
        return
    number = int(tally.header["file_seq"])
    expected = before % LAST_SEQUENCE + 1
    if number == expected:
        return
    ahead = number > expected
    advice = "files between them are missing" if ahead else "this number was used or passed already"
    message = f"file number {number:06} comes after {before:06}: {advice}; ask the sender"
    severity = Severity.HOLD if ahead else Severity.ERROR
    yield Found(message, tally.header.line, "file_seq", f"{expected:06}", severity)


def _last_number(ctx: Context[Any]) -> int | None:
    history = ctx.facts.history
    number = history.last.summary.get("file_seq") if history and history.last else None
    return number if isinstance(number, int) else None


@check("E07", level=Level.HISTORY, needs=(Need.TODAY,), options=("stale_after_days",))
def file_is_fresh(tally: GenericTally, ctx: Context[GenericOptions]) -> Iterator[Found]:
    """The business date is not older than the feed's stale_after_days when the file arrives.

    An old file sent again by mistake is the usual cause."""
    on, today, days = tally.business_date(), ctx.facts.today, ctx.options.stale_after_days
    if tally.header and on and today and days is not None and (today - on).days > days:
        message = f"the file is dated {on}, more than {days} days before {today}; ask the sender for today's"
        yield Found(message, tally.header.line, "business_date")


@check("E07", level=Level.HISTORY, needs=(Need.TODAY,))
def file_is_not_ahead(tally: GenericTally, ctx: Context[Any]) -> Iterator[Found]:
    """Neither the business date nor the moment of creation lies more than a day ahead of today.

    A wrong clock at the sender is the usual cause, or a test file."""
    header, today = tally.header, ctx.facts.today
    if header is None or today is None:
        return
    dates = {
        "business_date": date.fromisoformat(header["business_date"]),
        "created_at": INSTANT.read(header["created_at"]).date(),
    }
    for name, day in dates.items():
        if day - today > AHEAD:
            message = f"{name} is {day}, more than a day after {today}; ask the sender"
            yield Found(message, header.line, name, f"{today + AHEAD} or earlier")


@check("E10", level=Level.FILE, whole=True)
def lines_are_numbered(tally: GenericTally, ctx: Context[Any]) -> Iterator[Found]:
    """Details are numbered from 1 without gaps or repeats. The first that is not is named."""
    if tally.gap:
        yield tally.gap


ENVELOPE_CHECKS = (
    envelope_is_whole,
    landlord_is_ours,
    count_agrees,
    sums_agree,
    hash_total_agrees,
    sequence_follows,
    file_is_fresh,
    file_is_not_ahead,
    lines_are_numbered,
)
"""For feeds of generic CSV files, whose tally is a `GenericTally` and whose options are `GenericOptions`."""

"""Checks that every file of an agency has: its frame, its trailer, whom it is for, its place in the sequence.

Source: debt_agency.md, sections 3.1 and 7; the numbers of checks are those of section 7.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from hub.api import Context, Found, Level, Need, Row, Severity, check, format_pounds
from plugins.debt_agency.canonical import HEADER, TRAILER, VERSION
from plugins.debt_agency.settings import AgencyOptions
from plugins.debt_agency.tally import AgencyTally
from plugins.debt_agency.types import INSTANT, MONEY

Options = Context[Any]
CLOCKS_DIFFER = timedelta(minutes=10)
NAMED = re.compile(
    r"(?P<sender_id>[A-Z0-9]+)_(?P<file_kind>[A-Z]{3})_(?P<receiver_id>[A-Z0-9]+)"
    r"_[0-9]{8}_(?P<file_seq>[0-9]{6})\."
)


@check("DA-FRAME", level=Level.FILE)
def frame_is_whole(tally: AgencyTally, ctx: Options) -> Iterator[Found]:
    """A file has one header, on its first line, and one trailer, on its last. Where the last is missing, the
    file was cut short on its way."""
    for name, title, place in ((HEADER, "header", 1), (TRAILER, "trailer", tally.last)):
        lines = tally.places[name]
        if tally.left_out[name] or (not lines and name not in tally.frame):
            continue
        if not lines:
            yield Found(f"the file has no {title}", place, "rec_type", name)
        for line in lines:
            if line != place or len(lines) > 1:
                yield Found(f"a {title} stands on line {line}", line, "rec_type", f"only on line {place}")


@check("DA-01", level=Level.FILE, whole=True)
def trailer_agrees(tally: AgencyTally, ctx: Options) -> Iterator[Found]:
    """The trailer's counts, totals and hash total are those of the lines. A trailer that does not agree means
    that the whole file is refused: nobody can say which part of it is wrong."""
    trailer = tally.trailer
    if trailer is None:
        return
    counts = {
        "record_count": sum(tally.counted.values()),
        "account_count": tally.records,
        "hash_total": tally.hashed,
    }
    for name, counted in counts.items():
        if trailer[name].strip() and int(trailer[name]) != counted:
            yield Found(f"{name} is {trailer[name]}", trailer.line, name, str(counted))
    for name, pence in zip(("total_1", "total_2"), tally.sums, strict=True):
        if trailer[name].strip() and MONEY.read(trailer[name]) != pence:
            yield Found(f"{name} is {trailer[name]}", trailer.line, name, format_pounds(pence))


@check("DA-04", level=Level.FILE)
def header_is_as_agreed(tally: AgencyTally, ctx: Options) -> Iterator[Found]:
    """The header is of a layout that is known here, in pounds sterling."""
    header = tally.header
    if header is None:
        return
    yield from _differs(header, "layout_version", VERSION)
    yield from _differs(header, "currency", "GBP")


@check("DA-04", level=Level.FILE, options=("council_id", "agency_id"))
def file_is_between_us(tally: AgencyTally, ctx: Context[AgencyOptions]) -> Iterator[Found]:
    """The file is from the agency of the route and for this council, and it is no test where the route is
    live (`test: true` takes tests only)."""
    header, options = tally.header, ctx.options
    if header is None:
        return
    for name, expected in zip(
        ("sender_id", "receiver_id"), (options.agency_id, options.council_id), strict=True
    ):
        yield from _differs(header, name, expected)
    yield from _differs(header, "test_flag", "Y" if options.test else "N")


@check("DA-04", level=Level.HISTORY, needs=(Need.TODAY,))
def file_is_not_of_the_future(tally: AgencyTally, ctx: Options) -> Iterator[Found]:
    """The file is not for a day that is still to come, and was made at most ten minutes after it came: clocks
    differ a little."""
    header, today, came = tally.header, ctx.facts.today, ctx.facts.came_at
    day, made = tally.told("business_date"), tally.told("created_at")
    if header is None or today is None:
        return
    if day and day > today.isoformat():
        message = f"business_date is {day}, which is still to come"
        yield Found(message, header.line, "business_date", f"at most {today}")
    if made is None:
        return
    at = INSTANT.read(made)
    if at > came + CLOCKS_DIFFER if came is not None else at.date() > today:
        message = f"created_at is {made}, which is still to come"
        yield Found(message, header.line, "created_at", f"at most {today}")


@check("DA-04", level=Level.HISTORY, needs=(Need.FILE_NAME,))
def name_is_the_headers(tally: AgencyTally, ctx: Options) -> Iterator[Found]:
    """A file that is named as canonical files are is of the sender, kind, receiver and number that its header
    says: one of them was put into the other's place."""
    header, named = tally.header, NAMED.match(ctx.facts.file_name or "")
    for name in NAMED.groupindex if header is not None and named is not None else ():
        if header is not None and named is not None and header[name].strip() != named[name]:
            yield Found(f"{name} is {header[name]}, and the name says {named[name]}", header.line, name)


@check("DA-02", level=Level.HISTORY, severity=Severity.HOLD, needs=(Need.HISTORY,))
def sequence_goes_on(tally: AgencyTally, ctx: Options) -> Iterator[Found]:
    """The number of a file is one more than that of the last one of its kind from this sender. After a gap,
    or with a number that came before, the file waits: an operator finds out which file is missing."""
    history, header, scope = ctx.facts.history, tally.header, tally.scope()
    number = tally.told("file_seq")
    if history is None or header is None or scope is None or number is None:
        return
    came, own = {int(used) for used in history.used.get(scope, ())}, int(number)
    if came and own != max(came) + 1:
        told = "came before" if own in came else f"comes after {max(came):06d}"
        yield Found(f"file_seq {own:06d} {told}", header.line, "file_seq", f"{max(came) + 1:06d}")


def _differs(header: Row, name: str, expected: str) -> Iterator[Found]:
    if header[name].strip() and header[name] != expected:
        yield Found(f"{name} is {header[name]}", header.line, name, expected)


OUR_FILE_CHECKS = (frame_is_whole, trailer_agrees, header_is_as_agreed)
"""Of files that the council sends."""

FILE_CHECKS = (
    frame_is_whole,
    trailer_agrees,
    header_is_as_agreed,
    file_is_between_us,
    file_is_not_of_the_future,
    name_is_the_headers,
    sequence_goes_on,
)

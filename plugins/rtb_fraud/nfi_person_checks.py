"""Pre-flight checks of persons and their tenancies (Q03 to Q06, Q08, Q10 to Q12, Q16 of 3.6)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from hub.api import Chunk, Context, Found, Level, Need
from plugins.rtb_fraud.nfi_names import FORENAMES, SURNAMES
from plugins.rtb_fraud.nfi_quality import quality
from plugins.rtb_fraud.nfi_settings import ExtractOptions
from plugins.rtb_fraud.nfi_tally import ExtractTally, extract_date, rows_of
from plugins.rtb_fraud.nfi_values import day_of, nino_of

YOUNGEST, OLDEST = 16, 110
STOCK = (date(1900, 1, 1), date(1970, 1, 1))
"""Dates of birth that people enter when they know none."""
EARLIEST_START = date(1920, 1, 1)
_NINO = re.compile(r"(?!BG|GB|KN|NK|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z][0-9]{6}[A-D]?")
_NO_SURNAME = re.compile(
    r"[,0-9&]|\b(?:AND|DECEASED|EXECUTORS?|LTD|LIMITED|PLC|LLP|COUNCIL|HOUSING|ASSOCIATION|TRUST|CHARITY|COMPANY)\b",
    re.IGNORECASE,
)


def years_before(day: date, years: int) -> date:
    """The same day so many years before; 29 February becomes 28.

    >>> years_before(date(2024, 2, 29), 1)
    datetime.date(2023, 2, 28)
    """
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


@quality("Q03", "warn", fields=("birth_date",), needs=(Need.TODAY,))
def birth_date_is_likely(chunk: Chunk, tally: ExtractTally, ctx: Context[ExtractOptions]) -> Iterator[Found]:
    """Nobody was born after the day of the extract, or more than 110 years before."""
    on, header = extract_date(ctx), tally.label("birth_date")
    oldest = years_before(on, OLDEST) if on else date.min
    for line, text in rows_of(chunk, tally, "birth_date"):
        born = day_of(text, ctx.options.dates) if text else None
        if born is None:
            continue
        if born in STOCK:
            tally.stock_days[born] += 1
            tally.first_stock.setdefault(born, line)
        if born < oldest or (on is not None and born > on):
            yield Found(f"{header} makes nobody who is {YOUNGEST} to {OLDEST} years old", line, header)


@quality("Q03", "warn", level=Level.FILE, fields=("birth_date",))
def no_stock_birth_dates(tally: ExtractTally, ctx: Context[ExtractOptions]) -> Iterator[Found]:
    """No day that people enter when they know none (1 January 1900 or 1970) stands in more than one row of a
    hundred."""
    for day, count in sorted(tally.stock_days.items()):
        if count * 100 > tally.records:
            header = tally.label("birth_date")
            yield Found(
                f"{header} is {day} in {count} of {tally.records} rows", tally.first_stock[day], header
            )


@quality("Q08", "stop", fields=("birth_date",), needs=(Need.TODAY,))
def nobody_is_under_age(chunk: Chunk, tally: ExtractTally, ctx: Context[ExtractOptions]) -> Iterator[Found]:
    """No data of anybody under 16."""
    on, header = extract_date(ctx), tally.label("birth_date")
    if on is None:
        return
    youngest = years_before(on, YOUNGEST)
    for line, text in rows_of(chunk, tally, "birth_date"):
        born = day_of(text, ctx.options.dates) if text else None
        if born is not None and youngest < born <= on:
            yield Found(f"{header}: the person is under {YOUNGEST}", line, header, f"{youngest} or before")


@quality("Q04", "warn", fields=("nino",))
def nino_is_a_persons_own(chunk: Chunk, tally: ExtractTally, ctx: Context[ExtractOptions]) -> Iterator[Found]:
    """A National Insurance number has its pattern, is no temporary one, and is not that of two persons. Small
    letters and blanks are put right."""
    header, names = tally.label("nino"), ("nino", "surname", "forename", "birth_date")
    for line, text, *person in rows_of(chunk, tally, *names):
        if not text:
            continue
        number = nino_of(text)
        if number.startswith("TN"):
            yield Found(f"{header} is a temporary one", line, header, "blank until there is a real one")
        elif not _NINO.fullmatch(number):
            yield Found(
                f"{header} has not the pattern of one", line, header, "two letters, six digits, A to D"
            )
        else:
            who = hash(tuple(map(str.upper, person)))
            if tally.ninos.setdefault(hash(number[:8]), who) != who:
                yield Found(f"{header} is that of another person, too", line, header)


@quality("Q05", "warn", fields=("surname",))
def surname_is_a_persons(chunk: Chunk, tally: ExtractTally, ctx: Context[ExtractOptions]) -> Iterator[Found]:
    """A surname holds no comma, digit or &, nor a word of a couple, an estate or a company."""
    if not _NO_SURNAME.search("\n".join(chunk.columns.get("surname", ()))):
        return
    header = tally.label("surname")
    for line, text in rows_of(chunk, tally, "surname"):
        if found := _NO_SURNAME.search(text):
            yield Found(f"{header} holds “{found[0]}”", line, header, "the surname of one person")


@quality("Q06", "warn", fields=("surname", "forename"))
def names_are_not_swapped(chunk: Chunk, tally: ExtractTally, ctx: Context[ExtractOptions]) -> Iterator[Found]:
    """Forename and surname stand in their own columns: no surname that is a common forename beside a forename
    that is a common surname."""
    header = tally.label("surname")
    for line, surname, forename in rows_of(chunk, tally, "surname", "forename"):
        if surname.upper() in FORENAMES and forename.upper() in SURNAMES:
            yield Found("surname and forename seem to be swapped", line, header, tally.label("forename"))


@quality("Q10", "drop", fields=("tenancy_start",), needs=(Need.TODAY,))
def tenancy_dates_follow(chunk: Chunk, tally: ExtractTally, ctx: Context[ExtractOptions]) -> Iterator[Found]:
    """A tenancy starts by the day of the extract and not before 1920, and does not end before it starts."""
    on, header = extract_date(ctx) or date.max, tally.label("tenancy_start")
    for line, text, ended in rows_of(chunk, tally, "tenancy_start", "tenancy_end"):
        start = day_of(text, ctx.options.dates) if text else None
        end = day_of(ended, ctx.options.dates) if ended else None
        if start is None:
            continue
        if not EARLIEST_START <= start <= on:
            told = "is in the future" if start > on else "is before 1920"
            yield Found(f"{header} {told}", line, header, f"{EARLIEST_START} to {on}")
        elif end is not None and end < start:
            yield Found("the tenancy ends before it starts", line, "tenancy_end", f"{start} or later")


@quality("Q11", "stop", fields=("tenancy_ref", "status_flag"))
def flag_is_known(chunk: Chunk, tally: ExtractTally, ctx: Context[ExtractOptions]) -> Iterator[Found]:
    """The tenant status flag is F (first named or joint) or O (other named)."""
    header = tally.label("status_flag")
    for line, flag, tenancy in rows_of(chunk, tally, "status_flag", "tenancy_ref"):
        known = hash(tenancy)
        if flag == "F":
            tally.with_first.add(known)
            tally.without_first.pop(known, None)
        elif known not in tally.with_first:
            tally.without_first.setdefault(known, line)
        if flag not in ("F", "O"):
            yield Found(f"{header} is neither F nor O", line, header, "F or O")


@quality("Q11", "stop", level=Level.FILE, fields=("tenancy_ref", "status_flag"))
def tenancy_has_a_first(tally: ExtractTally, ctx: Context[ExtractOptions]) -> Iterator[Found]:
    """Every tenancy has a tenant of the flag F."""
    header = tally.label("status_flag")
    for line in sorted(tally.without_first.values()):
        yield Found("the tenancy has no tenant of the flag F", line, header, "one F or more")


@quality("Q12", "drop", fields=("surname", "forename", "birth_date"))
def nobody_comes_twice(chunk: Chunk, tally: ExtractTally, ctx: Context[ExtractOptions]) -> Iterator[Found]:
    """No row comes twice, and nobody is named twice in one tenancy or application; the first stays."""
    keys = ("tenancy_ref", "rtb_ref", "application_ref", "employee_ref", "reference")
    for line, *who in rows_of(chunk, tally, *keys, "surname", "forename", "birth_date", "middle_names"):
        person = hash(tuple(map(str.upper, who)))
        if person in tally.persons:
            yield Found("the person was named on an earlier line already", line, tally.label("surname"))
        tally.persons.add(person)


@quality("Q12", "drop", fields=("creditor_ref",))
def no_row_comes_twice(chunk: Chunk, tally: ExtractTally, ctx: Context[ExtractOptions]) -> Iterator[Found]:
    """No row of creditors or payments comes twice."""
    fields = tuple(tally.columns)
    for line, *values in rows_of(chunk, tally, *fields):
        row = hash(tuple(values))
        if row in tally.persons:
            yield Found("the same row came on an earlier line", line, tally.label("creditor_ref"))
        tally.persons.add(row)


@quality("Q16", "drop", fields=("valuation", "discount", "price"))
def price_is_what_remains(chunk: Chunk, tally: ExtractTally, ctx: Context[ExtractOptions]) -> Iterator[Found]:
    """The purchase price is the valuation less the discount."""
    header = tally.label("price")
    for line, *told in rows_of(chunk, tally, "valuation", "discount", "price"):
        if not all(one.isdigit() for one in told):
            continue
        valuation, discount, price = map(int, told)
        if price != valuation - discount:
            yield Found(f"{header} is not the valuation less the discount", line, header)


@quality("Q02", "stop", fields=("rtb_stage", "completion_date"))
def completed_has_its_day(chunk: Chunk, tally: ExtractTally, ctx: Context[ExtractOptions]) -> Iterator[Found]:
    """A completed application has the day of its completion."""
    header = tally.label("completion_date")
    for line, stage, text in rows_of(chunk, tally, "rtb_stage", "completion_date"):
        if stage == "X" and not text:
            yield Found(f"{header} is blank on a completed application", line, header)


PERSON_CHECKS = (
    nobody_comes_twice,
    no_row_comes_twice,
    tenancy_dates_follow,
    price_is_what_remains,
    completed_has_its_day,
    flag_is_known,
    nobody_is_under_age,
    birth_date_is_likely,
    nino_is_a_persons_own,
    surname_is_a_persons,
    names_are_not_swapped,
    no_stock_birth_dates,
    tenancy_has_a_first,
)

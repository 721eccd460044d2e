"""Pre-flight checks of single values of an extract (section 2, and Q07, Q14, Q15 of 3.6)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from hub.api import Chunk, Context, Found
from plugins.rtb_fraud.nfi_columns import Column
from plugins.rtb_fraud.nfi_quality import quality
from plugins.rtb_fraud.nfi_settings import ExtractOptions
from plugins.rtb_fraud.nfi_tally import ExtractTally, rows_of
from plugins.rtb_fraud.nfi_values import day_of, odd_letters

_SCIENTIFIC = r"[0-9](?:[.,][0-9]+)?[eE]\+?[0-9]{1,3}"
_MONTH = r"(?:[Jj]an|[Ff]eb|[Mm]ar|[Aa]pr|[Mm]ay|[Jj]un|[Jj]ul|[Aa]ug|[Ss]ep|[Oo]ct|[Nn]ov|[Dd]ec)"
_EXCEL_DAY = rf"[0-9]{{1,2}}-{_MONTH}(?:-[0-9]{{2,4}})?|{_MONTH}-[0-9]{{2,4}}"
_YEAR_FIRST = re.compile(r"(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])")
_PENCE = re.compile(r"-?[0-9]{1,12}")
_ZERO = re.compile(r"-?0+")
_SHORTER = {
    "phone": r"\(?[1-9][0-9 )-]{8,12}",
    "sort_code": r"[0-9]{1,5}",
    "account": r"[0-9]{1,7}",
    "date": r"[0-9]{7}",
}
"""What is shorter once a spreadsheet has taken its leading zeros."""
_SPOILED = {
    kind: re.compile(
        rf"^(?:(?P<power>{_SCIENTIFIC})|(?P<day>{_EXCEL_DAY})|(?P<zero>{_SHORTER.get(kind, '(?!)')}))$",
        re.MULTILINE,
    )
    for kind in ("text", "digits", *_SHORTER)
}
_TOLD = {
    "power": "stands in scientific notation",
    "day": "was made a date by a spreadsheet",
    "zero": "has lost a leading zero",
}


def _values(chunk: Chunk, tally: ExtractTally, kinds: tuple[str, ...]) -> Iterator[tuple[Column, int, str]]:
    """(column, line, text) of each value of such columns that is not blank."""
    for field, one in tally.columns.items():
        if one.format in kinds and field in chunk.columns:
            for line, text in rows_of(chunk, tally, field):
                if text:
                    yield one, line, text


@quality("Q15", "stop", kinds=tuple(_SPOILED))
def no_spreadsheet_spoiled_it(
    chunk: Chunk, tally: ExtractTally, ctx: Context[ExtractOptions]
) -> Iterator[Found]:
    """No leading zeros lost (telephone numbers, sort codes, accounts, dates of seven digits), no scientific
    notation, no text that a spreadsheet made a date of: they are exported again, as text."""
    for field, one in tally.columns.items():
        pattern, values = _SPOILED.get(one.format), chunk.columns.get(field, ())
        if pattern is None or not pattern.search("\n".join(values)):
            continue
        for line, text in rows_of(chunk, tally, field):
            if told := spoiled(one.format, text):
                yield Found(f"{one.label} {told}", line, one.label, "the value as it was, exported as text")


def spoiled(kind: str, text: str) -> str | None:
    """What a spreadsheet did to a value, in words; None if nothing is seen."""
    found = _SPOILED[kind].fullmatch(text)
    return _TOLD[str(found.lastgroup)] if found else None


@quality("DATE", "drop", kinds=("date",))
def dates_are_days(chunk: Chunk, tally: ExtractTally, ctx: Context[ExtractOptions]) -> Iterator[Found]:
    """Every date is a real day, written as the route says; no year comes first in a ddmmyyyy column."""
    dates = ctx.options.dates
    for field, one in tally.columns.items():
        if one.format != "date" or field not in chunk.columns:
            continue
        wrong = {text for text in set(chunk.columns[field]) if text and day_of(text, dates) is None}
        for line, text in rows_of(chunk, tally, field) if wrong else ():
            if text in wrong and not spoiled("date", text):
                told = "has the year first" if _YEAR_FIRST.fullmatch(text) else "is no day that there is"
                tally.bad_days[one.label] += 1
                yield Found(f"{one.label} {told}", line, one.label, f"a day as {dates}")


@quality("MONEY", "stop", kinds=("money",))
def money_is_pence(chunk: Chunk, tally: ExtractTally, ctx: Context[ExtractOptions]) -> Iterator[Found]:
    """Money is whole pence: no pound sign, no point, no comma (123.45 is 12345). What is unknown is blank,
    never zero."""
    for one, line, text in _values(chunk, tally, ("money",)):
        if not _PENCE.fullmatch(text):
            yield Found(f"{one.label} is not whole pence", line, one.label, "pence, as 12345 for 123.45")
        elif _ZERO.fullmatch(text) and not one.zero:
            yield Found(f"{one.label} is zero", line, one.label, "blank where it is not known")


@quality("Q07", "warn", kinds=("text", "code"))
def letters_are_plain(chunk: Chunk, tally: ExtractTally, ctx: Context[ExtractOptions]) -> Iterator[Found]:
    """No delimiter, quote, control or non-ASCII character inside a field: each is changed on the way out, and
    told."""
    for field, one in tally.columns.items():
        if one.format not in ("text", "code") or not one.header or field not in chunk.columns:
            continue
        if not odd_letters("".join(chunk.columns[field])):
            continue
        for line, text in rows_of(chunk, tally, field):
            if odd := odd_letters(text):
                told = ", ".join(map(_named, odd))
                yield Found(
                    f"{one.label} holds {told}, which is changed", line, one.label, "ASCII, without |"
                )


def _named(letter: str) -> str:
    return f"U+{ord(letter):04X} {unicodedata.name(letter, 'a control character').lower()}"


@quality("LENGTH", "stop")
def values_fit(chunk: Chunk, tally: ExtractTally, ctx: Context[ExtractOptions]) -> Iterator[Found]:
    """No value is longer than its column, nor anything but digits where only digits may stand."""
    for field, one in tally.columns.items():
        values = chunk.columns.get(field, ())
        if not one.header or one.format in ("date", "nino", "money") or not values:
            continue
        room = one.length
        if max(map(len, values)) > room:
            for line, text in rows_of(chunk, tally, field):
                if len(text) > room:
                    yield Found(f"{one.label} has {len(text)} characters", line, one.label, f"{room} at most")
        if one.format == "digits" and not "".join(values).isdigit():
            for line, text in rows_of(chunk, tally, field):
                if text and not text.isdigit() and not spoiled("digits", text):
                    yield Found(f"{one.label} is not digits only", line, one.label, "digits")


@quality("Q14", "stop", kinds=("code",))
def codes_are_looked_up(chunk: Chunk, tally: ExtractTally, ctx: Context[ExtractOptions]) -> Iterator[Found]:
    """Every code has an entry in the look-up table of its column (option `lookups`), which leaves with the
    file."""
    for field, one in tally.columns.items():
        if one.format != "code" or not one.header or field not in chunk.columns:
            continue
        unknown = set(chunk.columns[field]) - set(ctx.options.lookups.get(field, ())) - {""}
        for line, text in rows_of(chunk, tally, field) if unknown else ():
            if text in unknown:
                yield Found(f"{one.label} {text} has no entry in the look-up", line, one.label)


FIELD_CHECKS = (
    no_spreadsheet_spoiled_it,
    dates_are_days,
    money_is_pence,
    values_fit,
    codes_are_looked_up,
    letters_are_plain,
)

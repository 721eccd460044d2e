"""SWIFT MT940, Customer Statement Message, as files of it are handed to customers.

Sources, and how sure: the tags, that a statement may go over several messages (pages) with intermediate
balances, and that the last has `:62F:` [confirmed: SWIFT User Handbook, Category 9, MT940/MT942 field
specifications, Standards Releases 2003 to 2015; Lloyds Bank, “What is a SWIFT MT940 export?”]. `:61:` is
6!n[4!n]2a[1!a]15d1!a3!c16x[//16x] and a second line of 34x, its marks C, D, RC (takes a credit back: money
goes) and RD (takes a debit back: money comes) [confirmed, same]. The account as 6 and 8 digits with hyphen,
slash or nothing between, or as an IBAN [2 sources: Lloyds, its 2014 file format]. Blocks `{1:` to `{4:` and
the closing `-}` may be left out [2 sources]. Lenient by our choice: longer references and texts, tags in
any order between 28C and 62, an amount without digits after its comma.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, BinaryIO

from hub.bank.layouts import LINE, PAGE, Said, chunks, one_line
from hub.formats.lines import Lines
from hub.model import Chunk, Unreadable

STRUCTURE = "BANK-001"

_TAG = re.compile(r":([0-9]{2}[A-Z]?):(.*)", re.DOTALL)
_START = re.compile(rb"\s*(?:\{[^\n]*\{4:\s*)?:20:[^\n]*\n(?::21:[^\n]*\n)?:25P?:")
_BLOCKS = re.compile(r"\{1:.*\{4:|\{4:")
_BALANCE = re.compile(r"([CD])([0-9]{6})([A-Z]{3})([0-9]{1,14},[0-9]*)")
_ENTRY = re.compile(
    r"([0-9]{6})([0-9]{4})?(R?[CD])([A-Z])?([0-9]{1,14},[0-9]*)([A-Z][A-Z0-9]{3})(.*?)(?://(.*))?", re.DOTALL
)
_NUMBER = re.compile(r"([0-9]{1,9})(?:/([0-9]{1,9}))?")
_ENDS = ("-", "-}")
_KNOWN = frozenset(
    {"13D", "20", "21", "25", "25P", "28", "28C", "60F", "60M", "61", "62F", "62M", "64", "65", "86"}
)
_TOLD_MORE = ("61", "62F", "62M", "64", "65")
_NEEDED = (("25", "25P"), ("28", "28C"), ("60F", "60M"), ("62F", "62M"))


@dataclass(slots=True)
class Field:
    """A tag with its content; lines that belong to it follow the first after a line feed."""

    line: int
    tag: str
    text: str


@dataclass(slots=True)
class Message:
    """One message: a statement, or a page of one."""

    line: int
    fields: list[Field] = field(default_factory=list)

    def first(self, *tags: str) -> Field | None:
        return next((one for one in self.fields if one.tag in tags), None)


class Mt940:
    """The format. Bytes are read as Latin-1: SWIFT's own characters are all ASCII."""

    def __init__(self) -> None:
        self._lines = Lines("latin-1", STRUCTURE)

    def recognises(self, head: bytes) -> bool:
        return _START.match(head.replace(b"\r", b"")) is not None

    def decode(self, stream: BinaryIO, options: Any = None) -> Iterator[Chunk | Unreadable]:
        """The lines of each message and its page; what is wrong with it in their place."""
        any_yet = False
        for part in self._messages(stream):
            any_yet = True
            if isinstance(part, Unreadable):
                yield part
                continue
            problems = list(_problems(part))
            yield from problems or chunks(_rows(part))
        if not any_yet:
            yield Unreadable(1, b"", STRUCTURE, "the file holds no statement", "messages from :20: to :62F:")

    def _messages(self, stream: BinaryIO) -> Iterator[Message | Unreadable]:
        message: Message | None = None
        for part in self._lines.read(stream):
            if isinstance(part, Unreadable):
                yield part
                continue
            for number, written in enumerate(part[1], start=part[0]):
                text = (_BLOCKS.sub("", written) if message is None else written).rstrip()
                found = _TAG.fullmatch(text)
                if message is not None and (text in _ENDS or (found and found[1] == "20")):
                    yield message
                    message = None
                if found:
                    message = message or Message(number)
                    message.fields.append(Field(number, found[1], found[2]))
                elif message is not None and text not in _ENDS:
                    message.fields[-1].text += f"\n{text}"
                elif text and text not in _ENDS:
                    yield _wrong(
                        number, f"line {number} stands outside any message", "a message that starts with :20:"
                    )
        if message is not None:
            yield message


def _problems(message: Message) -> Iterator[Unreadable]:
    """Why a message cannot be read."""
    for tags in _NEEDED:
        found = [one for one in message.fields if one.tag in tags]
        if len(found) != 1:
            tag, times = " or ".join(f":{tag}:" for tag in tags), "no" if not found else "more than one"
            yield _wrong(message.line, f"the message on line {message.line} has {times} {tag}", f"one {tag}")
    for before, one in zip([None, *message.fields], message.fields, strict=False):
        if one.tag == "86" and (before is None or before.tag not in _TOLD_MORE):
            yield _wrong(one.line, f"line {one.line}: :86: tells more of nothing", "an :86: after a :61:")
        if one.tag not in _KNOWN:
            yield _wrong(
                one.line, f"line {one.line} has a tag that MT940 does not: {one.tag}", "a tag of MT940"
            )
        pattern, told = _SHAPES.get(one.tag, (None, ""))
        if pattern is not None and pattern.fullmatch(_head(one)) is None:
            yield _wrong(one.line, f"line {one.line}: :{one.tag}: cannot be read", told)


_SHAPES = {
    **dict.fromkeys(("28", "28C"), (_NUMBER, "a statement number, and a page after a slash: 123/1")),
    **dict.fromkeys(
        ("60F", "60M", "62F", "62M"), (_BALANCE, "mark, day, currency and amount: C261130GBP1234,56")
    ),
    "61": (_ENTRY, "day, mark, amount with comma, type and reference: 2611301130C12,35NTRFREF//BANKREF"),
}


def _head(one: Field) -> str:
    """The first line of a field: of `:61:` a second one is further text."""
    return one.text.split("\n", 1)[0] if one.tag == "61" else one.text


def _rows(message: Message) -> Iterator[Said]:
    """Of a message without problems."""
    place, page = _page(message)
    number = 0
    for index, one in enumerate(message.fields):
        if one.tag == "61":
            number += 1
            after = message.fields[index + 1 : index + 2]
            told = after[0].text if after and after[0].tag == "86" else ""
            counted = {"number": str(number), "entry": str(number), "currency": page["currency"]}
            yield LINE, one.line, {**place, **counted, **_entry(one, told)}
    yield PAGE, message.line, {**place, **page}


def _page(message: Message) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """Where its lines stand, and its balances."""
    account, number = message.first("25", "25P"), message.first("28", "28C")
    opening, closing = message.first("60F", "60M"), message.first("62F", "62M")
    assert account and number and opening and closing  # noqa: S101 - `_problems` has seen to it
    found = _NUMBER.fullmatch(number.text)
    statement, page = (found[1], found[2] or "1") if found else ("", "")
    opened, opens = _balance(opening)
    closed, closes = _balance(closing)
    place = {
        "account": account.text,
        "year": closes["day"][:4],
        "statement": statement,
        "page": str(int(page)),
    }
    told = {"opened": opened, "opening_day": opens["day"], "opening": opens["amount"], "closed": closed}
    told |= {"closing_day": closes["day"], "closing": closes["amount"], "currency": closes["currency"]}
    if opens["currency"] != closes["currency"]:
        told["currency"] = f"{opens['currency']}/{closes['currency']}"
    return place, told


def _balance(one: Field) -> tuple[str, Mapping[str, str]]:
    found = _BALANCE.fullmatch(one.text)
    assert found  # noqa: S101 - `_problems` has seen to it
    mark, day, currency, amount = found.groups()
    told = {"day": _iso(day), "currency": currency, "amount": _pounds(amount, negative=mark == "D")}
    return one.tag[-1], told


def _entry(one: Field, told: str) -> Mapping[str, str]:
    found = _ENTRY.fullmatch(_head(one))
    assert found  # noqa: S101 - `_problems` has seen to it
    valued, entered, mark, _, amount, kind, reference, bank_reference = found.groups()
    further = one.text.partition("\n")[2]
    return {
        "booked": _entered(valued, entered),
        "valued": _iso(valued),
        "amount": _pounds(amount, negative=mark in ("D", "RC")),
        "is_booked": "Y",
        "reversal": "Y" if mark.startswith("R") else "",
        "kind": kind,
        "bank_reference": one_line(bank_reference or ""),
        "reference": "" if reference == "NONREF" else one_line(reference),
        "text": one_line(further, _unwrapped(told)),
    }


def _unwrapped(told: str) -> str:
    """Lines of `:86:` are cut at 65 characters wherever that falls, so a full one goes on without a blank."""
    lines = told.split("\n")
    return "".join(line if len(line) >= 65 else f"{line} " for line in lines)


def _iso(yymmdd: str) -> str:
    """The century is 20yy up to 79 and 19yy from 80 on, as SWIFT has it."""
    century = "20" if yymmdd < "80" else "19"
    return f"{century}{yymmdd[:2]}-{yymmdd[2:4]}-{yymmdd[4:]}"


def _entered(valued: str, mmdd: str | None) -> str:
    """The entry date has no year: it is the one that brings it next to the value date."""
    value = _iso(valued)
    if mmdd is None:
        return value
    year = int(value[:4])
    try:
        near = date.fromisoformat(value)
        days = [date(y, int(mmdd[:2]), int(mmdd[2:])) for y in (year - 1, year, year + 1) if _exists(y, mmdd)]
        return min(days, key=lambda day: abs(day - near)).isoformat()
    except ValueError:  # no such day in any year: the layout's check says so
        return f"{year}-{mmdd[:2]}-{mmdd[2:]}"


def _exists(year: int, mmdd: str) -> bool:
    return mmdd != "0229" or (year % 4 == 0 and (year % 100 != 0 or year % 400 == 0))


def _pounds(amount: str, *, negative: bool) -> str:
    """`1234,5` is 1234.50. Pence that are not whole stay as they are, for the layout's check to refuse."""
    whole, _, part = amount.partition(",")
    minus = "-" if negative and (int(whole) or int(part or 0)) else ""
    return f"{minus}{int(whole)}.{part.ljust(2, '0')}"


def _wrong(line: int, message: str, expected: str) -> Unreadable:
    return Unreadable(line, b"", STRUCTURE, message, expected)

"""The values of an extract: how they are read, and how they are written for the NFI (section 2)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import date
from functools import lru_cache

DELIMITER = "|"
_DDMMYYYY = re.compile(r"([0-9]{2})([/.-]?)([0-9]{2})\2([0-9]{4})")
_ISO = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_SPECIAL = str.maketrans(
    {
        "‘": "'", "’": "'", "“": "'", "”": "'", "–": "-", "—": "-", "…": "...", "æ": "ae", "Æ": "AE",
        "ø": "o", "Ø": "O", "ß": "ss", "œ": "oe", "Œ": "OE", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D",
        "ð": "d", "Ð": "D", "þ": "th", "Þ": "Th", "ı": "i", '"': "'", DELIMITER: "/", "\u00a0": " ",
    }
)  # fmt: skip


@lru_cache(maxsize=65536)
def day_of(text: str, dates: str) -> date | None:
    """The day that a text says in the export's way (`DDMMYYYY`, also with separators, or `YYYY-MM-DD`); None
    when it says none from 1850 on."""
    if dates == "YYYY-MM-DD":
        found = _ISO.fullmatch(text)
        parts = found and (int(found[1]), int(found[2]), int(found[3]))
    else:
        found = _DDMMYYYY.fullmatch(text)
        parts = found and (int(found[4]), int(found[3]), int(found[1]))
    if not parts or parts[0] < 1850:
        return None
    try:
        return date(*parts)
    except ValueError:
        return None


def nino_of(text: str) -> str:
    """A National Insurance number as it is compared: capitals without blanks."""
    return "".join(text.upper().split())


def ascii_of(text: str) -> str:
    """A text as the NFI takes it: without the delimiter, quotes, controls and what is not ASCII."""
    plain = unicodedata.normalize("NFKD", text.translate(_SPECIAL))
    kept = (letter if letter.isascii() and letter.isprintable() else _instead(letter) for letter in plain)
    return "".join(kept)


def _instead(letter: str) -> str:
    if unicodedata.combining(letter):
        return ""
    return "?" if letter.isprintable() else " "


@lru_cache(maxsize=65536)
def written_day(text: str, dates: str) -> str:
    day = day_of(text, dates)
    return f"{day:%d%m%Y}" if day else ""


def digits_of(text: str) -> str:
    return "".join(letter for letter in text if letter.isdigit())


def writer_of(kind: str, dates: str) -> Callable[[str], str]:
    """How a sound value of a column's format is written."""
    if kind == "date":
        return lambda text: written_day(text, dates)
    if kind == "nino":
        return nino_of
    if kind in ("phone", "sort_code", "account"):
        return digits_of
    return lambda text: text if _is_plain(text) else ascii_of(text)


_PLAIN = re.compile(r"[\x20\x21\x23-\x7b\x7d\x7e]*+")


def _is_plain(text: str) -> bool:
    return _PLAIN.fullmatch(text) is not None


def odd_letters(text: str) -> str:
    """What of a text is changed when it is written, each once, in their order."""
    return "" if _is_plain(text) else "".join(dict.fromkeys(one for one in text if not _is_plain(one)))

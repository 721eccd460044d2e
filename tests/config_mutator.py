"""Makes one mistake in a configuration folder, as a tired administrator would, and says where. Knows nothing
of the hub: it reads the files as text.

    mistake = make(texts, seed=7)      # texts: file name → text

Every kind is a mistake whatever the file means: a word that is spelt wrong, a value of another kind, a key
twice.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

SEED = 20_261_129


@dataclass(frozen=True, slots=True)
class Mistake:
    """The file with the mistake in it, its 1-based line there, and the word that is wrong, if any."""

    kind: str
    file: str
    line: int
    text: str
    word: str


Place = tuple[int, int, str, str]
"""On a line: from where to where, what stands there instead, and the word that is wrong."""

_KEY = re.compile(r"(?<=^)( *)([a-z_]+)(?=:(?: |$))")
_CODE = re.compile(r"^(?:[^#'\"]|\"[^\"]*\"|'[^']*')*")
_DURATION = re.compile(r"(?<=: )\d+(?:s|m|h)\b")
_TIME = re.compile(r"(?<=\")(?:[01]\d|2[0-3]):[0-5]\d(?=\")")
_MODE = re.compile(r"(?<=mode: )(?:live|off|rehearse)\b")
_ENDPOINT = re.compile(r"(?<=endpoint: )[a-z_]+")
_FEED = re.compile(r"(?<=feed: )[a-z_]+\.[a-z_]+")
_OUTPUT = re.compile(r"(?<=output: )[a-z_]+")
_PROFILE = re.compile(r"(?<=profile: )[a-z0-9_]+\.[a-z_]+")
_DAYS = re.compile(r"(?<=days: )(?:working|bacs|all|mon)\b")
_NUMBER = re.compile(r"(?<=port: )\d+|(?<=connections: )\d+|(?<=workers: )\d+|(?<=members: )\d+")
_MONEY = re.compile(r"(?<=above_value: )[\d.]+")
_SIZE = re.compile(r"(?<=max_file_size: )\w+|(?<=total_size: )\w+")
_TYPE = re.compile(r"(?<=type: )(?:sftp|folder|https|person)\b")
_OWN_NAME = re.compile(r"  [a-z_]+:\s*")
"""What routes and endpoints are called, a level below `routes:` or `endpoints:`."""
_FREE = ("codes:", "options:", "kinds:", "milestones:", "money:", "accounts:")
"""Below these stand names of the council's own, which nobody can call misspelt."""


def _swapped(word: str, draw: random.Random) -> str:
    """Two letters that differ, the wrong way round."""
    places = [at for at in range(len(word) - 1) if word[at] != word[at + 1]]
    at = draw.choice(places)
    return word[:at] + word[at + 1] + word[at] + word[at + 2 :]


def _misspelt(pattern: re.Pattern[str]) -> Callable[[str, random.Random], Place | None]:
    def change(line: str, draw: random.Random) -> Place | None:
        found = pattern.search(_CODE.match(line)[0])  # type: ignore[index]
        if found is None or len(set(found[0])) < 2:
            return None
        wrong = _swapped(found[0], draw)
        return found.start(), found.end(), wrong, wrong

    return change


def _replaced(pattern: re.Pattern[str], *wrong: str) -> Callable[[str, random.Random], Place | None]:
    def change(line: str, draw: random.Random) -> Place | None:
        found = pattern.search(_CODE.match(line)[0])  # type: ignore[index]
        if found is None:
            return None
        instead = draw.choice(wrong)
        return found.start(), found.end(), instead, instead

    return change


def _key(line: str, draw: random.Random) -> Place | None:
    found = _KEY.match(line)
    if found is None or len(set(found[2])) < 2 or _OWN_NAME.fullmatch(line):
        return None
    wrong = _swapped(found[2], draw)
    return found.start(2), found.end(2), wrong, wrong


def _twice(line: str, draw: random.Random) -> Place | None:
    """The whole line once more below itself."""
    found = _KEY.match(line)
    if found is None or line.rstrip().endswith(":"):
        return None
    return len(line), len(line), f"\n{line}", found[2]


def _tab(line: str, draw: random.Random) -> Place | None:
    """Between braces and brackets that an earlier line opened, a tab is as good as blanks."""
    found, code = _KEY.match(line), _CODE.match(line)[0].rstrip()  # type: ignore[index]
    goes_on = code.endswith(",") or sum(map(code.count, "}]")) > sum(map(code.count, "{["))
    return (0, len(found[1]), "\t", "") if found and found[1] and not goes_on else None


def _unclosed(line: str, draw: random.Random) -> Place | None:
    """A brace that is opened and not closed."""
    code = _CODE.match(line)[0]  # type: ignore[index]
    at = code.rstrip().rfind("}")
    return (at, at + 1, "", "") if at > 0 and code.count("{") == 1 else None


KINDS: Mapping[str, Callable[[str, random.Random], Place | None]] = {
    "key misspelt": _key,
    "key twice": _twice,
    "tab": _tab,
    "brace not closed": _unclosed,
    "mode": _replaced(_MODE, "alive", "on", "yes"),
    "duration": _replaced(_DURATION, "15 minutes", "1h30", "-5m", "soon"),
    "time of day": _replaced(_TIME, "24:30", "6am", "12:61", "7:5"),
    "days": _replaced(_DAYS, "workdays", "monday", "weekdays"),
    "number": _replaced(_NUMBER, "many", "-1", "0", "2.5"),
    "money": _replaced(_MONEY, "lots", "1,000.00", "-5.00", "10.5"),
    "size": _replaced(_SIZE, "huge", "-1MB", "20 elephants"),
    "type of endpoint": _replaced(_TYPE, "ftp", "smb", "mail"),
    "endpoint": _misspelt(_ENDPOINT),
    "feed": _misspelt(_FEED),
    "output": _misspelt(_OUTPUT),
    "profile": _misspelt(_PROFILE),
}


def make(texts: Mapping[str, str], seed: int = SEED, kinds: Sequence[str] = ()) -> Mistake:
    """Raises ValueError when no kind asked for can be made in these files."""
    draw = random.Random(seed)  # noqa: S311 - repeatable on purpose
    names = list(kinds or KINDS)
    draw.shuffle(names)
    for name in names:
        places = [*_places(texts, KINDS[name], random.Random(seed))]  # noqa: S311
        if places:
            file, number, (start, end, instead, word) = draw.choice(places)
            lines = texts[file].split("\n")
            lines[number] = lines[number][:start] + instead + lines[number][end:]
            return Mistake(name, file, number + 1, "\n".join(lines), word)
    raise ValueError(f"none of {', '.join(names)} can be made in {', '.join(texts)}")


def _places(
    texts: Mapping[str, str], change: Callable[[str, random.Random], Place | None], draw: random.Random
) -> Iterator[tuple[str, int, Place]]:
    for file, text in texts.items():
        for number, line in _lines(text):
            place = change(line, draw)
            if place is not None:
                yield file, number, place


@cache
def _lines(text: str) -> Sequence[tuple[int, str]]:
    """Those that say something, without those below a key whose entries have names of the council's own."""
    found: list[tuple[int, str]] = []
    above: list[tuple[int, bool]] = []
    """The lines that the next may stand below: their indents, and whether what is below them is free."""
    for number, line in enumerate(text.split("\n")):
        words = line.lstrip()
        if words and not words.startswith("#"):
            indent = len(line) - len(words)
            while above and above[-1][0] >= indent:
                above.pop()
            is_free = bool(above) and above[-1][1]
            if not is_free:
                found.append((number, line))
            above.append((indent, is_free or words.lstrip("- ").startswith(_FREE)))
    return found

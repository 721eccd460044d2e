"""What the console says: states and instants as people read them, sentences of the hub without commands."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime

from hub.clock.now import LONDON

_ID = r"(?: (?:ID|NAME|ROUTE|[a-z0-9_.]*[0-9_.][a-z0-9_.]*\b))?"
_WHY = r"(?: --reason …)?"
_COMMANDS: tuple[tuple[str, str], ...] = (
    (r": add --reason …", ": write it down"),
    ("another feedhub command is", "another run or person is"),
    ("other feedhub command", "other command"),
    ("no feedhub command", "no command"),
    (rf"feedhub transfers retry{_ID}{_WHY}", "“Try again” on the transfer’s page"),
    (rf"feedhub transfers withdraw{_ID}(?: --undone)?{_WHY}", "“Withdraw it” on the transfer’s page"),
    (rf"feedhub transfers settle{_ID}(?: --sent)?{_WHY}", "“Settle what is in doubt” on the transfer’s page"),
    (rf"feedhub transfers (?:show|list){_ID}", "the page Transfers"),
    (rf"feedhub approvals (?:list|release|refuse|agree){_ID}{_WHY}", "the worklist"),
    (rf"feedhub worklist (?:list|take|answer){_ID}(?: --[a-z-]+(?: (?:DIR|…))?)*", "the worklist"),
    (rf"feedhub suspense [a-z]+{_ID}(?: --[a-z]+ (?:REF|…))*", "the page Suspense"),
    (rf"feedhub endpoints(?: test{_ID})?", "“Test it” on the endpoint’s page"),
    (r"feedhub resume(?: \S+){2}" + _WHY, "“Let it go on” on its page"),
    (rf"feedhub routes show{_ID}", "the page Routes"),
    (rf"feedhub run{_ID}", "“Run it now” on the route’s page"),
    (r"feedhub put\b", "“Hand a file in” on the route’s page"),
    (r"feedhub audit verify", "“Verify the history now” on the page Audit"),
    (r"feedhub overdue", "the page Today"),
    (r"feedhub (?:alerts|audit|backup|bank|calendar|check|config|counters|doctor|holds|items|milestones?|"
     r"people|plugins|purge|records|rent|reports|restore|tokens)\b(?: [a-z]+\b)*(?: [A-Z]+\b)*",
     "an administrator’s command line"),
)  # fmt: skip
"""Commands that sentences of the hub name, and what does the same on a page."""


STATES: dict[str, tuple[str, str]] = {
    "FOUND": ("Found", "blue"),
    "STAGED": ("To be worked", "blue"),
    "HELD": ("Held", "yellow"),
    "ACCEPTED": ("To be sent", "blue"),
    "READY": ("To be sent", "blue"),
    "SENDING": ("Being sent", "blue"),
    "SENT": ("Sent", "green"),
    "CONFIRMED": ("Confirmed", "green"),
    "REFUSED": ("Refused by them", "red"),
    "IN_DOUBT": ("In doubt", "red"),
    "APPLIED": ("Taken over", "green"),
    "DUPLICATE": ("Duplicate", "grey"),
    "REJECTED": ("Rejected", "red"),
    "FAILED": ("Failed", "red"),
    "WITHDRAWN": ("Withdrawn", "grey"),
    "WAITING": ("Waiting", "blue"),
    "TAKEN": ("Taken", "blue"),
    "ANSWERED": ("Answered", "green"),
    "UNANSWERED": ("Unanswered", "orange"),
    "POSTED": ("Posted", "green"),
    "SUSPENDED": ("In suspense", "orange"),
    "NOTED": ("Noted", "grey"),
    "OPEN": ("Open", "blue"),
    "KEPT": ("Kept", "green"),
    "BROKEN": ("Late", "red"),
    "VOID": ("Over", "grey"),
    "DONE": ("Done", "green"),
}
"""States as people read them, and the colour of their tag."""

SEVERITIES: dict[str, tuple[str, str]] = {
    "error": ("Refuses the file", "red"),
    "hold": ("Holds the file", "yellow"),
    "hold_item": ("Holds the item", "yellow"),
    "refuse_item": ("Refuses the item", "orange"),
    "warning": ("Warning", "orange"),
    "note": ("Note", "grey"),
}

EVENTS: dict[str, str] = {
    "found": "Found at its source",
    "staged": "Stored",
    "accepted": "Read, checked and accepted",
    "held": "Held for a person",
    "rejected": "Rejected",
    "applied": "Taken over",
    "duplicate": "Recognised as a duplicate",
    "failed": "Failed",
    "withdrawn": "Withdrawn",
    "sending": "Set out",
    "sent": "Sent",
    "confirmed": "Confirmed by the partner",
    "refused": "Refused by the partner",
    "in_doubt": "In doubt",
    "not_sent": "Could not be sent",
    "tidied": "Source tidied",
    "not_tidied": "Source could not be tidied",
    "released": "Released",
    "retried": "Tried again",
    "settled": "Settled",
    "put": "Handed in",
    "waits": "Waits",
    "unpacked": "Unpacked",
    "numbered": "Numbers drawn",
    "promised": "Answer promised",
    "promise_kept": "Promise kept",
    "promise_broken": "Promise broken",
    "work_asked": "A person was asked",
    "work_taken": "Taken by a person",
    "work_done": "Done by a person",
    "work_refused": "Not agreed",
    "work_void": "Nobody need do it any more",
    "noted": "Note",
    "unmasked": "Personal values were looked at",
    "stopped_at_the_door": "Stopped before it left",
    "called": "Named by the partner",
    "made": "Made",
    "gathered": "Gathered",
    "reversed": "Taken back",
    "rehearsed": "Rehearsed",
    "unanswered": "Not answered in time",
    "came_as_reply": "Came as a reply",
    "item_refused": "An item was refused",
    "item_released": "An item was released",
    "not_handed_over": "Not handed over",
}
"""Kinds of event as people read them."""


def event_words(kind: str) -> str:
    return EVENTS.get(kind, kind.replace("_", " ").capitalize())


_CODE = re.compile(r"[A-Z]+(_[A-Z]+)+")
"""A reason that is one word of the hub: NO_ACCOUNT."""
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_NAMED_DAY = re.compile(r"(?<![“\w/.-])\d{4}-\d\d-\d\d(?![-“”/\w]|\.\w)")
"""In a sentence: no part of a name, and not what somebody wrote, which is quoted."""
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)")


def on_screen(sentence: str) -> str:
    """A sentence of the hub for people at a browser.

    >>> on_screen("due on 2026-11-03; “2026-11-03” of a_2026-11-03.csv is no day")
    'due on 3 Nov 2026; “2026-11-03” of a_2026-11-03.csv is no day'
    """
    for command, words in _COMMANDS:
        sentence = re.sub(f"`{command}`|{command}", words, sentence)
    return name_words(sentence) if _CODE.fullmatch(sentence) else _NAMED_DAY.sub(_as_day, sentence)


def _as_day(found: re.Match[str]) -> str:
    try:
        return day(date.fromisoformat(found[0]))
    except ValueError:
        return found[0]


def moment(instant: datetime | None) -> str:
    """As clocks in Europe/London show it: 3 Nov 2026, 14:05."""
    if instant is None:
        return ""
    local = instant.astimezone(LONDON)
    return f"{local.day} {local:%b %Y, %H:%M}"


def day(one: date | None) -> str:
    return "" if one is None else f"{one.day} {one:%b %Y}"


def clock(instant: datetime | None) -> str:
    """Only the time of day."""
    return "" if instant is None else f"{instant.astimezone(LONDON):%H:%M}"


def name_words(name: str) -> str:
    """The name of a value in the hub as words: posting_date is Posting date."""
    return name.replace("_", " ").capitalize()


def count(number: int, one: str, many: str | None = None) -> str:
    """1 item, 2 items."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def pounds(pence: int) -> str:
    """£1,234.50, with a minus before it where it is below zero."""
    sign = "−" if pence < 0 else ""
    return f"{sign}£{abs(pence) // 100:,}.{abs(pence) % 100:02d}"


def told_pounds(text: object) -> str:
    """The same of an amount that was written as 1234.50."""
    told = str(text or "")
    whole, _, pence = told.partition(".")
    known = whole.removeprefix("-").isdigit() and len(pence) == 2 and pence.isdigit()
    return pounds(int(whole + pence)) if known else told


def told_totals(totals: Mapping[str, object]) -> list[tuple[str, str]]:
    """Control totals, each with its name in words."""
    return [(name_words(name), told_pounds(told(value))) for name, value in totals.items()]


def told(value: object) -> str:
    """A value as the hub has stored it, for people: with days and instants as everywhere.

    >>> told({"due_on": "2026-11-03", "of": [1, None]})
    'Due on: 3 Nov 2026; Of: 1, '
    """
    if isinstance(value, list):
        return ", ".join(map(told, value))
    if isinstance(value, dict):
        return "; ".join(f"{name_words(str(name))}: {told(one)}" for name, one in value.items())
    if isinstance(value, str) and _DAY.fullmatch(value):
        return day(date.fromisoformat(value))
    if isinstance(value, str) and _INSTANT.fullmatch(value):
        return moment(datetime.fromisoformat(value))
    return "" if value is None else str(value)


def in_order(number: int, one: str, order: str) -> str:
    """How many there are and, of several, in which order."""
    return f"{count(number, one)}, {order}" if number > 1 else count(number, one)


def size(count_: int | None) -> str:
    """Of a file, in bytes."""
    if count_ is None:
        return ""
    for unit, step in (("MB", 1_000_000), ("KB", 1_000)):
        if count_ >= step:
            return f"{count_ / step:.1f} {unit}"
    return count(count_, "byte")


FILTERS: dict[str, Callable[..., object]] = {
    "moment": moment,
    "day": day,
    "clock": clock,
    "count": count,
    "pounds": pounds,
    "told_pounds": told_pounds,
    "told_totals": told_totals,
    "size": size,
    "on_screen": on_screen,
    "event_words": event_words,
}
"""For templates."""

"""The timetable of an exercise: what must be done by when, and by whom (formats page rtb_fraud.md, 1).

It comes as a file of the council's own (`config/calendars/nfi-2026-27.csv` is the published one of 2026/27)
and lives on as records: each step is promised by its last day and stays on the worklist until it is done.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from hub.api import (
    Chunk,
    Compartment,
    Context,
    Day,
    Deadline,
    Delimited,
    Direction,
    Facts,
    Feed,
    Found,
    Item,
    Layout,
    Level,
    Lifecycle,
    Lookup,
    Matching,
    Move,
    Record,
    Records,
    Taken,
    Tally,
    Task,
    Text,
    check,
    column,
)

KIND, PLANNED, DONE, NOT_NEEDED = "nfi_step", "PLANNED", "DONE", "NOT_NEEDED"
PRIVACY_NOTICE, SUBMIT, EXTRACT = "privacy_notice", "submit", "extract"
DAY = Day("%Y-%m-%d")
CYCLE = Matching(r"20[0-9]{2}/[0-9]{2}", expected="a cycle as 2026/27")
STEP = Layout(
    "step",
    (
        column("cycle", CYCLE),
        column("activity", Matching(r"[a-z][a-z0-9_]{1,39}", expected="a word of small letters and _")),
        column("from", DAY, required=False),
        column("to", DAY),
        column("owner", Text()),
        column("what", Text()),
        column("note", Text(), required=False),
    ),
)


class StepTally(Tally):
    """Counts the steps; twice: those that come a second time."""

    def __init__(self, ctx: Context[Any]) -> None:
        super().__init__(ctx)
        self.twice: list[int] = []
        self._seen: set[str] = set()

    def add(self, chunk: Chunk) -> None:
        self.records += len(chunk)
        for row in chunk.rows():
            key = key_of(row["cycle"], row["activity"])
            if key in self._seen:
                self.twice.append(row.line)
            self._seen.add(key)

    def totals(self) -> Mapping[str, str | int]:
        return {"count": self.records, "value": "0.00"}


@check("NFI-STEP", level=Level.RECORD)
def a_step_ends_after_it_starts(chunk: Chunk, tally: Tally, ctx: Context[Any]) -> Iterator[Found]:
    """A step does not end before it starts."""
    for row in chunk.rows():
        if row["from"] and row["to"] < row["from"]:
            yield Found("the step ends before it starts", row.line, "to", f"{row['from']} or later")


@check("NFI-TWICE", level=Level.FILE)
def a_step_is_named_once(tally: StepTally, ctx: Context[Any]) -> Iterator[Found]:
    """Each step of a cycle is named once."""
    for line in tally.twice:
        yield Found("the step was named on an earlier line already", line, "activity")


def key_of(cycle: str, activity: str) -> str:
    return f"{cycle}:{activity}"


def steps(chunk: Chunk, tally: Tally, ctx: Context[Any]) -> Iterator[Item]:
    for row in chunk.rows():
        data = {
            name: row[name] or None for name in ("cycle", "activity", "from", "to", "owner", "what", "note")
        }
        yield Item("NFI_STEP", row.line, key_of(row["cycle"], row["activity"]), 0, DAY.read(row["to"]), data)


def step_moves(taken: Taken, ctx: Context[Any]) -> Iterator[Move]:
    """A step that is known keeps its state; its days are those of the newest file."""
    item, records = taken.item, ctx.facts.records
    known = records.get(KIND, item.reference) if records else None
    yield Move(kind=KIND, key=item.reference, to=None if known else PLANNED, data=item.data)


def asked(old: Record | None, new: Record, facts: Facts) -> Iterable[Task]:
    """Whoever owns a step says when it is done."""
    if old is None and new.state == PLANNED:
        title = f"NFI {new.data['cycle']}: {new.data['what']}, by {new.data['to']}"
        told = {word: Move(kind=KIND, key=new.key, to=to) for word, to in _ANSWERS.items()}
        yield Task("nfi step", title, answers=told)


_ANSWERS = {"done": DONE, "not needed": NOT_NEEDED}


def last_day(record: Record, facts: Facts) -> date | None:
    return DAY.read(str(record.data["to"]))


def sentence(record: Record) -> str:
    return f"NFI {record.data['cycle']}: {record.data['what']}"


STEP_LIFE = Lifecycle(
    kind=KIND,
    title="Steps of the NFI's timetable",
    begins=(PLANNED,),
    moves={PLANNED: (DONE, NOT_NEEDED), DONE: (PLANNED,), NOT_NEEDED: (PLANNED,)},
    deadlines=(Deadline("nfi step", PLANNED, last_day, sentence),),
    when=asked,
    compartment=Compartment.FRAUD,
)

CALENDAR = Feed(
    name="rtb_fraud.nfi_calendar",
    title="The timetable of an NFI exercise",
    direction=Direction.IN,
    formats={"nfi-calendar-csv1": Delimited([STEP], header=True)},
    tally=StepTally,
    checks=(a_step_ends_after_it_starts, a_step_is_named_once),
    items=steps,
    looks_up=(Lookup(KIND, lambda item: (item.reference,)),),
    moves=step_moves,
    keeps_items=False,
    compartment=Compartment.FRAUD,
)


def standing_in_the_way(records: Records, cycle: str, today: date) -> Iterator[str]:
    """Why no file of a cycle may be handed over today, in sentences."""
    notice = records.get(KIND, key_of(cycle, PRIVACY_NOTICE))
    if notice is None or notice.state != DONE:
        yield f"the privacy notice declaration of {cycle} is not recorded as done (nfi_step {PRIVACY_NOTICE})"
    submit = records.get(KIND, key_of(cycle, SUBMIT))
    start = submit.data.get("from") if submit else None
    if start and today < DAY.read(str(start)):
        yield f"the web application takes files of {cycle} from {start} on"


def days_of_extract(records: Records, cycle: str) -> tuple[date, date] | None:
    """From which day to which the timetable has extracts made; None where it does not say."""
    step = records.get(KIND, key_of(cycle, EXTRACT))
    if step is None:
        return None
    last = str(step.data["to"])
    return DAY.read(str(step.data.get("from") or last)), DAY.read(last)


def keys_of(cycle: str) -> tuple[str, ...]:
    """The steps that are asked for here."""
    return tuple(key_of(cycle, step) for step in (PRIVACY_NOTICE, SUBMIT, EXTRACT))

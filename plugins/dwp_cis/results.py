"""What came of enquiries: rows that a driver makes of DWP's answers, or that an officer keys.

Source: formats page dwp_cis.md, sections 5.4 and 6. The layout is this project's own. Only what the enquiry
asked for may stand in a row; the facts are sealed and go when the purpose's time is over.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from hub.api import (
    Answered,
    Answers,
    Chunk,
    Code,
    Compartment,
    Context,
    Day,
    Direction,
    Disposition,
    Feed,
    Found,
    Item,
    ItemState,
    Layout,
    Level,
    Matching,
    Need,
    On,
    Pounds,
    SentItem,
    Severity,
    Table,
    Taken,
    Tally,
    check,
    column,
)
from plugins.dwp_cis.access import FEED, KIND, LOOKS_UP, answered, scopes_of
from plugins.dwp_cis.enquiries import CHECK_REF
from plugins.dwp_cis.management import THE_MONTH
from plugins.dwp_cis.purposes import FACTS, FOUND, NO_MATCH, OUTCOMES, beyond
from plugins.dwp_cis.settings import Enquiring, EnquiryOptions, settings_of

FORMAT = "dwp-results-csv1"
KIND_OF_ANSWER = "result"
TRI = Code("YES", "NO", "UNKNOWN")
RESULT = Layout(
    "result",
    (
        column("check_ref", CHECK_REF),
        column("outcome", Code(*OUTCOMES)),
        column("detail", Matching("[A-Z0-9_ ]{0,60}", "a code in capitals"), required=False),
        column("date_of_death", Day("%Y-%m-%d"), required=False, personal=True),
        column(
            "benefits",
            Matching(r"[^\x00-\x1f\x7f-\x9f]{0,2000}", "text of up to 2,000 characters"),
            required=False,
            personal=True,
            note="type:status:start:end:periodicity:pence, with ; between them",
        ),
        column("housing_element", Pounds(), required=False, personal=True),
        column("managed_payment", TRI, required=False, personal=True),
        column("payee_is_landlord", TRI, required=False, personal=True),
        column("arrears_deduction", Pounds(), required=False, personal=True),
        column("next_payment_date", Day("%Y-%m-%d"), required=False, personal=True),
        column("dropped", Matching("[A-Z_ ]{0,60}", "scopes"), required=False, note="not asked for"),
    ),
)
PERSONAL = tuple(field.name for field in RESULT.fields if field.personal)
TABLE = Table(RESULT)
"""Columns are found by their names, so that an officer may fill in the worksheet and hand that back."""


class ResultTally(Tally):
    """How many answers, of each outcome."""

    def __init__(self, ctx: Context[Any]) -> None:
        super().__init__(ctx)
        self.outcomes: Counter[str] = Counter()
        self.refs: Counter[str] = Counter()

    def add(self, chunk: Chunk) -> None:
        self.records += len(chunk)
        self.outcomes.update(chunk.columns["outcome"])
        self.refs.update(chunk.columns["check_ref"])

    def totals(self) -> Mapping[str, str | int]:
        return {"count": self.records, "value": "0.00", **dict(sorted(self.outcomes.items()))}


def result_items(chunk: Chunk, tally: ResultTally, ctx: Enquiring) -> Iterator[Item]:
    """Until the enquiry is found, the longest of the times that purposes keep things counts for nothing: the
    shortest does, and the record gets its own."""
    settings, today = settings_of(ctx.facts), ctx.facts.today
    for row in chunk.rows():
        personal = {name: row[name] for name in PERSONAL if row[name].strip()}
        data = {"outcome": row["outcome"], "detail": row["detail"].strip() or None}
        on = today or Day("%Y-%m-%d").read("1970-01-01")
        soonest = min([settings.keep_for, *settings.keep_days.values()])
        yield Item("RESULT", row.line, row["check_ref"], 0, on, data, personal, on + timedelta(days=soonest))


@check("DWP-RESULT-REF", level=Level.FILE)
def reference_comes_once(tally: ResultTally, ctx: Enquiring) -> Iterator[Found]:
    """No two answers of a file are to the same enquiry."""
    twice = sorted(reference for reference, count in tally.refs.items() if count > 1)
    if twice:
        yield Found(f"DUPLICATE_REF: {twice[0]} is answered more than once; nothing of the file is stored")


@check("DWP-RESULT-UNKNOWN", level=Level.CROSS, needs=(Need.SENT,))
def answers_what_was_asked(taken: Sequence[Taken], ctx: Enquiring) -> Iterator[Found]:
    """Each answer is to an enquiry that left and has none yet: anything else may be a mix-up of data, so
    nothing of the file is stored."""
    for one in taken:
        if one.disposition.answers is None:
            yield Found(
                f"{one.item.reference} was not asked, or is answered already: a mix-up of data? Tell the "
                "information asset owner",
                one.item.line,
            )


@check("DWP-RESULT-SCOPE", level=Level.CROSS, needs=(Need.RECORDS,))
def answers_no_more_than_asked(taken: Sequence[Taken], ctx: Enquiring) -> Iterator[Found]:
    """No answer holds what was not asked for, nor facts about somebody who was not found."""
    records = ctx.facts.records
    for one in taken:
        record = records.get(KIND, one.item.reference) if records else None
        if record is None:
            continue
        facts = {name: one.item.personal.get(name, "") for name in FACTS}
        if more := beyond(scopes_of(record.data["scopes"]), facts):
            yield Found(f"it holds {', '.join(more)}, which was not asked for; leave it out", one.item.line)
        if one.item.data["outcome"] not in FOUND and any(facts.values()):
            yield Found(f"facts stand beside {one.item.data['outcome']}; leave them out", one.item.line)


@check("DWP-RESULT-DROPPED", level=Level.RECORD, severity=Severity.WARNING)
def more_was_answered(chunk: Chunk, tally: ResultTally, ctx: Enquiring) -> Iterator[Found]:
    """DWP, or a gateway, answered more than was asked for; it was not stored. The information asset owner
    should know."""
    for line, dropped in zip(chunk.lines, chunk.columns["dropped"], strict=True):
        if dropped.strip():
            yield Found(f"{dropped.strip()} was answered and not asked for; it was dropped", line)


def match_result(item: Item, ctx: Enquiring, sent: SentItem | None) -> Disposition:
    if sent is None:
        return Disposition(ItemState.REJECTED, reason="no enquiry waits for this answer")
    return Disposition(ItemState.NOTED, sent.account, answers=sent.id)


def says(item: Item) -> Answered:
    return Answered.REFUSED if item.data["outcome"] == NO_MATCH else Answered.ACCEPTED


RESULTS = Feed(
    name="dwp_cis.result",
    title="What DWP answered",
    direction=Direction.IN,
    formats={FORMAT: TABLE},
    tally=ResultTally,
    options=EnquiryOptions,
    checks=(
        reference_comes_once,
        more_was_answered,
        answers_what_was_asked,
        answers_no_more_than_asked,
    ),
    items=result_items,
    match=match_result,
    answers=Answers(
        FEED,
        KIND_OF_ANSWER,
        rules=(On(fits=lambda item, sent: KIND_OF_ANSWER not in sent.answered),),
        says=says,
        why=lambda item: str(item.data["outcome"]),
    ),
    looks_up=(LOOKS_UP, THE_MONTH),
    moves=answered,
    compartment=Compartment.DWP,
    personal_data=PERSONAL,
)

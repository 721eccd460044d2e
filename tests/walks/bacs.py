"""A stranger's plug-in that collects by Direct Debit: runs, what banks say of a run, and what they return.

It is written against `hub.api` and the pages under `hub/docs/` alone; its layouts are its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Literal

from hub.api import (
    MANDATE_KIND,
    Answered,
    Answers,
    Context,
    Day,
    Delimited,
    DeliveryState,
    Direction,
    Disposition,
    Feed,
    Found,
    Item,
    ItemState,
    Layout,
    Left,
    Level,
    Lookup,
    Mandate,
    MandateChange,
    Matching,
    Move,
    Need,
    Number,
    On,
    Options,
    Output,
    Pounds,
    Rendered,
    RentTransaction,
    Rest,
    SentItem,
    Severity,
    Taken,
    Tally,
    Text,
    Waiting,
    check,
    column,
    format_pounds,
)

PENCE, DAY = Pounds(), Day("%Y-%m-%d")
MANDATE = (Lookup(MANDATE_KIND, keys=lambda item: [item.reference]),)


def _csv(name: str, *columns: Any) -> Delimited:
    return Delimited([Layout(name, columns)], header=True)


def _posting(one: Taken, kind: str, on: date) -> list[RentTransaction]:
    amount = one.item.amount
    return [
        RentTransaction(
            transaction_id=one.id,
            payment_ref=one.disposition.account or "",
            tenancy_ref=None,
            kind=kind,
            method_code=None,
            type_code="RDD",
            transaction_date=on,
            post_date=on,
            amount=amount,
            external_ref=one.item.reference,
        )
    ]


# A run: the rent system's file becomes a numbered submission, or goes on as it came


class RunOptions(Options):
    """sun: whose money it is; largest: pence that one debit may be; mode: whether the hub writes the file"""

    a_route_sets = ("sun",)

    sun: str = ""
    days: Literal["single", "multi"] = "single"
    largest: int | None = None
    mode: Literal["build", "forward"] = "build"


RUN = _csv(
    "call",
    column("mandate", Text()),
    column("account", Text()),
    column("amount", PENCE),
    column("day", DAY),
    column("serial", Text(), required=False),
)


def _serials(options: RunOptions) -> str:
    return f"walk.serial:{options.sun}"


class RunTally(Tally):
    """Also the processing days, and the serials that a file which is written already brings."""

    def __init__(self, ctx: Context[Any]) -> None:
        super().__init__(ctx)
        self.days: set[date] = set()
        self.serials: set[str] = set()

    def add(self, chunk: Any) -> None:
        super().add(chunk)
        self.value += sum(map(PENCE.read, chunk.columns["amount"]))
        self.days |= set(map(DAY.read, chunk.columns["day"]))
        self.serials |= set(filter(None, chunk.columns["serial"]))

    def totals(self) -> Mapping[str, str | int]:
        return {**super().totals(), "contra": format_pounds(self.value)}

    def business_date(self) -> date | None:
        return min(self.days, default=None)

    def used(self) -> Mapping[str, frozenset[str]]:
        return {_serials(self.ctx.options): frozenset(self.serials)}


def _calls(chunk: Any, tally: Any, ctx: Context[Any]) -> Iterator[Item]:
    for row in chunk.rows():
        data = {"account": row["account"]}
        yield Item("CALL", row.line, row["mandate"], -PENCE.read(row["amount"]), DAY.read(row["day"]), data)


def _to_its_mandate(item: Item, ctx: Context[Any], sent: SentItem | None) -> Disposition:
    mandate = ctx.facts.records.get(MANDATE_KIND, item.reference)
    if mandate is None or mandate.account != item.data["account"]:
        return Disposition(ItemState.HELD, reason="no mandate of this account")
    return Disposition(ItemState.TAKEN, mandate.account)


@check("WALK-S1", level=Level.FILE)
def one_day(tally: RunTally, ctx: Context[RunOptions]) -> Iterator[Found]:
    """A run of single days is for one processing day."""
    if ctx.options.days == "single" and len(tally.days) > 1:
        yield Found("the run names more than one processing day", field="day")


@check("WALK-S2", level=Level.HISTORY, needs=(Need.HISTORY,))
def serial_is_new(tally: RunTally, ctx: Context[RunOptions]) -> Iterator[Found]:
    """No serial is used a second time, whoever drew the first."""
    for serial in sorted(tally.serials & ctx.facts.history.used.get(_serials(ctx.options), frozenset())):
        yield Found(f"the serial {serial} was used before", field="serial")


@check("WALK-S3", level=Level.RECORD, severity=Severity.HOLD_ITEM, options=("largest",))
def not_too_large(chunk: Any, tally: Any, ctx: Context[RunOptions]) -> Iterator[Found]:
    """A debit above the limit waits for a person."""
    for line, text in zip(chunk.lines, chunk.columns["amount"], strict=True):
        if PENCE.read(text) > (ctx.options.largest or 0):
            yield Found("the debit is above the limit", line, "amount")


@check("WALK-S4", level=Level.CROSS, needs=(Need.TODAY, Need.CALENDAR), at_send=True)
def input_day_is_not_missed(taken: Sequence[Taken], ctx: Context[Any]) -> Iterator[Found]:
    """What is to be processed on a day leaves on the working day before it, or earlier."""
    for day in sorted({one.item.on for one in taken}):
        last = ctx.facts.calendar.add_working_days(day, -1)
        if ctx.facts.today > last:
            yield Found(f"the last input day for {day} was {last}")


@check("WALK-S5", level=Level.CROSS, severity=Severity.HOLD_ITEM, needs=(Need.RECORDS,), at_send=True)
def mandate_is_live(taken: Sequence[Taken], ctx: Context[Any]) -> Iterator[Found]:
    """Nothing is collected under a mandate that has ended, in the moment of sending either."""
    for one in taken:
        mandate = ctx.facts.records.get(MANDATE_KIND, one.item.reference)
        if mandate is None or mandate.state != "ACTIVE":
            yield Found(f"the mandate {one.item.reference} is not live", one.item.line)


def _built(carried: Sequence[Taken], ctx: Context[Any]) -> Rendered:
    """With the bank details that the record of the mandate holds, and a contra over all."""
    numbers, lines = ctx.moment.numbers, []
    for one in carried:
        bank = ctx.facts.records.get(MANDATE_KIND, one.item.reference).personal
        lines.append(
            f"{bank['sort_code']}{bank['account_number']},{one.item.reference},"
            f"{format_pounds(-one.item.amount)}\n"
        )
    contra = format_pounds(-sum(one.item.amount for one in carried))
    text = "".join([*lines, f"CONTRA,{numbers['serial']},{numbers['file']},{contra}\n"])
    name, told = f"RUN_{numbers['serial']:06}.txt", {"count": len(lines), "contra": contra}
    return Rendered(name, text.encode(), told, identity=f"{ctx.options.sun}/{numbers['serial']}")


def _forwards(ctx: Context[Any]) -> bool:
    return bool(ctx.options.mode == "forward")


def _collected(carried: Sequence[Taken], left: Left, ctx: Context[Any]) -> Iterator[Waiting]:
    """Once the banks have taken the run, its money is posted on the day on which it comes in."""
    for one in carried if left.state is DeliveryState.CONFIRMED else ():
        if left.answers.get(one.id) is not Answered.REFUSED:
            entry = ctx.facts.calendar.add_working_days(one.item.on, 1)
            item = Item("COLLECTED", 1, one.item.reference, one.item.amount, entry)
            yield Waiting("walk.collected", "WALK_COLLECTED", item, account=one.disposition.account)


def _serial_scope(carried: Sequence[Taken], ctx: Context[Any]) -> str:
    return _serials(ctx.options)


def _file_scope(carried: Sequence[Taken], ctx: Context[Any]) -> str:
    return f"walk.file:{ctx.options.sun}:{carried[0].item.on}"


RUNS = Feed(
    name="walk.runs",
    title="Runs of collections",
    direction=Direction.OUT,
    formats={"csv": RUN},
    tally=RunTally,
    options=RunOptions,
    items=_calls,
    match=_to_its_mandate,
    looks_up=MANDATE,
    checks=(one_day, serial_is_new, not_too_large, input_day_is_not_missed, mandate_is_live),
    outputs=(
        Output(
            "submission",
            ("CALL",),
            write=_built,
            forward=_forwards,
            becomes=ItemState.SENT,
            numbers=(Number("serial", _serial_scope), Number("file", _file_scope, last=9)),
        ),
    ),
    left=_collected,
)


def _made(one: Taken, ctx: Context[Any]) -> list[RentTransaction]:
    return _posting(one, "RECEIPT", one.item.on)


def _journal(carried: Sequence[Taken], ctx: Context[Any]) -> Rendered:
    total = format_pounds(sum(one.item.amount for one in carried))
    return Rendered(f"JOURNAL_{ctx.moment.transfer_id}.txt", f"BANK,{total}\n".encode(), {"net": total})


COLLECTED = Feed(
    name="walk.collected",
    title="What was collected",
    direction=Direction.IN,
    gathers=("WALK_COLLECTED",),
    outputs=(
        Output("posting", ("COLLECTED",), makes=_made),
        Output("journal", ("COLLECTED",), write=_journal),
    ),
)

# What the banks say of a run: its silence takes all that it does not name

REPORT = _csv(
    "report",
    column("run", Text()),
    column("mandate", Text(), required=False),
    column("refused", Text(), required=False),
)


class ReportTally(Tally):
    run: str | None = None

    def add(self, chunk: Any) -> None:
        super().add(chunk)
        self.run = chunk.columns["run"][0]


def _refusals(chunk: Any, tally: Any, ctx: Context[Any]) -> Iterator[Item]:
    today = ctx.facts.today or date.min
    for row in chunk.rows():
        if row["mandate"]:
            yield Item("REFUSAL", row.line, row["mandate"], 0, today, {"why": row["refused"]})


def _of_a_run(item: Item, ctx: Context[Any], sent: SentItem | None) -> Disposition:
    if sent is None:
        return Disposition(ItemState.HELD, reason="the run holds no such debit")
    return Disposition(ItemState.NOTED, sent.account, answers=sent.id)


REPORTS = Feed(
    name="walk.input_report",
    title="Input reports",
    direction=Direction.IN,
    formats={"csv": REPORT},
    tally=ReportTally,
    items=_refusals,
    match=_of_a_run,
    answers=Answers(
        "walk.runs",
        "input",
        (On(lambda item, sent: True),),
        why=lambda item: item.data["why"],
        whole=lambda tally: tally.run,
        rest=lambda tally: Rest(Answered.ACCEPTED),
    ),
)

# What a bank returns: the money goes back, the mandate may end, and somebody may have to write to the payer

REASONS = {"0": "REFER TO PAYER", "1": "INSTRUCTION CANCELLED", "B": "ACCOUNT CLOSED"}
ENDS, ACTS = {"1", "B"}, {"0"}
UNPAID = _csv(
    "unpaid",
    column("sun", Text()),
    column("mandate", Text()),
    column("amount", PENCE),
    column("processed", DAY),
    column("code", Matching("[0-9A-Z]{4}", expected="four characters")),
    column("text", Text()),
)


class UnpaidTally(Tally):
    def __init__(self, ctx: Context[Any]) -> None:
        super().__init__(ctx)
        self.suns: set[str] = set()

    def add(self, chunk: Any) -> None:
        super().add(chunk)
        self.suns |= set(chunk.columns["sun"])


@check("WALK-U1", level=Level.FILE, foreign=True)
def is_ours(tally: UnpaidTally, ctx: Context[RunOptions]) -> Iterator[Found]:
    """The report is about our own service user number."""
    if tally.suns != {ctx.options.sun}:
        yield Found("the report is about another service user number")


@check("WALK-U2", level=Level.RECORD, severity=Severity.HOLD_ITEM)
def code_and_text_agree(chunk: Any, tally: Any, ctx: Context[Any]) -> Iterator[Found]:
    """The first character of the code is the reason; where the text says another, somebody looks."""
    for line, code, text in zip(chunk.lines, chunk.columns["code"], chunk.columns["text"], strict=True):
        if REASONS.get(code[0]) != text:
            yield Found(f"the code {code} does not mean what the text says", line, "text")


def _returns(chunk: Any, tally: Any, ctx: Context[Any]) -> Iterator[Item]:
    for row in chunk.rows():
        data, on = {"reason": row["code"][0]}, DAY.read(row["processed"])
        yield Item("UNPAID", row.line, row["mandate"], PENCE.read(row["amount"]), on, data)


def _to_its_debit(item: Item, ctx: Context[Any], sent: SentItem | None) -> Disposition:
    if sent is None:
        return Disposition(ItemState.HELD, reason="no such debit was sent")
    return Disposition(ItemState.TAKEN, sent.account, answers=sent.id)


def _becomes(one: Taken, ctx: Context[Any]) -> Iterator[Move]:
    if one.item.data["reason"] in ENDS:
        reason = REASONS[one.item.data["reason"]].lower()
        yield Move(kind=MANDATE_KIND, key=one.item.reference, to="CANCELLED", reason=reason)


def _reversal(one: Taken, ctx: Context[Any]) -> list[RentTransaction]:
    return _posting(one, "REVERSAL", ctx.moment.business_date)


def _changed(one: Taken, ctx: Context[Any]) -> list[MandateChange]:
    mandate: Mandate | None = ctx.facts.register.mandate(one.item.reference)
    ends = mandate is not None and one.item.data["reason"] in ENDS
    return [MandateChange(mandate, {"status": "CANCELLED"})] if mandate and ends else []


def _actions(carried: Sequence[Taken], ctx: Context[Any]) -> Rendered:
    wanted = [one for one in carried if one.item.data["reason"] in ACTS]
    lines = [f"{one.disposition.account},ARREARS LETTER\n" for one in wanted]
    return Rendered(f"ACTIONS_{ctx.moment.transfer_id}.txt", "".join(lines).encode(), {"count": len(lines)})


def _same_debit(item: Item, sent: SentItem) -> bool:
    return (item.amount, item.on) == (-sent.amount, sent.on)


def _same_money(item: Item, sent: SentItem) -> bool:
    return item.amount == -sent.amount


RETURNS = Feed(
    name="walk.unpaid",
    title="Debits that banks returned",
    direction=Direction.IN,
    formats={"csv": UNPAID},
    tally=UnpaidTally,
    options=RunOptions,
    items=_returns,
    match=_to_its_debit,
    moves=_becomes,
    looks_up=MANDATE,
    checks=(is_ours, code_and_text_agree),
    answers=Answers(
        "walk.runs",
        "unpaid",
        (On(_same_debit), On(_same_money, alone=True)),
        why=lambda item: REASONS[item.data["reason"]].lower(),
        settles=False,
    ),
    outputs=(
        Output("reversal", ("UNPAID",), makes=_reversal),
        Output("mandate_change", ("UNPAID",), makes=_changed, of=MandateChange),
        Output("action", ("UNPAID",), write=_actions),
    ),
)

FEEDS: Iterable[Feed] = (RUNS, COLLECTED, REPORTS, RETURNS)

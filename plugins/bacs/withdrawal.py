"""The Withdrawal report: a submission that was taken out of Bacs again, so that nothing of it happens.

Source: formats page bacs.md, section 6.5.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from hub.api import (
    Answered,
    Answers,
    Chunk,
    Context,
    Disposition,
    Found,
    Item,
    ItemState,
    Level,
    Need,
    Rest,
    SentItem,
    Severity,
    check,
    format_pounds,
)
from plugins.bacs.auddis import SUBMISSIONS
from plugins.bacs.layouts import MONEY
from plugins.bacs.report_layouts import WITHDRAWAL_TOTALS, WITHDRAWN
from plugins.bacs.reports import OF_ANOTHER_USER, ReportTally
from plugins.bacs.settings import WithdrawalOptions
from plugins.bacs.tally import submission_identity

WITHDRAWAL = "WITHDRAWAL"
Options = Context[WithdrawalOptions]


class WithdrawalTally(ReportTally):
    """Which submission was withdrawn, and what its days add up to: debits and credits."""

    user_in = (WITHDRAWN,)

    def add(self, chunk: Chunk) -> None:
        super().add(chunk)
        if chunk.layout is WITHDRAWAL_TOTALS:
            self.value += sum(told(row, side) for row in chunk.rows() for side in ("debit", "credit"))
        elif chunk.layout is WITHDRAWN:
            self.records += len(chunk)

    def totals(self) -> Mapping[str, str | int]:
        return {"count": self.records, "value": format_pounds(self.value)}

    def about(self) -> str | None:
        """What the submission went out as: the report names its sender, which may be a bureau."""
        user = self.ctx.options.service_user_number
        return submission_identity(user, self.users[0]["serial"].strip()) if user and self.users else None

    def identity(self) -> str | None:
        about = None if somebody_elses(self, self.ctx) else self.about()
        return f"{about}/withdrawn" if about else None


def told(row: Mapping[str, str] | Any, side: str) -> int:
    """Pence of the debits or the credits; a blank is none."""
    text = row[side].strip()
    return MONEY.read(text) if text else 0


@check("WITHDR-01", level=Level.FILE)
def one_submission_is_named(tally: WithdrawalTally, ctx: Options) -> Iterator[Found]:
    """The report names one submission."""
    if len(tally.users) != 1:
        yield Found(f"the report names {len(tally.users)} submissions", expected="one")


@check("WITHDR-02", level=Level.FILE, options=("service_user_number",), foreign=True)
def withdrawal_is_ours(tally: WithdrawalTally, ctx: Options) -> Iterator[Found]:
    """The report names us, or the bureau that submits for us (`bureau_number`), as the sender."""
    ours = {ctx.options.service_user_number, ctx.options.bureau_number}
    for user in tally.users:
        if user["service_user_number"].strip() not in ours:
            yield Found(OF_ANOTHER_USER, user.line, "service_user_number")


def somebody_elses(tally: WithdrawalTally, ctx: Options) -> bool:
    """Whether the report names another sender: then nothing of it is kept."""
    return withdrawal_is_ours.obstacle(ctx) is None and any(withdrawal_is_ours.run(tally, ctx))


@check("WITHDR-04", level=Level.HISTORY, severity=Severity.WARNING, needs=(Need.SENT,))
def sums_are_those_sent(tally: WithdrawalTally, ctx: Options) -> Iterator[Found]:
    """The debits or credits told are those that we sent. Whether contras are counted is not published, so one
    side that agrees is enough."""
    if ctx.facts.about is None or not tally.rows(WITHDRAWAL_TOTALS):
        return
    sent = sum(one.amount for one in ctx.facts.sent or ())
    sides = [sum(told(row, side) for row in tally.rows(WITHDRAWAL_TOTALS)) for side in ("debit", "credit")]
    if sent not in (*sides, sum(sides)):
        shown = " and ".join(map(format_pounds, sides))
        yield Found(f"debits and credits withdrawn are {shown}, we sent {format_pounds(sent)}")


@check("WITHDR-05", level=Level.FILE, severity=Severity.HOLD)
def submission_was_withdrawn(tally: WithdrawalTally, ctx: Options) -> Iterator[Found]:
    """What was withdrawn collects and pays nothing: a person looks, before it counts as refused."""
    for user in tally.users:
        serial = user["serial"].strip()
        yield Found(f"submission {serial} was withdrawn: nothing of it is collected or paid", user.line)


WITHDRAWAL_CHECKS = (
    one_submission_is_named,
    withdrawal_is_ours,
    sums_are_those_sent,
    submission_was_withdrawn,
)


def withdrawal_items(chunk: Chunk, tally: WithdrawalTally, ctx: Options) -> Iterator[Item]:
    """One WITHDRAWAL a submission."""
    if chunk.layout is WITHDRAWN and not somebody_elses(tally, ctx):
        for row in chunk.rows():
            yield Item(WITHDRAWAL, row.line, row["serial"].strip(), 0, ctx.facts.today or date.min)


def match_withdrawal(item: Item, ctx: Options, sent: SentItem | None) -> Disposition:
    return Disposition(ItemState.NOTED)


def _rest(tally: WithdrawalTally) -> Rest:
    return Rest(Answered.REFUSED, "the submission was withdrawn")


WITHDRAWAL_ANSWERS = Answers(
    SUBMISSIONS,
    kind="withdrawn",
    rules=(),
    whole=WithdrawalTally.about,
    unknown="a CSV file is not known by the serial that the bureau gave it before its Input report has come, "
    "and this report tells neither its day nor how many payments it has: see by its sums which one it is, "
    "and ask the bureau",
    rest=_rest,
)

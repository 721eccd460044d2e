"""Which rows of an export belong into an extract at all (sections 3.1 to 3.4, Q09 and Q13). Asked first, so
that nobody is told of faults in rows that stay behind anyway."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from hub.api import Chunk, Context, Found, Level, Need
from plugins.rtb_fraud.nfi_quality import quality
from plugins.rtb_fraud.nfi_settings import (
    CreditorOptions,
    ExtractOptions,
    PaymentOptions,
    RtbExtractOptions,
    TenantOptions,
    WaitingListOptions,
)
from plugins.rtb_fraud.nfi_tally import ExtractTally, cycle_of, extract_date, rows_of
from plugins.rtb_fraud.nfi_values import day_of


@quality("Q09", "drop", fields=("asset_type",))
def only_homes(chunk: Chunk, tally: ExtractTally, ctx: Context[TenantOptions]) -> Iterator[Found]:
    """Homes only: no garages, sheds or shops; temporary accommodation as the route says. A row without an
    asset type is taken for a home."""
    homes = ctx.options.residential | (ctx.options.temporary if ctx.options.with_temporary else frozenset())
    for line, kind in rows_of(chunk, tally, "asset_type"):
        if kind and kind.upper() not in homes:
            told = "temporary accommodation" if kind.upper() in ctx.options.temporary else "no home"
            yield Found(f"asset_type {kind} is {told}", line, "asset_type", " or ".join(sorted(homes)))


@quality("Q13", "drop", fields=("suppressed",))
def nobody_who_is_suppressed(
    chunk: Chunk, tally: ExtractTally, ctx: Context[ExtractOptions]
) -> Iterator[Found]:
    """Persons whom the council keeps out of sight (domestic abuse, witness protection) leave only as its
    written decision says, which the option `decision` names; without it the file is refused."""
    for line, flag in rows_of(chunk, tally, "suppressed"):
        if flag.upper() not in ("Y", "YES", "TRUE", "1"):
            continue
        if not ctx.options.decision:
            tally.undecided += 1
            tally.first_undecided = tally.first_undecided or line
        if ctx.options.suppressed == "exclude" or not ctx.options.decision:
            yield Found("the person is suppressed, and stays out", line, "suppressed")


@quality("LIVE", "drop", fields=("tenancy_end",), needs=(Need.TODAY,))
def only_live_tenancies(chunk: Chunk, tally: ExtractTally, ctx: Context[ExtractOptions]) -> Iterator[Found]:
    """Tenancies that are live on the day of the extract: those that ended by then stay behind."""
    on = extract_date(ctx)
    for line, text in rows_of(chunk, tally, "tenancy_end"):
        ended = day_of(text, ctx.options.dates) if text else None
        if on is not None and ended is not None and ended <= on:
            yield Found("the tenancy had ended", line, "tenancy_end", f"no end, or one after {on}")


@quality("LIVE", "drop", fields=("rtb_stage", "completion_date"))
def only_applications_of_the_period(
    chunk: Chunk, tally: ExtractTally, ctx: Context[RtbExtractOptions]
) -> Iterator[Found]:
    """All open applications, and those completed since the day that the cycle sets."""
    start = ctx.options.completed_from or date(int(cycle_of(ctx.facts)[:4]) - 2, 4, 1)
    for line, stage, text in rows_of(chunk, tally, "rtb_stage", "completion_date"):
        completed = day_of(text, ctx.options.dates) if text and stage == "X" else None
        if completed is not None and completed < start:
            yield Found(
                "was completed before the period", line, tally.label("completion_date"), f"{start} on"
            )


@quality("LIVE", "drop", fields=("status",))
def only_what_is_active(
    chunk: Chunk, tally: ExtractTally, ctx: Context[WaitingListOptions | CreditorOptions]
) -> Iterator[Found]:
    """Active applications only; creditors that are neither dormant nor suspended."""
    for line, status in rows_of(chunk, tally, "status"):
        if status and status.upper() not in ctx.options.active:
            yield Found(f"status {status} is not active", line, tally.label("status"))


@quality("LIVE", "drop", fields=("payment_date",))
def only_payments_of_the_period(
    chunk: Chunk, tally: ExtractTally, ctx: Context[PaymentOptions]
) -> Iterator[Found]:
    """Payments of the period that the specification sets, where the route says which."""
    start, end = ctx.options.paid_from or date.min, ctx.options.paid_to or date.max
    for line, text in rows_of(chunk, tally, "payment_date"):
        paid = day_of(text, ctx.options.dates)
        if paid is not None and not start <= paid <= end:
            yield Found("was paid outside the period", line, tally.label("payment_date"), f"{start} to {end}")


@quality("Q13", "stop", level=Level.FILE, fields=("suppressed",))
def suppression_was_decided(tally: ExtractTally, ctx: Context[ExtractOptions]) -> Iterator[Found]:
    """What becomes of persons who are suppressed is a written decision of the council."""
    if tally.undecided:
        yield Found(
            f"{tally.undecided} rows are of suppressed persons, and the route names no decision about them",
            tally.first_undecided,
            "suppressed",
            "the option `decision`: which written decision says whether they stay out",
        )


SELECTION = (
    only_homes,
    nobody_who_is_suppressed,
    only_live_tenancies,
    only_applications_of_the_period,
    only_what_is_active,
    only_payments_of_the_period,
    suppression_was_decided,
)

"""The extracts that the NFI takes: one feed a data set, all made by one declaration."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO

from hub.api import (
    Chunk,
    Compartment,
    Context,
    Direction,
    Disposition,
    Feed,
    Item,
    ItemState,
    Keep,
    Lookup,
    Number,
    Output,
    Rendered,
    SentItem,
    Taken,
    days,
)
from plugins.rtb_fraud import nfi_timetable
from plugins.rtb_fraud.nfi_columns import all_columns, default_columns
from plugins.rtb_fraud.nfi_field_checks import FIELD_CHECKS
from plugins.rtb_fraud.nfi_file import ExtractFile
from plugins.rtb_fraud.nfi_file_checks import FILE_CHECKS, may_be_handed_over
from plugins.rtb_fraud.nfi_manifest import built, handed_over
from plugins.rtb_fraud.nfi_person_checks import PERSON_CHECKS
from plugins.rtb_fraud.nfi_quality import checks_for
from plugins.rtb_fraud.nfi_selection import SELECTION
from plugins.rtb_fraud.nfi_settings import (
    CreditorOptions,
    ExtractOptions,
    OtherOptions,
    PaymentOptions,
    PayrollOptions,
    RtbExtractOptions,
    TenantOptions,
    WaitingListOptions,
)
from plugins.rtb_fraud.nfi_tally import ExtractTally, cycle_of, extract_date
from plugins.rtb_fraud.nfi_writing import NUMBER, counter, look_up, rewritten
from plugins.rtb_fraud.settings import DEFAULTS, FraudSettings

EXTRACT = "NFI_EXTRACT"
FORMAT = "export"


def the_extract(chunk: Chunk, tally: ExtractTally, ctx: Context[ExtractOptions]) -> Iterator[Item]:
    """One item stands for the whole file: its rows are nobody's business in the hub."""
    on = extract_date(ctx)
    if tally.begun or on is None:
        return
    cycle, dataset = cycle_of(ctx.facts), ctx.options.name
    data = {
        "cycle": cycle,
        "dataset": dataset,
        "extracted_on": on.isoformat(),
        "columns": ctx.options.mapping_version,
        "query": ctx.options.query or None,
    }
    yield Item(EXTRACT, chunk.lines[0], f"{cycle}:{dataset}", 0, on, data)


def leaves_whole(item: Item, ctx: Context[ExtractOptions], sent: SentItem | None) -> Disposition:
    return Disposition(ItemState.TAKEN)


def _steps(item: Item) -> tuple[str, ...]:
    return nfi_timetable.keys_of(str(item.data["cycle"]))


def _keep(settings: Any) -> Keep:
    """So long an extract may be wanted again (formats page rtb_fraud.md, 10)."""
    chosen = settings if isinstance(settings, FraudSettings) else DEFAULTS
    return days(chosen.nfi.keep_extract_days)


def extract(options: type[ExtractOptions], title: str) -> Feed:
    """The feed of a data set; without columns of its own it has those that the route says."""
    dataset = options.dataset
    columns = default_columns(dataset) or all_columns()
    fields, kinds = {one.field for one in columns}, {str(one.format) for one in columns}
    checks = checks_for((*SELECTION, *FIELD_CHECKS, *PERSON_CHECKS, *FILE_CHECKS), fields, kinds)
    number = Number(NUMBER, counter, shared=True)

    lookup = Output("lookup", (EXTRACT,), write=look_up, numbers=(number,))
    lookups = (lookup,) if any(one.format == "code" and one.header for one in columns) else ()

    def write(stream: BinaryIO, carried: Sequence[Taken], ctx: Context[ExtractOptions]) -> Rendered:
        return rewritten(feed, stream, ctx)

    feed = Feed(
        name=f"rtb_fraud.nfi_{dataset or 'other'}",
        title=title,
        direction=Direction.OUT,
        options=options,
        formats={FORMAT: ExtractFile(dataset)},
        tally=ExtractTally,
        checks=(*checks, may_be_handed_over),
        items=the_extract,
        match=leaves_whole,
        looks_up=(Lookup(nfi_timetable.KIND, _steps),),
        moves=built,
        left=handed_over,
        outputs=(Output("extract", (EXTRACT,), rewrite=write, numbers=(number,)), *lookups),
        compartment=Compartment.FRAUD,
        keep=_keep,
    )
    return feed


EXTRACTS = (
    extract(TenantOptions, "NFI: housing tenants"),
    extract(RtbExtractOptions, "NFI: Right to Buy"),
    extract(WaitingListOptions, "NFI: housing waiting list"),
    extract(CreditorOptions, "NFI: trade creditors, standing data"),
    extract(PaymentOptions, "NFI: trade creditors, payment history"),
    extract(PayrollOptions, "NFI: payroll"),
    extract(OtherOptions, "NFI: any other data set, with the columns that its route says"),
)
TENANTS, RTB, WAITING_LIST, CREDITORS, PAYMENTS, PAYROLL, OTHER = EXTRACTS

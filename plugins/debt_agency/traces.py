"""An address that an agency has traced: proposed to a person, or passed on to the rent system without one.

The second only where a route sets `auto_accept_trace_min`, and never while the account is on hold or the
address withheld. The file is this project's own layout, nobody's official one. Source: debt_agency.md,
sections 3.6, 7 and 8.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar

from pydantic import Field

from hub.api import (
    CannotRender,
    Context,
    Day,
    Delimited,
    Disposition,
    Found,
    Item,
    ItemState,
    Layout,
    Level,
    Matching,
    Need,
    Number,
    Output,
    Record,
    Rendered,
    Severity,
    Taken,
    Text,
    check,
    column,
)
from plugins.debt_agency.holds import stopping
from plugins.debt_agency.placements import placement_of
from plugins.debt_agency.settings import AgencyOptions
from plugins.debt_agency.types import POSTCODE, upto

LINE = upto(60)
ADDRESSES, LAYOUT, NUMBER = "addresses", "project.traced_address.1", "number"


class TraceOptions(AgencyOptions):
    """auto_accept_trace_min: the agency's own confidence, 0 to 100, from which a traced address goes to the
    rent system without a person; none = each is proposed to one
    """

    goes_by: ClassVar[Mapping[str, str]] = {**AgencyOptions.goes_by, "auto_accept_trace_min": ADDRESSES}

    auto_accept_trace_min: int | None = Field(default=None, ge=0, le=100)


Options = Context[Any]
"""With options that are `TraceOptions`, or more."""


def is_new_address(item: Item) -> bool:
    return (item.data["event_type"], item.data["code"]) == ("TRC", "N")


def disposition(item: Item, placement: Record, ctx: Options) -> Disposition:
    """TAKEN where it goes to the rent system by itself; else noted, with the reason where that is set."""
    least = ctx.options.auto_accept_trace_min
    if least is None:
        return Disposition(ItemState.NOTED, placement.account)
    if (why := next(_doubts(item, placement, least, ctx), None)) is not None:
        return Disposition(ItemState.NOTED, placement.account, f"a person looks at it: {why}")
    said = f"the agency's confidence is {item.personal['value_6']}, at least {least}"
    return Disposition(ItemState.TAKEN, placement.account, said)


def _doubts(item: Item, placement: Record, least: int, ctx: Options) -> Iterator[str]:
    """Why a person must look at an address first."""
    confidence, postcode = item.personal.get("value_6", "").strip(), item.personal.get("value_5", "").strip()
    if not (confidence.isdigit() and least <= int(confidence) <= 100):
        yield f"the agency's confidence is “{confidence}”, and {least} to 100 is asked"
    if not POSTCODE.fits(postcode):
        yield "its postcode is none"
    if not all(LINE.fits(item.personal.get(f"value_{number}", "")) for number in range(1, 5)):
        yield "a line of it has more than 60 characters"
    if placement.account is None:
        yield "the debt's rent account is not known"
    if placement.data.get("withheld"):
        yield "the debtor's address is withheld"
    yield from (f"the account is on hold ({code})" for code, _ in stopping(ctx.facts, placement.account))


@check("DA-14", level=Level.CROSS, severity=Severity.HOLD_ITEM, needs=(Need.RECORDS,), at_send=True)
def address_may_still_go(taken: Sequence[Taken], ctx: Options) -> Iterator[Found]:
    """A traced address goes to the rent system by itself only while nothing makes a person look at it first,
    such as a hold on the account or a withheld address."""
    least = ctx.options.auto_accept_trace_min
    for one in taken:
        placement = placement_of(one.item, ctx.facts)
        if one.disposition.state is not ItemState.TAKEN or placement is None or least is None:
            continue
        if (why := next(_doubts(one.item, placement, least, ctx), None)) is not None:
            yield Found(f"a person looks at the traced address: {why}", one.item.line, "code")


def proposed(one: Taken, placement: Record) -> str:
    """What a person is asked; it names nobody."""
    because = f" ({one.disposition.reason})" if one.disposition.reason else ""
    says = f"{placement.data['agency']} has traced a party of {placement.key}{because}"
    return f"{says}: look at the address that it proposes."


TRACED = Layout(
    "address",
    (
        column("payment_ref", Text()),
        column("placement_ref", Text()),
        column("party_no", Text(), required=False, note="of the placement; blank = its debtor"),
        *(column(f"address{number}", LINE, required=False, personal=True) for number in range(1, 5)),
        column("postcode", POSTCODE, personal=True),
        column("source", Text(), note="the agency"),
        column("event_id", Text(), note="of the agency's"),
        column("traced_on", Day("%Y-%m-%d")),
        column("confidence", Matching("[0-9]{1,3}", "0 to 100")),
    ),
)
CSV = Delimited([TRACED], encoding="utf-8", header=True)


def _counted(taken: Sequence[Taken], ctx: Options) -> str:
    return f"debt_agency.addresses:{ctx.options.council_id}/{ctx.options.agency_id}"


def write_addresses(taken: Sequence[Taken], ctx: Options) -> Rendered:
    """One row an address, for the rent system to take over. Raises CannotRender."""
    if ctx.moment is None:
        raise CannotRender("the day and the number of this file are not known here")
    rows = [CSV.write_row(TRACED, _values(one, ctx)) for one in taken]
    number, day = ctx.moment.numbers[NUMBER], ctx.moment.business_date
    name = f"TRACED_{ctx.options.council_id}_{ctx.options.agency_id}_{day:%Y%m%d}_{number:06}.csv"
    return Rendered(name, CSV.encode(rows, "\r\n"), {"layout": LAYOUT, "count": len(rows)})


def _values(one: Taken, ctx: Options) -> Mapping[str, Any]:
    item, placement = one.item, placement_of(one.item, ctx.facts)
    lines = {f"address{number}": item.personal.get(f"value_{number}") or None for number in range(1, 5)}
    return {
        "payment_ref": one.disposition.account,
        "placement_ref": placement.key if placement else item.reference,
        "party_no": item.data["party_no"],
        **lines,
        "postcode": item.personal["value_5"].strip(),
        "source": ctx.options.called,
        "event_id": item.data["event_id"],
        "traced_on": item.on,
        "confidence": item.personal["value_6"].strip(),
    }


OUTPUT = Output(
    ADDRESSES,
    takes=("AGENCY_EVENT",),
    write=write_addresses,
    numbers=(Number(NUMBER, _counted, policy="no_gap"),),
)

"""How matches are worked: what staff decided comes in as a sheet, and leaves as a sheet to be keyed back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from hub.api import (
    CannotRender,
    Chunk,
    Compartment,
    Context,
    DeliveryState,
    Direction,
    Feed,
    Found,
    Item,
    ItemState,
    Left,
    Level,
    Lookup,
    Move,
    Need,
    Output,
    Rendered,
    Taken,
    Tally,
    check,
    write_table_csv,
)
from plugins.rtb_fraud.match_import import known_of, nobody_is_tipped_off, outcome_faults
from plugins.rtb_fraud.match_layout import STATUS, WORKED, key_of
from plugins.rtb_fraud.match_life import (
    CLOSED,
    CONFLICT,
    FRAUD,
    KIND,
    NOT_SELECTED,
    PENDING,
    STATES,
    STATUS_FEED,
    WAITS_AS,
    kept_until,
)
from plugins.rtb_fraud.settings import settings_of


class WorkTally(Tally):
    """Counts the lines."""

    def add(self, chunk: Chunk) -> None:
        self.records += len(chunk)

    def totals(self) -> Mapping[str, str | int]:
        return {"count": self.records, "value": "0.00"}


@check("NFI-OUTCOME", level=Level.RECORD)
def outcome_fits(chunk: Chunk, tally: Tally, ctx: Context[Any]) -> Iterator[Found]:
    """What is closed has an outcome, and nothing else has one; a fraud has a value; one that is not selected
    has its reason."""
    for row in chunk.rows():
        status, outcome = row["new_status"].strip(), row["outcome"].strip()
        if status not in STATES:
            yield Found(
                "the status is a word that is not known here", row.line, "new_status", " or ".join(STATES)
            )
        yield from (Found(told, row.line, "outcome") for told in outcome_faults(status, outcome))
        if status == NOT_SELECTED and not row["note"].strip():
            yield Found("a match that is not selected has its reason", row.line, "note")
        if status == FRAUD and not (row["value_detected"] or row["value_prevented"]):
            yield Found("a fraud has a value, detected or prevented", row.line, "value_detected", "pence")


@check("NFI-UNKNOWN", level=Level.CROSS, needs=(Need.RECORDS,))
def match_is_known(taken: Sequence[Taken], ctx: Context[Any]) -> Iterator[Found]:
    """The match that is worked is one that came in."""
    for one in taken:
        if known_of(one.item, ctx) is None:
            yield Found(f"there is no match {one.item.reference}", one.item.line, "match_id")


def worked(chunk: Chunk, tally: Tally, ctx: Context[Any]) -> Iterator[Item]:
    on = ctx.facts.today or date.min
    for row in chunk.rows():
        data: dict[str, Any] = {
            name: row[name].strip() or None for name in ("outcome", "recovering", "investigator")
        }
        data |= {
            name: int(row[name]) if row[name] else None for name in ("value_detected", "value_prevented")
        }
        key = key_of(row["cycle"].strip(), row["report_no"].strip(), row["match_id"].strip())
        personal = {"note": row["note"].strip()} if row["note"].strip() else {}
        yield Item("NFI_WORK", row.line, key, 0, on, {**data, "status": row["new_status"].strip()}, personal)


def work_moves(taken: Taken, ctx: Context[Any]) -> Iterator[Move]:
    """The match comes into the state that staff say; nobody keyed it into the application yet."""
    item = taken.item
    status = str(item.data["status"])
    data = {name: value for name, value in item.data.items() if name != "status" and value is not None}
    if status in CLOSED:
        data["closed_at"] = item.on.isoformat()
        cycle = item.reference.partition(":")[0]
        data["value_estimated"] = settings_of(ctx.facts).nfi.worth(cycle, data.get("outcome"))
    yield Move(
        kind=KIND,
        key=item.reference,
        to=status,
        data={**data, PENDING: status, CONFLICT: None},
        personal=item.personal,
        expires=kept_until(status, ctx.facts),
    )


WORK_FEED = Feed(
    name="rtb_fraud.nfi_work",
    title="What staff decided about matches of the NFI",
    direction=Direction.IN,
    formats={"nfi-work": WORKED},
    tally=WorkTally,
    checks=(outcome_fits, nobody_is_tipped_off, match_is_known),
    items=worked,
    looks_up=(Lookup(KIND, lambda item: (item.reference,)),),
    moves=work_moves,
    compartment=Compartment.FRAUD,
    personal_data=("note",),
)


def newest(carried: Sequence[Taken]) -> list[Item]:
    """Of several decisions about one match the last."""
    return list({one.item.reference: one.item for one in carried}.values())


def sheet(carried: Sequence[Taken], ctx: Context[Any]) -> Rendered:
    """What staff key into the application: a line a match. Opened with a spreadsheet, nothing of it is a
    formula."""
    if ctx.moment is None:
        raise CannotRender("the sheet has no day yet")
    rows = [
        {name: _cell(item, name) for name in (field.name for field in STATUS.fields)}
        for item in newest(carried)
    ]
    return Rendered(
        f"NFI_status_{ctx.moment.business_date:%Y%m%d}.csv",
        write_table_csv(STATUS, rows),
        {"count": len(rows)},
    )


def _cell(item: Item, name: str) -> Any:
    value = item.data.get(name)
    if name == "closed_at":
        return date.fromisoformat(str(value)) if value else None
    return value if name in ("value_detected", "value_prevented", "recovering") else value or ""


def keyed(carried: Sequence[Taken], left: Left, ctx: Context[Any]) -> Iterator[Move]:
    """Somebody has keyed it into the application; the next list shows whether it is there."""
    if left.state is DeliveryState.SENT:
        for item in newest(carried):
            yield Move(kind=KIND, key=item.reference, data={"keyed": left.reference})


STATUS_SHEET = Feed(
    name=STATUS_FEED,
    title="What is keyed into the NFI's application about matches",
    direction=Direction.OUT,
    gathers=(WAITS_AS,),
    looks_up=(Lookup(KIND, lambda item: (item.reference,)),),
    outputs=(Output("sheet", (WAITS_AS,), write=sheet, becomes=ItemState.POSTED),),
    left=keyed,
    compartment=Compartment.FRAUD,
)

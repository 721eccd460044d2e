"""A stranger's plug-in that hands debts to an agency: placements, holds, acknowledgements and remittances.

It is written against `hub.api` and the pages under `hub/docs/` alone; its layouts are its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from hub.api import (
    HOLD,
    Answered,
    Answers,
    BilledLine,
    Context,
    Day,
    Deadline,
    Delimited,
    DeliveryState,
    Direction,
    Disposition,
    Facts,
    Feed,
    Found,
    Item,
    ItemState,
    Layout,
    Left,
    Level,
    Lifecycle,
    Lookup,
    Matching,
    Move,
    Need,
    Number,
    On,
    Output,
    Pounds,
    Record,
    Rendered,
    RentTransaction,
    SentItem,
    Severity,
    Side,
    Taken,
    Task,
    Tax,
    Text,
    Waiting,
    check,
    column,
    effective_holds,
    format_pounds,
    supplier_invoice,
    to_be_booked,
)
from hub.api import Follow as Followed

DEBT = "walk_debt"
PENCE, DAY = Pounds(), Day("%Y-%m-%d")
LATE = timedelta(days=90)
"""So long after a debt was closed its payments are still the council's to take."""


def _csv(name: str, *columns: Any) -> Delimited:
    return Delimited([Layout(name, columns)], header=True)


def _move(key: str, to: str | None = None, **more: Any) -> Move:
    return Move(kind=DEBT, key=key, to=to, **more)


# The record: DRAFT until it is sent, PLACED while the agency has it


def _in_five_days(debt: Record, facts: Facts) -> date | None:
    return facts.calendar.add_working_days(facts.today, 5) if facts.calendar and facts.today else None


def _what_follows(old: Record | None, new: Record, facts: Facts) -> Iterable[Waiting | Task]:
    if old is None:
        item = Item("PLACEMENT", 1, new.key, int(new.data["pence"]), facts.today or date.min)
        yield Waiting("walk.placements", "WALK_PLACEMENT", item, account=new.account)
    elif new.state == "DRAFT" and old.state == "PLACED":
        yield Task("mend", f"The agency did not take {new.key}: {new.data.get('refused')}", fact="mended")
    elif new.data.get("missing") and not old.data.get("missing"):
        yield Task("missing", f"The agency's list does not name {new.key}", fact="found")


def _hold_changed(old: Record | None, hold: Record, facts: Facts) -> Iterator[Move | Waiting]:
    """What the agency has must be told at once; what was not sent yet is kept back by its condition."""
    word = "HOLD" if hold.state == "ACTIVE" else "RELEASE"
    for debt in facts.records.about(DEBT, hold.account or "") if facts.records else ():
        if debt.state in ("PLACED", "ON_HOLD"):
            yield _move(debt.key, "ON_HOLD" if word == "HOLD" else "PLACED", reason=f"hold {hold.key}")
            item = Item("HOLD_CHANGE", 1, debt.key, 0, facts.today or date.min, {"word": word})
            yield Waiting("walk.holds", "WALK_HOLD_CHANGE", item, account=debt.account)


LIFE = Lifecycle(
    kind=DEBT,
    title="Debts",
    begins=("DRAFT",),
    moves={
        "DRAFT": ("PLACED",),
        "PLACED": ("DRAFT", "ACCEPTED", "ON_HOLD", "CLOSED"),
        "ACCEPTED": ("ON_HOLD", "CLOSED"),
        "ON_HOLD": ("PLACED", "CLOSED"),
    },
    deadlines=(Deadline("ack", "PLACED", _in_five_days, "the agency has not acknowledged it"),),
    when=_what_follows,
    follows=(Followed(HOLD, _hold_changed, looks_up=(Lookup(DEBT, accounts=True),)),),
    owner="debts",
)


# From the rent system: what shall be placed

TO_PLACE = _csv("debt", column("debt", Text()), column("account", Text()), column("amount", PENCE))


def _debts(chunk: Any, tally: Any, ctx: Context[Any]) -> Iterator[Item]:
    for row in chunk.rows():
        data = {"account": row["account"]}
        today = ctx.facts.today or date.min
        yield Item("DEBT", row.line, row["debt"], PENCE.read(row["amount"]), today, data)


def _made(one: Taken, ctx: Context[Any]) -> Iterator[Move]:
    item = one.item
    yield _move(item.reference, "DRAFT", account=item.data["account"], data={"pence": item.amount})


DEBTS = Feed(
    name="walk.debts",
    title="Debts to be placed",
    direction=Direction.IN,
    formats={"csv": TO_PLACE},
    items=_debts,
    moves=_made,
)


# Out: placements, with a number each and a sequence without gap, and holds before anything else

HELD_AND_ITS_DEBT = (Lookup(HOLD, accounts=True), Lookup(DEBT, keys=lambda item: [item.reference]))


def _may_go(one: Taken, ctx: Context[Any]) -> str | None:
    """Why a debt is not placed now (E03 of its list); None when it is."""
    account = one.disposition.account or ""
    if effective_holds(ctx.facts.records, account, ctx.facts.today):
        return f"{account} is on hold"
    return None


@check("WALK-E03", level=Level.CROSS, severity=Severity.HOLD_ITEM, needs=(Need.RECORDS,), at_send=True)
def not_on_hold(taken: Sequence[Taken], ctx: Context[Any]) -> Iterator[Found]:
    """Nobody is pursued whose account is on hold, in the moment of sending either."""
    for one in taken:
        if why := _may_go(one, ctx):
            yield Found(why, one.item.line)


def _placement_file(carried: Sequence[Taken], ctx: Context[Any]) -> Rendered:
    moment = ctx.moment
    number = moment.numbers["sequence"]
    lines = [
        f"{moment.number_of(one, 'line')},{one.item.reference},{format_pounds(one.item.amount)}\n"
        for one in carried
    ]
    called = {one.id: {"agency_line": str(moment.number_of(one, "line"))} for one in carried}
    return Rendered(f"PLACE_{number:06}.csv", "".join(lines).encode(), {"count": len(lines)}, called=called)


def _placed(carried: Sequence[Taken], ctx: Context[Any]) -> Iterator[Move]:
    yield from (_move(one.item.reference, "PLACED") for one in carried)


def _gone(carried: Sequence[Taken], left: Left, ctx: Context[Any]) -> Iterator[Move]:
    if left.state is DeliveryState.SENT:
        yield from (_move(one.item.reference, data={"sent": True}) for one in carried)


PLACEMENTS = Feed(
    name="walk.placements",
    title="Placements to the agency",
    direction=Direction.OUT,
    gathers=("WALK_PLACEMENT",),
    conditions={"free": _may_go},
    checks=(not_on_hold,),
    looks_up=HELD_AND_ITS_DEBT,
    outputs=(
        Output(
            "placement",
            ("PLACEMENT",),
            write=_placement_file,
            becomes=ItemState.SENT,
            numbers=(
                Number("sequence", lambda carried, ctx: "walk.placement", policy="no_gap"),
                Number("line", lambda carried, ctx: "walk.line", policy="no_gap", each=True),
            ),
        ),
    ),
    leaves=_placed,
    left=_gone,
)


def _hold_file(carried: Sequence[Taken], ctx: Context[Any]) -> Rendered:
    number = ctx.moment.numbers["sequence"]
    lines = [f"{one.item.reference},{one.item.data['word']}\n" for one in carried]
    return Rendered(f"HOLD_{number:06}.csv", "".join(lines).encode(), {"count": len(lines)})


HOLDS = Feed(
    name="walk.holds",
    title="Holds to the agency",
    direction=Direction.OUT,
    gathers=("WALK_HOLD_CHANGE",),
    outputs=(
        Output(
            "hold",
            ("HOLD_CHANGE",),
            write=_hold_file,
            numbers=(Number("sequence", lambda carried, ctx: "walk.hold", policy="no_gap"),),
        ),
    ),
)


# In: acknowledgements, and money

ACK = _csv(
    "ack",
    column("line", Text()),
    column("word", Matching("Y|N", expected="Y or N")),
    column("why", Text(), required=False),
)


def _acks(chunk: Any, tally: Any, ctx: Context[Any]) -> Iterator[Item]:
    for row in chunk.rows():
        data = {"word": row["word"], "why": row["why"]}
        yield Item("ACK", row.line, row["line"], 0, ctx.facts.today or date.min, data)


def _about(item: Item, ctx: Context[Any], sent: SentItem | None) -> Disposition:
    if sent is None:
        return Disposition(ItemState.HELD, reason="it acknowledges nothing that was sent")
    return Disposition(ItemState.NOTED, sent.account, answers=sent.id)


def _acknowledged(one: Taken, ctx: Context[Any]) -> Iterator[Move]:
    sent = next(sent for sent in ctx.facts.sent or () if sent.id == one.disposition.answers)
    if one.item.data["word"] == "Y":
        yield _move(sent.reference, "ACCEPTED")
    else:
        yield _move(sent.reference, "DRAFT", data={"refused": one.item.data["why"]})


def _says(item: Item) -> Answered:
    return Answered.ACCEPTED if item.data["word"] == "Y" else Answered.REFUSED


ACKS = Feed(
    name="walk.acks",
    title="Acknowledgements",
    direction=Direction.IN,
    formats={"csv": ACK},
    items=_acks,
    match=_about,
    moves=_acknowledged,
    answers=Answers(
        "walk.placements",
        "acknowledgement",
        (On(lambda item, sent: True, among="agency_line"),),
        says=_says,
        why=lambda item: item.data["why"] or None,
        kinds=("PLACEMENT",),
    ),
)

MONEY = _csv(
    "payment",
    column("debt", Text()),
    column("kind", Matching("PA|PAR|DP|DPR", expected="PA, PAR, DP or DPR")),
    column("gross", PENCE),
    column("commission", PENCE),
    column("day", DAY),
)


def _payments(chunk: Any, tally: Any, ctx: Context[Any]) -> Iterator[Item]:
    """Paid to the agency (PA, and PAR taken back), or to the council itself (DP, DPR): that is known here."""
    for row in chunk.rows():
        kind, gross = row["kind"], PENCE.read(row["gross"])
        data = {"kind": kind, "commission": PENCE.read(row["commission"])}
        named = "PAYMENT" if kind in ("PA", "PAR") else "DIRECT"
        yield Item(named, row.line, row["debt"], -gross, DAY.read(row["day"]), data)


def _to_its_debt(item: Item, ctx: Context[Any], sent: SentItem | None) -> Disposition:
    debt = ctx.facts.records.get(DEBT, item.reference)
    if debt is None:
        return Disposition(ItemState.SUSPENDED, reason="UNKNOWN_DEBT")
    if debt.state == "CLOSED" and item.on > date.fromisoformat(debt.data["closed"]) + LATE:
        return Disposition(ItemState.SUSPENDED, reason="TOO_LATE", candidates=(debt.account or "",))
    state = ItemState.NOTED if item.kind == "DIRECT" else ItemState.TAKEN
    return Disposition(state, debt.account)


def _posting(one: Taken, ctx: Context[Any]) -> list[RentTransaction]:
    item = one.item
    return [
        RentTransaction(
            transaction_id=one.id,
            payment_ref=one.disposition.account or "",
            tenancy_ref=None,
            kind="RECEIPT" if item.amount < 0 else "REVERSAL",
            method_code=None,
            type_code="DCA",
            transaction_date=item.on,
            post_date=item.on,
            amount=item.amount,
            external_ref=item.reference,
        )
    ]


def _commission(carried: Sequence[Taken], left: Left, ctx: Context[Any]) -> Iterator[Waiting]:
    """The agency keeps it: finance books its invoice, once the money is posted."""
    net = sum(int(one.item.data["commission"]) for one in carried)
    if left.state is DeliveryState.SENT and net:
        line = BilledLine(side=Side.COMMISSION, net=net, vat=0, tax=Tax.OUTSIDE, text="commission")
        day = ctx.moment.business_date
        yield to_be_booked(supplier_invoice(f"C-{ctx.moment.transfer_id}", "AGENCY", day, day, [line]))


PAYMENTS = Feed(
    name="walk.payments",
    title="Payments of the agency",
    direction=Direction.IN,
    formats={"csv": MONEY},
    items=_payments,
    match=_to_its_debt,
    looks_up=(Lookup(DEBT, keys=lambda item: [item.reference]),),
    outputs=(Output("posting", ("PAYMENT",), makes=_posting),),
    left=_commission,
)

# In: what the agency gives back, and the list of all that it has

RETURNED = _csv("return", column("debt", Text()), column("code", Text()))
LISTED = _csv("inventory", column("debt", Text()), column("balance", PENCE))


def _rows(kind: str) -> Any:
    def items(chunk: Any, tally: Any, ctx: Context[Any]) -> Iterator[Item]:
        today = ctx.facts.today or date.min
        yield from (Item(kind, row.line, row["debt"], 0, today) for row in chunk.rows())

    return items


def _closed(one: Taken, ctx: Context[Any]) -> Iterator[Move]:
    yield _move(one.item.reference, "CLOSED", data={"closed": one.item.on.isoformat()})


def _known(item: Item, ctx: Context[Any], sent: SentItem | None) -> Disposition:
    if ctx.facts.records.get(DEBT, item.reference) is None:
        return Disposition(ItemState.HELD, reason="the agency has a debt that nobody placed")
    return Disposition(ItemState.NOTED)


def _missing(listed: Sequence[Taken], ctx: Context[Any]) -> Iterator[Move]:
    named = {one.item.reference for one in listed}
    for debt in ctx.facts.records.all(DEBT):
        if debt.state in ("ACCEPTED", "ON_HOLD") and debt.key not in named:
            yield _move(debt.key, data={"missing": ctx.facts.today.isoformat()})


RETURNS = Feed(
    name="walk.returns",
    title="Debts given back",
    direction=Direction.IN,
    formats={"csv": RETURNED},
    items=_rows("RETURN"),
    moves=_closed,
)
INVENTORY = Feed(
    name="walk.inventory",
    title="All that the agency has",
    direction=Direction.IN,
    formats={"csv": LISTED},
    items=_rows("LISTED"),
    match=_known,
    unnamed=_missing,
    looks_up=(Lookup(DEBT),),
)

FEEDS = [DEBTS, PLACEMENTS, HOLDS, ACKS, PAYMENTS, RETURNS, INVENTORY]

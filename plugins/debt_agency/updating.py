"""What changed of placed debts, as agencies are sent it (UPD). Source: debt_agency.md, section 3.4."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from functools import partial

from hub.api import (
    CannotRender,
    Chunk,
    Context,
    Found,
    Item,
    ItemState,
    Level,
    Move,
    Need,
    Record,
    Rendered,
    Severity,
    Taken,
    Waiting,
    check,
    format_pounds,
)
from plugins.debt_agency import codes
from plugins.debt_agency.canonical import PARTY_LINE, UPD, UPDATE_LINE
from plugins.debt_agency.debts import address_of, addressed, person
from plugins.debt_agency.exceptions import exception
from plugins.debt_agency.file_checks import OUR_FILE_CHECKS
from plugins.debt_agency.holds import EVERY, stopping
from plugins.debt_agency.lines import Line, Proof, could_be_written, own_layout, write_file
from plugins.debt_agency.placements import AT_AN_AGENCY, OF_THE_ITEM, PLACEMENT, placement_of
from plugins.debt_agency.settings import AgencyOptions
from plugins.debt_agency.tally import AgencyTally
from plugins.debt_agency.types import MONEY

Options = Context[AgencyOptions]
WAITS_AS = ITEM = "PLACEMENT_UPDATE"
LOOKS_UP = (OF_THE_ITEM, *EVERY)
DIRECT = frozenset({"DPY", "DPR"})
CORRECTION, NOTE = "COR", "NTE"
FEED = "debt_agency.update"
NEW_CHARGES = frozenset({"ADJ+", "CST"})


@check("DA-UPD-1", level=Level.RECORD, layouts=("U",))
def signs_fit_their_type(chunk: Chunk, tally: AgencyTally, ctx: Options) -> Iterator[Found]:
    """What lowers a balance is negative, what raises it positive; notes and corrections are 0.00."""
    for row in chunk.rows():
        if (message := _wrong_sign(row["update_type"], MONEY.read(row["amount"]))) is not None:
            yield Found(message, row.line, "amount")


def _wrong_sign(kind: str, pence: int) -> str | None:
    sign = codes.SIGNS[kind]
    if (pence > 0) - (pence < 0) == sign:
        return None
    expected = {-1: "less than 0.00", 0: "0.00", 1: "more than 0.00"}[sign]
    return f"{kind} of {format_pounds(pence)}: expected {expected}"


CHECKS = (signs_fit_their_type,)
PROOF = Proof(partial(AgencyTally, kind=UPD), (*OUR_FILE_CHECKS, *CHECKS))


def of_the_agency(one: Taken, ctx: Options) -> str | None:
    """Condition `ours`: why a change is not one for this route's agency."""
    placement = placement_of(one.item, ctx.facts)
    if placement is not None and placement.data["agency"] != ctx.options.called:
        return f"the debt is with {placement.data['agency']}"
    return None


@check("DA-UPD-2", level=Level.CROSS, severity=Severity.REFUSE_ITEM, needs=(Need.RECORDS,), at_send=True)
def agency_has_the_debt(taken: Sequence[Taken], ctx: Options) -> Iterator[Found]:
    """What changed is a debt that an agency has, and the amount has the sign of its type."""
    for one in taken:
        if one.disposition.state is not ItemState.TAKEN:
            continue
        placement = placement_of(one.item, ctx.facts)
        if placement is None:
            yield Found(f"no placement is known as {one.item.reference}", one.item.line, "placement_ref")
        elif placement.state not in AT_AN_AGENCY and one.item.data.get("after") != placement.state:
            message = f"{placement.key} is {placement.state}: no agency has it"
            yield Found(message, one.item.line, "placement_ref")
        elif (wrong := _wrong_sign(str(one.item.data["update_type"]), one.item.amount)) is not None:
            yield Found(wrong, one.item.line, "amount")


@check("DA-UPD-4", level=Level.CROSS, severity=Severity.REFUSE_ITEM, needs=(Need.RECORDS,))
def can_be_written(taken: Sequence[Taken], ctx: Options) -> Iterator[Found]:
    """What changed fits the record that agencies are sent: a correction tells the party's address, the
    reference of a payment is one, the agency's layout has room for a note. A change that does not stays; the
    others go."""
    for one in taken:
        try:
            if one.item.data["update_type"] == NOTE and not _carries_notes(ctx):
                yield Found("DA-UPD-4: the agency's layout carries no notes", one.item.line, "text")
                continue
            could_be_written(_lines([one], ctx) if one.disposition.state is ItemState.TAKEN else [], ctx)
        except CannotRender as problem:
            yield Found(f"DA-UPD-4: {problem}", one.item.line)


def _carries_notes(ctx: Options) -> bool:
    layout = own_layout(ctx)
    return layout is None or any("text" in one.sources for one in layout.columns_of(UPDATE_LINE.name))


@check("DA-UPD-3", level=Level.CROSS, severity=Severity.HOLD_ITEM, needs=(Need.RECORDS, Need.TODAY),
       at_send=True)  # fmt: skip
def no_charge_in_a_moratorium(taken: Sequence[Taken], ctx: Options) -> Iterator[Found]:
    """No new charge is told an agency while the debtor is in a breathing space: nothing may be added to the
    debt (SI 2020/1311, regulation 7). It waits for a person."""
    for one in taken:
        held = {code for code, _ in stopping(ctx.facts, one.disposition.account or _account(one, ctx))}
        if one.item.data["update_type"] in NEW_CHARGES and held & codes.MORATORIA:
            yield Found("the debtor is in a breathing space", one.item.line, "update_type")


def _account(one: Taken, ctx: Options) -> str | None:
    placement = placement_of(one.item, ctx.facts)
    return placement.account if placement else None


def deletion(placement: Record, on: date, until: date) -> Waiting:
    """What the agency of a placement that has closed is told about what it knows (debt_agency.md, section 8):
    the basis for sharing has ended."""
    item = Item(
        WAITS_AS,
        0,
        placement.key,
        0,
        on,
        {"update_type": NOTE, "after": placement.state, "delete_by": until.isoformat()},
        {"text": f"Closed. Delete the personal data of this debt by {until}."},
    )
    return Waiting(FEED, WAITS_AS, item, placement.account)


def untold(taken: Sequence[Taken], ctx: Options) -> Iterator[Move]:
    """A deletion that no file can tell is told by a person, by the same day."""
    for one in taken:
        placement, until = placement_of(one.item, ctx.facts), one.item.data.get("delete_by")
        if placement is not None and until and one.disposition.state is ItemState.REJECTED:
            says = (
                f"No file can tell {placement.data['agency']} to delete what it knows of {placement.key} by "
                f"{until}: tell it by another way, and have it confirmed."
            )
            yield exception(f"{placement.key}/deletion", "DELETION", says, placement, by=until)


def moves(one: Taken, ctx: Options) -> Iterator[Move]:
    """The balance as the hub reckons it."""
    placement, amount = placement_of(one.item, ctx.facts), one.item.amount
    if placement is None or one.disposition.state is not ItemState.TAKEN:
        return
    data = placement.data
    direct = {"direct": int(data.get("direct", 0)) + amount}
    yield Move(
        kind=PLACEMENT,
        key=placement.key,
        data={
            "balance": int(data["balance"]) + amount,
            "adjusted": int(data["adjusted"]) + amount,
            **(direct if one.item.data["update_type"] in DIRECT else {}),
        },
        reason=f"{one.item.data['update_type']} is told the agency",
    )


def write_updates(taken: Sequence[Taken], ctx: Options) -> Rendered:
    """Raises CannotRender for what no file can carry."""
    return write_file(UPD, _lines(taken, ctx), ctx, PROOF)


def _lines(taken: Sequence[Taken], ctx: Options) -> list[Line]:
    """Each with the balance that it leads to: new_balance = the one before + amount."""
    balances: dict[str, int] = {}
    lines = []
    for one in sorted(taken, key=lambda one: (one.item.on, one.item.line)):
        item, placement = one.item, placement_of(one.item, ctx.facts)
        if placement is None:
            continue  # it was refused
        before = balances.get(placement.key, int(placement.data["balance"]))
        balances[placement.key] = before + item.amount
        values = {
            "placement_ref": placement.key,
            "update_type": item.data["update_type"],
            "effective_date": item.on,
            "amount": item.amount,
            "new_balance": balances[placement.key],
            "txn_id": item.data.get("txn_id"),
            "method": item.data.get("method"),
            "text": item.personal.get("text") or None,
        }
        lines.append(Line(UPDATE_LINE, values, one.id))
        if item.data["update_type"] == CORRECTION:
            lines.append(_party(item, placement))
    return lines


def _party(item: Item, placement: Record) -> Line:
    """The party of a correction as it is now. An address that is, or was when it was placed, to be withheld
    does not leave."""
    told, personal = item.data, item.personal
    status = "W" if placement.data.get("withheld") else str(told.get("party_address_status") or "L")
    lines = address_of(personal, "party_")
    return Line(
        PARTY_LINE,
        {
            "placement_ref": placement.key,
            "party_no": str(told["party_no"]),
            "role": told["party_role"],
            **person(personal, "party_"),
            **addressed(lines, status, withheld=status == "W"),
        },
    )

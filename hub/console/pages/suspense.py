"""Single items: money that matched no account, proposed by one and cleared by another; what is held."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Form
from fastapi.responses import Response

from hub.config.people import Right
from hub.console.here import Here, Looks, May, words
from hub.console.marks import link, state, transfer_link
from hub.console.wording import count, day, in_order, name_words, on_screen, pounds, told
from hub.engine.items import refuse_item, release_item
from hub.engine.suspended import Suspended, came_in, some_suspended
from hub.errors import UsageError
from hub.model import Account, ItemState, WorkKind
from hub.store.rows import ItemRow
from hub.transfer.inspect import masked

NAV = None
router = APIRouter()
SHOWN = 50
Text = Annotated[str, Form()]
Proposes = Annotated[Here, Depends(May(Right.PROPOSE))]
Releases = Annotated[Here, Depends(May(Right.RELEASE))]
RefusesItems = Annotated[Here, Depends(May(Right.REFUSE_ITEM))]
Clears = Annotated[Here, Depends(May(Right.CLEAR))]


@router.get("/suspense")
def suspense(here: Looks, band: str = "", after: str = "") -> Response:
    today = here.services.local(here.services.clock.now())
    with here.look() as look:
        sums = look.suspense_sums(came_in(today))
        found = some_suspended(look, today, band=band, after=after, limit=SHOWN + 1)
    kept = {"band": band} if band in sums else {}
    items = sum(items for one, (items, _) in sums.items() if not kept or one == band)
    shown = found[:SHOWN]
    more = {**kept, "after": shown[-1].item.id} if len(found) > SHOWN else {}
    return here.page(
        "suspense.html",
        band=band,
        sums=[
            (link(f"/suspense?{urlencode({'band': one})}", one.capitalize()), f"{items:,}", pounds(pence))
            for one, (items, pence) in sums.items()
            if items
        ],
        rows=[_row(held) for held in shown],
        summary=in_order(items, "item", "the oldest first"),
        older=f"/suspense?{urlencode(more)}" if more else None,
        newer=f"/suspense?{urlencode(kept)}" if after else None,
    )


def _row(held: Suspended) -> Sequence[object]:
    row, proposed = held.item, held.proposed
    told = f"{proposed.proposal['account']} by {proposed.proposed_by}" if proposed else ""
    days = count(held.days, "day")
    what, why = link(f"/items/{row.id}", row.reference), on_screen(row.reason or "")
    return what, pounds(row.amount), days, why, told


@router.get("/items/{id}")
def item(here: Looks, id: str) -> Response:
    with here.look() as look:
        row = look.item(id)
        asked = look.worklist(kinds=(WorkKind.SUSPENSE,), subject=("item", id), limit=1)
    proposed = asked[0] if asked else None
    mine = proposed is not None and proposed.proposed_by == here.viewer.login
    return here.page(
        "item.html",
        row=row,
        facts=_facts(row),
        proposed=proposed,
        candidates=_candidates(here, row),
        may_propose=row.state is ItemState.SUSPENDED and proposed is None and here.may(Right.PROPOSE),
        may_clear=proposed is not None and not mine and here.may(Right.CLEAR),
        mine=mine,
        may_let_go=row.state is ItemState.HELD and here.may(Right.RELEASE),
        may_give_up=row.state in (ItemState.HELD, ItemState.WAITING) and here.may(Right.REFUSE_ITEM),
    )


def _facts(row: ItemRow) -> list[tuple[str, object]]:
    shown = [(name_words(name), told(value)) for name, value in row.data.items()]
    hidden = [(name_words(name), masked(name, text)) for name, text in row.personal.items()]
    return [
        ("State", state(row.state.value)),
        ("Amount", pounds(row.amount)),
        ("Reference quoted", row.reference),
        ("For", day(row.on)),
        ("Why", on_screen(row.reason or "")),
        ("Rent account", row.account),
        (
            "Came with",
            transfer_link(row.transfer_id, f"its file, line {row.line}") if row.transfer_id else None,
        ),
        *shown,
        *hidden,
    ]


def _candidates(here: Here, row: ItemRow) -> list[tuple[str, str]]:
    """Accounts that a person might have meant, best first, with what the register says of each."""
    with here.services.store.read() as conn:
        register = here.services.registers.current(conn, here.services.store)
    return [(one, _told(register.account(one) if register else None, one)) for one in row.candidates]


def _told(account: Account | None, reference: str) -> str:
    if account is None:
        return f"{reference} (not in the register any more)"
    parts = [account.account_type.lower(), account.status.lower()]
    if account.tenancy_ref:
        parts.insert(0, f"tenancy {account.tenancy_ref}")
    return f"{account.payment_ref}: {', '.join(parts)}"


@router.post("/items/{id}/propose")
def propose(here: Proposes, id: str, account: Text = "", other: Text = "", reason: Text = "") -> Response:
    chosen = (other if account in ("", "other") else account).strip()
    if not chosen:
        raise UsageError("Choose one of the accounts, or enter another")
    here.hub.suspense.propose(id, chosen, words(reason))
    return here.done(f"/items/{id}", f"Proposed: {chosen}. Somebody else has to agree.")


@router.post("/items/{id}/clear")
def clear(here: Clears, id: str, reason: Text = "") -> Response:
    row = here.hub.suspense.clear(id, words(reason))
    routes = here.hub.suspense.posted_by(row)
    then = f"The next run of {' or '.join(routes)} posts it." if routes else "No route posts it yet."
    return here.done("/suspense", f"{pounds(row.amount)} goes to {row.account}. {then}")


@router.post("/items/{id}/refuse")
def refuse(here: Clears, id: str, reason: Text = "") -> Response:
    here.hub.suspense.refuse(id, words(reason))
    return here.done(f"/items/{id}", "It stays in suspense; something else may be proposed.")


@router.post("/items/{id}/let-go")
def let_go(here: Releases, id: str, reason: Text = "") -> Response:
    row = release_item(here.services, id, words(reason))
    return here.done(f"/items/{id}", f"{pounds(row.amount)} goes to {row.account} with the next run.")


@router.post("/items/{id}/give-up")
def give_up(here: RefusesItems, id: str, reason: Text = "") -> Response:
    refuse_item(here.services, id, words(reason))
    return here.done(f"/items/{id}", "It is refused, and goes nowhere.")

"""Transfers: found by what is known of them, listed newest first, and written out as CSV."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from string import hexdigits
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from hub.console.csv import csv_answer
from hub.console.forms import day_of, pence_of, whole_of
from hub.console.here import Here, Looks
from hub.console.known import partners_of, routes_of
from hub.console.marks import lines, nowrap, route_link, small, told_state, transfer_link
from hub.console.sought import SOUGHT, hidden, shown
from hub.console.wording import STATES, count, in_order, moment, on_screen, pounds
from hub.errors import UsageError
from hub.fields import nino
from hub.model import DeliveryState, TransferState, format_pounds
from hub.store.look import Look
from hub.store.look.search import Wanted
from hub.store.rows import TransferRow
from hub.transfer.states import derived_state

NAV = ("Transfers", "/transfers")
router = APIRouter()
PAGE = 50
MOST = 10_000
"""Rows of a CSV export; the filters make it shorter."""
_SHOWN = [state for state in dict.fromkeys([*TransferState, *DeliveryState]) if state != "READY"]
_MORE = ("partner", "business_date", "name", "sha256", "amount", "records", "check", "said", "reference")
"""Filters that are folded away until they are used."""
_FIRST = ("text", "route", "state", "first", "last")
_FREE = ("text", "name", "said", "reference")
"""Words, which might be somebody's data: no address has them (`hub.console.sought`)."""
Asked = Mapping[str, str]


@router.get("/transfers")
def transfers(here: Looks, before: str = "") -> Response:
    asked: Asked = dict.fromkeys((*_FIRST, *_MORE), "")
    try:
        asked = _asked(here)
        wanted = wanted_of(asked)
        with here.look() as look:
            found = look.search(wanted, before=before or None, limit=PAGE)
            number = look.count(wanted, None if before else found)
            states = look.told_states([row.id for row in found.rows])
    except UsageError as error:
        return here.page("transfers.html", 400, **_form(here, asked), problem=str(error), rows=None)
    kept = _parameters(here, asked)
    order = "the newest first"
    many = in_order(number.number, "transfer", order)
    next_page = f"/transfers?{urlencode({**kept, 'before': found.before})}" if found.before else None
    return here.page(
        "transfers.html",
        **_form(here, asked),
        problem=None,
        rows=[_row(row, states[row.id]) for row in found.rows],
        summary=f"{count(number.number, 'transfer')} or more, {order}" if number.more else many,
        back_to=moment(found.back_to) if found.back_to else None,
        older=next_page,
        newer=f"/transfers?{urlencode(kept)}" if before else None,
        export=f"/transfers.csv?{urlencode(kept)}",
    )


@router.post("/transfers")
def search(here: Looks) -> Response:
    """The form is sent so that its words are in no address; the page that it leads to may be loaded again."""
    asked = _cut(here.request.state.fields)
    return RedirectResponse(f"/transfers?{urlencode(_parameters(here, asked))}", 303)


@router.get("/transfers.csv")
def transfers_csv(here: Looks) -> Response:
    """The same as CSV, without personal values."""
    columns = ("transfer", "found", "state", "route", "partner", "feed", "file", "business_date")
    wanted = wanted_of(_asked(here))
    with here.look() as look:
        rows = [_line(row, states) for row, states in _all(look, wanted)]
    return csv_answer("transfers.csv", (*columns, "records", "value", "reason"), rows)


def _all(look: Look, wanted: Wanted) -> list[tuple[TransferRow, Sequence[DeliveryState]]]:
    found: list[tuple[TransferRow, Sequence[DeliveryState]]] = []
    before: str | None = None
    while len(found) < MOST:
        page = look.search(wanted, before=before, limit=500)
        states = look.told_states([row.id for row in page.rows])
        found += [(row, states[row.id]) for row in page.rows]
        before = page.before
        if before is None:
            break
    return found[:MOST]


def _asked(here: Here) -> Asked:
    """Raises UsageError for an address that was not made here."""
    given = here.request.query_params
    words = shown(here.services.store.keys, given.get(SOUGHT, ""))
    return _cut({name: (words if name in _FREE else given).get(name, "") for name in (*_FIRST, *_MORE)})


def _cut(given: Mapping[str, Any]) -> Asked:
    return {name: str(given.get(name, "")).strip()[:200] for name in (*_FIRST, *_MORE)}


def _parameters(here: Here, asked: Asked) -> dict[str, str]:
    """What an address says of them."""
    plain = {name: value for name, value in asked.items() if value and name not in _FREE}
    return plain | hidden(here.services.store.keys, {name: asked[name] for name in _FREE})


def wanted_of(asked: Asked) -> Wanted:
    """What a person filters by. Raises UsageError for what cannot be understood."""
    for name in ("text", "reference", "name", "said"):
        if nino.is_valid(asked[name]):
            raise UsageError("Look for a National Insurance number with Find, which keeps it secret.")
    if asked["sha256"] and not set(asked["sha256"].lower()) <= set(hexdigits):
        raise UsageError("A hash is written in the figures 0 to 9 and the letters a to f.")
    if asked["state"] and asked["state"] not in _SHOWN:
        raise UsageError(f"There is no state “{asked['state']}”.")
    plain = {name: asked[name] or None for name in ("text", "route", "state", "partner", "name", "sha256")}
    money, many = asked["amount"], asked["records"]
    first, last = day_of(asked["first"]), day_of(asked["last"])
    if first and last and last < first:
        raise UsageError("The last day lies before the first. Exchange them, or leave one out.")
    return Wanted(
        **plain,
        check=asked["check"] or None,
        said=asked["said"] or None,
        reference=asked["reference"] or None,
        first=first,
        last=last,
        business_date=day_of(asked["business_date"]),
        amount=abs(pence_of(money, "Enter the amount in pounds, such as 1234.50")) if money else None,
        records=whole_of(many, "Enter the number of records in figures") if many else None,
    )


def _form(here: Here, asked: Asked) -> dict[str, Any]:
    return {
        "asked": asked,
        "more": any(asked[name] for name in _MORE),
        "routes": [("", "Any"), *((route.id, route.id) for route in routes_of(here))],
        "partners": [("", "Any"), *((name, name) for name in partners_of(here))],
        "states": [("", "Any"), *((one.value, STATES[one.value][0]) for one in _SHOWN)],
    }


def _row(row: TransferRow, states: Sequence[DeliveryState]) -> Sequence[object]:
    name = transfer_link(row.id, row.name)
    if row.reason:
        name = lines([name, small(on_screen(row.reason))])
    found = nowrap(moment(row.found_at))
    return name, told_state(row, states), found, route_link(row.route), f"{row.records:,}", pounds(row.value)


def _line(row: TransferRow, states: Sequence[DeliveryState]) -> Sequence[object]:
    return (
        row.id,
        row.found_at.isoformat(),
        derived_state(row.state, states),
        row.route,
        row.partner,
        row.feed,
        row.name,
        row.business_date,
        row.records,
        format_pounds(row.value),
        row.reason,
    )

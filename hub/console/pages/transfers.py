"""Transfers: found by what is known of them, listed newest first, and written out as CSV."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from urllib.parse import urlencode

from fastapi import APIRouter
from fastapi.responses import Response
from markupsafe import Markup

from hub.console.csv import csv_answer
from hub.console.here import Here, Looks
from hub.console.marks import route_link, told_state, transfer_link
from hub.console.wording import STATES, moment, pounds
from hub.errors import UsageError
from hub.model import DeliveryState, TransferState, format_pounds
from hub.store.look import Look
from hub.store.rows import TransferRow
from hub.transfer.states import derived_state

NAV = ("Transfers", "/transfers")
router = APIRouter()
PAGE = 50
MOST = 10_000
"""Rows of a CSV export; the filters make it shorter."""
_SHOWN = list(dict.fromkeys([*TransferState, *DeliveryState]))


@router.get("/transfers")
def transfers(here: Looks, route: str = "", state: str = "", before: str = "") -> Response:
    asked = {"route": route, "state": state}
    with here.look() as look:
        found = _found(look, route, state, before or None, PAGE + 1)
    shown = found[:PAGE]
    kept = {name: value for name, value in asked.items() if value}
    older = (
        f"/transfers?{urlencode(kept | {'before': shown[-1][0].id})}" if len(found) > PAGE and shown else None
    )
    return here.page(
        "transfers.html",
        asked=asked,
        routes=_routes(here),
        states=[("", "Any")] + [(one.value, STATES[one.value][0]) for one in _SHOWN],
        rows=[_row(row, states) for row, states in shown],
        older=older,
        newer=f"/transfers?{urlencode(kept)}" if before else None,
        export=f"/transfers.csv?{urlencode(kept)}",
    )


@router.get("/transfers.csv")
def transfers_csv(here: Looks, route: str = "", state: str = "") -> Response:
    """The same as CSV, without personal values."""
    columns = ("transfer", "found", "state", "route", "partner", "feed", "file", "business_date")
    with here.look() as look:
        rows = [_line(row, states) for row, states in _found(look, route, state, None, MOST)]
    return csv_answer("transfers.csv", (*columns, "records", "value", "reason"), rows)


Found = tuple[TransferRow, Sequence[DeliveryState]]


def _found(look: Look, route: str, state: str, before: str | None, limit: int) -> list[Found]:
    found: list[Found] = []
    for row, states in _each(look, route, state, before):
        if not state or derived_state(row.state, states) == state:
            found.append((row, states))
        if len(found) == limit:
            break
    return found


def _each(look: Look, route: str, state: str, before: str | None) -> Iterator[Found]:
    stored = _stored(state)
    while rows := look.transfers(route=route or None, state=stored, before=before, limit=200):
        for row in rows:
            yield row, [delivery.state for delivery in look.deliveries(row.id)]
        before = rows[-1].id


def _stored(state: str) -> TransferState | None:
    if not state:
        return None
    if state not in _SHOWN:
        raise UsageError(f"There is no state “{state}”.")
    return TransferState(state) if state in list(TransferState) else TransferState.ACCEPTED


def _routes(here: Here) -> list[tuple[str, str]]:
    services = here.services
    known = [
        route.id
        for route in services.config.routes.values()
        if route.id not in services.config.unavailable and here.viewer.sees(services.compartment(route))
    ]
    return [("", "Any"), *((id, id) for id in sorted(known))]


def _row(row: TransferRow, states: Sequence[DeliveryState]) -> Sequence[object]:
    name = transfer_link(row.id, row.name)
    if row.reason:
        name += Markup('<br><span class="quiet small">{}</span>').format(row.reason)
    found = moment(row.found_at)
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

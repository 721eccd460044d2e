"""The beginnings of a transfer's files, masked unless somebody has said what for they read them."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import Response

from hub.console.here import Looks
from hub.console.preview import previews
from hub.engine.unmask import unmasked_until

NAV = None
router = APIRouter()


@router.get("/transfers/{id}/files")
def files(here: Looks, id: str) -> Response:
    with here.look() as look:
        row, deliveries = look.transfer_row(id), look.deliveries(id)
    until = unmasked_until(here.services, here.person.row, id)
    found = list(previews(here.services, row, deliveries, unmasked=until is not None))
    return here.page("files.html", row=row, previews=found, until=until)

"""The wall board: every promise of the day, and what needs a person first."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import Response

from hub.console.here import Looks

NAV = ("Today", "/")
router = APIRouter()


@router.get("/")
def today(here: Looks) -> Response:
    return here.page("today.html")

"""The pages, a module each: what stands at its addresses, and under which name the menu has it."""

from __future__ import annotations

from typing import Protocol

from fastapi import APIRouter

from hub.console.pages import (
    account,
    audit,
    by_hand,
    calendar,
    cases,
    endpoints,
    find,
    health,
    help,
    people,
    preview,
    records,
    reports,
    routes,
    sign_in,
    suspense,
    today,
    transfer,
    transfer_acts,
    transfers,
    worklist,
)


class Page(Protocol):
    """What a module of a page has."""

    @property
    def router(self) -> APIRouter: ...

    @property
    def NAV(self) -> tuple[str, str] | None:  # noqa: N802 - a constant of the module
        """The words and the address in the menu; None = not in it."""
        ...


PAGES: tuple[Page, ...] = (
    today,
    transfers,
    transfer,
    transfer_acts,
    preview,
    find,
    worklist,
    by_hand,
    suspense,
    cases,
    records,
    routes,
    endpoints,
    calendar,
    reports,
    audit,
    people,
    help,
    account,
    sign_in,
    health,
)
"""In the order of the menu."""

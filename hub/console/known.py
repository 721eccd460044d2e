"""The routes that who looks may know of, in the order in which pages show them."""

from __future__ import annotations

from hub.config.routes import Route
from hub.console.here import Here


def routes_of(here: Here) -> list[Route]:
    """By name, those too that cannot be worked."""
    return [route for _, route in sorted(here.services.known.routes.items())]


def partners_of(here: Here) -> list[str]:
    return sorted({route.partner for route in routes_of(here)})

"""What the configuration names, as far as who looks may know of it."""

from __future__ import annotations

from hub.config.routes import Route
from hub.console.here import Here


def routes_of(here: Here) -> list[Route]:
    """In the order of their names, those too whose plug-in is missing."""
    services = here.services
    return sorted(
        (
            route
            for route in services.config.routes.values()
            if route.id in services.config.unavailable or here.viewer.sees(services.compartment(route))
        ),
        key=lambda route: route.id,
    )


def known_routes(here: Here) -> list[str]:
    return [route.id for route in routes_of(here)]


def partners_of(here: Here) -> list[str]:
    return sorted({route.partner for route in routes_of(here)})

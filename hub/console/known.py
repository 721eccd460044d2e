"""What the configuration names, as far as who looks may know of it."""

from __future__ import annotations

from collections.abc import Mapping

from hub.config.endpoints import Endpoint
from hub.config.routes import Route
from hub.console.here import Here
from hub.model import Compartment
from hub.transfer.services import Services


def routes_of(here: Here) -> list[Route]:
    """In the order of their names, those too whose plug-in is missing."""
    services = here.services
    return sorted(
        (
            route
            for route in services.config.routes.values()
            if here.viewer.knows(route.id, _inside(services, route))
        ),
        key=lambda route: route.id,
    )


def _inside(services: Services, route: Route) -> Compartment:
    """What a route moves whose plug-in is missing is not known."""
    return Compartment.OPEN if route.id in services.config.unavailable else services.compartment(route)


def endpoints_of(here: Here) -> Mapping[str, Endpoint]:
    """All, or of who is limited to some routes those that these use."""
    found = here.services.config.endpoints
    if here.viewer.routes is None:
        return found
    used = {name for route in routes_of(here) for name in route.endpoints}
    return {name: one for name, one in found.items() if name in used}


def known_routes(here: Here) -> list[str]:
    return [route.id for route in routes_of(here)]


def partners_of(here: Here) -> list[str]:
    return sorted({route.partner for route in routes_of(here)})

"""What the configuration names, as far as somebody may know of it: the one place that the console, the API
and the command line ask."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from hub.config.endpoints import Endpoint
from hub.config.load import Config, route_named
from hub.config.people import Viewer
from hub.config.routes import Route
from hub.config.sentences import near
from hub.door.manager import Catalogue
from hub.errors import Unknown
from hub.model import Compartment


def inside(catalogue: Catalogue, route: Route) -> Compartment:
    """In which compartment all lies that a route moves: its feeds have one in common. What a route moves
    whose plug-in is missing is not known, and counts as open."""
    feeds = (catalogue.feeds[name] for name in route.feeds if name in catalogue.feeds)
    return next((feed.compartment for feed in feeds), Compartment.OPEN)


@dataclass(frozen=True, slots=True)
class Known:
    """Routes and endpoints, as they are written."""

    config: Config
    catalogue: Catalogue
    viewer: Viewer

    @property
    def routes(self) -> Mapping[str, Route]:
        """Those too that cannot be worked."""
        found = self.config.routes.items()
        return {id: one for id, one in found if self.viewer.knows(id, inside(self.catalogue, one))}

    @property
    def endpoints(self) -> Mapping[str, Endpoint]:
        """All, or for somebody who is limited to some routes those that these use."""
        found = self.config.endpoints
        if self.viewer.routes is None:
            return found
        used = {name for route in self.routes.values() for name in route.endpoints}
        return {name: one for name, one in found.items() if name in used}

    def route(self, name: str) -> Route:
        """By id or by key, as `Config.named`. Raises ConfigError."""
        return route_named(name, self.routes)

    def endpoint(self, name: str) -> Endpoint:
        """Raises Unknown."""
        known = self.endpoints
        if name not in known:
            raise Unknown(f"There is no endpoint “{name}”{near(name, known)}")
        return known[name]

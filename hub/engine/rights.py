"""Nobody acts without the right to: every act of a person asks here first."""

from __future__ import annotations

from contextlib import suppress

from hub.config.people import Right
from hub.config.routes import Route
from hub.errors import ConfigError, NotAllowed
from hub.model import Compartment
from hub.store import queries
from hub.transfer.services import Services


def demand(services: Services, right: Right) -> None:
    """Goes on only when the acting person may do it.

    Raises NotAllowed with who may; that it was refused is an event."""
    viewer = services.viewer
    if not viewer.may(right):
        _note_refused(services, right)
        raise NotAllowed(services.people.refusal(viewer, right))


def route_for(services: Services, right: Right, name: str) -> Route:
    """A route by id or key that the acting person may do it to.

    Raises NotAllowed as `demand`, and ConfigError for one that they may not know of as for one that is not
    there: that they named it is an event."""
    demand(services, right)
    try:
        return services.known.route(name)
    except ConfigError:
        with suppress(ConfigError):
            services.config.named(name)
            _note_refused(services, right)
        raise


def _note_refused(services: Services, right: Right) -> None:
    """The history tells who wanted what, not to whom or what: that may lie in a closed compartment."""
    login = services.viewer.login

    services.commit(
        lambda conn: queries.append_event(
            conn,
            subject="person",
            subject_id=login,
            kind="refused",
            who=login,
            data={"right": right.name.lower()},
            compartment=Compartment.OPEN,
        )
    )

"""Nobody acts without the right to: every act of a person asks here first."""

from __future__ import annotations

from hub.config.people import Right
from hub.config.routes import Route
from hub.errors import NotAllowed
from hub.model import Compartment
from hub.store import queries
from hub.transfer.services import Services


def demand(services: Services, right: Right, route: Route | None = None) -> None:
    """Goes on only when the acting person may do it, and may know of what the route moves.

    Raises NotAllowed with who may; that it was refused is an event."""
    viewer = services.viewer
    if not viewer.may(right):
        _refuse(services, right.name, services.people.refusal(viewer, right))
    if route is not None and not viewer.knows(route.id, services.compartment(route)):
        _refuse(services, right.name, services.people.closed(viewer, route.id, services.compartment(route)))


def _refuse(services: Services, right: str, sentence: str) -> None:
    """The history tells who wanted what, not to whom or what: that may lie in a closed compartment."""
    login = services.viewer.login

    services.commit(
        lambda conn: queries.append_event(
            conn,
            subject="person",
            subject_id=login,
            kind="refused",
            who=login,
            data={"right": right.lower()},
            compartment=Compartment.OPEN,
        )
    )
    raise NotAllowed(sentence)

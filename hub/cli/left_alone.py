"""What is left alone at the moment, for the lists of routes and endpoints."""

from __future__ import annotations

from collections.abc import Mapping

from hub.cli.place import Place
from hub.errors import UsageError


def has_store(place: Place) -> bool:
    """Whether the hub has worked here: a list must not be what makes its database and keys."""
    from hub.store.keys import DATABASE

    return (place.config.hub.state_folder / DATABASE).exists()


def left_alone(place: Place) -> Mapping[tuple[str, str], str]:
    """By kind and name, why. Nothing for somebody who may not look at what the hub does."""
    from hub.engine.left_alone import left_alone as find

    if not has_store(place):
        return {}
    try:
        with place.open_hub() as hub, hub.look() as look:
            return {(one.kind, one.name): one.says for one in find(hub.services, look)}
    except UsageError:
        return {}

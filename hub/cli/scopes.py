"""The counters that the configured routes draw from, as far as the configuration alone says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hub.config.load import Config
    from hub.config.settings import Route
    from hub.door.feed import Number, Options
    from hub.door.manager import Catalogue


def named_by_routes(config: Config, catalogue: Catalogue) -> Mapping[str, Number]:
    """Each counter with the number that it gives. One whose name follows from the items is not among them."""
    from hub.checks.base import Context
    from hub.model import Facts

    found = {}
    for route in config.routes.values():
        for number, options in _numbers(route, config, catalogue):
            with suppress(LookupError, ValueError):
                found[number.scope((), Context(options, Facts(), route.format or ""))] = number
    return found


def _numbers(route: Route, config: Config, catalogue: Catalogue) -> Iterator[tuple[Number, Options]]:
    """What the outputs and the profiles of a route draw, with the options that it sets for each."""
    wanted = {target.output for target in route.to}
    for name, options in config.options[route.id].items():
        for output in catalogue.feeds[name].outputs:
            if output.name in wanted:
                yield from ((number, options) for number in output.numbers)
    for target in route.to:
        profile = catalogue.profiles.get(target.profile or "")
        if profile is not None:
            options = profile.options.model_validate(target.options)
            yield from ((number, options) for number in profile.numbers)

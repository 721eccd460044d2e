"""Setting a counter: the next number that an output draws, such as a first serial agreed with the bureau."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass

from sqlalchemy import Connection

from hub.checks.base import Context
from hub.config.people import Right
from hub.config.routes import Route
from hub.config.sentences import near
from hub.door.feed import Number, Options
from hub.engine.rights import demand
from hub.errors import UsageError
from hub.model import Compartment, Facts
from hub.store import queries
from hub.transfer.services import Services


@dataclass(frozen=True, slots=True)
class Drawn:
    """A number that a route draws."""

    number: Number
    route: Route


def set_counter(
    services: Services, scope: str, value: int, reason: str, *, new: bool = False, again: bool = False
) -> None:
    """Make `value` the number that is drawn next.

    new: the counter may be one that no route names and none was drawn from; again: it may go back

    Raises UsageError when the person may not, or it is likely to be a mistake."""
    demand(services, Right.COUNTERS)
    drawn, routes = named_by_routes(services), services.known.routes
    known = {scope: one for scope, one in drawn.items() if one.route.id in routes}
    named = known.get(scope)
    if named:
        _refuse_outside(scope, value, named.number)
    inside = services.compartment(named.route) if named else Compartment.OPEN

    def commit(conn: Connection) -> None:
        held = {row.scope: row for row in queries.counters(conn)}
        seen = {scope: row for scope, row in held.items() if services.viewer.sees(row.compartment)}
        if not new:
            _refuse_unknown(scope, seen.keys() | known.keys())
        if scope in (held.keys() | drawn.keys()) - seen.keys() - known.keys():
            raise UsageError(f"The counter {scope} is not yours to set; choose another name.")
        if not again and scope in seen:
            _refuse_back(scope, value, seen[scope].next_value)
        queries.set_counter(conn, scope, value, reason, services.who, inside)

    services.commit(commit)


def named_by_routes(services: Services) -> Mapping[str, Drawn]:
    """By counter, as far as the configuration alone says: not one whose name follows from the items."""
    found = {}
    for route in services.config.routes.values():
        for number, options in _numbers(services, route):
            with suppress(LookupError, ValueError):
                scope = number.scope((), Context(options, Facts(), route.format or ""))
                found[scope] = Drawn(number, route)
    return found


def _numbers(services: Services, route: Route) -> Iterator[tuple[Number, Options]]:
    """What the outputs and the profiles of a route draw, with the options that it sets for each."""
    wanted = {target.output for target in route.ways}
    for name, options in services.config.options[route.id].items():
        for output in services.feed(name).outputs:
            if output.name in wanted:
                yield from ((number, options) for number in output.numbers)
    for target in route.ways:
        profile = services.catalogue.profiles.get(target.profile or "")
        if profile is not None:
            options = profile.options.model_validate(target.options)
            yield from ((number, options) for number in profile.numbers)


def _refuse_outside(scope: str, value: int, number: Number) -> None:
    if not number.first <= value <= number.last:
        raise UsageError(
            f"The counter {scope} goes from {number.first} to {number.last}; it cannot give {value}."
        )


def _refuse_unknown(scope: str, known: Collection[str]) -> None:
    if scope not in known:
        raise UsageError(
            "A counter that no route has drawn from or names yet is only set with --new, and there is no "
            f"counter “{scope}”{near(scope, known)}"
        )


def _refuse_back(scope: str, value: int, next_value: int) -> None:
    if value < next_value:
        raise UsageError(
            f"The counter {scope} gives {next_value} next. From {value} on it would give numbers again that "
            "the partner may have had: such a file is refused, or taken for the one before. If that is "
            "agreed with the partner, add --again."
        )

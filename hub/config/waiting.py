"""Whether what routes wait for can ever come: answers that they expect, milestones they stay behind."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from hub.config.document import Path
from hub.config.routes import RouteSettings, Waiting
from hub.config.sentences import near
from hub.door.feed import Feed
from hub.door.manager import Catalogue
from hub.model import Compartment


def expect_mistakes(route: RouteSettings, catalogue: Catalogue) -> Iterator[tuple[Path, str]]:
    """Expected answers that no installed feed gives to what this route sends.

    A feed of a plug-in that is switched off is no mistake of the route."""
    fitting = [feed.name for feed in catalogue.feeds.values() if _answers(feed, route)]
    for name in route.expect:
        if name in catalogue.feeds:
            if name not in fitting:
                of = " or ".join(route.feeds)
                yield ("expect", name), f"{name} does not answer {of}{near(name, fitting)}"
        elif name.partition(".")[0] not in catalogue.failures:
            yield ("expect", name), f"there is no feed “{name}”{near(name, fitting)}"


def reach_mistakes(route: RouteSettings, catalogue: Catalogue) -> Iterator[tuple[Path, str]]:
    """Everybody sees milestones, and one that a closed feed reaches would tell of its files."""
    closed = [name for name in route.feeds if catalogue.feeds[name].compartment is not Compartment.OPEN]
    if route.reaches and closed:
        yield ("reaches",), f"{closed[0]} is not open to everybody, so it reaches no milestone that they see"


def _answers(feed: Feed, route: RouteSettings) -> bool:
    """Whether it may answer what the route sends. With which feed an item came in that a route gathers is
    only known once it waits."""
    if feed.answers is None:
        return False
    return isinstance(route.source, Waiting) or not set(route.feeds).isdisjoint(feed.answers.feeds)


def milestones_of(routes: Mapping[str, RouteSettings], by_people: Iterable[str]) -> frozenset[str]:
    """Every milestone that there is: those that routes reach, and those that only people set."""
    return frozenset(by_people).union(route.reaches for route in routes.values() if route.reaches)


def after_mistakes(
    routes: Mapping[str, RouteSettings], by_people: Iterable[str]
) -> Iterator[tuple[str, Path, str]]:
    """What can never be reached: the id of the route that waits for it, where inside it, and a sentence."""
    known = milestones_of(routes, by_people) | routes.keys()
    stuck = known - _reachable(routes, by_people, known)
    for id, route in routes.items():
        for index, name in enumerate(route.after):
            if name not in known:
                text = (
                    f"there is no milestone (milestones: in hub.yaml lists those of people) or route “{name}”"
                )
                yield id, ("after", index), text + near(name, known)
            elif name in stuck:
                text = f"“{name}” can never be reached: the routes that lead to it wait for one another"
                yield id, ("after", index), text


def _reachable(
    routes: Mapping[str, RouteSettings], by_people: Iterable[str], known: Collection[str]
) -> set[str]:
    """The milestones and routes that can be reached, one after the other; what is unknown holds up nobody."""
    reached = set(by_people)
    waiting = dict(routes)
    while able := [id for id, route in waiting.items() if reached.issuperset({*route.after} & {*known})]:
        for id in able:
            route = waiting.pop(id)
            reached |= {id, route.reaches or id}
    return reached

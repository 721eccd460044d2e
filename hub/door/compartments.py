"""What lies in a closed compartment stays there: nothing outside may tell that it is so.

A feed or life cycle reads what is open and what is its own, and changes only what is its own. Anything else
is the plug-in's mistake: what its declarations say is refused when it comes in, what its functions ask for
when they do. All raise PluginError.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from hub.door.feed import Feed
from hub.door.lifecycle import Lifecycle, Lookup
from hub.errors import PluginError
from hub.model import Compartment


def refuse_reading(who: str, inside: Compartment, what: str, where: Compartment) -> None:
    """`what` lies in `where`; whoever looks at it tells of it in `inside`."""
    if where not in (Compartment.OPEN, inside):
        raise PluginError(f"{who} may not look at {what}, which lie in the compartment {where}.")


def refuse_changing(who: str, inside: Compartment, what: str, where: Compartment) -> None:
    """What changes in `where` because of something in `inside` tells of that."""
    if where is not inside:
        raise PluginError(
            f"{who} lies in the compartment {inside} and may not change {what}, which lie in {where}."
        )


def refuse_feed(feed: Feed, feeds: Mapping[str, Feed], kinds: Mapping[str, Lifecycle]) -> None:
    """What a feed declares of others: lookups, and the feeds whose items it answers."""
    who = f"The feed {feed.name}"
    _refuse_lookups(who, feed.compartment, feed.looks_up, kinds)
    for name in feed.answers.feeds if feed.answers else ():
        if name in feeds:
            refuse_changing(who, feed.compartment, f"items of the feed {name}", feeds[name].compartment)


def refuse_lifecycle(lifecycle: Lifecycle, kinds: Mapping[str, Lifecycle]) -> None:
    """What a life cycle declares of others: lookups, and the kinds that it follows."""
    who, inside = f"The life cycle of “{lifecycle.kind}”", lifecycle.compartment
    _refuse_lookups(who, inside, lifecycle.looks_up, kinds)
    for follow in lifecycle.follows:
        _refuse_lookups(who, inside, follow.looks_up, kinds)
        if follow.kind in kinds:
            refuse_reading(who, inside, records(follow.kind), kinds[follow.kind].compartment)


def records(kind: str) -> str:
    return f"records of the kind “{kind}”"


def _refuse_lookups(
    who: str, inside: Compartment, lookups: Iterable[Lookup], kinds: Mapping[str, Lifecycle]
) -> None:
    for lookup in lookups:
        if lookup.kind in kinds:
            refuse_reading(who, inside, records(lookup.kind), kinds[lookup.kind].compartment)

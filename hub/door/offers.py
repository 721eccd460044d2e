"""What a plug-in hands over, looked at before the hub trusts it. Each refusal is half a sentence: "it …"."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from hub.checks.base import Check
from hub.door.demo import Scene
from hub.door.feed import Feed, Options, Profile
from hub.door.hookspecs import GROUP
from hub.door.lifecycle import Lifecycle
from hub.door.report import Report
from hub.errors import PluginError

CORE = "core"
CORE_FEEDS = ("rent.", "bank.", "finance.")


@dataclass(frozen=True, slots=True)
class Offer:
    """What one plug-in brings."""

    feeds: Sequence[Feed] = ()
    profiles: Sequence[Profile] = ()
    connectors: Mapping[str, Any] = field(default_factory=dict)
    lifecycles: Sequence[Lifecycle] = ()
    reports: Sequence[Report] = ()
    settings: type[Options] | None = None


def installed() -> dict[str, list[EntryPoint]]:
    """Entry points by name, the hub's own first. More than one under a name: two packages both claim it."""
    found: dict[str, list[EntryPoint]] = {}
    for point in entry_points(group=GROUP):
        found.setdefault(point.name, []).append(point)
    return dict(sorted(found.items(), key=lambda pair: (pair[0] != CORE, pair[0])))


def entry_point(name: str, found: Mapping[str, Sequence[EntryPoint]]) -> EntryPoint:
    points = found.get(name, ())
    if not points:
        raise PluginError(f"it is named under plugins: in hub.yaml but not installed{near(name, found)}")
    if len({point.value for point in points}) > 1:
        packages = " and ".join(sorted(point.dist.name for point in points if point.dist))
        raise PluginError(f"two packages claim its name ({packages}); uninstall one")
    return points[0]


def near(word: str, known: Iterable[str]) -> str:
    close = get_close_matches(word, list(known), n=1)
    return f"; did you mean {close[0]}?" if close else ""


def refuse_unmarked(plugin: object) -> None:
    """A hook that lost its `@hookimpl` would be silently ignored."""
    for name in dir(plugin):
        if name.startswith("feedhub_") and not hasattr(getattr(plugin, name), f"{GROUP}_impl"):
            raise PluginError(f"its {name} is not marked; put @hookimpl above it")


def refuse_foreign(plugin: str, kind: str, names: Iterable[str]) -> None:
    prefixes = CORE_FEEDS if plugin == CORE else (f"{plugin}.",)
    for name in names:
        if not name.startswith(prefixes):
            raise PluginError(f"its {kind} {name} must be named {' or '.join(prefixes)}…")


def refuse_repeats(kind: str, names: Iterable[str], taken: Iterable[str]) -> None:
    seen = set(taken)
    for name in names:
        if name in seen:
            raise PluginError(f"it brings the {kind} {name}, which is there already")
        seen.add(name)


def members(hook: str, result: Any, fits: Callable[[Any], bool], what: str) -> Sequence[Any]:
    """The list that a hook returned, each member as it must be."""
    if not isinstance(result, list | tuple):
        raise PluginError(f"{hook} returned {type(result).__name__}; expected a list of {what}s")
    for index, member in enumerate(result, start=1):
        if not fits(member):
            raise PluginError(f"{hook} returned {type(member).__name__} as number {index}; expected a {what}")
    return result


def mapping(hook: str, result: Any) -> Mapping[str, Any]:
    """The connectors by endpoint type that a hook returned."""
    if not isinstance(result, Mapping):
        raise PluginError(f"{hook} returned {type(result).__name__}; expected connectors by endpoint type")
    for kind, connector in result.items():
        if not callable(getattr(connector, "open", None)):
            raise PluginError(f"{hook} returned {type(connector).__name__} for {kind}; expected a connector")
    return result


def settings(hook: str, result: Any) -> type[Options]:
    """The model that a hook returned."""
    if not (isinstance(result, type) and issubclass(result, Options)):
        raise PluginError(f"{hook} returned {type(result).__name__}; expected a class made from Options")
    return result


def is_feed(member: Any) -> bool:
    return isinstance(member, Feed)


def is_scene(member: Any) -> bool:
    return isinstance(member, Scene)


def is_lifecycle(member: Any) -> bool:
    return isinstance(member, Lifecycle)


def is_report(member: Any) -> bool:
    return isinstance(member, Report)


def is_check(member: Any) -> bool:
    return isinstance(member, Check)


def is_profile(member: Any) -> bool:
    return isinstance(member, Profile)

"""How plug-ins come in: one by one, so that a bad one is switched off and said, and the others work.

Whatever a plug-in gets wrong becomes a sentence in `Door.failures`; nothing of it is offered then.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import EntryPoint
from types import MappingProxyType
from typing import Any, TypeVar

import pluggy

from hub.checks.base import Check
from hub.door import hookspecs, offers
from hub.door.commands import Commands
from hub.door.compartments import refuse_feed, refuse_lifecycle
from hub.door.demo import Scene
from hub.door.feed import Feed, Options, Profile
from hub.door.hookspecs import GROUP
from hub.door.lifecycle import Lifecycle
from hub.door.offers import CORE, Offer
from hub.door.report import Report
from hub.errors import PluginError

C = TypeVar("C", bound=Commands)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What the loaded plug-ins offer together, by name. `failures`: plug-in → why it is switched off;
    `settings`: by plug-in; `brought_by`: the plug-in of each feed and each kind of record."""

    feeds: Mapping[str, Feed] = field(default_factory=dict)
    profiles: Mapping[str, Profile] = field(default_factory=dict)
    connectors: Mapping[str, Any] = field(default_factory=dict)
    added: Mapping[str, tuple[Check, ...]] = field(default_factory=dict)
    failures: Mapping[str, str] = field(default_factory=dict)
    lifecycles: Mapping[str, Lifecycle] = field(default_factory=dict)
    reports: Mapping[str, Report] = field(default_factory=dict)
    settings: Mapping[str, type[Options]] = field(default_factory=dict)
    brought_by: Mapping[str, str] = field(default_factory=dict)

    def checks(self, feed: Feed) -> tuple[Check, ...]:
        """The checks that plug-ins add to a feed that is not their own."""
        return self.added.get(feed.name, ())


class Door:
    """The plug-ins that are in. Made by `Door.load`; what they offer is collected then, once."""

    def __init__(self) -> None:
        self._plugins = pluggy.PluginManager(GROUP)
        self._plugins.add_hookspecs(hookspecs)
        self._offers: dict[str, Offer] = {}
        self._checks: dict[str, Mapping[str, Sequence[Check]]] = {}
        self.failures: dict[str, str] = {}

    @classmethod
    def load(cls, active: Sequence[str] | None = None, blocked: Sequence[str] = ()) -> Door:
        """Let in the hub's own offerings and the plug-ins named in `active` (None = all that are installed).

        A plug-in that is not named, or is blocked, is not even imported.
        """
        door, found = cls(), offers.installed()
        wanted = found if active is None else dict.fromkeys([CORE, *active])
        for name in wanted:
            if name not in blocked:
                door._attempt(door._let_in, name, found)
        for name in list(door._offers):
            door._attempt(door._let_check, name)
        for name in list(door._offers):
            door._attempt(door._keep_apart, name)
        return door

    @property
    def names(self) -> tuple[str, ...]:
        """The plug-ins that are in."""
        return tuple(self._offers)

    def feeds(self) -> Mapping[str, Feed]:
        return {feed.name: feed for offer in self._offers.values() for feed in offer.feeds}

    def profiles(self) -> Mapping[str, Profile]:
        return {profile.name: profile for offer in self._offers.values() for profile in offer.profiles}

    def connectors(self) -> Mapping[str, Any]:
        """By endpoint type."""
        return {kind: made for offer in self._offers.values() for kind, made in offer.connectors.items()}

    def lifecycles(self) -> Mapping[str, Lifecycle]:
        """By kind of record."""
        return {life.kind: life for offer in self._offers.values() for life in offer.lifecycles}

    def reports(self) -> Mapping[str, Report]:
        return {report.name: report for offer in self._offers.values() for report in offer.reports}

    def checks(self, feed: Feed) -> tuple[Check, ...]:
        """The checks that plug-ins add to a feed that is not their own."""
        return tuple(check for added in self._checks.values() for check in added.get(feed.name, ()))

    def demo(self) -> Sequence[Scene]:
        """The scenes of `feedhub demo`, in the order of their days."""
        scenes = [
            scene
            for name in self._offers
            for scene in self._members(name, "feedhub_demo", offers.is_scene, "scene")
        ]
        return sorted(scenes, key=lambda scene: scene.day)

    def commands(self, make: Callable[[str], C]) -> Mapping[str, C]:
        """By plug-in, the group of those that have commands of their own; `make` gives an empty one."""
        groups: dict[str, C] = {}
        for name in list(self._offers):
            if self._implements(name, "feedhub_commands"):
                groups[name] = make(name)
                self._attempt(self._let_command, name, groups[name])
        return {name: group for name, group in groups.items() if name in self._offers}

    def catalogue(self) -> Catalogue:
        feeds = self.feeds()
        added = {name: self.checks(feed) for name, feed in feeds.items()}
        return Catalogue(
            feeds,
            self.profiles(),
            self.connectors(),
            added,
            dict(self.failures),
            self.lifecycles(),
            self.reports(),
            {name: offer.settings for name, offer in self._offers.items() if offer.settings is not None},
            {
                named: name
                for name, offer in self._offers.items()
                for named in (*(f.name for f in offer.feeds), *(life.kind for life in offer.lifecycles))
            },
        )

    def moved(self, event: Mapping[str, Any]) -> list[str]:
        """Tell the plug-ins of a committed event. Returns a sentence for each that raised."""
        shown = MappingProxyType(dict(event))
        wrong = []
        for name in self._offers:
            try:
                self._call(name, "feedhub_moved", event=shown)
            except Exception as error:  # noqa: BLE001 - a stranger's code may raise anything
                wrong.append(
                    f"The plug-in {name} raised {type(error).__name__} when it was told of an event."
                )
        return wrong

    def _attempt(self, step: Callable[..., None], name: str, *given: Any) -> None:
        """Take one step with a plug-in; if it fails, nothing of the plug-in stays."""
        try:
            step(name, *given)
        except PluginError as error:
            self._switch_off(name, str(error))
        except (Exception, SystemExit) as error:  # noqa: BLE001 - a stranger's code may raise anything
            self._switch_off(name, f"it raised {type(error).__name__}: {' '.join(str(error).split())}")

    def _switch_off(self, name: str, reason: str) -> None:
        if self._plugins.has_plugin(name):
            self._plugins.unregister(name=name)
        self._offers.pop(name, None)
        end = "" if reason.endswith(("?", ".")) else "."
        self.failures[name] = f"The plug-in {name} is switched off: {reason}{end}"

    def _let_in(self, name: str, found: Mapping[str, Sequence[EntryPoint]]) -> None:
        plugin = offers.entry_point(name, found).load()
        offers.refuse_unmarked(plugin)
        self._plugins.register(plugin, name=name)
        self._refuse_unknown_hooks(plugin)
        if not self._plugins.get_hookcallers(plugin):
            raise PluginError("it implements no hook")
        offer = Offer(
            self._members(name, "feedhub_feeds", offers.is_feed, "feed"),
            self._members(name, "feedhub_profiles", offers.is_profile, "profile"),
            self._connectors(name),
            self._members(name, "feedhub_lifecycles", offers.is_lifecycle, "life cycle"),
            self._members(name, "feedhub_reports", offers.is_report, "report"),
            self._settings(name),
        )
        offers.refuse_foreign(name, "feed", [feed.name for feed in offer.feeds])
        offers.refuse_foreign(name, "report", [report.name for report in offer.reports])
        offers.refuse_repeats("feed", [feed.name for feed in offer.feeds], self.feeds())
        offers.refuse_repeats("profile", [profile.name for profile in offer.profiles], self.profiles())
        offers.refuse_repeats("connector", offer.connectors, self.connectors())
        offers.refuse_repeats("life cycle of", [life.kind for life in offer.lifecycles], self.lifecycles())
        offers.refuse_repeats("report", [report.name for report in offer.reports], self.reports())
        self._offers[name] = offer

    def _let_check(self, name: str) -> None:
        """Collect what a plug-in checks on the feeds of others; all feeds are known by now."""
        own = {feed.name for feed in self._offers[name].feeds}
        added = {}
        for feed in self.feeds().values():
            if feed.name not in own:
                checks = self._members(name, "feedhub_checks", offers.is_check, "check", feed=feed)
                taken = {check.id for check in (*feed.checks, *self.checks(feed))}
                offers.refuse_repeats("check", [check.id for check in checks], taken)
                added[feed.name] = checks
        self._checks[name] = added

    def _keep_apart(self, name: str) -> None:
        """Refuse what would tell of a closed compartment outside it; all feeds and kinds are known by now."""
        feeds, kinds = self.feeds(), self.lifecycles()
        for feed in self._offers[name].feeds:
            refuse_feed(feed, feeds, kinds)
        for lifecycle in self._offers[name].lifecycles:
            refuse_lifecycle(lifecycle, kinds)

    def _let_command(self, name: str, group: Commands) -> None:
        self._call(name, "feedhub_commands", cli=group)

    def _refuse_unknown_hooks(self, plugin: object) -> None:
        try:
            self._plugins.check_pending()
        except pluggy.PluginValidationError:
            known = {name for name in vars(hookspecs) if name.startswith("feedhub_")}
            callers = self._plugins.get_hookcallers(plugin) or []
            unknown = next(caller.name for caller in callers if caller.name not in known)
            near = offers.near(unknown, known)
            raise PluginError(f"it implements {unknown}, which is not a hook{near}") from None

    def _members(
        self, name: str, hook: str, fits: Callable[[Any], bool], what: str, **given: Any
    ) -> Sequence[Any]:
        if not self._implements(name, hook):
            return ()
        return offers.members(hook, self._call(name, hook, **given), fits, what)

    def _connectors(self, name: str) -> Mapping[str, Any]:
        hook = "feedhub_connectors"
        return offers.mapping(hook, self._call(name, hook)) if self._implements(name, hook) else {}

    def _settings(self, name: str) -> type[Options] | None:
        hook = "feedhub_settings"
        return offers.settings(hook, self._call(name, hook)) if self._implements(name, hook) else None

    def _implements(self, name: str, hook: str) -> bool:
        callers = self._plugins.get_hookcallers(self._plugins.get_plugin(name)) or []
        return any(caller.name == hook for caller in callers)

    def _call(self, name: str, hook: str, **given: Any) -> Any:
        """One hook of one plug-in; None when it returns nothing or hasn't the hook."""
        others = [plugin for other, plugin in self._plugins.list_name_plugin() if other != name]
        results = self._plugins.subset_hook_caller(hook, others)(**given)
        return results[0] if results else None

"""Whether what the routes name exists: endpoints, feeds, formats, outputs, profiles, options, checks."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from hub.config.awaiting import await_mistakes
from hub.config.document import Path
from hub.config.endpoints import Endpoint, PersonEndpoint
from hub.config.gathering import gather_mistakes
from hub.config.options import WrongOptions, feed_options, read_options, unknown_options
from hub.config.ordering import by_hand_mistakes, order_mistakes
from hub.config.routes import RouteSettings, Source, Target, Waiting
from hub.config.sentences import near
from hub.config.waiting import expect_mistakes, reach_mistakes
from hub.door.feed import Feed, Options, Output, Profile
from hub.door.manager import Catalogue
from hub.door.offers import CORE_FEEDS

Mistake = tuple[Path, str]  # where inside the entry, and a sentence


def endpoint_mistakes(route: RouteSettings, endpoints: Mapping[str, Endpoint]) -> Iterator[Mistake]:
    named: list[tuple[Path, str]] = []
    if isinstance(route.source, Source):
        named.append((("from", "endpoint"), route.source.endpoint))
    named += [((*path, "endpoint"), target.endpoint) for path, target in targets_of(route)]
    for path, name in named:
        if name not in endpoints:
            yield path, f"there is no endpoint “{name}”{near(name, endpoints)}"


def targets_of(route: RouteSettings) -> Iterator[tuple[Path, Target]]:
    """Where a route's outputs go, with where that stands: those who take one by hand too."""
    for index, target in enumerate(route.to):
        yield ("to", index), target
        if target.by_hand is not None:
            yield ("to", index, "otherwise"), target.by_hand


def folder_mistakes(route: RouteSettings) -> Iterator[Mistake]:
    """No folder at an endpoint lies above it."""
    named: list[tuple[Path, str]] = []
    if isinstance(route.source, Source):
        source = route.source
        folders = {"folder": source.folder, "then": source.archive, "refused": source.refused}
        named += [(("from", key), folder) for key, folder in folders.items() if folder is not None]
        if source.refused is not None and source.refused.strip("/") == source.folder.strip("/"):
            yield ("from", "refused"), "refused is the folder that the files come from; name another"
        elif source.refused is not None and ":" in source.refused:
            text = f"refused is “{source.refused}”; name the folder alone, as in refused: /rejected"
            yield ("from", "refused"), text
    named += [(("to", i, "folder"), target.folder) for i, target in enumerate(route.to)]
    for path, folder in named:
        if ".." in folder.replace("\\", "/").split("/"):
            yield path, f"“{folder}” leads out of its endpoint; name a folder below it, without .."


def source_mistakes(
    routes: Mapping[str, RouteSettings], endpoints: Mapping[str, Endpoint]
) -> Iterator[tuple[str, Mistake]]:
    """Two routes that take the same files: whichever runs first would have them. One that takes what another
    refused. What persons hand in, they hand to one route."""
    sources = {
        id: route.source
        for id, route in routes.items()
        if route.mode != "off"
        and isinstance(route.source, Source)
        and route.source.asks is None
        and not isinstance(endpoints.get(route.source.endpoint), PersonEndpoint)
    }
    yield from _same_files(sources)
    yield from _refused_files_taken(sources)


def _same_files(sources: Mapping[str, Source]) -> Iterator[tuple[str, Mistake]]:
    seen: dict[tuple[str, str, str], str] = {}
    for id, source in sources.items():
        place = (source.endpoint, source.folder.strip("/"), source.pattern)
        if place in seen:
            text = (
                f"takes the same files as {seen[place]}, so whichever runs first would have them; "
                "let one route read both kinds (feeds: […]), or give each a pattern of its own"
            )
            yield id, (("from",), text)
        seen.setdefault(place, id)


def _refused_files_taken(sources: Mapping[str, Source]) -> Iterator[tuple[str, Mistake]]:
    taken = {(source.endpoint, source.folder.strip("/")): id for id, source in sources.items()}
    for id, source in sources.items():
        if source.refused is None:
            continue
        taker = taken.get((source.endpoint, source.refused.strip("/")), id)
        if taker != id:
            text = (
                f"refused is the folder that {taker} takes its files from: it would take what is refused here"
            )
            yield id, (("from", "refused"), f"{text}, and the reports; name another")


def waiver_mistakes(
    check: str, route: str, routes: Mapping[str, RouteSettings], wiring: Wiring | None
) -> Iterator[Mistake]:
    """What a waiver names and nobody has. Beside a route that is not there, the check may be of any."""
    if route not in routes:
        yield ("route",), f"there is no route “{route}”{near(route, routes)}"
    meant = [routes[route]] if route in routes else list(routes.values())
    if wiring is not None and not any(wiring.unavailable(one) for one in meant):
        known = set().union(*(wiring.checks(one) for one in meant))
        if check not in known:
            whose = route if route in routes else "any route"
            text = f"“{check}” is not a check that {whose} could be spared"
            yield ("check",), text + near(check, known)


@dataclass(frozen=True, slots=True)
class Wiring:
    """Routes held against what the loaded plug-ins offer. `active`: the plug-ins that hub.yaml names."""

    catalogue: Catalogue
    active: Sequence[str]

    def unavailable(self, route: RouteSettings) -> str | None:
        """Why a rightly written route cannot be worked: a plug-in that it needs is switched off."""
        for name in route.feeds:
            plugin = name.partition(".")[0]
            if name not in self.catalogue.feeds and plugin in self.catalogue.failures:
                return self.catalogue.failures[plugin]
        return None

    def mistakes(self, route: RouteSettings) -> Iterator[Mistake]:
        """What a route names and nobody offers."""
        missing = [i for i, name in enumerate(route.feeds) if name not in self.catalogue.feeds]
        for index in missing:
            # Whichever of the two keys the route is written with, the other is passed over.
            yield ("feeds", index, "feed"), self._no_feed(route.feeds[index])
        if not missing:
            feeds = [self.catalogue.feeds[name] for name in route.feeds]
            yield from _compartment_mistakes(feeds)
            yield from _format_mistakes(route, feeds)
            yield from gather_mistakes(route, feeds)
            yield from await_mistakes(route, feeds)
            yield from _option_mistakes(route, feeds)
            yield from self._target_mistakes(route, feeds)
            yield from expect_mistakes(route, self.catalogue)
            yield from reach_mistakes(route, self.catalogue)

    def options(self, route: RouteSettings) -> Mapping[str, Options]:
        """By feed; only for a route without mistakes."""
        feeds = self.catalogue.feeds
        return {
            name: feed_options(feeds[name], route.options, route.names)
            for name in route.feeds
            if name in feeds
        }

    def code_map_mistakes(self, route: RouteSettings, known: Collection[str]) -> Iterator[Mistake]:
        """Code maps that options name and config/codes has not; nothing of options that are wrong."""
        with suppress(WrongOptions):
            for options in self.options(route).values():
                yield from _missing_maps(("options",), options, known)
        for path, target in targets_of(route):
            profile = self.catalogue.profiles.get(target.profile or "")
            with suppress(WrongOptions):
                if profile is not None:
                    options = read_options(profile.options, target.options)
                    yield from _missing_maps((*path, "options"), options, known)

    def checks(self, route: RouteSettings) -> set[str]:
        """The ids of the checks that run on a route, but for those of single fields."""
        feeds = [self.catalogue.feeds[name] for name in route.feeds if name in self.catalogue.feeds]
        return {check.id for feed in feeds for check in (*feed.checks, *self.catalogue.checks(feed))}

    def _no_feed(self, name: str) -> str:
        plugin = name.partition(".")[0]
        if f"{plugin}." in CORE_FEEDS or plugin in self.active:
            return f"there is no feed “{name}”{near(name, self.catalogue.feeds)}"
        meant = near(plugin, self.active)
        return f"there is no feed “{name}”; plugins: in hub.yaml names no plug-in {plugin}{meant}"

    def _target_mistakes(self, route: RouteSettings, feeds: Sequence[Feed]) -> Iterator[Mistake]:
        outputs = {output.name: output for feed in feeds for output in feed.outputs}
        lacks = {name: why for feed in feeds for name, why in feed.lacks.items()}
        needed = sorted(_outputs_needed(route, feeds))
        if needed and not route.to:
            yield (), f"“to” is missing; say where the output {' or '.join(needed)} goes"
        for at, target in targets_of(route):
            output = outputs.get(target.output)
            if output is None:
                why = lacks.get(target.output)
                text = f"there is no output “{target.output}”"
                text += f": {why}" if why else near(target.output, outputs)
                found: Iterable[Mistake] = [(("output",), text)]
            else:
                found = self._one_target(target, output)
            yield from (((*at, *path), text) for path, text in found)
        yield from order_mistakes(route.to)
        yield from by_hand_mistakes(route.to, outputs)

    def _one_target(self, target: Target, output: Output) -> Iterable[Mistake]:
        fitting = self._profiles_of(output)
        if target.profile is None:
            if fitting:
                choice = " or ".join(fitting)
                yield (), f"“profile” is missing; say how the rent system wants to be told: {choice}"
            if target.options:
                yield ("options",), "only a profile has options here; those of the feed are the route's own"
            return
        profile = self.catalogue.profiles.get(target.profile)
        if profile is None:
            yield ("profile",), f"there is no profile “{target.profile}”{near(target.profile, fitting)}"
        elif not fitting:
            yield ("profile",), f"the output {target.output} is not written by a profile; leave it out"
        elif profile.name not in fitting:
            choice = " or ".join(fitting)
            yield ("profile",), f"{profile.name} does not write what {target.output} makes; name {choice}"
        else:
            yield from _inside(("options",), profile.options, target.options)

    def _profiles_of(self, output: Output) -> Mapping[str, Profile]:
        """The profiles that write what an output makes; none for one that is written otherwise."""
        if output.makes is None or output.write is not None:
            return {}
        profiles = sorted(self.catalogue.profiles.items())
        return {name: profile for name, profile in profiles if profile.of is output.of}


def _outputs_needed(route: RouteSettings, feeds: Sequence[Feed]) -> set[str]:
    """The outputs that a route without any target would miss. What comes in for a feed that also gathers can
    all wait: it leaves by the route that gathers it. One that is there for an option only, or that
    carries no item, is not missed."""
    sending = [feed for feed in feeds if isinstance(route.source, Waiting) or not feed.gathers]
    return {
        output.name
        for feed in sending
        for output in feed.outputs
        if output.name not in feed.options.goes_by.values() and not output.everything
    }


def _compartment_mistakes(feeds: Sequence[Feed]) -> Iterator[Mistake]:
    first = feeds[0]
    for index, feed in enumerate(feeds):
        if feed.compartment is not first.compartment:
            yield (
                ("feeds", index, "feed"),
                f"{feed.name} lies in the compartment {feed.compartment} and {first.name} in "
                f"{first.compartment}; give each a route of its own",
            )


def _format_mistakes(route: RouteSettings, feeds: Sequence[Feed]) -> Iterator[Mistake]:
    known = {name for feed in feeds for name in feed.formats}
    if route.format is not None and route.format not in known:
        of = " or ".join(route.feeds)
        yield ("format",), f"there is no format “{route.format}” of {of}{near(route.format, known)}"


def _option_mistakes(route: RouteSettings, feeds: Sequence[Feed]) -> Iterator[Mistake]:
    for key, text in unknown_options(feeds, route.options).items():
        yield ("options", key), text
    for feed in feeds:
        try:
            feed_options(feed, route.options, route.names)
        except WrongOptions as wrong:
            yield from ((("options", *path), text) for path, text in wrong.found)


def _missing_maps(at: Path, options: Options, known: Collection[str]) -> Iterator[Mistake]:
    for name in options.code_maps():
        if name not in known:
            yield at, f"there is no code map “{name}” (codes/{name}.csv){near(name, known)}"


def _inside(at: Path, model: type[Options], values: Mapping[str, Any]) -> Iterator[Mistake]:
    try:
        read_options(model, values)
    except WrongOptions as wrong:
        yield from (((*at, *path), text) for path, text in wrong.found)

"""A route's options, each feed taking those that it knows; and what is set for whole plug-ins."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from hub.config.document import Path
from hub.config.sentences import known_keys, near, sentence
from hub.door.feed import Feed, Options
from hub.door.manager import Catalogue
from hub.errors import ConfigError


class WrongOptions(ConfigError):
    """Options that cannot be used. `found`: where inside them, and the sentence."""

    def __init__(self, found: Sequence[tuple[Path, str]]) -> None:
        super().__init__(*(text for _, text in found))
        self.found = found


def feed_options(feed: Feed, values: Mapping[str, Any], named: Collection[str] = ()) -> Options:
    """The feed's own options among those of a route that names this format and these outputs. Raises
    WrongOptions."""
    known, required_for = known_keys(feed.options), feed.options.required_for
    asked = (*feed.options.a_route_sets, *(key for name in named for key in required_for.get(name, ())))
    needed = tuple(dict.fromkeys(asked))
    found: list[tuple[Path, str]] = [
        ((), f"the option “{name}” is missing; {feed.name} needs it") for name in needed if name not in values
    ]
    found += [
        ((name,), f"“{name}” needs {_way(feed, way)}; add it, or leave the option out")
        for name, way in feed.options.goes_by.items()
        if values.get(name) is not None and way not in named and _way(feed, way)
    ]
    try:
        options = read_options(feed.options, {key: value for key, value in values.items() if key in known})
    except WrongOptions as wrong:
        raise WrongOptions([*found, *wrong.found]) from None
    if found:
        raise WrongOptions(found)
    return options


def _way(feed: Feed, name: str) -> str:
    """How a route names a format or an output of the feed; blank where it has none of that name."""
    if name in feed.formats:
        return f"`format: {name}` on the route"
    is_output = any(output.name == name for output in feed.outputs)
    return f"the output “{name}” in the route's `to:`" if is_output else ""


def read_options(model: type[Options], values: Mapping[str, Any]) -> Options:
    """Raises WrongOptions."""
    try:
        return model.model_validate(values)
    except ValidationError as wrong:
        found = [(error["loc"], sentence(error, model)) for error in wrong.errors()]
        raise WrongOptions(found) from None


def plugin_settings(
    values: Mapping[str, Mapping[str, Any]], catalogue: Catalogue
) -> tuple[Mapping[str, Options], Sequence[tuple[Path, str]]]:
    """What is set for each plug-in that has settings, and what is wrong with it: where, and a sentence. Of a
    plug-in that is switched off nothing is looked at."""
    models, read = catalogue.settings, {}
    found: list[tuple[Path, str]] = [
        (("settings", name), f"there is nothing to set for “{name}”{near(name, models)}")
        for name in values
        if name not in models and name not in catalogue.failures
    ]
    for name, model in models.items():
        try:
            read[name] = read_options(model, values.get(name, {}))
        except WrongOptions as wrong:
            found += [(("settings", name, *path), text) for path, text in wrong.found]
    return read, found


def unknown_options(feeds: Sequence[Feed], values: Mapping[str, Any]) -> dict[str, str]:
    """The keys that none of the feeds knows, each with a sentence."""
    known = {key for feed in feeds for key in known_keys(feed.options)}
    return {
        key: f"“{key}” is not an option of {' or '.join(feed.name for feed in feeds)}{near(key, known)}"
        for key in values
        if key not in known
    }

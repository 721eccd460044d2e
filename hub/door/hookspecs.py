"""The hooks, all of them. They find things and watch things; they never sit in the data path."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pluggy

if TYPE_CHECKING:
    from hub.checks.base import Check
    from hub.door.commands import Commands
    from hub.door.demo import Scene
    from hub.door.feed import Feed, Options, Profile
    from hub.door.lifecycle import Lifecycle
    from hub.door.report import Report

GROUP = "feedhub"
hookspec = pluggy.HookspecMarker(GROUP)
hookimpl = pluggy.HookimplMarker(GROUP)


@hookspec
def feedhub_feeds() -> Sequence[Feed]:
    """The kinds of exchange that the plug-in knows. Layouts, formats and checks are reached from them."""
    raise NotImplementedError


@hookspec
def feedhub_lifecycles() -> Sequence[Lifecycle]:
    """Kinds of record that live on after the file that made them, each with the moves it may make."""
    raise NotImplementedError


@hookspec
def feedhub_profiles() -> Sequence[Profile]:
    """Ways in which a rent system wants its postings written."""
    raise NotImplementedError


@hookspec
def feedhub_connectors() -> Mapping[str, Any]:
    """Connector by endpoint type (`folder`, `sftp`): see `hub.connectors.base.Connector`."""
    raise NotImplementedError


@hookspec
def feedhub_settings() -> type[Options]:
    """What `hub.yaml` may set for the whole plug-in, under `settings:` and its name."""
    raise NotImplementedError


@hookspec
def feedhub_checks(feed: Feed) -> Sequence[Check]:
    """Extra checks on a feed that is not one's own."""
    raise NotImplementedError


@hookspec
def feedhub_reports() -> Sequence[Report]:
    """Tables that people ask for, over items and records."""
    raise NotImplementedError


@hookspec
def feedhub_commands(cli: Commands) -> None:
    """Commands of the plug-in's own: `cli` is its group, `feedhub NAME …`."""
    raise NotImplementedError


@hookspec
def feedhub_demo() -> Sequence[Scene]:
    """Scenes of `feedhub demo`: pretend partners laying out files, and the routes that run then."""
    raise NotImplementedError


@hookspec
def feedhub_moved(event: Mapping[str, Any]) -> None:
    """Told after each committed event. Can change nothing; one that raises doesn't stop the rest."""
    raise NotImplementedError

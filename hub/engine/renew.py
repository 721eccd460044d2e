"""The configuration as it is now: a change is taken up without losing a run, a mistake changes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from hub.config.load import load
from hub.engine.config_life import is_held, with_agreed
from hub.engine.local import Hub
from hub.errors import ConfigError
from hub.transfer.services import Services

SETTLED = timedelta(seconds=10)
"""For so long nobody must have saved anything: an editor, or a copy of many files, may be in the middle."""
_FILES = ("*.yaml", "routes/*", "calendars/*", "codes/*")

Signature = Sequence[tuple[str, int, int]]


class Renewal:
    """Called at each look of the service: a hub with the changed configuration, or None. While routes wait
    for a second person to agree, it looks whether somebody has.

    What is being worked goes on as it began. Plug-ins and the state folder change at the next start."""

    def __init__(self, config_folder: Path) -> None:
        self._folder = config_folder
        self._in_force = self._seen = _signature(config_folder)
        self._since: datetime | None = None

    def __call__(self, hub: Hub) -> Hub | None:
        signature, now = _signature(self._folder), hub.services.clock.now()
        if signature != self._seen:
            self._seen, self._since = signature, now
        is_new = signature != self._in_force and self._since is not None and now - self._since >= SETTLED
        if not is_new and (signature != self._in_force or not is_held(hub.services.config)):
            return None
        self._in_force = signature
        return self._changed(hub.services)

    def _changed(self, services: Services) -> Hub | None:
        try:
            config = with_agreed(load(self._folder, services.catalogue), services.store, services.viewer)
            _refuse_what_needs_a_start(services, config.hub.state_folder, config.hub.plugins)
        except ConfigError as error:
            services.log.error("configuration refused", reason=str(error))
            services.note("hub", "config", "config_refused", {"reason": str(error)})
            return None
        if (config.version, config.unavailable) == (services.config.version, services.config.unavailable):
            return None
        services.log.info("configuration changed", version=config.version)
        services.note("hub", "config", "config_changed", {"version": config.version})
        return Hub(replace(services, config=config, secrets=config.secrets))


def _refuse_what_needs_a_start(services: Services, state: Path, plugins: Sequence[str]) -> None:
    now = services.config.hub
    if state != now.state_folder or set(plugins) != set(now.plugins):
        raise ConfigError(
            "hub.yaml: another state folder or other plug-ins need a new start: stop the hub and start it "
            "again. Until then it works as before."
        )


def _signature(folder: Path) -> Signature:
    """Names, times and sizes of what was written there."""
    found = []
    for path in sorted(path for pattern in _FILES for path in folder.glob(pattern)):
        try:
            told = path.stat()
        except OSError:  # it went while we looked: the next look sees
            continue
        found.append((path.name, told.st_mtime_ns, told.st_size))
    return found

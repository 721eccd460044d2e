"""A council's configuration, read once a test while its files stay as they are: to read and to check more
than a hundred routes takes a command 300 ms, and a test gives dozens. It is kept by its contents, so that the
next command after a change reads it anew; what commands do with it is as ever."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

from hub.cli.place import Place
from hub.config.load import Config, load, load_hub_settings
from hub.door.manager import Door

PARTS = ("routes", "calendars", "codes", "settings")
Contents = tuple[tuple[str, bytes], ...]
_doors: dict[tuple[tuple[str, ...], tuple[str, ...]], Door] = {}
_configs: dict[Path, tuple[Contents, Door, Config]] = {}


def forget() -> None:
    """Between tests: one may change what plug-ins offer."""
    _doors.clear()
    _configs.clear()


def door(place: Place) -> Door:
    plugins = tuple(load_hub_settings(place.readable_folder).plugins)
    key = (plugins, tuple(sys.path))
    if key not in _doors:
        _doors[key] = Door.load(plugins)
    return _doors[key]


def config(place: Place) -> Config:
    return _read(place.config_folder, place.door)


def readable_config(place: Place) -> Config:
    return _read(place.readable_folder, place.door)


def _read(folder: Path, door: Door) -> Config:
    """Mistakes are kept from nobody: what cannot be loaded is loaded each time."""
    folder = folder.resolve()
    contents = tuple(sorted((str(path), path.read_bytes()) for path in _files(folder)))
    known = _configs.get(folder)
    if known is None or known[0] != contents or known[1] is not door:
        known = _configs[folder] = (contents, door, load(folder, door.catalogue()))
    return known[2]


def _files(folder: Path) -> Iterator[Path]:
    yield from folder.glob("*.yaml")
    for part in PARTS:
        yield from (path for path in (folder / part).rglob("*") if path.is_file())


def properties() -> dict[str, cached_property[object]]:
    """What stands in place of those of `Place`."""
    made: dict[str, cached_property[object]] = {}
    for function in (door, config, readable_config):
        made[function.__name__] = cached_property(function)
        made[function.__name__].__set_name__(Place, function.__name__)
    return made

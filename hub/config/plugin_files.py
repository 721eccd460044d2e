"""Settings of plug-ins that are too long for hub.yaml: `settings/PLUGIN/KEY/NAME.yaml` holds what would stand
there below `settings: {PLUGIN: {KEY: {NAME: …}}}`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

from hub.config.document import Document, Path
from hub.config.files import ConfigFiles

FOLDER = "settings"


@dataclass(frozen=True, slots=True)
class PluginSettings:
    """What is set for plug-ins; `written`: the documents beside hub.yaml, by where they belong."""

    values: Mapping[str, Any]
    written: Mapping[tuple[str, ...], Document] = field(default_factory=dict)

    def mistake(self, hub: Document, path: Path, text: str) -> str:
        """With the file and line of what stands at a path of hub.yaml, or would stand there."""
        for keys, document in self.written.items():
            if tuple(path[: len(keys)]) == keys:
                return document.mistake(path[len(keys) :], text)
        return hub.mistake(path, text)


def read_plugin_settings(files: ConfigFiles, in_hub: Mapping[str, Any]) -> PluginSettings:
    """What hub.yaml sets, with what stands in files of its own. A key that is set twice is a mistake."""
    values: dict[str, Any] = dict(in_hub)
    written: dict[tuple[str, ...], Document] = {}
    for name in files.names_below(FOLDER, ".yaml"):
        keys, document = PurePosixPath(name).with_suffix("").parts, files.document(name)
        if document is None:
            continue
        if not _put(values, keys[1:], document.value):
            files.mistakes.append(
                document.mistake((), f"hub.yaml sets {': '.join(keys)}, too; leave one out")
            )
        written[keys] = document
    return PluginSettings(values, written)


def _put(values: dict[str, Any], keys: tuple[str, ...], value: Any) -> bool:
    """Put a value below its keys; False when something else stands there. Nothing of what was handed in
    changes: what hub.yaml sets may be shared."""
    for key in keys[:-1]:
        below = values.get(key, {})
        if not isinstance(below, Mapping):
            return False
        inside = dict(below)
        values[key] = inside
        values = inside
    if keys[-1] in values:
        return False
    values[keys[-1]] = value
    return True
